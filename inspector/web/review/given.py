"""What the desk's page sends, and what of it can be kept at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspector.errors import UsageError
from inspector.model import Span
from inspector.review.answers import Answers
from inspector.review.cards.records import Given, Tick
from inspector.review.reviewer import Skip

__all__ = ["Played", "Released", "Submission", "Ticks", "Typed", "given_ticks", "refuse_unfit", "spans_of"]

MOST_CHARS = 20_000
"""Of one text: notes are sentences, no files."""

MOST_ENTRIES = 2_000
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Played:
    """Stretches of the call in seconds."""

    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Released:
    because: Skip


@dataclass(frozen=True, slots=True)
class Ticks:
    """Answers of a score card by item; a number says how often it happened."""

    ticks: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed, and the ``version`` of the draft that it was made from."""

    answers: Answers
    version: int


@dataclass(frozen=True, slots=True)
class Submission:
    """As :class:`Typed`. ``ticks`` None: the call is not scored."""

    answers: Answers
    version: int
    ticks: Mapping[str, str | int] | None = None


def spans_of(played: Played) -> tuple[Span, ...]:
    """Raises UsageError for what is no stretch."""
    _refuse_many(len(played.spans))
    try:
        _refuse_endless(second for span in played.spans for second in span)
        return tuple(Span(start_s, end_s) for start_s, end_s in played.spans)
    except ValueError as error:
        raise UsageError(f"no stretch of a call: {error}", "load the page again") from error


def given_ticks(ticks: Mapping[str, str | int]) -> dict[str, Given]:
    """Raises UsageError for an answer that no card knows."""
    _refuse_many(len(ticks))
    try:
        return {item: told if isinstance(told, int) else Tick(told) for item, told in ticks.items()}
    except ValueError as error:
        raise UsageError("no answer of a score card", f"use a number or one of: {', '.join(Tick)}") from error


def refuse_unfit(answers: Answers) -> None:
    """Raises UsageError for what no database keeps as it is: texts that are no text, endless numbers, far too much."""
    _refuse_many(len(answers.findings) + len(answers.corrections) + len(answers.marks))
    texts = [answers.note, *(one.said for one in answers.corrections)]
    texts += [text for one in answers.findings for text in (one.finding_id, one.note)]
    texts += [text for mark in answers.marks for text in (mark.rule_id, mark.note)]
    for text in texts:
        if text is not None and (len(text) > MOST_CHARS or any(_is_no_character(char) for char in text)):
            raise UsageError("a text is too long or holds what is no character", f"at most {MOST_CHARS} characters")
    _refuse_endless(second for mark in answers.marks for second in (mark.start_s, mark.end_s))
    _refuse_endless(second for one in answers.corrections for second in (one.start_s, one.end_s))


def _refuse_many(count: int) -> None:
    if count > MOST_ENTRIES:
        raise UsageError(f"{count} entries are more than a call has", f"at most {MOST_ENTRIES}")


def _refuse_endless(seconds: Iterable[float]) -> None:
    if not all(math.isfinite(second) for second in seconds):
        raise UsageError("a time of the call is no number", "write seconds of the call")


def _is_no_character(char: str) -> bool:
    return char == "\0" or ord(char) in _SURROGATES
