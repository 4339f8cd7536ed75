"""Incidents in the database, both kinds: once, whoever looks; in the time of the calls; with what follows from them."""

from __future__ import annotations

import json
import os
import pwd
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inspector.alerts.data_file import SHIPPED
from inspector.cli.app import main
from inspector.errors import ConfigError, PolicyError, UsageError
from inspector.model import Because, Finding, Inspection, Kind, Outcome, QueueEntry, Status, from_json
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.storage.incidents import Incident
from inspector.storage.queues import Reason
from tests.databases import Database
from tests.signals import COMPLAINT, FAILURE, OUTAGE, a_run, called, finding

NOON = datetime(2025, 3, 3, 4, 0, tzinfo=UTC)
SOON = NOON + timedelta(minutes=20)
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
BOSS = Actor("boss", frozenset({Role.SUPERVISOR}))


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def save(store: Store, *inspections: Inspection) -> None:
    for inspection in inspections:
        store.save(inspection, "d")


def look(store: Store, now: datetime = SOON) -> tuple[Incident, ...]:
    return store.incidents.look(now)


def open_with(database: Database, tmp_path: Path, old: str, new: str) -> Store:
    """A store with other rules than those that ship."""
    text = (SHIPPED / "cross_call.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return Store.open(database.url, cross_call=path)


def kinds_of(store: Store) -> list[str]:
    return [event.kind for event in store.ledger.events(0, 999)]


def test_nothing_new_is_nothing(store: Store) -> None:
    assert look(store) == ()


def test_one_incident_with_its_calls_alert_and_events(store: Store, database: Database) -> None:
    save(store, *a_run(NOON, 6, 3 * MINUTE))
    (one,) = look(store)
    assert (one.kind, one.topic, one.key, one.title) == (
        "group_incident", FAILURE, "工资代发", "多名客户短时间内遇到同样的问题"
    )  # fmt: skip
    assert (one.first_at, one.customers, one.usual, one.calls, one.late) == (
        NOON + timedelta(seconds=10), 5, None, 6, False
    )  # fmt: skip
    (alert,) = database.rows("SELECT call_id, rule_id, audience, at_s FROM alert")
    assert alert == (one.completed_by, "urgent.group_incident", "duty_supervisor", 10.0)
    ((data,),) = database.rows("SELECT data FROM alert")
    assert "5 名客户" in from_json(Finding, data).why
    assert kinds_of(store) == ["alert.opened", "incident.opened"]
    (_, event) = store.ledger.events(0, 9)
    assert (event.call_id, event.data) == (one.completed_by, {"incident_id": one.id, "calls": 6})


def test_looking_again_finds_nothing_and_later_calls_are_attached(store: Store, database: Database) -> None:
    calls = a_run(NOON, 8, 3 * MINUTE)
    save(store, *calls[:5])
    (one,) = look(store)
    assert look(store) == ()
    save(store, *calls[5:])
    assert look(store) == ()
    incident, attached = store.incidents.get(BOSS, one.id)
    assert [call.source_call_id for call in attached] == [f"run{n}" for n in range(8)]
    assert incident.hot_until == attached[-1].at
    assert database.rows("SELECT count(*) FROM alert") == [(1,)]


@pytest.mark.parametrize("count", [12, 45])
def test_a_few_at_a_time_are_what_all_are_at_once(store: Store, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    save(store, *a_run(NOON, count, MINUTE))
    (at_once,) = look(store)
    others = [called(f"other{n}", NOON + n * MINUTE, finding(quote="退款没到")) for n in range(count)]
    save(store, *others)
    monkeypatch.setattr("inspector.storage.signals._AT_ONCE", 7)
    found = [one for _ in range(count) for one in look(store)]
    assert len(found) == 1
    (bit_by_bit,) = (one for one in store.incidents.latest(BOSS, 9) if one.id != at_once.id)
    assert (bit_by_bit.first_at, bit_by_bit.hot_until) == (at_once.first_at, at_once.hot_until)
    assert bit_by_bit.calls == at_once.calls == count


def test_the_same_call_inspected_again_counts_once(store: Store) -> None:
    for _ in range(5):
        save(store, *a_run(NOON, 4, MINUTE))
        assert look(store) == ()
    save(store, *a_run(NOON, 5, MINUTE))
    assert len(look(store)) == 1
    save(store, *a_run(NOON, 5, MINUTE))
    assert look(store) == ()
    assert store.incidents.latest(BOSS, 9)[0].calls == 5


def test_many_who_look_at_once_find_it_once(store: Store) -> None:
    save(store, *a_run(NOON, 20, MINUTE))
    found: list[Incident] = []
    lookers = [threading.Thread(target=lambda: found.extend(look(store))) for _ in range(4)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    assert len(found) == 1
    assert len(store.incidents.latest(BOSS, 9)) == 1
    assert kinds_of(store) == ["alert.opened", "incident.opened"]


def test_a_look_that_fails_leaves_nothing_and_the_next_one_finds_it(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, *a_run(NOON, 5, MINUTE))

    def fail(*_: object) -> None:
        raise RuntimeError("power")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError, match="power"):
        broken.setattr("inspector.storage.incidents.incidents.put_repeats", fail)
        look(store)
    assert store.incidents.latest(BOSS, 9) == ()
    assert database.rows("SELECT count(*) FROM alert") == [(0,)]
    assert len(look(store)) == 1


def test_calls_of_yesterday_count_at_their_time_and_the_incident_is_marked(store: Store) -> None:
    # The night batch brings them in any order, mixed with calls of other hours.
    calls = a_run(NOON, 5, 5 * MINUTE)
    save(store, calls[3], called("else", NOON + timedelta(hours=5)), calls[0])
    assert look(store, NOON + DAY) == ()
    save(store, calls[4], calls[1], calls[2])
    (one,) = look(store, NOON + DAY)
    assert one.late
    assert one.completed_at == NOON + timedelta(minutes=20, seconds=10)
    assert one.found_at == NOON + DAY


def test_a_clock_that_was_set_back_marks_nothing_as_late(store: Store) -> None:
    save(store, *a_run(NOON, 5, MINUTE))
    (one,) = look(store, NOON - DAY)
    assert not one.late


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.TEST},
        {"outcome": Outcome.UNDETERMINED, "undetermined_because": Because.PARTY_UNKNOWN},
        {"kind": Kind.FORBIDDEN},
        {"rule_id": "urgent.unheard_of"},
    ],
)
def test_only_stable_signals_that_are_sure_count(store: Store, changes: dict[str, object]) -> None:
    save(store, *(called(f"c{n}", NOON + n * MINUTE, replace(finding(), **changes)) for n in range(9)))  # type: ignore[arg-type]
    assert look(store) == ()


