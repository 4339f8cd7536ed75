"""A night in figures: one pass over its calls. Pure; what it keeps grows with faults, not with the day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inspector.model import Outcome
from inspector.night.balance import Balance, Ending, Tally
from inspector.night.cdr import CdrTally, Gap
from inspector.night.records import NightCall

__all__ = ["MOST_ROWS", "NightFigures", "Problem", "figures_of"]

MOST_ROWS = 100_000
"""Of problems that are listed one by one; all are counted."""

NO_TEAM = "-"


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not judged: ``kind`` as in ``balance.Ending``. ``signed``: somebody said not to wait for it."""

    item: str
    source_call_id: str
    kind: str
    reason: str | None
    line_no: int | None
    signed: bool


@dataclass(frozen=True, slots=True)
class NightFigures:
    """``by_part``: the balance of each part alone. ``rules``: answers by rule. ``teams``: ends and hits by team.

    ``hits``: calls with a rule that fires, by team, still to be reviewed by a person. ``has_cdr``: the switch's list
    is there, else ``cdr`` only speaks of recordings.
    """

    balance: Balance
    by_part: Mapping[int, Balance]
    cdr: CdrTally
    has_cdr: bool
    rules: Mapping[str, Mapping[Outcome, int]]
    teams: Mapping[str, Mapping[str, int]]
    problems: tuple[Problem, ...]
    gaps: tuple[Gap, ...]
    unlisted: int


@dataclass(slots=True)
class _Pass:
    has_cdr: bool
    day: Tally = field(default_factory=Tally)
    parts: defaultdict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    of_part: Counter[int] = field(default_factory=Counter)
    cdr: CdrTally = field(default_factory=CdrTally)
    rules: defaultdict[str, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    teams: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    problems: list[Problem] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    unlisted: int = 0

    def add(self, call: NightCall) -> None:
        for gap in self.cdr.add(call, is_complete=self.has_cdr):
            if gap.kind != "not_answered":
                self._keep(self.gaps, gap)
        if call.fate is None or call.part is None:
            return  # the list lacks it
        end = self.day.add(call)
        self.parts[call.part].add(call)
        self.of_part[call.part] += 1
        team = self.teams[str(call.facts.get("team") or NO_TEAM)]
        team["listed"] += 1
        team[end.kind] += 1
        if end.kind == "judged":
            self._judged(call, team)
        elif end.kind != "excluded":
            self._keep(self.problems, _problem(call, end))

    def _judged(self, call: NightCall, team: Counter[str]) -> None:
        answers = call.by_rule or {}
        for rule_id, answer in answers.items():
            self.rules[rule_id][answer] += 1
        team["hits"] += Outcome.FIRES in answers.values()
        team["uninspectable"] += call.is_uninspectable

    def _keep(self, rows: list[Problem] | list[Gap], row: Problem | Gap) -> None:
        if len(rows) < MOST_ROWS:
            rows.append(row)  # type: ignore[arg-type]
        else:
            self.unlisted += 1


def figures_of(calls: Iterable[NightCall], listed: int, *, has_cdr: bool) -> NightFigures:
    """``listed``: how many rows the list has, counted on its own: what the balance is held against."""
    done = _Pass(has_cdr)
    for call in calls:
        done.add(call)
    return NightFigures(
        balance=done.day.balance(listed),
        by_part={no: tally.balance(done.of_part[no]) for no, tally in sorted(done.parts.items())},
        cdr=done.cdr,
        has_cdr=has_cdr,
        rules=done.rules,
        teams=done.teams,
        problems=tuple(done.problems),
        gaps=tuple(done.gaps),
        unlisted=done.unlisted,
    )


def _problem(call: NightCall, end: Ending) -> Problem:
    return Problem(call.item, call.source_call_id or "", end.kind, end.reason, call.line_no, call.signed)
