"""Recall and precision under noise as tables to read."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.interval import Ratio
from inspector.bench.shown import bare, percent
from inspector.bench.thresholds import Noise, Point

__all__ = ["show_noise"]

_WIDTH = 120
_SUBSTITUTIONS = 40


def show_noise(noise: Noise) -> None:
    """Both halves at the chosen threshold, the way there, and what was misheard in the half to tune on."""
    points = noise.halves
    least = points["tune"].least
    title = f"{noise.name}: from {least} on (chosen on tune), in %, 95 % interval over phrases"
    table = Table("", title=title, box=SIMPLE_HEAD)
    for half in points:
        table.add_column(f"{half}: {noise.phrases[half]} phrases, {noise.sentences[half]} sentences")
    rows = {
        "recall": [percent(point.recall) for point in points.values()],
        "precision": [percent(point.precision) for point in points.values()],
        "recall of exact search": [percent(point.exact_recall) for point in points.values()],
        "precision of exact search": [percent(point.exact_precision) for point in points.values()],
        "misses by those of exact search": [percent(point.misses_by_exact) for point in points.values()],
    }
    for snr_db in points["tune"].by_snr:
        rows[f"recall at {snr_db} dB / exact"] = [_beside(point.by_snr[snr_db]) for point in points.values()]
    for name, cells in rows.items():
        table.add_row(name, *cells)
    console = Console(width=_WIDTH)
    console.print(table)
    console.print("tune, recall/precision from each threshold on:  " + "  ".join(map(_told, noise.curve[::2])))
    told = "  ".join(f"{wanted}→{heard} {count}" for wanted, heard, count in noise.substitutions[:_SUBSTITUTIONS])
    console.print(f"tune, commonest substitutions:  {told or 'none'}")


def _beside(pair: tuple[Ratio | None, Ratio | None]) -> str:
    return f"{percent(pair[0])} / {bare(pair[1])}"


def _told(point: Point) -> str:
    return f"{point.least:.2f} {bare(point.recall)}/{bare(point.precision)}"
