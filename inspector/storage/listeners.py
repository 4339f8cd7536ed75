"""Who may listen to a call, and read all that was said in it (masked)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from inspector.errors import PolicyError, UsageError
from inspector.review.appeals.records import ViolationState
from inspector.review.reasons import Reason, State, deed_of
from inspector.roles import Actor, Deed, may
from inspector.storage.tables import alert, call, review_item
from inspector.storage.violation_tables import violation

__all__ = ["require_listener"]


def require_listener(connection: Connection, actor: Actor, call_id: str, now: datetime) -> None:
    """He sees the calls of its team, reviews it now, sees an alert of it, or was told a violation of it as its agent.

    Raises UsageError when there is no such call, PolicyError when he is none of them.
    """
    row = connection.execute(select(call.c.facts).where(call.c.id == call_id)).one_or_none()
    if row is None:
        raise UsageError("no such call is on record", "look it up among the calls; it may have been deleted in time")
    team = row.facts.get("team")
    if may(actor, Deed.SEE_CALLS, _one(team)) or _reviews_it(connection, actor, call_id, now):
        return
    if _sees_alert(connection, actor, call_id) or _was_told(connection, actor, call_id):
        return
    raise PolicyError(
        f"{actor.name} may not listen to this call",
        "it must be of his team, his to review now, in an alert he sees, or his own with a violation: docs/roles.md",
    )


def _one(team: str | None) -> frozenset[str]:
    return frozenset() if team is None else frozenset({team})


def _reviews_it(connection: Connection, actor: Actor, call_id: str, now: datetime) -> bool:
    item = review_item
    held = select(item.c.reason).where(
        item.c.owner == actor.name,
        item.c.call_id == call_id,
        item.c.state == State.OPEN.value,
        item.c.lease_until > now,
    )
    return any(may(actor, deed_of(Reason(reason))) for reason in connection.scalars(held))


def _sees_alert(connection: Connection, actor: Actor, call_id: str) -> bool:
    teams = connection.scalars(select(alert.c.team).where(alert.c.call_id == call_id)).all()
    return any(may(actor, Deed.SEE_ALERTS, _one(team)) for team in teams)


def _was_told(connection: Connection, actor: Actor, call_id: str) -> bool:
    """Overturned, it was none: nothing of the call concerns him any more."""
    if actor.agent is None:
        return False
    own = select(violation.c.rule_id).where(
        violation.c.call_id == call_id,
        violation.c.agent == actor.agent,
        violation.c.state != ViolationState.OVERTURNED.value,
    )
    return connection.execute(own.limit(1)).one_or_none() is not None
