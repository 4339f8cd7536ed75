"""Words that accuse somebody who may have said the opposite: what the ears listen to once more. Pure.

A recogniser loses a 不, or writes a like-sounding word for it. So of each hit of forbidden wording the sentence is
written down with a negation in every place where one would do so::

    heard      这款理财部等于存款          (a finding)
    denials    这款理财不等于存款          (a syllable taken for another)
               这款理财不部等于存款  …     (a syllable lost)
"""

from __future__ import annotations

from collections.abc import Iterator

from inspector.model import Because, Call, Hearing, Kind, Turn
from inspector.rules.grade import grade, grade_all
from inspector.rules.passages import Passage, join_turns
from inspector.rules.phrases import Hit
from inspector.rules.plan import CompiledRule, Plan
from inspector.rules.view import CallView
from inspector.sound_check import Suspect

__all__ = ["suspects_of"]

BEFORE_CHARS = 10  # of context, for the recogniser to know what is talked about
AFTER_CHARS = 5
BREAK_S = 1.0  # beyond such a pause nothing belongs to the sentence
MOST_S = 20.0  # longer hits (words in some order, far apart) are no sentence to listen to
REACH_CHARS = 5  # how far before the words a lost negation may stand
NEAR_CHARS = 2  # how far before them one may end that was taken for other syllables
TAKEN_FOR = ("不", "没", "不是", "没有", "不能", "不会")
TAKEN_FOR_BETWEEN = ("不", "不是")  # between the words of a pattern: 就是存款 for 不是存款
# Anything else is no accusation, or doubted already.
_ACCUSES = (None, Because.NO_FACTS, Because.BETWEEN_THRESHOLDS)


def suspects_of(hearing: Hearing, plan: Plan) -> tuple[Suspect, ...]:
    """All places of a hearing that accuse somebody whom one negation would clear, by time.

    Business data are not asked for: a place that they would excuse is listened to in vain.
    """
    view = CallView(Call("", ""), hearing, plan)
    found: dict[tuple[float, float, str], Suspect] = {}
    for compiled in _forbidding(plan):
        for place in view.graded(compiled):
            if place.because in _ACCUSES and (suspect := _suspect(place.hit, compiled, view)):
                found.setdefault((suspect.start_s, suspect.end_s, suspect.speaker), suspect)
    return tuple(suspect for _, suspect in sorted(found.items()))


def _forbidding(plan: Plan) -> Iterator[CompiledRule]:
    """The rules, and conditions of rules, whose hits accuse."""
    for compiled in plan.judged:
        conditions = compiled.logic.conditions.values() if compiled.logic else ()
        yield from (one for one in (compiled, *conditions) if one.rule.kind is Kind.FORBIDDEN and one.parts)


def _suspect(hit: Hit, compiled: CompiledRule, view: CallView) -> Suspect | None:
    """The hit with its sentence and its denials; None where there is none, or no sentence."""
    passage = hit.passage
    first, last = _sentence(hit)
    from_s, to_s = passage.starts_s[first], max(passage.ends_s[last - 1], hit.end_s)
    heard = passage.text[first:last]
    denials = tuple(
        text
        for text in dict.fromkeys(_denied(heard, hit, first))
        if not _accuses(_as_said(text, passage, from_s, to_s), compiled, view)
    )
    if not denials or to_s - from_s > MOST_S:
        return None
    return Suspect(_speaker(passage, hit.start), hit.start_s, hit.end_s, from_s, to_s, heard, denials)


def _sentence(hit: Hit) -> tuple[int, int]:
    """The hit with what its speaker said around it without a pause, ``[first, last)`` of the passage."""
    passage, speaker = hit.passage, _speaker(hit.passage, hit.start)

    def joined(at: int) -> bool:
        """Does the character belong to the one before?"""
        close = passage.starts_s[at] - passage.ends_s[at - 1] < BREAK_S
        return close and _speaker(passage, at) == _speaker(passage, at - 1) == speaker

    first, last = hit.start, hit.end
    while first > max(0, hit.start - BEFORE_CHARS) and joined(first):
        first -= 1
    while last < min(len(passage.text), hit.end + AFTER_CHARS) and joined(last):
        last += 1
    return first, last


def _speaker(passage: Passage, at: int) -> str:
    return passage.turns[passage.origin[at][0]].speaker


def _denied(heard: str, hit: Hit, first: int) -> Iterator[str]:
    """The sentence with a negation before the words or, where they have gaps, between them: put in, or taken for."""
    start, end = hit.start - first, hit.end - first
    has_gaps = hit.how == "regex" or bool(hit.inner)
    for at in range(max(0, start - REACH_CHARS), end if has_gaps else start + 1):
        yield heard[:at] + "不" + heard[at:]
        if at >= start - NEAR_CHARS:
            negations = TAKEN_FOR if at <= start else TAKEN_FOR_BETWEEN
            fitting = (negation for negation in negations if len(negation) <= at)
            yield from (heard[: at - len(negation)] + negation + heard[at:] for negation in fitting)


def _as_said(text: str, passage: Passage, from_s: float, to_s: float) -> Passage:
    """Text as if it had been heard there."""
    step_s = (to_s - from_s) / len(text)
    starts_s = tuple(from_s + place * step_s for place in range(len(text)))
    ends_s = (*starts_s[1:], to_s)
    return join_turns([Turn(passage.party, "", from_s, to_s, text, starts_s, ends_s, (1.0,) * len(text))])


def _accuses(passage: Passage, compiled: CompiledRule, view: CallView) -> bool:
    hits = compiled.parts[0][1].all([passage], compiled.least)
    places = grade_all(hits, lambda hit: grade(hit, compiled, view.hearing, (passage,), view.call.facts))
    return any(place.because in _ACCUSES for place in places)
