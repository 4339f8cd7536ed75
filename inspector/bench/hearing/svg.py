"""One chart as SVG, without a library: points with intervals, lines, a legend. Pure.

::

      y label
      │ ●  name of a series
    8 ┤      ●                 a vertical bar through a point: its interval
      │  ●   ┃   ●
    0 ┼──┴───┴───┴── x label
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

__all__ = ["Chart", "Point", "Series", "draw", "ticks_of"]

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 560, 40, 360
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")  # Okabe and Ito
_MOST_STEPS = 6
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_STYLE = "text{font:13px sans-serif;fill:#222}.t{font-size:15px;font-weight:bold}.g{stroke:#ddd}.a{stroke:#444}"


@dataclass(frozen=True, slots=True)
class Point:
    """``low``, ``high``: its interval."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one colour. ``joined``: by a line and without dots."""

    name: str
    points: tuple[Point, ...]
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Both axes begin at 0, except that of categories: ``categories`` stand at x = 0, 1, 2 …"""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels."""

    least: float
    most: float
    first_px: float
    last_px: float

    def __call__(self, value: float) -> float:
        share = (value - self.least) / (self.most - self.least)
        return round(self.first_px + share * (self.last_px - self.first_px), 1)


def draw(chart: Chart) -> str:
    """A whole SVG file."""
    points = [point for series in chart.series for point in series.points]
    y_ticks = ticks_of(max((point.high or point.y for point in points), default=0.0))
    x_ticks = ticks_of(max((point.x for point in points), default=0.0))
    x = _Scale(0.0, x_ticks[-1], _LEFT, _RIGHT)
    if chart.categories:
        x_ticks = [float(place) for place in range(len(chart.categories))]
        x = _Scale(-0.5, len(chart.categories) - 0.5, _LEFT, _RIGHT)
    y = _Scale(0.0, y_ticks[-1], _BOTTOM, _TOP)
    body = [*_axes(chart, (x_ticks, y_ticks), x, y)]
    for place, series in enumerate(chart.series):
        colour = _COLOURS[place % len(_COLOURS)]
        body += [*_legend(series.name, place, colour), *_drawn(series, colour, x, y)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}">'
    background = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", background, *body, "</svg>", ""])


def ticks_of(most: float) -> list[float]:
    """Round numbers from 0 to the first that is not below ``most``, at most seven."""
    if most <= 0:
        return [0.0, 1.0]
    power = 10.0 ** floor(log10(most / _MOST_STEPS))
    step = next(step * power for step in _STEPS if step * power * _MOST_STEPS >= most * (1 - 1e-9))
    return [round(step * place, 12) for place in range(ceil(most / step * (1 - 1e-9)) + 1)]


def _axes(chart: Chart, ticks: tuple[list[float], list[float]], x: _Scale, y: _Scale) -> Iterator[str]:
    x_ticks, y_ticks = ticks
    yield f'<text class="t" x="{_LEFT}" y="20">{escape(chart.title)}</text>'
    for value in y_ticks:
        yield f'<line class="g" x1="{_LEFT}" x2="{_RIGHT}" y1="{y(value)}" y2="{y(value)}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y(value) + 4}" text-anchor="end">{value:g}</text>'
    for place, value in enumerate(x_ticks):
        name = chart.categories[place] if chart.categories else f"{value:g}"
        yield f'<text x="{x(value)}" y="{_BOTTOM + 18}" text-anchor="middle">{escape(name)}</text>'
    yield f'<path class="a" fill="none" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}"/>'
    middle_x, middle_y = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2
    yield f'<text x="{middle_x}" y="{_HEIGHT - 16}" text-anchor="middle">{escape(chart.x_label)}</text>'
    turned = f'transform="rotate(-90 18 {middle_y})"'
    yield f'<text x="18" y="{middle_y}" text-anchor="middle" {turned}>{escape(chart.y_label)}</text>'


def _legend(name: str, place: int, colour: str) -> Iterator[str]:
    at = _TOP + 10 + 22 * place
    yield f'<circle cx="{_RIGHT + 20}" cy="{at}" r="5" fill="{colour}"/>'
    yield f'<text x="{_RIGHT + 32}" y="{at + 4}">{escape(name)}</text>'


def _drawn(series: Series, colour: str, x: _Scale, y: _Scale) -> Iterator[str]:
    if series.joined:
        path = "L".join(f"{x(point.x)} {y(point.y)}" for point in series.points)
        yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        return
    for point in series.points:
        at_x, at_y = x(point.x), y(point.y)
        if point.low is not None and point.high is not None:
            bar = f'x1="{at_x}" x2="{at_x}" y1="{y(max(0.0, point.low))}" y2="{y(point.high)}"'
            yield f'<line {bar} stroke="{colour}" stroke-width="2" opacity="0.5"/>'
        yield f'<circle cx="{at_x}" cy="{at_y}" r="5" fill="{colour}"/>'
