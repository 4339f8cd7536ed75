"""The steps from what one person says to what is settled: each returns the rules that it settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from inspector.enums import Severity
from inspector.model import Facts, Finding
from inspector.review.looks import Claim, answer_to, both, claims_of, is_drawn, needs_two
from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import Reason, State
from inspector.review.records import Answer, DecisionState, Stage, Submitted
from inspector.storage import tables
from inspector.storage.review_tables import decision, review
from inspector.storage.reviews.items import NewItem, open_item
from inspector.storage.rows import read, record

__all__ = ["Deciding", "arbitrated", "first", "second"]


@dataclass(frozen=True, slots=True)
class Deciding:
    """A review that came in, what is known of its call, and the call's decisions."""

    connection: Connection
    submitted: Submitted
    policy: ReviewPolicy
    now: datetime
    facts: Facts
    business_date: date | None

    @classmethod
    def of(cls, connection: Connection, submitted: Submitted, policy: ReviewPolicy, now: datetime) -> Deciding:
        """Of a call that is not on record nothing is known."""
        call = tables.call
        found = select(call.c.facts, call.c.business_date).where(call.c.id == submitted.call_id)
        row = connection.execute(found).one_or_none()
        known = (Facts(), None) if row is None else (record(Facts, row.facts), row.business_date)
        return cls(connection, submitted, policy, now, *known)

    @property
    def claims(self) -> dict[str, Claim]:
        return claims_of(self.submitted.verdicts, self.submitted.marks)

    def known(self) -> dict[str, Row[Any]]:
        """The decisions of the call by rule."""
        found = select(decision).where(decision.c.call_id == self.submitted.call_id).order_by(decision.c.rule_id)
        return {row.rule_id: row for row in self.connection.execute(found)}

    def asked(self) -> dict[str, Row[Any]]:
        """Those that wait for this review."""
        item = tables.review_item
        because = self.connection.scalar(select(item.c.because).where(item.c.id == self.submitted.item_id)) or []
        rules = {one["rule_id"] for one in because}
        return {
            rule_id: row
            for rule_id, row in self.known().items()
            if rule_id in rules and row.state == DecisionState.PROVISIONAL.value
        }

    def change(self, row: Row[Any], answer: Answer, stage: Stage) -> None:
        """The decision is settled so, by this review."""
        values = {
            "answer": answer.value,
            "stage": stage.value,
            "state": DecisionState.SETTLED.value,
            "settled_at": self.now,
            "review_id": self.submitted.review_id,
        }
        self._update(row, values)

    def reopen(self, row: Row[Any]) -> None:
        """The decision waits for another look."""
        self._update(row, {"state": DecisionState.PROVISIONAL.value, "settled_at": None})

    def look_again(self, reason: Reason, rules: Iterable[str], worst: Severity, seen_by: Iterable[str]) -> None:
        """Opens an item about these rules. Nobody of those who judged before is given it."""
        item = NewItem(
            self.submitted.call_id,
            reason,
            self.submitted.review_id,
            self.business_date,
            because=_titles(self.connection, self.submitted, sorted(rules)),
            severity=worst,
            of_review=self.submitted.review_id,
            excluded=frozenset(seen_by),
            due_at=self.policy.calendar.add_days(self.now, self.policy.settings.second_look_days),
        )
        open_item(self.connection, item, self.now)

    def _update(self, row: Row[Any], values: Mapping[str, object]) -> None:
        of_rule = (decision.c.call_id == row.call_id, decision.c.rule_id == row.rule_id)
        self.connection.execute(update(decision).where(*of_rule).values(**values, version=row.version + 1))


def first(deciding: Deciding) -> list[str]:
    """One person has judged a call. What was decided of it before stays: a settled decision that he does not share is
    arbitrated, a final one is not touched, and of what waits for another look that one decides."""
    submitted, claims, known = deciding.submitted, deciding.claims, deciding.known()
    fresh = {rule_id: claim for rule_id, claim in claims.items() if rule_id not in known}
    drawn = is_drawn(submitted.review_id, deciding.policy.settings.second_look_share)
    fatal = deciding.policy.fatal_rules(deciding.facts)
    due = {rule_id for rule_id, claim in fresh.items() if drawn or needs_two(claim, fatal)}
    _insert(deciding, fresh.values(), due)
    if due:
        worst = min((fresh[rule_id].severity for rule_id in due), key=lambda severity: severity.rank)
        deciding.look_again(Reason.SECOND_LOOK, due, worst, [submitted.reviewer])
    _arbitrate(deciding, _contested(deciding, known))
    return sorted(fresh.keys() - due)


