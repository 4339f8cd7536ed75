"""Appeals: lodged and withdrawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from inspector.errors import PolicyError, UsageError
from inspector.model import Finding
from inspector.review.appeals.records import (
    LONGEST_TEXT,
    AppealState,
    Mitigation,
    Violation,
    ViolationState,
)
from inspector.review.policy import ReviewPolicy
from inspector.roles import Actor
from inspector.storage.alert_tables import alert_group
from inspector.storage.decisions.counting import decision_of
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.people_tables import person
from inspector.storage.queues import Reason
from inspector.storage.review_tables import review
from inspector.storage.reviews.items import NewItem, open_item
from inspector.storage.rows import append_audit, equal, read
from inspector.storage.tables import alert
from inspector.storage.violation_tables import appeal, violation, violation_step
from inspector.storage.violations.ending import withdraw_item
from inspector.storage.violations.reading import told_of

__all__ = ["Plea", "lodge", "withdraw"]

@dataclass(frozen=True, slots=True)
class Plea:
    """What an appeal says. Raises ValueError for a text that is empty or too long."""

    text: str
    mitigation: Collection[Mitigation] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.text.strip()) <= LONGEST_TEXT:
            raise ValueError(f"an appeal needs a text of at most {LONGEST_TEXT} characters")


def lodge(
    connection: Connection, told: Violation, actor: Actor, plea: Plea, policy: ReviewPolicy, now: datetime
) -> None:
    """Freezes the score and opens the review by somebody else. Raises UsageError when there is nothing to appeal."""
    key = {"call_id": told.call_id, "rule_id": told.rule_id}
    level = 2 if told.state is ViolationState.UPHELD else 1
    earlier = select(appeal.c.level).where(equal(appeal, {**key, "notice": told.notice, "level": level}))
    if told.state is ViolationState.APPEALED or connection.scalar(earlier) is not None:
        raise UsageError(f"{told.call_id}/{told.rule_id} was appealed already", "look: inspector appeals show")
    in_time = (violation.c.state == told.state.value) & (violation.c.notice == told.notice)
    frozen = update(violation).where(equal(violation, key), in_time, violation.c.appeal_until >= now)
    frozen = frozen.values(state=ViolationState.APPEALED.value, level=level)
    if not told.may_be_appealed(now) or not connection.execute(frozen).rowcount:
        raise UsageError(
            f"{told.call_id}/{told.rule_id} cannot be appealed any more: its time is over, or it is final",
            "look at the deadline: inspector violations list",
        )
    due = policy.calendar.add_days(now, policy.settings.appeal_decision_working_days)
    item, version = _review_of(connection, told, level, actor, due)
    row = {
        **key,
        "notice": told.notice,
        "level": level,
        "item_id": open_item(connection, item, now),
        "state": AppealState.OPEN.value,
        "lodged_by": actor.name,
        "lodged_at": now,
        "text": plea.text.strip(),
        "mitigation": sorted(set(plea.mitigation)),
        "decision_version": version,
        "due_at": due,
    }
    connection.execute(insert(appeal).values(row))
    which = {"rule_id": told.rule_id, "level": level}
    append_audit(connection, actor.name, "appeal_lodge", told.call_id, which)
    append_events(connection, now, EventKind.APPEAL_LODGED, [(told.call_id, which)])


def withdraw(connection: Connection, told: Violation, actor: Actor, now: datetime) -> None:
    """The appeal is given up for good, and what was appealed is as before. Raises UsageError when none is open and
    PolicyError when somebody else lodged it for another agent."""
    key = {"call_id": told.call_id, "rule_id": told.rule_id}
    found = select(appeal).where(equal(appeal, key), appeal.c.state == AppealState.OPEN.value).with_for_update()
    lodged = connection.execute(found).one_or_none()
    if lodged is None:
        raise UsageError(f"no appeal of {told.call_id}/{told.rule_id} is open", "look: inspector appeals show")
    if actor.name != lodged.lodged_by and (told.agent is None or actor.agent != told.agent):
        raise PolicyError(f"{actor.name} may not withdraw it", "the agent, or whoever lodged it for him, may")
    ended = {"state": AppealState.WITHDRAWN.value, "decided_at": now}
    connection.execute(update(appeal).where(appeal.c.item_id == lodged.item_id).values(ended))
    before = ViolationState.NOTIFIED if lodged.level == 1 else ViolationState.UPHELD
    connection.execute(update(violation).where(equal(violation, key)).values(state=before.value))
    withdraw_item(connection, lodged.item_id, now)
    append_audit(connection, actor.name, "appeal_withdraw", told.call_id, {"rule_id": told.rule_id})


def _review_of(
    connection: Connection, told: Violation, level: int, actor: Actor, due: datetime
) -> tuple[NewItem, int]:
    """What is to be reviewed, and the version of the decision that it is about."""
    row = decision_of(connection, told.call_id, told.rule_id)
    assert row is not None  # noqa: S101 - a violation's row refers to it
    data = told_of(connection, told.call_id, told.rule_id)
    item = NewItem(
        told.call_id,
        Reason.APPEAL if level == 1 else Reason.FINAL_APPEAL,
        f"{told.rule_id}\0{told.notice}",
        row.business_date,
        {told.rule_id: told.rule_id if data is None else read(Finding, data).title},
        told.severity,
        of_review=row.review_id,
        excluded=_involved(connection, told) | {actor.name},
        due_at=due,
    )
    return item, row.version


def _involved(connection: Connection, told: Violation) -> frozenset[str]:
    """Who reviewed the call, handled the case or an alert of the call, lodged an appeal before or was in the call."""
    key = {"call_id": told.call_id, "rule_id": told.rule_id}
    names = set(connection.scalars(select(review.c.reviewer).where(review.c.call_id == told.call_id)))
    names |= set(connection.scalars(select(violation_step.c.by).where(equal(violation_step, key))))
    names |= set(connection.scalars(select(appeal.c.lodged_by).where(equal(appeal, key))))
    handled = select(alert_group.c.handler).join(alert, alert.c.group_id == alert_group.c.id)
    of_call = handled.where(alert.c.call_id == told.call_id, alert_group.c.handler.is_not(None))
    names |= set(connection.scalars(of_call))
    if told.agent is not None:
        names |= set(connection.scalars(select(person.c.name).where(person.c.agent == told.agent)))
    return frozenset(names)