def test_calls_without_a_start_have_no_place_in_time(store: Store) -> None:
    save(store, *(called(f"c{n}", None) for n in range(9)))
    assert look(store) == ()


def test_customers_without_a_key_may_be_one_and_the_same(store: Store, database: Database, tmp_path: Path) -> None:
    save(store, *(called(f"c{n}", NOON + n * MINUTE, customer_key=None) for n in range(9)))
    assert look(store) == ()
    save(store, *(called(f"d{n}", NOON + n * MINUTE, customer_key=None) for n in range(2)))
    with closing(open_with(database, tmp_path, "customers = false", "customers = true")) as by_call:
        assert len(look(by_call)) == 1


def test_other_words_and_other_products_are_other_troubles(store: Store) -> None:
    quotes = ("工资没到账", "养老金没到账", "还款失败", "转账失败")
    save(store, *(called(f"w{n}", NOON + n * MINUTE, finding(quote=quotes[n % 4])) for n in range(16)))
    lost = "钱不见了"
    save(store, *(called(f"p{n}", NOON + n * MINUTE, finding(quote=lost), product_code=f"P{n % 4}") for n in range(16)))
    assert look(store) == ()
    save(store, called("p16", NOON + 16 * MINUTE, finding(quote=lost), product_code="P1"))
    (one,) = look(store)
    assert (one.key, one.calls) == ("P1", 5)


