"""How a decision becomes final."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, select, update

from inspector.review.appeals.records import AppealState, ViolationState
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Answer, DecisionState
from inspector.storage.decisions.scores import rescore
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.queues import State
from inspector.storage.review_tables import decision
from inspector.storage.rows import equal
from inspector.storage.tables import review_item
from inspector.storage.tasks.following import after_final
from inspector.storage.violation_tables import appeal, violation

__all__ = ["end", "escalate", "finish", "is_due", "over", "withdraw_item"]

BATCH = 200


def finish(connection: Connection, key: dict[str, str], policy: ReviewPolicy, now: datetime) -> None:
    """The decision is final, unless it is already."""
    changed = update(decision).where(equal(decision, key), decision.c.state == DecisionState.SETTLED.value)
    final = {"state": DecisionState.FINAL.value, "final_at": now, "version": decision.c.version + 1}
    answer = connection.scalar(changed.values(final).returning(decision.c.answer))
    if answer is None:
        return
    rescore(connection, key["call_id"], now)
    told = {"rule_id": key["rule_id"], "answer": answer}
    append_events(connection, now, EventKind.DECISION_FINAL, [(key["call_id"], told)])
    if answer == Answer.CONFIRMED.value:  # tasks take the events' turn before their rows: so does this
        after_final(connection, key["call_id"], key["rule_id"], policy, now)


def over(connection: Connection, now: datetime) -> tuple[dict[str, str], ...]:
    """The first violations that could be appealed until before ``now`` and were not."""
    keys = select(violation.c.call_id, violation.c.rule_id).where(_over(now)).order_by(violation.c.appeal_until)
    return tuple(dict(row._mapping) for row in connection.execute(keys.limit(BATCH)))


def end(connection: Connection, key: dict[str, str], policy: ReviewPolicy, now: datetime) -> bool:
    """Makes one of them final. Whether it was: of several processes one does it. An appeal in the same moment goes
    first or finds the time over."""
    done = update(violation).where(equal(violation, key), _over(now)).values(state=ViolationState.FINAL.value)
    if not connection.execute(done).rowcount:
        return False
    finish(connection, key, policy, now)
    return True


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to advance or to escalate."""
    over, late = select(violation.c.call_id).where(_over(now)), select(appeal.c.call_id).where(_late(now))
    return any(connection.scalar(one.limit(1)) is not None for one in (over, late))


def escalate(connection: Connection, now: datetime) -> int:
    """Appeals that nobody decided in time are free for everybody who may, and are told of once. Returns how many."""
    gone_up = update(appeal).where(_late(now)).values(escalated_at=now)
    rows = connection.execute(
        gone_up.returning(appeal.c.item_id, appeal.c.call_id, appeal.c.rule_id, appeal.c.level)
    ).all()
    if rows:
        freed = update(review_item).where(review_item.c.id.in_([row.item_id for row in rows]))
        connection.execute(freed.values(assigned_to=None))
    append_events(
        connection,
        now,
        EventKind.APPEAL_OVERDUE,
        [(row.call_id, {"rule_id": row.rule_id, "level": row.level}) for row in rows],
    )
    return len(rows)


def withdraw_item(connection: Connection, item_id: str, now: datetime) -> None:
    """The review of an appeal is not needed any more, unless it is done."""
    still = (review_item.c.id == item_id) & (review_item.c.state == State.OPEN.value)
    # Who holds it finds his claim gone: its number is another one.
    closed = {"state": State.WITHDRAWN.value, "closed_at": now, "owner": None, "lease_until": None}
    connection.execute(update(review_item).where(still).values(**closed, fence=review_item.c.fence + 1))


def _over(now: datetime) -> ColumnElement[bool]:
    """Violations whose time to appeal is over. A decision that is being arbitrated is told anew afterwards."""
    waiting = violation.c.state.in_([ViolationState.NOTIFIED.value, ViolationState.UPHELD.value])
    of_it = (decision.c.call_id == violation.c.call_id) & (decision.c.rule_id == violation.c.rule_id)
    settled = exists().where(of_it, decision.c.state == DecisionState.SETTLED.value)
    return waiting & (violation.c.appeal_until < now) & settled


def _late(now: datetime) -> ColumnElement[bool]:
    return (appeal.c.state == AppealState.OPEN.value) & (appeal.c.due_at < now) & appeal.c.escalated_at.is_(None)
