"""Who can take how much, and who is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Connection, func, select

from inspector.review.policy import ReviewPolicy
from inspector.review.records import ReviewState
from inspector.review.reviewer import Reviewer
from inspector.storage import tables
from inspector.storage.people_tables import person
from inspector.storage.review_tables import review
from inspector.storage.reviewer_tables import reviewer as table
from inspector.storage.rows import put, unreadable

__all__ = ["Workload", "present", "put_reviewer", "reviewer_of", "reviewers_of", "workload"]


@dataclass(frozen=True, slots=True)
class Workload:
    """Of one reviewer on one business day: reviews submitted and their minutes as estimated. ``skips``: items that he
    ever gave back."""

    submitted: int
    minutes: float
    skips: int


def reviewer_of(connection: Connection, name: str, policy: ReviewPolicy) -> Reviewer:
    """What he can take: what the QA lead laid down, or what holds for everybody."""
    return reviewers_of(connection).get(name) or Reviewer(name, policy.settings.minutes_per_day)


def reviewers_of(connection: Connection) -> dict[str, Reviewer]:
    """All for whom something is laid down, by name."""
    found = {}
    for row in connection.execute(select(table).order_by(table.c.name)):
        skills = {name: frozenset(values) for name, values in row.skills.items()}
        try:
            found[row.name] = Reviewer(row.name, row.minutes_per_day, skills, row.away_until)
        except ValueError:
            raise unreadable(Reviewer) from None
    return found


def put_reviewer(connection: Connection, reviewer: Reviewer, now: datetime) -> None:
    """Lays it down, whatever held before."""
    values = {
        "minutes_per_day": reviewer.minutes_per_day,
        "skills": {name: sorted(allowed) for name, allowed in reviewer.skills.items()},
        "away_until": reviewer.away_until,
        "changed_at": now,
    }
    put(connection, table, {"name": reviewer.name}, values, {})


def present(connection: Connection, now: datetime) -> Collection[str]:
    """Who is on the list of people, active, and not away: only of them an assignment holds."""
    names = connection.scalars(select(person.c.name).where(person.c.active)).all()
    away = {one.name for one in reviewers_of(connection).values() if one.is_away(now)}
    return sorted(set(names) - away)


def workload(connection: Connection, name: str, policy: ReviewPolicy, now: datetime) -> Workload:
    """Of the business day that it is now."""
    zone = policy.calendar.zone
    begins = datetime.combine(now.astimezone(zone).date(), time(), zone)
    item = tables.review_item
    today = (
        select(func.count(), func.coalesce(func.sum(item.c.minutes), 0.0))
        .select_from(review.join(item, item.c.id == review.c.item_id))
        .where(review.c.reviewer == name, review.c.submitted_at >= begins)
        .where(review.c.state == ReviewState.SUBMITTED.value)
    )
    submitted, minutes = connection.execute(today).one()
    skipped = select(func.count()).where(review.c.reviewer == name, review.c.skipped.is_not(None))
    return Workload(submitted, float(minutes), connection.execute(skipped).scalar_one())
