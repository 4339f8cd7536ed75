"""What is done with a chunk of stored calls: load, judge, compare with before, keep, write down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from inspector import __version__
from inspector.errors import SetupError, StoredCallError, StoredFault
from inspector.model import Inspection, Outcome
from inspector.redaction import Purpose, mask
from inspector.rejudging.crew import Chunk
from inspector.reports.contract import judgement_object, stored_error_object, to_line
from inspector.rules.judge import judge
from inspector.rules.load import load_plan
from inspector.rules.plan import Plan
from inspector.storage import Store, StoredCall

__all__ = ["CHUNK_CALLS", "Answer", "Counted", "Rejudger", "Task", "died", "rejudging"]

CHUNK_CALLS = 32
"""Calls that a process is given at once: it has to do for a moment, and not much is lost when it ends."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a process needs to know. ``packs``: digest of the plan; ``rule_ids``: only these, None = all.

    ``save``: keep the inspections; ``raw``: quotes unmasked. ``demoted``: rule and version of what is on trial
    whatever its pack says.
    """

    database_url: str
    business_tz: str
    packs_dir: Path
    packs: str
    rule_ids: frozenset[str] | None = None
    save: bool = False
    raw: bool = False
    demoted: frozenset[tuple[str, int]] = frozenset()


class Counted(StrEnum):
    """What is counted of a rule: calls. The last two are in comparison with the inspection before."""

    APPLICABLE = "applicable"
    FIRES = "fires"
    UNDETERMINED = "undetermined"
    NEWLY_FIRES = "newly_fires"
    NO_LONGER_FIRES = "no_longer_fires"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a chunk: ``lines`` of JSON, one a call, ``faults`` of those that could not be judged."""

    lines: str
    calls: int
    audio_s: float = 0.0
    counts: Counter[tuple[str, Counted]] = field(default_factory=Counter)
    faults: tuple[str, ...] = ()


@contextmanager
def rejudging(task: Task) -> Iterator[Callable[[Chunk], Answer]]:
    """What a process enters: opens the database and reads the packs.

    Raises StorageError, PackError, and SetupError when the packs are no longer those of the task.
    """
    plan = load_plan(task.packs_dir).without_standing(task.demoted)
    if plan.digest != task.packs:
        raise SetupError("the rule packs changed while they were read", "start again when they are complete")
    with closing(Store.open(task.database_url, task.business_tz, make=False)) as store:
        yield Rejudger(task, plan.answering(task.rule_ids), store).answer


def died(call_id: str) -> Answer:
    """The answer for a call at which a process ended twice."""
    what = "the process that judged it ended twice"
    return _failed(StoredCallError(StoredFault.PROCESS_DIED, call_id, what, "free some memory, judge it with --calls"))


class Rejudger:
    """Judges stored calls by one plan."""

    def __init__(self, task: Task, plan: Plan, store: Store) -> None:
        self._task, self._plan, self._store = task, plan, store

    def answer(self, call_ids: Chunk) -> Answer:
        """Judges these calls; where asked to, keeps the inspections, all in one transaction."""
        judged: list[tuple[Inspection, str]] = []
        answers = []
        for stored in self._store.calls.load(call_ids, self._plan.digest):
            if isinstance(stored, StoredCallError):
                answers.append(_failed(stored))
                continue
            inspection = judge(stored.call, stored.hearing, self._plan, __version__)
            answers.append(self.written(inspection, stored))
            judged.append((inspection, stored.hearing_digest))
        if self._task.save and judged:
            self._store.calls.keep(judged)
        return Answer(
            "".join(answer.lines for answer in answers),
            len(answers),
            sum(answer.audio_s for answer in answers),
            sum((answer.counts for answer in answers), Counter()),
            tuple(fault for answer in answers for fault in answer.faults),
        )

    def written(self, inspection: Inspection, stored: StoredCall) -> Answer:
        """The answer for one call: its line, and what is counted of it."""
        fires, fired = _firing(inspection.by_rule), _firing(stored.before)
        if self._task.rule_ids is not None:
            fired &= self._task.rule_ids
        counts: Counter[tuple[str, Counted]] = Counter()
        for rule_id, outcome in inspection.by_rule.items():
            counts[rule_id, Counted.APPLICABLE] += outcome is not Outcome.NOT_APPLICABLE
            counts[rule_id, Counted.UNDETERMINED] += outcome is Outcome.UNDETERMINED
        counts.update((rule_id, Counted.FIRES) for rule_id in fires)
        counts.update((rule_id, Counted.NEWLY_FIRES) for rule_id in fires - fired)
        counts.update((rule_id, Counted.NO_LONGER_FIRES) for rule_id in fired - fires)
        contract = judgement_object(inspection)
        changed = {"newly_fires": sorted(fires - fired), "no_longer_fires": sorted(fired - fires)}
        line = to_line((contract if self._task.raw else _masked(contract)) | changed)
        return Answer(f"{line}\n", 1, inspection.hearing.recording.duration_s, counts)


def _failed(fault: StoredCallError) -> Answer:
    return Answer(f"{to_line(stored_error_object(fault))}\n", 1, faults=(f"{fault.call_id}: {fault}",))


def _firing(by_rule: dict[str, Outcome]) -> set[str]:
    return {rule_id for rule_id, outcome in by_rule.items() if outcome is Outcome.FIRES}


def _masked(contract: dict[str, Any]) -> dict[str, Any]:
    """The contract, changed: what was said, and what a rule says of it, without numbers that name or open something."""
    for finding in contract["findings"]:
        finding["why"] = mask(finding["why"], Purpose.EXPORT)
        for evidence in finding["evidence"]:
            evidence["quote"] = mask(evidence["quote"], Purpose.EXPORT)
    return contract
