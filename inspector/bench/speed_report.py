"""Speeds of matching as tables to read."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.shown import percent, spread
from inspector.bench.speed import BARE, BARE_PASSAGES, BRUTE, OURS, RE, Exact, Sound

__all__ = ["show_speeds"]

_WIDTH = 120


def show_speeds(exact: Sequence[Exact], sound: Sound) -> None:
    """Speeds and how they compare."""
    table = Table(title="characters a second, in thousands: median (min–max)", box=SIMPLE_HEAD)
    columns: list[Exact | Sound] = [*exact, sound]
    for column in (
        "",
        *(f"{one.phrases:,} phrases, {one.places:.0f} ‰" for one in exact),
        f"{sound.phrases:,} phrases, by sound",
    ):
        table.add_column(column)
    for side in (OURS, BARE, BARE_PASSAGES, RE, BRUTE):
        table.add_row(side, *(_speed(one.chars_per_s.get(side)) for one in columns))
    for side in (BARE, BARE_PASSAGES, RE, BRUTE):
        table.add_row(f"times {side}", *(_times(one.chars_per_s, side) for one in columns))
    console = Console(width=_WIDTH)
    console.print(table)
    for one in exact:
        console.print(
            f"{one.phrases:,} phrases in {one.rules:,} rules: {one.present:.1%} of the phrases stand in a call, at "
            f"{one.places:.0f} places in 1,000 characters; {one.holding:.1%} of the rules hold; {one.alike:.2%} of our "
            "answers are those of the bare automaton's hits"
        )
    console.print(
        f"by sound from {sound.least} on: {percent(sound.found)} % of {sound.hits} hits of brute force are ours; "
        f"{percent(sound.in_place)} % of those with every syllable in its place"
    )


def _speed(values: Sequence[float] | None) -> str:
    return spread([value / 1000 for value in values], ",.1f") if values else "–"


def _times(speeds: dict[str, list[float]], side: str) -> str:
    return f"{median(speeds[OURS]) / median(speeds[side]):,.3g}" if side in speeds else "–"
