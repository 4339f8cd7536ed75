"""Hygiene of alerts: how many were raised, seen in time and how soon, ignored, false; and what surged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from inspector.alerts.cross_call import Surge
from inspector.storage.alerts import Hygiene
from inspector.web.figures.tables import Cell, Column, Table, View, count, few, share, text

__all__ = ["alert_tables", "surge_tables"]

_COLUMNS = ("rule", "alerts", "in_time", "noticed_after", "ignored", "found_late", "alerts_open", "alerts_false")


def alert_tables(view: View, found: Sequence[Hygiene]) -> list[Table]:
    """By rule, the most alerts first. False ones are a share of those at an end: an open one may be either."""
    columns = [Column(view.say(f"figures_{name}"), name != "rule") for name in _COLUMNS]
    rows = [_row(view, one) for one in found]
    note = view.say("figures_hygiene_note")
    return [Table("hygiene", view.say("figures_hygiene"), columns, rows, (), note)]


def surge_tables(view: View, found: Sequence[Surge]) -> list[Table]:
    """Topics of the last week of the period, the most calls first."""
    week = replace(view, period=replace(view.period, first=view.period.last - timedelta(days=6)))
    names = ("topic", "last_week", "week_before", "growth")
    columns = [Column(view.say(f"figures_{name}"), name != "topic") for name in names]
    rows = [
        [_topic(view, one), count(one.calls, week.fires(one.topic)), count(one.before), _growth(view, one)]
        for one in found
    ]
    note = view.say("figures_surges_note", last=view.period.last.isoformat())
    return [Table("surges", view.say("figures_surges"), columns, rows, (), note, none="figures_no_surges")]


def _topic(view: View, one: Surge) -> Cell:
    """A rule, or a code that agents chose for what the call was about."""
    kind, _, code = one.topic.partition(":")
    return view.rule(one.topic) if kind != "wrap_up" else text(view.say("figures_wrap_up", code=code))


def _growth(view: View, one: Surge) -> Cell:
    if one.growth is None:
        return text(view.say("figures_new_topic"))
    return Cell(f"+{one.growth:.0%}", one.growth)


def _row(view: View, one: Hygiene) -> list[Cell]:
    say = view.say
    return [
        view.rule(one.rule_id),
        count(one.raised, view.fires(one.rule_id)),
        share(say, one.in_time, one.raised),
        _after(view, one),
        share(say, one.silent, one.raised),
        share(say, one.found_late, one.raised),
        count(one.open),
        share(say, one.false, one.raised - one.open),
    ]


def _after(view: View, one: Hygiene) -> Cell:
    """The median, with how many groups it is of."""
    if one.noticed_after_s is None:
        return few(view.say, one.noticed)
    minutes = one.noticed_after_s / 60
    return Cell(view.say("figures_minutes", minutes=f"{minutes:.1f}", base=f"{one.noticed:,}"), minutes)
