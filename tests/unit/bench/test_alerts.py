"""What ``inspector bench alerts`` makes of its figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bench.alerts import AlertsMeasured, run_bench_alerts
from inspector.errors import UsageError

MEASURED = AlertsMeasured(
    alerts=100,
    per_s=50.0,
    commit_ms=[5.0] * 100,
    delivered_ms=[float(ms) for ms in range(1, 101)],
    twice=1,
    unsigned=0,
    fsync_ms=[0.5],
)


def test_percentiles_are_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "alerts.json"
    assert run_bench_alerts(50, 2, out, lambda _rate, _seconds: MEASURED) == 0
    written = json.loads(out.read_text("utf-8"))
    assert written["delivered_p50_ms"] == pytest.approx(50.5)
    assert written["delivered_p95_ms"] == pytest.approx(95.05)
    assert written["delivered_max_ms"] == 100.0
    assert "1 came twice, 0 did not verify" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        replace(MEASURED, delivered_ms=[*range(1, 90), *[1001.0] * 11]),
        replace(MEASURED, unsigned=1),
        replace(MEASURED, alerts=101),
    ],
)
def test_what_was_promised_and_is_not_kept_is_a_failure(wrong: AlertsMeasured) -> None:
    assert run_bench_alerts(50, 2, None, lambda _rate, _seconds: wrong) == 1


def test_nothing_is_measured_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        run_bench_alerts(50, 2, tmp_path / "no" / "alerts.json", lambda _rate, _seconds: pytest.fail("measured"))
