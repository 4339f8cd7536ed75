"""``inspector sample`` and ``inspector queue`` as their users run them, against files and databases good and bad."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inspector.cli import app as cli
from inspector.cli import inspect as command
from inspector.cli import sample_proof
from inspector.config import Settings
from inspector.pipeline import Heard
from tests.builders import hearing_of, turn
from tests.conftest import CALLS, ROOT

PACK = """
schema: inspector.rules/1
pack: test
rules:
  - {id: urgent.theft, version: 1, title: 账户被盗用, kind: signal, class: 紧急, severity: critical, status: stable,
     who: customer, match: {phrases: [被盗刷了卡号是六二二二零二零一]}, message: 客户称被盗刷, remedy: 立即回拨,
     alert: duty_supervisor}
"""
THEFT = "我的卡被盗刷了卡号是六二二二零二零一"


def run(*arguments: str | Path) -> int:
    return cli._run([str(argument) for argument in arguments])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A list of 40 calls of one day whose recordings do not exist."""
    path = tmp_path / "calls.csv"
    list_calls(path, range(40))
    return path


def list_calls(path: Path, numbers: Iterable[int], start: str = "2025-03-01T09:30:00+08:00") -> None:
    rows = "".join(f"C-{no},gone.wav,{start}\n" for no in numbers)
    path.write_text(f"call_id,path,start\n{rows}", encoding="utf-8")


def drawing(sheet: Path, out: Path, *more: str) -> int:
    return run("sample", "draw", "--date", "2025-03-01", "--manifest", sheet, "--out", out, *more)


