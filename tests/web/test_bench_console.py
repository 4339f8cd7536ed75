"""``inspector bench console`` in small: it fills, serves, asks over HTTP and in a browser, and misses nothing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bench.console import browser, questions
from inspector.bench.console.run import ConsoleBenchJob, run_bench_console
from inspector.errors import UsageError
from tests.builders import ROOT
from tests.databases import Database


def test_the_bench_asks_everything_and_nothing_fails(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_LISTENS_S", 2.0)
    monkeypatch.setattr(questions, "_PLAYED_EVERY_S", 0.2)
    monkeypatch.setattr(questions, "_ROUNDS", 2)
    monkeypatch.setattr(browser, "_ITEMS", 4)
    job = ConsoleBenchJob(200, 2, 10, database.url, tmp_path / "told.json")
    with ThreadPoolExecutor(1) as beside:  # a browser of the tests may run in this thread
        beside.submit(run_bench_console, job, ROOT / "rules").result()  # how long it took is nothing to test
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["failed"] == 0, told["failures"]
    assert told["lists"].keys() == questions.SEARCHES.keys()
    assert set(told["reviewers"]) >= {"review page with the next item", "seconds played", "draft kept", "submit"}
    assert questions.SOUND_READY in told["reviewers"]
    assert told["browser"]["next item"]["asked"] == 4
    assert told["browser"]["verdict by key"]["asked"] > 4
    with pytest.raises(UsageError, match="no database to measure on"):
        run_bench_console(replace(job, out=None), ROOT / "rules")
