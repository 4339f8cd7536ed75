"""What a rule pack may say: the fields of a rule, their types and limits. ``rules/README.md`` explains them to authors.

The models refuse unknown fields and wrong types; what needs other rules (do the named events exist?) is asked in
``load.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from inspector.model import Kind, Party, Severity, Status

__all__ = [
    "About",
    "Anchor",
    "Element",
    "Examples",
    "FactsClause",
    "Guard",
    "GuardSide",
    "Leaf",
    "Match",
    "Near",
    "PackFile",
    "Relaxed",
    "Rule",
    "Silence",
    "SoundAlike",
    "Where",
    "Worse",
]

SoundAlike = Literal["literal", "pinyin", "pinyin_confusable"]
Words = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]
SomeWords = Annotated[Words, Field(min_length=1)]
Seconds = Annotated[float, Field(gt=0, le=36_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, str_strip_whitespace=True)


class Near(_Strict):
    """One of each group of words, at most ``chars`` characters apart, in this order when ``ordered``."""

    of: Annotated[tuple[SomeWords, ...], Field(min_length=2, max_length=4)]
    chars: Annotated[int, Field(ge=0, le=60)] = 8
    ordered: bool = True


class Leaf(_Strict):
    """Wording: any of the phrases, patterns or pairs is a hit."""

    phrases: Words = ()
    by: SoundAlike = "pinyin_confusable"
    regex: Words = ()
    near: tuple[Near, ...] = ()


class Element(Leaf):
    """One part of a wording that has several; each part leaves its own evidence."""

    name: str


class Relaxed(_Strict):
    """Another limit when one of ``after`` was said in the ``within_s`` before the silence began."""

    after: Words
    limit_s: Seconds
    within_s: Seconds = 15.0


class Worse(_Strict):
    """From this length on, the finding has this severity."""

    from_s: Seconds
    severity: Severity


class Silence(_Strict):
    """Nobody speaks and nothing sounds for ``limit_s`` or longer."""

    limit_s: Seconds
    relaxed: tuple[Relaxed, ...] = ()
    not_after: Words = ()
    worse: tuple[Worse, ...] = ()


class Match(Leaf):
    """What a rule looks for: wording, several parts of a wording, or silence."""

    elements: tuple[Element, ...] = ()
    need: Annotated[int, Field(ge=1)] | None = None
    silence: Silence | None = None


class Anchor(_Strict):
    """The first or last of the party's turns or seconds, whichever reaches further."""

    turns: Annotated[int, Field(ge=1, le=200)] | None = None
    seconds: Seconds | None = None


class Where(_Strict):
    """The window a rule looks in; empty = the whole call.

    ``first``/``last`` count from the party's own first or last words. ``before``/``after`` name events; a call without
    the ``before`` event is looked at to its end. ``within_s`` bounds ``after``. ``since`` makes ``before`` mean the
    first such event after this other one.
    """

    first: Anchor | None = None
    last: Anchor | None = None
    before: str | None = None
    since: str | None = None
    after: str | None = None
    within_s: Seconds | None = None


class FactsClause(_Strict):
    """Business data that decide by themselves: ``satisfied`` = as good as said, ``not_applicable`` = does not apply.

    Each names fields of the manifest that must be known and not false, or ``field=value``.
    """

    satisfied: Words = ()
    not_applicable: Words = ()


class About(_Strict):
    """Which product the sentence must be about. The nearest mention decides: in the passage, else earlier in the call.

    ``counts``: the rule applies. ``exempt``: it does not. Neither anywhere: undetermined (no_facts).
    ``pointing``: words that only point at a product (这款); they count, unless the product last named is exempt: then
    undetermined. Mentions that a guard of ``unless`` cancels are no mentions (理财非存款, 比存款高).
    ``facts``: what a product type of the business data means.
    """

    counts: Words
    exempt: Words
    pointing: Words = ()
    unless: Words = ()
    facts: dict[str, Literal["counts", "exempt"]] = Field(default_factory=dict)


