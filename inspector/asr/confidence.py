"""How likely a written character is right: the recogniser's own probability, put right where it is known to err. Pure.

A token's probability says how sure the decoder was of it after the tokens before; a misheard sentence goes on fluently,
so the characters around say as much. Logistic regression on the logits of both (Platt scaling with context) over 10,283
characters of 30 generated calls that were made for tuning; figures in ``docs/results/hearing.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspector.asr.windows import Word

__all__ = ["Calibration", "calibrated", "calibration_of"]

AROUND = 3  # characters on either side
LEAST = 0.001  # probabilities are taken to lie this far from 0 and 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the logits of a character's own probability and of the mean of those around it."""

    bias: float
    own: float
    around: float


UNCHANGED = Calibration(0.0, 1.0, 0.0)
CALIBRATIONS = {"d01c3014": Calibration(-0.178, 0.435, 0.572)}


def calibration_of(digest: str) -> Calibration:
    """For a model by the sha256 of its main file; of one that was never measured nothing is changed."""
    return CALIBRATIONS.get(digest[:8], UNCHANGED)


def calibrated(words: Sequence[Word], calibration: Calibration) -> list[Word]:
    """The words of one piece of speech, their confidence the probability that each of their characters is right."""
    logits = [_logit(word.confidence) for word in words]
    told = []
    for number, word in enumerate(words):
        near = logits[max(0, number - AROUND) : number + AROUND + 1]
        logit = calibration.bias + calibration.own * logits[number] + calibration.around * sum(near) / len(near)
        told.append(replace(word, confidence=1 / (1 + math.exp(-logit))))
    return told


def _logit(probability: float) -> float:
    inside = min(max(probability, LEAST), 1 - LEAST)
    return math.log(inside / (1 - inside))
