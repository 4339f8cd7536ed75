"""The overview: how many calls, what fired most, how calls went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from inspector.enums import Kind
from inspector.review.records import ACCUSING
from inspector.review.statistics.figures import RateFigure, rate_figure
from inspector.storage.figures.volumes import EDGES, DayVolume, Measures
from inspector.web.figures.tables import Cell, Column, Plot, Table, View, count, few, interval, share, text

__all__ = ["joined", "measure_tables", "rate_tables", "volume_tables"]

TOP = 10


def volume_tables(view: View, found: Sequence[DayVolume]) -> list[Table]:
    """By day, with their sum."""
    say = view.say
    names = ("day", "calls", "inspected", "fired", "alerts", "reviewed")
    columns = [Column(say(f"figures_{name}"), name != "day") for name in names]
    rows = [
        [text(one.day.isoformat()), *map(count, (one.calls, one.inspected, one.fired, one.alerts, one.reviewed))]
        for one in found
    ]
    plot = Plot("lines", say("figures_volumes"), (0, 1, 2, 3, 4, 5))
    days = Table("volumes", say("figures_volumes"), columns, rows, (plot,), say("figures_volumes_note"), folded=True)
    return [_totals(view, found), days]


def _totals(view: View, found: Sequence[DayVolume]) -> Table:
    say = view.say
    calls, inspected = sum(one.calls for one in found), sum(one.inspected for one in found)
    fired, reviewed = sum(one.fired for one in found), sum(one.reviewed for one in found)
    rows = [
        [text(say("figures_calls")), count(calls)],
        [text(say("figures_inspected")), share(say, inspected, calls)],
        [text(say("figures_fired")), share(say, fired, inspected)],
        [text(say("figures_alerts")), count(sum(one.alerts for one in found))],
        [text(say("figures_reviewed")), share(say, reviewed, calls)],
    ]
    return Table("totals", say("figures_totals"), _two(view), rows)


def rate_tables(view: View, found: Iterable[RateFigure]) -> list[Table]:
    """What fired most, signals apart; and teams by what is confirmed, for good."""
    rates = [one for one in found if view.period.team in (None, one.team)]
    total = joined(rates)
    signals = [one for one in total if _kind(view, one.rule_id) is Kind.SIGNAL]
    others = [one for one in total if _kind(view, one.rule_id) not in (Kind.SIGNAL, Kind.EVENT)]
    return [
        _top(view, "rules", others),
        _top(view, "signals", signals),
        _teams(view, rates),
        _undetermined(view, total),
    ]


def joined(rates: Iterable[RateFigure]) -> list[RateFigure]:
    """By rule, over all teams."""
    sums: dict[str, list[int]] = {}
    for one in rates:
        counts = (one.applicable, one.undetermined, one.fired, one.confirmed)
        known = sums.get(one.rule_id, [0] * len(counts))
        sums[one.rule_id] = [sum(pair) for pair in zip(known, counts, strict=True)]
    return [
        rate_figure(rule_id, None, applicable, undetermined, (fired, confirmed))
        for rule_id, (applicable, undetermined, fired, confirmed) in sums.items()
    ]


def _kind(view: View, rule_id: str) -> Kind | None:
    known = view.rules.get(rule_id)
    return None if known is None else known.kind


def _top(view: View, name: str, rates: Iterable[RateFigure]) -> Table:
    say = view.say
    most = sorted((one for one in rates if one.fired), key=lambda one: (-one.fired, one.rule_id))[:TOP]
    columns = [Column(say("figures_rule"), numeric=False), Column(say("figures_fires"))]
    columns.append(Column(say("figures_fire_rate")))
    rows = [
        [
            view.rule(one.rule_id),
            count(one.fired, view.fires(one.rule_id)),
            interval(say, one.fire_rate, one.applicable),
        ]
        for one in most
    ]
    if name != "signals":  # which count against nobody
        columns.append(Column(say("figures_confirmed")))
        rows = [[*row, count(one.confirmed)] for row, one in zip(rows, most, strict=True)]
    plots = (Plot("bars", say(f"figures_top_{name}"), (0, 1)),)
    return Table(f"top-{name}", say(f"figures_top_{name}"), columns, rows, plots, say("figures_top_note"))


def _teams(view: View, rates: Iterable[RateFigure]) -> Table:
    """Teams of too small a base come last, by name: they are not compared."""
    say = view.say
    by_team: dict[str | None, list[RateFigure]] = {}
    for one in rates:
        if _kind(view, one.rule_id) in (*ACCUSING, None):
            by_team.setdefault(one.team, []).append(replace(one, rule_id=""))
    teams = [(team, joined(of_team)[0]) for team, of_team in by_team.items()]
    teams.sort(key=lambda one: (one[1].confirmed_rate is None, -one[1].confirmed, one[0] or ""))
    names = ("team", "confirmed", "applicable", "confirmed_rate")
    columns = [Column(say(f"figures_{name}"), name != "team") for name in names]
    rows = [
        [
            text(view.team(team), None if team is None else view.calls(team=team)),
            count(one.confirmed),
            count(one.applicable),
            interval(say, one.confirmed_rate, one.applicable),
        ]
        for team, one in teams
    ]
    small = frozenset(place for place, (_, one) in enumerate(teams) if one.confirmed_rate is None)
    note = say("figures_teams_note")
    return Table("teams", say("figures_teams"), columns, rows, (), note, greyed=small)


def _undetermined(view: View, total: Sequence[RateFigure]) -> Table:
    say = view.say
    unsure = sorted(total, key=lambda one: (-one.undetermined, one.rule_id))[:TOP]
    columns = [Column(say("figures_rule"), numeric=False), Column(say("figures_undetermined"))]
    rows = [
        [view.rule(one.rule_id), share(say, one.undetermined, one.applicable + one.undetermined)]
        for one in unsure
        if one.undetermined
    ]
    answered = sum(one.applicable + one.undetermined for one in total)
    overall = share(say, sum(one.undetermined for one in total), answered)
    note = say("figures_undetermined_note", share=overall.text)
    return Table("undetermined", say("figures_undetermined_title"), columns, rows, (), note)


def measure_tables(view: View, found: Measures) -> list[Table]:
    """How calls are spread over the classes of each measure, and how much was not heard."""
    say = view.say
    unheard = share(say, round(found.unheard_s), round(found.speech_s))
    told = replace(unheard, text=say("figures_unheard_of", share=unheard.text)) if found.speech_s else few(say, 0)
    heard = Table("unheard", say("figures_unheard"), _two(view), [[text(say("figures_unheard")), told]])
    return [*(_classes(view, name, found) for name in EDGES), heard]


def _classes(view: View, name: str, found: Measures) -> Table:
    say, edges = view.say, EDGES[name]
    unit: Callable[[float, float | None], str] = _range_of_counts if name == "interruptions" else _range
    labels = [unit(low, high) for low, high in zip((0.0, *edges), (*edges, None), strict=True)]
    measured = sum(found.classes[name])
    rows: list[list[Cell]] = [
        [text(label), count(calls), share(say, calls, measured)]
        for label, calls in zip(labels, found.classes[name], strict=True)
    ]
    title = say(f"figures_{name}")
    columns = [Column(title, numeric=False), Column(say("figures_calls")), Column(say("figures_part"))]
    lost = found.unmeasured[name]
    note = say("figures_unmeasured", count=f"{lost:,}") if lost else ""
    plot = Plot("columns", title, (0, 1))
    return Table(f"measure-{name}", title, columns, rows if measured else [], (plot,), note, folded=True)


def _range(low: float, high: float | None) -> str:
    return f"≥ {low:g}" if high is None else f"{low:g}–{high:g}"


def _range_of_counts(low: float, high: float | None) -> str:
    """Of whole numbers: the class ends before the next one begins."""
    if high is None:
        return f"≥ {low:g}"
    return f"{low:g}" if high - low == 1 else f"{low:g}–{high - 1:g}"


def _two(view: View) -> list[Column]:
    return [Column(view.say("figures_what"), numeric=False), Column(view.say("figures_how_many"))]
