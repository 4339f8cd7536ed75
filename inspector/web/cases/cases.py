"""Violations for those who work on them: lists, one case with its steps, appeals, agents' numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.redaction import Purpose, mask, mask_staff
from inspector.reports.task_sheets import numbers_sheet
from inspector.review.appeals.classes import ViolationClass
from inspector.review.appeals.records import LONGEST_TEXT, CaseStep, ViolationState
from inspector.roles import Deed
from inspector.storage.months import days_of_month
from inspector.storage.violations.reading import ViolationFilter
from inspector.web.allowed import Allowed
from inspector.web.cases.export import workbook
from inspector.web.cases.one import violation_page
from inspector.web.cases.router import router
from inspector.web.cases.views import MOST, PAGE, case_rows, more_than, on_the_clock
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["agents", "agents_workbook", "appeals", "listed", "shown", "step"]

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_VIOLATIONS))]
SeesFigures = Annotated[Caller, Depends(Allowed(Deed.SEE_FIGURES))]
Many = Annotated[int, Query(ge=1, le=MOST)]
Name = Annotated[str, Query(max_length=128)]
Month = Annotated[str, Query(max_length=7)]


def _asked_for(
    state: ViolationState | Literal[""] = "",
    agent: Name = "",
    rule: Name = "",
    team: Name = "",
    unknown: bool = False,
) -> ViolationFilter:
    given = (agent, team, rule)
    agent, team, rule = (text.replace("\0", "").strip() for text in given)
    teams = frozenset({team}) if team else None
    return ViolationFilter(agent or None, state or None, teams, unknown, rule_id=rule or None)


@router.get("/cases")
def listed(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.SEE_VIOLATIONS, Deed.SEE_REVIEWS))],
    asked: Annotated[ViolationFilter, Depends(_asked_for)],
    month: Month = "",
    many: Many = PAGE,
) -> Response:
    """What can be appealed the shortest first. Who sees reviews only is sent to them."""
    if not caller.may_somewhere(Deed.SEE_VIOLATIONS):
        return RedirectResponse("/cases/items", 303)
    console = console_of(request)
    which = replace(asked, noticed=_month(console, month)) if month else asked
    found = console.store.violations.list(caller.actor, which, many + 1)
    team = next(iter(asked.teams or ()), "")
    again = {"state": asked.state or "", "agent": asked.agent or "", "rule": asked.rule_id or "", "team": team,
             "month": month, "unknown": int(asked.unknown)}  # fmt: skip
    return page(request, "cases/list.html.j2", rows=case_rows(console, found[:many]), which=asked, again=again,
                more=more_than(many, found), states=tuple(ViolationState),
                rules=sorted(console.rules.rules.values(), key=lambda one: one.rule_id),
                clock=on_the_clock(console))  # fmt: skip


@router.get("/cases/appeals")
def appeals(request: Request, caller: Sees, late: bool = False, many: Many = PAGE) -> Response:
    """Those that nobody decided yet, by when they are due."""
    console = console_of(request)
    now = console.clock()
    found = console.store.violations.appeals(caller.actor, many + 1, now if late else None)
    shown = tuple((one, mask(one.text, Purpose.SCREEN)) for one in found[:many])
    return page(request, "cases/appeals.html.j2", appeals=shown, late=late, titles=console.plan.rules,
                more=more_than(many, found), clock=on_the_clock(console))  # fmt: skip


@router.get("/cases/agents")
def agents(
    request: Request,
    caller: SeesFigures,
    month: Annotated[str, Query(max_length=7)] = "",
) -> Response:
    """What counts against agents in a month, by number: only what is final. Nobody is ranked."""
    console = console_of(request)
    month = month or f"{console.store.business_day(console.clock()):%Y-%m}"
    found = console.store.violations.numbers(caller.actor, month)
    rows = tuple((one, mask_staff(one.agent, Purpose.SCREEN)) for one in found)
    return page(request, "cases/agents.html.j2", rows=rows, month=month, classes=tuple(ViolationClass))


@router.get("/cases/agents/{month}/xlsx")
def agents_workbook(month: str, request: Request, caller: SeesFigures) -> Response:
    """The same as a workbook."""
    console, lang = console_of(request), lang_of(request)
    found = console.store.violations.numbers(caller.actor, month)
    names = {one.agent: mask_staff(one.agent, Purpose.EXPORT) for one in found}
    sheet = numbers_sheet(found, names, lambda word: say(lang, f"cases_{word}"), named=True)
    return workbook(console, caller, "agent_numbers", f"坐席统计-{month}", [sheet])


@router.get("/cases/{call_id}/{rule_id}")
def shown(call_id: str, rule_id: str, request: Request, caller: Sees) -> Response:
    """One case: what was said, what was decided, its steps, its appeals."""
    file = console_of(request).store.violations.file(caller.actor, call_id, rule_id)
    return violation_page(request, caller, "cases", file)


@router.post("/cases/{call_id}/{rule_id}/step")
def step(
    call_id: str,
    rule_id: str,
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.HANDLE_VIOLATION))],
    done: Annotated[CaseStep, Form()],
    note: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
) -> Response:
    """The next step of the case is done."""
    console = console_of(request)
    text = note.replace("\0", "").strip() or None
    console.store.violations.step(caller.actor, call_id, rule_id, done, text, console.clock())
    return RedirectResponse(f"/cases/{quote(call_id, safe='')}/{quote(rule_id, safe='')}", 303)


def _month(console: Console, month: str) -> tuple[datetime, datetime]:
    """From when until before when. Raises UsageError for what is no month."""
    first, last = days_of_month(month)
    zone = ZoneInfo(console.settings.business_tz)
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
