"""The one router of the API, and what all its answers share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import JSONResponse

from inspector.roles import Deed, refused
from inspector.web.console import Caller

__all__ = [
    "LIMIT",
    "NO_NUL",
    "Asked",
    "Day",
    "Done",
    "Fault",
    "Id",
    "Key",
    "Listed",
    "Part",
    "Slice",
    "Text",
    "page_of",
    "require_scope",
    "router",
    "told",
]

FURTHEST = 10_000

ItemT = TypeVar("ItemT")


class FaultDetail(BaseModel):
    """What is wrong and where; what to do about it."""

    message: str
    remedy: str


class Fault(BaseModel):
    """What every refusal holds."""

    error: FaultDetail


class Listed(BaseModel, Generic[ItemT]):
    """A page. ``next``: the ``cursor`` of the following one; null: there is none."""

    items: list[ItemT]
    next: int | None


class Done(BaseModel):
    """It is done; there is nothing else to tell."""

    done: bool = True


class Asked(BaseModel):
    """A body: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


Key = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")]
Id = Annotated[Key, Path()]
LIMIT = Annotated[int, Query(ge=1, le=500, description="how many at most")]
NO_NUL = r"^[^\u0000]*$"
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_NUL)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]

_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": Fault, "description": "it cannot be done as asked"},
    401: {"model": Fault, "description": "nobody is signed in, or the token is not good (any more)"},
    403: {"model": Fault, "description": "who asks may not, or it has changed since"},
    404: {"model": Fault, "description": "there is no such thing"},
    413: {"model": Fault, "description": "more than 1 MiB was sent"},
    422: {"model": Fault, "description": "a value is missing, unknown or impossible"},
    503: {"model": Fault, "description": "the database cannot be used now"},
}

router = APIRouter(prefix="/api/v1", responses=_FAULTS)


def told(content: object) -> JSONResponse:
    """An answer as it is: the records are written as JSON in one place, for the command line too."""
    return JSONResponse(content)


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list."""

    limit: int
    cursor: int


def _slice(
    limit: LIMIT = 50,
    cursor: Annotated[int, Query(ge=0, le=FURTHEST, description="`next` of the page before")] = 0,
) -> Slice:
    return Slice(limit, cursor)


Part = Annotated[Slice, Depends(_slice)]


def page_of(find: Callable[[int], Sequence[ItemT]], part: Slice, shown: Callable[[ItemT], object]) -> JSONResponse:
    """A part of what ``find`` gives: the first so many of a list that has an order."""
    further = part.cursor + part.limit
    found = find(further + 1)
    items = [shown(one) for one in found[part.cursor : further]]
    return told({"items": items, "next": further if len(found) > further and further <= FURTHEST else None})


def require_scope(caller: Caller, deed: Deed) -> None:
    """For what an agent may do to what is his own, and others by ``deed``: a token that is for something else is no
    way to it. Raises PolicyError."""
    scopes = caller.actor.scopes
    if scopes is not None and caller.actor.agent is None and deed not in scopes:
        raise refused(caller.actor, deed)
