"""The day as it stands: how far it is, and every call of it with all that is known, page by page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, and_, func, literal, select

from inspector.enums import Layout, WorkState
from inspector.model import Outcome
from inspector.night.pace import Progress
from inspector.night.records import CdrCall, Fate, NightCall, Part, Recorded, Run
from inspector.storage import tables
from inspector.storage.night_tables import cdr_call, listed, run, run_part
from inspector.storage.nights.listing import NIGHT

__all__ = ["page", "progress", "run_of"]

_BY_RULE = TypeAdapter(dict[str, Outcome])
UNINSPECTABLE = "hearing.uninspectable"
"""The finding of a party of whom hardly anything was heard (``rules/lanes.py``)."""


def run_of(connection: Connection, day: date) -> Run | None:
    """The run of a day with its parts."""
    read = connection.execute(select(run.c.read).where(run.c.kind == NIGHT, run.c.business_date == day)).first()
    if read is None:
        return None
    of_day = and_(run_part.c.kind == NIGHT, run_part.c.business_date == day)
    parts = connection.execute(select(run_part).where(of_day).order_by(run_part.c.part))
    found = (Part(r.part, r.opened_at, r.closed_at, r.signed_by, r.reason, r.numbers) for r in parts)
    return Run(day, tuple(found), read[0])


def progress(connection: Connection, day: date) -> Progress:
    """Counts only."""
    work = tables.work
    grouped = (
        select(listed.c.fate, work.c.state, func.count(), func.coalesce(func.sum(work.c.audio_s), 0.0))
        .outerjoin(work, and_(work.c.call_id == listed.c.item, listed.c.fate == Fate.ACCEPTED.value))
        .where(listed.c.business_date == day)
        .group_by(listed.c.fate, work.c.state)
    )
    rows = connection.execute(grouped).all()
    fates: defaultdict[str, int] = defaultdict(int)
    states: defaultdict[str | None, int] = defaultdict(int)
    audio_s: defaultdict[str | None, float] = defaultdict(float)
    for fate, state, calls, seconds in rows:
        fates[fate] += calls
        if fate == Fate.ACCEPTED.value:
            states[state] += calls
            audio_s[state] += seconds
    total_s = sum(audio_s.values())
    return Progress(
        listed=sum(fates.values()),
        excluded=fates[Fate.EXCLUDED.value],
        faulty=fates[Fate.FAULTY.value],
        **{state.value: states[state.value] for state in WorkState},
        audio_s=total_s,
        audio_ended_s=total_s - audio_s[WorkState.WAITING.value] - audio_s[WorkState.RUNNING.value],
    )


def page(connection: Connection, day: date, after: str, limit: int) -> tuple[NightCall, ...]:
    """The next calls by item: those of the list and those that only the switch knows."""
    mine = select(listed.c.item.label("item")).where(listed.c.business_date == day, listed.c.item > after)
    switch = select(cdr_call.c.call_id.label("item")).where(
        cdr_call.c.business_date == day, cdr_call.c.call_id > after
    )
    # Each side is cut first: a union of two whole days would be sorted for every page.
    first = mine.order_by(listed.c.item).limit(limit).subquery()
    second = switch.order_by(cdr_call.c.call_id).limit(limit).subquery()
    both = select(first.c.item).union(select(second.c.item)).order_by("item").limit(limit)
    items = list(connection.scalars(both))
    rows = {row.item: row for row in connection.execute(_listed_rows(day, items))}
    cdr = {row.call_id: _cdr(row) for row in connection.execute(_of_switch(day, items))}
    judged, recorded = _judged(connection, items), _recorded(connection, items)
    silent = _uninspectable(connection, [row.id for row in judged.values()])
    return tuple(
        _night_call(item, rows.get(item), judged.get(item), tuple(recorded[item]), cdr.get(item), silent)
        for item in items
    )


def _listed_rows(day: date, items: Sequence[str]) -> Any:
    work, call = tables.work, tables.call
    return (
        select(listed, work.c.state, work.c.faults, call.c.facts)
        .outerjoin(work, and_(work.c.call_id == listed.c.item, listed.c.fate == Fate.ACCEPTED.value))
        .outerjoin(call, call.c.id == listed.c.item)
        .where(listed.c.business_date == day, listed.c.item.in_(items))
    )


def _of_switch(day: date, items: Sequence[str]) -> Any:
    return select(cdr_call).where(cdr_call.c.business_date == day, cdr_call.c.call_id.in_(items))


def _judged(connection: Connection, items: Sequence[str]) -> dict[str, Any]:
    """The newest inspection of each."""
    made = tables.inspection
    columns = (made.c.id, made.c.call_id, made.c.by_rule, made.c.metrics)
    found = select(*columns).where(made.c.call_id.in_(items)).order_by(made.c.made_at, made.c.id.desc())
    return {row.call_id: row for row in connection.execute(found)}


def _recorded(connection: Connection, items: Sequence[str]) -> defaultdict[str, list[Recorded]]:
    kept = tables.recording
    columns = (kept.c.call_id, kept.c.duration_s, kept.c.layout, kept.c.ends_early)
    found: defaultdict[str, list[Recorded]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(kept.c.call_id.in_(items)).order_by(kept.c.segment_no)):
        found[row.call_id].append(Recorded(row.duration_s, Layout(row.layout), row.ends_early))
    return found


def _uninspectable(connection: Connection, inspection_ids: Sequence[str]) -> frozenset[str]:
    finding = tables.finding
    of_lane = and_(finding.c.inspection_id.in_(inspection_ids), finding.c.rule_id == literal(UNINSPECTABLE))
    return frozenset(connection.scalars(select(finding.c.inspection_id).where(of_lane)))


def _cdr(row: Row[Any]) -> CdrCall:
    return CdrCall(row.call_id, row.source_call_id, row.start, row.talk_s, row.answered, row.line, row.agent)


def _night_call(
    item: str,
    row: Any,
    made: Any,
    recorded: tuple[Recorded, ...],
    cdr: CdrCall | None,
    silent: frozenset[str],
) -> NightCall:
    metrics = {} if made is None else made.metrics
    heard: dict[str, Any] = {
        "by_rule": None if made is None else _BY_RULE.validate_python(made.by_rule),
        "unheard_s": metrics.get("speech_unheard_s", 0.0),
        "talk_s": (metrics.get("agent_talk_s", 0.0), metrics.get("customer_talk_s", 0.0)),
        "is_uninspectable": made is not None and made.id in silent,
        "recordings": recorded,
        "cdr": cdr,
    }
    if row is None:
        return NightCall(item, None if cdr is None else cdr.source_call_id, None, **heard)
    return NightCall(
        item=item,
        source_call_id=row.source_call_id,
        fate=Fate(row.fate),
        reason=row.reason,
        line_no=row.line_no,
        part=row.part,
        signed=row.signed,
        state=None if row.state is None else WorkState(row.state),
        faults=tuple(str(one["kind"]) for one in row.faults or ()),
        facts=row.facts or {},
        **heard,
    )
