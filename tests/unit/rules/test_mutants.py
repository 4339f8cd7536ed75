"""What is changed in a rule, one thing at a time."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.rules.matchers import Match
from inspector.rules.mutants import kind_of, mutants_of
from inspector.rules.schema import Rule
from tests.builders import rule_of, shipped


def ids(rule: Rule, *, words: bool = False) -> list[str]:
    return [mutant.id for mutant in mutants_of(rule, words=words)]


def further(*, kind: str = "forbidden", match: dict[str, Any] | None = None, **fields: Any) -> list[str]:
    """What a rule is changed in that the plainest rule is not."""
    plain = ids(rule_of())
    return [mutant for mutant in ids(rule_of(kind, match, **fields)) if mutant not in plain]


def test_the_plainest_rule_is_changed_in_party_wording_sound_and_count() -> None:
    assert ids(rule_of()) == ["who =any", "match.phrases drop", "match.by =literal", "match.times +1"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"unless": ["negation", "echo"]}, ["unless[negation] drop", "unless[echo] drop", "unless drop"]),
        ({"unless": ["negation"]}, ["unless[negation] drop"]),  # without its only entry the list is gone
        (
            {"where": {"after": "event.a", "within_s": 30}},
            ["where.after drop", "where.within_s ×0.5", "where.within_s ×2", "where.within_s drop", "where drop"],
        ),
        (
            {"where": {"last": {"turns": 1}}},
            ["where.last.spoke_last =true", "where.last.turns ×2", "where.last.turns drop", "where.last drop"],
        ),
        ({"facts": {"only": ["ticket_no"]}}, ["facts.only[ticket_no] drop"]),
        ({"prefer": "recall"}, ["prefer drop"]),
        ({"exceptions": {"phrases": ["合同"]}}, ["exceptions.phrases drop", "exceptions drop"]),
        ({"exceptions": {"regex": ["合同约定"]}}, ["exceptions.regex drop", "exceptions drop"]),
        ({"message": "说了", "score": -5, "alert": "boss", "alert_unless": ["ticket_no"], "title": "名"}, []),
    ],
)
def test_every_part_of_the_logic_is_changed(fields: dict[str, Any], wanted: list[str]) -> None:
    assert further(**fields) == wanted


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({"silence": {"limit_s": 15}}, ["match.silence.limit_s ×0.75", "match.silence.limit_s ×1.25"]),
        ({"interruption": {}}, ["match.interruption.least -1", "match.interruption.least +1"]),
        ({"emotion": {"score": 0.7}}, ["match.emotion.score -0.1", "match.emotion.score +0.1"]),
        ({"value": {"words": ["年化"], "fact": "product_rates"}}, ["match.value.tolerance ×10"]),
        ({"near": [{"of": [["必须"], ["购买"]], "chars": 6}]}, ["match.near[必须].chars ×0.5"]),
        ({"near": [{"of": [["必须"], ["购买"]]}]}, ["match.near[必须].ordered =false", "match.near[必须].chars ×2"]),
        ({"phrases": ["稳赚不赔"], "times": 3}, ["match.times -1", "match.times +1"]),
    ],
)
def test_limits_are_moved_to_both_sides_written_or_not(match: dict[str, Any], wanted: list[str]) -> None:
    assert set(wanted) <= set(ids(rule_of("metric", match)))


def test_how_grave_a_finding_is_is_left_alone() -> None:
    worse = [{"from_s": 30, "severity": "medium"}]
    plain, graver = ({"silence": {"limit_s": 15, **more}} for more in ({}, {"worse": worse}))
    assert ids(rule_of("metric", plain)) == ids(rule_of("metric", graver))


def test_of_several_elements_each_is_left_out_and_one_less_is_asked_for() -> None:
    match = {"elements": [{"name": name, "phrases": [f"{name}方法"]} for name in ("甲", "乙")]}
    found = further(kind="required", match=match)
    assert {"match.elements[甲] drop", "match.elements[乙] drop", "match.need -1"} <= set(found)
    assert "match.need -1" in further(kind="required", match={**match, "need": 2})


def test_synonyms_are_changed_one_by_one_when_asked() -> None:
    about = {"counts": ["理财"], "exempt": ["存款"], "facts": {"存款": "exempt"}}
    match = {"phrases": ["保本", "稳赚"], "regex": ["肯定.赚"]}
    rule = rule_of("forbidden", match, about=about, unless=["echo"])
    assert ids(rule, words=True) == [
        "match.phrases[保本] drop",
        "match.phrases[稳赚] drop",
        "match.regex[肯定.赚] drop",
        "about.counts[理财] drop",
        "about.exempt[存款] drop",
        "about.facts[存款] drop",
    ]


def joined(logic: str, *names: str, **fields: Any) -> Rule:
    conditions = {name: {"phrases": [f"{name}的话"]} | fields.pop(name, {}) for name in names}
    return rule_of(logic=logic, conditions=conditions, **fields).model_copy(update={"match": Match()})


def test_logic_loses_a_not_an_operand_and_its_joints() -> None:
    rule = joined("甲 and not (乙 or 丙)", "甲", "乙", "丙")
    logics = {m.id: m.rule.logic for m in mutants_of(rule) if m.id.startswith("logic")}
    assert logics == {
        "logic[甲 and not (乙 or 丙)] =or": "甲 or not (乙 or 丙)",
        "logic[甲] drop": "not (乙 or 丙)",
        "logic[not (乙 or 丙)] drop": "甲",
        "logic[not (乙 or 丙)] without not": "甲 and (乙 or 丙)",
        "logic[乙 or 丙] =and": "甲 and not (乙 and 丙)",
        "logic[乙] drop": "甲 and not 丙",
        "logic[丙] drop": "甲 and not 乙",
    }
    assert kind_of("logic[not (乙 or 丙)] without not") == "logic[] without not"


def test_a_condition_that_nothing_names_goes_with_its_operand() -> None:
    rule = joined("甲 and 乙", "甲", "乙", "丙", 乙={"where": {"after": "丙"}})
    left = {m.id: [*m.rule.conditions] for m in mutants_of(rule) if m.id in ("logic[甲] drop", "logic[乙] drop")}
    assert left == {"logic[甲] drop": ["乙", "丙"], "logic[乙] drop": ["甲"]}


def test_conditions_are_changed_like_rules() -> None:
    where = {"after": "乙", "within_s": 30, "which": "every"}
    own = {"who": "agent", "unless": ["echo"], "times": 2, "where": where, "exceptions": {"phrases": ["合同"]}}
    found = {one.removeprefix("conditions[甲].") for one in ids(joined("甲 and 乙", "甲", "乙", 甲=own))}
    assert {"who =any", "unless[echo] drop", "times -1", "times +1", "exceptions drop"} <= found
    assert {"where.within_s ×0.5", "where.within_s ×2", "where.which =any", "where.which drop"} <= found


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"where": {"between": {"from_s": 10, "to_s": 60}}}, ["where.between.from_s ×2", "where.between.to_s ×0.5"]),
        ({"where": {"after": "event.a", "which": "nth", "nth": 2}}, ["where.nth -1", "where.nth +1"]),
        ({"where": {"after": "event.a", "which": "any"}}, ["where.which =every"]),
        ({"where": {"before": ["event.a", "event.b"]}}, ["where.before[event.a] drop", "where.before[event.b] drop"]),
        ({"effective": {"from": "2026-01-01"}}, ["effective.from -1d", "effective.from +1d", "effective.from drop"]),
        ({"match": {"phrases": ["保本", "稳赚"], "distinct": 2}}, ["match.distinct +1", "match.distinct drop"]),
    ],
)
def test_new_windows_dates_and_counts_are_changed(fields: dict[str, Any], wanted: list[str]) -> None:
    assert set(wanted) <= set(ids(rule_of(**fields)))


def test_sound_is_only_taken_away_where_there_was_some() -> None:
    assert "match.by =literal" not in ids(rule_of(match={"phrases": ["保本"]}))
    assert "match.by drop" in ids(rule_of(match={"phrases": ["稳赚不赔"], "by": "literal"}))


@pytest.mark.parametrize("words", [False, True])
def test_mutants_differ_from_their_rule_and_from_each_other(words: bool) -> None:
    for rule in shipped().rules[::8]:
        mutants = list(mutants_of(rule, words=words))
        digests = {mutant.rule.digest for mutant in mutants}
        assert len(digests) == len({mutant.id for mutant in mutants}) == len(mutants)
        assert rule.digest not in digests


def test_kinds_are_ids_without_names() -> None:
    assert kind_of("match.elements[身份].phrases drop") == "match.elements[].phrases drop"
    assert kind_of("match.regex[[一二]个] drop #2") == "match.regex[] drop #2"
