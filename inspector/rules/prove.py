"""Runs the examples that every rule carries: the packs' own proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inspector.errors import RecordingError
from inspector.model import Call, Hearing, Kind, Outcome, Status
from inspector.rules.judge import answer
from inspector.rules.load import Packs
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.rules.schema import Rule
from inspector.rules.view import CallView

__all__ = ["WANTED", "Proof", "answer_of", "prove"]

WANTED = {
    "fires": {Outcome.FIRES},
    "silent": {Outcome.SILENT, Outcome.NOT_APPLICABLE},
    "not_applicable": {Outcome.NOT_APPLICABLE},
    "undetermined": {Outcome.UNDETERMINED},
    "known_misses": {Outcome.SILENT, Outcome.NOT_APPLICABLE},
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One example and what became of it. ``fault`` is empty when the example holds."""

    rule_id: str
    group: str
    name: str
    answer: str
    fault: str


def prove(packs: Packs, only: str | None = None) -> Iterator[Proof]:
    """Every example of every rule (or of one), with the events of all. What is deprecated answers no more."""
    plan = packs.plan()
    for rule in packs.rules:
        if only in (None, rule.id) and (rule.kind is Kind.EVENT or rule.status is not Status.DEPRECATED):
            for group, case in rule.examples.cases():
                yield _prove(rule, group, case.name, case.call, plan)


def _prove(rule: Rule, group: str, name: str, text: str, plan: Plan) -> Proof:
    try:
        call, hearing = parse_call(text, f"{rule.id}/{group}/{name}")
    except RecordingError as error:
        return Proof(rule.id, group, name, "error", str(error))
    said = answer_of(rule, call, hearing, plan)
    fault = "" if said in WANTED[group] else f"应为 {group}，实为 {said}"
    return Proof(rule.id, group, name, said, fault)


def answer_of(rule: Rule, call: Call, hearing: Hearing, plan: Plan) -> Outcome:
    """What a rule of the plan says of a call; an event that occurred fires, as it were."""
    return answer(plan.rules[rule.id], CallView(call, hearing, plan)).outcome