def test_several_who_report_an_outage(store: Store) -> None:
    down = finding(OUTAGE, "手机银行打不开")
    save(store, *(called(f"c{n}", NOON + n * MINUTE, down, product_code=f"P{n}") for n in range(5)))
    (one,) = look(store)
    assert (one.kind, one.title) == ("system_outage", "多名客户报告系统故障")


def test_wrong_rules_are_told_when_the_store_is_opened(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="toml:incident: an incident"):
        open_with(database, tmp_path, "weeks = 4", "weeks = 0")


def test_what_is_usual_at_that_time_of_the_week_is_no_incident(store: Store) -> None:
    for week in range(1, 5):
        save(store, *(called(f"u{week}{n}", NOON - week * WEEK + n * 4 * MINUTE) for n in range(-10, 15)))
    look(store)
    before = len(store.incidents.latest(BOSS, 99))
    save(store, *a_run(NOON, 9, 3 * MINUTE, "busy"))
    assert look(store) == ()
    # Three days later nothing is usual at that hour, and the same is one.
    save(store, *a_run(NOON + 3 * DAY, 9, 3 * MINUTE, "odd"))
    (one,) = look(store)
    assert one.usual is not None and one.usual < 0.2
    assert len(store.incidents.latest(BOSS, 99)) == before + 1


def test_the_alert_goes_to_a_call_that_has_none_of_that_rule(store: Store, database: Database) -> None:
    *others, last = a_run(NOON, 5, MINUTE)
    own = finding("urgent.group_incident", "大家都没到账")
    save(store, *others)
    alerting = replace(last, findings=(finding(), own), queues=(QueueEntry("alert", (own.rule_id,)),))
    store.save(alerting, "d", audiences={own.rule_id: "risk_control"})
    (one,) = look(store)
    assert one.completed_by == last.call.id
    alerted = database.rows("SELECT call_id FROM alert WHERE audience = 'duty_supervisor'")
    assert alerted == [(others[-1].call.id,)]


def test_a_finding_that_nobody_can_read_does_not_hold_the_others_up(store: Store, database: Database) -> None:
    save(store, *a_run(NOON, 5, MINUTE), called("old", NOON))
    old = called("old", NOON).call.id
    database.change(
        "UPDATE finding SET data = '{}' WHERE inspection_id IN (SELECT id FROM inspection WHERE call_id = :id)", id=old
    )
    assert len(look(store)) == 1


class TestRepeats:
    def test_the_third_call_on_one_trouble_goes_to_review_and_alerts_nobody(
        self, store: Store, database: Database
    ) -> None:
        angry = finding(COMPLAINT, "我要投诉")
        save(store, *(called(f"c{n}", NOON + n * DAY, angry, customer_key="k") for n in range(3)))
        save(store, called("other", NOON + DAY, angry), called("far", NOON + 90 * DAY, angry, customer_key="k"))
        look(store)
        (review,) = store.queues.reviews(None, 9, Reason.REPEAT)
        assert review.source_call_id == "c2"
        assert review.because == ((COMPLAINT, "同一客户重复来电：30 天内第 3 次"),)
        assert review.business_date == date(2025, 3, 5)
        assert database.rows("SELECT count(*) FROM alert") == [(0,)]

    def test_a_call_that_comes_late_makes_a_later_one_the_third(self, store: Store) -> None:
        save(store, *(called(f"c{n}", NOON + n * DAY, customer_key="k") for n in (0, 2)))
        look(store)
        assert store.queues.reviews(None, 9, Reason.REPEAT) == ()
        save(store, called("c1", NOON + DAY, customer_key="k"))
        look(store)
        assert [one.source_call_id for one in store.queues.reviews(None, 9, Reason.REPEAT)] == ["c2"]

    def test_two_troubles_are_one_item_and_what_was_judged_stays(self, store: Store, database: Database) -> None:
        both = finding(COMPLAINT, "我要投诉"), finding()
        save(store, *(called(f"c{n}", NOON + n * DAY, *both, customer_key="k") for n in range(3)))
        look(store)
        (review,) = store.queues.reviews(None, 9, Reason.REPEAT)
        assert [topic for topic, _ in review.because] == [COMPLAINT, FAILURE]
        database.change("UPDATE review_item SET state = 'closed'")
        save(store, *(called(f"c{n}", NOON + n * DAY, *both, customer_key="k") for n in range(3)))
        look(store)
        assert store.queues.reviews(None, 9, Reason.REPEAT) == ()

    def test_wrap_up_codes_that_the_bank_names(self, store: Store, database: Database, tmp_path: Path) -> None:
        quiet = finding("urgent.unheard_of")
        codes = ("unsolved", "balance")
        save(
            store,
            *(
                called(f"{code}{n}", NOON + n * DAY, quiet, customer_key=code, wrap_up_code=code)
                for code in codes
                for n in range(3)
            ),
        )
        with closing(open_with(database, tmp_path, "codes = []", 'codes = ["unsolved"]')) as named:
            look(named)
        (review,) = store.queues.reviews(None, 9, Reason.REPEAT)
        assert (review.source_call_id, review.because[0][0]) == ("unsolved2", "wrap_up:unsolved")


