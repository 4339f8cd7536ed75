"""Turns joined to the passages that wording is looked for in.

A recogniser cuts where it likes: "本次通话 / 将会全程录音" is one sentence. So a party's turns are joined while it
pauses less than :data:`TURN_PAUSE_S` and the others put in no more than a backchannel::

    agent     |为保证服务质量本次通话|      |将会全程录音|            |请问…
    customer                        |嗯|                |我想问一下|
    passages  |为保证服务质量本次通话将会全程录音|                    |请问…
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from inspector.model import TURN_PAUSE_S, Hearing, Party, Turn
from inspector.rules.sound import codes_of
from inspector.sound_check import SoundCheck
from inspector.text import content_length, fold, is_content

__all__ = ["BACKCHANNEL_CHARS", "Passage", "join_turns", "passages_of"]

BACKCHANNEL_CHARS = 4


@dataclass(frozen=True, eq=False)
class Passage:
    """One party's joined words. ``text`` holds content characters only, folded; ``sound_checks``: those made of them.

    Most passages hold nothing that any rule looks for: all that has an entry for each character is made when asked for.
    """

    party: Party
    turns: tuple[Turn, ...]
    text: str
    folded: tuple[str, ...]
    start_s: float
    sound_checks: tuple[SoundCheck, ...] = ()

    @cached_property
    def origin(self) -> tuple[tuple[int, int], ...]:
        """For each character the turn (by index) and the place in it."""
        return tuple(
            (index, place)
            for index, text in enumerate(self.folded)
            for place, char in enumerate(text)
            if is_content(char)
        )

    @cached_property
    def starts_s(self) -> tuple[float, ...]:
        return tuple(self.turns[index].char_starts_s[place] for index, place in self.origin)

    @cached_property
    def ends_s(self) -> tuple[float, ...]:
        return tuple(self.turns[index].char_ends_s[place] for index, place in self.origin)

    @cached_property
    def confidence(self) -> tuple[float, ...]:
        return tuple(self.turns[index].char_confidence[place] for index, place in self.origin)

    @cached_property
    def breaks(self) -> frozenset[int]:
        """Positions before which punctuation stood or a new turn began."""
        found: set[int] = set()
        at = 0
        for text in self.folded:
            found.add(at)
            for char in text:
                if is_content(char):
                    at += 1
                else:
                    found.add(at)
        return frozenset(found - {0})

    @cached_property
    def codes(self) -> str:
        """The text by sound, one code for each character."""
        return codes_of(self.text)

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8, which patterns run on."""
        return self.text.encode()

    @cached_property
    def found(self) -> dict[Any, Any]:
        """What was found here, by what looked for it: each passage is searched once."""
        return {}

    def quote(self, start: int, end: int) -> str:
        """The words of ``[start, end)`` as heard, punctuation and all."""
        first, last = self.origin[start], self.origin[end - 1]
        if first[0] == last[0]:
            return self.turns[first[0]].text[first[1] : last[1] + 1]
        middle = [turn.text for turn in self.turns[first[0] + 1 : last[0]]]
        return "".join([self.turns[first[0]].text[first[1] :], *middle, self.turns[last[0]].text[: last[1] + 1]])


def passages_of(hearing: Hearing) -> tuple[Passage, ...]:
    """All passages of all parties, by start time."""
    groups: list[list[Turn]] = []
    for party in Party:
        own = [turn for turn in hearing.turns if turn.party is party]
        for before, turn in zip([None, *own], own, strict=False):
            if before is not None and _continues(before, turn, hearing):
                groups[-1].append(turn)
            else:
                groups.append([turn])
    made = (join_turns(group, hearing.sound_checks) for group in groups)
    return tuple(sorted((p for p in made if p.text), key=lambda passage: passage.start_s))


def _continues(before: Turn, turn: Turn, hearing: Hearing) -> bool:
    if turn.start_s - before.end_s >= TURN_PAUSE_S:
        return False
    if any(before.start_s < hole_s <= turn.start_s for hole_s in hearing.recording.holes_s):
        return False
    between = (
        other.text
        for other in hearing.turns
        if other.party is not turn.party and before.start_s <= other.start_s < turn.start_s
    )
    return sum(map(content_length, between)) <= BACKCHANNEL_CHARS


def join_turns(turns: list[Turn], checks: tuple[SoundCheck, ...] = ()) -> Passage:
    """Turns of one party as one passage, whatever lies between them. There must be one at least.

    Of the sound checks of the call it keeps those of its speakers.
    """
    folded = tuple(fold(turn.text) for turn in turns)
    start_s = next(
        (
            turn.char_starts_s[place]
            for turn, text in zip(turns, folded, strict=True)
            for place, char in enumerate(text)
            if is_content(char)
        ),
        turns[0].start_s,
    )
    text = "".join(char for text in folded for char in text if is_content(char))
    own = tuple(check for check in checks if any(check.speaker == turn.speaker for turn in turns))
    return Passage(turns[0].party, tuple(turns), text, folded, start_s, own)
