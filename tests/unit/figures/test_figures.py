"""Figures from rows whose figures were computed by hand; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.enums import Outcome
from inspector.errors import PolicyError
from inspector.review.statistics.figures import Answers, FalseFires
from inspector.review.statistics.proportion import wilson
from inspector.roles import Actor, Role
from inspector.storage import Store
from tests.databases import Database
from tests.verdicts import DAY, NOON, RULE, Desk, week

BOSS = Actor("boss", frozenset(Role))
MARCH = (date(2025, 3, 1), date(2025, 3, 31))
FIRES, SILENT, UNSURE, NOT = Outcome.FIRES, Outcome.SILENT, Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE


@contextmanager
def store_of(database: Database, *fill: Callable[[Desk], None]) -> Iterator[Store]:
    desk = Desk()
    for one in fill:
        one(desk)
    desk.write(database)
    with closing(Store.open(database.url)) as store:
        yield store


def test_precision_is_of_the_last_word_on_each_call(database: Database) -> None:
    """
    ::

        call   reviews (in order)              decision      counts as
        a      confirmed                       –             confirmed
        b      confirmed, second: false alarm  –             false alarm
        c      confirmed                       false alarm   false alarm
        d      cannot tell                     –             apart
        e      random, blind: confirmed        –             confirmed, also of the random ones
        f      calibration: false alarm        –             nothing
        g      none; alert: 误报               –             false alarm
        h      of version 1, long ago          –             nothing: version 2 is judged
    """
    later = NOON + timedelta(hours=1)

    def fill(desk: Desk) -> None:
        desk.version = 1
        desk.call("h", {RULE: FIRES})
        desk.review("h", {RULE: "false_alarm"}, at=NOON - timedelta(days=30))
        desk.version = 2
        for name in "abcdefg":
            desk.call(name, {RULE: FIRES})
        for name in "abc":
            first = desk.review(name, {RULE: "confirmed"})
        desk.review("b", {RULE: "false_alarm"}, reason="second_look", reviewer="wu", at=later)
        desk.decided("c", "false_alarm", first)
        desk.review("d", {RULE: "cannot_tell"})
        desk.review("e", {RULE: "confirmed"}, reason="random", draw_id=desk.drawn("s", 10, ["e"]))
        desk.review("f", {RULE: "false_alarm"}, reason="calibration")

    with store_of(database, fill) as store:
        database.change(
            "INSERT INTO alert_group (id, call_id, audience, alert_class, state, opened_at, version, notices)"
            " VALUES ('g', 'g', 'x', 'P1', 'open', '2025-03-03', 1, 0)"
        )
        database.change(
            "INSERT INTO alert (call_id, rule_id, finding_id, rule_version, severity, audience, state, created_at,"
            " detected_at, data, group_id, alert_class, false_by, false_at) VALUES ('g', :rule, :finding, 2, 'high',"
            " 'x', 'open', '2025-03-03', '2025-03-03', '', 'g', 'P1', 'li', '2025-03-03')",
            rule=RULE,
            finding=f"g {RULE}",
        )
        (figure,) = store.verdicts.precisions(BOSS, MARCH)
        assert (figure.rule_version, figure.of_all, figure.of_random) == (2, Answers(2, 3, 1), Answers(1, 0, 0))
        assert store.verdicts.precisions(BOSS, (date(2025, 4, 1), date(2025, 4, 30))) == ()
        with pytest.raises(PolicyError):
            store.verdicts.precisions(Actor("agent", frozenset({Role.AGENT})), MARCH)


def test_what_was_heard_at_random_speaks_for_what_nobody_heard(database: Database) -> None:
    """
    ::

        stratum   listed   heard                           fired, false    missed (blind)
        big        1,000   100: b0 … b99 (b0 not enough)   b1 (false)      b2, b3
        small         20    20: s0 … s19                   s0 (confirmed)  s1

    99 of 1,000 and 20 of 20 are in the estimate. Wrong fires: 1,000 × 1/99 + 20 × 0/20 of 1,020. Outside of the sample
    the rule fired at 3 more calls, two of them judged: confirmed.
    """
    big, small = [f"b{number}" for number in range(100)], [f"s{number}" for number in range(20)]
    fired = {"b1": "false_alarm", "s0": "confirmed"}
    missed = {"b2", "b3", "s1"}

    def fill(desk: Desk) -> None:
        for number, (names, listed) in enumerate(((big, 1000), (small, 20)), 1):
            draw_id = desk.drawn(names[0][0], listed, names, part=number)
            for name in names:
                desk.call(name, {RULE: FIRES if name in fired else SILENT})
                answers = {RULE: fired[name]} if name in fired else {}
                marks = (RULE,) if name in missed else ()
                desk.review(name, answers, reason="random", draw_id=draw_id, marks=marks, heard=name != "b0")
        for name in ("x", "y", "z"):
            desk.call(name, {RULE: FIRES})
        for name in ("x", "y"):
            desk.review(name, {RULE: "confirmed"})

    with store_of(database, fill) as store:
        (wrongly,) = store.verdicts.false_fires(BOSS, MARCH)
        (recall,) = store.verdicts.recalls(BOSS, MARCH)
    worth = 1020**2 / (1000**2 / 99 + 20**2 / 20)
    assert wrongly == FalseFires(RULE, 119, 1, 123, wrongly.share)
    assert wrongly.share is not None
    assert wrongly.share == replace(wilson(1000 / 99 / 1020 * worth, worth, 1020), observed=wrongly.share.observed)
    assert wrongly.at_least == 1 / 123
    # Fired 5, of 4 judged 3 confirmed: 3.75 found. Of the others 98 of 995 and 19 of 20 were heard: 21.4 are missed.
    assert (recall.fired.calls, recall.fired.judged, recall.fired.confirmed) == (5, 4, 3)
    assert (recall.heard, recall.missed, recall.more_heard) == (117, 3, None)
    assert recall.recall is not None
    assert recall.recall.value == pytest.approx(3.75 / (3.75 + 995 * 2 / 98 + 20 / 19))


def test_rates_are_of_what_applies_and_only_what_is_final_counts(database: Database) -> None:
    """
    ::

        team 一组: 10 fire (3 final, 1 of them a false alarm, 1 provisional), 30 silent, 5 undetermined, 50 do not apply
        team 二组: 1 fires, 5 silent: no rate.   One call of 一组 was judged again: the newer inspection counts.
    """

    def fill(desk: Desk) -> None:
        outcomes = [FIRES] * 10 + [SILENT] * 30 + [UNSURE] * 5 + [NOT] * 50
        for number, outcome in enumerate(outcomes):
            desk.call(f"a{number}", {RULE: outcome}, "一组")
        for number in range(6):
            desk.call(f"b{number}", {RULE: SILENT if number else FIRES}, "二组")
        desk.inspection("a10", {RULE: FIRES}, NOON - timedelta(days=1))
        for number, (answer, state) in enumerate(
            [("confirmed", "final"), ("confirmed", "final"), ("false_alarm", "final"), ("confirmed", "provisional")]
        ):
            review_id = desk.review(f"a{number}", {RULE: answer})
            desk.decided(f"a{number}", answer, review_id, team="一组", state=state)

    with store_of(database, fill) as store:
        first, second = store.verdicts.rates(BOSS, MARCH)
        lead = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"二组"}))
        assert store.verdicts.rates(lead, MARCH) == (second,)
    assert (first.team, first.applicable, first.undetermined, first.fired, first.confirmed) == ("一组", 40, 5, 10, 2)
    assert (first.fire_rate, first.confirmed_rate) == (wilson(10, 40), wilson(2, 40))
    assert (second.team, second.applicable, second.fire_rate) == ("二组", 6, None)


def test_agreement_is_of_those_who_judged_on_their_own(database: Database) -> None:
    """40 calls judged by li and again by wu: alike 36 times. All three judged one more in a calibration."""

    def fill(desk: Desk) -> None:
        for number in range(40):
            name = f"c{number}"
            desk.call(name, {RULE: FIRES})
            first = desk.review(name, {RULE: "confirmed" if number < 30 else "false_alarm"})
            again = "confirmed" if number < 34 else "false_alarm"
            desk.review(name, {RULE: again}, reason="second_look", reviewer="wu", of=first, at=week(1))
        desk.call("k", {RULE: FIRES})
        desk.review("k", {RULE: "confirmed"}, reason="calibration", reviewer="wu")
        desk.review("k", {RULE: "confirmed"}, reason="calibration", reviewer="li")
        desk.review("k", {RULE: "confirmed"}, reason="calibration", reviewer="zhao")

    with store_of(database, fill) as store:
        found = {(one.first, one.second, one.rule_id): one for one in store.verdicts.agreements(BOSS, MARCH)}
    everybody = (("li", "wu"), ("li", "zhao"), ("wu", "zhao"))
    assert found.keys() == {(*pair, rule) for pair in everybody for rule in (None, RULE)}
    told = found["li", "wu", RULE]
    assert told.pairs == 41
    assert told.agreement is not None
    assert told.agreement.share == 37 / 41
    # Chance: confirmed 31/41 and 35/41, false alarm 10/41 and 6/41.
    by_chance = (31 * 35 + 10 * 6) / 41**2
    assert told.agreement.kappa == pytest.approx((37 / 41 - by_chance) / (1 - by_chance))
    assert found["li", "zhao", None].agreement is None


def test_a_rule_that_fires_three_times_as_often_is_told(database: Database) -> None:
    """Eight weeks at 5 % of 100 calls a week, then a week at 15 %; another rule stays at 10 %."""

    def fill(desk: Desk) -> None:
        for past in range(9):
            day = DAY - timedelta(weeks=past)
            for number in range(100):
                fires = FIRES if number < (5 if past else 15) else SILENT
                desk.call(f"{past} {number}", {RULE: fires, "other": FIRES if number < 10 else SILENT}, day=day)

    with store_of(database, fill) as store:
        found = store.verdicts.drifts(BOSS, DAY)
    assert {(one.rule_id, one.measure): one.alarm for one in found} == {
        ("other", "fire_rate"): False,
        (RULE, "fire_rate"): True,
    }
    assert next(one.change for one in found if one.alarm).pooled == (40, 800)


def test_a_month_of_three_verdicts_says_nothing(database: Database) -> None:
    with store_of(database, lambda desk: desk.judged(3, 0)) as store:
        (figure,) = store.verdicts.precisions(BOSS, MARCH)
        assert (figure.standing, figure.more_needed) == ("too_few", 42)
        assert store.verdicts.recalls(BOSS, MARCH)[0].recall is None
        assert store.verdicts.rates(BOSS, MARCH)[0].fire_rate is None
        assert [one.alarm for one in store.verdicts.drifts(BOSS, DAY)] == [False, False]
        assert store.verdicts.look(week(0)) == ()
