"""What a rule pack may say: the fields of a rule, their types and limits. ``rules/README.md`` explains them to authors.

The models refuse unknown fields and wrong types; what needs other rules (do the named events exist?) is asked in
``load.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from inspector.model import Kind, Party, Severity, Status
from inspector.rules.matchers import Exceptions, Leaf, Match, Seconds, SomeWords, Strict, Words

__all__ = [
    "About",
    "Anchor",
    "Between",
    "Case",
    "Condition",
    "Effective",
    "Examples",
    "FactsClause",
    "Guard",
    "GuardSide",
    "PackFile",
    "Rule",
    "Source",
    "Where",
    "WordList",
]

Percent = Annotated[float, Field(ge=0, le=100)]


class Anchor(Strict):
    """The first or last of the party's turns, seconds or percent of the call, whichever reaches furthest.

    ``percent``: of the time from the party's first word to its last.

    ``spoke_last``: claims about the party's last words need it to have had the last word of the call; else nobody can
    tell what would have followed, unless business data say that the party hung up.
    """

    spoke_last: bool = False
    turns: Annotated[int, Field(ge=1, le=200)] | None = None
    seconds: Seconds | None = None
    percent: Annotated[Percent, Field(gt=0)] | None = None


class Between(Strict):
    """A stretch of the call: seconds from its beginning, or percent from the party's first word to its last."""

    from_s: Annotated[float, Field(ge=0, le=36_000)] | None = None
    to_s: Seconds | None = None
    from_percent: Percent | None = None
    to_percent: Percent | None = None


class Where(Strict):
    """The window a rule looks in; empty = the whole call.

    ``first``/``last`` count from the party's own first or last words. ``before``/``after``/``around`` name events,
    other rules of wording or conditions of the same rule; of several ``before`` the earliest counts, and a call without
    any is looked at to its end. ``since`` makes ``before`` mean the first such event after this other one. ``after``
    reaches ``within_s`` or ``within_turns`` of the party's own turns, whichever is longer, and never beyond the next
    ``until``; ``around`` reaches as far to both sides, and a ``before`` with such a reach is looked back from. No turns
    (0) is the turn of the event alone. ``which``: of several places of the event the first, the last, the ``nth``,
    every one (each must be answered) or any (one answered is enough).
    """

    first: Anchor | None = None
    last: Anchor | None = None
    between: Between | None = None
    before: str | SomeWords | None = None
    since: str | None = None
    after: str | None = None
    until: str | None = None
    around: str | None = None
    within_s: Seconds | None = None
    within_turns: Annotated[int, Field(ge=0, le=200)] | None = None
    which: Literal["first", "last", "nth", "every", "any"] = "first"
    nth: Annotated[int, Field(ge=1, le=50)] | None = None

    @property
    def befores(self) -> tuple[str, ...]:
        """The events that end the window."""
        return (self.before,) if isinstance(self.before, str) else self.before or ()

    @property
    def reaches(self) -> bool:
        """Is it told how far the window reaches from its event?"""
        return self.within_s is not None or self.within_turns is not None

    @property
    def opens(self) -> tuple[str, ...]:
        """The events without which there is no window."""
        named = self.after or self.around
        return (named,) if named else self.befores if self.reaches else ()

    def anchors(self) -> Iterator[tuple[str, str]]:
        """Every event, rule or condition that the window hangs on, with its field."""
        yield from (("before", name) for name in self.befores)
        yield from ((at, name) for at in ("since", "after", "until", "around") if (name := getattr(self, at)))

    @cached_property
    def is_whole(self) -> bool:
        """Is it the whole call, as of most rules?"""
        return self == Where()


class FactsClause(Strict):
    """Business data that decide by themselves; see ``facts.py`` for what a condition may say.

    ``only``: one of them must hold, else the rule does not apply. ``not_applicable``: none may hold. ``violated``: the
    rule fires by these data alone. ``satisfied``: as good as said. Asked in this order.
    """

    only: Words = ()
    not_applicable: Words = ()
    violated: Words = ()
    satisfied: Words = ()


class About(Strict):
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


class Effective(Strict):
    """The dates of the calls a rule applies to, both included; a call of unknown date is judged."""

    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None


Who = Literal[Party.AGENT, Party.CUSTOMER, "any"]


class Condition(Leaf):
    """One named part of a rule's ``logic``: wording with a party, a window and guards of its own.

    True from ``times`` places on; ``who`` None: the party of the rule.
    """

    who: Who | None = None
    where: Where = Where()
    times: Annotated[int, Field(ge=1, le=50)] = 1
    unless: Words = ()
    exceptions: Exceptions | None = None
    about: About | None = None


