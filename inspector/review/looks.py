"""What holds of one rule in one call after what several people said, and whose turn it is. Pure.

::

    first ──┬─ no second look due ───────────────────────────► settled
            └─ second look ──┬─ both confirm, or neither ─────► settled
                             └─ arbitration ── as it says ────► settled

Who is not sure does not confirm: between false alarm and cannot tell there is nothing to arbitrate, the careful answer
holds. A violation that the second one neither confirms nor marks was not heard by him.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from inspector.enums import Kind, Outcome, Severity, Status
from inspector.review.records import ACCUSING, Answer, Mark, Origin, Verdict

__all__ = ["Claim", "answer_to", "both", "claims_of", "is_drawn", "needs_two"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one review says of one rule: of a finding, or of what no rule found."""

    rule_id: str
    rule_version: int
    origin: Origin
    finding_id: str | None
    kind: Kind
    status: Status
    severity: Severity
    outcome: Outcome
    answer: Answer


def claims_of(verdicts: Iterable[Verdict], marks: Iterable[Mark]) -> dict[str, Claim]:
    """One for each rule that a review says anything of.

    A verdict is about the place that the machine found; who calls that false and marks another place confirms the rule.
    A blind mark does not: the machine's places were not yet in view, and what was heard later holds.
    """
    claims = {one.rule_id: _of_verdict(one) for one in verdicts}
    for mark in marks:
        said = claims.get(mark.rule_id)
        if said is None or (said.answer is not Answer.CONFIRMED and not mark.blind) or _unsure(said):
            claims[mark.rule_id] = _of_mark(mark)
    return claims


def answer_to(rule_id: str, claims: Mapping[str, Claim]) -> Answer:
    """What somebody says of a rule that he was asked about; what he did not hear he does not confirm."""
    return claims[rule_id].answer if rule_id in claims else Answer.FALSE_ALARM


def both(one: Answer, other: Answer) -> Answer | None:
    """What two people say together; None when somebody must arbitrate."""
    if (one is Answer.CONFIRMED) != (other is Answer.CONFIRMED):
        return None
    return Answer.CANNOT_TELL if Answer.CANNOT_TELL in (one, other) else one


def needs_two(claim: Claim, fatal: Collection[str] = ()) -> bool:
    """Whether it is never one person's word: somebody is accused of the worst, or of what the machine did not find.

    ``fatal``: rules of the fatal items (一票否决) of the call's score card.
    """
    worst = claim.kind in ACCUSING and claim.severity is Severity.CRITICAL
    unfound = claim.origin is Origin.MARK and claim.outcome is not Outcome.FIRES
    return claim.answer is Answer.CONFIRMED and (worst or unfound or claim.rule_id in fatal)


def is_drawn(review_id: str, share: Decimal) -> bool:
    """Whether a review is among the share that is looked at again: by its id, so that nobody chooses."""
    digest = hashlib.sha256(f"second look\0{review_id}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8])) < share * 2**64


def _unsure(claim: Claim) -> bool:
    """Confirmed, but the machine itself could not tell: only what a person marks may count."""
    return claim.answer is Answer.CONFIRMED and claim.outcome is not Outcome.FIRES


def _of_verdict(one: Verdict) -> Claim:
    return Claim(
        one.rule_id, one.rule_version, Origin.FINDING, one.finding_id, one.kind, one.status, one.severity, one.outcome,
        one.answer,
    )  # fmt: skip


def _of_mark(one: Mark) -> Claim:
    outcome = Outcome.SILENT if one.missed else Outcome.FIRES
    return Claim(
        one.rule_id, one.rule_version, Origin.MARK, None, one.kind, one.status, one.severity, outcome, Answer.CONFIRMED
    )