class Case(_Strict):
    """One example call in the notation of ``rules/README.md``."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    call: str


class Examples(_Strict):
    """The rule's own proof. ``silent`` also accepts not_applicable; ``known_misses`` must still be missed."""

    fires: tuple[Case, ...] = ()
    silent: tuple[Case, ...] = ()
    not_applicable: tuple[Case, ...] = ()
    undetermined: tuple[Case, ...] = ()
    known_misses: tuple[Case, ...] = ()

    def cases(self) -> Iterator[tuple[str, Case]]:
        """Every example with the name of its group."""
        for group in type(self).model_fields:
            for case in getattr(self, group):
                yield group, case


class Source(_Strict):
    """Where the rule comes from and who checked it."""

    title: str
    article: str | None = None
    verified_by: str | None = None
    verified_on: str | None = None


class GuardSide(_Strict):
    """Words before or after a hit that cancel it.

    Between word and hit only ``filler`` words may stand (nothing else, any number of them); ``loose`` lets anything
    stand there, up to ``reach_chars``. ``alike``: single characters that count as the word when they touch the hit,
    because the recogniser writes them for it. ``unless_words`` only look like guard words (不仅, 非常).
    """

    words: SomeWords
    filler: Words = ()
    loose: bool = False
    reach_chars: Annotated[int, Field(ge=0, le=40)] = 8
    alike: tuple[Annotated[str, Field(min_length=1, max_length=1)], ...] = ()
    unless_words: Words = ()


class Guard(_Strict):
    """Why wording may not mean what it says: negated, asked, warned about.

    Turn words end its reach before a hit and leave a doubt after one, punctuation leaves a doubt. A guard word within
    ``doubtful_chars`` that other words part from the hit leaves a doubt, and so do two guard words in a row when
    ``twice_doubtful`` (不是说不保本). A guard that does not ``cancels`` only ever leaves a doubt.
    """

    name: Annotated[str, Field(min_length=1, max_length=40)]
    before: tuple[GuardSide, ...] = ()
    after: tuple[GuardSide, ...] = ()
    doubtful_chars: Annotated[int, Field(ge=0, le=20)] = 0
    twice_doubtful: bool = False
    cancels: bool = True
    turn_words: Words = ()


RuleId = Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z0-9_]+)+$", max_length=80)]


class Rule(_Strict):
    """One rule. Only data: the judge decides by it, the proof runs its examples."""

    id: RuleId
    version: Annotated[int, Field(ge=1)]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Kind
    class_: Annotated[str, Field(alias="class", min_length=1, max_length=40)]
    severity: Severity
    status: Status
    who: Literal[Party.AGENT, Party.CUSTOMER, "any"] = "any"
    where: Where = Where()
    needs: Words = ()
    facts: FactsClause = FactsClause()
    match: Match
    about: About | None = None
    unless: Words = ()
    exceptions: Leaf | None = None
    message: str = ""
    late_message: str = ""
    remedy: str = ""
    alert: str | None = None
    score: Annotated[int, Field(ge=-100, le=100)] | None = None
    prefer: Literal["precision", "recall"] | None = None
    sources: tuple[Source, ...] = ()
    examples: Examples = Examples()

    def leaves(self) -> Iterator[tuple[str, Leaf]]:
        """Every place where the rule writes wording, with its field name."""
        yield "match", self.match
        for element in self.match.elements:
            yield f"match.elements.{element.name}", element
        if self.exceptions is not None:
            yield "exceptions", self.exceptions

    def events(self) -> Iterator[tuple[str, str]]:
        """Every event the rule hangs on, with the field that names it."""
        yield from (("needs", event) for event in self.needs)
        for at in ("before", "after", "since"):
            if event := getattr(self.where, at):
                yield f"where.{at}", event
        if silence := self.match.silence:
            yield from (("match.silence.not_after", event) for event in silence.not_after)
            yield from (("match.silence.relaxed", event) for relaxed in silence.relaxed for event in relaxed.after)

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON of every field that changes a verdict or its routing."""
        fields = self.model_dump(mode="json", by_alias=True, exclude={"examples", "sources", "title", "remedy"})
        canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class PackFile(_Strict):
    """One YAML file: rules, guards or both."""

    schema_: Annotated[Literal["inspector.rules/1"], Field(alias="schema")]
    pack: Annotated[str, Field(min_length=1, max_length=60)]
    owner: str | None = None
    guards: tuple[Guard, ...] = ()
    rules: tuple[Rule, ...] = ()
