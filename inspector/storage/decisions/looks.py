"""A review that is being taken in, and the further looks that it calls for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from inspector.enums import Severity
from inspector.model import Facts, Finding
from inspector.review.looks import Claim
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Submitted
from inspector.storage import tables
from inspector.storage.queues import Reason
from inspector.storage.review_tables import review
from inspector.storage.reviews.items import NewItem, open_item
from inspector.storage.rows import read, record

__all__ = ["CallFacts", "Look", "facts_of", "open_look", "seen_before", "values_of"]


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a call that is decided on."""

    facts: Facts
    business_date: date | None


@dataclass(frozen=True, slots=True)
class Look:
    """One review, in the transaction that takes it in."""

    connection: Connection
    submitted: Submitted
    policy: ReviewPolicy
    call: CallFacts
    now: datetime


def facts_of(connection: Connection, call_id: str) -> CallFacts:
    """Of a call that is on record."""
    call = tables.call
    row = connection.execute(select(call.c.facts, call.c.business_date).where(call.c.id == call_id)).one()
    return CallFacts(record(Facts, row.facts), row.business_date)


def seen_before(connection: Connection, review_ids: Collection[str]) -> frozenset[str]:
    """Who made these reviews, and who was kept from them because he had judged the call before."""
    item = tables.review_item
    found = (
        select(review.c.reviewer, item.c.excluded)
        .join(item, item.c.id == review.c.item_id)
        .where(review.c.id.in_(review_ids))
    )
    rows = connection.execute(found).all()
    return frozenset(name for row in rows for name in (row.reviewer, *(row.excluded or ())))


def open_look(look: Look, reason: Reason, rules: Mapping[str, str], earlier: Collection[str]) -> None:
    """Opens one item for all these rules (severity by id), for nobody who judged them: not in ``earlier`` reviews
    either."""
    submitted = look.submitted
    worst_first = sorted(rules, key=lambda rule_id: (Severity(rules[rule_id]).rank, rule_id))
    titles = _titles(look.connection, submitted.inspection_id)
    new = NewItem(
        submitted.call_id,
        reason,
        submitted.review_id,
        look.call.business_date,
        {rule_id: titles.get(rule_id, rule_id) for rule_id in worst_first},
        Severity(rules[worst_first[0]]),
        submitted.review_id,
        seen_before(look.connection, [submitted.review_id, *earlier]),
    )
    open_item(look.connection, new, look.now)


def values_of(claim: Claim) -> dict[str, object]:
    """What a decision keeps of a claim besides its answer."""
    return {
        "rule_id": claim.rule_id,
        "origin": claim.origin.value,
        "finding_id": claim.finding_id,
        "rule_version": claim.rule_version,
        "kind": claim.kind.value,
        "status": claim.status.value,
        "severity": claim.severity.value,
        "outcome": claim.outcome.value,
    }


def _titles(connection: Connection, inspection_id: str) -> dict[str, str]:
    """Of the rules that found something. A rule that a person marked has its id instead."""
    finding = tables.finding
    rows = connection.scalars(select(finding.c.data).where(finding.c.inspection_id == inspection_id))
    return {found.rule_id: found.title for found in (read(Finding, data) for data in rows)}
