"""The figures of a bench as tables to read and as JSON to keep. Neither holds a word of what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.hearing.figures import Scored, figures_of, groups_of
from inspector.bench.hearing.sides import OURS, PEER
from inspector.bench.result import made
from inspector.bench.shown import bare, percent, spread
from inspector.config import HearingSettings
from inspector.model import Layout

__all__ = ["LeftOut", "Outcome", "Run", "result_of", "show"]

_PACKAGES = ("ctranslate2", "faster-whisper", "numpy", "onnxruntime", "scipy")


@dataclass(frozen=True, slots=True)
class Run:
    """One process over all files. ``hearing_s``: without start and model load; ``diarisation_s``: of mono files;
    ``edits``: of its text to what was said."""

    command_s: float
    hearing_s: float
    diarisation_s: float
    peak_mb: float
    edits: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was not heard, so that neither side is judged by it. ``why``: by the side that could not."""

    file: str
    why: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``runs`` by side; ``rows``: accuracy in the first run, one a recording that both sides heard."""

    runs: dict[str, list[Run]]
    rows: list[Scored]
    left_out: list[LeftOut]

    def audio_s(self, layout: Layout | None = None) -> float:
        """Seconds of audio that both sides heard, of one layout or of all."""
        return sum(row.truth.duration_s for row in self.rows if layout in (None, row.truth.layout))


def show(outcome: Outcome) -> None:
    """Both tables and what was left out, on stdout."""
    console = Console(width=120)
    console.print(_sides_table(outcome))
    console.print(_groups_table(outcome.rows))
    for left in outcome.left_out:
        for side, why in left.why.items():
            console.print(f"left out: {left.file}: {side}: {why}", markup=False)


def _sides_table(outcome: Outcome) -> Table:
    """Accuracy with its interval, then speed and memory as median and range of the runs."""
    overall = figures_of(outcome.rows)
    audio_s, mono_s = outcome.audio_s(), outcome.audio_s(Layout.MONO)
    table = Table(title=f"{len(outcome.rows)} recordings, {audio_s:.0f} s of audio", box=SIMPLE_HEAD, caption=_CAPTION)
    for column in ("", OURS, PEER):
        table.add_column(column)
    table.add_row("CER", percent(overall["cer"]), percent(overall["peer_cer"]))
    table.add_row("CER less the peer's", percent(overall["cer_difference"]))
    for layout in (Layout.MONO, Layout.STEREO):
        of_layout = figures_of([row for row in outcome.rows if row.truth.layout is layout])
        table.add_row(f"DER, {layout}", percent(of_layout["der"]))
    for measure, title in _PARTIES.items():
        table.add_row(title, percent(overall[measure]))
    table.add_row("RTF hearing", *_spreads(outcome, lambda run: run.hearing_s / audio_s, ".3f"))
    table.add_row("RTF whole command", *_spreads(outcome, lambda run: run.command_s / audio_s, ".3f"))
    if mono_s:
        table.add_row("RTF diarisation, mono", _spreads(outcome, lambda run: run.diarisation_s / mono_s, ".3f")[0])
    table.add_row("peak MB", *_spreads(outcome, lambda run: run.peak_mb, ".0f"))
    return table


_CAPTION = "in %, 95 % interval over recordings; speed and memory: median (min–max)"
_PARTIES = {
    "right_party": "speech on the right party",
    "wrong_party": "on a wrong party",
    "unknown_party": "on an unknown party",
    "no_party": "not found",
    "unheard": "found speech without text",
}


def _groups_table(rows: list[Scored]) -> Table:
    table = Table(title="by codec, layout and tag, in %", box=SIMPLE_HEAD)
    for column in ("", "files", "min", "CER", "peer's CER", "DER", "miss/false/conf", "right party"):
        table.add_column(column)
    for name, group in groups_of(rows).items():
        found = figures_of(group)
        table.add_row(
            name,
            str(len(group)),
            f"{sum(row.truth.duration_s for row in group) / 60:.1f}",
            percent(found["cer"]),
            percent(found["peer_cer"]),
            percent(found["der"]),
            "/".join(bare(found[part]) for part in ("missed", "false_alarm", "confusion")),
            percent(found["right_party"]),
        )
    return table


def _spreads(outcome: Outcome, figure: Callable[[Run], float], form: str) -> list[str]:
    """One text a side."""
    by_side = [[figure(run) for run in runs] for runs in outcome.runs.values()]
    return [spread(values, form) for values in by_side]


def result_of(outcome: Outcome, settings: HearingSettings) -> dict[str, Any]:
    """All figures and what they were measured with, ready for JSON; ratios as shares, not per cent."""
    groups = groups_of(outcome.rows)
    return {
        **made(),
        "versions": {package: version(package) for package in _PACKAGES},
        "settings": settings.model_dump(),
        "audio_s": round(outcome.audio_s(), 1),
        "runs": {side: [asdict(run) for run in runs] for side, runs in outcome.runs.items()},
        "figures": {
            name: {measure: asdict(ratio) if ratio else None for measure, ratio in figures_of(rows).items()}
            for name, rows in groups.items()
        },
        "left_out": [asdict(left) for left in outcome.left_out],
        "files": [_file(row) for row in outcome.rows],
    }


def _file(row: Scored) -> dict[str, Any]:
    counts = asdict(row)
    truth = counts.pop("truth")
    kept = {key: truth[key] for key in ("layout", "codec", "tags", "duration_s")}
    return {"file": row.truth.path.name} | kept | counts
