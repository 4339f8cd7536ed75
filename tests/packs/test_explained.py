"""Every example of every shipped rule: explained as it is judged, by reasons that are there."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
import yaml

from inspector.cli.messages import say
from inspector.model import Kind, Outcome
from inspector.reports.explained import Explained, explained_lines
from inspector.rules.explain import Fate, Reason, explain
from inspector.rules.judge import answer
from inspector.rules.matchers import Match
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.rules.schema import Rule
from inspector.rules.view import CallView
from tests.builders import ROOT, plan_of, rule_of, shipped, shipped_plan

pytestmark = pytest.mark.slow

CONDITIONS: dict[str, Any] = {
    "推荐": {"phrases": ["推荐您买理财"]},
    "提示": {"phrases": ["理财有风险的"], "where": {"after": "推荐", "within_s": 20}, "unless": ["question"]},
    "拒绝": {"who": "customer", "phrases": ["我不需要"], "about": {"counts": ["理财"], "exempt": ["存款"]}},
}
LOGICS = ("推荐 and not 提示", "提示", "推荐 and (拒绝 or not 提示)", "推荐 and 拒绝 or 提示")
CALLS = (
    "0:01 A 推荐您买理财\n0:09 A 理财有风险的",
    "0:01 A 推荐您买理财\n0:09 A 理财有风险的吗\n0:20 C 我不需要",
    "0:01 ? 推荐您买理财\n0:09-0:12 ~ A\n0:20 C 理财我不需要",
    "0:01 A 您好\n0:09 A 理财有风险的\n0:20 C 存款我不需要",
    "0:01 C 我不需要",
)


def guide() -> list[Rule]:
    """The rules of the guide, among them one with conditions; word lists are not written out."""
    text = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    files = [yaml.safe_load(example) for example in re.findall(r"```yaml\n(schema:.*?)```", text, re.DOTALL)]
    return [Rule.model_validate(rule) for file in files for rule in file["rules"]]


@pytest.mark.parametrize("rule", shipped().rules, ids=lambda rule: rule.id)
def test_an_explanation_is_the_judges(rule: Rule) -> None:
    assert_told_as_judged(rule, shipped_plan())


@pytest.mark.parametrize("rule", guide(), ids=lambda rule: rule.id)
def test_an_explanation_of_the_guides_rules_is_the_judges(rule: Rule) -> None:
    assert_told_as_judged(rule, plan_of(*guide()))


@pytest.mark.parametrize(("kind", "logic"), [(k, one) for k in ("forbidden", "required", "event") for one in LOGICS])
def test_an_explanation_of_joined_conditions_is_the_judges(kind: str, logic: str) -> None:
    examples = {"silent": [{"name": str(number), "call": call} for number, call in enumerate(CALLS)]}
    rule = rule_of(kind, logic=logic, conditions=CONDITIONS, examples=examples).model_copy(update={"match": Match()})
    assert_told_as_judged(rule, plan_of(rule))


def assert_told_as_judged(rule: Rule, plan: Plan) -> None:
    for group, case in rule.examples.cases():
        call, hearing = parse_call(case.call, case.name)
        told = explain(rule.id, call, hearing, plan)
        where = f"{group}/{case.name}"
        assert told.verdict == answer(plan.rules[rule.id], CallView(call, hearing, plan)), where
        assert (told.reason is Reason.UNDETERMINED) == (told.verdict.outcome is Outcome.UNDETERMINED), where
        if told.joined and told.verdict.outcome in (Outcome.FIRES, Outcome.SILENT):
            assert told.holds is ((told.verdict.outcome is Outcome.FIRES) is (rule.kind is not Kind.REQUIRED)), where
        found = [heard for part in told.parts for heard in part.heard]
        if told.reason is Reason.CANCELLED:
            assert any(heard.fate is Fate.CANCELLED and heard.by for heard in found), where
        if told.reason is Reason.SAID and found and rule.kind is not Kind.REQUIRED:
            assert any(heard.fate is Fate.STANDS and heard.in_window for heard in found), where
        lines = list(explained_lines(Explained(told, (), False, str), partial(say, "zh")))
        assert len(lines) > 3, where
