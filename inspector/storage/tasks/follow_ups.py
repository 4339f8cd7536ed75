"""An agent's next calls after coaching (整改复查): found, opened for review, and what they say.

::

    coaching done ──┬── inspected later, began later, rule applicable: review FOLLOW_UP ──┬── … until enough
                    └── what is not applicable, or began before, is passed over           └── heard, decided

An inspection can be committed a while after it was made: the last hour before the last look is looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from inspector.enums import Outcome, Severity
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Answer, DecisionState, Submitted
from inspector.review.tasks.coaching import Coaching, CoachingState, FollowUp, Heard, result_of, standing
from inspector.storage import tables
from inspector.storage.decisions.counting import counts
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.queues import Reason
from inspector.storage.review_tables import decision
from inspector.storage.reviews.items import NewItem, open_item
from inspector.storage.task_tables import coaching as table
from inspector.storage.task_tables import coaching_follow_up as follow_table

__all__ = ["follow_ups_of", "heard", "resample", "settle"]

_APPLICABLE = (Outcome.FIRES.value, Outcome.SILENT.value, Outcome.UNDETERMINED.value)
_LATE = timedelta(hours=1)


def follow_ups_of(connection: Connection, task_id: str, rule_id: str) -> tuple[FollowUp, ...]:
    """The calls that follow a coaching, in the order in which they were opened, with what each says."""
    found = (
        select(follow_table.c.heard_at, follow_table.c.confirmed, follow_table.c.call_id.label("followed"), decision)
        .outerjoin(decision, (decision.c.call_id == follow_table.c.call_id) & (decision.c.rule_id == rule_id))
        .where(follow_table.c.coaching_id == task_id)
        .order_by(follow_table.c.opened_at, follow_table.c.call_id)
    )
    return tuple(FollowUp(row.followed, _standing(row)) for row in connection.execute(found))


def resample(connection: Connection, task: Coaching, policy: ReviewPolicy, now: datetime) -> int:
    """Opens reviews of the next calls as far as they are known and wanted, then sees what they say.

    Nothing is opened twice. Returns how many were opened.
    """
    if task.state is not CoachingState.DONE:
        return 0
    new = _next_calls(connection, task) if len(task.follow_ups) < task.wanted else []
    due = policy.calendar.add_days(now, policy.settings.coaching_days)
    for row in new[: task.wanted - len(task.follow_ups)]:
        item = NewItem(
            call_id=row.call_id,
            reason=Reason.FOLLOW_UP,
            key=task.id,
            business_date=row.business_date,
            because={task.rule_id: task.title},
            severity=Severity(row.severity),
            excluded=frozenset({task.coach, task.given_by}),
            due_at=due,
        )
        opened = {"coaching_id": task.id, "call_id": row.call_id, "item_id": open_item(connection, item, now)}
        connection.execute(insert(follow_table).values(opened_at=now, confirmed=False, **opened))
    connection.execute(update(table).where(table.c.id == task.id).values(looked_until=now))
    settle(connection, task.id, now)
    return min(len(new), task.wanted - len(task.follow_ups))


def heard(connection: Connection, submitted: Submitted, now: datetime) -> None:
    """Somebody has heard one of the next calls."""
    found = (
        select(follow_table.c.coaching_id, table.c.rule_id)
        .join(table, table.c.id == follow_table.c.coaching_id)
        .where(follow_table.c.item_id == submitted.item_id)
        .with_for_update(of=table)
    )
    for task_id, rule_id in connection.execute(found).all():
        said = {one.answer for one in submitted.verdicts if one.rule_id == rule_id}
        confirmed = Answer.CONFIRMED in said or any(one.rule_id == rule_id for one in submitted.marks)
        which = follow_table.c.coaching_id == task_id, follow_table.c.item_id == submitted.item_id
        values = {"heard_at": submitted.at, "confirmed": confirmed}
        connection.execute(update(follow_table).where(*which).values(values))
        settle(connection, task_id, now)


def settle(connection: Connection, task_id: str, now: datetime) -> None:
    """Closes a task whose next calls say enough: none confirmed of all, or one that is final and counts."""
    task = connection.execute(select(table).where(table.c.id == task_id)).one()
    if task.state != CoachingState.DONE.value:
        return
    calls = [one.heard for one in follow_ups_of(connection, task_id, task.rule_id)]
    result = result_of(calls, task.wanted)
    if result is CoachingState.DONE:
        return
    closed = {"state": result.value, "closed_at": now, "version": task.version + 1}
    connection.execute(update(table).where(table.c.id == task_id).values(closed))
    told = {"coaching_id": task_id, "result": result.value, "confirmed": calls.count(Heard.CONFIRMED)}
    append_events(connection, now, EventKind.COACHING_CLOSED, [(None, told)])


def _standing(row: Row[Any]) -> Heard:
    decided = row.state is not None
    state = DecisionState(row.state) if decided else None
    return standing(row.heard_at is not None, row.confirmed, state, decided and counts(row))


def _next_calls(connection: Connection, task: Coaching) -> list[Row[Any]]:
    """Calls of the agent that are not opened yet, began after the coaching, and to which the rule is applicable by
    their newest inspection; the earliest first."""
    call, made = tables.call, tables.inspection
    again = made.alias()
    newest = select(func.max(again.c.made_at)).where(again.c.call_id == call.c.id).scalar_subquery()
    opened = select(follow_table.c.call_id).where(follow_table.c.coaching_id == task.id)
    since = select(table.c.looked_until).where(table.c.id == task.id)
    looked_until = connection.execute(since).scalar_one()
    found = (
        select(made.c.call_id, call.c.business_date, call.c.facts, table.c.severity)
        .join(call, call.c.id == made.c.call_id)
        .join(table, table.c.id == task.id)
        .where(made.c.made_at > looked_until - _LATE, made.c.made_at == newest)
        .where(call.c.facts["agent"].as_string() == task.agent, call.c.id.not_in(opened))
        .where(made.c.by_rule[task.rule_id].as_string().in_(_APPLICABLE))
    )
    later: dict[str, tuple[datetime, Any]] = {}
    for row in connection.execute(found):
        began = _began(row.facts)
        if began is not None and task.done_at is not None and began > task.done_at:
            later[row.call_id] = began, row
    return [later[call_id][1] for call_id in sorted(later, key=lambda one: (later[one][0], one))]


def _began(facts: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(facts["start"]).astimezone(UTC) if facts.get("start") else None
