"""All figures of a bench of hearing as JSON to keep; tables and plots are made of it. It holds no word of what was
said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from inspector.bench.hearing.figures import Quiet, Scored, figures_of, groups_of
from inspector.bench.hearing.negation import NegationRow
from inspector.bench.hearing.peers import OURS
from inspector.bench.hearing.reliability import pooled_reliability
from inspector.bench.hearing.scaling import Scaling
from inspector.bench.interval import Ratio, pooled
from inspector.bench.result import made
from inspector.config import HearingSettings

__all__ = ["PERCENTILES", "LeftOut", "Outcome", "Run", "result_of"]

PERCENTILES = (50, 90, 95, 99)
_HOUR_S = 3600
_PACKAGES = ("ctranslate2", "faster-whisper", "numpy", "onnxruntime", "scipy")


@dataclass(frozen=True, slots=True)
class Run:
    """One process over all files that its side is asked about, which last ``audio_s``. ``command_s``, ``cpu_s``: with
    start and model load; ``hearing_s``: without; ``edits``: of its text to what was said; ``calibration_s``: elapsed
    time of a fixed piece of work before and after."""

    audio_s: float
    command_s: float
    cpu_s: float
    hearing_s: float
    peak_mb: float
    edits: int
    calibration_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was not heard, so that no side is judged by it. ``why``: by the side that could not."""

    file: str
    why: dict[str, str]

    @property
    def told(self) -> str:
        return f"{self.file}: " + "; ".join(f"{side}: {why}" for side, why in self.why.items())


@dataclass(frozen=True, slots=True)
class Outcome:
    """``runs`` by side; ``rows``: the calls, ``quiet``: the recordings without speech that every side heard."""

    runs: dict[str, list[Run]]
    rows: list[Scored]
    quiet: list[Quiet]
    negation: list[NegationRow]
    scaling: list[Scaling]
    left_out: list[LeftOut]


def result_of(outcome: Outcome, settings: HearingSettings) -> dict[str, Any]:
    """All figures and what they were measured with, ready for JSON; ratios as shares, not per cent."""
    return {
        **made(),
        "versions": {package: version(package) for package in _PACKAGES},
        "settings": settings.model_dump(mode="json"),
        "runs": {side: [asdict(run) for run in runs] for side, runs in outcome.runs.items()},
        "groups": {name: _group(rows) for name, rows in groups_of(outcome.rows).items()} if outcome.rows else {},
        "times": _times(outcome.rows),
        "reliability": _reliability(outcome.rows),
        "phantoms": _phantoms(outcome.quiet),
        "negation": [asdict(row) for row in outcome.negation],
        "scaling": [asdict(one) | {"speed_up": one.speed_up} for one in outcome.scaling],
        "left_out": [asdict(left) for left in outcome.left_out],
        "files": [_file(row) for row in outcome.rows],
    }


def _group(rows: Sequence[Scored]) -> dict[str, Any]:
    figures = {name: asdict(ratio) if ratio else None for name, ratio in figures_of(rows).items()}
    audio_s = sum(row.truth.duration_s for row in rows)
    return {"files": len(rows), "audio_s": round(audio_s, 1), "figures": figures}


def _times(rows: Sequence[Scored]) -> dict[str, Any]:
    """How many first and last characters were heard right, and percentiles of how far their times are off."""
    ends = {
        "start": [error_s for row in rows for error_s in row.quotes.start_errors_s],
        "end": [error_s for row in rows for error_s in row.quotes.end_errors_s],
    }
    return {
        name: {
            "characters": len(errors_s),
            "median_error_s": float(np.median(errors_s)),
            "percentiles_s": {str(p): float(np.percentile(np.abs(errors_s), p)) for p in PERCENTILES},
        }
        for name, errors_s in ends.items()
        if errors_s
    }


def _reliability(rows: Sequence[Scored]) -> dict[str, Any]:
    pool = pooled_reliability(row.reliability for row in rows)
    return asdict(pool) | {"characters": pool.characters, "calibration_error": pool.calibration_error}


def _phantoms(quiet: Sequence[Quiet]) -> dict[str, Any]:
    """Characters an hour by side, over all and by each tag."""
    tags = sorted({tag for one in quiet for tag in one.truth.tags})
    sides = sorted({side for one in quiet for side in one.phantoms}, key=lambda side: (side != OURS, side))
    groups = {"all": [*quiet]} | {tag: [one for one in quiet if tag in one.truth.tags] for tag in tags}
    return {
        name: {
            "files": len(some),
            "audio_s": round(sum(one.truth.duration_s for one in some), 1),
            "per_hour": {side: _per_hour(some, side) for side in sides},
        }
        for name, some in groups.items()
        if some
    }


def _per_hour(quiet: Sequence[Quiet], side: str) -> dict[str, Any] | None:
    asked = [one for one in quiet if side in one.phantoms]
    hours = [one.truth.duration_s / _HOUR_S for one in asked]
    ratio: Ratio | None = pooled([one.phantoms[side] for one in asked], hours)
    return asdict(ratio) if ratio else None


def _file(row: Scored) -> dict[str, Any]:
    counts = asdict(row)
    truth = counts.pop("truth")
    kept = {key: truth[key] for key in ("layout", "codec", "tags", "duration_s")}
    return {"file": row.truth.path.name} | kept | counts
