"""Charts: ticks, places, names; and that each file is XML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.hearing.svg import Chart, Point, Series, draw, ticks_of


@pytest.mark.parametrize(
    ("most", "expected"),
    [(0, [0, 1]), (1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (23, [0, 5, 10, 15, 20, 25]), (0.07, [0, 0.02, 0.04, 0.06, 0.08])],
)
def test_ticks_are_round(most: float, expected: list[float]) -> None:
    assert ticks_of(most) == pytest.approx(expected)


@given(st.floats(1e-6, 1e6))
def test_ticks_reach_the_most_and_are_few(most: float) -> None:
    ticks = ticks_of(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most * (1 - 1e-6)
    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(set(ticks))


def test_points_stand_where_their_values_say() -> None:
    # axis from 0 to 20 over 320 pixels upwards; the two categories share 490 pixels
    series = Series("a & b", (Point(0, 10, 5, 20), Point(1, 20)))
    svg = draw(Chart("CER <by noise>", "noise", "%", (series,), ("clean", "5 dB")))
    ElementTree.fromstring(svg)  # noqa: S314 - our own file
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="5" fill="#0072B2"/>', svg)
    assert dots[1:] == [("192.5", "200.0"), ("437.5", "40.0")]  # the first is the legend's
    assert 'y1="280.0" y2="40.0"' in svg
    assert "a &amp; b" in svg
    assert "CER &lt;by noise&gt;" in svg
    assert ">5 dB</text>" in svg


def test_a_joined_series_is_a_line_and_an_empty_chart_is_one_too() -> None:
    svg = draw(Chart("t", "x", "y", (Series("d", (Point(0, 0), Point(1, 1)), joined=True),)))
    assert 'd="M70.0 360.0L560.0 40.0"' in svg
    ElementTree.fromstring(draw(Chart("t", "x", "y", ())))  # noqa: S314 - our own file
