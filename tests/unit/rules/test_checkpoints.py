"""Check points: each has a rule or a person, and every rule it names exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.errors import PackError
from inspector.rules.load import load_packs, load_scored
from tests.unit.rules.test_load import EVENT, GOOD, pack

HEAD = "schema: inspector.checkpoints/1\ndemands: {S5: 标准开场}\ncheckpoints:\n"


def faults(directory: Path, points: str) -> list[str]:
    (directory / "a.yaml").write_text(pack(GOOD, EVENT), encoding="utf-8")
    (directory / "checkpoints.yaml").write_text(HEAD + points, encoding="utf-8")
    try:
        load_packs(directory)
    except PackError as error:
        return [f"{issue.file}:{issue.field} {issue.what}" for issue in error.issues]
    return []


def test_check_points_that_fit_are_kept(tmp_path: Path) -> None:
    points = "- {number: 1, title: 开场, rules: [test.rule]}\n"
    points += "- {number: 2, title: 核身, manual: 抽听, double_review: true}\n"
    assert faults(tmp_path, points) == []
    packs = load_packs(tmp_path)
    assert [(point.number, point.rules, point.manual, point.double_review) for point in packs.checkpoints] == [
        (1, ("test.rule",), "", False),
        (2, (), "抽听", True),
    ]
    assert packs.demands == {"S5": "标准开场"}
    assert set(packs.file_of) == {"test.rule", "event.one"}


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ("- {number: 1, title: 开场, rules: [test.rulo]}\n", "checkpoints.1.rules 没有编号为 test.rulo 的规则"),
        ("- {number: 1, title: 开场}\n", "checkpoints.1 既没有规则，也没有写人工怎么查"),
        ("- {number: 0, title: 开场, manual: 听}\n", "checkpoints.0.number 数太小"),
        ("- {number: 1, title: 开场, manual: 听, rule: x}\n", "checkpoints.0.rule 没有这个字段"),
        ("- {number: 1, title: 甲, manual: 听}\n" * 2, "checkpoints.1 编号 1 出现 2 次"),
        ("- number: 1\n  title: [\n", " 不是合法的 YAML"),
    ],
)
def test_a_check_point_that_does_not_fit_is_located(tmp_path: Path, points: str, wanted: str) -> None:
    found = faults(tmp_path, points)
    assert len(found) == 1, found
    assert found[0].startswith("checkpoints.yaml:")
    assert wanted.removeprefix(" ") in found[0]


def test_faults_of_packs_and_check_points_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(pack(GOOD | {"id": "other.rule", "colour": "red"}), encoding="utf-8")
    found = faults(tmp_path, "- {number: 1, title: 开场}\n")
    assert [line.partition(":")[0] for line in found] == ["b.yaml", "checkpoints.yaml"]


def test_scored_calls_are_read_in_order_of_their_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("- {name: 乙, call: '0:01 A 您好', never: [x.y], trap: true}\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text("- {name: 甲, call: '0:01 A 您好', fires: [x.y]}\n", encoding="utf-8")
    calls = load_scored(tmp_path)
    assert [(call.name, call.fires, call.never, call.trap) for call in calls] == [
        ("甲", ("x.y",), (), False),
        ("乙", (), ("x.y",), True),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("- {name: 甲}\n", "0.call  缺少必填字段"), ("name: 甲\n", "应为列表"), (None, "目录里没有评分通话")],
)
def test_scored_calls_that_cannot_be_read_are_located(tmp_path: Path, text: str | None, wanted: str) -> None:
    if text is not None:
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=wanted):
        load_scored(tmp_path)
