"""What is decided when a review comes in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from inspector.errors import PolicyError
from inspector.review.looks import (
    Claim,
    Held,
    after_arbitration,
    after_first,
    after_second,
    claims_of,
    differs,
    needs_second,
)
from inspector.review.policy import ReviewPolicy
from inspector.review.records import Answer, DecisionState, Stage, Submitted
from inspector.storage import tables
from inspector.storage.decisions.looks import Look, facts_of, open_look, seen_before, values_of
from inspector.storage.decisions.scores import rescore
from inspector.storage.engine import take_turn
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.queues import Reason
from inspector.storage.review_tables import decision
from inspector.storage.tasks.following import calibration_submitted, follow_up_submitted
from inspector.storage.violations.consequences import after_settled, appeal_decided

__all__ = ["after_review"]

Kept = Mapping[str, Row[Any]]


def after_review(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    """Writes what is decided now, opens the looks that are due, and lets follow what follows from what is settled.

    Raises PolicyError when somebody looks again at what he himself has judged.
    """
    if submitted.reason in (Reason.APPEAL, Reason.FINAL_APPEAL):
        appeal_decided(connection, submitted, policy, now)
    elif submitted.reason == Reason.CALIBRATION:
        calibration_submitted(connection, submitted, policy, now)
    else:
        _decide(connection, submitted, policy, now)
        if submitted.reason == Reason.FOLLOW_UP:
            follow_up_submitted(connection, submitted, policy, now)
    rescore(connection, submitted.call_id, now)


def _decide(connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> None:
    take_turn(connection, f"decisions of {submitted.call_id}")
    look = Look(connection, submitted, policy, facts_of(connection, submitted.call_id), now)
    claims = claims_of(submitted.verdicts, submitted.marks)
    found = connection.execute(select(decision).where(decision.c.call_id == submitted.call_id))
    kept = {row.rule_id: row for row in found}
    again = _looked_again(look, kept)
    settled = _again(look, again, kept, claims)
    others = {rule_id: claim for rule_id, claim in claims.items() if rule_id not in again}
    new = {rule_id: claim for rule_id, claim in others.items() if rule_id not in kept}
    settled += _first(look, new)
    _contest(look, kept, others)
    if settled:
        told = {"review_id": submitted.review_id, "rule_ids": sorted(settled)}
        append_events(connection, now, EventKind.DECISION_SETTLED, [(submitted.call_id, told)])
        after_settled(connection, submitted.call_id, sorted(settled), policy, now)


def _looked_again(look: Look, kept: Kept) -> dict[str, Stage]:
    """The rules that this review was to judge once more, by the stage that it is."""
    submitted = look.submitted
    if submitted.reason == Reason.SECOND_LOOK:
        due = {
            rule_id: Stage.SECOND
            for rule_id, row in kept.items()
            if row.review_id == submitted.of_review and _held(row).due is Stage.SECOND
        }
    elif submitted.reason == Reason.ARBITRATION:
        item = tables.review_item
        because = look.connection.scalar(select(item.c.because).where(item.c.id == submitted.item_id)) or ()
        named = [one["rule_id"] for one in because]
        due = {rule_id: Stage.ARBITRATION for rule_id in named if rule_id in kept and _arbitrable(kept[rule_id])}
    else:
        return {}
    if submitted.reviewer in seen_before(look.connection, [kept[rule_id].review_id for rule_id in due]):
        raise PolicyError(
            f"{submitted.reviewer} has judged call {submitted.call_id} before", "leave this look to somebody else"
        )
    return due


def _again(look: Look, again: Mapping[str, Stage], kept: Kept, claims: Mapping[str, Claim]) -> list[str]:
    """Writes what a further look leaves of each rule. Returns those that are settled by it."""
    settled: list[str] = []
    disputed: dict[str, Row[Any]] = {}
    for rule_id, stage in again.items():
        row, claim = kept[rule_id], claims.get(rule_id)
        answer = None if claim is None else claim.answer
        held = after_second(_held(row), answer) if stage is Stage.SECOND else after_arbitration(answer)
        _change(look, row, held, claim)
        if held.due is Stage.ARBITRATION:
            disputed[rule_id] = row
        else:
            settled.append(rule_id)
    if disputed:
        earlier = [row.review_id for row in disputed.values()]
        open_look(look, Reason.ARBITRATION, {rule_id: row.severity for rule_id, row in disputed.items()}, earlier)
    return settled


def _first(look: Look, claims: Mapping[str, Claim]) -> list[str]:
    """Writes what was not judged before. Returns what needs no second look."""
    if not claims:
        return []
    submitted, share = look.submitted, look.policy.settings.second_look_share
    fatal = look.policy.fatal_rules(look.call.facts)
    second_due = needs_second(submitted.review_id, claims.values(), fatal, share, submitted.at)
    rows = [
        {
            "call_id": submitted.call_id,
            **values_of(claim),
            "agent": look.call.facts.agent,
            "team": look.call.facts.team,
            "business_date": look.call.business_date,
            **_state(look, after_first(claim.answer, second_due)),
            "version": 1,
        }
        for claim in claims.values()
    ]
    look.connection.execute(insert(decision), rows)
    if not second_due:
        return list(claims)
    open_look(look, Reason.SECOND_LOOK, {claim.rule_id: claim.severity for claim in claims.values()}, [])
    return []


def _contest(look: Look, kept: Kept, claims: Mapping[str, Claim]) -> None:
    """An ordinary review of somebody else that differs from what is settled goes to arbitration; what is settled holds
    until then. What is final stays, and what was arbitrated is not arbitrated again."""
    contested = {
        rule_id: kept[rule_id]
        for rule_id, claim in claims.items()
        if rule_id in kept
        and kept[rule_id].state == DecisionState.SETTLED
        and _arbitrable(kept[rule_id])
        and differs(Answer(kept[rule_id].answer), claim.answer)
    }
    earlier = [row.review_id for row in contested.values()]
    if contested and look.submitted.reviewer not in seen_before(look.connection, earlier):
        open_look(look, Reason.ARBITRATION, {rule_id: row.severity for rule_id, row in contested.items()}, earlier)


def _arbitrable(row: Row[Any]) -> bool:
    held = _held(row)
    return held.due is Stage.ARBITRATION or (
        held.state is DecisionState.SETTLED and held.stage in (Stage.FIRST, Stage.SECOND)
    )


def _held(row: Row[Any]) -> Held:
    return Held(Answer(row.answer), Stage(row.stage), DecisionState(row.state))


def _change(look: Look, row: Row[Any], held: Held, claim: Claim | None) -> None:
    of_claim = {} if claim is None else values_of(claim)
    values = {**of_claim, **_state(look, held), "version": row.version + 1}
    one = (decision.c.call_id == row.call_id) & (decision.c.rule_id == row.rule_id)
    look.connection.execute(update(decision).where(one).values(values))


def _state(look: Look, held: Held) -> dict[str, object]:
    return {
        "answer": held.answer.value,
        "stage": held.stage.value,
        "state": held.state.value,
        "review_id": look.submitted.review_id,
        "settled_at": look.now if held.state is DecisionState.SETTLED else None,
    }
