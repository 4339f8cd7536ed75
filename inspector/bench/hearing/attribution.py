"""Whether speech is on the party that spoke it: what a rule about the agent depends on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inspector.bench.hearing.timeline import activity, edges_of
from inspector.model import Party, SpeechSpan

__all__ = ["Attribution", "attribution"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Seconds of true speech by whom they were given to; two parties that speak at once for 1 s are 2 s.

    ``right_s``: to the party that spoke, whoever else got them; ``wrong_s``: to one that is silent then;
    ``unknown_s``: to :attr:`Party.UNKNOWN`; ``missed_s``: to none, or only to another that really speaks then.
    """

    right_s: float
    wrong_s: float
    unknown_s: float
    missed_s: float

    def __post_init__(self) -> None:
        if min(self.right_s, self.wrong_s, self.unknown_s, self.missed_s) < 0:
            raise ValueError(f"impossible attribution: {self}")

    @property
    def speech_s(self) -> float:
        """All true speech: the four together."""
        return self.right_s + self.wrong_s + self.unknown_s + self.missed_s


def attribution(truth: Sequence[SpeechSpan], heard: Sequence[SpeechSpan], end_s: float) -> Attribution:
    """Compares by :attr:`SpeechSpan.party` in ``[0, end_s)``.

    ::

        truth     ├── agent ──┤ ├─ customer ─┤ ├─ customer ┤
        heard     ├─ agent ─┤   ├─── agent ──┤ ├─ unknown ─┤
                    right    missed  wrong         unknown
    """
    edges = edges_of((*truth, *heard), end_s)
    said, given = (activity(spans, _party, edges) for spans in (truth, heard))
    nobody = np.zeros(len(edges) - 1, np.bool_)
    unknown = given.pop(Party.UNKNOWN, nobody)
    to_silent = np.logical_or.reduce([nobody, *(row & ~said.get(party, nobody) for party, row in given.items())])
    seconds = np.zeros(4)
    for party, speaks in said.items():
        right = speaks & given.get(party, nobody)
        wrong = speaks & ~right & to_silent
        unclear = speaks & ~right & ~wrong & unknown
        missed = speaks & ~right & ~wrong & ~unclear
        seconds += np.array([right, wrong, unclear, missed]) @ np.diff(edges)
    return Attribution(*seconds.tolist())


def _party(span: SpeechSpan) -> str:
    return span.party
