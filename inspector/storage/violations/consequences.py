"""What follows when something is decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from inspector.enums import Severity
from inspector.errors import PolicyError, UsageError
from inspector.review.appeals.classes import class_of
from inspector.review.appeals.records import AppealState, CaseStep, ViolationState, answer_to
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Answer, DecisionState, Origin, Stage, Submitted
from inspector.storage.decisions.counting import counts, decision_of
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.review_tables import decision
from inspector.storage.rows import equal, put
from inspector.storage.tables import review_item
from inspector.storage.violation_tables import appeal, violation
from inspector.storage.violations.ending import finish, withdraw_item

__all__ = ["after_settled", "appeal_decided"]

REMEDY = timedelta(hours=24)
"""Within which a critical violation is to be remedied (溯源整改)."""

LEVELS = 2


def after_settled(
    connection: Connection, call_id: str, rule_ids: Collection[str], policy: ReviewPolicy, now: datetime
) -> None:
    """These decisions of a call are settled: what is confirmed is told and may be appealed, the rest is final.

    What was told before is told anew, with all its time; an appeal against what held before is at an end.
    """
    ended: list[dict[str, str]] = []
    for rule_id in sorted(set(rule_ids)):
        row = decision_of(connection, call_id, rule_id)
        if row is None or row.state != DecisionState.SETTLED.value:
            raise ValueError(f"decision {call_id}/{rule_id} is not settled")
        key = {"call_id": call_id, "rule_id": rule_id}
        _supersede(connection, key, now)
        if counts(row, DecisionState.FINAL):
            _notify(connection, row, policy, now)
        else:
            gone = update(violation).where(equal(violation, key)).values(state=ViolationState.OVERTURNED.value)
            connection.execute(gone)
            ended.append(key)
    for key in ended:  # last, because it takes the events' turn: an appeal waits for that with its violation held
        finish(connection, key, policy, now)


def appeal_decided(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Somebody else has reviewed what was appealed: upheld once, it may be appealed once more; twice, it is final;
    whatever else he says, it does not count.

    Raises UsageError when no appeal is open any more, the decision is another one by now, or the review says nothing
    of it, and PolicyError when the reviewer may not judge it.
    """
    found = select(appeal).where(appeal.c.item_id == submitted.item_id, appeal.c.state == AppealState.OPEN.value)
    lodged = connection.execute(found.with_for_update()).one_or_none()
    row = None if lodged is None else decision_of(connection, lodged.call_id, lodged.rule_id)
    if lodged is None or row is None or row.version != lodged.decision_version:
        raise UsageError(
            f"the appeal of item {submitted.item_id} is not open any more", "list them: inspector appeals list"
        )
    barred = connection.scalar(select(review_item.c.excluded).where(review_item.c.id == submitted.item_id))
    if submitted.reviewer in (barred or ()):
        raise PolicyError(f"{submitted.reviewer} had a part in this call", "another person decides an appeal")
    answer = answer_to(submitted, lodged.rule_id, Origin(row.origin))
    if answer is None:
        raise UsageError(f"the review says nothing of {lodged.rule_id}", "give a verdict on what is appealed")
    _write(connection, lodged, submitted, answer, policy, now)


def _write(
    connection: Connection,
    lodged: Row[Any],
    submitted: Submitted,
    answer: Answer,
    policy: ReviewPolicy,
    now: datetime,
) -> None:
    key = {"call_id": lodged.call_id, "rule_id": lodged.rule_id}
    upheld = answer is Answer.CONFIRMED
    last = not upheld or lodged.level == LEVELS
    changed = {
        "answer": answer.value,
        "stage": (Stage.APPEAL if lodged.level == 1 else Stage.FINAL_APPEAL).value,
        "review_id": submitted.review_id,
        "version": decision.c.version + 1,
    }
    connection.execute(update(decision).where(equal(decision, key)).values(changed))
    result = AppealState.UPHELD if upheld else AppealState.OVERTURNED
    ended = {"state": result.value, "decided_at": now, "decided_by": submitted.reviewer}
    connection.execute(update(appeal).where(appeal.c.item_id == lodged.item_id).values(ended))
    told: dict[str, object] = {"state": ViolationState.OVERTURNED.value}
    if upheld:
        told = {"state": (ViolationState.FINAL if last else ViolationState.UPHELD).value, **_time(policy, now)}
    connection.execute(update(violation).where(equal(violation, key)).values(told))
    if last:
        finish(connection, key, policy, now)
    event = {"rule_id": lodged.rule_id, "level": lodged.level, "state": result.value}
    append_events(connection, now, EventKind.APPEAL_DECIDED, [(lodged.call_id, event)])


def _notify(connection: Connection, row: Row[Any], policy: ReviewPolicy, now: datetime) -> None:
    key = {"call_id": row.call_id, "rule_id": row.rule_id}
    before = connection.scalar(select(violation.c.notice).where(equal(violation, key)))
    values = {
        "agent": row.agent,
        "team": row.team,
        "severity": row.severity,
        "topic": class_of(row.rule_id).value,
        "state": ViolationState.NOTIFIED.value,
        "notice": (before or 0) + 1,
        "level": 0,
        "noticed_at": now,
        **_time(policy, now),
        "remedy_by": now + REMEDY if row.severity == Severity.CRITICAL.value else None,
        "acknowledged_at": None,
        "acknowledged_by": None,
    }
    put(connection, violation, key, values, {"step": CaseStep.FOUND.value})


def _time(policy: ReviewPolicy, now: datetime) -> dict[str, object]:
    until = policy.calendar.add_days(now, policy.settings.appeal_working_days)
    return {"appeal_until": until, "provisional": not policy.calendar.is_known(now, until)}


def _supersede(connection: Connection, key: dict[str, str], now: datetime) -> None:
    still = update(appeal).where(equal(appeal, key), appeal.c.state == AppealState.OPEN.value)
    ended = still.values(state=AppealState.SUPERSEDED.value, decided_at=now).returning(appeal.c.item_id)
    for item_id in connection.scalars(ended).all():
        withdraw_item(connection, item_id, now)
