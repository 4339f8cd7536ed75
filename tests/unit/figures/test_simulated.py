"""The simulation finds intervals that hold, and those that do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inspector.bench.statistics import SETTINGS, drift_alarms, simulate
from inspector.review.statistics.proportion import Observer


def test_intervals_hold_their_level_and_errors_that_nobody_knows_break_them() -> None:
    # 300 runs: within three standard errors of 95 %, that is 0.95 -/+ 0.038.
    rng = np.random.default_rng(7)
    told = simulate(SETTINGS[0], 300, rng)
    for name in ("recall", "precision", "false_fires"):
        assert told[name]["told"] == 300
        assert told[name]["contained"] > 0.912
    erring = simulate(replace(SETTINGS[0], reviewer=Observer(0.9, 0.995)), 300, rng)
    assert erring["recall"]["contained"] > 0.912
    assert erring["recall_taken_as_right_marks_of_one"]["contained"] < 0.5
    assert erring["recall_taken_as_right_marks_of_two"]["contained"] > 0.912


def test_drift_keeps_quiet_where_weeks_swing_and_finds_what_doubles() -> None:
    found = drift_alarms(200, 0.05, np.random.default_rng(7))
    assert found["weeks_with_alarm"] < 0.1
    assert found["doubled_found"] > 0.8
