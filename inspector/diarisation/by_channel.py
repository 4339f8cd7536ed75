"""Stereo calls: the channel is the party. No model beats it, but a channel can be missing or the same as the other."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.diarisation.roles import Role, roles_by_configuration, roles_from_words
from inspector.model import Layout, Party, Speaker, Utterance

__all__ = ["NAME", "lanes_of", "roles_of", "speakers_of"]

NAME = "channel"


def lanes_of(layout: Layout) -> tuple[int, ...]:
    """The lanes to hear: both of a stereo recording, one of a recording whose channels are the same."""
    return (0, 1) if layout is Layout.STEREO else (0,)


def roles_of(
    layout: Layout, dead_lanes: Sequence[bool], utterances: Sequence[Utterance], agent_channel: str
) -> dict[int, Role]:
    """The party of each lane. ``agent_channel``: left, right, or auto (from what is said).

    One channel, or one that is dead, may hold both parties: then nobody is accused of what the other said.
    """
    if layout is not Layout.STEREO:
        return {0: Role(Party.UNKNOWN, 0.0, "both parties are mixed in one channel")}
    if any(dead_lanes):
        why = "the other channel is dead: this one may hold both parties"
        return {lane: Role(Party.UNKNOWN, 0.0, "dead channel" if dead_lanes[lane] else why) for lane in (0, 1)}
    if agent_channel == "auto":
        return roles_from_words(utterances)
    return roles_by_configuration(0 if agent_channel == "left" else 1)


def speakers_of(roles: dict[int, Role]) -> tuple[Speaker, ...]:
    """One speaker a lane: S1 is the left channel, S2 the right."""
    return tuple(Speaker(f"S{lane + 1}", role.party, role.confidence, role.why) for lane, role in roles.items())
