"""``inspect --manifest`` with calls of several recordings, without models: rows, JSON, exit code, database."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from inspector.cli import inspect as command
from inspector.cli.inspect import InspectJob, run_inspect
from inspector.cli.targets import from_manifest
from inspector.config import load_settings
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Hearing, Party, Speaker
from inspector.pipeline import Heard
from inspector.storage import Store, sqlite_url
from tests.builders import hearing_of, turn

Inspect = Callable[..., tuple[int, list[dict[str, Any]]]]


def heard_as(path: Path) -> Hearing:
    """Every recording, 10 s:  agent |1 您好…|   customer |5 我的卡被盗刷了|"""
    said = turn("A", 1.0, "您好云川银行为您服务"), turn("C", 5.0, "我的卡被盗刷了")
    hearing = hearing_of(*said, duration_s=10.0)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    voices = (("S1", Party.AGENT), ("S2", Party.CUSTOMER))
    return replace(
        hearing,
        recording=replace(hearing.recording, id=digest, path=str(path)),
        speakers=tuple(Speaker(name, party, 0.9, "built") for name, party in voices),
        turns=tuple(replace(one, speaker=name) for one, (name, _) in zip(hearing.turns, voices, strict=True)),
    )


def scripted_hear(paths: Iterable[Path], *_: object) -> Iterator[Heard]:
    for path in paths:
        missing = RecordingError(ErrorKind.NOT_FOUND, f"{path.name} does not exist", "correct the path")
        yield Heard(heard_as(path) if path.exists() else missing, {"asr": 0.5})


@pytest.fixture
def inspect(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inspect:
    monkeypatch.setattr(command, "load_ears", lambda settings: SimpleNamespace(reader=nullcontext()))
    monkeypatch.setattr(command, "hearing_digest", lambda settings, ears: "d")
    monkeypatch.setattr(command, "hear", scripted_hear)
    for name in "abc":
        (tmp_path / f"{name}.wav").write_text(name)

    def inspect(rows: str) -> tuple[int, list[dict[str, Any]]]:
        sheet, out = tmp_path / "calls.csv", tmp_path / "out.jsonl"
        sheet.write_text(f"call_id,path,segment_no,segment_count,agent,hold_spans\n{rows}", encoding="utf-8")
        code = run_inspect(InspectJob(from_manifest(sheet, b"k" * 32), str(out), True, False), load_settings())
        contracts = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        schema = json.loads(files("inspector.reports").joinpath("inspection-1.schema.json").read_text("utf-8"))
        for contract in contracts:
            Draft202012Validator(schema).validate(contract)
        return code, contracts

    return inspect


def rows_of(home: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(home / "inspector.db")) as database:
        return database.execute(sql).fetchall()


def test_two_recordings_are_one_call(inspect: Inspect, home: Path) -> None:
    code, (row, other) = inspect("1,a.wav,1,2,3062,2-3\n2,c.wav,,,3064,\n1,b.wav,2,2,3063,4-5\n")
    assert code == 0
    recording = row["recording"]
    assert (recording["duration_s"], Path(recording["path"]).name) == (20.0, "a.wav")
    segments = [(s["segment_no"], Path(s["path"]).name, s["start_s"], s["agent"]) for s in recording["segments"]]
    assert segments == [(1, "a.wav", 0.0, "3062"), (2, "b.wav", 10.0, "3063")]
    assert row["call"]["facts"] == {"agent": "3062", "hold_spans": [[2.0, 3.0], [14.0, 15.0]]}
    assert [(turn["speaker"], turn["start_s"]) for turn in row["turns"]] == [
        ("S1", 1.0),
        ("S2", 5.0),
        ("L2S1", 11.0),
        ("L2S2", 15.0),
    ]
    (theft,) = [finding for finding in row["findings"] if finding["rule_id"] == "urgent.account_theft"]
    assert [place["start_s"] for place in theft["evidence"]] == [5.75, 15.75]
    (alone,) = other["recording"]["segments"]
    assert (alone["segment_no"], alone["start_s"], alone["agent"]) == (1, 0.0, "3064")
    assert alone["id"] == other["recording"]["id"]
    assert row["timing"]["stages_s"] == {"asr": 1.0}
    assert rows_of(home, "SELECT count(*) FROM call") == [(2,)]
    assert rows_of(home, "SELECT segment_no FROM recording ORDER BY segment_no") == [(1,), (1,), (2,)]


def test_a_leg_that_cannot_be_read_is_told_and_the_others_are_judged(inspect: Inspect, home: Path) -> None:
    code, (error, row) = inspect("1,gone.wav,1,2,,\n1,b.wav,2,2,,\n")
    assert code == 1
    assert (error["error"]["kind"], Path(error["recording"]["path"]).name) == ("not_found", "gone.wav")
    assert error["call"]["id"] == row["call"]["id"]
    hole, heard = row["recording"]["segments"]
    assert (hole["id"], Path(hole["path"]).name, hole["start_s"], hole["duration_s"]) == (None, "gone.wav", 0.0, None)
    assert heard["id"] == row["recording"]["id"]
    assert row["judged"]["by_rule"]["urgent.account_theft"] == "fires"
    assert all(finding["outcome"] == "undetermined" for finding in row["findings"] if finding["kind"] == "required")
    assert rows_of(home, "SELECT segment_no FROM recording") == [(2,)]


def test_a_segment_that_is_not_listed_is_told(inspect: Inspect) -> None:
    code, (row, fault) = inspect("1,a.wav,1,2,,\n")
    assert code == 1
    assert "no row for segment 2" in fault["error"]["message"]
    assert [(segment["path"] is None, segment["duration_s"]) for segment in row["recording"]["segments"]] == [
        (False, 10.0),
        (True, None),
    ]


def test_a_call_without_any_recording_that_can_be_read_is_only_errors(inspect: Inspect, home: Path) -> None:
    code, contracts = inspect("1,gone.wav,1,2,,\n1,lost.wav,2,2,,\n2,c.wav,,,,\n")
    assert code == 1
    assert ["error" in contract for contract in contracts] == [True, True, False]
    assert rows_of(home, "SELECT count(*) FROM inspection") == [(1,)]


def test_what_was_stored_is_joined_again(inspect: Inspect, home: Path) -> None:
    _, (row,) = inspect("1,a.wav,1,2,3062,\n1,b.wav,2,2,3063,\n")
    with closing(Store.open(sqlite_url(home / "inspector.db"))) as store:
        (kept,) = store.inspections(5)
    assert [turn.start_s for turn in kept.hearing.turns] == pytest.approx([turn["start_s"] for turn in row["turns"]])
    assert [segment.agent for segment in kept.hearing.recording.segments] == ["3062", "3063"]


def test_other_bytes_for_a_segment_are_told_and_the_first_ones_kept(
    inspect: Inspect, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inspect("1,a.wav,1,2,,\n1,b.wav,2,2,,\n")
    kept = rows_of(home, "SELECT segment_no, id FROM recording")
    code, (row,) = inspect("1,a.wav,1,2,,\n1,c.wav,2,2,,\n")
    assert code == 0
    assert len(row["recording"]["segments"]) == 2
    assert "保留先登记的一份" in capsys.readouterr().err
    assert rows_of(home, "SELECT segment_no, id FROM recording") == kept
