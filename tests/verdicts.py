"""Calls, what rules answered and what people said of it, written in bulk past the services, for tests of figures."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.storage import Store, tables
from inspector.storage.review_tables import correction, decision, mark, review, verdict
from tests.databases import Database

DAY = date(2025, 3, 3)
"""A Monday."""
NOON = datetime(2025, 3, 3, 4, tzinfo=UTC)
RULE = "test.promise"


@dataclass
class Desk:
    """Collects rows, then writes them. Everything is about ``rule_id`` unless it is told otherwise."""

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    kind: Kind = Kind.FORBIDDEN
    status: Status = Status.STABLE
    version: int = 1

    def add(self, table: Table, **values: object) -> None:
        self.rows.setdefault(table, []).append(values)

    def call(self, name: str, answers: dict[str, Outcome], team: str | None = None, day: date = DAY) -> None:
        """A call with one inspection; what fires or is undetermined has its finding."""
        self.add(
            tables.call,
            id=name,
            source="pbx",
            source_call_id=name,
            facts={"team": team} if team else {},
            business_date=day,
            created_at=NOON,
        )
        self.inspection(name, answers)

    def inspection(self, name: str, answers: dict[str, Outcome], at: datetime = NOON) -> None:
        inspection_id = f"{name} {at.isoformat()}"
        self.add(
            tables.inspection,
            id=inspection_id,
            call_id=name,
            packs=at.isoformat(),
            hearing_digest="h",
            recording_id="r",
            segments=[],
            code="0",
            made_at=at,
            facts={},
            by_rule={rule: outcome.value for rule, outcome in answers.items()},
            metrics={},
            queues=[],
            timing={},
        )
        for place, (rule, outcome) in enumerate(answers.items()):
            if outcome in (Outcome.FIRES, Outcome.UNDETERMINED):
                of_rule = self._of_rule(rule, outcome)
                self.add(
                    tables.finding, inspection_id=inspection_id, id=f"{name} {rule}", place=place, data="{}", **of_rule
                )

    def review(
        self,
        name: str,
        answers: dict[str, str],
        *,
        reviewer: str = "li",
        reason: str = "finding",
        at: datetime = NOON,
        of: str | None = None,
        marks: tuple[str, ...] = (),
        draw_id: str | None = None,
        heard: bool = True,
    ) -> str:
        """A review that is in, with a verdict for each rule and a blind mark of what was missed. Returns its id."""
        item_id, review_id = f"{name} {reason} {reviewer}", f"{name} {reason} {reviewer} {at.isoformat()}"
        self.add(
            tables.review_item,
            id=item_id,
            call_id=name,
            reason=reason,
            because=[],
            state="open",  # figures do not ask
            business_date=DAY,
            draw_id=draw_id,
            created_at=at,
            excluded=[],
            fence=1,
        )
        self.add(
            review,
            id=review_id,
            item_id=item_id,
            call_id=name,
            reviewer=reviewer,
            reason=reason,
            of_review=of,
            state="submitted",
            blind=draw_id is not None,
            claimed_at=at,
            submitted_at=at,
            played=[],
            played_speech_s=60.0,
            speech_s=60.0,
            in_estimate=draw_id is not None and heard,
            handling_s=60.0,
            draft={},
        )
        for rule, answer in answers.items():
            because = None if answer == "confirmed" else "negated"
            of_rule = self._of_rule(rule, Outcome.FIRES)
            said = {"answer": answer, "because": because, "at": at}
            self.add(verdict, review_id=review_id, finding_id=f"{name} {rule}", call_id=name, **of_rule, **said)
        for place, rule in enumerate(marks):
            of_rule = self._of_rule(rule, Outcome.FIRES)
            del of_rule["outcome"]
            where = {"start_s": 1.0, "end_s": 2.0, "party": "agent", "blind": True, "missed": True, "at": at}
            self.add(mark, review_id=review_id, place=place, call_id=name, **of_rule, **where)
        return review_id

    def decided(self, name: str, answer: str, review_id: str, *, team: str | None = None, **changed: object) -> None:
        """What holds in the end of :data:`RULE` in a call."""
        values: dict[str, object] = {
            "call_id": name,
            "origin": "finding",
            "finding_id": f"{name} {RULE}",
            **self._of_rule(RULE, Outcome.FIRES),
            "team": team,
            "business_date": DAY,
            "answer": answer,
            "stage": "second",
            "state": "final",
            "review_id": review_id,
            "version": 1,
        }
        self.add(decision, **(values | changed))

    def judged(self, confirmed: int, false_alarms: int, prefix: str = "c", at: datetime = NOON) -> None:
        """So many calls at which :data:`RULE` fired, with a verdict each."""
        for number in range(confirmed + false_alarms):
            name = f"{prefix}{number}"
            self.call(name, {RULE: Outcome.FIRES})
            self.review(name, {RULE: "confirmed" if number < confirmed else "false_alarm"}, at=at)

    def drawn(self, stratum: str, listed: int, names: list[str], part: int = 1) -> str:
        """A random draw of these calls from so many. Returns its id."""
        draw_id = f"draw {stratum} {part}"
        self.add(
            tables.draw,
            id=draw_id,
            business_date=DAY,
            part=part,
            rate="0.05",
            listed=listed,
            drawn=len(names),
            manifest_sha256="",
            secret_sha256="",
            digest="",
            made_at=NOON,
            data="{}",
            kind="random",
        )
        for place, name in enumerate(names):
            of_stratum = {"stratum": stratum, "stratum_listed": listed, "stratum_drawn": len(names)}
            self.add(tables.draw_item, draw_id=draw_id, call_id=name, source_call_id=name, place=place, **of_stratum)
        return draw_id

    def write(self, database: Database) -> None:
        """All rows, on a database that has the newest schema then."""
        with closing(Store.open(database.url)):
            pass
        order = (
            *(tables.call, tables.inspection, tables.finding, tables.draw, tables.draw_item, tables.review_item),
            *(review, verdict, mark, correction, decision),
        )
        with database.connection() as connection:
            for table in order:
                if rows := self.rows.get(table):
                    connection.execute(insert(table), _alike(rows))
        self.rows.clear()

    def _of_rule(self, rule: str, outcome: Outcome) -> dict[str, object]:
        return {
            "rule_id": rule,
            "rule_version": self.version,
            "kind": self.kind.value,
            "status": self.status.value,
            "severity": Severity.HIGH.value,
            "outcome": outcome.value,
        }


def week(number: int) -> datetime:
    """Noon of a day in that week, counted from the one of :data:`DAY`."""
    return NOON + timedelta(weeks=number)


def _alike(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the same columns in each."""
    names = {name for row in rows for name in row}
    return [dict.fromkeys(names) | row for row in rows]
