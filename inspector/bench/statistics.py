"""How often the limits of figures contain the truth: calls, rules, draws and reviewers made up, so the truth is known.

::

    strata ──► violations ──► what the rule finds, and finds wrongly ──► draws of unequal parts, verdicts on a part
                                                                          │  reviewers err as they are said to
    truth ◄──────────────── compared with ◄── the figures' own functions ◄┘

Nothing of the figures is written anew here: counts go in, as the database gives them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from inspector.bench.result import check_out, made, write
from inspector.review.statistics.drift import Change, alarms
from inspector.review.statistics.gate import precision_of
from inspector.review.statistics.proportion import Estimate, Observer
from inspector.review.statistics.recall import Fired, recall_of
from inspector.review.statistics.strata import Stratum, share_of, without

__all__ = ["SETTINGS", "Setting", "drift_alarms", "run_bench_statistics", "simulate"]

SHARES = (0.70, 0.25, 0.05)
"""Sizes of the strata; violations are half as frequent in the first as in the others."""
PART_HEARD = (0.04, 0.06, 0.15)
FREQUENT = (0.5, 1.0, 1.0)
WANTED = (0.93, 0.97)
RULES, WEEKS, WEEK_CALLS = 60, 8, 10_000


@dataclass(frozen=True, slots=True)
class Setting:
    """Calls of a month, the share with a violation, the rule's recall and wrong fires per violation, how well
    reviewers judge, and which part of what fired they judge."""

    calls: int
    prevalence: float
    recall: float
    false_share: float
    reviewer: Observer
    judged: float


def _settings() -> tuple[Setting, ...]:
    rules = (
        *((200_000, 0.01, 0.7, 0.2), (200_000, 0.01, 0.9, 0.2), (40_000, 0.02, 0.7, 0.2)),
        *((40_000, 0.005, 0.7, 0.2), (1_000_000, 0.001, 0.6, 0.5), (40_000, 0.02, 0.95, 0.2)),
    )
    reviewers = ((1.0, 1.0, 1.0), (0.9, 0.995, 1.0), (0.95, 0.98, 0.5), (0.9, 0.999, 0.3))
    return tuple(Setting(*rule, Observer(*errs), part) for rule, (*errs, part) in product(rules, reviewers))


SETTINGS = _settings()
"""24: six rules, each judged by four sorts of reviewers."""


@dataclass(frozen=True, slots=True)
class _Month:
    """One month made up, by stratum: calls, what was found rightly, wrongly, and not found."""

    calls: np.ndarray[Any, Any]
    right: np.ndarray[Any, Any]
    wrong: np.ndarray[Any, Any]
    missed: np.ndarray[Any, Any]


def simulate(setting: Setting, runs: int, rng: np.random.Generator) -> dict[str, dict[str, float | int]]:
    """By figure: how often it could be told, contained the truth, and how wide it was in the middle."""
    told: dict[str, list[tuple[bool, float]]] = {}
    for _ in range(runs):
        for name, (estimate, truth) in _one(setting, rng).items():
            of_name = told.setdefault(name, [])
            if estimate is not None:
                of_name.append((estimate.low <= truth <= estimate.high, estimate.high - estimate.low))
    return {
        name: {
            "told": len(found),
            "contained": round(float(np.mean([held for held, _ in found])), 4) if found else 0.0,
            "width": round(float(np.median([width for _, width in found])), 5) if found else 0.0,
        }
        for name, found in told.items()
    }


def drift_alarms(runs: int, swing: float, rng: np.random.Generator) -> dict[str, float]:
    """Weeks in which nothing changed: in which share of them any of 60 rules alarms, and which share of rules does;
    and in which share of weeks a rule that fires twice as often as before is found beside 59 others.

    ``swing``: the standard deviation of a rule's weekly rate, as a share of it.
    """
    any_alarm = all_alarms = doubled = 0
    for _ in range(runs):
        rates = rng.uniform(0.001, 0.1, RULES)
        weekly = np.clip(rates[:, None] * rng.normal(1, swing, (RULES, WEEKS + 1)), 0, 1)
        changes = _changes(rng.binomial(WEEK_CALLS, weekly))
        found = len(alarms(changes))
        any_alarm += found > 0
        all_alarms += found
        weekly[0, -1] = min(1.0, 2 * weekly[0, -1])
        doubled += 0 in alarms(changes | {0: _changes(rng.binomial(WEEK_CALLS, weekly[:1]))[0]})
    alarming = {"weeks_with_alarm": any_alarm / runs, "rules_alarming": all_alarms / runs / RULES}
    return {"swing": swing, **alarming, "doubled_found": doubled / runs}


def run_bench_statistics(runs: int, seed: int, out: Path | None) -> int:
    """Simulates every setting; prints a line of JSON a setting, and writes all where asked to."""
    check_out(out)
    rng = np.random.default_rng(seed)
    rows = []
    for setting in SETTINGS:
        row = {"setting": asdict(setting), **simulate(setting, runs, rng)}
        print(json.dumps(row))
        rows.append(row)
    drift = [drift_alarms(runs, swing, rng) for swing in (0.0, 0.05, 0.2)]
    print(json.dumps(drift))
    write(out, {**made(), "runs": runs, "seed": seed, "wanted": WANTED, "settings": rows, "drift": drift})
    return 0


def _changes(fired: np.ndarray[Any, Any]) -> dict[int, Change]:
    """By rule, of how often it fired in each week."""
    shares = [[(int(one), WEEK_CALLS) for one in row] for row in fired]
    return {rule: Change(row[-1], tuple(row[:-1])) for rule, row in enumerate(shares)}


def _one(setting: Setting, rng: np.random.Generator) -> dict[str, tuple[Estimate | None, float]]:
    """Each figure of one month, beside the truth."""
    month = _month(setting, rng)
    fired = month.right + month.wrong
    all_fired, all_right = int(fired.sum()), int(month.right.sum())
    heard = np.ceil(month.calls * PART_HEARD).astype(int)
    heard_fired = rng.hypergeometric(fired, month.calls - fired, heard)
    heard_wrong = rng.hypergeometric(month.wrong, month.right, heard_fired)
    silent = heard - heard_fired
    heard_missed = rng.hypergeometric(month.missed, month.calls - fired - month.missed, silent)
    strata = _strata(month, silent, _said(heard_missed, silent, setting.reviewer, rng))
    by_two = _strata(month, silent, _said(heard_missed, silent, _of_two(setting.reviewer), rng))
    judged = max(1, round(all_fired * setting.judged))
    right = rng.hypergeometric(all_right, all_fired - all_right, judged)
    confirmed = int(_said(right, judged, setting.reviewer, rng))
    found = Fired(all_fired, judged, confirmed)
    total = int(month.calls.sum())
    others = without(all_fired, total, strata)
    truth = all_right / (all_right + int(month.missed.sum()))
    # Wrong: what fired and was not confirmed.
    said_wrong = heard_fired - _said(heard_fired - heard_wrong, heard_fired, setting.reviewer, rng)
    return {
        "recall": (recall_of(found, others, setting.reviewer), truth),
        "recall_taken_as_right_marks_of_one": (recall_of(found, others), truth),
        "recall_taken_as_right_marks_of_two": (recall_of(found, without(all_fired, total, by_two)), truth),
        "precision": (precision_of(confirmed, judged - confirmed, setting.reviewer), _precision(setting)),
        "false_fires": (share_of(_strata(month, heard, said_wrong)), int(month.wrong.sum()) / total),
    }


def _month(setting: Setting, rng: np.random.Generator) -> _Month:
    calls = np.round(np.array(SHARES) * setting.calls).astype(int)
    prevalence = setting.prevalence * np.array(FREQUENT)
    violations = rng.binomial(calls, prevalence)
    right = rng.binomial(violations, setting.recall)
    wrong = rng.binomial(calls - violations, setting.false_share * prevalence)
    return _Month(calls, right, wrong, violations - right)


def _precision(setting: Setting) -> float:
    """Of the rule on whatever calls, not of those that happen to be there."""
    prevalence = setting.prevalence * np.array(FREQUENT)
    right = float((np.array(SHARES) * prevalence).sum()) * setting.recall
    wrong = float((np.array(SHARES) * prevalence * (1 - prevalence)).sum()) * setting.false_share
    return right / (right + wrong)


def _of_two(one: Observer) -> Observer:
    """Two people who judge as ``one`` does, and a third such one where they differ: as a mark is decided."""
    seen, imagined = one.sensitivity, 1 - one.specificity
    stands = [first * (first + (1 - first) * first) for first in (seen, imagined)]
    return Observer(stands[0], 1 - stands[1])


def _said(there: Any, observed: Any, reviewer: Observer, rng: np.random.Generator) -> Any:
    """How many of the observed a reviewer says it is there in."""
    return rng.binomial(there, reviewer.sensitivity) + rng.binomial(observed - there, 1 - reviewer.specificity)


def _strata(month: _Month, heard: Any, hits: Any) -> list[Stratum]:
    rows = zip(month.calls, heard, hits, strict=True)
    return [Stratum(int(calls), int(of_heard), int(of_hits)) for calls, of_heard, of_hits in rows]
