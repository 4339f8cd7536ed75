"""Which calls of a business date a draw may be from, by what was found in them and what became of that."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select, true

from inspector.model import Finding, Outcome, Status
from inspector.storage import tables
from inspector.storage.engine import storage_errors
from inspector.storage.queues import Reason, State
from inspector.storage.rows import read

__all__ = ["DrawBases", "firing", "with_findings"]


class DrawBases:
    """Every method raises StorageError when the database fails."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def with_findings(self, day: date, rule_id: str | None = None) -> frozenset[str]:
        """The calls in whose newest inspection a ``stable`` rule fires, or the rule that is named, of any status."""
        with storage_errors(self._reader), self._reader.connect() as connection:
            return frozenset(with_findings(connection, day, rule_id))

    def self_checked(self, day: date) -> frozenset[str]:
        """The calls whose findings their team has confirmed or disputed."""
        return self._closed(day, Reason.SELF_CHECK)

    def reviewed(self, day: date) -> frozenset[str]:
        """The calls that were reviewed, for whatever reason."""
        return self._closed(day, None)

    def _closed(self, day: date, reason: Reason | None) -> frozenset[str]:
        item = tables.review_item
        found = select(item.c.call_id).where(
            item.c.business_date == day,
            item.c.state.not_in([State.OPEN.value, State.WAITING.value]),
            true() if reason is None else item.c.reason == reason.value,
        )
        with storage_errors(self._reader), self._reader.connect() as connection:
            return frozenset(connection.scalars(found))


def with_findings(connection: Connection, day: date, rule_id: str | None = None) -> dict[str, list[Finding]]:
    """What fires in the newest inspection of each call of a business date, by call; calls without are not in it."""
    by_call: dict[str, list[Finding]] = {}
    for row in connection.execute(firing(day, day, rule_id)):
        by_call.setdefault(row.call_id, []).append(read(Finding, row.data))
    return by_call


def firing(first: date, last: date, rule_id: str | None) -> Select[Any]:
    """Call id and finding (JSON) of what fires in the newest inspections of calls of these business dates: of that
    rule, None: of ``stable`` ones."""
    made, found, call = tables.inspection, tables.finding, tables.call
    nth = func.row_number().over(partition_by=made.c.call_id, order_by=(made.c.made_at.desc(), made.c.id))
    of_days = (
        select(made.c.id, made.c.call_id, nth.label("nth"))
        .join(call, call.c.id == made.c.call_id)
        .where(call.c.business_date.between(first, last))
        .subquery()
    )
    wanted = found.c.status == Status.STABLE.value if rule_id is None else found.c.rule_id == rule_id
    return (
        select(of_days.c.call_id, found.c.data)
        .join(found, found.c.inspection_id == of_days.c.id)
        .where(of_days.c.nth == 1, found.c.outcome == Outcome.FIRES.value, wanted)
        .order_by(of_days.c.call_id, found.c.place)
    )
