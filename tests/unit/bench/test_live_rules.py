"""The bench of judging while a call goes on: what fires, and what of it was certain before the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.bench.live_rules import run_bench_live_rules
from inspector.errors import UsageError
from tests.unit.bench.test_spotting import RULE
from tests.unit.rules.test_load import EVENT, pack


def test_the_bench_counts_what_was_certain_before_the_end(tmp_path: Path) -> None:
    """Of two calls with the words, one goes on long enough."""
    (tmp_path / "packs").mkdir()
    (tmp_path / "calls").mkdir()
    (tmp_path / "packs" / "a.yaml").write_text(
        pack(RULE | {"match": {"phrases": ["稳赚不赔"]}}, EVENT), encoding="utf-8"
    )
    talk = "\n".join(f"    {at // 60}:{at % 60:02d} C 今天天气很好我们慢慢聊" for at in range(20, 320, 3))
    calls = f"""
- {{name: 说完就挂, call: "0:01 A 稳赚不赔"}}
- {{name: 说完还聊, call: "0:01 A 稳赚不赔\\n0:04 C 真的吗我不太相信\\n0:20 C 好的"}}
- name: 没说
  call: |
{talk}
"""
    (tmp_path / "calls" / "a.yaml").write_text(calls, encoding="utf-8")
    out = tmp_path / "out.json"
    assert run_bench_live_rules(tmp_path / "packs", tmp_path / "calls", out) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert (result["fires"], result["certain_early"]) == (2, 1)
    assert result["certain_after_s"] == pytest.approx(4.0)  # words to 0:02, the customer has taken over by 0:06
    assert result["turns"] > 10


def test_a_place_that_is_not_there_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no directory"):
        run_bench_live_rules(tmp_path, tmp_path, tmp_path / "none" / "out.json")
