"""Rows in great numbers for ``inspector bench review``: inspected calls and their items, past every rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text

from inspector.model import Evidence, Finding, Kind, Outcome, Party, Severity, Status, call_id_of, to_json
from inspector.review.reasons import Reason, State
from inspector.storage import tables
from inspector.storage.engine import storage_errors, writing
from inspector.storage.queues import urgency_of
from inspector.storage.review_tables import review
from inspector.storage.reviews.claiming import review_id_of

__all__ = ["FINDINGS_OF_A_CALL", "fill", "write_calls"]

FINDINGS_OF_A_CALL = 4
_CALLS_AT_ONCE = 5000
_DAYS = 30
_TEAMS = 40
_EVERY = {Reason.RANDOM: 19, Reason.SECOND_LOOK: 53, Reason.APPEAL: 499}
"""One call of so many has an item of that reason, too."""

_REVIEWED = 10
"""One finding's item of so many is done."""

Rows = dict[str, list[dict[str, Any]]]


def fill(engine: Engine, findings: int, last: date, now: datetime) -> int:
    """Writes calls of thirty business days with so many findings in all, and their items; returns how many items.

    Raises ValueError when the database holds calls.
    """
    items = write_calls(engine, findings, last, now)
    with storage_errors(engine), writing(engine).begin() as connection:
        connection.execute(text("ANALYZE"))
    return items


def write_calls(engine: Engine, findings: int, last: date, now: datetime) -> int:
    """As :func:`fill`, for who writes more: statistics of tables that are empty still would mislead a database."""
    items = 0
    with storage_errors(engine), engine.connect() as connection:
        if connection.execute(select(tables.call.c.id).limit(1)).first() is not None:
            raise ValueError("the database holds calls")
    for first in range(0, findings // FINDINGS_OF_A_CALL, _CALLS_AT_ONCE):
        numbers = range(first, min(first + _CALLS_AT_ONCE, findings // FINDINGS_OF_A_CALL))
        rows = _rows(numbers, last, now)
        items += len(rows["review_item"])
        with storage_errors(engine), writing(engine).begin() as connection:
            _write(connection, rows)
    return items


def _write(connection: Connection, rows: Rows) -> None:
    for table in (tables.call, tables.inspection, tables.finding, tables.review_item, review):
        connection.execute(insert(table), rows[table.name])


def _rows(numbers: range, last: date, now: datetime) -> Rows:
    rows: Rows = {"call": [], "inspection": [], "finding": [], "review_item": [], "review": []}
    for number in numbers:
        call_id, day = call_id_of("bench", str(number)), last - timedelta(days=number % _DAYS)
        at = now - timedelta(seconds=number)
        facts = {"team": f"t{number % _TEAMS}", "agent": f"a{number % 997}", "channel": "phone"}
        rows["call"].append(
            {
                "id": call_id,
                "source": "bench",
                "source_call_id": str(number),
                "facts": facts,
                "business_date": day,
                "created_at": at,
            }
        )
        rows["inspection"].append(_inspection(call_id, facts, at))
        rows["finding"] += _findings(call_id, number)
        for item in _items(call_id, number, day, at):
            rows["review_item"].append(item)
            if item["state"] == State.DONE.value:
                rows["review"].append(_review(item, number, now))
    return rows


def _inspection(call_id: str, facts: dict[str, str], at: datetime) -> dict[str, Any]:
    return {
        "id": call_id,
        "call_id": call_id,
        "packs": "p",
        "hearing_digest": "d",
        "recording_id": call_id,
        "segments": [],
        "code": "bench",
        "made_at": at,
        "facts": facts,
        "by_rule": {},
        "metrics": {},
        "queues": [],
        "timing": {},
    }


def _findings(call_id: str, number: int) -> Iterator[dict[str, Any]]:
    for place in range(FINDINGS_OF_A_CALL):
        finding, data = _FINDINGS[place]
        yield {
            "inspection_id": call_id,
            "id": f"{place}{call_id[1:]}",
            "place": place,
            "rule_id": f"bench.rule{(number + place) % 60}",
            "rule_version": finding.rule_version,
            "kind": finding.kind.value,
            "status": finding.status.value,
            "severity": finding.severity.value,
            "outcome": finding.outcome.value,
            "data": data,
        }


def _items(call_id: str, number: int, day: date, at: datetime) -> Iterator[dict[str, Any]]:
    found = Reason.ALERT if number % 100 == 0 else Reason.FINDING
    further = [reason for reason, every in _EVERY.items() if number % every == 1]
    for reason in (found, *further):
        severity = None if reason is Reason.RANDOM else list(Severity)[number % 3]
        done = reason is Reason.FINDING and number % _REVIEWED == 0
        yield {
            "id": review_id_of(call_id, reason),
            "call_id": call_id,
            "reason": reason.value,
            "because": [] if severity is None else [{"rule_id": f"bench.rule{number % 60}", "title": "承诺收益"}],
            "severity": None if severity is None else severity.value,
            "urgency": urgency_of(severity),
            "state": (State.DONE if done else State.OPEN).value,
            "business_date": day,
            "created_at": at,
            "due_at": at + timedelta(days=5) if reason is Reason.APPEAL else None,
            "excluded": [],
            "fence": int(done),
        }


def _review(item: dict[str, Any], number: int, now: datetime) -> dict[str, Any]:
    reviewer = f"r{number % 50}"
    return {
        "id": review_id_of(item["id"], reviewer),
        "item_id": item["id"],
        "call_id": item["call_id"],
        "reviewer": reviewer,
        "reason": item["reason"],
        "state": "submitted",
        "blind": False,
        "claimed_at": now - timedelta(days=2),
        "submitted_at": now - timedelta(days=2),
        "played": [],
        "played_speech_s": 0.0,
        "speech_s": 0.0,
        "in_estimate": False,
        "handling_s": 60.0,
        "draft": {},
    }


def _finding(place: int) -> Finding:
    return Finding(
        id=f"{place:024}",
        rule_id=f"bench.rule{place}",
        rule_version=1,
        kind=Kind.FORBIDDEN,
        status=Status.STABLE,
        severity=list(Severity)[place],
        title="承诺收益",
        outcome=Outcome.FIRES,
        undetermined_because=None,
        party=Party.AGENT,
        why="坐席说了不该说的话",
        remedy="提醒坐席",
        evidence=(Evidence(10.0, 12.0, Party.AGENT, "稳赚不赔", "稳赚不赔", "exact", 1.0),),
        coverage=None,
    )


_FINDINGS = [(finding, to_json(finding)) for finding in map(_finding, range(FINDINGS_OF_A_CALL))]
