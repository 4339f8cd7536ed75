"""Utterances and roles to turns. Pure.

::

    agent     |utterance| |utterance|            |utterance|
    customer                          |utterance|
    turns     |agent                 ||customer ||agent     |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.diarisation.roles import Role
from inspector.model import TURN_PAUSE_S, Turn, Utterance

__all__ = ["to_turns"]


def to_turns(utterances: Sequence[Utterance], roles: Mapping[int, Role]) -> tuple[Turn, ...]:
    """Neighbouring utterances of one lane become one turn unless the lane pauses for :data:`TURN_PAUSE_S`."""
    groups: list[list[Utterance]] = []
    for utterance in sorted(utterances, key=lambda utterance: (utterance.start_s, utterance.lane)):
        last = groups[-1][-1] if groups else None
        if last and last.lane == utterance.lane and utterance.start_s - last.end_s < TURN_PAUSE_S:
            groups[-1].append(utterance)
        else:
            groups.append([utterance])
    return tuple(_turn(group, roles) for group in groups)


def _turn(group: list[Utterance], roles: Mapping[int, Role]) -> Turn:
    first = group[0]
    return Turn(
        party=roles[first.lane].party,
        speaker=f"S{first.lane + 1}",
        start_s=first.start_s,
        end_s=max(utterance.end_s for utterance in group),
        text="".join(utterance.text for utterance in group),
        char_starts_s=tuple(at for utterance in group for at in utterance.char_starts_s),
        char_ends_s=tuple(at for utterance in group for at in utterance.char_ends_s),
        char_confidence=tuple(value for utterance in group for value in utterance.char_confidence),
    )
