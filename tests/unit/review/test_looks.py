"""What holds after what several people said: pure, every pair of answers, every origin."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import Kind, Outcome, Party, Severity, Status
from inspector.review.looks import answer_to, both, claims_of, is_drawn, needs_two
from inspector.review.records import Answer, FalseBecause, Mark, Origin, Verdict

YES, NO, UNSURE = Answer.CONFIRMED, Answer.FALSE_ALARM, Answer.CANNOT_TELL
VERDICT = Verdict("f", "r", 1, Kind.FORBIDDEN, Status.STABLE, Severity.CRITICAL, Outcome.FIRES, YES, None)
MARK = Mark("r", 1, Kind.FORBIDDEN, Status.STABLE, Severity.CRITICAL, 1, 2, Party.AGENT, blind=False, missed=False)


def says(answer: Answer, outcome: Outcome = Outcome.FIRES) -> Verdict:
    because = None if answer is YES else FalseBecause.MISHEARD
    return replace(VERDICT, answer=answer, because=because, outcome=outcome)


@given(st.sampled_from(Answer), st.sampled_from(Answer))
def test_two_settle_it_unless_one_confirms_and_the_other_does_not(one: Answer, other: Answer) -> None:
    together = both(one, other)
    assert together is both(other, one)
    assert (together is None) == ((one is YES) != (other is YES))
    assert (together is YES) == (one is YES and other is YES)
    assert both(one, one) is one


def test_the_careful_answer_holds() -> None:
    assert both(NO, UNSURE) is UNSURE


@pytest.mark.parametrize(
    ("answer", "outcome", "mark", "holds", "origin"),
    [
        (YES, Outcome.FIRES, None, YES, Origin.FINDING),
        (YES, Outcome.FIRES, MARK, YES, Origin.FINDING),
        (NO, Outcome.FIRES, None, NO, Origin.FINDING),
        # the machine's place is wrong, another one in view of it is right
        (NO, Outcome.FIRES, MARK, YES, Origin.MARK),
        # what was heard before the machine's place was in view gives way to what was said of it
        (NO, Outcome.FIRES, replace(MARK, blind=True), NO, Origin.FINDING),
        (UNSURE, Outcome.UNDETERMINED, replace(MARK, blind=True), UNSURE, Origin.FINDING),
        # what the machine could not tell counts only when a person marks it
        (YES, Outcome.UNDETERMINED, None, YES, Origin.FINDING),
        (YES, Outcome.UNDETERMINED, replace(MARK, blind=True), YES, Origin.MARK),
        (None, Outcome.SILENT, replace(MARK, missed=True), YES, Origin.MARK),
    ],
)
def test_what_one_review_says_of_a_rule(
    answer: Answer | None, outcome: Outcome, mark: Mark | None, holds: Answer, origin: Origin
) -> None:
    verdicts = () if answer is None else (says(answer, outcome),)
    (claim,) = claims_of(verdicts, () if mark is None else (mark,)).values()
    assert (claim.answer, claim.origin) == (holds, origin)
    assert (claim.finding_id is None) == (origin is Origin.MARK)


def test_what_was_not_heard_is_not_confirmed() -> None:
    assert answer_to("r", {}) is NO
    assert answer_to("r", claims_of((), (MARK,))) is YES


def test_the_worst_accusation_is_never_one_person_s_word() -> None:
    for kind, severity, answer in product(Kind, Severity, Answer):
        verdict = replace(says(answer), kind=kind, severity=severity)
        (claim,) = claims_of((verdict,), ()).values()
        accuses = kind in (Kind.REQUIRED, Kind.FORBIDDEN, Kind.METRIC)
        assert needs_two(claim) == (accuses and severity is Severity.CRITICAL and answer is YES)
        assert needs_two(claim, {"r"}) == (answer is YES)


@pytest.mark.parametrize("missed", [True, False])
def test_what_no_rule_found_is_never_one_person_s_word(missed: bool) -> None:
    (claim,) = claims_of((), (replace(MARK, severity=Severity.LOW, missed=missed),)).values()
    assert needs_two(claim) == missed


def test_the_share_that_is_looked_at_again() -> None:
    ids = [f"{number:024x}" for number in range(10_000)]
    assert not any(is_drawn(one, Decimal(0)) for one in ids)
    assert all(is_drawn(one, Decimal(1)) for one in ids)
    tenth = {one for one in ids if is_drawn(one, Decimal("0.1"))}
    assert 900 < len(tenth) < 1100  # binomial: 3.3 standard deviations; the ids are the same in every run
    assert tenth < {one for one in ids if is_drawn(one, Decimal("0.2"))}
