"""The pictures of the public page, made of the JSON of a bench of hearing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspector.bench.hearing.peers import OURS, Peer
from inspector.bench.hearing.svg import Chart, Point, Series, draw
from inspector.errors import UsageError

__all__ = ["charts_of", "make_directory", "write_plots"]

_NOISE = {"tag clean": "clean", "tag snr_20": "20 dB", "tag snr_10": "10 dB", "tag snr_5": "5 dB"}
_PERCENT = 100
_SPREAD = 0.12  # between the points of one category


def make_directory(directory: Path) -> None:
    """Where plots go, before anything is measured. Raises UsageError when it cannot be made."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{directory} cannot be made: {error.strerror}", "name another one for --plots") from error


def write_plots(result: dict[str, Any], directory: Path) -> None:
    """One SVG a chart, by its name."""
    for name, chart in charts_of(result).items():
        (directory / f"{name}.svg").write_text(draw(chart), encoding="utf-8")


def charts_of(result: dict[str, Any]) -> dict[str, Chart]:
    """By the name of the file; none of what was not measured."""
    groups = {_NOISE[name]: group["figures"] for name, group in result["groups"].items() if name in _NOISE}
    levels = {level: groups[level] for level in _NOISE.values() if level in groups}
    charts = {}
    if levels:
        sides = {side: f"cer {side}" for side in result["runs"] if side != Peer.LANES}  # asked about stereo only
        charts["cer-by-noise"] = _by_noise("Character error rate", levels, sides)
        cover = {"vanished": "vanished", "marked unheard": "marked", "wrongly marked": "wrongly_marked"}
        charts["unheard-by-noise"] = _by_noise("Spoken seconds without text", levels, cover)
    if "all" in result["groups"]:
        charts["speed-and-accuracy"] = _speed(result)
    if result["reliability"]["characters"]:
        charts["reliability"] = _reliability(result["reliability"])
    return charts


def _by_noise(title: str, levels: dict[str, dict[str, Any]], measures: dict[str, str]) -> Chart:
    """Per cent with intervals, one series a measure."""
    middle = (len(measures) - 1) / 2
    series = [
        Series(
            name,
            tuple(
                _point(x + (place - middle) * _SPREAD, figures[measure])
                for x, figures in enumerate(levels.values())
                if figures.get(measure)
            ),
        )
        for place, (name, measure) in enumerate(measures.items())
    ]
    return Chart(title, "signal to noise", "%, 95 % interval", tuple(filter(_has_points, series)), tuple(levels))


def _has_points(series: Series) -> bool:
    return bool(series.points)


def _point(x: float, figure: dict[str, Any]) -> Point:
    low, high = (None if figure[end] is None else figure[end] * _PERCENT for end in ("low", "high"))
    return Point(x, figure["value"] * _PERCENT, low, high)


def _speed(result: dict[str, Any]) -> Chart:
    """Where each side was asked about all layouts, of all recordings; lane by lane of the stereo ones, and so are ours
    once more."""
    series = [
        Series(name, (_point(1 / figures[rtf]["value"], figures[f"cer {side}"]),))
        for name, figures, side, rtf in _sides(result)
        if figures.get(rtf) and figures[rtf]["value"]
    ]
    return Chart("Speed and accuracy", "times as fast as the recording lasts", "CER, %, 95 % interval", tuple(series))


def _sides(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Name, figures of its group, side and its real-time factor."""
    overall = result["groups"]["all"]["figures"]
    stereo = result["groups"].get("layout stereo", {}).get("figures", {})
    yield "inspector, all it does", overall, OURS, f"whole_rtf {OURS}"
    yield "inspector, recognition", overall, OURS, f"recognition_rtf {OURS}"
    for side in result["runs"]:
        if side not in (OURS, Peer.LANES):
            yield side, overall, side, f"whole_rtf {side}"
    if "cer lanes" in stereo:
        yield "lanes (stereo only)", stereo, "lanes", "whole_rtf lanes"
        yield "inspector (stereo only)", stereo, OURS, f"whole_rtf {OURS}"


def _reliability(found: dict[str, Any]) -> Chart:
    """Share of right characters by mean confidence of the bin."""
    bins = zip(found["counts"], found["confidence"], found["right"], strict=True)
    points = tuple(Point(sure / count, right / count) for count, sure, right in bins if count)
    diagonal = Series("as it should be", (Point(0.0, 0.0), Point(1.0, 1.0)), joined=True)
    title = f"Reliability of {sum(found['counts'])} characters, error {found['calibration_error']:.3f}"
    return Chart(title, "confidence", "share that is right", (Series("characters", points), diagonal))
