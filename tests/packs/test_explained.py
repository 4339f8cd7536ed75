"""Every example of every shipped rule: explained as it is judged, by reasons that are there."""

from __future__ import annotations

from functools import partial

import pytest

from inspector.cli.messages import say
from inspector.model import Kind, Outcome
from inspector.reports.explained import Explained, explained_lines
from inspector.rules.explain import Fate, Reason, explain
from inspector.rules.judge import answer
from inspector.rules.notation import parse_call
from inspector.rules.schema import Rule
from inspector.rules.view import CallView
from tests.builders import shipped, shipped_plan


@pytest.mark.parametrize("rule", shipped().rules, ids=lambda rule: rule.id)
def test_an_explanation_is_the_judges(rule: Rule) -> None:
    plan = shipped_plan()
    for group, case in rule.examples.cases():
        call, hearing = parse_call(case.call, case.name)
        told = explain(rule.id, call, hearing, plan)
        where = f"{group}/{case.name}"
        assert told.verdict == answer(plan.rules[rule.id], CallView(call, hearing, plan)), where
        assert (told.reason is Reason.UNDETERMINED) == (told.verdict.outcome is Outcome.UNDETERMINED), where
        found = [heard for part in told.parts for heard in part.heard]
        if told.reason is Reason.CANCELLED:
            assert any(heard.fate is Fate.CANCELLED and heard.by for heard in found), where
        if told.reason is Reason.SAID and found and rule.kind is not Kind.REQUIRED:
            assert any(heard.fate is Fate.STANDS and heard.in_window for heard in found), where
        lines = list(explained_lines(Explained(told, (), False, str), partial(say, "zh")))
        assert len(lines) > 3, where
