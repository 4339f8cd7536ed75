"""Targets, keys, progress and the report people read."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from inspector.bench.score import edits, normalised
from inspector.cli.messages import say
from inspector.cli.progress import JobProgress
from inspector.cli.targets import from_manifest, from_paths
from inspector.config import default_packs_dir
from inspector.errors import ConfigError
from inspector.keys import customer_key_secret
from inspector.pipeline import inspect_hearing
from inspector.reports.terminal import clock, print_inspection
from inspector.rules.load import load_plan
from inspector.rules.notation import parse_call

SAY = partial(say, "zh")


def test_directories_are_walked_and_other_files_counted(tmp_path: Path) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name in ("b/deep/2.WAV", "a.wav", "b/notes.txt", "c.mp3"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)
    targets, passed_over = from_paths([tmp_path, tmp_path / "notes.xyz"])
    names = [target.path.relative_to(tmp_path).as_posix() for target in targets]
    assert names == ["a.wav", "b/deep/2.WAV", "c.mp3", "notes.xyz"]
    assert passed_over == 1


def test_manifest_rows_and_faults_keep_their_order(tmp_path: Path) -> None:
    sheet = tmp_path / "calls.csv"
    sheet.write_text("call_id,path\n1,a.wav\n,b.wav\n3,c.wav\n", encoding="utf-8")
    targets = from_manifest(sheet, b"k" * 32)
    assert [target.call.source_call_id if target.call else None for target in targets] == ["1", None, "3"]
    assert targets[1].fault is not None
    assert "line 3" in targets[1].fault.message


def test_the_recordings_of_a_call_are_one_target(tmp_path: Path) -> None:
    sheet = tmp_path / "calls.csv"
    sheet.write_text("call_id,path,segment_no,segment_count\n1,a.wav,2,3\n2,c.wav,,\n1,b.wav,1,3\n", encoding="utf-8")
    (tmp_path / "a.wav").write_bytes(b"12345")
    (tmp_path / "b.wav").write_bytes(b"123")
    first, fault, second = from_manifest(sheet, b"k" * 32)
    assert [leg.path and leg.path.name for leg in first.legs] == ["b.wav", "a.wav", None]
    assert (first.path, first.size_bytes) == (tmp_path / "b.wav", 8)
    assert fault.fault is not None
    assert "segment 3" in fault.fault.message
    assert [leg.path for leg in second.legs] == [tmp_path / "c.wav"]


def test_the_customer_key_is_made_once_and_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = customer_key_secret(home)
    assert len(key) == 32
    assert customer_key_secret(home) == key
    assert oct((home / "customer.key").stat().st_mode)[-3:] == "600"


def test_a_damaged_or_unusable_customer_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "customer.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="32 bytes"):
        customer_key_secret(tmp_path)
    with pytest.raises(ConfigError, match="cannot be used"):
        customer_key_secret(tmp_path / "customer.key" / "below")


def test_progress_tells_calls_hours_speed_and_failures() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    with JobProgress(console, SAY, 2, 2000) as progress:
        progress.heard(3600)
        progress.finished(1000, failed=True)
        shown = progress._line(progress._began_s + 60)
    assert "1/2 通" in shown
    assert "音频 1.00 小时" in shown
    assert "60.0 倍实时" in shown
    assert "失败 1" in shown
    assert "剩余约 1:00" in shown


def test_a_report_is_not_written_into_the_live_line() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    with JobProgress(console, SAY, 2, 2000) as progress:
        progress.heard(60)
        with progress.paused():
            out.write("REPORT\n")
        progress.heard(60)
    before = out.getvalue().split("REPORT")[0]
    erased = "\x1b[2K"
    assert before.rindex(erased) > before.rindex("倍实时")


def test_progress_in_a_log_is_a_line_now_and_then_not_a_flood() -> None:
    out = io.StringIO()
    with JobProgress(Console(file=out), SAY, 1000, 0) as progress:
        for _ in range(1000):
            progress.finished(1, failed=False)
    assert out.getvalue().count("\n") <= 1


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00.0"), (59.96, "1:00.0"), (61.24, "1:01.2"), (3600, "60:00.0")])
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def report(text: str, *, raw: bool = False, lang: str = "zh") -> str:
    call, hearing = parse_call(text, "通话[1].txt")
    inspection = inspect_hearing(call, hearing, load_plan(default_packs_dir()))
    out = io.StringIO()
    say_it = partial(say, "en" if lang == "en" else "zh")
    print_inspection(Console(file=out, width=200), inspection, say_it, dialogue=True, raw=raw)
    return out.getvalue()


THEFT = "0:01 A 您好云川银行为您服务\n0:05 C 我的卡六二二二零二零零被盗刷了\n0:12 C 尾号八八\n0:14 C 六六\n"


def test_the_report_shows_title_quote_time_reason_and_remedy() -> None:
    shown = report(THEFT)
    assert "通话[1].txt" in shown
    assert "客户报告账户被盗用" in shown
    assert "被盗刷" in shown
    assert "处置建议" in shown
    assert "预警" in shown


def test_the_report_is_masked_across_turns_unless_raw() -> None:
    shown = report(THEFT)
    assert "六二二二" not in shown
    assert "八八" not in shown
    assert "六二二二零二零零" in report(THEFT, raw=True)


def test_the_report_in_english() -> None:
    assert "hit (to be reviewed)" in report(THEFT, lang="en")


def test_an_absence_shows_its_window_and_coverage() -> None:
    shown = report("0:01 A 喂说吧\n0:04 C 我想查余额\n0:30 A 好的\n")
    assert "没有听到：问候" in shown
    assert "听清" in shown


@pytest.mark.parametrize(
    ("reference", "heard", "wrong"),
    [("保本保息", "宝本保息", 1), ("保本", "", 2), ("", "您好", 2), ("您好", "您好", 0)],
)
def test_edits(reference: str, heard: str, wrong: int) -> None:
    assert edits(reference, heard) == wrong


def test_scoring_ignores_punctuation_width_and_the_way_digits_are_written() -> None:
    assert normalised("您好，工號３０６２！") == normalised("您好工号三零六二")