class Case(Strict):
    """One example call in the notation of ``rules/README.md``."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    call: str


class Examples(Strict):
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


class Source(Strict):
    """Where the rule comes from and who checked it."""

    title: str
    article: str | None = None
    verified_by: str | None = None
    verified_on: str | None = None


class GuardSide(Strict):
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


class Guard(Strict):
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

    @property
    def digest(self) -> str:
        """sha256 of the guard: with those of the rules it makes the digest of the packs."""
        return _digest_of(self, set())


def _digest_of(model: Strict, without: set[str]) -> str:
    """sha256 of the canonical JSON of what is written. What is as by default is left out: new fields change none."""
    fields = model.model_dump(mode="json", by_alias=True, exclude=without, exclude_defaults=True)
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


Name = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=40)]
RuleId = Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z0-9_]+)+$", max_length=80)]


class Rule(Strict):
    """One rule. Only data: the judge decides by it, the proof runs its examples."""

    id: RuleId
    version: Annotated[int, Field(ge=1)]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Kind
    class_: Annotated[str, Field(alias="class", min_length=1, max_length=40)]
    severity: Severity
    status: Status
    effective: Effective = Effective()
    who: Who = "any"
    where: Where = Where()
    needs: Words = ()
    needs_any: Words = ()
    not_when: Words = ()
    facts: FactsClause = FactsClause()
    match: Match = Match()
    conditions: Annotated[dict[Name, Condition], Field(max_length=50)] = Field(default_factory=dict)
    logic: Annotated[str, Field(max_length=400)] = ""
    about: About | None = None
    unless: Words = ()
    exceptions: Exceptions | None = None
    message: str = ""
    late_message: str = ""
    remedy: str = ""
    alert: str | None = None
    alert_unless: Words = ()
    score: Annotated[int, Field(ge=-100, le=100)] | None = None
    prefer: Literal["precision", "recall"] | None = None
    asks: tuple[Annotated[str, Field(pattern=r"^S([1-9]|[12][0-9]|3[0-2])$")], ...] = ()
    sources: tuple[Source, ...] = ()
    examples: Examples = Examples()

    @cached_property
    def is_conditional(self) -> bool:
        """Do events or business data decide whether there is anything to judge?"""
        hangs = self.needs or self.needs_any or self.not_when
        return bool(hangs) or self.facts != FactsClause() or self.effective != Effective()

    def leaves(self) -> Iterator[tuple[str, Leaf]]:
        """Every place where the rule writes wording, with its field name."""
        yield "match", self.match
        for element in self.match.elements:
            yield f"match.elements.{element.name}", element
        if self.exceptions is not None:
            yield "exceptions", self.exceptions
        for name, condition in self.conditions.items():
            yield f"conditions.{name}", condition
            if condition.exceptions is not None:
                yield f"conditions.{name}.exceptions", condition.exceptions

    def askers(self) -> Iterator[tuple[str, Rule | Condition]]:
        """What has a window, guards and products of its own, with the beginning of its field names."""
        yield "", self
        yield from ((f"conditions.{name}.", condition) for name, condition in self.conditions.items())

    def references(self) -> Iterator[tuple[str, str]]:
        """Every event or other rule that this one hangs on, with the field that names it."""
        for field in ("needs", "needs_any", "not_when"):
            yield from ((field, event) for event in getattr(self, field))
        for prefix, asker in self.askers():
            named = asker.where.anchors()
            yield from ((f"{prefix}where.{at}", event) for at, event in named if event not in self.conditions)
        yield from self.match.references()

    @property
    def digest(self) -> str:
        """sha256 of every field that changes a verdict, its routing or the words of a finding's reason.

        What its guards say is not in it (it would make every rule a new one): they have digests of their own.
        """
        return _digest_of(self, {"asks", "examples", "sources", "title", "remedy"})


class WordList(Strict):
    """Words that ``{name}`` stands for in the wording of any pack."""

    name: Name
    words: SomeWords


class PackFile(Strict):
    """One YAML file: rules, guards, word lists or several of them."""

    schema_: Annotated[Literal["inspector.rules/1"], Field(alias="schema")]
    pack: Annotated[str, Field(min_length=1, max_length=60)]
    owner: str | None = None
    lists: tuple[WordList, ...] = ()
    guards: tuple[Guard, ...] = ()
    rules: tuple[Rule, ...] = ()
