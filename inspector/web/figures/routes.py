"""Figures as plots and tables: pages come at once, their parts when they are computed."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.reports.figures_sheets import figure_sheets
from inspector.reports.workbook import write_workbook
from inspector.roles import Deed, reach_of, require
from inspector.web.allowed import Allowed
from inspector.web.console import Caller, Console, console_of
from inspector.web.downloads import download
from inspector.web.figures.background import Computed, Failed, background_of
from inspector.web.figures.parts import PARTS, key_of, part_of
from inspector.web.figures.period import Period, period_of
from inspector.web.figures.rules import RuleWeeks, may_rise
from inspector.web.figures.tables import View
from inspector.web.pages import lang_of, page
from inspector.web.words import say

__all__ = ["router"]

router = APIRouter()

Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_FIGURES))]
Asked = Annotated[Period, Depends(period_of)]
RuleId = Annotated[str, Path(max_length=200)]


@router.get("/figures")
def overview(request: Request, caller: Sees, period: Asked) -> Response:
    """How many calls, what fired most, how calls went, what became of alerts, what more callers ask."""
    parts: tuple[str, ...] = ("volumes", "rates", "measures")
    if period.team is None and caller.may(Deed.SEE_ALERTS):  # those are not counted by team
        parts = (*parts, "alerts", "surges")
    return _page(request, caller, period, "overview", parts)


@router.get("/figures/rules")
def rules(request: Request, caller: Sees, period: Asked) -> Response:
    """All rules side by side."""
    return _page(request, caller, period, "rules", ("rules",))


@router.get("/figures/rules/{rule_id}")
def rule(request: Request, caller: Sees, period: Asked, rule_id: RuleId) -> Response:
    """One rule over the weeks, and where people disagree with it."""
    require(caller.actor, Deed.SEE_FIGURES)
    parts = ("weeks", "disagreements") if caller.may(Deed.EXPORT_REVIEWS) else ("weeks",)
    return _page(request, caller, period, "rule", parts, rule_id)


@router.get("/figures/agents")
def agents(request: Request, caller: Sees, period: Asked) -> Response:
    """What counts against agents, in the end."""
    return _page(request, caller, period, "agents", ("agents",))


@router.get("/figures/reviewers")
def reviewers(request: Request, caller: Sees, period: Asked) -> Response:
    """How far reviewers agree."""
    require(caller.actor, Deed.SEE_FIGURES)
    return _page(request, caller, period, "reviewers", ("reviewers",))


@router.get("/figures/part/{name}")
def part(
    request: Request,
    caller: Sees,
    period: Asked,
    name: Annotated[str, Path(max_length=40)],
    rule_id: Annotated[str, Query(max_length=200, alias="rule")] = "",
) -> Response:
    """One part of a page: its tables, that it is being computed, or what went wrong."""
    console, asked = console_of(request), part_of(name)
    _require_team(caller, period)
    key = key_of(name, caller.actor, period)
    compute = partial(asked.compute, console.store, caller.actor, period)
    found = background_of(request).ask(key, compute, console.clock())
    view = _view(request, caller, period, rule_id)
    values: dict[str, Any] = {
        "name": name,
        "url": _url(name, period, rule_id),
        "failed": found if isinstance(found, Failed) else None,
        "tables": asked.tables(view, found.value) if isinstance(found, Computed) else None,
        "as_of": _local(console, found) if isinstance(found, Computed) else "",
        "promotes": rule_id if _promotes(caller, found, rule_id) else "",
    }
    return page(request, "figures/part.html.j2", **values)


@router.post("/figures/rules/{rule_id}/promote")
def promote(
    request: Request, caller: Annotated[Caller, Depends(Allowed(Deed.GATE_RULES))], rule_id: RuleId
) -> Response:
    """Lets a demoted rule that passes again count as its pack says."""
    console = console_of(request)
    console.store.verdicts.promote(caller.actor, rule_id, console.clock())
    background_of(request).forget()
    return RedirectResponse(f"/figures/rules/{quote(rule_id, safe='')}", 303)


@router.post("/figures/export")
def export(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed(Deed.EXPORT_REVIEWS))],
    first: Annotated[date, Form(alias="from")],
    last: Annotated[date, Form(alias="to")],
) -> Response:
    """All figures as a workbook, as ``inspector figures export`` writes it."""
    console, lang = console_of(request), lang_of(request)
    require(caller.actor, Deed.EXPORT_REVIEWS)
    sheets = figure_sheets(console.store.verdicts, caller.actor, (first, last), last, partial(say, lang))

    def write(file: FilePath) -> None:
        write_workbook(file, sheets, console.zone)
        days = {"from": first.isoformat(), "to": last.isoformat()}
        console.store.audit(caller.actor.name, "figures_export", "figures", days)

    ending = f"{first}_{last}.xlsx"
    return download(write, f"figures_{ending}", f"{say(lang, 'menu_figures')}_{ending}")


def _page(
    request: Request, caller: Caller, period: Period, name: str, parts: tuple[str, ...], rule_id: str = ""
) -> Response:
    console = console_of(request)
    _require_team(caller, period)
    view = _view(request, caller, period, rule_id)
    values: dict[str, Any] = {
        "name": name,
        "period": period,
        "parts": [(one, _url(one, period, rule_id)) for one in parts],
        "by_team": any(PARTS[one].deed is Deed.SEE_FIGURES and not PARTS[one].everywhere for one in parts),
        "teams": sorted(_teams(console, caller)),
        "rule_id": rule_id,
        "opens": view.fires(rule_id) if rule_id else None,
        "rule_title": view.title(rule_id),
    }
    return page(request, "figures/page.html.j2", **values)


def _view(request: Request, caller: Caller, period: Period, rule_id: str) -> View:
    rules = {one.rule.id: one.rule for one in console_of(request).plan.judged}
    return View(rules, caller, period, partial(say, lang_of(request)), rule_id)


def _url(name: str, period: Period, rule_id: str) -> str:
    more = {"rule": rule_id} if rule_id else {}
    return f"/figures/part/{name}?{period.query(**more)}"


def _teams(console: Console, caller: Caller) -> frozenset[str]:
    """Teams that may be chosen: his own, or all that anybody is of."""
    reach = reach_of(caller.actor, Deed.SEE_FIGURES)
    if reach is not None:
        return reach
    return frozenset(team for person in console.store.people.all() for team in person.teams)


def _require_team(caller: Caller, period: Period) -> None:
    if period.team is not None:
        require(caller.actor, Deed.SEE_FIGURES, frozenset({period.team}))


def _promotes(caller: Caller, found: Computed | Failed | None, rule_id: str) -> bool:
    if not isinstance(found, Computed) or not isinstance(found.value, RuleWeeks):
        return False
    return caller.may(Deed.GATE_RULES) and may_rise(found.value, rule_id)


def _local(console: Console, found: Computed) -> str:
    return found.at.astimezone(console.zone).strftime("%m-%d %H:%M")
