"""The commands that hand calls in and look after them: exit codes, what is told, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.cli import app as cli
from inspector.cli import submit as submit_command
from inspector.cli import watch as watch_command
from inspector.cli.intake_messages import INTAKE_MESSAGES
from inspector.errors import ErrorKind, IntakeFault
from tests.unit.intake.conftest import Record

HANDED_IN = (
    ErrorKind.NOT_FOUND,
    ErrorKind.NOT_READABLE,
    ErrorKind.EMPTY_FILE,
    ErrorKind.CHANGED_WHILE_READ,
    ErrorKind.BAD_MANIFEST_ROW,
    *IntakeFault,
)


def run(*arguments: str | Path) -> int:
    return cli._run([str(argument) for argument in arguments])


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run("jobs", "list", "--json", *options) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("kind", HANDED_IN)
def test_every_fault_is_told_with_a_remedy_in_both_languages(kind: ErrorKind | IntakeFault) -> None:
    for key in (f"intake_{kind}", f"intake_{kind}_remedy"):
        chinese, english = INTAKE_MESSAGES[key]
        assert chinese
        assert english


def test_submit_tells_every_input_and_what_is_wrong(
    home: Path, record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = record("a.wav").parent
    record("extra.wav", seed=1)
    sheet = folder / "calls.csv"
    sheet.write_text("call_id,path,csat\n1,a.wav,\n2,gone.wav,\n3,a.wav,good\n", encoding="utf-8")
    assert run("submit", folder, "--manifest", sheet, "--json", "-") == 1
    captured = capsys.readouterr()
    objects = [json.loads(line) for line in captured.out.splitlines()]
    assert [(one["line"], one["answer"], [fault["kind"] for fault in one["faults"]]) for one in objects] == [
        (2, "new", []),
        (3, "new", ["not_found"]),
        (4, "refused", ["bad_manifest_row"]),
        (None, "refused", ["no_row"]),
    ]
    assert all(one.keys() == objects[0].keys() for one in objects)
    assert objects[0]["call"]["source_call_id"] == "1"
    assert "新接收 2 通" in captured.err
    assert "gone.wav:3：没有这个文件" in captured.err
    assert "csat: needs a number" in captured.err
    assert run("submit", folder, "--manifest", sheet, "--lang", "en") == 1
    told = capsys.readouterr().err
    assert "0 calls accepted, 0 updated, 2 known already; 2 not accepted; 3 with faults" in told
    assert "no usable row of the manifest names this file" in told


def test_submit_by_names(home: Path, record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    folder = record("7_20250301093000.wav").parent
    record("odd.wav", seed=1)
    pattern = "{source_call_id}_{start:%Y%m%d%H%M%S}.wav"
    assert run("submit", folder, "--name-pattern", pattern, "--urgent") == 1
    (job,) = listed(capsys, "--queue", "urgent")
    assert (job["source_call_id"], job["state"]) == ("7", "waiting")


def test_submit_without_a_fault(home: Path, record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    path = record("a.wav")
    (path.parent / "notes.txt").touch()
    assert run("submit", path.parent) == run("submit", path) == 0
    assert "1 个非录音文件" in capsys.readouterr().err


def test_long_lists_of_faults_are_cut_on_the_screen_only(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "calls.csv"
    sheet.write_text("call_id,path\n" + "".join(f"{number},gone.wav\n" for number in range(30)), encoding="utf-8")
    assert run("submit", "--manifest", sheet, "--json", tmp_path / "out.jsonl") == 1
    told = capsys.readouterr().err
    assert told.count("gone.wav:") == submit_command.SHOWN_FAULTS
    assert f"另有 {30 - submit_command.SHOWN_FAULTS} 项" in told
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 30


def test_control_characters_of_a_name_do_not_reach_the_terminal(
    home: Path, record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    record("a\x1b[2J\n.wav").write_bytes(b"")
    assert run("submit", record("b.wav", seed=1).parent) == 1
    told = capsys.readouterr().err
    assert "\x1b[2J" not in told
    assert r"\x1b[2J\n.wav" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "没有找到录音文件"),
        (["--manifest", "gone.csv"], "cannot be read"),
        (["x.wav", "--name-pattern", "{agent}.wav"], "source_call_id"),
        (["--manifest", "calls.csv", "--name-pattern", "{source_call_id}"], "不能与 --manifest 同用"),
    ],
)
def test_what_cannot_work_is_a_usage_error(
    home: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("submit", *arguments) == 2
    assert told in capsys.readouterr().err


def test_a_database_that_fails_ends_it_with_what_is_safe(
    home: Path, record: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "inspector.db").mkdir()
    assert run("submit", record("a.wav")) == 3
    (home / "inspector.db").rmdir()
    folder = record("b.wav", seed=1).parent
    assert run("submit", folder) == 0
    monkeypatch.setattr("inspector.intake.submit.BATCH", 1)
    fail_at(monkeypatch, 2)
    assert run("submit", folder) == 3
    assert "此前的 1 项已有答复" in capsys.readouterr().err


def fail_at(monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Lets the database fail when calls are accepted for the nth time."""
    from inspector.errors import StorageError
    from inspector.storage.ledger import Acceptance, Intake, Ledger

    accept, asked = Ledger.accept, []

    def failing(self: Ledger, intakes: list[Intake]) -> list[Acceptance]:
        asked.append(intakes)
        if len(asked) == nth:
            raise StorageError("the disk is full", "make room")
        return accept(self, intakes)

    monkeypatch.setattr(Ledger, "accept", failing)


