"""What ``inspector bench queue`` prints and writes of its figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.bench.queue import Measured, Took, run_bench_queue
from inspector.errors import UsageError

MEASURED = Measured(
    calls=32,
    rq=[Took(40.0, 20.0), Took(60.0, 20.0), Took(50.0, 20.0)],
    ledger=[Took(5.0, 1.0)],
    results=[Took(9.0, 3.0)],
    accept=[Took(0.5, 0.2)],
    fsync_ms=[0.1, 0.3],
)


def test_medians_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "queue.json"
    assert run_bench_queue(32, 3, out, lambda _calls, _runs: MEASURED) == 0
    assert "cost 0.10 of RQ alone, 0.05 in processor time" in capsys.readouterr().out
    assert json.loads(out.read_text("utf-8"))["rq"][1] == {"wall_ms": 60.0, "cpu_ms": 20.0}


def test_nothing_is_measured_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run_bench_queue(32, 3, tmp_path / "no" / "queue.json", lambda _calls, _runs: pytest.fail("measured"))