class TestWhoMaySee:
    def test_a_team_lead_sees_what_his_team_answered(self, store: Store) -> None:
        save(store, *a_run(NOON, 5, MINUTE))
        (one,) = look(store)
        own = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
        other = replace(own, teams=frozenset({"二组"}))
        assert store.incidents.latest(own, 9) == (one,)
        assert store.incidents.latest(other, 9) == ()
        assert store.incidents.get(own, one.id)[0] == one
        with pytest.raises(PolicyError):
            store.incidents.get(other, one.id)
        with pytest.raises(PolicyError):
            store.incidents.surges(own, SOON)

    def test_what_is_not_there_is_said_only_to_who_may_see(self, store: Store) -> None:
        with pytest.raises(UsageError):
            store.incidents.get(BOSS, "none")
        with pytest.raises(PolicyError):
            store.incidents.get(Actor("nobody", frozenset()), "none")


def test_a_topic_that_surges(store: Store) -> None:
    save(store, *a_run(NOON - WEEK, 7, timedelta(hours=7), "before"), *a_run(NOON, 21, timedelta(hours=7), "week"))
    look(store)
    (surge,) = store.incidents.surges(BOSS, NOON + WEEK)
    assert (surge.topic, surge.calls, surge.before, surge.growth) == (FAILURE, 21, 7, 2.0)
    assert store.incidents.surges(BOSS, NOON + WEEK + DAY) == ()


def test_the_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("list") == 0
    assert "没有群体事件" in capsys.readouterr().out
    with closing(Store.open(f"sqlite:///{home}/inspector.db")) as store:
        save(store, *a_run(NOON, 24, MINUTE, "138001380"))
        (one,) = look(store, NOON + DAY)
        assert code_of("list") == 0
        told = capsys.readouterr().out
        assert "2025-03-03 12:00" in told and "事后发现" in told and one.id in told
        assert code_of("show", one.id, "--json") == 0
        shown = json.loads(capsys.readouterr().out)
        assert shown["schema"] == "inspector.incident/1"
        assert len(shown["calls"]) == shown["call_count"] == 24
        assert "13800138012" not in json.dumps(shown)
        assert code_of("surges", "--until", "2025-03-03", "--json") == 0
        assert json.loads(capsys.readouterr().out)["due_at"] == "2025-03-05T16:00:00+00:00"
        assert code_of("show", "none", "--lang", "en") == UsageError.exit_code
        me = pwd.getpwuid(os.getuid()).pw_name
        owner = Actor("owner", frozenset(Role))
        store.people.add(owner, Person("wang.wu", frozenset({Role.ADMIN})), NOON)
        store.people.add(owner, Person(me, frozenset({Role.AGENT})), NOON)
        for command in (("list",), ("show", one.id), ("surges",)):
            assert code_of(*command) == PolicyError.exit_code


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["queue", "incidents", *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code
