"""``inspector violations`` and ``inspector appeals``. What people said or typed is shown masked."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from inspector.cli.actor import actor_of
from inspector.cli.messages import Lang, say
from inspector.cli.printing import print_lines, print_objects, print_table
from inspector.cli.task_views import clock, shown
from inspector.config import Settings
from inspector.keys import customer_key_secret
from inspector.redaction import Purpose, mask_staff
from inspector.reports.objects import object_of
from inspector.reports.task_sheets import numbers_sheet
from inspector.reports.workbook import write_workbook
from inspector.review.appeals.records import Appeal, CaseFile, CaseStep, Violation
from inspector.roles import Actor
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.violations.numbers import AgentNumbers
from inspector.storage.violations.reading import ViolationFilter

__all__ = ["run_advance", "run_appeal", "run_appeals", "run_deed", "run_list", "run_mine", "run_numbers"]

_TYPED = frozenset({"text", "ruling"})


def run_deed(deed: Callable[[Store, Actor, datetime], None], settings: Settings) -> int:
    """Does something and says so."""
    with closing(open_store(settings)) as store:
        deed(store, actor_of(settings, store), datetime.now(UTC))
    print_lines([say(settings.lang, "violation_done")])
    return 0


def run_list(which: ViolationFilter, limit: int, settings: Settings, *, json: bool) -> int:
    """Lists violations, what can be appealed the shortest first."""
    with closing(open_store(settings)) as store:
        found = store.violations.list(actor_of(settings, store), which, limit)
    if json:
        print_objects(object_of("inspector.violation/1", one, frozenset()) for one in found)
    else:
        print_lines(_line(one, settings) for one in found)
    return 0


def run_mine(limit: int, settings: Settings, *, json: bool) -> int:
    """Shows an agent what was found in his calls, and until when he may appeal."""
    with closing(open_store(settings)) as store:
        actor = actor_of(settings, store)
        mine = store.violations.mine(actor, limit)
        found = [store.violations.file(actor, one.call_id, one.rule_id) for one in mine]
    if json:
        print_objects(_agents_object(one) for one in found)
    else:
        print_lines(line for one in found for line in _agents_lines(one, settings))
    return 0


def run_appeals(limit: int, settings: Settings, *, json: bool, late: bool) -> int:
    """Lists open appeals by when they are due."""
    now = datetime.now(UTC)
    with closing(open_store(settings)) as store:
        found = store.violations.appeals(actor_of(settings, store), limit, now if late else None)
    _print_appeals(found, now, settings, json=json)
    return 0


def run_appeal(call_id: str, rule_id: str, settings: Settings, *, json: bool) -> int:
    """Shows all appeals of one violation."""
    with closing(open_store(settings)) as store:
        found = store.violations.appeals_of(actor_of(settings, store), call_id, rule_id)
    _print_appeals(found, datetime.now(UTC), settings, json=json)
    return 0


def run_advance(settings: Settings) -> int:
    """What time does. Needs no permission: it only follows from what was decided."""
    now = datetime.now(UTC)
    with closing(open_store(settings)) as store:
        final, late = store.violations.advance(now), store.violations.escalate(now)
    print_lines([say(settings.lang, "violations_advanced", final=final, late=late)])
    return 0


def run_numbers(month: str, xlsx: Path | None, settings: Settings, *, json: bool, named: bool) -> int:
    """Agents' numbers of a month (``YYYY-MM``), by name or, for a bulletin, without."""
    kind = "agent_numbers" if named else "bulletin"
    with closing(open_store(settings)) as store:
        actor = actor_of(settings, store)
        found = store.violations.numbers(actor, month)
        names = _masked(found) if named else _anonymous(found, month, settings)
        sheet = numbers_sheet(found, names, partial(_column, settings.lang), named=named)
        if xlsx is not None:
            write_workbook(xlsx, [sheet], ZoneInfo(settings.business_tz))
            store.made_file(None, kind, xlsx)
            store.audit(actor.name, f"{kind}_export", "violations", {"month": month, "agents": len(found)})
    if json:
        print_objects(_object(one, names[one.agent], named=named) for one in found)
    else:
        print_table(sheet)
        print_lines([say(settings.lang, "numbers_trigger_nothing")])
    return 0


