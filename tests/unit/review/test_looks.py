"""What holds after several looks: never final here, never settled while a look is due, never confirmed by nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import Severity
from inspector.review.looks import after_arbitration, after_first, after_second, claims_of, differs, needs_second
from inspector.review.records import Answer, DecisionState, Origin, Stage
from tests.reviews import mark, verdict

AT = datetime(2025, 3, 1, tzinfo=UTC)
answers = st.sampled_from(Answer)
said = st.none() | answers


@given(answers, st.booleans(), said, said)
def test_a_course_of_looks(first: Answer, second_due: bool, second: Answer | None, third: Answer | None) -> None:
    held = after_first(first, second_due)
    deciding: Answer | None = first
    course = [held]
    if held.due is Stage.SECOND:
        held, deciding = after_second(held, second), second
        course.append(held)
    if held.due is Stage.ARBITRATION:
        held, deciding = after_arbitration(third), third
        course.append(held)
    assert all(one.state is not DecisionState.FINAL for one in course)
    assert all((one.due is None) is (one.state is DecisionState.SETTLED) for one in course)
    assert held.due is None
    assert held.answer is not Answer.CONFIRMED or deciding is Answer.CONFIRMED
    assert (Stage.ARBITRATION in [one.stage for one in course]) is (
        second_due and differs(first, second or Answer.CANNOT_TELL)
    )


def test_of_two_who_do_not_confirm_the_careful_one_holds() -> None:
    for one, other in ((Answer.FALSE_ALARM, Answer.CANNOT_TELL), (Answer.CANNOT_TELL, Answer.FALSE_ALARM)):
        held = after_second(after_first(one, second_due=True), other)
        assert (held.answer, held.state) == (Answer.CANNOT_TELL, DecisionState.SETTLED)


def test_a_second_look_that_is_not_due_is_refused() -> None:
    with pytest.raises(ValueError, match="due"):
        after_second(after_first(Answer.CONFIRMED, second_due=False), Answer.CONFIRMED)


@given(st.permutations([verdict("a.b"), verdict("c.d", Answer.FALSE_ALARM), verdict("e.f", Answer.CANNOT_TELL)]))
def test_the_order_of_rules_does_not_matter(verdicts: list[object]) -> None:
    expected = claims_of([verdict("a.b"), verdict("c.d", Answer.FALSE_ALARM), verdict("e.f", Answer.CANNOT_TELL)], [])
    assert list(claims_of(verdicts, []).items()) == list(expected.items())  # type: ignore[arg-type]


def test_who_marks_a_rule_elsewhere_confirms_it_although_its_finding_is_none() -> None:
    claim = claims_of([verdict("m.n", Answer.FALSE_ALARM)], [mark("m.n")])["m.n"]
    assert (claim.origin, claim.answer) == (Origin.MARK, Answer.CONFIRMED)


@pytest.mark.parametrize(
    ("verdicts", "marks", "fatal", "due"),
    [
        ([verdict(severity=Severity.CRITICAL)], [], [], True),
        ([verdict(answer=Answer.FALSE_ALARM, severity=Severity.CRITICAL)], [], [], False),
        ([verdict()], [], ["a.b"], True),
        ([verdict(answer=Answer.CANNOT_TELL)], [], ["a.b"], False),
        ([], [mark()], [], True),
        ([], [mark(severity=Severity.HIGH)], [], False),
        ([], [], [], False),
    ],
)
def test_what_is_fatal_and_confirmed_is_looked_at_again(verdicts, marks, fatal, due) -> None:  # type: ignore[no-untyped-def]
    claims = claims_of(verdicts, marks).values()
    assert needs_second("r", claims, fatal, Decimal(0), AT) is due


def test_of_the_rest_a_share_that_nobody_chooses() -> None:
    claims = claims_of([verdict()], []).values()
    chosen = [needs_second(f"r{number}", claims, (), Decimal("0.1"), AT) for number in range(3000)]
    assert chosen == [needs_second(f"r{number}", claims, (), Decimal("0.1"), AT) for number in range(3000)]
    assert 240 < sum(chosen) < 360  # 300 expected, one standard deviation is 16
    assert needs_second("r", claims, (), Decimal(1), AT)
