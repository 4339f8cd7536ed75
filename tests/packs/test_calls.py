"""Whole calls written as text. The tuning set must hold call by call; the scored set is measured, never tuned on."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.model import Outcome
from inspector.rules.judge import judge
from inspector.rules.load import load_scored
from inspector.rules.notation import parse_call
from inspector.rules.scored import ScoredCall
from tests.builders import shipped

HERE = Path(__file__).resolve().parent
TUNING, SCORED = (load_scored(HERE / name) for name in ("tuning", "scored"))
PLAN = shipped().plan()

# Side talk of the agent counts as an answer: nothing tells the two apart.
KNOWN_MISSES = {"迟迟不接话只闲扯": {"service.slow_first_response"}}


def fired(one: ScoredCall) -> set[str]:
    by_rule = judge(*parse_call(one.call, one.name), PLAN, "test").by_rule
    return {rule for rule, answer in by_rule.items() if answer is Outcome.FIRES}


@pytest.mark.parametrize("one", TUNING, ids=[one.name for one in TUNING])
def test_a_tuning_call_is_judged_as_a_fair_judge_would(one: ScoredCall) -> None:
    found = fired(one)
    assert set(one.fires) - found == KNOWN_MISSES.get(one.name, set())
    assert set(one.never) & found == set()


def test_the_scored_calls_cover_every_rule_and_half_are_traps() -> None:
    judged = {compiled.rule.id for compiled in PLAN.judged}
    named = {rule for one in SCORED for rule in (*one.fires, *one.never)}
    assert named <= judged
    assert len(SCORED) >= 150
    assert sum(one.trap for one in SCORED) >= len(SCORED) // 2
    assert all(any(rule in one.fires for one in SCORED) for rule in named)
    assert all(any(rule in one.never for one in SCORED if one.trap) for rule in named)


def test_no_call_scores_that_was_tuned_on() -> None:
    assert {one.call for one in SCORED} & {one.call for one in TUNING} == set()


def test_the_packs_find_what_must_be_found_and_leave_the_lawful_alone() -> None:
    answers = [(one, fired(one)) for one in SCORED]
    wanted = sum(len(one.fires) for one in SCORED)
    unwanted = sum(len(one.never) for one in SCORED)
    found = sum(len(found & {*one.fires}) for one, found in answers)
    wrong = sum(len(found & {*one.never}) for one, found in answers)
    assert found / wanted >= 0.85  # 0.95 is wanted: docs/results/rules.md says what bounds it
    assert wrong / unwanted <= 0.02
