"""One call as its page shows it: the newest inspection, those before it, who listened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from inspector.errors import UsageError
from inspector.model import Facts, Inspection
from inspector.roles import Actor, Deed, may, require
from inspector.storage.reviews.inspected import load, newest_inspection, why_unheard
from inspector.storage.rows import record
from inspector.storage.tables import audit, call, inspection, review_item

__all__ = ["CallRead", "Made", "Trace", "read_call"]

_TRACES = ("listen", "full_view")
_MOST_TRACES = 50


@dataclass(frozen=True, slots=True)
class Made:
    """One inspection in the history of a call. ``outcomes``: how many rules answered so."""

    packs: str
    code: str
    at: datetime
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Trace:
    """Somebody listened to the call or saw all of it."""

    at: datetime
    actor: str
    action: str


@dataclass(frozen=True, slots=True)
class CallRead:
    """``inspection``: the newest; None when there is none or what was heard is not kept: ``missing`` says why
    (``inspected.why_unheard``). ``items``: its reviews, if the actor sees them: (id, reason, state)."""

    call_id: str
    source_call_id: str
    facts: Facts
    inspection: Inspection | None
    missing: str
    history: tuple[Made, ...]
    traces: tuple[Trace, ...]
    items: tuple[tuple[str, str, str], ...]


def read_call(connection: Connection, actor: Actor, call_id: str) -> CallRead:
    """Raises UsageError when there is no such call, PolicyError when the actor may not see it."""
    require(actor, Deed.SEE_CALLS, actor.teams)
    # PostgreSQL takes no zero byte, not even to look for it.
    row = connection.execute(select(call).where(call.c.id == call_id.replace("\0", ""))).one_or_none()
    if row is None:
        raise UsageError("no such call is on record", "look it up among the calls; it may have been deleted in time")
    facts = record(Facts, row.facts)
    require(actor, Deed.SEE_CALLS, frozenset() if facts.team is None else frozenset({facts.team}))
    made = newest_inspection(connection, call_id)
    whole = load(connection, made)
    missing = "" if whole is not None else why_unheard(connection, call_id, made)
    history, traces = _history(connection, call_id), _traces(connection, call_id)
    items = _items(connection, call_id) if may(actor, Deed.SEE_REVIEWS) else ()
    return CallRead(call_id, row.source_call_id, facts, whole, missing, history, traces, items)


def _history(connection: Connection, call_id: str) -> tuple[Made, ...]:
    of_call = select(inspection.c.packs, inspection.c.code, inspection.c.made_at, inspection.c.by_rule)
    rows = connection.execute(of_call.where(inspection.c.call_id == call_id).order_by(inspection.c.made_at.desc()))
    return tuple(Made(row.packs, row.code, row.made_at, _counted(row.by_rule)) for row in rows)


def _counted(by_rule: dict[str, Any]) -> dict[str, int]:
    answers = list(by_rule.values())
    return {answer: answers.count(answer) for answer in sorted(set(answers))}


def _traces(connection: Connection, call_id: str) -> tuple[Trace, ...]:
    of_call = select(audit.c.at, audit.c.actor, audit.c.action).where(audit.c.subject == call_id)
    kinds = of_call.where(audit.c.action.in_(_TRACES)).order_by(audit.c.seq.desc()).limit(_MOST_TRACES)
    return tuple(Trace(row.at, row.actor, row.action) for row in connection.execute(kinds))


def _items(connection: Connection, call_id: str) -> tuple[tuple[str, str, str], ...]:
    of_call = select(review_item.c.id, review_item.c.reason, review_item.c.state)
    rows = connection.execute(of_call.where(review_item.c.call_id == call_id).order_by(review_item.c.created_at))
    return tuple((row.id, row.reason, row.state) for row in rows)
