"""Which seconds of a call a reviewer has played, and what hearing it takes. Pure.

::

    played     ├────┤  ├──────┤          ├──┤
    again         ├───────┤
    merged     ├──────────────┤          ├──┤
    speech       ▓▓▓▓▓▓   ▓▓▓▓▓▓▓▓▓▓▓       ▓▓▓▓      what counts is the speech within
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.model import Span

__all__ = ["AROUND_S", "ENOUGH_HEARD", "merged", "minutes_of", "within_s"]

ENOUGH_HEARD = 0.9
"""Of the speech of a call: who played less does not speak for the calls that nobody hears."""

AROUND_S = 15.0
"""Played before and after a piece of evidence."""

_LEAST_MINUTES = 1.0


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same seconds as stretches that neither overlap nor touch, in order of time."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start_s):
        if found and span.start_s <= found[-1].end_s:
            found[-1] = Span(found[-1].start_s, max(found[-1].end_s, span.end_s))
        else:
            found.append(span)
    return tuple(found)


def within_s(speech: Iterable[Span], played: Iterable[Span]) -> float:
    """How many seconds of speech were played, overlapping speech and what was played twice counted once."""
    theirs = merged(played)
    return sum(
        max(min(one.end_s, other.end_s) - max(one.start_s, other.start_s), 0.0)
        for one in merged(speech)
        for other in theirs
    )


def minutes_of(duration_s: float, evidence: Sequence[Span] | None, factor: float) -> float:
    """What a review takes, estimated: the whole call, or (``evidence`` given) what lies around what was found.

    ``factor``: reviewer's minutes for a minute that is listened to. At least one minute.
    """
    listened_s = duration_s
    if evidence is not None:
        around = (Span(max(one.start_s - AROUND_S, 0.0), one.end_s + AROUND_S) for one in evidence)
        listened_s = within_s([Span(0.0, duration_s)], around) if duration_s > 0 else 0.0
    return max(listened_s * factor / 60, _LEAST_MINUTES)
