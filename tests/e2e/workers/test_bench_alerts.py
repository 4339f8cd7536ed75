"""``inspector bench alerts`` with the real courier. How long it takes is not asked here."""

from __future__ import annotations

import pytest

from workers.bench_alerts import measure_alerts


@pytest.mark.usefixtures("home")
def test_every_alert_arrives_once_and_signed() -> None:
    measured = measure_alerts(20, 1)
    assert (measured.alerts, len(measured.delivered_ms)) == (20, 20)
    assert (measured.twice, measured.unsigned) == (0, 0)
    assert min(measured.delivered_ms) > 0
