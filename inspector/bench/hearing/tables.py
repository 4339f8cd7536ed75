"""The figures of a bench of hearing as tables, made of its JSON: for the screen, and as Markdown for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable

from inspector.bench.hearing.peers import OURS
from inspector.bench.interval import Ratio
from inspector.bench.shown import bare, percent, spread

__all__ = ["Table", "as_markdown", "show", "tables_of"]

_WIDTH = 150
_NONE = "–"
_OURS_ALONE = {
    "vanished": "spoken, neither heard nor marked, %",
    "vanished_short": "– in turns of one or two characters, %",
    "marked": "spoken, marked unheard, %",
    "wrongly_marked": "wrongly marked unheard, %",
    "der": "DER, %",
    "missed": "– missed, %",
    "false_alarm": "– false alarm, %",
    "confusion": "– confusion, %",
    "right_party": "speech on the right party, %",
    "wrong_party": "– on a wrong party, %",
    "unknown_party": "– on an unknown party, %",
    "no_party": "– not found, %",
    "playable": "first and last characters within 0.3 s, %",
}
_LAYOUTS = ("all", "layout mono", "layout stereo")


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: one text a column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_of(result: dict[str, Any]) -> list[Table]:
    """In the order of a page; those without a row are left out."""
    made = (_sides(result), _runs(result), _ours(result), _groups(result), _phantoms(result), _negation(result))
    return [table for table in (*made, _rest(result)) if table.rows]


def show(tables: Sequence[Table]) -> None:
    """On stdout."""
    console = Console(width=_WIDTH)
    for table in tables:
        shown = RichTable(*table.columns, title=table.title, box=SIMPLE_HEAD)
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown, markup=False)


def as_markdown(tables: Sequence[Table]) -> str:
    """Each with its title as a heading."""
    lines: list[str] = []
    for table in tables:
        rows = (table.columns, ["---"] * len(table.columns), *table.rows)
        lines += [f"### {table.title}", "", *map(_line, rows), ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sides(result: dict[str, Any]) -> Table:
    """Every side by layout; intervals are over recordings, those of differences and ratios paired."""
    columns = ("", "CER, %", "sub/del/ins, %", "RTF", "our CER less, points", "recognition ×", "whole hearing ×")
    rows = [
        (f"{layout.removeprefix('layout ')}: {_name(side)}", *_side_cells(group["figures"], side))
        for layout, group in result["groups"].items()
        if layout in _LAYOUTS
        for side in result["runs"]
        if f"cer {side}" in group["figures"]
    ]
    return Table("accuracy and speed beside plain faster-whisper; ×: how many times as fast we are", columns, (*rows,))


def _side_cells(figures: dict[str, Any], side: str) -> Iterator[str]:
    yield _percent(figures[f"cer {side}"])
    yield "/".join(bare(_ratio(figures[f"{kind} {side}"])) for kind in ("substitutions", "deletions", "insertions"))
    yield _number(figures[f"whole_rtf {side}"], ".4f")
    if side == OURS:
        yield from (_NONE, f"RTF {_number(figures[f'recognition_rtf {side}'], '.4f')}", _NONE)
    else:
        yield _percent(figures[f"cer_difference {side}"])
        yield _number(figures[f"recognition_speed {side}"], ".2f")
        yield _number(figures[f"whole_speed {side}"], ".2f")


def _runs(result: dict[str, Any]) -> Table:
    """Whole commands: median and range of the runs."""
    columns = ("", "runs", "RTF command", "processor s a second of audio", "peak MB", "machine: fixed work, s")
    rows = [
        (
            _name(side),
            str(len(runs)),
            spread([run["command_s"] / run["audio_s"] for run in runs], ".4f"),
            spread([run["cpu_s"] / run["audio_s"] for run in runs], ".4f"),
            spread([run["peak_mb"] for run in runs], ".0f"),
            spread([one for run in runs for one in run["calibration_s"]], ".2f"),
        )
        for side, runs in result["runs"].items()
        if runs
    ]
    return Table("whole commands with start and model load: median (least–most)", columns, (*rows,))


def _ours(result: dict[str, Any]) -> Table:
    groups = {name: group for name, group in result["groups"].items() if name in _LAYOUTS}
    rows = [
        (title, *(_percent(group["figures"][measure]) for group in groups.values()))
        for measure, title in _OURS_ALONE.items()
        if groups
    ]
    return Table("the inspector's hearing by the truth", ("", *(n.removeprefix("layout ") for n in groups)), (*rows,))


def _groups(result: dict[str, Any]) -> Table:
    columns = ("", "files", "min", "CER, %", "defaults' CER, %", "vanished, %", "marked, %", "DER, %", "right party, %")
    measures = (f"cer {OURS}", "cer defaults", "vanished", "marked", "der", "right_party")
    rows = [
        (
            name,
            str(group["files"]),
            f"{group['audio_s'] / 60:.1f}",
            *(_percent(group["figures"].get(measure)) for measure in measures),
        )
        for name, group in result["groups"].items()
    ]
    return Table("by codec, layout and tag", columns, (*rows,))


def _phantoms(result: dict[str, Any]) -> Table:
    groups = result["phantoms"]
    sides = [*groups["all"]["per_hour"]] if groups else []
    rows = [
        (
            name,
            str(group["files"]),
            f"{group['audio_s'] / 60:.1f}",
            *(_number(group["per_hour"].get(side), ".0f") for side in sides),
        )
        for name, group in groups.items()
    ]
    return Table("characters an hour where nobody speaks", ("", "files", "min", *map(_name, sides)), (*rows,))


def _negation(result: dict[str, Any]) -> Table:
    rows = [
        (
            "lawful, with the negation" if row["lawful"] else "unlawful, without it",
            f"{row['snr_db']:g}",
            str(row["recordings"]),
            _percent(row["fires"]),
            _percent(row["undetermined"]),
        )
        for row in result["negation"]
    ]
    return Table("negation pairs", ("", "SNR, dB", "recordings", "judged fires, %", "undetermined, %"), (*rows,))


def _rest(result: dict[str, Any]) -> Table:
    """Single figures."""
    rows: list[tuple[str, str]] = []
    overall = result["groups"].get("all")
    if overall:
        rows.append(("RTF diarisation, mono", _number(overall["figures"]["diarisation_rtf"], ".4f")))
    for end, found in result["times"].items():
        off_s = ", ".join(f"{p} %: {value:.2f}" for p, value in found["percentiles_s"].items())
        rows.append((f"time of a clause's {end}, s", f"median {found['median_error_s']:+.2f}; off by at most {off_s}"))
    if result["reliability"]["characters"]:
        rows.append(("expected calibration error of a character", f"{result['reliability']['calibration_error']:.3f}"))
        rows.append(("Brier score of a character", _number(overall["figures"]["brier"], ".3f")))
    if result["scaling"]:
        rows.append(("two single-threaded processes against one, ×", _median(result["scaling"], "speed_up", ".2f")))
        rows.append(("– peak MB of one single-threaded process", _median(result["scaling"], "one_peak_mb", ".0f")))
    rows += [("left out", f"{left['file']} ({', '.join(left['why'])})") for left in result["left_out"]]
    return Table("further", ("", ""), (*rows,))


def _median(rows: Sequence[dict[str, Any]], key: str, form: str) -> str:
    return f"{median(row[key] for row in rows):{form}} (median of {len(rows)})"


def _name(side: str) -> str:
    return side if side == OURS else f"faster-whisper {side}"


def _ratio(figure: dict[str, Any] | None) -> Ratio | None:
    return None if figure is None else Ratio(**figure)


def _percent(figure: dict[str, Any] | None) -> str:
    return percent(_ratio(figure))


def _number(figure: dict[str, Any] | None, form: str) -> str:
    """A ratio as it is, with its interval where it has one."""
    if figure is None:
        return _NONE
    alone = f"{figure['value']:{form}}"
    return alone if figure["low"] is None else f"{alone} ({figure['low']:{form}}–{figure['high']:{form}})"
