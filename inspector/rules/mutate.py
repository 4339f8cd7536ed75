"""Do the examples need every part of a rule? Breaks one at a time and looks whether an example notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from inspector.model import Call, Hearing, Kind, Status
from inspector.rules.coherence import incoherent
from inspector.rules.load import Packs
from inspector.rules.mutants import mutants_of
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan, compile_plan
from inspector.rules.prove import WANTED, answer_of
from inspector.rules.schema import PackFile, Rule

__all__ = ["Fates", "Mutation"]


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of the mutants of a rule: ``killed`` by an example, or the ids of those that ``survived``."""

    rule_id: str
    killed: int
    survived: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.killed + len(self.survived)


@dataclass(frozen=True, slots=True)
class _Example:
    group: str
    call: Call
    hearing: Hearing

    def holds(self, rule: Rule, plan: Plan) -> bool:
        return answer_of(rule, self.call, self.hearing, plan) in WANTED[self.group]


class Mutation:
    """Packs with their examples, ready to be asked about mutants."""

    def __init__(self, packs: Packs) -> None:
        self._rules = {rule.id: rule for rule in packs.rules}
        self._guards = packs.guards
        self._examples: dict[str, tuple[_Example, ...]] = {}

    def all_fates(self, rule_ids: Iterable[str], jobs: int, *, words: bool = False) -> Iterator[Fates]:
        """The fates of the mutants of several rules as ``jobs`` processes find them, the longest work begun first.

        Every example must hold (``rules prove``): one that does not would seem to notice everything.
        """
        if jobs == 1:
            yield from (self.fates(rule_id, words=words) for rule_id in rule_ids)
            return
        longest_first = sorted(rule_ids, key=self.effort, reverse=True)
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            waiting = [pool.submit(self.fates, rule_id, words=words) for rule_id in longest_first]
            for done in as_completed(waiting):
                yield done.result()

    def fates(self, rule_id: str, *, words: bool = False) -> Fates:
        """Tries every mutant of the rule (``words``: of its synonyms). Raises KeyError for an unknown rule."""
        killed, survived = 0, []
        for mutant in mutants_of(self._rules[rule_id], words=words):
            if self._is_incoherent(mutant.rule):
                continue
            if self._is_noticed(mutant.rule):
                killed += 1
            else:
                survived.append(mutant.id)
        return Fates(rule_id, killed, tuple(survived))

    def effort(self, rule_id: str) -> int:
        """About how much there is to run for the rule; only good for comparing rules."""
        size = len(self._rules[rule_id].model_dump_json(exclude={"examples"}, exclude_unset=True))
        return size * sum(sum(1 for _ in rule.examples.cases()) for rule in self._concerned(rule_id))

    def _is_incoherent(self, mutant: Rule) -> bool:
        pack = PackFile.model_construct(rules=self._needed_by(mutant, mutant), guards=self._guards)
        return bool(incoherent([("", pack)]))

    def _is_noticed(self, mutant: Rule) -> bool:
        """Does an example that holds no longer do so, of this rule or of one that hangs on it?"""
        for rule in self._concerned(mutant.id):
            judged = mutant if rule.id == mutant.id else rule
            plan = compile_plan(self._needed_by(judged, mutant), self._guards)
            if not all(example.holds(judged, plan) for example in self._examples_of(rule)):
                return True
        return False

    def _concerned(self, rule_id: str) -> Iterator[Rule]:
        """The rule and all that hang on it, if they answer."""
        for rule in sorted(self._rules.values(), key=lambda rule: rule.id != rule_id):
            answers = rule.kind is Kind.EVENT or rule.status is not Status.DEPRECATED
            if answers and (rule.id == rule_id or any(one.id == rule_id for one in self._needed_by(rule, rule))):
                yield rule

    def _needed_by(self, rule: Rule, mutant: Rule) -> tuple[Rule, ...]:
        """The rule and whatever there is that it hangs on, directly or not; the mutant in its place."""
        found, waiting = {rule.id: rule}, [rule]
        while waiting:
            for _, name in waiting.pop().references():
                if name in self._rules and name not in found:  # a mutant may lack a condition that another one names
                    found[name] = mutant if name == mutant.id else self._rules[name]
                    waiting.append(found[name])
        return tuple(found.values())

    def _examples_of(self, rule: Rule) -> tuple[_Example, ...]:
        if rule.id not in self._examples:
            self._examples[rule.id] = tuple(
                _Example(group, *parse_call(case.call, case.name)) for group, case in rule.examples.cases()
            )
        return self._examples[rule.id]
