"""What every validator of rule packs has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from inspector.errors import PackIssue, RecordingError
from inspector.model import Hearing
from inspector.rules.load import Packs
from inspector.rules.match import matchable
from inspector.rules.notation import parse_call
from inspector.rules.schema import Case, Leaf, Rule

__all__ = ["GROUPS", "Validator", "calls_of", "cases_of", "issue", "leaves_of", "warning", "words_of"]

GROUPS = ("fires", "silent", "not_applicable", "undetermined", "known_misses")


class Validator(Protocol):
    """One concern about one rule, seen with all packs. Finds faults of craft: packs that load can still be poor."""

    def issues(self, rule: Rule, packs: Packs) -> Iterable[PackIssue]:
        """Every fault of this sort in the rule."""
        ...


def issue(rule: Rule, packs: Packs, field: str, what: str, remedy: str) -> PackIssue:
    """An error: the pack must not judge like this."""
    return PackIssue(packs.file_of[rule.id], rule.id, field, what, remedy)


def warning(rule: Rule, packs: Packs, field: str, what: str, remedy: str) -> PackIssue:
    """Poor, but it can judge."""
    return PackIssue(packs.file_of[rule.id], rule.id, field, what, remedy, "warning")


def cases_of(rule: Rule) -> Iterator[tuple[str, Case]]:
    """Every example with its field name."""
    for group in GROUPS:
        for case in getattr(rule.examples, group):
            yield f"examples.{group}.{case.name}", case


def calls_of(rule: Rule) -> Iterator[tuple[str, Hearing]]:
    """Every example that can be read, with its field name."""
    for field, case in cases_of(rule):
        try:
            hearing = parse_call(case.call, field)[1]
        except RecordingError:
            continue  # UnreadableExample tells
        yield field, hearing


def words_of(hearing: Hearing) -> str:
    """All words of a call, folded, without punctuation."""
    return "".join(matchable(turn.text) for turn in hearing.turns)


def leaves_of(rule: Rule) -> Iterator[tuple[str, Leaf]]:
    """Every place where a rule writes wording, with its field name."""
    yield "match", rule.match
    for element in rule.match.elements:
        yield f"match.elements.{element.name}", element
    if rule.exceptions is not None:
        yield "exceptions", rule.exceptions
