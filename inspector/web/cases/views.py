"""A violation as pages show it: masked, on the bank's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.errors import InspectorError
from inspector.model import Finding
from inspector.redaction import Purpose, mask, mask_staff
from inspector.review.appeals.records import Appeal, CaseFile, CaseStep, Violation, ViolationState, next_step
from inspector.review.sheet import SheetFinding, finding_of
from inspector.rules.plan import Plan
from inspector.web.console import Caller, Console
from inspector.web.sound.view import CallView, call_view

__all__ = ["MOST", "PAGE", "CasePage", "CaseRow", "case_page", "case_rows", "more_than", "on_the_clock"]

PAGE, MOST = 100, 2000
"""Rows of a list at first, and at most."""

Clock = Callable[[datetime | None], str]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list. ``days``: whole days left to appeal; None: it cannot be appealed now."""

    told: Violation
    title: str
    agent: str | None
    days: int | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """``found``: None for what a person marked. ``sound``: None where the caller may not hear the call, or there is
    nothing to hear, ``silent`` then says why. ``next_step``: of the case; None: it is closed.

    ``appeals``: with what the agent says and why it was decided so, masked. ``appeal``: ``may`` be lodged, is ``open``,
    or why it cannot be: ``late``, ``withdrawn``, ``final``, ``overturned``.
    """

    row: CaseRow
    called_at: datetime | None
    found: SheetFinding | None
    appeals: tuple[tuple[Appeal, str, str], ...]
    sound: CallView | None
    silent: str
    next_step: CaseStep | None
    appeal: str


def on_the_clock(console: Console) -> Clock:
    """Times as the bank's clock shows them; nothing of None."""
    zone = console.zone
    return lambda at: "–" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def more_than(many: int, found: Sequence[object]) -> int | None:
    """How many to show next, after ``many`` of a list that was asked for one more; None: these are all."""
    return min(many + PAGE, MOST) if len(found) > many else None


def case_rows(console: Console, found: Iterable[Violation]) -> tuple[CaseRow, ...]:
    now = console.clock()
    return tuple(_row(one, console.plan, now) for one in found)


def case_page(console: Console, caller: Caller, file: CaseFile) -> CasePage:
    """What is on record of a violation, and the sound of its call if the caller may hear it."""
    told, now = file.told, console.clock()
    sound, silent = _sound(console, caller, told, file.found)
    return CasePage(
        row=_row(told, console.plan, now),
        called_at=file.called_at,
        found=None if file.found is None else finding_of(file.found, said_false=False),
        appeals=tuple((one, *_masked(one)) for one in file.appeals),
        sound=sound,
        silent=silent,
        next_step=next_step(told.step),
        appeal=_appeal(told, file.appeals, now),
    )


def _masked(appeal: Appeal) -> tuple[str, str]:
    return mask(appeal.text, Purpose.SCREEN), mask(appeal.ruling or "", Purpose.SCREEN)


def _appeal(told: Violation, appeals: Iterable[Appeal], now: datetime) -> str:
    if told.state is ViolationState.APPEALED:
        return "open"
    if told.state in (ViolationState.FINAL, ViolationState.OVERTURNED):
        return told.state.value
    level = 2 if told.state is ViolationState.UPHELD else 1
    if any((one.notice, one.level) == (told.notice, level) for one in appeals):
        return "withdrawn"
    return "may" if told.may_be_appealed(now) else "late"


def _row(told: Violation, plan: Plan, now: datetime) -> CaseRow:
    rule = plan.rules.get(told.rule_id)
    title = told.rule_id if rule is None else rule.rule.title
    agent = None if told.agent is None else mask_staff(told.agent, Purpose.SCREEN)
    days = (told.appeal_until - now).days if told.may_be_appealed(now) else None
    return CaseRow(told, title, agent, days)


def _sound(console: Console, caller: Caller, told: Violation, finding: Finding | None) -> tuple[CallView | None, str]:
    """Whoever may see the violation need not be one who may hear the call."""
    listening = console.store.listening
    try:
        hearing = listening.hearing(listening.look(caller.actor, told.call_id, console.clock()))
    except InspectorError as error:
        return None, str(error)
    return call_view(hearing, () if finding is None else (finding,)), ""
