"""``inspector inspect`` as its user runs it: real models, real files, good and bad."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from inspector.config import Settings
from tests.conftest import CALLS, ROOT

pytestmark = pytest.mark.model


def run(home: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with an empty home that borrows the verified models."""
    command = [sys.executable, "-m", "inspector", *map(str, arguments)]
    env = {**os.environ, "INSPECTOR_HOME": str(home), **environment}
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=300, check=False)


@pytest.fixture
def installed(tmp_path: Path, model_settings: Settings) -> Path:
    """A home of its own whose model directory is the machine's."""
    place = tmp_path / "home"
    place.mkdir()
    (place / "models").symlink_to(model_settings.models_dir)
    return place


@pytest.fixture
def four_calls(tmp_path: Path) -> Path:
    """A folder of four stereo sample calls."""
    folder = tmp_path / "calls"
    folder.mkdir()
    for name in ("no_greeting_silence", "theft_report", "wealth_lawful", "wealth_promise"):
        shutil.copy(CALLS / f"{name}.wav", folder)
    return folder


def rows_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_four_calls_with_json_on_stdout_only(installed: Path, four_calls: Path) -> None:
    schema = json.loads(files("inspector.reports").joinpath("inspection-1.schema.json").read_text(encoding="utf-8"))
    done = run(installed, "inspect", four_calls, "--json", "-")
    assert done.returncode == 0, done.stderr
    rows = rows_of(done)
    assert [Path(row["recording"]["path"]).name for row in rows] == sorted(path.name for path in four_calls.iterdir())
    for row in rows:
        Draft202012Validator(schema).validate(row)
    with sqlite3.connect(installed / "inspector.db") as database:
        assert database.execute("select count(*) from inspection").fetchone() == (4,)
        assert database.execute("select count(*) from audit where action = 'inspect'").fetchone() == (1,)
    database.close()
    assert oct((installed / "inspector.db").stat().st_mode)[-3:] == "600"


def test_one_broken_among_four_files(installed: Path, four_calls: Path) -> None:
    (four_calls / "theft_report.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEjunk")
    (four_calls / "notes.txt").write_text("not audio, not counted as a failure")
    done = run(installed, "inspect", four_calls, "--json", "-", "--no-store")
    rows = rows_of(done)
    assert done.returncode == 1
    assert [("error" in row) for row in rows] == [False, True, False, False]
    assert rows[1]["error"]["remedy"]
    assert "1" in done.stderr
    assert not (installed / "inspector.db").exists()


def test_bad_files_each_get_their_error_and_the_rest_goes_on(installed: Path, tmp_path: Path) -> None:
    good = CALLS / "theft_report.wav"
    whole = good.read_bytes()
    bad = {
        "missing.wav": None,
        "empty.wav": b"",
        "text.wav": "这是文字不是录音".encode(),
        "header.wav": whole[:44],
        "cut.wav": whole[:14],
    }
    for name, content in bad.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
    done = run(installed, "inspect", *(tmp_path / name for name in bad), good, "--json", "-", "--no-store")
    rows = rows_of(done)
    kinds = [row["error"]["kind"] if "error" in row else None for row in rows]
    assert done.returncode == 1
    assert kinds == ["not_found", "empty_file", "not_audio", "no_samples", "bad_header", None]
    assert "Traceback" not in done.stderr