def test_watch_accepts_until_it_is_ended(
    home: Path, record: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The database fails at the first look that finds something due; the next ones go on."""
    folder = record("138001380001.wav").parent
    (folder / "empty.wav").touch()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 4:
            raise KeyboardInterrupt

    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(watch_command, "sleep", sleep)
    monkeypatch.setattr(watch_command, "monotonic", lambda: float(next(clock)))
    fail_at(monkeypatch, 1)
    assert run("watch", folder, "--settle", "5") == 130
    told = capsys.readouterr().err
    assert "正在监视" in told
    assert "the disk is full" in told
    assert "2 秒后再试" in told
    assert "138001380001" not in told
    assert "empty.wav：文件是空的" in told
    assert "共接收 1 通" in told
    assert {job["state"] for job in listed(capsys)} == {"waiting"}


def test_jobs_are_put_aside_and_let_in_again(home: Path, record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("submit", record("a.wav", 90.0)) == 0
    (job,) = listed(capsys)
    call_id = str(job["call_id"])
    assert run("jobs", "requeue", call_id) == 1
    assert run("jobs", "quarantine", call_id, "nobody", "--reason", "录音损坏") == 1
    told = capsys.readouterr().err
    assert f"{call_id}：没有这通通话，或还没有结束" in told
    assert "nobody：没有这通通话，或已经结束" in told
    (job,) = listed(capsys, "--state", "quarantined")
    assert [fault["message"] for fault in job["faults"]] == ["录音损坏"]  # type: ignore[attr-defined]
    assert run("jobs", "list") == 0
    shown = capsys.readouterr().out
    assert f"隔离  批量  {call_id}" in shown
    assert "约 1.5 分钟" in shown
    assert "录音损坏" in shown
    assert run("jobs", "requeue", call_id) == 0
    assert [job["state"] for job in listed(capsys)] == ["waiting"]
    assert listed(capsys, "--state", "done") == []


def test_the_bench_accepts_all_its_files_in_a_database_of_its_own(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "intake.json"
    assert run("bench", "intake", "--files", "3", "--bytes", "9", "--runs", "2", "--dir", tmp_path, "--out", out) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert (result["database"], len(result["runs"])) == ("sqlite", 2)
    assert "files/s" in capsys.readouterr().out
    assert not home.exists()
