"""``inspector bench rules``: how right and how fast the packs judge, beside plain keyword spotting on the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.interval import Ratio, pooled
from inspector.bench.result import check_out, made, write
from inspector.bench.shown import percent, spread
from inspector.bench.spotting import Spotter, turns_of
from inspector.errors import UsageError
from inspector.model import Call, Hearing, Outcome
from inspector.rules.judge import judge
from inspector.rules.load import load_packs, load_scored
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.rules.prove import prove
from inspector.rules.scored import ScoredCall

__all__ = ["long_call", "run_bench_rules"]

CALL_S = 300.0
Judge = Callable[[Call, Hearing], dict[str, Outcome]]


@dataclass(slots=True)
class Counts:
    """Over the scored calls: what should fire and did, what should not and did. Pairs of call and rule."""

    wanted: int = 0
    found: int = 0
    unwanted: int = 0
    wrong: int = 0
    undetermined: int = 0
    missed: list[str] = field(default_factory=list)
    wrongly: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """One way to judge: ``counts`` by rule, its totals with intervals over calls, milliseconds for one long call."""

    counts: dict[str, Counts]
    recall: Ratio | None
    false: Ratio | None
    undetermined: int
    call_ms: list[float]


def run_bench_rules(packs_dir: Path, scored_dir: Path, runs: int, out: Path | None) -> int:
    """Prints both sides and writes them as JSON when asked to; faults of the packs in full."""
    check_out(out)
    prove_s = [_timed(lambda: list(prove(load_packs(packs_dir)))) for _ in range(runs)]
    plan = load_packs(packs_dir).plan()
    scored = load_scored(scored_dir)
    call = long_call(scored)
    sides = {
        name: _side(by, scored, [1000 * _timed(lambda by=by: by(*call)) for _ in range(runs)])  # type: ignore[misc]
        for name, by in (("inspector", _by_plan(plan)), ("keyword spotting", _by_words(plan)))
    }
    _show(sides, scored, prove_s)
    write(out, _result(sides, scored, prove_s, plan))
    return 0


def _by_plan(plan: Plan) -> Judge:
    return lambda call, hearing: judge(call, hearing, plan, "bench").by_rule


def _by_words(plan: Plan) -> Judge:
    spotters = [Spotter(compiled.rule) for compiled in plan.judged]

    def spot(call: Call, hearing: Hearing) -> dict[str, Outcome]:
        turns = turns_of(hearing)
        return {s.rule.id: Outcome.FIRES if s.fires(turns) else Outcome.SILENT for s in spotters}

    return spot


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _side(by: Judge, scored: tuple[ScoredCall, ...], call_ms: list[float]) -> Side:
    counts: dict[str, Counts] = {}
    pairs: list[tuple[int, int, int, int]] = []
    for one in scored:
        answers = by(*parse_call(one.call, one.name))
        fired = {rule for rule, answer in answers.items() if answer is Outcome.FIRES}
        for rule in one.fires:
            _count(counts.setdefault(rule, Counts()), rule in fired, answers.get(rule), one.name)
        for rule in one.never:
            own = counts.setdefault(rule, Counts())
            own.unwanted, own.wrong = own.unwanted + 1, own.wrong + (rule in fired)
            own.wrongly += [one.name] if rule in fired else []
        pairs.append((len(one.fires), len(fired & {*one.fires}), len(one.never), len(fired & {*one.never})))
    wanted, found, unwanted, wrong = zip(*pairs, strict=True)
    undetermined = sum(own.undetermined for own in counts.values())
    return Side(counts, pooled(found, wanted), pooled(wrong, unwanted), undetermined, call_ms)


def _count(own: Counts, fired: bool, answer: Outcome | None, name: str) -> None:
    own.wanted, own.found = own.wanted + 1, own.found + fired
    own.undetermined += answer is Outcome.UNDETERMINED
    own.missed += [] if fired else [name]


def long_call(scored: tuple[ScoredCall, ...]) -> tuple[Call, Hearing]:
    """The first scored calls one after the other, as one call of five minutes."""
    lines: list[str] = []
    at_s = 0.0
    for one in scored:
        spoken = [line for line in one.call.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        for line in spoken:
            rest = line.split(maxsplit=1)[1]
            lines.append(f"{int(at_s) // 60}:{at_s % 60:.1f} {rest}" if "~" not in rest else "")
            at_s += max(1.0, len(rest) / 4)
            if at_s >= CALL_S:
                return parse_call("\n".join(lines), "a call of five minutes")
    raise UsageError("the scored calls do not fill five minutes", "name a directory with more of them")


def _show(sides: dict[str, Side], scored: tuple[ScoredCall, ...], prove_s: list[float]) -> None:
    console = Console(width=120)
    traps = sum(one.trap for one in scored)
    table = Table(title=f"{len(scored)} scored calls, {traps} of them traps", box=SIMPLE_HEAD, caption=_CAPTION)
    for column in ("", *sides):
        table.add_column(column)
    table.add_row("found of what must be", *(percent(side.recall) for side in sides.values()))
    table.add_row("found of what must not be", *(percent(side.false) for side in sides.values()))
    table.add_row("undetermined of what must be", *(str(side.undetermined) for side in sides.values()))
    table.add_row("a 5-minute call, ms", *(spread(side.call_ms, ".1f") for side in sides.values()))
    table.add_row("load and prove all packs, s", spread(prove_s, ".2f"), "–")
    console.print(table)
    ours = next(iter(sides.values()))
    for rule, own in sorted(ours.counts.items()):
        if own.missed or own.wrongly:
            console.print(f"{rule}  {own.found}/{own.wanted} found, {own.wrong}/{own.unwanted} wrong", markup=False)


_CAPTION = "in %, 95 % interval over calls; speed: median (min–max)"


def _result(sides: dict[str, Side], scored: tuple[ScoredCall, ...], prove_s: list[float], plan: Plan) -> dict[str, Any]:
    return {
        **made(),
        "packs": plan.digest,
        "calls": len(scored),
        "traps": sum(one.trap for one in scored),
        "prove_s": prove_s,
        "sides": {name: asdict(side) for name, side in sides.items()},
    }
