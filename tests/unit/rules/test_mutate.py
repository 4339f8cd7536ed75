"""Weak examples let a fault pass; strong ones do not."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.model import Status
from inspector.rules.load import Packs
from inspector.rules.mutate import Mutation
from inspector.rules.schema import PackFile, Rule
from tests.builders import event_of, rule_of, shipped

STRONG = {
    "fires": ["0:01 A 这款稳赚不赔", "0:01 A 这款稳转不赔", "0:01 A 肯定会赚"],
    "silent": ["0:01 C 稳赚不赔", "0:01 A 这款不稳赚不赔", "0:01 A 没有说稳赚不赔是假的"],
}


def examples(**calls: list[str]) -> dict[str, Any]:
    return {group: [{"name": call, "call": call} for call in listed] for group, listed in calls.items()}


def promise(**calls: list[str]) -> Rule:
    match = {"phrases": ["稳赚不赔"], "regex": ["肯定.{0,2}赚"]}
    return rule_of("forbidden", match, unless=["negation"], examples=examples(**STRONG | calls))


def mutation(*rules: Rule) -> Mutation:
    pack = PackFile.model_validate({"schema": "inspector.rules/1", "pack": "测试", "guards": shipped().guards})
    return Mutation(Packs([("a.yaml", pack.model_copy(update={"rules": rules}))]))


def survived(*rules: Rule, words: bool = False) -> tuple[str, ...]:
    return mutation(*rules).fates(rules[0].id, words=words).survived


def test_strong_examples_let_nothing_pass() -> None:
    fates = mutation(promise()).fates("test.rule")
    # party, sound, phrases, patterns, count, guard; no wording at all is no rule
    assert (fates.survived, fates.killed, fates.total) == ((), 6, 6)


@pytest.mark.parametrize(
    ("calls", "wanted"),
    [
        ({"silent": STRONG["silent"][1:]}, ["who =any"]),
        ({"silent": STRONG["silent"][:1]}, ["unless[negation] drop"]),
        ({"fires": STRONG["fires"][:2]}, ["match.regex drop"]),
        ({"fires": [STRONG["fires"][0], STRONG["fires"][2]]}, ["match.by =literal"]),
        ({"fires": [f"{call}\n0:09 A {call[7:]}" for call in STRONG["fires"]]}, ["match.times +1"]),
    ],
)
def test_a_weak_example_is_told_by_what_it_lets_pass(calls: dict[str, list[str]], wanted: list[str]) -> None:
    assert [*survived(promise(**calls))] == wanted


def test_a_condition_that_another_one_names_is_never_left_out() -> None:
    beside = {"around": "甲", "within_turns": 0}
    named = {"甲": {"phrases": ["收益率"]}, "乙": {"phrases": ["百分之四"], "where": beside}}
    calls = examples(fires=["0:01 A 收益率百分之四"], silent=["0:01 A 收益率\n0:05 C 是不是百分之四\n0:09 A 百分之四"])
    assert "conditions[甲] drop" not in survived(rule_of("forbidden", {}, conditions=named, logic="乙", examples=calls))


def test_both_sides_of_a_limit_are_needed() -> None:
    def silence(*lengths_s: int) -> Rule:
        calls: dict[str, list[str]] = {"fires": [], "silent": []}
        for length_s in lengths_s:
            calls["fires" if length_s >= 20 else "silent"].append(f"0:01-0:02 A 好\n0:{2 + length_s}-0:50 C 好")
        return rule_of("metric", {"silence": {"limit_s": 20}}, who="any", examples=examples(**calls))

    assert survived(silence(19, 21)) == ()
    assert survived(silence(10, 21)) == ("match.silence.limit_s ×0.75",)
    assert survived(silence(19, 30)) == ("match.silence.limit_s ×1.25",)


def test_an_event_is_also_proved_by_the_rules_that_hang_on_it() -> None:
    event = event_of("sold", "给您办好", "已经买了")
    told = rule_of(needs=["event.sold"], examples=examples(fires=["0:01 A 给您办好稳赚不赔"]))
    assert survived(event, words=True) == ("match.phrases[给您办好] drop", "match.phrases[已经买了] drop")
    assert survived(event, told, words=True) == ("match.phrases[已经买了] drop",)


def test_a_change_that_no_longer_loads_is_none() -> None:
    ids = {"match.phrases drop", "match.similar drop"}
    assert not ids & set(survived(rule_of(examples={})))


def test_a_rule_that_answers_no_more_has_no_proof() -> None:
    assert len(survived(promise().model_copy(update={"status": Status.DEPRECATED}))) == 6


def test_processes_find_what_one_finds() -> None:
    rules = (promise(fires=STRONG["fires"][:2]), event_of("sold", "给您办好"))
    one, two = (
        sorted(mutation(*rules).all_fates([rule.id for rule in rules], jobs), key=lambda fates: fates.rule_id)
        for jobs in (1, 2)
    )
    assert one == two
    assert len(one) == 2
