"""The signals of calls: written with the inspection, then read in order of time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    true,
    update,
)

from inspector.alerts.cross_call import Signal
from inspector.alerts.cross_call_rules import WRAP_UP, CrossCallRules
from inspector.errors import StorageError
from inspector.model import Finding, Inspection, Kind, Outcome, Status
from inspector.storage import tables
from inspector.storage.incident_tables import call_signal as table
from inspector.storage.rows import read

__all__ = ["customers_of", "earliest", "is_new", "often", "put_signals", "stream", "take_new"]

_AT_ONCE = 2_000
"""So many new signals are looked at in one transaction, the oldest first: nobody else waits for long."""


def put_signals(connection: Connection, inspection: Inspection, inspection_id: str) -> None:
    """Writes the stable signals of a call and its wrap-up code, in the place of those it had.

    A call without a start has no place in time and so none here.
    """
    call = inspection.call
    connection.execute(delete(table).where(table.c.call_id == call.id))
    if call.facts.start is None:
        return
    start = datetime.fromisoformat(call.facts.start)
    said = [(one.rule_id, _said_s(one), one.id) for one in inspection.findings if _counts(one)]
    code = call.facts.wrap_up_code
    topics = [*said, (f"{WRAP_UP}{code}", 0.0, None)] if code else said
    of_call = {
        "call_id": call.id,
        "customer_key": call.facts.customer_key,
        "product": call.facts.product_code or call.facts.product_type,
        "team": call.facts.team,
        "inspection_id": inspection_id,
        "key": None,
        "looked": False,
    }
    rows = [
        {**of_call, "topic": topic, "at": start + timedelta(seconds=at_s), "finding_id": finding_id}
        for topic, at_s, finding_id in topics
    ]
    if rows:
        connection.execute(insert(table), rows)


def is_new(connection: Connection) -> bool:
    """Whether there is a signal that nobody has looked at."""
    return connection.execute(select(1).where(table.c.looked == false()).limit(1)).first() is not None


def take_new(connection: Connection, rules: CrossCallRules) -> list[Signal]:
    """The oldest signals that nobody has looked at; what they are about is written down, and that somebody has."""
    finding = tables.finding
    of_signal = and_(finding.c.inspection_id == table.c.inspection_id, finding.c.id == table.c.finding_id)
    found = (
        select(table, finding.c.data)
        .outerjoin(finding, of_signal)
        .where(table.c.looked == false())
        .order_by(table.c.at, table.c.call_id)
        .limit(_AT_ONCE)
    )
    rows = connection.execute(found).all()
    keys = [_key(row, rules) for row in rows]
    if rows:
        one = and_(table.c.call_id == bindparam("of_call"), table.c.topic == bindparam("of_topic"))
        changed = update(table).where(one).values(key=bindparam("new_key"), looked=True)
        values = [
            {"of_call": row.call_id, "of_topic": row.topic, "new_key": key} for row, key in zip(rows, keys, strict=True)
        ]
        connection.execute(changed, values)
    return [_signal(row, key) for row, key in zip(rows, keys, strict=True)]


def stream(connection: Connection, *which: ColumnElement[bool]) -> list[Signal]:
    """The signals for which all of ``which`` is true, in order of time."""
    found = select(table).where(*which).order_by(table.c.at, table.c.call_id)
    return [_signal(row, row.key or "") for row in connection.execute(found)]


def often(connection: Connection, signals: Collection[tuple[str, str]], times: int) -> list[tuple[str, str]]:
    """Those pairs of a customer and a topic that came so often or more, in whatever time."""
    pair = table.c.customer_key, table.c.topic
    named = pair[0].in_({customer for customer, _ in signals}), pair[1].in_({topic for _, topic in signals})
    counted = select(*pair).where(*named).group_by(*pair).having(func.count() >= times)
    return sorted({(row.customer_key, row.topic) for row in connection.execute(counted)} & set(signals))


def earliest(connection: Connection) -> datetime | None:
    """When the first signal of all was said."""
    first: datetime | None = connection.scalar(select(func.min(table.c.at)).where(table.c.looked == true()))
    return first


def customers_of(connection: Connection, *which: ColumnElement[bool], count_unknown: bool) -> int:
    """How many customers are in the signals for which all of ``which`` is true; unknown ones by call, or not."""
    who = func.coalesce(table.c.customer_key, table.c.call_id) if count_unknown else table.c.customer_key
    return connection.execute(select(func.count(who.distinct())).where(*which)).scalar_one()


def _counts(finding: Finding) -> bool:
    """What nobody can tell never counts, nor what is on trial."""
    return finding.kind is Kind.SIGNAL and finding.status is Status.STABLE and finding.outcome is Outcome.FIRES


def _said_s(finding: Finding) -> float:
    return min((evidence.start_s for evidence in finding.evidence), default=0.0)


def _key(row: Row[Any], rules: CrossCallRules) -> str:
    rule = rules.incident(row.topic)
    if rule is None:
        return ""
    return rule.key("\n".join(_quotes(row.data)), row.product)


def _quotes(data: str | None) -> Iterator[str]:
    """None: the inspection was made anew meanwhile."""
    try:
        found = () if data is None else read(Finding, data).evidence
    except StorageError:
        found = ()  # written by another version: one finding that cannot be read must not hold up all incidents
    return (evidence.quote for evidence in found)


def _signal(row: Row[Any], key: str) -> Signal:
    return Signal(row.at, row.call_id, row.topic, key, row.customer_key, row.team)
