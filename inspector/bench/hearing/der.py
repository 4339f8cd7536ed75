"""Diarisation error rate: no collar, overlap scored, as ``pyannote.metrics`` and NIST's md-eval define it. Pure.

::

    reference    ├──── a ────┤       ├── b ──┤
    hypothesis       ├─── 1 ─────┤   ├─ 1 ┼ 2┤        a ↔ 1, b ↔ 2 or b ↔ none: whatever leaves least confusion
                 miss        false   confusion
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from inspector.bench.hearing.timeline import Activity, activity, edges_of
from inspector.model import SpeechSpan

__all__ = ["Der", "der"]

_ROUNDING_S = 1e-6


@dataclass(frozen=True, slots=True)
class Der:
    """Seconds of speaker time: two who speak at once for 1 s are 2 s. ``speech_s``: of the reference."""

    missed_s: float
    false_alarm_s: float
    confusion_s: float
    speech_s: float

    def __post_init__(self) -> None:
        parts_s = (self.missed_s, self.false_alarm_s, self.confusion_s, self.speech_s)
        if min(parts_s) < 0 or self.missed_s + self.confusion_s > self.speech_s + _ROUNDING_S:
            raise ValueError(f"impossible diarisation errors: {self}")

    @property
    def wrong_s(self) -> float:
        """What the rate divides by ``speech_s``."""
        return self.missed_s + self.false_alarm_s + self.confusion_s

    @property
    def rate(self) -> float:
        """0 … above 1; where nobody speaks, 0 without and 1 with a false alarm."""
        return self.wrong_s / self.speech_s if self.speech_s else float(self.wrong_s > 0)


def der(reference: Sequence[SpeechSpan], hypothesis: Sequence[SpeechSpan], end_s: float) -> Der:
    """Compares by :attr:`SpeechSpan.speaker` in ``[0, end_s)``; each speaker is mapped to one other at most.

    With n speakers in the reference and m in the hypothesis at a moment: missed max(0, n - m), false alarm
    max(0, m - n), confusion min(n, m) less those whose mapped speaker speaks too. Spans of one speaker that overlap
    are one. Sources: NIST RT-09 evaluation plan; Bredin, ``pyannote.metrics``, Interspeech 2017.
    """
    edges = edges_of((*reference, *hypothesis), end_s)
    lengths_s = np.diff(edges)
    said, heard = (_matrix(activity(spans, _speaker, edges), len(lengths_s)) for spans in (reference, hypothesis))
    at_once, heard_at_once = said.sum(axis=0), heard.sum(axis=0)
    together_s = (said * lengths_s) @ heard.T
    right_s = together_s[linear_sum_assignment(together_s, maximize=True)].sum()
    confusion_s = np.minimum(at_once, heard_at_once) @ lengths_s - right_s
    return Der(
        missed_s=float(np.maximum(at_once - heard_at_once, 0) @ lengths_s),
        false_alarm_s=float(np.maximum(heard_at_once - at_once, 0) @ lengths_s),
        confusion_s=max(0.0, float(confusion_s)),
        speech_s=float(at_once @ lengths_s),
    )


def _speaker(span: SpeechSpan) -> str:
    return span.speaker


def _matrix(rows: Activity, stretches: int) -> NDArray[np.float64]:
    """Speakers by stretches, 1 where one speaks; no rows when nobody does."""
    return np.array(list(rows.values()), np.float64).reshape(-1, stretches)
