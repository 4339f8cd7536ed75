"""``inspector rules mutate`` as people call it: what it names, and its exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspector.cli import app as cli
from inspector.cli import progress
from tests.conftest import ROOT

RULE = """\
schema: inspector.rules/1
pack: 测试
rules:
  - id: test.promise
    version: 1
    title: 承诺
    kind: forbidden
    class: 测试
    severity: high
    status: test
    who: agent
    match: {phrases: [稳赚不赔, 保本保息]}
    unless: [negation]
    examples:
      fires:
        - {name: 直接说, call: "0:01 A 这款稳赚不赔"}
        - {name: 同音字, call: "0:01 A 这款稳转不赔"}
      silent:
        - {name: 否定, call: "0:01 A 这款不稳赚不赔"}
"""
WRONG_PARTY = '        - {name: 客户说的, call: "0:01 C 稳赚不赔"}\n'


def run(*arguments: str) -> int:
    return cli._run(["rules", "mutate", *arguments])


@pytest.fixture
def packs(tmp_path: Path, home: Path) -> Path:
    shutil.copy(ROOT / "rules" / "guards.yaml", tmp_path)
    (tmp_path / "mine.yaml").write_text(RULE, encoding="utf-8")
    return tmp_path


def excuse(packs: Path, rule: str, mutant: str) -> None:
    text = f"- {{rule: {rule}, mutant: {mutant}, reason: 双方说了都一样}}\n"
    (packs / "survivors.yaml").write_text(text, encoding="utf-8")


def test_a_change_nobody_notices_is_named(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--packs", str(packs)) == 1
    told = capsys.readouterr().out
    assert "✗ test.promise  who =any  没有示例发现" in told
    assert "其中：who =any 1" in told
    assert "4 处改动：示例发现 3 处，有理由不补 0 处，没发现 1 处，过时的理由 0 条。" in told


def test_a_long_run_says_how_far_it_is(
    packs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PLAIN_EVERY_S", 0.0)
    assert run("--packs", str(packs), "--lang", "en") == 1
    assert "1/1 rules, about 0:00 left, 1 with unnoticed changes" in capsys.readouterr().err


def test_an_example_or_a_reason_makes_it_well(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    excuse(packs, "test.promise", "who =any")
    assert run("--packs", str(packs), "--lang", "en") == 0
    assert "3 noticed, 1 excused, 0 unnoticed, 0 stale reasons" in capsys.readouterr().out
    (packs / "survivors.yaml").unlink()
    (packs / "mine.yaml").write_text(RULE + WRONG_PARTY, encoding="utf-8")
    assert run("--packs", str(packs)) == 0


@pytest.mark.parametrize(
    ("rule", "mutant"), [("test.promise", "who =any"), ("test.promise", "who =none"), ("test.gone", "who =any")]
)
def test_a_stale_reason_is_a_fault(packs: Path, capsys: pytest.CaptureFixture[str], rule: str, mutant: str) -> None:
    (packs / "mine.yaml").write_text(RULE + WRONG_PARTY, encoding="utf-8")
    excuse(packs, rule, mutant)
    assert run("test.promise", "--packs", str(packs)) == 1
    assert f"✗ {rule}  {mutant}  已被示例发现或不再存在" in capsys.readouterr().out


def test_reasons_of_other_rules_are_left_alone(packs: Path) -> None:
    (packs / "mine.yaml").write_text(RULE + WRONG_PARTY, encoding="utf-8")
    (packs / "other.yaml").write_text(RULE.replace("test.promise", "test.other"), encoding="utf-8")
    excuse(packs, "test.other", "who =any")
    assert run("test.promise", "--packs", str(packs)) == 0


def test_words_are_a_figure_and_no_fault(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--words", "--packs", str(packs)) == 0
    told = capsys.readouterr().out
    assert " 50%  test.promise  2 个词句，少了会被示例发现的 1 个" in told
    assert "保本保息" not in told
    assert run("test.promise", "--words", "--packs", str(packs)) == 0
    assert "match.phrases[保本保息] drop" in capsys.readouterr().out


def test_what_cannot_be_asked(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test.gone", "--packs", str(packs)) == 2
    (packs / "mine.yaml").write_text(RULE.replace("稳赚不赔, ", ""), encoding="utf-8")
    assert run("--packs", str(packs)) == 2
    assert "2 个示例不成立" in capsys.readouterr().err


def test_a_list_of_reasons_that_cannot_be_read(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packs / "survivors.yaml").write_text("- {rule: test.promise, mutant: who =any}\n", encoding="utf-8")
    assert run("--packs", str(packs)) == 3
    assert "survivors.yaml" in capsys.readouterr().err
