"""Measures of a conversation, from times and a few words. ``docs/how-to/measures.md`` defines them for people."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import takewhile

from inspector.model import Hearing, Metrics, Party, Span, Turn
from inspector.text import content_length, fold, is_content

__all__ = ["CutIn", "cut_ins", "end_s_of", "interruptions", "measure", "silences", "speech_rates", "talk_s"]

MIN_RATE_CHARS = 6  # shorter utterances (嗯, 好的) say nothing about the rate
MIN_SILENCE_S = 0.3  # shorter pauses are breathing
UTTERANCE_PAUSE_S = 1.0  # a longer pause ends an utterance

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
        agent_talk_s=talk_s(hearing, Party.AGENT),
        customer_talk_s=talk_s(hearing, Party.CUSTOMER),
        silence_s=sum(span.duration_s for span in quiet),
        longest_silence_s=max((span.duration_s for span in quiet), default=0.0),
        interruptions=None if cut_in is None else len(cut_in),
        agent_rate_cpm=_rate_cpm(hearing, Party.AGENT),
        customer_rate_cpm=_rate_cpm(hearing, Party.CUSTOMER),
        speech_unheard_s=sum(span.end_s - span.start_s for span in hearing.unheard),
    )


@dataclass(frozen=True, slots=True)
class CutIn:
    """The agent begins while the customer has the floor. ``words``: what was heard of it, folded; none of assent.

    ``agent``, ``floor``: the whole stretch of either's speech.
    """

    agent: Span
    floor: Span
    words: str

    @property
    def overlap_s(self) -> float:
        return min(self.agent.end_s, self.floor.end_s) - self.agent.start_s


def cut_ins(hearing: Hearing) -> tuple[CutIn, ...]:
    """Where the agent begins after the customer has spoken for 1 s or more and goes on speaking.

    What a party unknown does is not among them.
    """
    customer = _stretches(hearing, Party.CUSTOMER, MIN_SILENCE_S)
    found = (
        CutIn(agent, floor, _words_in(hearing, agent))
        for agent in _stretches(hearing, Party.AGENT, MIN_SILENCE_S)
        for floor in customer
        if floor.start_s + MIN_FLOOR_S <= agent.start_s < floor.end_s
    )
    return tuple(cut for cut in found if not (cut.words and _is_backchannel(cut.words)))


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
    found = cut_ins(hearing)
    return tuple(
        Span(cut.agent.start_s, cut.agent.start_s + cut.overlap_s)
        for cut in found
        if cut.overlap_s >= MIN_OVERLAP_S and (cut.words or _takes_over(cut))
    )


def _takes_over(cut: CutIn) -> bool:
    return cut.floor.end_s - cut.agent.start_s <= CUT_OFF_S and cut.agent.end_s - cut.floor.end_s >= MIN_TAKEN_S


def _is_backchannel(words: str) -> bool:
    return len(words) <= BACKCHANNEL_CHARS or _BACKCHANNEL.fullmatch(words) is not None


def _words_in(hearing: Hearing, agent: Span) -> str:
    """What the agent says in one stretch of his speech, folded, content only."""
    said = "".join(
        char
        for turn in hearing.turns
        if turn.party is Party.AGENT
        if turn.char_starts_s[0] < agent.end_s and agent.start_s <= turn.char_ends_s[-1]
        for char, start_s, end_s in zip(turn.text, turn.char_starts_s, turn.char_ends_s, strict=True)
        if agent.start_s <= (start_s + end_s) / 2 < agent.end_s
    )
    return "".join(filter(is_content, fold(said)))


def speech_rates(hearing: Hearing, party: Party, over_s: float) -> tuple[tuple[Span, float], ...]:
    """Characters a minute over each shortest run of turns with ``over_s`` of the party's speech.

    Measured as characters by utterance time: pauses below 1 s inside an utterance count, longer ones do not.
    """
    speech = _stretches(hearing, party, UTTERANCE_PAUSE_S)
    turns = [turn for turn in hearing.turns if turn.party is party and content_length(turn.text) >= MIN_RATE_CHARS]
    spoken = [(turn, _speech_in_s(speech, turn)) for turn in turns]
    runs: list[tuple[Span, float]] = []
    first, total_s = 0, 0.0
    for last, (turn, spoken_s) in enumerate(spoken):
        total_s += spoken_s
        while total_s - spoken[first][1] >= over_s:
            total_s -= spoken[first][1]
            first += 1
        if total_s >= over_s:
            chars = sum(content_length(one.text) for one, _ in spoken[first : last + 1])
            runs.append((Span(spoken[first][0].start_s, turn.end_s), chars / total_s * 60))
    return tuple(runs)


def _stretches(hearing: Hearing, party: Party, pause_s: float) -> tuple[Span, ...]:
    """Speech of a party, whichever its voices; pauses shorter than ``pause_s`` belong to it."""
    joined: list[Span] = []
    for span in sorted((one for one in hearing.speech if one.party is party), key=lambda one: one.start_s):
        if joined and span.start_s - joined[-1].end_s < pause_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(Span(span.start_s, span.end_s))
    return tuple(joined)


def talk_s(hearing: Hearing, party: Party) -> float:
    """How long the party speaks, whichever its voices."""
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
    begun = bisect_left(speech, turn.end_s, key=_start_s)
    over = takewhile(lambda span: span.end_s > turn.start_s, reversed(speech[:begun]))  # in order, without overlaps
    return sum(min(span.end_s, turn.end_s) - max(span.start_s, turn.start_s) for span in [*over][::-1])


def _start_s(span: Span) -> float:
    return span.start_s
