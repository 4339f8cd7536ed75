"""Weekly looks demote, people promote; what is demoted accuses nobody. On both databases.

::

    week          0            1         1 (again)   2          3               4, and a new version
    verdicts      30 + 15      –         –           –          250 confirmed   –
    lower limit   0.52         0.52      0.52        0.52       0.91
    look          1st under    demoted   nothing     nothing    proposed, promoted by a person
"""

from __future__ import annotations

from contextlib import closing

import pytest

from inspector.enums import Kind, Status
from inspector.errors import PolicyError, UsageError
from inspector.review.statistics.gate import Standing, more_needed, standing_of
from inspector.review.statistics.proportion import wilson
from inspector.roles import Actor, Role
from inspector.storage import Store
from tests.databases import Database
from tests.verdicts import NOON, RULE, Desk, week

BOSS = Actor("boss", frozenset(Role))


def test_two_looks_demote_and_a_person_promotes(database: Database) -> None:
    desk = Desk()
    desk.judged(30, 15)
    desk.write(database)
    with closing(Store.open(database.url)) as store:
        verdicts = store.verdicts
        assert verdicts.look(week(0)) == verdicts.look(week(0)) == ()
        assert verdicts.demoted() == frozenset()
        assert verdicts.look(week(1)) == (RULE,)
        assert verdicts.look(week(1)) == verdicts.look(week(2)) == ()
        assert verdicts.demoted() == {(RULE, 1)}
        with pytest.raises(PolicyError, match="does not pass"):
            verdicts.promote(BOSS, RULE, NOON)
        with pytest.raises(PolicyError, match="may not"):
            verdicts.promote(Actor("lead", frozenset({Role.TEAM_LEAD})), RULE, NOON)
        desk.judged(250, 0, prefix="more", at=week(3))
        desk.write(database)
        (figure,) = verdicts.precisions(BOSS, None)
        assert (figure.status, figure.standing) == (Status.TEST, Standing.PASSES)
        assert verdicts.look(week(3)) == ()
        assert verdicts.demoted() == {(RULE, 1)}, "only a person promotes"
        verdicts.promote(BOSS, RULE, week(3))
        assert verdicts.demoted() == frozenset()
        with pytest.raises(UsageError, match="was not demoted"):
            verdicts.promote(BOSS, RULE, week(3))
        assert verdicts.look(week(4)) == ()
        events = [event.kind for event in store.ledger.events(0, 99)]
    assert events == ["rule.demoted", "rule.promoted"]
    changes = database.rows("SELECT status, by FROM rule_state_change ORDER BY seq")
    assert changes == [("test", "gate"), ("stable", "boss")]
    assert database.rows("SELECT actor, action FROM audit ORDER BY seq") == [
        ("gate", "rule_demote"),
        ("boss", "rule_promote"),
    ]
    with pytest.raises(Exception, match="append-only"):
        database.change("DELETE FROM rule_state_change")


def test_a_new_version_starts_anew_and_one_bad_week_is_none(database: Database) -> None:
    desk = Desk()
    desk.judged(30, 15)
    desk.write(database)
    with closing(Store.open(database.url)) as store:
        store.verdicts.look(week(0))
        desk.judged(250, 0, prefix="better", at=week(1))
        desk.write(database)
        assert store.verdicts.look(week(1)) == ()
        desk.judged(0, 300, prefix="worse", at=week(2))
        desk.write(database)
        assert store.verdicts.look(week(2)) == (), "the first bad look after a good one"
        desk.version = 2
        desk.judged(3, 0, prefix="new", at=week(3))
        desk.write(database)
        assert store.verdicts.look(week(3)) == ()
        assert store.verdicts.look(week(4)) == ()


@pytest.mark.parametrize(("kind", "status"), [(Kind.SIGNAL, Status.STABLE), (Kind.FORBIDDEN, Status.TEST)])
def test_signals_have_a_lower_bar_and_rules_on_trial_nothing_to_lose(
    database: Database, kind: Kind, status: Status
) -> None:
    desk = Desk(kind=kind, status=status)
    desk.judged(36, 9)
    desk.write(database)
    with closing(Store.open(database.url)) as store:
        assert store.verdicts.look(week(0)) == store.verdicts.look(week(1)) == store.verdicts.look(week(2)) == ()


def test_the_bar() -> None:
    # Wilson: 41 of 45 has the lower limit 0.793, 42 of 45 0.821; 33 of 45 0.590, 34 of 45 0.613; 44 of 44 are too few.
    assert standing_of(Kind.REQUIRED, 41, 4) is Standing.FALLS
    assert standing_of(Kind.REQUIRED, 42, 3) is Standing.PASSES
    assert standing_of(Kind.SIGNAL, 33, 12) is Standing.FALLS
    assert standing_of(Kind.SIGNAL, 34, 11) is Standing.PASSES
    assert standing_of(Kind.FORBIDDEN, 44, 0) is Standing.TOO_FEW
    assert more_needed(Kind.FORBIDDEN, 44, 0) == 1
    assert more_needed(Kind.FORBIDDEN, 42, 3) == 0
    assert more_needed(Kind.FORBIDDEN, 40, 10) is None, "a share of 0.80 never has a lower limit of 0.80"
    needed = more_needed(Kind.FORBIDDEN, 17, 3)
    assert needed is not None
    total = 20 + needed
    assert wilson(0.85 * total, total).low >= 0.80 > wilson(0.85 * (total - 1), total - 1).low
