"""Volumes and measures against a recount in plain Python; on both databases."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from inspector.enums import Outcome
from inspector.errors import PolicyError
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.alert_tables import alert_group
from inspector.storage.figures.volumes import EDGES, AgentRules, DayVolume
from inspector.storage.tables import alert, inspection
from tests.databases import Database
from tests.verdicts import DAY, NOON, RULE, Desk

BOSS = Actor("boss", frozenset(Role))
LEAD = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
PERIOD = (DAY, DAY + timedelta(days=3))
TEAMS = ("一组", "二组", None)
MEASURES: dict[str, tuple[float | None, ...]] = {
    "silence_s": (0.0, 4.9, 5, 14.5, 31, 119.9, 120, 900),
    "interruptions": (None, 0, 1, 2, 4, 5, 11),
    "agent_rate_cpm": (None, 0, 179, 180, 259, 300, 500),
}


@dataclass
class Known:
    """What was written of a call."""

    day: date
    team: str | None
    fired: bool
    inspected: bool
    reviewed: bool
    alerts: int
    metrics: dict[str, Any]

    @property
    def within(self) -> bool:
        return PERIOD[0] <= self.day <= PERIOD[1]


def written(database: Database, seed: int) -> list[Known]:
    """Calls of a week by chance, some judged twice: the older inspection says otherwise and counts for nothing."""
    chance, desk = random.Random(seed), Desk()  # noqa: S311
    known, alerts = [], []
    for number in range(60):
        metrics: dict[str, Any] = {name: chance.choice(values) for name, values in MEASURES.items()}
        metrics |= {"agent_talk_s": 10.0, "customer_talk_s": 5.5, "speech_unheard_s": chance.choice((0.0, 1.25))}
        one = Known(
            DAY + timedelta(days=chance.randrange(-1, 6)),
            chance.choice(TEAMS),
            chance.random() < 0.5,
            chance.random() < 0.8,
            chance.random() < 0.4,
            chance.randrange(3),
            metrics,
        )
        known.append(one)
        _write(desk, f"c{number}", one, twice=chance.random() < 0.3)
        alerts += [(f"c{number}", f"rule{place}") for place in range(one.alerts)]
    desk.write(database)
    with database.connection() as connection:
        for call_id, rule_id in alerts:
            group = {"id": f"{call_id} {rule_id}", "call_id": call_id, "audience": "x", "alert_class": "P1"}
            told = {"state": "open", "opened_at": NOON, "version": 1, "notices": 0}
            connection.execute(insert(alert_group).values(**group, **told))
            connection.execute(insert(alert).values(_alert(call_id, rule_id)))
    return known


def _write(desk: Desk, name: str, one: Known, *, twice: bool) -> None:
    desk.call(name, {RULE: Outcome.FIRES if one.fired else Outcome.SILENT}, one.team, one.day)
    made = desk.rows[inspection]
    made[-1]["metrics"] = one.metrics
    if twice:
        desk.inspection(name, {RULE: Outcome.SILENT if one.fired else Outcome.FIRES}, NOON - timedelta(hours=1))
        made[-1]["metrics"] = {"silence_s": 77.0}
    if not one.inspected:
        desk.rows[inspection] = [row for row in made if row["call_id"] != name]
        findings = [table for table in desk.rows if table.name == "finding"]
        for table in findings:
            desk.rows[table] = [row for row in desk.rows[table] if not row["inspection_id"].startswith(f"{name} ")]
    if one.reviewed:
        desk.review(name, {})
        desk.review(name, {}, reviewer="wu", reason="second_look")


def _alert(call_id: str, rule_id: str) -> dict[str, object]:
    return {
        "call_id": call_id, "rule_id": rule_id, "finding_id": "f", "rule_version": 1, "severity": "high",
        "audience": "x", "state": "open", "created_at": NOON, "detected_at": NOON, "data": "",
        "group_id": f"{call_id} {rule_id}", "alert_class": "P1",
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_volumes_are_those_of_a_recount(database: Database, seed: int) -> None:
    known = written(database, seed)
    with closing(Store.open(database.url)) as store:
        for team in (None, "一组", "三组"):
            mine = [one for one in known if one.within and team in (None, one.team)]
            days = [PERIOD[0] + timedelta(days=past) for past in range(4)]
            expected = [
                DayVolume(
                    day,
                    len(of_day := [one for one in mine if one.day == day]),
                    sum(one.inspected for one in of_day),
                    sum(one.inspected and one.fired for one in of_day),
                    sum(one.alerts for one in of_day),
                    sum(one.reviewed for one in of_day),
                )
                for day in days
            ]
            assert list(store.volumes.days(BOSS, PERIOD, team)) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_measures_are_those_of_a_recount(database: Database, seed: int) -> None:
    known = written(database, seed)
    with closing(Store.open(database.url)) as store:
        for team in (None, "二组"):
            mine = [one for one in known if one.within and one.inspected and team in (None, one.team)]
            found = store.volumes.measures(BOSS, PERIOD, team)
            assert found.calls == len(mine)
            for name, edges in EDGES.items():
                values = [one.metrics[name] for one in mine]
                classes = Counter(sum(value >= edge for edge in edges) for value in values if value is not None)
                assert found.classes[name] == tuple(classes[at] for at in range(len(edges) + 1)), name
                assert found.unmeasured[name] == values.count(None), name
            assert found.unheard_s == pytest.approx(sum(one.metrics["speech_unheard_s"] for one in mine))
            assert found.speech_s == pytest.approx(15.5 * len(mine))


def test_a_lead_sees_his_team_alone(database: Database) -> None:
    known = written(database, 4)
    with closing(Store.open(database.url)) as store:
        own = [one for one in known if one.within and one.team == "一组"]
        assert sum(day.calls for day in store.volumes.days(LEAD, PERIOD)) == len(own)
        assert store.volumes.measures(LEAD, PERIOD).calls == sum(one.inspected for one in own)
        for ask in (store.volumes.days, store.volumes.measures, store.volumes.agents):
            with pytest.raises(PolicyError):
                ask(LEAD, PERIOD, "二组")
            with pytest.raises(PolicyError):
                ask(Actor("agent", frozenset({Role.AGENT}), frozenset({"一组"})), PERIOD)


def test_agents_answer_for_what_is_confirmed_and_final_alone(database: Database) -> None:
    """
    ::

        call   agent   what people say                counts
        a      A1      confirmed, final               yes
        b      A1      confirmed, not final yet       no
        c      A2      false alarm, final             no
        d      –       fired, nobody reviewed it      no
        e      A3      confirmed, of another period   no
    """
    desk = Desk()
    for name in "abcde":
        day = DAY if name != "e" else date(2025, 5, 1)
        desk.call(name, {RULE: Outcome.FIRES}, "一组", day)
        call_row = desk.rows[next(table for table in desk.rows if table.name == "call")][-1]
        call_row["facts"] = {"team": "一组", "agent": {"a": "A1", "b": "A1", "c": "A2", "d": "A2", "e": "A3"}[name]}
    for name, agent, answer, state in (
        ("a", "A1", "confirmed", "final"),
        ("b", "A1", "confirmed", "settled"),
        ("c", "A2", "false_alarm", "final"),
        ("e", "A3", "confirmed", "final"),
    ):
        review_id = desk.review(name, {RULE: answer})
        day = DAY if name != "e" else date(2025, 5, 1)
        desk.decided(name, answer, review_id, team="一组", agent=agent, state=state, business_date=day)
    desk.write(database)
    with closing(Store.open(database.url)) as store:
        found = store.volumes.agents(BOSS, PERIOD)
        assert found == (AgentRules("A1", "一组", 2, {RULE: 1}), AgentRules("A2", "一组", 1, {}))
        assert not found[0].ranked
        assert store.volumes.agents(LEAD, PERIOD) == found
        assert store.volumes.agents(BOSS, PERIOD, "二组") == ()
