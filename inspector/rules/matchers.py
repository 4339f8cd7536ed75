"""What a rule may look for: wording, parts of a wording, a clause word for word, or a measure. Only data.

``rules/README.md`` explains the fields to authors. Each measure has a judge of its own below ``inspector/rules/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from inspector.model import Severity

__all__ = [
    "Element",
    "Emotion",
    "Hangup",
    "Interruption",
    "Leaf",
    "Match",
    "Near",
    "Rate",
    "Relaxed",
    "Response",
    "Seconds",
    "Silence",
    "Similar",
    "SomeWords",
    "SoundAlike",
    "Strict",
    "Value",
    "Words",
    "Worse",
    "WorseCount",
]

SoundAlike = Literal["literal", "pinyin", "pinyin_confusable"]
Words = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]
SomeWords = Annotated[Words, Field(min_length=1)]
Seconds = Annotated[float, Field(gt=0, le=36_000)]
Share = Annotated[float, Field(gt=0, le=1)]


class Strict(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, str_strip_whitespace=True)


class Near(Strict):
    """One of each group of words, at most ``chars`` characters apart, in this order when ``ordered``."""

    of: Annotated[tuple[SomeWords, ...], Field(min_length=2, max_length=4)]
    chars: Annotated[int, Field(ge=0, le=60)] = 8
    ordered: bool = True


class Leaf(Strict):
    """Wording: any of the phrases, patterns or pairs is a hit."""

    phrases: Words = ()
    by: SoundAlike = "pinyin_confusable"
    regex: Words = ()
    near: tuple[Near, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.phrases or self.regex or self.near)


class Element(Leaf):
    """One part of a wording that has several; each part leaves its own evidence."""

    name: str


class Similar(Strict):
    """A clause to be read word for word: the share of its syllables that were said in order.

    From ``said`` on and with all key terms it was said, with one surely lacking it was not; from ``doubtful`` on, or
    where only a part of a key term was heard, nobody can tell; below it was not.
    """

    text: Annotated[str, Field(min_length=10, max_length=400)]
    key_terms: Words = ()
    said: Share = 0.85
    doubtful: Share = 0.65


class Relaxed(Strict):
    """Another limit when one of ``after`` was said in the ``within_s`` before the silence began."""

    after: Words
    limit_s: Seconds
    within_s: Seconds = 15.0


class Worse(Strict):
    """From this length on, the finding has this severity."""

    from_s: Seconds
    severity: Severity


class Silence(Strict):
    """Nobody speaks and nothing sounds for ``limit_s`` or longer."""

    limit_s: Seconds
    relaxed: tuple[Relaxed, ...] = ()
    not_after: Words = ()
    worse: tuple[Worse, ...] = ()


class WorseCount(Strict):
    """From this many on, the finding has this severity."""

    from_count: Annotated[int, Field(ge=2, le=100)]
    severity: Severity


class Interruption(Strict):
    """The agent takes the floor from the customer ``least`` times or more; see ``interruption.py``."""

    least: Annotated[int, Field(ge=1, le=100)] = 2
    worse: tuple[WorseCount, ...] = ()


class Rate(Strict):
    """More than ``limit_cpm`` characters a minute (characters by utterance time) over ``over_s`` of speech or more."""

    limit_cpm: Annotated[int, Field(ge=60, le=1000)]
    over_s: Seconds = 60.0


class Response(Strict):
    """The agent is slow: no ``offer`` within ``offer_s`` of the answer, or the customer's first matter left alone.

    ``answer_s``: of the agent's time after the customer's first statement. ``excused_by``: events (a hold announced).
    """

    offer: SomeWords
    offer_s: Seconds = 30.0
    answer_s: Seconds = 30.0
    excused_by: Words = ()


class Emotion(Strict):
    """The voice shows one of ``labels`` in ``turns`` turns or for ``seconds``, beside the rule's own wording."""

    labels: SomeWords = ("agitation",)
    score: Share = 0.7
    turns: Annotated[int, Field(ge=1, le=50)] = 2
    seconds: Seconds = 6.0


class Hangup(Strict):
    """``by`` ends the call while the other side speaks or has just asked, and nobody said farewell."""

    by: Literal["agent", "customer"]
    within_s: Seconds = 3.0
    not_after: Words = ()


class Value(Strict):
    """A percentage said beside one of ``words`` differs from the business field ``fact`` by more than ``tolerance``."""

    words: SomeWords
    fact: str
    tolerance: Annotated[float, Field(ge=0, le=100)] = 0.005
    reach_chars: Annotated[int, Field(ge=0, le=30)] = 10


class Match(Leaf):
    """What a rule looks for. ``times``: in how many separate places at least; ``need``: how many elements."""

    times: Annotated[int, Field(ge=1, le=50)] = 1
    elements: tuple[Element, ...] = ()
    need: Annotated[int, Field(ge=1)] | None = None
    similar: Similar | None = None
    silence: Silence | None = None
    interruption: Interruption | None = None
    rate: Rate | None = None
    response: Response | None = None
    emotion: Emotion | None = None
    hangup: Hangup | None = None
    value: Value | None = None

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures this asks for; a rule may ask for one."""
        named = ("silence", "interruption", "rate", "response", "emotion", "hangup", "value")
        return tuple(name for name in named if getattr(self, name) is not None)

    def references(self) -> Iterator[tuple[str, str]]:
        """Events that measures name, with the field."""
        if self.silence is not None:
            yield from (("match.silence.not_after", event) for event in self.silence.not_after)
            yield from (("match.silence.relaxed", event) for relaxed in self.silence.relaxed for event in relaxed.after)
        if self.response is not None:
            yield from (("match.response.excused_by", event) for event in self.response.excused_by)
        if self.hangup is not None:
            yield from (("match.hangup.not_after", event) for event in self.hangup.not_after)
