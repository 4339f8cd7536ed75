"""Keyword spotting, the peer of the rule bench: it must be the honest plain thing, no better and no worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.bench.rules import run_bench_rules
from inspector.bench.spotting import Spotter, turns_of
from inspector.errors import UsageError
from inspector.rules.notation import parse_call
from inspector.rules.schema import Rule
from tests.unit.rules.test_load import EVENT, GOOD, pack

RULE: dict[str, Any] = GOOD | {"id": "banned.promise", "who": "agent"}


def spots(change: dict[str, Any], text: str) -> bool:
    rule = Rule.model_validate(RULE | change)
    return Spotter(rule).fires(turns_of(parse_call(text, "x")[1]))


@pytest.mark.parametrize(
    ("change", "text", "wanted"),
    [
        ({"match": {"phrases": ["稳赚不赔"]}}, "0:01 A 这款，稳赚不赔", True),
        ({"match": {"phrases": ["稳赚不赔"]}}, "0:01 C 这款稳赚不赔", False),
        ({"match": {"phrases": ["稳赚不赔"]}}, "0:01 A 不是稳赚不赔", True),  # it knows no negation
        ({"match": {"phrases": ["保本保息"]}}, "0:01 A 宝本宝息", False),  # nor sounds
        ({"match": {"regex": ["肯定.{0,3}赚"]}}, "0:01 A 肯定能赚", True),
        ({"kind": "required", "match": {"phrases": ["有风险"]}}, "0:01 A 您好", True),
        ({"kind": "required", "match": {"phrases": ["有风险"]}}, "0:01 A 有风险", False),
        (
            {"kind": "required", "match": {"elements": [{"name": n, "phrases": [n]} for n in ("甲", "乙")]}},
            "0:01 A 甲",
            True,
        ),
        ({"kind": "metric", "match": {"silence": {"limit_s": 15}}}, "0:01 A 甲\n1:01 A 乙", False),
    ],
)
def test_it_finds_what_a_word_list_finds(change: dict[str, Any], text: str, wanted: bool) -> None:
    assert spots(change, text) is wanted


def test_the_bench_counts_pairs_of_call_and_rule(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "calls").mkdir()
    rule = RULE | {"match": {"phrases": ["稳赚不赔"]}, "unless": ["negation"]}
    (tmp_path / "packs" / "a.yaml").write_text(pack(rule, EVENT), encoding="utf-8")
    talk = "\n".join(f"    {at // 60}:{at % 60:02d} A 今天天气很好我们慢慢聊" for at in range(20, 320, 3))
    calls = f"""
- name: 说了
  fires: [banned.promise]
  call: "0:01 A 稳赚不赔"
- name: 没说
  never: [banned.promise]
  trap: true
  call: "0:01 A 不稳赚不赔"
- name: 换了说法
  fires: [banned.promise]
  call: |
    0:01 A 肯定赚
{talk}
"""
    (tmp_path / "calls" / "a.yaml").write_text(calls, encoding="utf-8")
    out = tmp_path / "out.json"
    assert run_bench_rules(tmp_path / "packs", tmp_path / "calls", 1, out) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    ours, words = result["sides"]["inspector"], result["sides"]["keyword spotting"]
    assert (ours["recall"]["value"], ours["false"]["value"]) == (0.5, 0.0)
    assert (words["recall"]["value"], words["false"]["value"]) == (0.5, 1.0)
    assert ours["counts"]["banned.promise"]["missed"] == ["换了说法"]
    assert words["counts"]["banned.promise"]["wrongly"] == ["没说"]
    assert (result["calls"], result["traps"]) == (3, 1)


def test_a_place_that_is_not_there_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no directory"):
        run_bench_rules(tmp_path, tmp_path, 1, tmp_path / "none" / "out.json")