def _line(one: Violation, settings: Settings) -> str:
    lang = settings.lang
    agent = say(lang, "agent_unknown") if one.agent is None else mask_staff(one.agent, Purpose.SCREEN)
    state, step = say(lang, f"violation_{one.state}"), say(lang, f"case_step_{one.step}")
    until = say(lang, "appeal_until", until=clock(one.appeal_until, settings))
    marks = [say(lang, "calendar_unknown")] if one.provisional else []
    if one.remedy_by is not None and one.step in (CaseStep.FOUND, CaseStep.REPORTED):
        marks.append(say(lang, "handle_by", due=clock(one.remedy_by, settings)))
    return "  ".join([one.call_id, one.rule_id, agent, say(lang, f"class_{one.topic}"), state, step, until, *marks])


def _agents_lines(mine: CaseFile, settings: Settings) -> list[str]:
    """Which call it was, what was heard in it, where, and what to do instead."""
    lang, found = settings.lang, mine.found
    times = {"called": clock(mine.called_at, settings), "noticed": clock(mine.told.noticed_at, settings)}
    about = f"{say(lang, mine.told.severity)}  {say(lang, 'violation_when', **times)}"
    if found is None:
        return [_line(mine.told, settings), f"    {say(lang, 'violation_marked')}  {about}"]
    places = [f"    {one.start_s:.1f}–{one.end_s:.1f} s  {shown(one.quote)}" for one in found.evidence]
    return [_line(mine.told, settings), f"    {found.title}  {about}", *places, f"    {shown(found.remedy)}"]


def _agents_object(mine: CaseFile) -> dict[str, object]:
    found = mine.found
    called_at = None if mine.called_at is None else mine.called_at.isoformat()
    title, remedy = (None, None) if found is None else (found.title, shown(found.remedy))
    places = [] if found is None else [
        {"start_s": one.start_s, "end_s": one.end_s, "quote": shown(one.quote)} for one in found.evidence
    ]  # fmt: skip
    of_call = {"called_at": called_at, "title": title, "remedy": remedy, "evidence": places}
    return object_of("inspector.violation/1", mine.told, frozenset()) | of_call


def _print_appeals(found: Iterable[Appeal], now: datetime, settings: Settings, *, json: bool) -> None:
    if json:
        print_objects(object_of("inspector.appeal/1", one, _TYPED) for one in found)
        return
    lang = settings.lang
    for one in found:
        state, due = say(lang, f"appeal_{one.state}"), clock(one.due_at, settings)
        late = [say(lang, "appeal_overdue")] if one.decided_at is None and one.due_at < now else []
        grounds = [say(lang, f"mitigation_{name}") for name in one.mitigation]
        level = say(lang, f"appeal_level_{one.level}")
        print_lines(["  ".join([one.call_id, one.rule_id, level, state, due, *late, *grounds, shown(one.text)])])


def _masked(found: Iterable[AgentNumbers]) -> dict[str, str]:
    return {one.agent: mask_staff(one.agent, Purpose.EXPORT) for one in found}


def _anonymous(found: Iterable[AgentNumbers], month: str, settings: Settings) -> dict[str, str]:
    """The same names for the same month, in an order that nobody without this installation's key can tell."""
    key = customer_key_secret(settings.home)
    agents = {one.agent for one in found}
    mixed = sorted(agents, key=lambda agent: hmac.digest(key, f"bulletin\0{month}\0{agent}".encode(), hashlib.sha256))
    return {agent: f"A{place:02d}" for place, agent in enumerate(mixed, start=1)}


def _column(lang: Lang, word: str) -> str:
    return say(lang, word if word.startswith("class_") else f"numbers_{word}")


def _object(one: AgentNumbers, name: str, *, named: bool) -> dict[str, object]:
    counts = {"reviewed": one.reviewed, "calls": one.calls, "so_far": one.so_far}
    counts |= {"after_coaching": one.after_coaching, "ranked": one.ranked}
    team = {"team": one.team} if named else {}
    by_class = {kind.value: count for kind, count in one.by_class.items()}
    return (
        {"schema": "inspector.agent_numbers/1", "agent": name, "month": one.month}
        | team
        | counts
        | {"by_class": by_class}
    )
