"""Rules side by side, and one rule over the weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inspector.enums import Status
from inspector.review.statistics.drift import Change
from inspector.review.statistics.figures import (
    LEAST_BASE,
    DriftFigure,
    FalseFires,
    PrecisionFigure,
    RateFigure,
    RecallFigure,
)
from inspector.review.statistics.gate import Standing, floor_of
from inspector.review.statistics.proportion import wilson
from inspector.roles import Actor, Deed, may
from inspector.storage import Store
from inspector.storage.figures.disagreements import Disagreement
from inspector.storage.figures.gate import RuleState
from inspector.web.figures.overview import joined
from inspector.web.figures.period import Period
from inspector.web.figures.tables import Cell, Column, Plot, Table, View, count, few, interval, text

__all__ = [
    "RuleFigures",
    "RuleWeeks",
    "disagreement_tables",
    "may_rise",
    "rule_figures",
    "rule_tables",
    "rule_weeks",
    "week_tables",
]

MOST_DISAGREEMENTS = 200


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """All that the table of rules shows; ``checked`` is None for whom only the rates of his teams are."""

    now: tuple[RateFigure, ...]
    before: tuple[RateFigure, ...]
    checked: Checked | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What people's verdicts say, by rule."""

    precisions: dict[str, PrecisionFigure]
    false_fires: dict[str, FalseFires]
    recalls: dict[str, RecallFigure]
    drifts: tuple[DriftFigure, ...]
    demoted: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class RuleWeeks:
    """Weeks that end with ``through``, and where each rule stands, by all that was ever said of it."""

    through: date
    drifts: tuple[DriftFigure, ...]
    precisions: dict[str, PrecisionFigure]
    states: tuple[RuleState, ...]


def rule_figures(store: Store, actor: Actor, period: Period) -> RuleFigures:
    """As far as the actor may see: what verdicts say is said of all teams together."""
    verdicts, days = store.verdicts, period.days
    checked = None
    if may(actor, Deed.SEE_FIGURES):
        checked = Checked(
            {one.rule_id: one for one in verdicts.precisions(actor, days)},
            {one.rule_id: one for one in verdicts.false_fires(actor, days)},
            {one.rule_id: one for one in verdicts.recalls(actor, days)},
            verdicts.drifts(actor, period.last),
            _demoted(verdicts.states(actor)),
        )
    return RuleFigures(verdicts.rates(actor, days), verdicts.rates(actor, period.before), checked)


def rule_weeks(store: Store, actor: Actor, period: Period) -> RuleWeeks:
    """Of every rule: they are computed together."""
    verdicts = store.verdicts
    precisions = {one.rule_id: one for one in verdicts.precisions(actor, None)}
    return RuleWeeks(period.last, verdicts.drifts(actor, period.last), precisions, verdicts.states(actor))


def rule_tables(view: View, found: RuleFigures) -> list[Table]:
    """One row a rule that was judged anywhere, in the order of their ids."""
    team = view.period.team
    now = {one.rule_id: one for one in joined(one for one in found.now if team in (None, one.team))}
    before = {one.rule_id: one for one in joined(one for one in found.before if team in (None, one.team))}
    names = ["rule", "fires", "applicable", "fire_rate", "change"]
    plots = [Plot("forest", view.say("figures_fire_rate"), (0, 3))]
    rule_ids = set(now)
    if found.checked is not None:
        names += ["precision", "recall", "false_per_1000", "state", "drift"]
        plots.insert(0, Plot("forest", view.say("figures_precision"), (0, 5)))
        rule_ids |= found.checked.precisions.keys()
    rows = []
    for rule_id in sorted(rule_ids):
        row = _rates(view, rule_id, now.get(rule_id), before.get(rule_id))
        rows.append(row if found.checked is None else row + _checked(view, rule_id, found.checked))
    columns = [Column(view.say(f"figures_{name}"), name not in ("rule", "state", "drift")) for name in names]
    note = view.say("figures_rules_note" if found.checked else "figures_rules_team_note")
    return [Table("rules", view.say("figures_rules"), columns, rows, tuple(plots), note)]


def _rates(view: View, rule_id: str, now: RateFigure | None, before: RateFigure | None) -> list[Cell]:
    say = view.say
    if now is None:
        return [view.rule(rule_id), count(0), count(0), few(say, 0), few(say, 0)]
    return [
        view.rule(rule_id),
        count(now.fired, view.fires(rule_id)),
        count(now.applicable),
        interval(say, now.fire_rate, now.applicable),
        _change(view, now, before),
    ]


def _change(view: View, now: RateFigure, before: RateFigure | None) -> Cell:
    if now.fire_rate is None or before is None or before.fire_rate is None:
        return few(view.say, 0 if before is None else before.applicable)
    points = 100 * (now.fire_rate.value - before.fire_rate.value)
    sign = "▲" if points > 0 else "▼" if points < 0 else "＝"
    return Cell(view.say("figures_points", sign=sign, points=f"{abs(points):.1f}"), points)


def _checked(view: View, rule_id: str, checked: Checked) -> list[Cell]:
    say = view.say
    found, recall = checked.precisions.get(rule_id), checked.recalls.get(rule_id)
    wrong = checked.false_fires.get(rule_id)
    return [
        few(say, 0) if found is None else _precision(view, found),
        few(say, 0) if recall is None else _recall(view, recall),
        few(say, 0) if wrong is None else interval(say, wrong.share, wrong.heard, per=1000),
        _state(view, rule_id, found, checked.demoted),
        text(" · ".join(_drifted(view, one) for one in checked.drifts if one.rule_id == rule_id and one.alarm)),
    ]


