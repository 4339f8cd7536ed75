"""Voices and words to hints: each turn beside what the same speaker sounds like otherwise. Pure.

::

    customer     |calm|  |calm|  |calm| … |fast, loud, 已经第三次|
    own measure  |###### 60 s of speech ##|
    hint                                   |agitation: 语速 +35 %, 音量 +6 dB, 已经第三次|
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from inspector.emotion.voice import Voice
from inspector.emotion.words import cues_in
from inspector.model import EmotionSpan, Turn

__all__ = ["Spoken", "hints_of"]

BASELINE_S = 60.0
LEAST_BASELINE_S = 10.0
LEAST_BASELINE_TURNS = 3
SPREADS = 2.5  # robust standard deviations that are no chance
TO_DEVIATION = 1.4826  # of a normal distribution, from the median absolute deviation
FASTER = 0.25
LOUDER_DB = 4.0
HIGHER = 0.15
OCTAVE = 0.7  # higher by more: the measure took half the period, not the voice

WEIGHT = 0.6  # how sure one kind of reason can make
LEAST_KINDS = 2


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn that may be judged, and how it was spoken where that could be measured."""

    turn: Turn
    voice: Voice | None


@dataclass(frozen=True, slots=True)
class _Reason:
    """``kind``: reasons of one kind do not confirm each other. ``strength``: 0.5 at the threshold … 1."""

    kind: str
    strength: float
    why: str


def hints_of(spoken: Sequence[Spoken]) -> tuple[EmotionSpan, ...]:
    """At most one hint a turn: ``agitation`` for reasons of two kinds, ``negativity`` for words alone.

    Rate is one kind, effort (loudness, pitch) another, words a third. A voice is compared with the medians of the
    speaker's first 60 s without cue words; with less than 10 s or 3 turns of that, only words count.
    """
    cues = [cues_in(one.turn.text, one.turn.party) for one in spoken]
    calm = _calm(spoken, cues)
    hints = []
    for one, words in zip(spoken, cues, strict=True):
        usual = [voice for turn, voice in calm[one.turn.speaker] if turn is not one.turn]
        if hint := _hint(one, usual, words):
            hints.append(hint)
    return tuple(hints)


def _calm(spoken: Sequence[Spoken], cues: Sequence[Sequence[str]]) -> dict[str, list[tuple[Turn, Voice]]]:
    """Each speaker's first minute of speech without cues."""
    calm: dict[str, list[tuple[Turn, Voice]]] = {}
    for one, words in zip(spoken, cues, strict=True):
        own = calm.setdefault(one.turn.speaker, [])
        if one.voice and not words and sum(voice.spoken_s for _, voice in own) < BASELINE_S:
            own.append((one.turn, one.voice))
    return calm


def _hint(one: Spoken, usual: Sequence[Voice], cues: Sequence[str]) -> EmotionSpan | None:
    turn, words = one.turn, list(_of_words(cues))
    enough = len(usual) >= LEAST_BASELINE_TURNS and sum(voice.spoken_s for voice in usual) >= LEAST_BASELINE_S
    reasons = [*(_of_voice(one.voice, usual) if one.voice and enough else ()), *words]
    strongest: dict[str, float] = {}
    for reason in reasons:
        strongest[reason.kind] = max(reason.strength, strongest.get(reason.kind, 0.0))
    agitated = len(strongest) >= LEAST_KINDS
    if not agitated and not words:
        return None
    score = 1 - math.prod(1 - WEIGHT * strength for strength in strongest.values())
    label = "agitation" if agitated else "negativity"
    why = tuple(reason.why for reason in reasons)
    return EmotionSpan(turn.party, turn.start_s, turn.end_s, label, round(score, 3), why)


def _of_voice(voice: Voice, usual: Sequence[Voice]) -> Iterator[_Reason]:
    """Rate and pitch are compared as shares of the usual, loudness in dB."""
    rate = median(other.rate_cps for other in usual)
    faster = voice.rate_cps / rate - 1
    if strength := _strength(faster, FASTER, [other.rate_cps / rate - 1 for other in usual]):
        yield _Reason("rate", strength, f"语速 +{100 * faster:.0f} %")
    level_dbfs = median(other.level_dbfs for other in usual)
    louder_db = voice.level_dbfs - level_dbfs
    if strength := _strength(louder_db, LOUDER_DB, [other.level_dbfs - level_dbfs for other in usual]):
        yield _Reason("effort", strength, f"音量 +{louder_db:.0f} dB")
    pitch_hz = median(other.pitch_hz for other in usual)
    higher = voice.pitch_hz / pitch_hz - 1
    strength = _strength(higher, HIGHER, [other.pitch_hz / pitch_hz - 1 for other in usual])
    if strength and higher <= OCTAVE:
        yield _Reason("effort", strength, f"音高 +{100 * higher:.0f} %")


def _strength(excess: float, least: float, usual: Sequence[float]) -> float:
    """0.5 … 1 for an excess that is large in itself and among the usual deviations from the median, 0 for any other."""
    needed = max(least, SPREADS * TO_DEVIATION * median(map(abs, usual)))
    return min(1.0, 0.5 * excess / needed) if excess >= needed else 0.0


def _of_words(cues: Sequence[str]) -> Iterator[_Reason]:
    """The more cues, the surer: 0.5 for one, 1 for three."""
    strength = min(1.0, 0.25 + 0.25 * len(cues))
    return (_Reason("words", strength, cue) for cue in cues)
