"""What is counted of every recording, and how counts of many become figures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inspector.bench.hearing.attribution import Attribution
from inspector.bench.hearing.der import Der
from inspector.bench.hearing.truth import Truth
from inspector.bench.interval import Ratio, pooled

__all__ = ["MEASURES", "Figures", "Scored", "figures_of", "groups_of"]


@dataclass(frozen=True, slots=True)
class Scored:
    """One recording as both sides heard it: ``characters`` said, ``edits`` of ours and of the peer's text to them,
    who spoke, and seconds of speech that were found and of those without text."""

    truth: Truth
    characters: int
    edits: int
    peer_edits: int
    der: Der
    attribution: Attribution
    found_s: float
    unheard_s: float


Figures = dict[str, Ratio | None]

MEASURES: dict[str, tuple[Callable[[Scored], float], Callable[[Scored], float]]] = {
    "cer": (lambda row: row.edits, lambda row: row.characters),
    "peer_cer": (lambda row: row.peer_edits, lambda row: row.characters),
    "cer_difference": (lambda row: row.edits - row.peer_edits, lambda row: row.characters),
    "der": (lambda row: row.der.wrong_s, lambda row: row.der.speech_s),
    "missed": (lambda row: row.der.missed_s, lambda row: row.der.speech_s),
    "false_alarm": (lambda row: row.der.false_alarm_s, lambda row: row.der.speech_s),
    "confusion": (lambda row: row.der.confusion_s, lambda row: row.der.speech_s),
    "right_party": (lambda row: row.attribution.right_s, lambda row: row.attribution.speech_s),
    "wrong_party": (lambda row: row.attribution.wrong_s, lambda row: row.attribution.speech_s),
    "unknown_party": (lambda row: row.attribution.unknown_s, lambda row: row.attribution.speech_s),
    "no_party": (lambda row: row.attribution.missed_s, lambda row: row.attribution.speech_s),
    "unheard": (lambda row: row.unheard_s, lambda row: row.found_s),
}
"""Name → what is summed over recordings, and what that is divided by. The peer has text only, no voices."""


def figures_of(rows: Sequence[Scored]) -> Figures:
    """Every measure over these recordings; None where nothing of it was there to be right or wrong about."""
    return {name: pooled([*map(part, rows)], [*map(whole, rows)]) for name, (part, whole) in MEASURES.items()}


def groups_of(rows: Sequence[Scored]) -> dict[str, list[Scored]]:
    """``all``, then each codec, layout and tag by name; a recording is in every group that it belongs to."""
    kinds = sorted({kind for row in rows for kind in row.truth.kinds})
    return {"all": [*rows]} | {kind: [row for row in rows if kind in row.truth.kinds] for kind in kinds}
