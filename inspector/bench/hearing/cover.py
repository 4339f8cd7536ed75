"""What of the speech became text, what was marked as unheard, and what vanished. Pure.

All by a truth and frames of 10 ms within its turns (clauses, where their times are known); two who speak at once for
1 s are 2 s.

- **heard**: a character of this very turn, right or wrong, was heard within 0.5 s of the frame. Which heard character
  belongs to which said one: :func:`~inspector.bench.hearing.alignment.align`.
- **marked**: the frame lies in a stretch that the inspector reports as unheard; on stereo one of this party or of an
  unknown one.
- **vanished**: neither. Nobody would know that something was said there.
- **vanished, short**: of these, in turns of one or two characters (嗯, 对, 好的), mostly back-channels.
- **wrongly marked**: marked, although every character said within 0.5 s (evenly spread over its clause) was heard
  right.

::

    said     保 本 吗 不 保 本 的
    heard    保 本                                characters and 0.5 s around them
    marked               ██████                 unheard, as reported
                       ↑        ↑↑              vanished
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inspector.bench.hearing.alignment import Matches
from inspector.bench.hearing.characters import Characters
from inspector.bench.hearing.truth import SaidTurn
from inspector.model import Party, Unheard

__all__ = ["NEAR_S", "Cover", "cover"]

FRAME_S = 0.01
NEAR_S = 0.5
SHORT_CHARACTERS = 2

Frames = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cover:
    """Seconds of one recording."""

    spoken_s: float
    marked_s: float
    vanished_s: float
    vanished_short_s: float
    wrongly_marked_s: float

    def __post_init__(self) -> None:
        parts_s = (self.marked_s, self.vanished_s, self.wrongly_marked_s, self.vanished_short_s)
        whole = max(parts_s) <= self.spoken_s and self.vanished_short_s <= self.vanished_s
        if min(parts_s) < 0 or not whole or self.wrongly_marked_s > self.marked_s:
            raise ValueError(f"impossible cover: {self}")


@dataclass(frozen=True, slots=True)
class Account:
    """Both sides of one recording. ``by_party``: what is marked of one party says nothing about the other."""

    said: Characters
    heard: Characters
    matches: Matches
    unheard: Sequence[Unheard]
    by_party: bool


def cover(turns: Sequence[SaidTurn], account: Account) -> Cover:
    """Counts as the module describes."""
    counts = np.zeros(5)
    for number, turn in enumerate(turns):
        frames = np.concatenate([np.arange(c.start_s + FRAME_S / 2, c.end_s, FRAME_S) for c in turn.clauses])
        counts += _counts(frames, number, turn.party, account)
    return Cover(*(counts * FRAME_S).tolist())


def _counts(frames: Frames, number: int, party: Party, account: Account) -> list[int]:
    said, heard, matches = account.said, account.heard, account.matches
    mine = said.turn == number
    found = matches.heard[mine & (matches.heard >= 0)]
    right, wrong = mine & matches.right, mine & ~matches.right
    is_heard = _within(frames, heard.start_s[found] - NEAR_S, heard.end_s[found] + NEAR_S)
    marks = [
        span for span in account.unheard if not account.by_party or span.party in (party, Party.UNKNOWN)
    ]
    is_marked = _within(frames, np.array([m.start_s for m in marks]), np.array([m.end_s for m in marks]))
    near_right, near_wrong = (
        _within(frames, said.middle_s[which] - NEAR_S, said.middle_s[which] + NEAR_S) for which in (right, wrong)
    )
    wrongly = is_marked & near_right & ~near_wrong
    vanished = int((~is_heard & ~is_marked).sum())
    short = vanished if np.count_nonzero(mine) <= SHORT_CHARACTERS else 0
    return [len(frames), int(is_marked.sum()), vanished, short, int(wrongly.sum())]


def _within(frames: Frames, start_s: Frames, end_s: Frames) -> NDArray[np.bool_]:
    """Which frames lie in any of the spans."""
    inside = (frames[:, None] >= start_s) & (frames[:, None] < end_s)
    return np.asarray(inside.any(axis=1), np.bool_)
