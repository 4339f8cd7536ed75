"""Measures of a conversation, from times alone."""

from __future__ import annotations

from inspector.model import Hearing, Metrics, Party, Span, Turn
from inspector.text import content_length

__all__ = ["end_s_of", "measure", "silences"]

MIN_RATE_CHARS = 6  # shorter utterances (嗯, 好的) say nothing about the rate
MIN_SILENCE_S = 0.3  # shorter pauses are breathing


def end_s_of(hearing: Hearing) -> float:
    """Where the call ends: the length of the recording, or the last word when that is unknown or shorter."""
    return max([hearing.recording.duration_s, *(span.end_s for span in hearing.speech)], default=0.0)


def silences(hearing: Hearing) -> tuple[Span, ...]:
    """Stretches between the first word and the end of the call in which nobody speaks and nothing sounds."""
    spoken = [(span.start_s, span.end_s) for span in hearing.speech]
    busy = sorted([*spoken, *((sound.start_s, sound.end_s) for sound in hearing.sounds)])
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
    """Talk time by party, silence, rates. Interruptions are not measured yet: None."""
    quiet = silences(hearing)
    return Metrics(
        agent_talk_s=_talk_s(hearing, Party.AGENT),
        customer_talk_s=_talk_s(hearing, Party.CUSTOMER),
        silence_s=sum(span.duration_s for span in quiet),
        longest_silence_s=max((span.duration_s for span in quiet), default=0.0),
        interruptions=None,
        agent_rate_cpm=_rate_cpm(hearing, Party.AGENT),
        customer_rate_cpm=_rate_cpm(hearing, Party.CUSTOMER),
        speech_unheard_s=sum(span.end_s - span.start_s for span in hearing.unheard),
    )


def _talk_s(hearing: Hearing, party: Party) -> float:
    return sum(span.end_s - span.start_s for span in hearing.speech if span.party is party)


def _rate_cpm(hearing: Hearing, party: Party) -> int | None:
    chars, spoken_s = 0, 0.0
    for turn in hearing.turns:
        own = content_length(turn.text)
        if turn.party is party and own >= MIN_RATE_CHARS:
            chars, spoken_s = chars + own, spoken_s + _speech_in_s(hearing, turn)
    return round(chars / spoken_s * 60) if spoken_s else None


def _speech_in_s(hearing: Hearing, turn: Turn) -> float:
    clipped = (
        min(span.end_s, turn.end_s) - max(span.start_s, turn.start_s)
        for span in hearing.speech
        if span.party is turn.party
    )
    return sum(length for length in clipped if length > 0)