def content(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def rows(home: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(home / "inspector.db")) as database:
        return database.execute(sql).fetchall()


# ---- draw ------------------------------------------------------------------------------------------------------------


def test_a_draw_is_written_stored_and_private(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sample"
    assert drawing(sheet, out) == 0
    file = out / "draw-2025-03-01-1.json"
    made = content(file)
    shown = capsys.readouterr().out
    assert "随机抽检 2025-03-01 第 1 批：名单 40 通，按比例 0.05 抽取 2 通" in shown
    assert made["manifest"]["sha256"] in shown
    assert len(made["manifest"]["call_ids"]) == 40
    modes = {path.name: oct(path.stat().st_mode)[-3:] for path in (out, file, home / "sampling" / "2025-03.key")}
    assert modes == {"sample": "700", file.name: "600", "2025-03.key": "600"}
    table = (out / "draw-2025-03-01-1.csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    written = list(csv.DictReader(table.decode("utf-8-sig").splitlines()))
    assert [row["通话编号"] for row in written] == [item["call_id"] for item in made["items"]]
    assert {kind for (kind,) in rows(home, "SELECT kind FROM made_file")} == {"draw"}


def test_commitments_come_before_the_draw_and_before_the_next_month(home: Path, sheet: Path, tmp_path: Path) -> None:
    assert drawing(sheet, tmp_path) == 0
    audit = rows(home, "SELECT action, subject FROM audit ORDER BY seq")
    assert audit == [("sample_secret", "2025-03"), ("sample_secret", "2025-04"), ("sample_draw", "2025-03-01/1")]


def test_drawing_again_gives_the_same_and_says_so(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drawing(sheet, tmp_path / "a") == 0
    list_calls(sheet, reversed(range(40)))
    assert drawing(sheet, tmp_path / "b", "--rate", "0.5", "--lang", "en") == 0
    assert "the draw stands" in capsys.readouterr().out
    first, again = (content(tmp_path / name / "draw-2025-03-01-1.json") for name in "ab")
    assert first == again
    assert rows(home, "SELECT count(*) FROM review_item") == [(2,)]


def test_late_calls_are_drawn_from_on_their_own(home: Path, sheet: Path, tmp_path: Path) -> None:
    assert drawing(sheet, tmp_path) == 0
    list_calls(sheet, range(35, 60))  # 0 … 34 are missing now, 35 … 39 were listed before
    assert drawing(sheet, tmp_path) == 0
    first, late = (content(tmp_path / f"draw-2025-03-01-{part}.json") for part in (1, 2))
    assert (len(late["manifest"]["call_ids"]), len(late["items"])) == (20, 1)
    assert not set(first["manifest"]["call_ids"]) & set(late["manifest"]["call_ids"])
    assert rows(home, "SELECT count(*) FROM review_item") == [(3,)]
    for part in (1, 2):
        assert run("sample", "verify", tmp_path / f"draw-2025-03-01-{part}.json") == 0


def test_calls_of_other_days_are_left_out_and_counted(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = sheet.read_text(encoding="utf-8") + "late,x.wav,2025-03-01T23:30:00+00:00\nundated,x.wav,\n"
    sheet.write_text(lines, encoding="utf-8")
    assert drawing(sheet, tmp_path) == 0
    assert len(content(tmp_path / "draw-2025-03-01-1.json")["manifest"]["call_ids"]) == 41
    assert "1 通属于其他营业日" in capsys.readouterr().err


def test_a_list_with_a_wrong_row_is_refused(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.write_text(sheet.read_text(encoding="utf-8") + "C-99,x.wav,yesterday\n", encoding="utf-8")
    assert drawing(sheet, tmp_path / "out") == 2
    assert "line 42" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "more", [["--rate", "0"], ["--rate", "1.5"], ["--rate", "5%"], ["--date", "yesterday"], ["--date", "2025-02-30"]]
)
def test_wrong_options(home: Path, sheet: Path, tmp_path: Path, more: list[str]) -> None:
    assert drawing(sheet, tmp_path, *more) == 2


def test_nothing_to_draw_from(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sample", "draw", "--date", "2025-03-01", "--out", tmp_path) == 2
    assert "没有可抽样的通话" in capsys.readouterr().err


def test_another_secret_is_refused(home: Path, sheet: Path, tmp_path: Path) -> None:
    assert drawing(sheet, tmp_path) == 0
    list_calls(sheet, range(40, 80))
    (home / "sampling" / "2025-03.key").write_bytes(b"x" * 32)
    assert drawing(sheet, tmp_path) == 4
    (home / "sampling" / "2025-03.key").write_bytes(b"x")
    assert drawing(sheet, tmp_path) == 3
    (home / "sampling" / "2025-03.key").unlink()
    assert drawing(sheet, tmp_path) == 4


def test_a_place_that_cannot_be_written_leaves_the_draw_to_be_written_again(
    home: Path, sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert drawing(sheet, tmp_path / "file") == 3
    assert "the draw is kept" in capsys.readouterr().err
    assert drawing(sheet, tmp_path / "out") == 0
    assert run("sample", "verify", tmp_path / "out" / "draw-2025-03-01-1.json") == 0


def test_the_table_is_masked_and_no_formula(home: Path, sheet: Path, tmp_path: Path) -> None:
    sheet.write_text('call_id,path\n"=HYPERLINK(""x"")",x.wav\n13800138000,x.wav\n', encoding="utf-8")
    assert drawing(sheet, tmp_path, "--rate", "1") == 0
    table = (tmp_path / "draw-2025-03-01-1.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in table
    assert "13800138000" not in table


# ---- verify and reveal -----------------------------------------------------------------------------------------------


@pytest.fixture
def draw_file(home: Path, sheet: Path, tmp_path: Path) -> Path:
    assert drawing(sheet, tmp_path) == 0
    return tmp_path / "draw-2025-03-01-1.json"


def test_anybody_verifies_without_database_or_secret(
    draw_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("INSPECTOR_HOME", str(elsewhere))
    assert run("sample", "verify", draw_file) == 0
    assert "种子未核对" in capsys.readouterr().out
    assert not elsewhere.exists()


def test_the_secret_that_is_revealed_proves_the_seed(
    home: Path, draw_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("sample", "reveal", "--month", "2025-03") == 0
    secret = capsys.readouterr().out.strip()
    assert bytes.fromhex(secret) == (home / "sampling" / "2025-03.key").read_bytes()
    assert rows(home, "SELECT action, subject FROM audit ORDER BY seq DESC LIMIT 1") == [("sample_reveal", "2025-03")]
    monkeypatch.setenv("INSPECTOR_HOME", str(tmp_path / "elsewhere"))
    assert run("sample", "verify", draw_file, "--secret", secret) == 0
    assert "种子" not in capsys.readouterr().out
    assert run("sample", "verify", draw_file, "--secret", "00" * 32) == 1
    assert run("sample", "verify", draw_file, "--secret", "not hex") == 2


def test_a_secret_is_not_revealed_before_its_month_is_over(home: Path, sheet: Path, tmp_path: Path) -> None:
    list_calls(sheet, range(5), "2998-12-31T09:30:00+08:00")
    assert run("sample", "draw", "--date", "2998-12-31", "--manifest", sheet, "--out", tmp_path) == 0
    assert run("sample", "reveal", "--month", "2998-12") == 4
    assert run("sample", "reveal", "--month", "2020-01") == 2
    assert run("sample", "reveal", "--month", "2025-13") == 2
    assert rows(home, "SELECT count(*) FROM audit WHERE action = 'sample_reveal'") == [(0,)]


def test_a_forged_file_fails_with_every_reason(draw_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = content(draw_file)
    drawn = {item["call_id"] for item in made["items"]}
    stranger = next(one for one in made["manifest"]["call_ids"] if one not in drawn)
    made["items"][0]["call_id"] = stranger
    draw_file.write_text(json.dumps(made), encoding="utf-8")
    assert run("sample", "verify", draw_file) == 1
    shown = capsys.readouterr().out
    assert f"{stranger} 不应被抽中" in shown
    assert "应被抽中而未列出" in shown
    assert "文件内容与其摘要不符" in shown
    assert "与数据库中的不同" in shown
    assert "FAIL" in shown


def test_a_draw_that_is_sound_but_not_the_one_on_record(
    home: Path, draw_file: Path, sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who owns the secret draws from another list elsewhere: the file alone is sound, the database knows."""
    other = tmp_path / "other"
    (other / "sampling").mkdir(parents=True)
    for key in (home / "sampling").iterdir():
        (other / "sampling" / key.name).write_bytes(key.read_bytes())
    list_calls(sheet, range(39))
    monkeypatch.setenv("INSPECTOR_HOME", str(other))
    assert drawing(sheet, tmp_path / "out") == 0
    forged = tmp_path / "out" / draw_file.name
    assert run("sample", "verify", forged) == 0
    monkeypatch.setenv("INSPECTOR_HOME", str(home))
    assert run("sample", "verify", draw_file) == 0
    assert run("sample", "verify", forged) == 1


@pytest.mark.parametrize("text", ["", "no json", "{}", "[" * 100_000, '{"schema": "inspector.draw/1"}', "\ud800"])
def test_what_is_no_draw(home: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert run("sample", "verify", tmp_path / "x.json") == 2
    assert "is no draw" in " ".join(capsys.readouterr().err.split())


def test_files_that_cannot_be_read_or_are_huge(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("sample", "verify", tmp_path / "none.json") == 2
    assert run("sample", "verify", tmp_path) == 2
    monkeypatch.setattr(sample_proof, "MAX_FILE_BYTES", 10)
    (tmp_path / "x.json").write_text("{}" * 6)
    assert run("sample", "verify", tmp_path / "x.json") == 2


def test_a_file_cannot_play_with_the_terminal(draw_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = content(draw_file)
    made["items"][0]["call_id"] = "\x1b[2J[red]"
    draw_file.write_text(json.dumps(made), encoding="utf-8")
    assert run("sample", "verify", draw_file) == 1
    assert "\x1b" not in capsys.readouterr().out


# ---- inspect, then work off the queues -------------------------------------------------------------------------------


def scripted_hear(paths: Iterable[Path], *_: object) -> Iterator[Heard]:
    """Every recording says THEFT: the customer in ``c…``, nobody knows who in others."""
    for path in paths:
        hearing = hearing_of(turn("C" if path.name.startswith("c") else "?", 65.0, THEFT), duration_s=80.0)
        digest = path.read_text().ljust(64, "0")
        yield Heard(replace(hearing, recording=replace(hearing.recording, id=digest, path=str(path))), {})


@pytest.fixture
def inspected(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One call that alerts, three that cannot be told."""
    monkeypatch.setattr(command, "load_ears", lambda settings: SimpleNamespace(reader=nullcontext()))
    monkeypatch.setattr(command, "hearing_digest", lambda settings, ears: "d")
    monkeypatch.setattr(command, "hear", scripted_hear)
    sheet = tmp_path / "calls.csv"
    names = ("c1", "u1", "u2", "u3")
    for name in names:
        (tmp_path / f"{name}.wav").write_text(name)
    listed = "".join(f"13800138000-{name},{name}.wav,2025-03-01T09:30:00+08:00\n" for name in names)
    sheet.write_text(f"call_id,path,start\n{listed}", encoding="utf-8")
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "test.yaml").write_text(PACK, encoding="utf-8")
    monkeypatch.setenv("INSPECTOR_PACKS", str(packs))
    assert run("inspect", "--manifest", sheet) == 0
    return sheet


def test_alerts_are_listed_masked_with_place_and_remedy(inspected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("queue", "alerts", "list", "--date", "2025-03-01") == 0
    shown = capsys.readouterr().out
    assert "致命  账户被盗用  urgent.theft@1" in shown
    assert "1:05.8  “被盗刷了卡号是＊＊＊＊＊＊＊＊”" in shown
    assert "处置建议：立即回拨  → 值班主管" in shown
    assert "待处理预警 1 组，列出 1 组" in shown
    assert "处置 截止 2025-03-01 11:31:05，发现时已超时" in shown  # said at 9:31:05
    assert "13800138000" not in shown
    assert "六二二二" not in shown


def test_alerts_as_json_are_masked_too(inspected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("queue", "alerts", "list", "--json") == 0
    captured = capsys.readouterr()
    (group,) = [json.loads(line) for line in captured.out.splitlines()]
    assert (group["schema"], group["class"], group["state"]) == ("inspector.alert_group/1", "P1", "open")
    (alert,) = group["alerts"]
    assert (alert["schema"], alert["audience"], alert["business_date"]) == (
        "inspector.alert/1",
        "duty_supervisor",
        "2025-03-01",
    )
    assert alert["at_s"] >= 65.0
    assert "13800138000" not in captured.out + captured.err
    assert "待处理预警 1 组" in captured.err


def test_inspect_admits_undetermined_calls_within_the_budget(
    inspected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("queue", "reviews", "list", "--lang", "zh") == 0
    shown = capsys.readouterr().out
    assert "待复核：预警命中 1，无法判定 1；列出 2；无法判定未入队 2。" in shown
    assert run("queue", "reviews", "list", "--json", "--reason", "undetermined") == 0
    (item,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert item["because"] == [{"rule_id": "urgent.theft", "title": "账户被盗用"}]


def test_the_sample_of_the_database_is_blind(
    inspected: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sample", "draw", "--date", "2025-03-01", "--rate", "1", "--out", tmp_path / "out") == 0
    capsys.readouterr()
    assert run("queue", "reviews", "list", "--reason", "random") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "通话" in line and "待复核" not in line]
    assert len(lines) == 4
    for line in lines:
        assert "随机抽检" in line
        assert not any(word in line for word in ("盗", "致命", "严重", "命中", "无法判定", "theft"))
    assert run("queue", "reviews", "list", "--reason", "random", "--json") == 0
    items = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(item["because"] == [] and item["severity"] is None for item in items)


def test_inspecting_again_changes_no_queue(inspected: Path, home: Path) -> None:
    queued = "SELECT call_id, state, created_at FROM alert UNION ALL SELECT id, state, created_at FROM review_item"
    before = rows(home, queued)
    assert run("inspect", "--manifest", inspected) == 0
    assert rows(home, queued) == before


def test_listing_leaves_no_trace_and_empty_queues_say_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("queue", "alerts", "list") == 0
    assert run("queue", "reviews", "list", "--date", "2025-03-01") == 0
    shown = capsys.readouterr().out
    assert "没有待处理的预警" in shown
    assert "没有待复核的通话；无法判定未入队 0" in shown
    assert run("queue", "alerts", "list", "--json", "--lang", "en") == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no open alerts" in captured.err
    assert rows(home, "SELECT count(*) FROM audit") == [(0,)]


@pytest.mark.model
def test_a_real_call_raises_its_alert(home: Path, model_settings: Settings) -> None:
    home.mkdir()
    (home / "models").symlink_to(model_settings.models_dir)
    env = {**os.environ, "INSPECTOR_HOME": str(home)}
    shown = ""
    for words in (["inspect", str(CALLS / "theft_report.wav")], ["queue", "alerts", "list", "--json"]):
        command_line = [sys.executable, "-m", "inspector", *words]
        done = subprocess.run(command_line, capture_output=True, text=True, env=env, cwd=ROOT, timeout=300, check=True)
        shown = done.stdout
    (group,) = [json.loads(line) for line in shown.splitlines()]
    assert [alert["rule_id"] for alert in group["alerts"]] == ["urgent.account_theft"]
