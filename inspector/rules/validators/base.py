"""What every validator of rule packs has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from inspector.errors import PackIssue, RecordingError
from inspector.model import Hearing
from inspector.rules.load import Packs
from inspector.rules.notation import parse_call
from inspector.rules.phrases import matchable
from inspector.rules.schema import Case, Rule

__all__ = ["Validator", "calls_of", "cases_of", "issue", "warning", "words_of"]


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
    for group, case in rule.examples.cases():
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