def second(deciding: Deciding) -> list[str]:
    """Another person has judged what the first one said: together they settle it, or somebody arbitrates."""
    claims, settled, differing = deciding.claims, [], []
    for rule_id, row in deciding.asked().items():
        answer = both(Answer(row.answer), answer_to(rule_id, claims))
        if answer is None:
            differing.append(row)
        else:
            deciding.change(row, answer, Stage.SECOND)
            settled.append(rule_id)
    _arbitrate(deciding, differing)
    return settled


def arbitrated(deciding: Deciding) -> list[str]:
    """Somebody has decided between two."""
    claims, asked = deciding.claims, deciding.asked()
    for rule_id, row in asked.items():
        deciding.change(row, answer_to(rule_id, claims), Stage.ARBITRATION)
    return list(asked)


def _contested(deciding: Deciding, known: Mapping[str, Row[Any]]) -> list[Row[Any]]:
    """What is settled otherwise than this review says; not what was arbitrated or is appealed: others decide that."""
    claims, appealed = deciding.claims, _appealed(deciding.connection, deciding.submitted.call_id)
    return [
        row
        for rule_id, row in known.items()
        if row.state == DecisionState.SETTLED.value
        and row.stage in (Stage.FIRST.value, Stage.SECOND.value)
        and rule_id in claims.keys() - appealed
        and both(Answer(row.answer), claims[rule_id].answer) is None
    ]


def _appealed(connection: Connection, call_id: str) -> set[str]:
    """The rules of a call that an appeal is open about."""
    item = tables.review_item
    appeals = item.c.reason.in_([Reason.APPEAL.value, Reason.FINAL_APPEAL.value])
    found = select(item.c.because).where(item.c.call_id == call_id, appeals, item.c.state == State.OPEN.value)
    return {one["rule_id"] for because in connection.scalars(found) for one in because}


def _arbitrate(deciding: Deciding, differing: list[Row[Any]]) -> None:
    if not differing:
        return
    for row in differing:
        deciding.reopen(row)
    worst = min((Severity(row.severity) for row in differing), key=lambda severity: severity.rank)
    seen_by = _reviewers(deciding.connection, deciding.submitted.call_id)
    deciding.look_again(Reason.ARBITRATION, [row.rule_id for row in differing], worst, seen_by)


def _insert(deciding: Deciding, claims: Collection[Claim], due: Collection[str]) -> None:
    if not claims:
        return
    facts = deciding.facts
    whose = {"agent": facts.agent, "team": facts.team, "business_date": deciding.business_date}
    rows = [_row(deciding, claim, waits=claim.rule_id in due) | whose for claim in claims]
    deciding.connection.execute(insert(decision), rows)


def _row(deciding: Deciding, claim: Claim, *, waits: bool) -> dict[str, object]:
    state = DecisionState.PROVISIONAL if waits else DecisionState.SETTLED
    return {
        "call_id": deciding.submitted.call_id,
        "rule_id": claim.rule_id,
        "origin": claim.origin.value,
        "finding_id": claim.finding_id,
        "rule_version": claim.rule_version,
        "kind": claim.kind.value,
        "status": claim.status.value,
        "severity": claim.severity.value,
        "outcome": claim.outcome.value,
        "answer": claim.answer.value,
        "stage": Stage.FIRST.value,
        "state": state.value,
        "review_id": deciding.submitted.review_id,
        "settled_at": None if waits else deciding.now,
        "version": 1,
    }


def _reviewers(connection: Connection, call_id: str) -> list[str]:
    """Everybody who ever had a review of a call in hand."""
    return list(connection.scalars(select(review.c.reviewer).where(review.c.call_id == call_id).distinct()))


def _titles(connection: Connection, submitted: Submitted, rules: Collection[str]) -> dict[str, str]:
    """As the findings of the inspection say; of what only people heard, the rule's id."""
    finding = tables.finding
    asked = (finding.c.inspection_id == submitted.inspection_id, finding.c.rule_id.in_(rules))
    rows = connection.execute(select(finding.c.rule_id, finding.c.data).where(*asked))
    titles = {row.rule_id: read(Finding, row.data).title for row in rows}
    return {rule_id: titles.get(rule_id, rule_id) for rule_id in rules}
