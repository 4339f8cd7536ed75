"""What a rule pack may say: the fields of a rule, their types and limits. ``rules/README.md`` explains them to authors.

The models refuse unknown fields and wrong types; what needs other rules (do the named events exist?) is asked in
``load.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from inspector.model import Kind, Party, Severity, Status
from inspector.rules.matchers import Exceptions, Leaf, Match, Seconds, SomeWords, Strict, Words

__all__ = [
    "About",
    "Anchor",
    "Case",
    "Examples",
    "FactsClause",
    "Guard",
    "GuardSide",
    "PackFile",
    "Rule",
    "Source",
    "Where",
]


class Anchor(Strict):
    """The first or last of the party's turns or seconds, whichever reaches further.

    ``spoke_last``: claims about the party's last words need it to have had the last word of the call; else nobody can
    tell what would have followed, unless business data say that the party hung up.
    """

    spoke_last: bool = False
    turns: Annotated[int, Field(ge=1, le=200)] | None = None
    seconds: Seconds | None = None


class Where(Strict):
    """The window a rule looks in; empty = the whole call.

    ``first``/``last`` count from the party's own first or last words. ``before``/``after``/``around`` name events or
    other rules of wording; a call without the ``before`` event is looked at to its end. ``since`` makes ``before`` mean
    the first such event after this other one. ``after`` reaches ``within_s`` or ``within_turns`` of the party's own
    turns, whichever is longer, and never beyond the next ``until``; ``around`` reaches ``within_s`` to both sides.
    ``which``: of several places of the event the first, the last, or every one (each must be answered).
    """

    first: Anchor | None = None
    last: Anchor | None = None
    before: str | None = None
    since: str | None = None
    after: str | None = None
    until: str | None = None
    around: str | None = None
    within_s: Seconds | None = None
    within_turns: Annotated[int, Field(ge=1, le=200)] | None = None
    which: Literal["first", "last", "every"] = "first"

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
    who: Literal[Party.AGENT, Party.CUSTOMER, "any"] = "any"
    where: Where = Where()
    needs: Words = ()
    needs_any: Words = ()
    not_when: Words = ()
    facts: FactsClause = FactsClause()
    match: Match = Match()
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
        return bool(self.needs or self.needs_any or self.not_when or self.facts != FactsClause())

    def leaves(self) -> Iterator[tuple[str, Leaf]]:
        """Every place where the rule writes wording, with its field name."""
        yield "match", self.match
        for element in self.match.elements:
            yield f"match.elements.{element.name}", element
        if self.exceptions is not None:
            yield "exceptions", self.exceptions

    def references(self) -> Iterator[tuple[str, str]]:
        """Every event or other rule that this one hangs on, with the field that names it."""
        for field in ("needs", "needs_any", "not_when"):
            yield from ((field, event) for event in getattr(self, field))
        for at in ("before", "since", "after", "until", "around"):
            if event := getattr(self.where, at):
                yield f"where.{at}", event
        yield from self.match.references()

    @property
    def digest(self) -> str:
        """sha256 of every field that changes a verdict, its routing or the words of a finding's reason.

        What its guards say is not in it (it would make every rule a new one): they have digests of their own.
        """
        return _digest_of(self, {"asks", "examples", "sources", "title", "remedy"})


class PackFile(Strict):
    """One YAML file: rules, guards or both."""

    schema_: Annotated[Literal["inspector.rules/1"], Field(alias="schema")]
    pack: Annotated[str, Field(min_length=1, max_length=60)]
    owner: str | None = None
    guards: tuple[Guard, ...] = ()
    rules: tuple[Rule, ...] = ()