def _precision(view: View, found: PrecisionFigure) -> Cell:
    """Below the fewest verdicts that anything is concluded from, how many there are and how many lack."""
    base = found.of_all.confirmed + found.of_all.false_alarms
    if found.standing is Standing.TOO_FEW:
        more = "" if not found.more_needed else view.say("figures_more_verdicts_short", count=found.more_needed)
        return few(view.say, base, more)
    return interval(view.say, found.of_all.precision, base)


def _recall(view: View, found: RecallFigure) -> Cell:
    if found.recall is None:
        more = "" if not found.more_heard else view.say("figures_more_heard_short", count=found.more_heard)
        return few(view.say, found.heard, more)
    return interval(view.say, found.recall, found.heard)


def _state(view: View, rule_id: str, found: PrecisionFigure | None, demoted: frozenset[tuple[str, int]]) -> Cell:
    entry = view.rules.get(rule_id)
    version = found.rule_version if found else entry.version if entry else 0
    if (rule_id, version) in demoted:
        return text(view.say("figures_is_demoted"))
    status = found.status if found else entry.status if entry else None
    return text("–" if status is None else view.say(f"figures_is_{status}"))


def _demoted(states: Sequence[RuleState]) -> frozenset[tuple[str, int]]:
    return frozenset((one.rule_id, one.rule_version) for one in states if one.status is Status.TEST)


def _drifted(view: View, one: DriftFigure) -> str:
    (hits, of), (hits_before, of_before) = one.change.now, one.change.pooled
    rises = hits * of_before > hits_before * of
    return view.say("figures_drifted", measure=view.say(f"figures_{one.measure}"), sign="▲" if rises else "▼")


def week_tables(view: View, found: RuleWeeks) -> list[Table]:
    """Where the rule stands, and nine weeks of it, the oldest first."""
    rule_id = view.of_rule
    changes = {one.measure: one.change for one in found.drifts if one.rule_id == rule_id}
    drifted = [_drifted(view, one) for one in found.drifts if one.rule_id == rule_id and one.alarm]
    say, rows = view.say, []
    weeks = max((len(change.before) for change in changes.values()), default=-1) + 1
    for past in reversed(range(weeks)):
        end = found.through - timedelta(weeks=past)
        days = f"{end - timedelta(days=6):%m-%d}–{end:%m-%d}"
        rows.append([text(days), *(_week(view, changes.get(name), past) for name in ("fire_rate", "precision"))])
    columns = [Column(say(f"figures_{name}"), name != "week") for name in ("week", "fire_rate", "precision")]
    plots = (Plot("band", say("figures_fire_rate"), (0, 1)), Plot("band", say("figures_precision"), (0, 2)))
    note = " · ".join(drifted) or say("figures_no_drift")
    return [_standing(view, found, rule_id), Table("weeks", say("figures_weeks"), columns, rows, plots, note)]


def _week(view: View, change: Change | None, past: int) -> Cell:
    if change is None:
        return few(view.say, 0)
    hits, of = (change.now, *change.before)[past]
    return interval(view.say, wilson(hits, of) if of >= LEAST_BASE else None, of)


def may_rise(found: RuleWeeks, rule_id: str) -> bool:
    """Whether a person may let the demoted rule count again."""
    figure = found.precisions.get(rule_id)
    if figure is None or figure.standing is not Standing.PASSES:
        return False
    return (rule_id, figure.rule_version) in _demoted(found.states)


def _standing(view: View, found: RuleWeeks, rule_id: str) -> Table:
    say, figure = view.say, found.precisions.get(rule_id)
    rows = [[text(say("figures_state")), _state(view, rule_id, figure, _demoted(found.states))]]
    if figure is not None:
        rows += [
            [text(say("figures_precision")), _precision(view, figure)],
            [text(say("figures_floor")), text(f"{floor_of(figure.kind):.0%}")],
            [text(say("figures_gate")), text(say(f"figures_{figure.standing}"))],
        ]
    columns = [Column(say("figures_what"), numeric=False), Column(say("figures_how_many"))]
    return Table("standing", say("figures_standing"), columns, rows, (), say("figures_standing_note"))


def disagreement_tables(view: View, found: Sequence[Disagreement]) -> list[Table]:
    """Where people and the rule disagree."""
    say = view.say
    ours = [one for one in found if one.rule_id == view.of_rule]
    rows = [
        [
            text(one.call_id[:12], f"/calls/{one.call_id}"),
            text(say("figures_missed") if one.because is None else say(f"figures_because_{one.because}")),
            text("、".join(f"{start:.1f}–{end:.1f} s" for start, end in one.spans[:5])),
            count(one.rule_version),
        ]
        for one in ours[:MOST_DISAGREEMENTS]
    ]
    names = ("call", "why", "where", "version")
    columns = [Column(say(f"figures_{name}"), name == "version") for name in names]
    note = say("figures_disagreements_note", count=len(ours), most=MOST_DISAGREEMENTS)
    return [Table("disagreements", say("figures_disagreements"), columns, rows, (), note)]
