"""A team looks at its own findings and says whether they are right."""

from __future__ import annotations

from datetime import datetime

from inspector.roles import Actor, Deed, require
from inspector.storage import Store
from inspector.storage.queues import State

__all__ = ["answer_self_check"]


def answer_self_check(store: Store, call_id: str, *, confirmed: bool, actor: Actor, now: datetime) -> None:
    """Confirms or disputes the findings of a call. It is no verdict: QA re-checks a share of the answers.

    Raises PolicyError when the call is of none of the actor's teams, and UsageError when no self-check of it is open.
    """
    team = store.self_checks.team_of(call_id)
    require(actor, Deed.CHECK_OWN, frozenset() if team is None else frozenset({team}))
    store.self_checks.answer(call_id, State.CONFIRMED if confirmed else State.DISPUTED, actor.name, now)
