"""How the open groups stand is counted in the database, however many there are."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from inspector.alerts.group import GroupState
from inspector.roles import Actor, Role
from inspector.storage.alerts import GroupFilter, Standing
from tests.accepted import BOSS
from tests.unit.alerts.conftest import SAID, Floor
from tests.unit.alerts.test_opening import LEAK, THEFT

MANY = 310  # more than any page lists
LEAD = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))


def counted(floor: Floor, actor: Actor) -> Standing:
    """The same by the records themselves."""
    now = floor.clock.at
    groups = floor.store.alerts.groups(actor, GroupFilter(), 2 * MANY)
    ended = floor.store.alerts.groups(actor, GroupFilter(ended=True), 2 * MANY)
    steps = [(one, one.next_step) for one in groups]
    waits = [(one, step) for one, step in steps if one.state is GroupState.OPEN]
    newest = max((alert for one in groups for alert in one.alerts if alert.said_at), key=lambda one: one.created_at)
    seen = (lambda teams: teams) if actor is BOSS else (lambda teams: teams & actor.teams)
    assert newest.said_at is not None
    return Standing(
        Counter(one.alert_class.value for one, _ in waits),
        Counter(one.alert_class.value for one in groups if one.state is GroupState.TAKEN),
        Counter(team for one in groups for team in seen(one.teams)),
        sum(step is not None and step.is_late(now) for _, step in steps),
        min(step.due_at for _, step in waits if step),
        sum(one.closed_at is not None and one.closed_at >= SAID for one in ended),
        (newest.created_at - newest.said_at).total_seconds(),
    )


def test_every_open_group_counts_and_only_those_of_the_own_teams(floor: Floor) -> None:
    for no in range(MANY):
        facts = {} if no % 5 == 0 else {"team": "一组" if no % 2 else "二组"}
        if no == MANY - 40:
            floor.at(9)
        floor.call(str(no), THEFT if no % 3 else LEAK, **facts)
    alerts = floor.store.alerts
    for no, group in enumerate(floor.groups()[:40]):
        alerts.take(BOSS, group.id)
        if no % 4 == 0:
            alerts.close(BOSS, group.id, next(iter(alerts.policy.results)))
    now = floor.at(10)
    for actor in (BOSS, LEAD):
        told = alerts.standing(actor, now, SAID)
        assert told == counted(floor, actor)
        assert told.overdue
        assert told.ended
    everything = alerts.standing(BOSS, now, SAID)
    assert (everything.waiting + everything.taken).total() == MANY - 10
    assert alerts.standing(LEAD, now, SAID).teams.keys() == {"一组"}
    assert alerts.standing(BOSS, now, now + timedelta(days=1)).ended == 0


def test_an_empty_floor_stands_still(floor: Floor) -> None:
    nothing: Counter[str] = Counter()
    told = floor.store.alerts.standing(BOSS, floor.at(0), SAID)
    assert told == Standing(nothing, nothing, nothing, 0, None, 0, None)
