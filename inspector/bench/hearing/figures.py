"""What is counted of every recording, and how counts of many become figures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from inspector.bench.hearing.alignment import Edits
from inspector.bench.hearing.attribution import Attribution
from inspector.bench.hearing.cover import Cover
from inspector.bench.hearing.der import Der
from inspector.bench.hearing.peers import OURS
from inspector.bench.hearing.quotes import Quotes
from inspector.bench.hearing.reliability import Reliability
from inspector.bench.hearing.truth import Truth
from inspector.bench.interval import Ratio, pooled
from inspector.model import Layout

__all__ = ["AGAINST", "OF_A_SIDE", "OURS_ALONE", "Figures", "Quiet", "Scored", "Text", "figures_of", "groups_of"]


@dataclass(frozen=True, slots=True)
class Text:
    """What one side made of one recording, and the seconds it took: median of the runs.

    ``recognition_s``: reading, finding speech, writing it down; ``whole_s``: until the last finding. Of a peer the two
    are one.
    """

    edits: Edits
    recognition_s: float
    whole_s: float
    diarisation_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """One recording of a call: ``characters`` that were said, what each side made of them, and of our hearing who
    spoke, what of the speech became text, its times and its confidence. ``unheard_s`` of ``found_s`` have no text."""

    truth: Truth
    characters: int
    texts: dict[str, Text]
    der: Der
    attribution: Attribution
    found_s: float
    unheard_s: float
    cover: Cover
    quotes: Quotes
    reliability: Reliability

    @property
    def ours(self) -> Text:
        return self.texts[OURS]


@dataclass(frozen=True, slots=True)
class Quiet:
    """One recording in which nobody speaks: the characters that each side heard in it."""

    truth: Truth
    phantoms: dict[str, int] = field(default_factory=dict)


Figures = dict[str, Ratio | None]

_Measure = tuple[Callable[[Scored], float], Callable[[Scored], float]]
_SideMeasure = tuple[Callable[[Scored, Text], float], Callable[[Scored, Text], float]]

OURS_ALONE: dict[str, _Measure] = {
    "vanished": (lambda row: row.cover.vanished_s, lambda row: row.cover.spoken_s),
    "vanished_short": (lambda row: row.cover.vanished_short_s, lambda row: row.cover.spoken_s),
    "marked": (lambda row: row.cover.marked_s, lambda row: row.cover.spoken_s),
    "wrongly_marked": (lambda row: row.cover.wrongly_marked_s, lambda row: row.cover.spoken_s),
    "unheard": (lambda row: row.unheard_s, lambda row: row.found_s),
    "der": (lambda row: row.der.wrong_s, lambda row: row.der.speech_s),
    "missed": (lambda row: row.der.missed_s, lambda row: row.der.speech_s),
    "false_alarm": (lambda row: row.der.false_alarm_s, lambda row: row.der.speech_s),
    "confusion": (lambda row: row.der.confusion_s, lambda row: row.der.speech_s),
    "right_party": (lambda row: row.attribution.right_s, lambda row: row.attribution.speech_s),
    "wrong_party": (lambda row: row.attribution.wrong_s, lambda row: row.attribution.speech_s),
    "unknown_party": (lambda row: row.attribution.unknown_s, lambda row: row.attribution.speech_s),
    "no_party": (lambda row: row.attribution.missed_s, lambda row: row.attribution.speech_s),
    "playable": (lambda row: row.quotes.playable, lambda row: len(row.quotes.errors_s)),
    "brier": (lambda row: row.reliability.squares, lambda row: row.reliability.characters),
    "diarisation_rtf": (
        lambda row: row.ours.diarisation_s if row.truth.layout is Layout.MONO else 0.0,
        lambda row: row.truth.duration_s if row.truth.layout is Layout.MONO else 0.0,
    ),
}
"""Name → what is summed over recordings, and what that is divided by. The peers have text only, no voices."""

OF_A_SIDE: dict[str, _SideMeasure] = {
    "cer": (lambda row, text: text.edits.total, lambda row, text: row.characters),
    "substitutions": (lambda row, text: text.edits.substitutions, lambda row, text: row.characters),
    "deletions": (lambda row, text: text.edits.deletions, lambda row, text: row.characters),
    "insertions": (lambda row, text: text.edits.insertions, lambda row, text: row.characters),
    "recognition_rtf": (lambda row, text: text.recognition_s, lambda row, text: row.truth.duration_s),
    "whole_rtf": (lambda row, text: text.whole_s, lambda row, text: row.truth.duration_s),
}
"""The same for every side by itself."""

AGAINST: dict[str, _SideMeasure] = {
    "cer_difference": (lambda row, text: row.ours.edits.total - text.edits.total, lambda row, text: row.characters),
    "recognition_speed": (lambda row, text: text.whole_s, lambda row, text: row.ours.recognition_s),
    "whole_speed": (lambda row, text: text.whole_s, lambda row, text: row.ours.whole_s),
}
"""Ours against one peer, on the recordings that this peer was asked about: ours less the peer's, and how many times as
fast as the peer we are. The intervals are paired ones."""


def figures_of(rows: Sequence[Scored]) -> Figures:
    """Every measure over these recordings, those of a side as ``cer inspector``, ``cer_difference best`` …; None where
    nothing of it was there to be right or wrong about."""
    figures = {name: pooled([*map(part, rows)], [*map(whole, rows)]) for name, (part, whole) in OURS_ALONE.items()}
    for side in sorted({side for row in rows for side in row.texts}):
        asked = [(row, row.texts[side]) for row in rows if side in row.texts]
        for name, (part_of, whole_of) in (OF_A_SIDE if side == OURS else OF_A_SIDE | AGAINST).items():
            parts, wholes = [part_of(*one) for one in asked], [whole_of(*one) for one in asked]
            figures[f"{name} {side}"] = pooled(parts, wholes)
    return figures


def groups_of(rows: Sequence[Scored]) -> dict[str, list[Scored]]:
    """``all``, then each codec, layout and tag by name; a recording is in every group that it belongs to."""
    kinds = sorted({kind for row in rows for kind in row.truth.kinds})
    return {"all": [*rows]} | {kind: [row for row in rows if kind in row.truth.kinds] for kind in kinds}
