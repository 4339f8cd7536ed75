"""The page of one violation: its agent's, or of those who work on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from inspector.review.appeals.records import LONGEST_TEXT, CaseFile, CaseStep, Mitigation
from inspector.roles import Deed
from inspector.web.cases.views import case_page, on_the_clock
from inspector.web.console import Caller, console_of
from inspector.web.pages import page

__all__ = ["Part", "Refused", "violation_page"]

Part = Literal["mine", "cases"]
"""Whose page: the agent's own, or everybody else's who may see it."""

_TEMPLATES = {"mine": "cases/own.html.j2", "cases": "cases/case.html.j2"}


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not done: ``word`` says why, ``typed`` is what must not be lost."""

    word: str
    typed: str


def violation_page(
    request: Request, caller: Caller, part: Part, file: CaseFile, refused: Refused | None = None
) -> Response:
    """``file``: as the service showed it to the caller."""
    console, told = console_of(request), file.told
    teams = frozenset() if told.team is None else frozenset({told.team})
    return page(
        request,
        _TEMPLATES[part],
        200 if refused is None else 400,
        case=case_page(console, caller, file),
        to=f"/{part}/{told.call_id}/{told.rule_id}",
        back=f"/{part}",
        back_word=f"menu_{part}",
        refused=refused,
        longest=LONGEST_TEXT,
        mitigations=tuple(Mitigation),
        steps=tuple(CaseStep),
        may_lodge=part == "mine" or caller.may(Deed.LODGE_APPEAL, teams),
        may_handle=caller.may(Deed.HANDLE_VIOLATION, teams),
        clock=on_the_clock(console),
    )
