"""Measures of a conversation, from times and a few words. ``docs/how-to/measures.md`` defines them for people."""

from __future__ import annotations

import re

from inspector.model import Hearing, Metrics, Party, Span, Turn
from inspector.text import content_length, fold, is_content

__all__ = ["end_s_of", "interruptions", "measure", "silences"]

MIN_RATE_CHARS = 6  # shorter utterances (嗯, 好的) say nothing about the rate
MIN_SILENCE_S = 0.3  # shorter pauses are breathing

MIN_FLOOR_S = 1.0  # who has spoken for less has hardly begun
MIN_OVERLAP_S = 0.5
CUT_OFF_S = 2.0
MIN_TAKEN_S = 1.0
BACKCHANNEL_CHARS = 2
_BACKCHANNEL = re.compile(
    "(?:[嗯恩唔啊哦噢喔哎唉诶欸呃额对是好行的了呢吧呀嘛]|ok|[您你][说讲请]|请[说讲]|继续"
    "|明白|了解|理解|知道|清楚|可以|没错|没问题|这样)*"
)


def end_s_of(hearing: Hearing) -> float:
    """Where the call ends: the length of the recording, or the last word when that is unknown or shorter."""
    return max([hearing.recording.duration_s, *(span.end_s for span in hearing.speech)], default=0.0)


def silences(hearing: Hearing) -> tuple[Span, ...]:
    """Stretches between the first word and the end of the call in which nobody speaks and nothing sounds.

    None reaches over a part of the call that is missing: nobody knows how silent it was.
    """
    spoken = [(span.start_s, span.end_s) for span in hearing.speech]
    holes = ((hole_s, hole_s) for hole_s in hearing.recording.holes_s)
    busy = sorted([*spoken, *((sound.start_s, sound.end_s) for sound in hearing.sounds), *holes])
    if not hearing.speech:
        return ()
    quiet: list[Span] = []
    reached_s = min(span.start_s for span in hearing.speech)
    for start_s, end_s in (*busy, (end_s_of(hearing), end_s_of(hearing))):
        if start_s - reached_s >= MIN_SILENCE_S:
            quiet.append(Span(reached_s, start_s))
        reached_s = max(reached_s, end_s)
    return tuple(quiet)


def measure(hearing: Hearing) -> Metrics:
    """Talk time by party, silence, interruptions by the agent, rates."""
    quiet, cut_in = silences(hearing), interruptions(hearing)
    return Metrics(
        agent_talk_s=_talk_s(hearing, Party.AGENT),
        customer_talk_s=_talk_s(hearing, Party.CUSTOMER),
        silence_s=sum(span.duration_s for span in quiet),
        longest_silence_s=max((span.duration_s for span in quiet), default=0.0),
        interruptions=None if cut_in is None else len(cut_in),
        agent_rate_cpm=_rate_cpm(hearing, Party.AGENT),
        customer_rate_cpm=_rate_cpm(hearing, Party.CUSTOMER),
        speech_unheard_s=sum(span.end_s - span.start_s for span in hearing.unheard),
    )


def interruptions(hearing: Hearing) -> tuple[Span, ...] | None:
    """Where the agent cuts in on the customer (抢话): both speak, from the agent's start to the end of the overlap.

    ::

        customer  |##################|          speaks for 1 s or more, then
        agent                 |##############|  the agent begins and both speak for 0.5 s or more
        found                 |######|

    Words of assent (嗯, 好的, 您说) never count. When the agent's words were not heard, it counts only if the customer
    stops within 2 s and the agent goes on for 1 s or more. None when there is no speech, or some of a party unknown.
    """
    parties = {span.party for span in hearing.speech}
    if not parties or Party.UNKNOWN in parties:
        return None
    customer = _stretches(hearing, Party.CUSTOMER, MIN_SILENCE_S)
    return tuple(
        Span(agent.start_s, min(agent.end_s, floor.end_s))
        for agent in _stretches(hearing, Party.AGENT, MIN_SILENCE_S)
        for floor in customer
        if floor.start_s + MIN_FLOOR_S <= agent.start_s < floor.end_s and _cuts_in(hearing, agent, floor)
    )


def _cuts_in(hearing: Hearing, agent: Span, floor: Span) -> bool:
    overlap_s = min(agent.end_s, floor.end_s) - agent.start_s
    if overlap_s < MIN_OVERLAP_S:
        return False
    words = "".join(filter(is_content, fold(_words_in(hearing, agent))))
    if words:
        return len(words) > BACKCHANNEL_CHARS and not _BACKCHANNEL.fullmatch(words)
    return floor.end_s - agent.start_s <= CUT_OFF_S and agent.end_s - floor.end_s >= MIN_TAKEN_S


def _words_in(hearing: Hearing, agent: Span) -> str:
    """What the agent says in one stretch of his speech."""
    return "".join(
        char
        for turn in hearing.turns
        if turn.party is Party.AGENT
        for char, start_s, end_s in zip(turn.text, turn.char_starts_s, turn.char_ends_s, strict=True)
        if agent.start_s <= (start_s + end_s) / 2 < agent.end_s
    )


def _stretches(hearing: Hearing, party: Party, pause_s: float) -> tuple[Span, ...]:
    """Speech of a party, whichever its voices; pauses shorter than ``pause_s`` belong to it."""
    joined: list[Span] = []
    for span in sorted((one for one in hearing.speech if one.party is party), key=lambda one: one.start_s):
        if joined and span.start_s - joined[-1].end_s < pause_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(Span(span.start_s, span.end_s))
    return tuple(joined)


def _talk_s(hearing: Hearing, party: Party) -> float:
    return sum(span.duration_s for span in _stretches(hearing, party, 0.0))


def _rate_cpm(hearing: Hearing, party: Party) -> int | None:
    speech = _stretches(hearing, party, 0.0)
    chars, spoken_s = 0, 0.0
    for turn in hearing.turns:
        own = content_length(turn.text)
        if turn.party is party and own >= MIN_RATE_CHARS:
            chars, spoken_s = chars + own, spoken_s + _speech_in_s(speech, turn)
    return round(chars / spoken_s * 60) if spoken_s else None


def _speech_in_s(speech: tuple[Span, ...], turn: Turn) -> float:
    clipped = (min(span.end_s, turn.end_s) - max(span.start_s, turn.start_s) for span in speech)
    return sum(length for length in clipped if length > 0)
