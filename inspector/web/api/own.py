"""Who asks, and what he may do."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel
from starlette.responses import Response

from inspector.roles import Deed, Role
from inspector.web.allowed import Allowed
from inspector.web.api.router import router, told
from inspector.web.console import Caller

__all__ = ["me"]


class Me(BaseModel):
    """``deeds``: what he may do, everywhere or to what concerns his teams. ``scopes``: what the token is for; null: he
    is signed in as himself."""

    name: str
    roles: list[Role]
    teams: list[str]
    agent: str | None
    deeds: list[Deed]
    scopes: list[Deed] | None


@router.get("/me", response_model=Me, summary="Who asks")
def me(caller: Annotated[Caller, Depends(Allowed())]) -> Response:
    """The person of the token, and what may be done with it."""
    actor = caller.actor
    return told(
        {
            "name": actor.name,
            "roles": sorted(actor.roles),
            "teams": sorted(actor.teams),
            "agent": actor.agent,
            "deeds": [deed for deed in Deed if caller.may_somewhere(deed)],
            "scopes": None if actor.scopes is None else sorted(actor.scopes),
        }
    )
