"""Judges figures: what is said beside a word such as 年化 against what business data hold for the product."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from inspector.model import Because, Evidence, Facts, Outcome, Party, Span
from inspector.rules.facts import value_of
from inspector.rules.grade import LEAST_HIT_CONFIDENCE
from inspector.rules.matchers import Value
from inspector.rules.numbers import Number, numbers_in, numbers_of
from inspector.rules.passages import Passage
from inspector.rules.phrases import Hit
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, Verdict
from inspector.rules.view import CallView
from inspector.text import fold

__all__ = ["judge_value"]

AROUND_S = 0.5  # speech lost so near to a figure may be a part of it
_BETWEEN_ENDS = re.compile(r"\s*[-–—~至到]\s*")  # 3.2%-3.8%
_UNITS = {"percent": "%", "amount": "yuan", "term": "month"}
_LEAST_BARE = 100  # a smaller number without a unit beside 金额 is rather a count of something

_Range = tuple[str, float, float]
"""Unit, from, to."""


def judge_value(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when a figure surely differs; undetermined when it hangs on syllables that sound alike (四/十, 一/七)."""
    limits = compiled.rule.match.value
    known = _known(view.call.facts, limits.fact) if limits is not None else None
    allowed = list(_allowed(known, limits)) if limits is not None and known is not None else []
    if limits is None or known is None or compiled.beside is None or not allowed:
        return NOT_APPLICABLE
    units = {unit for unit, _, _ in allowed}
    found = [
        (passage, said)
        for passage in view.heard_from(*compiled.parties, Party.UNKNOWN)
        for said in _said(passage, _beside(compiled, view, passage), limits)
        if said.unit in units
    ]
    if not found:
        return NOT_APPLICABLE
    wanted = f"{known}%" if limits.kind == "percent" else known
    wrong = [(passage, said) for passage, said in found if not _fits(said.value, said.unit, allowed)]
    if not wrong:
        return Verdict(Outcome.SILENT, None, tuple(_evidence(passage, said, wanted) for passage, said in found))
    doubts = [_doubt(passage, said, allowed, view) for passage, said in wrong]
    sure = [place for place, doubt in zip(wrong, doubts, strict=True) if doubt is None]
    evidence = tuple(_evidence(passage, said, wanted) for passage, said in sure or wrong)
    if sure:
        return Verdict(Outcome.FIRES, None, evidence)
    near = Span(max(0.0, min(e.start_s for e in evidence) - 5), max(e.end_s for e in evidence))
    because = next((doubt for doubt in doubts if doubt is not Because.PARTY_UNKNOWN), Because.PARTY_UNKNOWN)
    return Verdict(Outcome.UNDETERMINED, because, evidence, view.cover(near, compiled.party))


def _known(facts: Facts, field: str) -> str | None:
    """What business data hold in a field, as text."""
    value = value_of(facts, field)
    return None if value is None else str(value)


def _beside(compiled: CompiledRule, view: CallView, passage: Passage) -> list[Hit]:
    """The words that surely speak of this product now: guards, exceptions and the product in talk have been asked."""
    words = compiled.beside.all([passage], compiled.accept) if compiled.beside else []
    return [place.hit for place in view.places(compiled, words) if place.because in (None, Because.PARTY_UNKNOWN)]


def _allowed(known: str, limits: Value) -> Iterator[_Range]:
    """What may be said where business data hold 3.5, 3.2%-3.8% or several of these; 36 is 36 months of a term."""
    text = fold(known)
    held = [one for one in numbers_in(text) if one.kind in (limits.kind, "number") and one.value is not None]
    while held:
        one = held.pop(0)
        ends = [one]
        if held and _BETWEEN_ENDS.fullmatch(text[one.end : held[0].start]):
            ends.append(held.pop(0))
        values = [end.value for end in ends if end.value is not None]
        slack = max(limits.tolerance, limits.tolerance_share * max(values)) + 1e-9
        yield ends[-1].unit or _UNITS[limits.kind], min(values) - slack, max(values) + slack


def _fits(value: float | None, unit: str, allowed: list[_Range]) -> bool:
    return value is None or any(unit == known and low <= value <= high for known, low, high in allowed)


def _said(passage: Passage, words: list[Hit], limits: Value) -> Iterator[Number]:
    """The first figure of its kind behind each of the words: 年化百分之三，手续费百分之一 is one of 三."""
    found = [one for number in (numbers_of(passage) if words else ()) if (one := _of_kind(number, limits))]
    near = set()
    for word in words:
        first = next((one for one in found if one.start >= word.end), None)
        if first and first.start - word.end <= limits.reach_chars and first.value is not None:
            near.add(first)
    yield from sorted(near, key=lambda one: one.start)


def _of_kind(number: Number, limits: Value) -> Number | None:
    """The number if it is of that kind; 贷款五万 is an amount too."""
    if limits.kind == "amount" and number.kind == "number" and (number.value or 0) >= _LEAST_BARE:
        return replace(number, unit=_UNITS["amount"])
    return number if number.kind == limits.kind else None


def _doubt(passage: Passage, said: Number, allowed: list[_Range], view: CallView) -> Because | None:
    """Why nobody can tell that this figure is the wrong one."""
    if passage.party is Party.UNKNOWN:
        return Because.PARTY_UNKNOWN
    if said.sound_alikes is None or any(_fits(value, said.unit, allowed) for value in said.sound_alikes):
        return Because.BETWEEN_THRESHOLDS
    confidence = passage.confidence[said.start : said.end]
    if sum(confidence) / len(confidence) < LEAST_HIT_CONFIDENCE:
        return Because.LOW_CONFIDENCE
    from_s, to_s = passage.starts_s[said.start] - AROUND_S, passage.ends_s[said.end - 1] + AROUND_S
    lost = (one for one in view.hearing.unheard if one.party in (passage.party, Party.UNKNOWN))
    return Because.NOT_HEARD if any(one.start_s < to_s and one.end_s > from_s for one in lost) else None


def _evidence(passage: Passage, said: Number, wanted: str) -> Evidence:
    start_s = passage.starts_s[said.start]
    end_s = max(passage.ends_s[said.end - 1], start_s + 0.05)
    quote = passage.quote(said.start, said.end)
    return Evidence(round(start_s, 3), round(end_s, 3), passage.party, quote, wanted, "entity", 1.0)
