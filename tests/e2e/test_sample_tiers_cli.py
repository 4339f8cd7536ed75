"""Tiers, plans and progress as the QA lead and an auditor run them, with lists good and hostile."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import app as cli
from tests.conftest import ROOT


def run(*arguments: str | Path) -> int:
    return cli._run([str(argument) for argument in arguments])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """100 calls of two teams and five agents; the tenth of them are test calls; nothing was recorded."""
    return list_calls(tmp_path / "calls.csv", [(no, "甲乙"[no % 2], 3000 + no % 5, no % 10 == 0) for no in range(100)])


def list_calls(path: Path, calls: list[tuple[int, str, Any, bool]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["call_id", "path", "start", "team", "agent", "mystery"])
        rows.writerows(
            [f"C-{no}", "gone.wav", "2025-03-01T09:30:00+08:00", team, agent, str(mystery).lower()]
            for no, team, agent, mystery in calls
        )
    return path


def drawing(sheet: Path, out: Path, *more: str | Path) -> int:
    return run("sample", "draw", "--date", "2025-03-01", "--manifest", sheet, "--out", out, *more)


def content(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def audit(home: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(home / "inspector.db")) as database:
        return database.execute("SELECT action, subject FROM audit ORDER BY seq").fetchall()


def test_every_kind_has_a_file_that_proves_it(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert drawing(sheet, out) == 0
    assert "没有一通通话写明 channel, product_type, direction" in capsys.readouterr().err
    for more in (
        ("--kind", "mystery"),
        ("--kind", "coverage"),
        ("--kind", "recheck", "--base", "all_calls"),
        ("--kind", "directed", "--when", "agent=3004", "--limit", "2"),
    ):
        assert drawing(sheet, out, *more) == 0, more
    shown = capsys.readouterr().out
    assert "神秘来电 2025-03-01 第 1 批：名单 10 通，按比例 1 抽取 10 通，分 1 层" in shown
    assert "质检复核 2025-03-01 第 1 批：名单 100 通，按比例 0.2 抽取 20 通，分 2 层" in shown
    assert "定向抽检 2025-03-01 第 1 批：名单 20 通，按限额抽取 2 通" in shown
    files = sorted(out.glob("*.json"))
    assert [file.name.removesuffix("-2025-03-01-1.json") for file in files] == [
        "draw", "draw-coverage", "draw-directed", "draw-mystery", "draw-recheck",
    ]  # fmt: skip
    for file in files:
        assert run("sample", "verify", file) == 0, file
    subjects = [subject for action, subject in audit(home) if action == "sample_draw"]
    kinds = ["", "/mystery", "/coverage", "/recheck", "/directed"]
    assert subjects == [f"2025-03-01/1{kind}" for kind in kinds]


def test_an_auditor_repeats_it_with_a_file_and_the_secret_alone(home: Path, sheet: Path, tmp_path: Path) -> None:
    """Another process, no home, no database: PASS in words, and FAIL once a call was moved to another stratum."""
    assert drawing(sheet, tmp_path) == 0
    secret = (home / "sampling" / "2025-03.key").read_bytes().hex()
    file = tmp_path / "draw-2025-03-01-1.json"
    moved = content(file)
    taken = {item["call_id"] for item in moved["items"]}
    at = next(no for no, one in enumerate(moved["manifest"]["call_ids"]) if one not in taken)
    moved["manifest"]["of_calls"][at] = 1 - moved["manifest"]["of_calls"][at]
    (tmp_path / "moved.json").write_text(json.dumps(moved), encoding="utf-8")
    for name, code, word in ((file.name, 0, "PASS"), ("moved.json", 1, "FAIL")):
        words = [sys.executable, "-m", "inspector", "sample", "verify", str(tmp_path / name), "--secret", secret]
        env = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "nobody"), "INSPECTOR_HOME": str(tmp_path / "none")}
        done = subprocess.run(words, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=120, check=False)
        assert (done.returncode, word in done.stdout) == (code, True)
    assert not (tmp_path / "none").exists()


def test_hostile_values_reach_no_terminal_and_no_formula(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    teams = ["=HYPERLINK(1)", "[red]甲[/]", "x" * 10_000, "\u202e甲", "13800138000"]
    sheet = list_calls(tmp_path / "calls.csv", [(no, teams[no % 5], "", False) for no in range(50)])
    assert drawing(sheet, tmp_path, "--rate", "0.2") == 0
    assert run("sample", "verify", tmp_path / "draw-2025-03-01-1.json") == 0
    assert run("sample", "status", "--date", "2025-03-01") == 0
    assert run("sample", "status", "--date", "2025-03-01", "--json") == 0
    shown = capsys.readouterr().out
    assert "\u202e" not in shown
    assert "[red]甲[/]" in shown
    assert "13800138000" not in shown
    table = (tmp_path / "draw-2025-03-01-1.csv").read_text(encoding="utf-8-sig")
    assert "13800138000" not in table
    cells = [cell for row in csv.reader(table.splitlines()) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
    assert len(table.splitlines()) == 11


def test_what_does_not_fit_or_makes_no_sense(home: Path, sheet: Path, tmp_path: Path) -> None:
    for more in (
        ("--kind", "directed"),
        ("--kind", "directed", "--when", "colour=red"),
        ("--kind", "directed", "--when", "agent=nobody"),
        ("--kind", "self_check"),
        ("--kind", "mystery", "--rate", "0.1"),
        ("--base", "reviewed"),
        ("--rule", "urgent.theft"),
        ("--kind", "vip"),
    ):
        assert drawing(sheet, tmp_path, *more) == 2, more
    assert run("queue", "reviews", "list", "--reason", "vip") == 2
    assert run("sample", "status") == 2
    assert not list(tmp_path.glob("*.json"))


def test_calls_without_an_agent_are_told_when_agents_are_to_be_covered(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = list_calls(tmp_path / "calls.csv", [(no, "甲", 3000 if no < 5 else "", False) for no in range(9)])
    assert drawing(sheet, tmp_path, "--kind", "coverage") == 0
    assert "4 通没有坐席" in capsys.readouterr().err
    assert len(content(tmp_path / "draw-coverage-2025-03-01-1.json")["items"]) == 2


def test_a_list_of_calls_is_drawn_from(home: Path, sheet: Path, tmp_path: Path) -> None:
    assert drawing(sheet, tmp_path) == 0
    named = [item["call_id"] for item in content(tmp_path / "draw-2025-03-01-1.json")["items"]]
    (tmp_path / "ids.txt").write_text("\n".join(named), encoding="utf-8")
    assert drawing(sheet, tmp_path, "--kind", "directed", "--calls", tmp_path / "ids.txt") == 0
    made = content(tmp_path / "draw-directed-2025-03-01-1.json")
    assert (sorted(named), made["base"]) == (made["manifest"]["call_ids"], '{"listed": 5}')


def test_status_counts_what_is_left(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sample", "status", "--date", "2025-03-01") == 3, "there is no database yet"
    assert drawing(sheet, tmp_path) == 0
    capsys.readouterr()
    assert run("sample", "status", "--month", "2025-03", "--json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["listed"], one["wanted"], one["drawn"], one["done"], one["left"]) for one in told] == [
        (50, 3, 3, 0, 3), (50, 2, 2, 0, 2),
    ]  # fmt: skip
    assert run("sample", "status", "--date", "2025-03-02") == 0
    shown = capsys.readouterr().out
    assert "没有抽检" in shown
    assert "没有保存的计划" in shown


def test_a_plan_is_shown_then_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = ["sample", "plan", "--date", "2025-03-01", "--minutes", "600", "--json"]
    given = ["--calls", "1000", "--call-minutes", "4", "--with-findings", "50", "--mystery", "10"]
    assert run(*plan) == 2, "nothing was seen in the weeks before"
    assert run(*plan, *given) == 0
    sheet = json.loads(capsys.readouterr().out)
    lines = {line["kind"]: (line["calls"], line["minutes"], line["reviewed"]) for line in sheet["lines"]}
    assert lines["random"] == (50, 300, 50)
    assert lines["recheck"] == (10, 10, 10)
    assert sheet["needed_min"] == 370
    assert run(*plan, *given, "--calls", "2000", "--save", sheet["id"]) == 2
    assert run(*plan, *given, "--save", sheet["id"]) == 0
    assert audit(home) == [("sample_plan", f"2025-03-01/2025-03-01/{sheet['id']}")]
    assert run("sample", "plan", "--month", "2025-03", "--minutes", "1", *given) == 0
    assert "将不检" in capsys.readouterr().out
    for wrong in (["--with-findings", "9999"], ["--calls", "nan"], ["--month", "2025-03"]):
        assert run(*plan, *given, *wrong) == 2, wrong
