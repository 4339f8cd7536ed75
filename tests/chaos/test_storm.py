"""A small storm over real processes and a real server; the great ones are made by ``scripts/chaos``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.nemeses import NEMESES
from tests.chaos.run import storm


@pytest.mark.slow
def test_nothing_is_lost_in_a_storm(tmp_path: Path) -> None:
    result = storm(1, "ci", tmp_path / "home", calls=60)
    assert result.violations == []
    assert result.nemeses.keys() == NEMESES.keys()
    assert result.events["work.stale"] > 0
