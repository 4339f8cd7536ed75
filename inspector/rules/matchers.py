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
    "ENTITIES",
    "Clearly",
    "Duration",
    "Element",
    "Emotion",
    "Entity",
    "Exceptions",
    "Hangup",
    "Interruption",
    "Leaf",
    "Loudness",
    "Match",
    "NaturalLanguage",
    "Near",
    "Rate",
    "Relaxed",
    "Repeat",
    "Response",
    "Seconds",
    "Sequence",
    "Silence",
    "Similar",
    "SomeWords",
    "SoundAlike",
    "Strict",
    "TalkShare",
    "Turns",
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


Entity = Literal["amount", "percent", "date", "term", "card", "identity", "phone", "number"]
ENTITIES: dict[str, str] = {
    "amount": "金额",
    "percent": "百分数",
    "date": "日期",
    "term": "期限",
    "card": "卡号",
    "identity": "身份证号",
    "phone": "电话号码",
    "number": "数字",
}
"""What each is called in evidence. ``number`` is any other figure."""


class Strict(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, str_strip_whitespace=True)


class Near(Strict):
    """One of each group of words, at most ``chars`` characters apart, in this order when ``ordered``."""

    of: Annotated[tuple[SomeWords, ...], Field(min_length=2, max_length=4)]
    chars: Annotated[int, Field(ge=0, le=60)] = 8
    ordered: bool = True


class Sequence(Strict):
    """One of each group of words in this order, all by one party, within ``within_s`` from first to last."""

    of: Annotated[tuple[SomeWords, ...], Field(min_length=2, max_length=6)]
    within_s: Seconds = 30.0


class Clearly(Strict):
    """How required wording must be said to count: not faster than ``limit_cpm``, heard at ``confidence`` or better."""

    limit_cpm: Annotated[int, Field(ge=240, le=1000)] | None = None
    confidence: Share | None = None


class Leaf(Strict):
    """Wording: any of the phrases, patterns, pairs, entities or the sequence is a hit.

    Phrases may have gaps: ``*`` up to six characters, ``?`` one. ``not_regex``: takes out hits of ``regex`` that it
    overlaps. ``not_inside``: takes out every hit that lies inside one of these, written so. ``distinct``: so many
    different phrases, patterns, pairs or entities must be there.
    """

    phrases: Words = ()
    by: SoundAlike = "pinyin_confusable"
    regex: Words = ()
    near: tuple[Near, ...] = ()
    entity: tuple[Entity, ...] = ()
    sequence: Sequence | None = None
    not_regex: Words = ()
    not_inside: Words = ()
    distinct: Annotated[int, Field(ge=2, le=50)] | None = None
    clearly: Clearly | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.phrases or self.regex or self.near or self.entity or self.sequence)


class Exceptions(Leaf):
    """Wording that takes a hit out when it ``reach``es it.

    It overlaps the hit; ends at most ``chars`` (8) ``before`` it or begins at most so many ``after`` it; or the hit
    lies ``inside`` it.
    """

    reach: Literal["overlap", "before", "after", "inside"] = "overlap"
    chars: Annotated[int, Field(ge=0, le=40)] | None = None


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
    """More than ``limit_cpm`` or fewer than ``least_cpm`` characters a minute over ``over_s`` of speech or more.

    Characters by utterance time.
    """

    limit_cpm: Annotated[int, Field(ge=60, le=1000)] | None = None
    least_cpm: Annotated[int, Field(ge=30, le=1000)] | None = None
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
    """A figure said beside one of ``words`` differs from the business field ``fact``.

    By more than ``tolerance`` (percentage points, yuan; months or days, whichever was said), or than
    ``tolerance_share`` of what the field holds, whichever allows more.
    """

    words: SomeWords
    fact: str
    kind: Literal["percent", "amount", "term"] = "percent"
    tolerance: Annotated[float, Field(ge=0, le=1_000_000)] = 0.005
    tolerance_share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    reach_chars: Annotated[int, Field(ge=0, le=30)] = 10


class Repeat(Strict):
    """A party says nearly the same turn ``times`` times or more, each within ``within_turns`` of its own of the last.

    ``similar``: share of syllables that are the same. Turns of fewer than ``min_chars`` are never looked at, nor are
    those that hold one of ``except_`` (in packs: ``not``).
    """

    times: Annotated[int, Field(ge=2, le=50)] = 2
    similar: Annotated[float, Field(ge=0.5, le=1)] = 0.8
    min_chars: Annotated[int, Field(ge=5, le=200)] = 8
    within_turns: Annotated[int, Field(ge=1, le=200)] = 20
    except_: Annotated[Words, Field(alias="not")] = ()


class Duration(Strict):
    """The call is longer than ``longer_s``, or shorter than ``shorter_s``."""

    longer_s: Seconds | None = None
    shorter_s: Seconds | None = None


class Turns(Strict):
    """The party takes the floor more than ``more`` times, or fewer than ``fewer`` times."""

    more: Annotated[int, Field(ge=1, le=10_000)] | None = None
    fewer: Annotated[int, Field(ge=1, le=10_000)] | None = None


class TalkShare(Strict):
    """More than ``more`` of all speech of people is the party's, or less than ``less``.

    Judged where people speak for ``over_s`` or longer.
    """

    more: Share | None = None
    less: Share | None = None
    over_s: Seconds = 60.0


class Loudness(Strict):
    """The party is ``above_own_db`` louder than it usually is for ``least_s``."""

    above_own_db: Annotated[float, Field(gt=0, le=60)]
    least_s: Seconds = 3.0


class NaturalLanguage(Strict):
    """A question to a language model."""

    question: Annotated[str, Field(min_length=4, max_length=400)]


_MEASURES = (
    *("silence", "interruption", "rate", "response", "emotion", "hangup", "value"),
    *("repeat", "duration", "turns", "talk_share", "loudness", "nl"),
)


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
    repeat: Repeat | None = None
    duration: Duration | None = None
    turns: Turns | None = None
    talk_share: TalkShare | None = None
    loudness: Loudness | None = None
    nl: NaturalLanguage | None = None

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures this asks for; a rule may ask for one."""
        return tuple(name for name in _MEASURES if getattr(self, name) is not None)

    def references(self) -> Iterator[tuple[str, str]]:
        """Events that measures name, with the field."""
        if self.silence is not None:
            yield from (("match.silence.not_after", event) for event in self.silence.not_after)
            yield from (("match.silence.relaxed", event) for relaxed in self.silence.relaxed for event in relaxed.after)
        if self.response is not None:
            yield from (("match.response.excused_by", event) for event in self.response.excused_by)
        if self.hangup is not None:
            yield from (("match.hangup.not_after", event) for event in self.hangup.not_after)
