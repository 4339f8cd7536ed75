"""How well a window was heard: what stands behind every "was not said".

::

    speech   |#########|    |######|         found by the voice detector
    unheard       |##|                       of it, without text
    heard    |####|  |##|   |######|         the rest
    gap           |##|
"""

from __future__ import annotations

from collections.abc import Iterable

from inspector.model import Because, Coverage, Hearing, Party, Span

__all__ = ["LEAST_CONFIDENCE", "LEAST_HEARD_SHARE", "LONGEST_GAP_S", "cover", "doubt"]

LEAST_HEARD_SHARE = 0.9
LEAST_CONFIDENCE = 0.6
LONGEST_GAP_S = 1.5
LEAST_TURN_CONFIDENCE = 0.35  # a turn below this was guessed, not heard


def _clip(start_s: float, end_s: float, window: Span) -> tuple[float, float] | None:
    start_s, end_s = max(start_s, window.start_s), min(end_s, window.end_s)
    return (start_s, end_s) if start_s < end_s else None


def _union(spans: Iterable[tuple[float, float] | None]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted(span for span in spans if span is not None):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return joined


def _wanted(party: Party | None) -> set[Party]:
    return set(Party) if party is None else {party, Party.UNKNOWN}


def cover(hearing: Hearing, window: Span, party: Party | None) -> Coverage:
    """Speech of the party (or of a party unknown) in the window, and what of it was heard. None = anybody."""
    wanted = _wanted(party)
    speech = _union(_clip(s.start_s, s.end_s, window) for s in hearing.speech if s.party in wanted)
    lost = [(u.start_s, u.end_s) for u in hearing.unheard if u.party in wanted]
    lost += [
        (turn.start_s, turn.end_s)
        for turn in hearing.turns
        if turn.party in wanted and turn.confidence < LEAST_TURN_CONFIDENCE
    ]
    gaps = _union(_clip(start_s, end_s, window) for start_s, end_s in lost)
    speech_s = sum(end - start for start, end in speech)
    unheard_s = sum(end - start for start, end in gaps)
    turns = [t for t in hearing.turns if t.party in wanted and _clip(t.start_s, t.end_s, window)]
    lowest = min((turn.confidence for turn in turns), default=None)
    return Coverage(window.start_s, window.end_s, speech_s, max(0.0, speech_s - unheard_s), tuple(gaps), lowest)


def doubt(hearing: Hearing, coverage: Coverage, party: Party | None) -> Because | None:
    """Why "not said" cannot be claimed for the covered window, or None when it can."""
    if coverage.speech_s == 0:  # a party that speaks elsewhere kept silent here; one that never speaks was lost
        return None if any(spoken.party in _wanted(party) for spoken in hearing.speech) else Because.NOT_HEARD
    if coverage.heard_s < LEAST_HEARD_SHARE * coverage.speech_s:
        return Because.NOT_HEARD
    if any(end - start > LONGEST_GAP_S for start, end in coverage.gaps):
        return Because.NOT_HEARD
    if _mean_confidence(hearing, coverage, party) < LEAST_CONFIDENCE:
        return Because.LOW_CONFIDENCE
    return None


def _mean_confidence(hearing: Hearing, coverage: Coverage, party: Party | None) -> float:
    wanted = _wanted(party)
    values = [
        confidence
        for turn in hearing.turns
        if turn.party in wanted
        for confidence, start_s in zip(turn.char_confidence, turn.char_starts_s, strict=True)
        if coverage.start_s <= start_s < coverage.end_s
    ]
    return sum(values) / len(values) if values else 0.0