def test_a_truncated_recording_is_heard_as_far_as_it_goes_and_its_end_is_not_judged(
    installed: Path, tmp_path: Path
) -> None:
    whole = (CALLS / "wealth_promise.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    done = run(installed, "inspect", tmp_path / "cut.wav", "--json", "-", "--no-store")
    (row,) = rows_of(done)
    assert done.returncode == 0
    assert row["recording"]["duration_s"] < 30
    assert row["judged"]["by_rule"]["missing.opening_greeting"] == "silent"
    assert row["judged"]["by_rule"]["missing.risk_disclosure"] in ("undetermined", "not_applicable")


def test_the_report_is_masked_and_raw_leaves_a_trace(installed: Path) -> None:
    masked = run(installed, "inspect", CALLS / "no_greeting_silence.wav")
    assert masked.returncode == 0, masked.stderr
    assert "静音时长超限" in masked.stdout
    assert "＊＊＊＊" in masked.stdout
    raw = run(installed, "inspect", CALLS / "no_greeting_silence.wav", "--raw")
    assert "＊＊＊＊" not in raw.stdout
    with sqlite3.connect(installed / "inspector.db") as database:
        actions = [row[0] for row in database.execute("select action from audit order by seq")]
    database.close()
    assert actions == ["inspect", "inspect_raw"]


def test_raw_without_a_trace_is_refused(installed: Path) -> None:
    done = run(installed, "inspect", CALLS, "--raw", "--no-store")
    assert done.returncode == 4
    assert done.stdout == ""


def test_a_changed_model_byte_stops_everything_with_the_remedy(
    installed: Path, tmp_path: Path, model_settings: Settings
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(model_settings.models_dir, broken / "models")
    file = broken / "models" / "whisper-base" / "model.bin"
    with file.open("r+b") as stream:
        stream.seek(100_000_000)
        byte = stream.read(1)
        stream.seek(100_000_000)
        stream.write(bytes([byte[0] ^ 1]))
    done = run(broken, "inspect", CALLS, "--json", "-")
    assert done.returncode == 3
    assert done.stdout == ""
    assert "scripts/setup" in done.stderr
    doctor = json.loads(run(broken, "doctor", "--json").stdout)
    states = {model["name"]: model["ok"] for model in doctor["models"]}
    assert states == {"whisper-base": False, "silero-vad-v6": True, "segmentation-3.0": True, "ge2e": True}


def test_an_unwritable_database_stops_before_the_first_file(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    url = f"sqlite:///{file}/inspector.db"
    done = run(installed, "inspect", CALLS, "--json", "-", INSPECTOR_DATABASE_URL=url)
    assert done.returncode == 3
    assert done.stdout == ""


def test_a_malformed_pack_stops_with_every_place_named(installed: Path, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "bad.yaml").write_text("schema: inspector.rules/1\npack: x\nrules:\n - id: a.b\n   colour: red\n", "utf-8")
    done = run(installed, "inspect", CALLS, "--packs", packs, "--json", "-")
    assert done.returncode == 3
    assert "bad.yaml:a.b:colour" in done.stderr
    assert "bad.yaml:a.b:version" in done.stderr


def test_a_manifest_names_calls_and_gives_facts(installed: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "calls.csv"
    sheet.write_text(
        "call_id,path,agent,transfer_from,customer_key\n"
        f"1001,{CALLS}/no_greeting_silence.wav,3062,一线,6222020000000000\n"
        "1002,missing.wav,3063,,\n"
        ",nothing.wav,,,\n",
        encoding="utf-8",
    )
    done = run(installed, "inspect", "--manifest", sheet, "--json", "-")
    rows = rows_of(done)
    assert done.returncode == 1
    assert rows[0]["call"]["source_call_id"] == "1001"
    assert rows[0]["judged"]["by_rule"]["missing.opening_greeting"] == "not_applicable"
    assert "6222020000000000" not in done.stdout + done.stderr
    assert [row["error"]["kind"] for row in rows[1:]] == ["not_found", "bad_manifest_row"]
    assert rows[1]["call"]["source_call_id"] == "1002"


def test_json_file_is_private_and_the_report_still_prints(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.jsonl"
    done = run(installed, "inspect", CALLS / "theft_report.wav", "--json", out, "--no-store", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "urgent.account_theft" in done.stdout
    assert "undetermined" in done.stderr
    assert oct(out.stat().st_mode)[-3:] == "600"
    assert json.loads(out.read_text(encoding="utf-8"))["queues"][0]["queue"] == "alert"


def test_a_file_name_in_another_encoding_is_no_obstacle(installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    sound = (CALLS / "theft_report.wav").read_bytes()
    for name, content in (("录音", sound), ("坏", b"x")):
        (folder / os.fsdecode(name.encode("gbk") + b".wav")).write_bytes(content)
    done = run(installed, "inspect", folder, "--json", "-")
    kinds = [row.get("error", {}).get("kind") for row in rows_of(done)]
    assert done.returncode == 1
    assert sorted(kinds, key=str) == [None, "not_audio"]


def test_a_terminal_without_chinese_still_gets_its_report_and_json_stays_utf8(installed: Path) -> None:
    command = ["inspect", CALLS / "theft_report.wav", "--no-store"]
    report = run(installed, *command, PYTHONIOENCODING="ascii")
    assert report.returncode == 0, report.stderr
    assert "urgent.account_theft" in report.stdout
    (row,) = rows_of(run(installed, *command, "--json", "-", PYTHONIOENCODING="ascii"))
    assert row["findings"][0]["title"] == "客户报告账户被盗用"


def test_a_full_disk_is_told_not_thrown(installed: Path) -> None:
    done = run(installed, "inspect", CALLS / "theft_report.wav", "--no-store", "--json", "/dev/full")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_crash(installed: Path, four_calls: Path) -> None:
    command = f"'{sys.executable}' -m inspector inspect '{four_calls}' --json - --no-store | head -c 1 > /dev/null"
    env = {**os.environ, "INSPECTOR_HOME": str(installed)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, cwd=ROOT, check=False)
    assert "Traceback" not in done.stderr


def test_the_bench_measures_both_sides(installed: Path, tmp_path: Path) -> None:
    for folder in ("calls", "truth"):
        (tmp_path / folder).mkdir()
    for part in ("calls/theft_report.wav", "truth/theft_report.json"):
        shutil.copy(ROOT / "audio_samples" / part, tmp_path / part)
    said = {"party": "agent", "start_s": 1.0, "end_s": 2.0, "text": "您好"}
    broken = {"file": "calls/broken.wav", "codec": "none", "duration_s": 9.0, "turns": [said]}
    (tmp_path / "truth" / "broken.json").write_text(json.dumps(broken))
    (tmp_path / "calls" / "broken.wav").write_bytes(b"no sound at all")
    out = tmp_path / "result.json"
    done = run(installed, "bench", "hear", tmp_path, "--runs", "1", "--out", out, "--plots", tmp_path / "plots")
    assert done.returncode == 0, done.stderr
    assert "broken.wav (inspector, defaults, lanes)" in done.stdout
    result = json.loads(out.read_text(encoding="utf-8"))
    sides = ["inspector", "defaults", "lanes"]
    assert [(left["file"], [*left["why"]]) for left in result["left_out"]] == [("broken.wav", sides)]
    assert [row["file"] for row in result["files"]] == ["theft_report.wav"]
    figures = {name: ratio and ratio["value"] for name, ratio in result["groups"]["layout stereo"]["figures"].items()}
    assert all(0 < figures[f"cer {side}"] < 0.3 for side in sides)
    assert figures["der"] < 0.25
    assert figures["right_party"] > 0.95
    assert figures["unheard"] < 0.1
    assert figures["vanished"] < 0.1
    assert figures["playable"] > 0.5
    assert [*result["runs"]] == sides
    for (speed,) in result["runs"].values():
        assert speed["command_s"] > speed["hearing_s"] > 0
        assert speed["cpu_s"] > 0
        assert speed["peak_mb"] > 100
    assert "stereo: faster-whisper lanes" in out.with_suffix(".md").read_text(encoding="utf-8")
    assert (tmp_path / "plots" / "reliability.svg").is_file()


def test_hours_of_silence_are_heard_without_hours_of_memory(installed: Path, tmp_path: Path) -> None:
    # 4 h of stereo mu-law silence: 230 MB on disk
    seconds, rate = 4 * 3600, 8000
    from tests.wavs import chunk, fmt

    path = tmp_path / "silence.wav"
    size = seconds * rate * 2
    header = fmt(7, 2, rate, 8)
    with path.open("wb") as stream:
        stream.write(b"RIFF" + (4 + len(header) + 8 + size).to_bytes(4, "little") + b"WAVE" + header)
        stream.write(chunk(b"data", b"", size)[:8])
        for _ in range(seconds // 60):
            stream.write(b"\xff" * (60 * rate * 2))
    script = (
        "import pathlib, re, runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_module('inspector', run_name='__main__')\n"
        # ru_maxrss would be the largest of the command and of the test run it was started from
        "finally: print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1],"
        " file=sys.stderr)"
    )
    env = {**os.environ, "INSPECTOR_HOME": str(installed)}
    command = [sys.executable, "-c", script, "inspector", "inspect", str(path), "--json", "-", "--no-store"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=ROOT, timeout=300, check=False)
    (row,) = rows_of(done)
    assert done.returncode == 0, done.stderr
    assert row["recording"]["duration_s"] == seconds
    assert row["turns"] == []
    assert row["judged"]["fires"] == 0
    assert int(done.stderr.split()[-1]) < 1_000_000  # kB
