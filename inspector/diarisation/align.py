"""Utterances and roles to turns. Pure.

::

    agent     |utterance| |utterance|            |utterance|
    customer                          |utterance|
    turns     |agent                 ||customer ||agent     |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.diarisation.parties import speaker_id
from inspector.diarisation.roles import Role
from inspector.model import TURN_PAUSE_S, Party, Turn, Utterance

__all__ = ["to_turns"]


def to_turns(said: Sequence[tuple[int, Utterance]], roles: Mapping[int, Role]) -> tuple[Turn, ...]:
    """Neighbouring utterances of one voice become one turn unless it pauses for :data:`TURN_PAUSE_S`.

    ``said``: utterances by start, each with the number of its voice.
    """
    groups: list[tuple[int, list[Utterance]]] = []
    for voice, utterance in said:
        last_voice, last = groups[-1] if groups else (None, [])
        if voice == last_voice and utterance.start_s - last[-1].end_s < TURN_PAUSE_S:
            last.append(utterance)
        else:
            groups.append((voice, [utterance]))
    return tuple(_turn(speaker_id(voice), roles[voice].party, group) for voice, group in groups)


def _turn(speaker: str, party: Party, group: list[Utterance]) -> Turn:
    return Turn(
        party=party,
        speaker=speaker,
        start_s=group[0].start_s,
        end_s=max(utterance.end_s for utterance in group),
        text="".join(utterance.text for utterance in group),
        char_starts_s=tuple(at for utterance in group for at in utterance.char_starts_s),
        char_ends_s=tuple(at for utterance in group for at in utterance.char_ends_s),
        char_confidence=tuple(value for utterance in group for value in utterance.char_confidence),
    )
