"""``inspector bench live-rules``: what judging costs while a call goes on, and how soon its findings are certain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.bench.result import check_out, made, timed, write
from inspector.bench.rules import long_call
from inspector.bench.shown import machine, spread
from inspector.model import TURN_PAUSE_S, Call, Hearing, Outcome
from inspector.rules.growing import heard_by
from inspector.rules.incremental import LiveJudge, Step
from inspector.rules.judge import judge
from inspector.rules.load import load_packs, load_scored
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan

__all__ = ["run_bench_live_rules"]

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class _Told:
    """Over whole calls: findings that fire, how many were certain before the end, seconds after their last words."""

    fires: int
    early: int
    after_s: list[float]


def run_bench_live_rules(packs_dir: Path, scored_dir: Path, out: Path | None) -> int:
    """Prints the cost of a turn of a five-minute call, and how soon findings of the scored calls are certain."""
    check_out(out)
    plan = load_packs(packs_dir).plan()
    scored = load_scored(scored_dir)
    call, hearing = long_call(scored)
    step_ms, anew_ms = _cost_ms(call, hearing, plan)
    told = _told([parse_call(one.call, one.name) for one in scored], plan)
    table = Table(title=f"{machine()}; {len(step_ms)} turns, {len(scored)} calls", box=SIMPLE_HEAD)
    table.add_column("")
    table.add_column("median (least–most)")
    table.add_row("a turn, step by step, ms of CPU", spread(step_ms, ".1f"))
    table.add_row("a turn, all so far judged anew, ms of CPU", spread(anew_ms, ".1f"))
    table.add_row("findings certain before the end", f"{told.early} of {told.fires}")
    if told.after_s:
        table.add_row("certain after their last words, s", spread(told.after_s, ".1f"))
    Console(width=120).print(table)
    result = {
        "packs": plan.digest,
        "turns": len(step_ms),
        "step_ms": median(step_ms),
        "anew_ms": median(anew_ms),
        "fires": told.fires,
        "certain_early": told.early,
        "certain_after_s": median(told.after_s) if told.after_s else None,
    }
    write(out, made() | result)
    return 0


def _ends_s(hearing: Hearing) -> list[float]:
    """When something was said to its end."""
    return sorted({turn.end_s for turn in hearing.turns})


def _cost_ms(call: Call, hearing: Hearing, plan: Plan) -> tuple[list[float], list[float]]:
    """For each turn of the call: judged step by step, and all so far judged anew; both answer alike."""
    live = LiveJudge(call, plan, "bench")
    step_ms: list[float] = []
    anew_ms: list[float] = []
    for at_s in _ends_s(hearing):
        cut, complete_s = heard_by(hearing, at_s)
        step, took_s = timed(lambda cut=cut, to_s=complete_s: live.hear(cut, to_s))  # type: ignore[misc]
        anew, anew_took_s = timed(lambda cut=cut: judge(call, cut, plan, "bench"))  # type: ignore[misc]
        if step.inspection != anew:
            raise RuntimeError(f"the answers differ at {at_s} s")
        step_ms.append(1000 * took_s)
        anew_ms.append(1000 * anew_took_s)
    return step_ms, anew_ms


def _told(calls: list[tuple[Call, Hearing]], plan: Plan) -> _Told:
    fires, after_s = 0, []
    for call, hearing in calls:
        whole = judge(call, hearing, plan, "bench")
        fires += sum(finding.outcome is Outcome.FIRES for finding in whole.findings)
        for step in _steps(call, hearing, plan):
            after_s += [
                one.at_s - max(place.end_s for place in one.finding.evidence)
                for one in step.certain
                if one.at_s < hearing.recording.duration_s
            ]
    return _Told(fires, len(after_s), after_s)


def _steps(call: Call, hearing: Hearing, plan: Plan) -> Iterator[Step]:
    """Judged when something was said to its end, and when a pause has ended a turn."""
    live = LiveJudge(call, plan, "bench")
    ends_s = _ends_s(hearing)
    pauses_s = (end_s + TURN_PAUSE_S + 0.01 for end_s in ends_s)
    for at_s in sorted({*ends_s, *(end_s for end_s in pauses_s if end_s < hearing.recording.duration_s)}):
        yield live.hear(*heard_by(hearing, at_s))
