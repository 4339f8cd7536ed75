"""Judges figures: a percentage said beside a word such as 年化 against what business data hold for the product."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from inspector.model import Because, Evidence, Outcome, Party, Span
from inspector.rules.grade import LEAST_HIT_CONFIDENCE
from inspector.rules.passages import Passage
from inspector.rules.percent import Percent, percents_in
from inspector.rules.phrases import Hit
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict
from inspector.rules.view import CallView
from inspector.text import fold

__all__ = ["judge_value"]

AROUND_S = 0.5  # speech lost so near to a figure may be a part of it
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*%?\s*[-–—~至到]\s*(\d+(?:\.\d+)?))?")


def judge_value(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when a figure surely differs; undetermined when it hangs on syllables that sound alike (四/十, 一/七)."""
    limits = compiled.rule.match.value
    known = view.call.facts.known().get(limits.fact) if limits is not None else None
    allowed = list(_allowed(str(known), limits.tolerance)) if limits is not None and known is not None else []
    if limits is None or compiled.beside is None or not allowed:
        return NOT_APPLICABLE
    found = [
        (passage, said)
        for passage in view.heard_from(*compiled.parties, Party.UNKNOWN)
        for said in _said(passage, _beside(compiled, view, passage), limits.reach_chars)
    ]
    if not found:
        return NOT_APPLICABLE
    wrong = [(passage, said) for passage, said in found if not _fits(said.value, allowed)]
    if not wrong:
        return Verdict(Outcome.SILENT, None, tuple(_evidence(passage, said, str(known)) for passage, said in found))
    doubts = [_doubt(passage, said, allowed, view) for passage, said in wrong]
    sure = [place for place, doubt in zip(wrong, doubts, strict=True) if doubt is None]
    evidence = tuple(_evidence(passage, said, str(known)) for passage, said in sure or wrong)
    if sure:
        return Verdict(Outcome.FIRES, None, evidence)
    near = Span(max(0.0, min(e.start_s for e in evidence) - 5), max(e.end_s for e in evidence))
    because = next((doubt for doubt in doubts if doubt is not Because.PARTY_UNKNOWN), Because.PARTY_UNKNOWN)
    return Verdict(Outcome.UNDETERMINED, because, evidence, view.cover(near, compiled.party))


def _beside(compiled: CompiledRule, view: CallView, passage: Passage) -> list[Hit]:
    """The words that surely speak of this product now: guards, exceptions and the product in talk have been asked."""
    words = compiled.beside.all([passage], compiled.accept) if compiled.beside else []
    return [place.hit for place in view.places(compiled, words) if place.because in (None, Because.PARTY_UNKNOWN)]


def _allowed(known: str, tolerance: float) -> Iterator[tuple[float, float]]:
    """What may be said where business data hold 3.5, 3.2%-3.8% or several of these."""
    for ends in _RANGE.findall(fold(known)):
        values = [float(end) for end in ends if end]
        yield min(values) - tolerance - 1e-9, max(values) + tolerance + 1e-9


def _fits(value: float, allowed: list[tuple[float, float]]) -> bool:
    return any(low <= value <= high for low, high in allowed)


def _said(passage: Passage, words: list[Hit], reach_chars: int) -> Iterator[Percent]:
    """The first percentage behind each of the words, placed in the passage: 年化百分之三，手续费百分之一 is one of 三.

    Figures are read with their points and signs, and over the turns that a recogniser cut them into.
    """
    firsts_in = list(accumulate((len(turn.text) for turn in passage.turns[:-1]), initial=0))
    origin = [firsts_in[turn] + at for turn, at in passage.origin]
    found = []
    for percent in percents_in(fold("".join(turn.text for turn in passage.turns))):
        start, end = bisect_left(origin, percent.start), bisect_left(origin, percent.end)
        found.append(replace(percent, start=start, end=end))
    near = set()
    for word in words:
        first = next((one for one in found if one.start >= word.end), None)
        if first and first.start - word.end <= reach_chars and "百分" not in passage.text[word.end : first.start]:
            near.add(first)
    yield from sorted(near, key=lambda one: one.start)


def _doubt(passage: Passage, said: Percent, allowed: list[tuple[float, float]], view: CallView) -> Because | None:
    """Why nobody can tell that this figure is the wrong one."""
    if passage.party is Party.UNKNOWN:
        return Because.PARTY_UNKNOWN
    if any(_fits(value, allowed) for value in said.sound_alikes):
        return Because.BETWEEN_THRESHOLDS
    confidence = passage.confidence[said.start : said.end]
    if sum(confidence) / len(confidence) < LEAST_HIT_CONFIDENCE:
        return Because.LOW_CONFIDENCE
    from_s, to_s = passage.starts_s[said.start] - AROUND_S, passage.ends_s[said.end - 1] + AROUND_S
    lost = (one for one in view.hearing.unheard if one.party in (passage.party, Party.UNKNOWN))
    return Because.NOT_HEARD if any(one.start_s < to_s and one.end_s > from_s for one in lost) else None


def _evidence(passage: Passage, said: Percent, known: str) -> Evidence:
    start_s = passage.starts_s[said.start]
    end_s = max(passage.ends_s[said.end - 1], start_s + 0.05)
    quote = passage.quote(said.start, said.end)
    return Evidence(round(start_s, 3), round(end_s, 3), passage.party, quote, f"{known}%", "entity", 1.0)
