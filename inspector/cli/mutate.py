"""``inspector rules mutate``: is every part of a rule needed by one of its examples?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.cli.messages import Lang, say
from inspector.cli.progress import JobProgress
from inspector.errors import UsageError
from inspector.rules.load import Packs, load_packs, load_survivors
from inspector.rules.mutants import kind_of
from inspector.rules.mutate import Fates, Mutation
from inspector.rules.prove import prove

__all__ = ["run_mutate", "run_mutate_words"]


def run_mutate(directory: Path, rule_ids: Sequence[str], jobs: int, lang: Lang) -> int:
    """Names the changes of rules that no example notices; exit code 1 for one without a reason or a stale reason."""
    packs = load_packs(directory)
    wanted = rule_ids or tuple(packs.file_of)
    excused = {
        (one.rule, one.mutant)
        for one in load_survivors(directory)
        if one.rule in wanted or one.rule not in packs.file_of
    }
    fates = _fates(packs, wanted, jobs, lang, words=False)
    survived = {(one.rule_id, mutant) for one in fates for mutant in one.survived}
    unexcused, stale = sorted(survived - excused), sorted(excused - survived)
    console = Console()
    for key, mutants in (("mutant_survived", unexcused), ("mutant_stale", stale)):
        for rule, mutant in mutants:
            line = say(lang, key, rule=rule, mutant=mutant)
            console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    if unexcused:
        kinds = Counter(kind_of(mutant) for _, mutant in unexcused).most_common()
        _print(console, say(lang, "mutants_by_kind", kinds="，".join(f"{kind} {count}" for kind, count in kinds)))
    counts = {"excused": len(survived & excused), "survived": len(unexcused), "stale": len(stale)}
    killed, total = sum(one.killed for one in fates), sum(one.total for one in fates)
    _print(console, say(lang, "mutated", total=total, killed=killed, **counts))
    return 1 if unexcused or stale else 0


def run_mutate_words(directory: Path, rule_ids: Sequence[str], jobs: int, lang: Lang) -> int:
    """Tells which share of each rule's wording its examples need, the least first; for rules named, also the rest."""
    packs = load_packs(directory)
    fates = _fates(packs, rule_ids or tuple(packs.file_of), jobs, lang, words=True)
    console = Console()
    for one in sorted(fates, key=lambda one: (_share(one.killed, one.total), one.rule_id)):
        row = {"rule": one.rule_id, "killed": one.killed, "total": one.total}
        _print(console, say(lang, "words_row", share=_share(one.killed, one.total), **row))
        for mutant in one.survived if rule_ids else ():
            _print(console, f"      {mutant}")
    killed, total = sum(one.killed for one in fates), sum(one.total for one in fates)
    _print(console, say(lang, "words_total", share=_share(killed, total), killed=killed, total=total))
    return 0


def _fates(packs: Packs, rule_ids: Sequence[str], jobs: int, lang: Lang, *, words: bool) -> list[Fates]:
    """Raises UsageError for a rule that is not there and for examples that do not hold."""
    for rule_id in rule_ids:
        if rule_id not in packs.file_of:
            raise UsageError(say(lang, "no_such_rule", rule=rule_id), say(lang, "no_such_rule_remedy"))
    if bad := sum(bool(proof.fault) for proof in prove(packs)):
        raise UsageError(say(lang, "unproved", bad=bad), say(lang, "unproved_remedy"))
    mutation = Mutation(packs)
    efforts = {rule_id: mutation.effort(rule_id) for rule_id in rule_ids}
    found = []
    total = sum(efforts.values())
    with JobProgress(Console(stderr=True), partial(_progress, lang), len(efforts), total) as progress:
        for fates in mutation.all_fates(efforts, jobs, words=words):
            progress.finished(efforts[fates.rule_id], failed=bool(fates.survived))
            found.append(fates)
    return found


def _progress(lang: Lang, _: str, **figures: object) -> str:
    """The line of a long job, without sound."""
    return say(lang, "mutate_progress", **figures)


def _share(killed: int, total: int) -> float:
    return killed / total if total else 1.0


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
