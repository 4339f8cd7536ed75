"""What several calls say together, without a database."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.alerts import cross_call
from inspector.alerts.cross_call import (
    Episode,
    IncidentLimits,
    RepeatLimits,
    Signal,
    Surge,
    SurgeLimits,
    episodes,
    repeats,
    surges,
    usual_of,
)
from inspector.alerts.cross_call_rules import load_cross_call
from inspector.alerts.data_file import SHIPPED
from inspector.errors import ConfigError
from inspector.model import Kind
from inspector.rules.load import load_packs
from tests.builders import ROOT

NOON = datetime(2025, 3, 3, 4, 0, tzinfo=UTC)
LIMITS = IncidentLimits()


def at(*minutes: float, customer: str | None = "") -> list[Signal]:
    """Signals so many minutes after noon; each of a customer of its own unless it is given."""
    return [
        Signal(NOON + timedelta(minutes=minute), f"c{n}", "urgent.x", "", f"k{n}" if customer == "" else customer)
        for n, minute in enumerate(sorted(minutes))
    ]


def found(stream: Sequence[Signal], usual: float | None = None, limits: IncidentLimits = LIMITS) -> tuple[Episode, ...]:
    return episodes(stream, lambda _: usual, limits)


class TestIncidents:
    def test_five_customers_in_half_an_hour(self) -> None:
        # 0    7    14   21   29   40
        # •    •    •    •    •──► complete      •  still attached
        (one,) = found(at(0, 7, 14, 21, 29, 40))
        assert (one.first_at, one.completed_at) == (NOON, NOON + timedelta(minutes=29))
        assert (one.completed_by, one.customers, len(one.calls)) == ("c4", 5, 6)

    @pytest.mark.parametrize("minutes", [(0, 7, 14, 21), (0, 10, 20, 29, 30), (0, 10, 20, 30, 40, 50, 60)])
    def test_fewer_or_slower_are_none(self, minutes: tuple[float, ...]) -> None:
        assert found(at(*minutes)) == ()

    def test_one_customer_who_calls_nine_times_is_one(self) -> None:
        assert found(at(*range(9), customer="k")) == ()

    def test_who_is_unknown_counts_only_where_a_setting_says_so(self) -> None:
        unknown = at(*range(9), customer=None)
        assert found(unknown) == ()
        assert len(found(unknown, limits=IncidentLimits(count_unknown=True))) == 1

    def test_unknown_customers_are_attached(self) -> None:
        stream = sorted([*at(0, 1, 2, 3, 4), *at(2.5, customer=None)], key=lambda one: one.at)
        assert len(found(stream)[0].calls) == 6

    def test_what_is_usual_is_none(self) -> None:
        assert found(at(*range(0, 30, 3)), usual=4.0) == ()
        assert len(found(at(*range(30)), usual=4.0)) == 1

    def test_three_times_a_small_rate_may_be_chance(self) -> None:
        # P(5 or more | 1 is usual) = 0.4 %: with many half-hours a day, one every few days.
        assert found(at(0, 1, 2, 3, 4), usual=1.0) == ()
        assert len(found(at(*range(10)), usual=1.0)) == 1

    def test_it_is_over_when_half_an_hour_passes_that_is_not_unusual(self) -> None:
        early, late = at(0, 1, 2, 3, 4), [*range(100, 105)]
        assert [len(one.calls) for one in found(at(0, 1, 2, 3, 4, *late))] == [len(early), len(late)]

    @given(st.lists(st.floats(0, 300), min_size=1, max_size=60), st.integers(1, 59), st.floats(0.1, 3))
    def test_looking_again_or_in_two_goes_changes_nothing(self, minutes: list[float], cut: int, usual: float) -> None:
        stream = at(*minutes)
        at_once = found(stream, usual)
        written = [_written(one, n) for n, one in enumerate(at_once)]
        again = episodes(stream, lambda _: usual, LIMITS, written)
        assert [(one.first_at, one.hot_until, one.calls) for one in again] == [
            (one.first_at, one.hot_until, one.calls) for one in at_once
        ]
        # What comes later than a part of them continues what that part has begun.
        begun = [_written(one, n) for n, one in enumerate(found(stream[:cut], usual))]
        went_on = episodes(stream, lambda _: usual, LIMITS, begun)
        assert [(one.first_at, one.hot_until, one.calls) for one in went_on] == [
            (one.first_at, one.hot_until, one.calls) for one in at_once
        ]

    @given(st.lists(st.floats(0, 300), max_size=60), st.floats(0.1, 3))
    def test_no_two_of_them_share_a_time_that_is_unusual(self, minutes: list[float], usual: float) -> None:
        one_by_one = found(at(*minutes), usual)
        for before, after in pairwise(one_by_one):
            assert after.first_at > before.hot_until + LIMITS.window

    @given(st.permutations(range(12)), st.integers(1, 11))
    def test_late_calls_in_any_order_make_one_incident(self, order: list[int], cut: int) -> None:
        stream = at(*range(0, 24, 2))
        first = sorted((stream[n] for n in order[:cut]), key=lambda one: one.at)
        begun = [_written(one, n) for n, one in enumerate(found(first))]
        all_of_them = episodes(stream, lambda _: None, LIMITS, begun)
        assert len(all_of_them) == 1
        assert len(all_of_them[0].calls) == 12

    def test_nothing_in_nothing_out(self) -> None:
        assert found([]) == ()


def _written(one: Episode, no: int) -> Episode:
    return Episode(one.first_at, one.completed_at, one.hot_until, one.completed_by, one.customers, one.usual, f"i{no}")


class TestUsual:
    def test_nobody_can_know_without_a_week(self) -> None:
        assert usual_of([], LIMITS) is None

    def test_it_is_the_rate_of_a_window(self) -> None:
        # 2.5 hours have five windows: (10 + 10 + 10 + 1) / 15
        assert usual_of([10, 10, 10, 10], LIMITS) == pytest.approx(31 / 15)

    def test_a_week_with_an_incident_is_left_out(self) -> None:
        assert usual_of([10, 500, 10, 10], LIMITS) == usual_of([10, 10, 10, 10], LIMITS)

    @given(st.integers(1, 300), st.floats(0.01, 50))
    def test_the_tail_is_the_poisson_tail_from_above(self, count: int, mean: float) -> None:
        if count <= 1.01 * mean:
            return
        exact = math.fsum(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count, count + 400))
        assert exact <= cross_call._tail(count, mean) * (1 + 1e-9)


class TestRepeats:
    def stream(self) -> list[Signal]:
        return [Signal(NOON + timedelta(days=day), f"c{day}", "urgent.x", "", "k") for day in (0, 10, 20, 29, 45, 100)]

    def test_the_third_in_thirty_days_and_each_after_it(self) -> None:
        assert [(one.signal.call_id, one.contacts) for one in repeats(self.stream(), RepeatLimits())] == [
            ("c20", 3), ("c29", 4), ("c45", 3),
        ]  # fmt: skip

    def test_more_than_three_read_literally(self) -> None:
        literally = RepeatLimits(contacts=4)
        assert [one.signal.call_id for one in repeats(self.stream(), literally)] == ["c29"]


class TestSurges:
    def test_three_times_as_many_with_enough_calls(self) -> None:
        week = {"a": 60, "b": 59, "c": 19, "d": 20}
        before = {"a": 20, "b": 20, "c": 1}
        assert surges(week, before, SurgeLimits()) == (Surge("a", 60, 20), Surge("d", 20, 0))
        assert (Surge("a", 60, 20).growth, Surge("d", 20, 0).growth) == (2.0, None)


class TestRules:
    def test_what_ships_names_rules_that_are_there_and_are_signals(self) -> None:
        rules = load_cross_call()
        kinds = {rule.id: rule.kind for rule in load_packs(ROOT / "rules").rules}
        named = {rules.alert.rule, *rules.repeat.rules, *(one for rule in rules.incidents for one in rule.rules)}
        assert {rule_id: kinds.get(rule_id) for rule_id in named} == dict.fromkeys(named, Kind.SIGNAL)

    def test_what_it_is_about_is_told_by_words_then_by_product(self) -> None:
        money, outage = load_cross_call().incidents
        assert money.key("我的工资没到账", "P1") == "工资代发"
        assert money.key("钱没到账", "P1") == "P1"
        assert money.key("钱没到账", None) == ""
        assert outage.key("你们手机银行打不开", "P1") == ""

    def test_wrap_up_codes_count_where_they_are_named(self) -> None:
        repeat = load_cross_call().repeat
        assert repeat.holds("urgent.complaint") and not repeat.holds("urgent.complaint_x")
        assert not repeat.holds("wrap_up:0815")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("customers = 5", "customers = 1", "cross_call.toml:incident: an incident has"),
            ("customers = 5", 'customers = "5"', "cross_call.toml:incident: customers must be a whole number"),
            ("times_usual = 3.0", "times_usual = nan", "cross_call.toml:incident: busy is at least 1, times_usual"),
            ("window_min = 30", "window_min = 999999999999999", "cross_call.toml:incident"),
            ("late_min = 15", "too_late_min = 15", "cross_call.toml:incident: unknown: too_late_min"),
            ('kind = "system_outage"', "", r"cross_call.toml:incidents\[2\]: kind must be text"),
            ('"退款" = ["退款", "退回"]', '"退款" = [1]', r"cross_call.toml:incidents\[1\]:keys: 退款 must be a list"),
            ('severity = "medium"', 'severity = "bad"', "cross_call.toml:repeat"),
            ("growth = 2.0", "growth = -1.0", "cross_call.toml:surge: a surge grows"),
            ("[surge]", "[surges]", "cross_call.toml: unknown: surges"),
            ("[surge]", "[surge", "is no TOML"),
        ],
    )
    def test_a_wrong_file_says_where(self, tmp_path: Path, old: str, new: str, said: str) -> None:
        text = (SHIPPED / "cross_call.toml").read_text("utf-8")
        assert old in text
        path = tmp_path / "cross_call.toml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(ConfigError, match=said):
            load_cross_call(path)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot be read"):
            load_cross_call(tmp_path / "none.toml")
