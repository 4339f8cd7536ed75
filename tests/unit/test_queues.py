"""Alerts and review items: written with the inspection, once; undetermined ones within a budget; random ones blind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.alerts.budget import admitted, allowance, doubts
from inspector.alerts.route import audiences
from inspector.model import Call, Facts, Inspection, Outcome, Severity
from inspector.pipeline import inspect_hearing
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.storage import Saved, Store
from inspector.storage.alerts import GroupFilter
from inspector.storage.queues import Reason, put_drawn
from tests.accepted import BOSS, open_alerts
from tests.builders import judged, plan_of, rule_of
from tests.databases import Database

DAY, NEXT = date(2025, 3, 1), date(2025, 3, 2)
SHARE = Decimal("0.02")
THEFT, PROMISE, MAYBE = "0:01 C 我的卡被盗刷了", "0:01 A 稳赚不赔", "0:01 ? 稳赚不赔"


def plan(version: int = 1, severity: str = "critical") -> Plan:
    return plan_of(
        rule_of(severity=severity, version=version),
        rule_of(
            "signal", {"phrases": ["盗刷"]}, id="urgent.theft", title="盗刷", status="stable", severity="critical",
            who="customer", alert="duty_supervisor", remedy="立即回拨",
        ),
    )  # fmt: skip


def inspected(no: str, text: str, day: date | None = DAY, rules: Plan | None = None) -> Inspection:
    """A call written as text, at noon in Shanghai."""
    _, hearing = parse_call(text, no)
    facts = Facts() if day is None else Facts(start=f"{day}T12:00:00+08:00")
    hearing = replace(hearing, recording=replace(hearing.recording, id=no.rjust(64, "0")))
    return inspect_hearing(Call("pbx", no, facts), hearing, rules or plan())


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def save(store: Store, inspection: Inspection, digest: str = "d") -> Saved:
    return store.save(inspection, digest, {}, (), audiences(plan()))


# ---- the budget ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inspected", "share", "allowed"),
    [(0, "0.02", 0), (1, "0.02", 1), (50, "0.02", 1), (51, "0.02", 2), (100, "0.07", 7), (1000, "0", 0), (3, "1", 3)],
)
def test_the_allowance_is_rounded_up_and_exact(inspected: int, share: str, allowed: int) -> None:
    assert allowance(inspected, Decimal(share)) == allowed


severities = st.sampled_from(Severity)
candidates = st.dictionaries(st.text("abc", min_size=1, max_size=4), severities, max_size=20).map(dict.items)


@given(candidates, st.integers(-2, 25))
def test_the_worst_are_admitted(waiting: list[tuple[str, Severity]], room: int) -> None:
    rank = dict(waiting)
    chosen = admitted(waiting, room)
    assert len(chosen) == min(max(room, 0), len(rank))
    left = [(rank[one].rank, one) for one in rank.keys() - set(chosen)]
    assert all((rank[one].rank, one) < other for one in chosen for other in left)


@pytest.mark.parametrize(
    ("severity", "status", "said", "expected"),
    [
        ("critical", "test", MAYBE, ["test.rule"]),
        ("high", "stable", MAYBE, ["test.rule"]),
        ("medium", "stable", MAYBE, []),
        ("critical", "experimental", MAYBE, []),
        ("critical", "stable", PROMISE, []),
    ],
)
def test_which_findings_make_a_call_a_candidate(severity: str, status: str, said: str, expected: list[str]) -> None:
    inspection = judged(plan_of(rule_of(severity=severity, status=status)), said)
    assert [finding.rule_id for finding in doubts(inspection.findings)] == expected


def test_the_worst_doubt_comes_first() -> None:
    rules = plan_of(rule_of(severity="high", id="a.high"), rule_of(severity="critical", id="b.critical"))
    assert [one.rule_id for one in doubts(judged(rules, MAYBE).findings[::-1])] == ["b.critical", "a.high"]


# ---- alerts ----------------------------------------------------------------------------------------------------------


def test_an_alert_says_what_where_and_whom(store: Store) -> None:
    before = datetime.now(UTC)
    inspection = inspected("1", THEFT)
    save(store, inspection)
    (alert,) = open_alerts(store)
    assert (alert.call_id, alert.source_call_id, alert.business_date) == (inspection.call.id, "1", DAY)
    assert (alert.audience, alert.finding) == ("duty_supervisor", inspection.findings[0])
    assert alert.at_s == inspection.findings[0].evidence[0].start_s
    assert before <= alert.created_at <= datetime.now(UTC)


def test_one_alert_for_a_call_and_a_rule_for_ever(store: Store, database: Database) -> None:
    save(store, inspected("1", THEFT))
    first = open_alerts(store)
    save(store, inspected("1", THEFT))
    save(store, inspected("1", THEFT, rules=plan(version=2)), "other hearing")
    assert open_alerts(store) == first
    ((created, detected),) = database.rows("SELECT created_at, detected_at FROM alert")
    assert created < detected


def test_what_vanishes_under_newer_packs_leaves_the_alert(store: Store) -> None:
    save(store, inspected("1", THEFT))
    sent = open_alerts(store)
    save(store, inspected("1", THEFT, rules=plan_of(rule_of())))
    assert open_alerts(store) == sent
    assert [one.reason for one in store.queues.reviews(None, 10)] == [Reason.ALERT]


def test_what_is_closed_stays_closed(store: Store, database: Database) -> None:
    save(store, inspected("1", THEFT))
    (group,) = store.alerts.groups(BOSS, GroupFilter(), 9)
    store.alerts.close(BOSS, group.id, "resolved")
    database.change("UPDATE review_item SET state = 'done'")
    told = "SELECT state, severity, because FROM review_item"
    judged_as = database.rows(told)
    save(store, inspected("1", f"{THEFT}\n0:10 A 稳赚不赔"))
    assert open_alerts(store) == ()
    assert store.queues.reviews(None, 10) == ()
    assert database.rows(told) == judged_as


def test_a_failed_save_queues_nothing(store: Store, database: Database) -> None:
    inspection = inspected("1", THEFT)
    with pytest.raises(KeyError):
        store.save(inspection, "d", {}, (), {})
    assert database.rows("SELECT (SELECT count(*) FROM call), (SELECT count(*) FROM alert)") == [(0, 0)]


def test_a_conflict_queues_nothing(store: Store) -> None:
    save(store, inspected("1", PROMISE))
    other = inspected("1", THEFT)
    other = replace(other, hearing=replace(other.hearing, recording=replace(other.hearing.recording, id="f" * 64)))
    assert save(store, other) is Saved.CONFLICT
    assert open_alerts(store) == ()


def test_alerts_come_by_what_is_due_first_and_by_day(store: Store) -> None:
    for no, day in (("1", DAY), ("2", NEXT), ("3", None)):
        save(store, inspected(no, THEFT, day))
    assert [alert.source_call_id for alert in open_alerts(store)] == ["1", "2", "3"]
    assert [alert.source_call_id for alert in open_alerts(store, limit=1)] == ["1"]
    assert [alert.source_call_id for alert in open_alerts(store, DAY)] == ["1"]
    assert [store.alerts.count(BOSS, GroupFilter(day)) for day in (None, DAY, date(2020, 1, 1))] == [3, 1, 0]


# ---- reviews ---------------------------------------------------------------------------------------------------------


def test_a_review_names_the_rules_worst_first(store: Store) -> None:
    rules = plan_of(rule_of(severity="medium"), rule_of(id="b.worse", title="更糟", severity="critical"))
    save(store, inspected("1", PROMISE, rules=rules))
    (entry,) = store.queues.reviews(DAY, 10)
    assert (entry.reason, entry.severity) == (Reason.FINDING, Severity.CRITICAL)
    assert entry.because == (("b.worse", "更糟"), ("test.rule", "测试"))


def test_a_newer_inspection_says_why_without_a_second_item(store: Store) -> None:
    save(store, inspected("1", PROMISE))
    save(store, inspected("1", PROMISE, rules=plan(version=2, severity="medium")))
    (entry,) = store.queues.reviews(None, 10)
    assert entry.severity is Severity.MEDIUM


def test_random_reviews_are_blind_and_may_be_of_calls_that_were_never_heard(store: Store, database: Database) -> None:
    save(store, inspected("1", THEFT))
    rows_before = store.queues.reviews(None, 10)
    with store._writer.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO draw VALUES ('d1', '2025-03-01', 1, '0.05', 2, 2, '', '', '', '2025-03-02', '', 'random')"
        )
        blind: dict[str, tuple[()]] = {Call("pbx", "1").id: (), "0" * 24: ()}
        put_drawn(connection, "d1", Reason.RANDOM, blind, DAY, datetime.now(UTC))
    random = store.queues.reviews(DAY, 10, Reason.RANDOM)
    assert {entry.call_id for entry in random} == {Call("pbx", "1").id, "0" * 24}
    assert all(entry.because == () and entry.severity is None for entry in random)
    assert store.queues.reviews(None, 10)[: len(rows_before)] == rows_before


# ---- undetermined calls ----------------------------------------------------------------------------------------------


def undetermined(store: Store, day: date | None = DAY) -> list[str]:
    return sorted(entry.source_call_id for entry in store.queues.reviews(day, 99, Reason.UNDETERMINED))


def test_undetermined_calls_wait_until_the_budget_admits_them(store: Store) -> None:
    for no in range(60):
        save(store, inspected(str(no), MAYBE if no < 5 else "0:01 A 您好"))
    assert undetermined(store) == []
    assert store.queues.review_counts(DAY).waiting == 5
    assert store.admit_undetermined(SHARE) == 2  # 60 × 0.02 = 1.2
    assert len(undetermined(store)) == 2
    assert store.queues.review_counts(DAY).waiting == 3
    assert store.admit_undetermined(SHARE) == 0
    assert store.admit_undetermined(Decimal(0)) == 0


def test_the_most_severe_are_admitted_first_and_stay(store: Store) -> None:
    high, critical = plan(severity="high"), plan()
    save(store, inspected("high", MAYBE, rules=high))
    assert store.admit_undetermined(SHARE) == 1
    save(store, inspected("worse", MAYBE, rules=critical))
    assert store.admit_undetermined(SHARE) == 0
    assert undetermined(store) == ["high"]
    for no in range(50):
        save(store, inspected(str(no), MAYBE, rules=high))
    assert store.admit_undetermined(SHARE) == 1
    assert undetermined(store) == ["high", "worse"]


def test_every_business_date_has_its_own_budget_and_undated_calls_have_one(store: Store) -> None:
    for no, day in (("1", DAY), ("2", NEXT), ("3", None), ("4", DAY), ("5", None)):
        save(store, inspected(no, MAYBE, day))
    assert store.admit_undetermined(SHARE) == 3
    assert [len(undetermined(store, day)) for day in (DAY, NEXT)] == [1, 1]
    assert store.admit_undetermined(SHARE) == 0


def test_a_call_judged_twice_counts_once(store: Store) -> None:
    for no in range(26):
        save(store, inspected(str(no), MAYBE))
        save(store, inspected(str(no), MAYBE), "other hearing")
    assert store.admit_undetermined(SHARE) == 1


def test_a_doubt_that_is_gone_waits_no_longer_but_stays_open(store: Store) -> None:
    save(store, inspected("1", MAYBE))
    save(store, inspected("2", MAYBE))
    store.admit_undetermined(SHARE)
    (opened,) = undetermined(store)
    clear = plan_of(rule_of(match={"phrases": ["保本"]}))
    for no in ("1", "2"):
        save(store, inspected(no, MAYBE, rules=clear))
    assert undetermined(store) == [opened]
    assert store.queues.review_counts(None).waiting == 0


def test_counts_are_by_reason(store: Store) -> None:
    save(store, inspected("1", THEFT))
    save(store, inspected("2", MAYBE))
    save(store, inspected("3", MAYBE))
    store.admit_undetermined(SHARE)
    counts = store.queues.review_counts(DAY)
    assert counts.open == {**dict.fromkeys(Reason, 0), Reason.ALERT: 1, Reason.UNDETERMINED: 1}
    assert counts.waiting == 1
    assert store.queues.review_counts(NEXT).waiting == 0


def test_the_text_calls_mean_what_these_tests_take_them_for() -> None:
    outcomes = {text: inspected("1", text).by_rule["test.rule"] for text in (PROMISE, MAYBE)}
    assert outcomes == {PROMISE: Outcome.FIRES, MAYBE: Outcome.UNDETERMINED}


# ---- made files ------------------------------------------------------------------------------------------------------


def test_made_files_are_kept_absolute_and_once(
    store: Store, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store.made_file("a" * 24, "html", Path("pages/一.html"))
    store.made_file("b" * 24, "html", tmp_path / "pages" / "一.html")
    store.made_file(None, "draw", Path("draw.json"))
    kept = database.rows("SELECT path, call_id, kind FROM made_file ORDER BY path")
    assert kept == [
        (str(tmp_path / "draw.json"), None, "draw"),
        (str(tmp_path / "pages" / "一.html"), "b" * 24, "html"),
    ]
