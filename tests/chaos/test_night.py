"""A small night with all that follows from it; the great one is made by ``scripts/chaos --profile night``."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.night import PLANTED, night


def test_a_night_begun_twice_its_sample_its_alerts_and_one_incident(tmp_path: Path) -> None:
    result = night(tmp_path / "home", 40)
    assert result.violations == []
    assert (result.calls, result.drawn, result.incidents) == (40 + PLANTED, 3, 1)
