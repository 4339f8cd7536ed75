"""The ledger of rectification (整改台账): its list, an entry with all that was done to it, and the deeds on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from inspector.errors import UsageError
from inspector.redaction import Purpose, mask, mask_staff
from inspector.reports.task_sheets import ledger_sheet
from inspector.review.appeals.records import LONGEST_TEXT
from inspector.review.tasks.rectification import Entry, EntryState, overdue
from inspector.roles import Deed
from inspector.storage.tasks.rectification import NewEntry, Rectification
from inspector.web.allowed import Allowed
from inspector.web.cases.export import workbook
from inspector.web.cases.given import Key, Name, Origin, Typed, closing_time, lines
from inspector.web.cases.router import router
from inspector.web.cases.views import MOST, PAGE, more_than, on_the_clock
from inspector.web.console import Caller, Console, console_of
from inspector.web.pages import page

__all__ = ["add", "done", "entry", "export", "listed", "measure", "reopen", "verify"]

MOST_EXPORTED = 100_000
Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_LEDGER))]
Handles = Annotated[Caller, Depends(Allowed(Deed.HANDLE_LEDGER))]
Verifies = Annotated[Caller, Depends(Allowed(Deed.VERIFY_LEDGER))]


@router.get("/cases/rectification")
def listed(
    request: Request,
    caller: Sees,
    origin: Origin,
    state: EntryState | Literal[""] = "",
    late: bool = False,
    many: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
) -> Response:
    """By what is due."""
    console = console_of(request)
    desk, now = console.store.tasks.rectification, console.clock()
    found = desk.overdue(caller.actor, now, many + 1) if late else desk.entries(caller.actor, many + 1, state or None)
    return page(request, "cases/ledger.html.j2", entries=found[:many], state=state, late=late, states=tuple(EntryState),
                more=more_than(many, found), origin=origin, overdue=overdue,
                titles=console.rules.rules, longest=LONGEST_TEXT, clock=on_the_clock(console))  # fmt: skip


@router.get("/cases/rectification/export/xlsx")
def export(request: Request, caller: Sees) -> Response:
    """All entries that he may see."""
    console = console_of(request)
    found = console.store.tasks.rectification.entries(caller.actor, MOST_EXPORTED)
    return workbook(console, caller, "rectification", "整改台账", [ledger_sheet(found)])


@router.get("/cases/rectification/entries/{entry_id}")
def entry(entry_id: str, request: Request, caller: Sees) -> Response:
    """One of them."""
    console = console_of(request)
    found, steps = console.store.tasks.rectification.get(caller.actor, entry_id)
    teams = None if found.team is None else frozenset({found.team})
    history = tuple((step, None if step.note is None else mask(step.note, Purpose.SCREEN)) for step in steps)
    part = {found.inspector, found.owner, found.done_by}
    agent = None if found.agent is None else mask_staff(found.agent, Purpose.SCREEN)
    return page(request, "cases/entry.html.j2", entry=found, history=history, agent=agent,
                is_late=overdue(found, console.clock()), titles=console.rules.rules, longest=LONGEST_TEXT,
                may_handle=caller.may(Deed.HANDLE_LEDGER, teams), may_verify=caller.may(Deed.VERIFY_LEDGER, teams),
                had_part=caller.actor.name in part, clock=on_the_clock(console))  # fmt: skip


def _new_entry(
    content: Typed,
    finding: Typed,
    rule: Name = "",
    call: Name = "",
    team: Name = "",
    about_agent: Annotated[bool, Form()] = False,
) -> NewEntry:
    of, alone = call.strip() or None, about_agent and bool(call.strip())
    return NewEntry(content, lines(finding), rule.strip() or None, of, team=team.strip() or None, about_agent=alone)


@router.post("/cases/rectification/add")
def add(request: Request, caller: Handles, new: Annotated[NewEntry, Depends(_new_entry)]) -> Response:
    """The caller checked something and found something."""
    console = console_of(request)
    try:
        made = console.store.tasks.rectification.add(caller.actor, new, console.clock())
    except ValueError as error:
        raise UsageError(str(error), "say what was checked and what was found") from error
    return _shown(made)


def _measure(
    measure: Typed, owner: Name, due: Annotated[date | None, Form()] = None
) -> tuple[str, str, date | None]:
    return lines(measure), owner, due


Measure = Annotated[tuple[str, str, date | None], Depends(_measure)]
"""What is to be done, who answers for it, until the close of which day."""


@router.post("/cases/rectification/entries/{entry_id}/measure")
def measure(entry_id: str, request: Request, caller: Handles, version: Key, given: Measure) -> Response:
    """It is laid down what is to be done."""
    what, owner, due = given

    def do(desk: Rectification, console: Console) -> Entry:
        until = closing_time(console, due)
        return desk.measure(caller.actor, (entry_id, version), what, owner, until, console.clock())

    return _done(request, do)


@router.post("/cases/rectification/entries/{entry_id}/done")
def done(
    entry_id: str, request: Request, caller: Handles, version: Key, result: Typed, evidence: Typed
) -> Response:
    """It is carried out."""
    return _done(
        request,
        lambda desk, console: desk.done(caller.actor, (entry_id, version), lines(result), evidence, console.clock()),
    )


@router.post("/cases/rectification/entries/{entry_id}/verify")
def verify(entry_id: str, request: Request, caller: Verifies, version: Key) -> Response:
    """It was looked at and is struck off (销号)."""
    return _done(request, lambda desk, console: desk.verify(caller.actor, (entry_id, version), console.clock()))


@router.post("/cases/rectification/entries/{entry_id}/reopen")
def reopen(entry_id: str, request: Request, caller: Verifies, version: Key, why: Typed) -> Response:
    """It was not done after all."""
    return _done(request, lambda desk, console: desk.reopen(caller.actor, (entry_id, version), why, console.clock()))


def _done(request: Request, deed: Callable[[Rectification, Console], Entry]) -> Response:
    console = console_of(request)
    return _shown(deed(console.store.tasks.rectification, console))


def _shown(one: Entry) -> Response:
    return RedirectResponse(f"/cases/rectification/entries/{one.id}", 303)
