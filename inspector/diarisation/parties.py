"""Which party each voice of a call is: by its channel where there is one a party, else by what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from inspector.diarisation.attribution import Attribution
from inspector.diarisation.roles import Role, Words, menu_length, people_by_words
from inspector.model import Layout, Party, Speaker, Utterance

__all__ = [
    "BY_CHANNEL",
    "is_swapped",
    "lanes_of",
    "mixed_lanes",
    "parties_of",
    "speaker_id",
    "speakers_of",
    "voices_heard",
]

BY_CHANNEL = "channel"
MENU = Role(Party.SYSTEM, 0.9, "reads out a menu or an announcement")
ALIKE = Role(Party.UNKNOWN, 0.0, "no two voices are clearly told apart")
SIDES = ("left", "right")
SWAPPED = "channels swapped"
SURE = 0.9  # of what is said, to name the parties against the configuration


def lanes_of(layout: Layout, dead_lanes: Sequence[bool]) -> tuple[int, ...]:
    """The lanes to hear: those of a stereo recording that are not dead, one of a recording with one sound twice."""
    if layout is not Layout.STEREO:
        return (0,)
    return tuple(lane for lane in (0, 1) if not dead_lanes[lane]) or (0,)


def mixed_lanes(lanes: Sequence[int]) -> tuple[int, ...]:
    """The lanes that may hold several parties: a lane that is alone."""
    return tuple(lanes) if len(lanes) == 1 else ()


def voices_heard(
    voices: Attribution, utterances: Sequence[Utterance]
) -> tuple[Attribution, list[tuple[int, Utterance]], set[int]]:
    """Each utterance with the number of its voice, by start, and which voices are machines.

    A menu that the voices alone did not tell from a person becomes a voice of its own.
    """
    ordered = sorted(utterances, key=lambda utterance: (utterance.start_s, utterance.lane))
    machines: set[int] = set()
    for voice in voices.lane_of:
        owners = [_voice_of(voices, said) for said in ordered]
        own = [said for owner, said in zip(owners, ordered, strict=True) if owner == voice]
        after = owners[owners.index(voice) :] if own else []
        undisturbed = next((number for number, owner in enumerate(after) if owner != voice), len(after))
        count = menu_length([said.text for said in own], undisturbed)
        if count and count < len(own):
            machines.add(len(voices.lane_of))
            voices = voices.split(voice, own[count - 1].end_s)
        elif count:
            machines.add(voice)
    return voices, [(_voice_of(voices, said), said) for said in ordered], machines


def _voice_of(voices: Attribution, said: Utterance) -> int:
    return voices.speaker_at(said.lane, said.start_s, said.end_s)


def parties_of(
    voices: Attribution, said: Sequence[tuple[int, Utterance]], machines: set[int], agent_channel: str
) -> dict[int, Role]:
    """The party of every voice, also of one that nothing was heard of.

    ``agent_channel``: left, right, or auto (from what is said); it counts only while both channels carry sound, and not
    against words that surely say the contrary: see :func:`is_swapped`.
    """
    people = [voice for voice in voices.lane_of if voice not in machines]
    menus = dict.fromkeys(sorted(machines), MENU)
    lanes = sorted(set(voices.lane_of.values()))
    if voices.alike:
        return menus | dict.fromkeys(people, ALIKE)
    if len(lanes) == 1:
        return menus | people_by_words({voice: _words_of({voice}, said) for voice in people})
    sides = people_by_words({lane: _words_of({v for v in people if voices.lane_of[v] == lane}, said) for lane in lanes})
    if agent_channel != "auto":
        sides = _by_configuration(SIDES.index(agent_channel), sides)
    return menus | {voice: sides[voices.lane_of[voice]] for voice in people}


def speakers_of(roles: dict[int, Role]) -> tuple[Speaker, ...]:
    """One speaker a voice, by number."""
    ordered = sorted(roles.items())
    return tuple(Speaker(speaker_id(voice), role.party, role.confidence, role.why) for voice, role in ordered)


def speaker_id(voice: int) -> str:
    """What people and machines call a voice: S1, S2, …"""
    return f"S{voice + 1}"


def _words_of(own: set[int], said: Sequence[tuple[int, Utterance]]) -> Words:
    spoken = [utterance for voice, utterance in said if voice in own]
    return Words("，".join(u.text for u in spoken), min((u.start_s for u in spoken), default=inf))


def is_swapped(speakers: Iterable[Speaker]) -> bool:
    """Were the parties named against the configured channel?"""
    return any(speaker.why.startswith(SWAPPED) for speaker in speakers)


def _by_configuration(agent_lane: int, by_words: dict[int, Role]) -> dict[int, Role]:
    """The parties as configured, unless both channels surely speak like the other party."""
    why = f"configured: the agent is on the {SIDES[agent_lane]} channel"
    seeming = {1 - agent_lane: Party.AGENT, agent_lane: Party.CUSTOMER}
    if all(by_words[lane].party is party and by_words[lane].confidence >= SURE for lane, party in seeming.items()):
        swapped = f"{SWAPPED}, {why}, but the {SIDES[1 - agent_lane]} one {by_words[1 - agent_lane].why}"
        return {lane: replace(role, why=swapped) for lane, role in by_words.items()}
    return {agent_lane: Role(Party.AGENT, 1.0, why), 1 - agent_lane: Role(Party.CUSTOMER, 1.0, why)}
