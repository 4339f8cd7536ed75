"""A call of several recordings is one call: its legs are laid one after the other on one clock.

::

    leg 1  |S1 您好…|S2 …|          leg 2  (cannot be read)          leg 3  |S1 您好…|
    call   |S1 您好…|S2 …|L3S1 您好…|
                         ^ a hole: nobody knows how much of the call is missing here
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from inspector.model import (
    Call,
    EmotionSpan,
    Facts,
    Hearing,
    MadeBy,
    Party,
    Recording,
    Segment,
    SoundCheck,
    SoundSpan,
    SpeechSpan,
    Turn,
    Unheard,
)

__all__ = ["Leg", "join", "merged", "on_call_clock"]

_OF_THE_END = ("hangup_by", "transfer_to", "wrap_up_code")

SpanT = TypeVar("SpanT", Turn, SpeechSpan, Unheard, SoundSpan, EmotionSpan, SoundCheck)


@dataclass(frozen=True, slots=True)
class Leg:
    """One recording of a call as a list of calls names it; ``path`` None = the list counts it but has no usable row.

    ``hold_spans``: (start, end) in seconds of this recording.
    """

    segment_no: int
    path: Path | None
    agent: str | None = None
    hold_spans: tuple[tuple[float, float], ...] = ()


def join(legs: Sequence[tuple[Leg, Hearing | None]]) -> Hearing:
    """What was heard of a call: its legs in order, None for one that was not heard. The first leg alone stays as it is.

    Speakers of later legs get a name of their own (``S1`` of segment 2: ``L2S1``): nobody knows whether they are the
    same people. Raises ValueError when no leg was heard.
    """
    if not any(hearing for _, hearing in legs):
        raise ValueError("a call of which nothing was heard cannot be joined")
    if len(legs) == 1 and legs[0][0].segment_no == 1 and legs[0][1] is not None:
        return legs[0][1]  # a later one alone keeps its number: the first may come yet
    segments = _segments(legs)
    moved = [_moved(hearing, at) for at, (_, hearing) in zip(segments, legs, strict=True) if hearing is not None]
    human = (hearing for hearing in moved if any(span.party is not Party.SYSTEM for span in hearing.speech))
    return Hearing(
        recording=_recording(segments, [hearing for _, hearing in legs]),
        speakers=tuple(speaker for hearing in moved for speaker in hearing.speakers),
        turns=tuple(turn for hearing in moved for turn in hearing.turns),
        speech=tuple(span for hearing in moved for span in hearing.speech),
        unheard=tuple(span for hearing in moved for span in hearing.unheard),
        sounds=tuple(span for hearing in moved for span in hearing.sounds),
        emotions=tuple(span for hearing in moved for span in hearing.emotions),
        made_by=_made_by(moved),
        has_sound=all(hearing.has_sound for hearing in moved),
        # A menu that is cut cuts no conversation.
        starts_cut=next(human, moved[0]).starts_cut,
        sound_checks=tuple(check for hearing in moved for check in hearing.sound_checks),
    )


def merged(facts: Sequence[Facts]) -> Facts:
    """Facts of a call from those of its legs, in order: of each field the first value known.

    How the call ended (``hangup_by``, ``transfer_to``, ``wrap_up_code``) is what the last leg says, ``talk_s`` the sum.
    ``hold_spans`` are left out when there are several legs: :func:`on_call_clock` puts them in.
    """
    if len(facts) == 1:
        return facts[0]
    known = [one.known() for one in reversed(facts)]
    values = {name: value for given in known for name, value in given.items()}
    values |= {name: getattr(facts[-1], name) for name in _OF_THE_END}
    talked_s = [one.talk_s for one in facts if one.talk_s is not None]
    values["talk_s"] = sum(talked_s) if len(talked_s) == len(facts) else None
    custom = {name: value for one in reversed(facts) for name, value in one.custom.items()}
    return Facts(**values | {"hold_spans": None, "custom": custom})


def on_call_clock(call: Call, legs: Sequence[Leg], recording: Recording) -> Call:
    """The call with the hold times of its legs on the clock of the joined recording."""
    if len(legs) == 1:
        return call
    spans = tuple(
        (segment.start_s + start_s, segment.start_s + end_s)
        for leg, segment in zip(legs, recording.segments, strict=True)
        if segment.id is not None
        for start_s, end_s in leg.hold_spans
    )
    return replace(call, facts=replace(call.facts, hold_spans=spans or None))


def _segments(legs: Sequence[tuple[Leg, Hearing | None]]) -> tuple[Segment, ...]:
    at_s, segments = 0.0, []
    for leg, hearing in legs:
        if hearing is None:
            # Bytes of a file name that are no UTF-8 are escaped, as where it is read: records must become JSON.
            path = None if leg.path is None else str(leg.path).encode("utf-8", "backslashreplace").decode()
            segments.append(Segment(None, path, leg.segment_no, at_s, None, leg.agent))
        else:
            own = hearing.recording
            segments.append(Segment(own.id, own.path, leg.segment_no, at_s, own.duration_s, leg.agent))
            at_s += own.duration_s
    return tuple(segments)


def _recording(segments: tuple[Segment, ...], legs: Sequence[Hearing | None]) -> Recording:
    heard = [hearing.recording for hearing in legs if hearing is not None]
    holes_s = {segment.start_s for segment in segments if segment.id is None}
    for before, segment in zip(legs, segments[1:], strict=False):
        if before is not None and before.recording.ends_early:
            holes_s.add(segment.start_s)
    return replace(
        heard[0],
        duration_s=sum(recording.duration_s for recording in heard),
        ends_early=legs[-1] is None or legs[-1].recording.ends_early,
        joined=segments,
        holes_s=tuple(sorted(holes_s)),
    )


def _moved(hearing: Hearing, to: Segment) -> Hearing:
    by_s = to.start_s
    prefix = f"L{to.segment_no}" if to.segment_no > 1 else ""
    return replace(
        hearing,
        speakers=tuple(replace(speaker, id=prefix + speaker.id) for speaker in hearing.speakers),
        turns=tuple(
            replace(
                _later(turn, by_s),
                speaker=prefix + turn.speaker,
                char_starts_s=tuple(at_s + by_s for at_s in turn.char_starts_s),
                char_ends_s=tuple(at_s + by_s for at_s in turn.char_ends_s),
            )
            for turn in hearing.turns
        ),
        speech=tuple(
            replace(_later(span, by_s), speaker=span.speaker and prefix + span.speaker) for span in hearing.speech
        ),
        unheard=tuple(_later(span, by_s) for span in hearing.unheard),
        sounds=tuple(_later(span, by_s) for span in hearing.sounds),
        emotions=tuple(_later(span, by_s) for span in hearing.emotions),
        sound_checks=tuple(
            replace(_later(check, by_s), speaker=prefix + check.speaker) for check in hearing.sound_checks
        ),
    )


def _later(span: SpanT, by_s: float) -> SpanT:
    return replace(span, start_s=span.start_s + by_s, end_s=span.end_s + by_s)


def _made_by(legs: Sequence[Hearing]) -> MadeBy:
    """All parts that took part, joined by ``+`` where the legs were heard differently."""
    names = [[getattr(leg.made_by, field.name) for leg in legs] for field in fields(MadeBy)]
    return MadeBy(*("+".join(dict.fromkeys(filter(None, given))) or None for given in names))
