"""Draws of a day with a database: each kind from its own base, late calls apart, nothing ever removed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from inspector.config import Settings
from inspector.errors import PolicyError, UsageError
from inspector.model import Call, Facts, Inspection, call_id_of
from inspector.pipeline import inspect_hearing
from inspector.roles import Actor, Role
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.sampling.choice import Condition
from inspector.sampling.day import DayDraw, Drawn, days_of, draw_day
from inspector.sampling.draw import DrawKind
from inspector.sampling.month_secret import known_secret
from inspector.sampling.planning import keep_plan, make_plan, seen_before
from inspector.sampling.self_check import answer_self_check
from inspector.sampling.strata import Listed
from inspector.sampling.verify import faults
from inspector.storage import Store
from inspector.storage.queues import Reason
from tests.builders import plan_of, rule_of
from tests.databases import Database

DAY = date(2025, 3, 14)
NOW = datetime(2025, 3, 15, 2, tzinfo=UTC)
LEAD = Actor("lead", frozenset({Role.QA_LEAD}))
PROMISE = "0:01 A 稳赚不赔"


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def call(no: int, day: date = DAY, **facts: Any) -> Listed:
    given: dict[str, Any] = {"agent": str(3000 + no % 10), "team": "甲乙"[no % 2], **facts}
    source_call_id = f"{day}-{no}"
    return Listed(call_id_of("pbx", source_call_id), source_call_id, Facts(start=f"{day}T12:00:00+08:00", **given))


def calls(count: int, day: date = DAY) -> list[Listed]:
    return [call(no, day) for no in range(count)]


def drawn(store: Store, settings: Settings, listed: Iterable[Listed], day: date = DAY, **asked: Any) -> Drawn:
    return draw_day(store, settings, DayDraw(day, **asked), listed, LEAD, NOW)


def ids(result: Drawn) -> set[str]:
    return {item.call_id for file in result.files for item in file.draw.items}


def rules(status: str = "stable") -> Plan:
    return plan_of(rule_of(status=status, severity="high"))


def inspected(listed: Listed, text: str, status: str = "stable") -> Inspection:
    _, hearing = parse_call(text, listed.source_call_id)
    recording = replace(hearing.recording, id=listed.source_call_id.rjust(64, "0"), duration_s=120.0)
    whole = Call("pbx", listed.source_call_id, listed.facts)
    return inspect_hearing(whole, replace(hearing, recording=recording), rules(status))


@pytest.fixture
def heard(store: Store) -> list[Listed]:
    """Twenty calls on record, a stable rule fires in the first six, and one on trial in another."""
    listed = calls(20)
    for no, one in enumerate(listed):
        store.save(inspected(one, PROMISE if no < 7 else "0:01 A 您好", "test" if no == 6 else "stable"), "d")
    return listed


# ---- kinds -----------------------------------------------------------------------------------------------------------


def test_the_random_sample_is_exact_over_strata_and_proves_itself(
    store: Store, settings: Settings, database: Database
) -> None:
    made = drawn(store, settings, calls(200))
    (file,) = made.files
    assert made.is_new
    assert [(stratum.listed, stratum.drawn) for stratum in file.draw.strata] == [(100, 5), (100, 5)]
    assert made.unsaid == ("channel", "product_type", "direction")
    assert faults(file, known_secret(settings.home, "2025-03")) == ()
    columns = "SELECT DISTINCT stratum_listed, stratum_drawn FROM draw_item"
    assert database.rows(columns) == [(100, 5)]
    assert store.ledger.events(0, 9)[-1].data == {
        "business_date": "2025-03-14", "kind": "random", "part": 1, "listed": 200, "drawn": 10,
    }  # fmt: skip


def test_self_check_is_of_all_calls_with_stable_findings_and_shows_them(
    store: Store, settings: Settings, heard: list[Listed]
) -> None:
    made = drawn(store, settings, heard, kind=DrawKind.SELF_CHECK)
    assert ids(made) == {one.id for one in heard[:6]}
    entries = store.queues.reviews(DAY, 99, Reason.SELF_CHECK)
    of_team = store.queues.reviews(DAY, 99, Reason.SELF_CHECK, "乙")
    assert {entry.call_id for entry in of_team} == {one.id for one in heard[1:6:2]}
    assert {entry.because for entry in entries} == {(("test.rule", rule_of().title),)}


def test_a_recheck_is_a_share_of_the_base_that_it_names(store: Store, settings: Settings, heard: list[Listed]) -> None:
    drawn(store, settings, heard, kind=DrawKind.SELF_CHECK)
    for one in heard[:5]:
        answer_self_check(store, one.id, confirmed=True, actor=Actor("s", frozenset({Role.SUPERVISOR})), now=NOW)
    expected = {"all_calls": heard, "with_findings": heard[:6], "self_checked": heard[:5], "reviewed": heard[:5]}
    drawn_before: set[str] = set()
    for base, listed in expected.items():
        made = drawn(store, settings, heard, kind=DrawKind.RECHECK, base=base)
        left = {one.id for one in listed} - drawn_before
        of_files = [(file.draw.terms.base, set(file.draw.call_ids)) for file in made.files]
        assert of_files == ([(base, left)] if left else [])  # by chance those before may leave nothing
        drawn_before |= ids(made)
    (first, *others) = store.draws.of(DAY, DrawKind.RECHECK)
    assert (len(first.draw.call_ids), len(first.draw.items)) == (20, 4)
    seen = [item.call_id for file in (first, *others) for item in file.draw.items]
    assert len(seen) == len(set(seen)), "nobody is to review a call twice for the same reason"


def test_test_calls_are_those_that_the_list_marks(store: Store, settings: Settings) -> None:
    listed = [*calls(10), *(call(no, mystery=True) for no in range(10, 13)), call(13, mystery=False)]
    made = drawn(store, settings, listed, kind=DrawKind.MYSTERY)
    assert ids(made) == {one.id for one in listed[10:13]}
    assert drawn(store, settings, listed).files[0].draw.call_ids == tuple(sorted(one.id for one in listed))


def test_coverage_adds_what_agents_lack_in_the_month_and_stays_out_of_the_estimate(
    store: Store, settings: Settings
) -> None:
    """3000 … 3009 have calls on two days; 3999 has one call in all, and some calls have no agent."""
    first = DAY - timedelta(days=3)
    assert days_of(DrawKind.COVERAGE, DAY) == (date(2025, 3, 1), DAY)
    early, late = calls(60, first), calls(60)
    drawn(store, settings, early, first)
    drawn(store, settings, late)
    month = [*early, *late, call(999, agent="3999"), call(998, agent=None)]
    sample = store.draws.drawn(first, DAY, [DrawKind.RANDOM])
    made = drawn(store, settings, month, kind=DrawKind.COVERAGE)
    both = sample | ids(made)
    of_agent = {agent: [one.id in both for one in month if one.facts.agent == agent] for agent in ("3000", "3009")}
    assert all(sum(one) >= 2 for one in of_agent.values())
    assert not sample & ids(made)
    assert call(999, agent="3999").id in ids(made)
    assert made.without_agent == 1
    had = Counter(one.facts.agent for one in month if one.id in sample)
    lacking = sum(max(0, 2 - had[str(agent)]) for agent in range(3000, 3010))
    assert len(ids(made)) == lacking + 1
    again = drawn(store, settings, month, kind=DrawKind.COVERAGE)
    assert (again.is_new, ids(again)) == (False, ids(made))
    assert len(store.draws.of(DAY)) == 1


def test_a_directed_draw_is_of_what_the_condition_holds_for(
    store: Store, settings: Settings, heard: list[Listed]
) -> None:
    def directed(**condition: Any) -> set[str]:
        return ids(drawn(store, settings, heard, kind=DrawKind.DIRECTED, condition=Condition(3, **condition)))

    assert directed(when=("agent=3004",)) == {heard[4].id, heard[14].id}
    assert directed(when=("agent=3006",), rule_id="test.rule") == {heard[6].id}
    assert directed(call_ids=frozenset({heard[9].id, "0" * 24})) == {heard[9].id}
    assert len(directed(when=("team=甲",))) == 3
    assert len(directed(when=("team=甲",))) == 3, "asking again does not draw others"
    drawn_by_all = [item.call_id for file in store.draws.of(DAY, DrawKind.DIRECTED) for item in file.draw.items]
    assert len(drawn_by_all) == len(set(drawn_by_all)) == 7


@pytest.mark.parametrize("wrong", [{}, {"when": ("colour=red",)}, {"when": ("?",)}])
def test_what_is_no_condition(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Condition(3, **wrong)


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": DrawKind.DIRECTED},
        {"condition": Condition(1, rule_id="a")},
        {"base": "reviewed"},
        {"kind": DrawKind.MYSTERY, "rate": Decimal("0.1")},
    ],
)
def test_what_is_no_draw_of_a_day(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        DayDraw(DAY, **asked)


@pytest.mark.parametrize("kind", [kind for kind in DrawKind if kind is not DrawKind.DIRECTED])
def test_an_empty_day_and_a_day_of_one_call(store: Store, settings: Settings, kind: DrawKind) -> None:
    assert drawn(store, settings, [], kind=kind) == Drawn((), False)
    store.save(inspected(call(1, mystery=True), PROMISE), "d")
    assert ids(drawn(store, settings, [call(1, mystery=True)], kind=kind)) == {call(1).id}


def test_what_is_known_of_listed_calls_is_what_is_on_record(store: Store, heard: list[Listed]) -> None:
    stranger = call(99)
    named = {one.id: one.source_call_id for one in (*heard, stranger)}
    found = {one.id: one for one in store.draws.known(named)}
    assert [found[one.id] for one in heard] == heard
    assert found[stranger.id] == Listed(stranger.id, stranger.source_call_id)
    assert store.draws.calls_of(DAY, DAY) == tuple(sorted(heard, key=lambda one: one.id))
    assert store.draws.calls_of(DAY - timedelta(days=2), DAY - timedelta(days=1)) == ()


def test_who_may_not_draw_draws_nothing(store: Store, settings: Settings) -> None:
    for role in set(Role) - {Role.QA_LEAD, Role.OPERATIONS}:
        with pytest.raises(PolicyError, match="may not"):
            draw_day(store, settings, DayDraw(DAY), calls(3), Actor("x", frozenset({role})), NOW)
    assert store.draws.of(DAY) == ()
    assert not (settings.home / "sampling").exists()


# ---- nothing is removed ----------------------------------------------------------------------------------------------


def test_two_hundred_days_of_late_calls_reruns_and_corrections(tmp_path: Path) -> None:
    """Every day: a list, calls that come late, both lists again with calls missing and facts corrected.

    What was drawn stays drawn, every draw can be drawn again, and each part has ceil(rate × N) calls.
    """
    chance, settings = random.Random(8), Settings(home=tmp_path)  # noqa: S311 - a simulation
    with closing(Store.open(f"sqlite:///{tmp_path / 'inspector.db'}")) as store:
        days = [date(2025, 1, 1) + timedelta(days=no) for no in range(200)]
        removed = unequal = parts = 0
        for day in days:
            listed = calls(chance.randint(1, 60), day)
            late = calls(len(listed) + chance.randint(0, 9), day)
            corrected = [replace(one, facts=Facts(start=one.facts.start)) for one in late]
            before: set[str] = set()
            for some in (listed, late, chance.sample(late, len(late) // 2), corrected):
                drawn(store, settings, some, day)
                now = {item.call_id for file in store.draws.of(day) for item in file.draw.items}
                removed += len(before - now)
                before = now
            for file in store.draws.of(day):
                parts += 1
                unequal += bool(faults(file, known_secret(tmp_path, f"{day:%Y-%m}")))
                assert len(file.draw.items) == -(-len(file.draw.call_ids) // 20)
            assert len(store.queues.reviews(day, 99, Reason.RANDOM)) == len(before)
        assert (removed, unequal) == (0, 0)
        assert 200 <= parts <= 400


# ---- self-check, progress, plans -------------------------------------------------------------------------------------


def test_a_team_answers_for_its_own_calls_once(store: Store, settings: Settings, heard: list[Listed]) -> None:
    drawn(store, settings, heard, kind=DrawKind.SELF_CHECK)
    own, other = (Actor("班长", frozenset({Role.TEAM_LEAD}), frozenset({team})) for team in "甲乙")
    with pytest.raises(PolicyError):
        answer_self_check(store, heard[0].id, confirmed=True, actor=other, now=NOW)
    answer_self_check(store, heard[0].id, confirmed=False, actor=own, now=NOW)
    answer_self_check(store, heard[1].id, confirmed=True, actor=other, now=NOW)
    for no in (0, 9):
        with pytest.raises(UsageError, match="no self-check"):
            answer_self_check(store, heard[no].id, confirmed=True, actor=(own, other)[no % 2], now=NOW)
    late = NOW + timedelta(hours=25)
    told = [(one.stratum, one.listed, one.wanted, one.drawn, one.done, one.left, one.overdue)
            for one in store.draws.progress(DAY, DAY, late)]  # fmt: skip
    assert told == [('["乙"]', 3, 3, 3, 1, 2, 2), ('["甲"]', 3, 3, 3, 1, 2, 2)]
    assert [one.overdue for one in store.draws.progress(DAY, DAY, NOW)] == [0, 0]


def test_what_waits_for_a_team_comes_one_after_the_other_until_it_is_answered(
    store: Store, settings: Settings, heard: list[Listed]
) -> None:
    drawn(store, settings, heard, kind=DrawKind.SELF_CHECK)
    own, other = (Actor("班长", frozenset({Role.TEAM_LEAD}), frozenset({team})) for team in "甲乙")
    supervisor = Actor("s", frozenset({Role.SUPERVISOR}))
    places = [store.self_checks.waiting(own, place) for place in range(4)]
    assert [count for count, _ in places] == [3] * 4
    shown = [one for _, one in places if one is not None]
    assert {one.call_id for one in shown} == {one.id for one in heard[0:6:2]}
    assert shown[3] == shown[0]  # round
    assert shown[0].because == (("test.rule", rule_of().title),)
    assert (shown[0].due_at, shown[0].severity) == (NOW + timedelta(hours=24), "high")
    assert store.self_checks.waiting(supervisor, 0)[0] == 6
    answer_self_check(store, shown[0].call_id, confirmed=True, actor=own, now=NOW)
    assert store.self_checks.waiting(own, 0) == (2, shown[1])
    for one in shown[1:3]:
        answer_self_check(store, one.call_id, confirmed=False, actor=supervisor, now=NOW)
    assert store.self_checks.waiting(own, 7) == (0, None)
    assert store.self_checks.waiting(other, 0)[0] == 3
    with pytest.raises(PolicyError):
        store.self_checks.waiting(Actor("r", frozenset({Role.REVIEWER})), 0)


def test_progress_adds_up_parts_and_days_by_kind(store: Store, settings: Settings) -> None:
    drawn(store, settings, calls(40))
    drawn(store, settings, calls(80))
    drawn(store, settings, calls(40, DAY + timedelta(days=1)), DAY + timedelta(days=1))
    drawn(store, settings, calls(40), kind=DrawKind.COVERAGE)
    rows = store.draws.progress(DAY, DAY + timedelta(days=1), NOW)
    random_rows = [row for row in rows if row.kind is DrawKind.RANDOM]
    assert [(row.listed, row.drawn) for row in random_rows] == [(60, 3), (60, 3)]
    assert {row.kind for row in rows} == {DrawKind.RANDOM, DrawKind.COVERAGE}
    assert store.draws.progress(DAY + timedelta(days=2), DAY + timedelta(days=9), NOW) == ()


def test_a_plan_is_made_of_the_last_weeks_and_kept_by_the_sheet_that_was_shown(
    store: Store, settings: Settings, heard: list[Listed], database: Database
) -> None:
    tomorrow = DAY + timedelta(days=1)
    assert seen_before(store, DAY) is None
    volume = seen_before(store, tomorrow)
    assert volume is not None
    assert (volume.calls, volume.call_min, volume.with_findings, volume.agents) == (20, 2.0, 6, 10)
    sheet = make_plan(settings, (tomorrow, tomorrow), volume, 60, 0, LEAD)
    other = make_plan(settings, (tomorrow, tomorrow), volume, 61, 0, LEAD)
    with pytest.raises(UsageError, match="not the figures"):
        keep_plan(store, sheet, other.id, LEAD, NOW)
    with pytest.raises(PolicyError):
        keep_plan(store, sheet, sheet.id, Actor("x", frozenset({Role.REVIEWER})), NOW)
    assert store.sample_plans.kept(tomorrow) == ()
    for _ in range(2):
        keep_plan(store, sheet, sheet.id, LEAD, NOW)
    assert store.sample_plans.kept(tomorrow) == (sheet.id,)
    assert store.sample_plans.kept(DAY) == ()
    assert database.rows("SELECT count(*) FROM audit WHERE action = 'sample_plan'") == [(1,)]


def test_a_volume_counts_test_calls(store: Store) -> None:
    for no, mystery in enumerate((True, False, None, True)):
        store.save(inspected(call(no, mystery=mystery), PROMISE), "d")
    volume = store.sample_plans.volume(DAY, DAY)
    assert volume is not None
    assert volume.mystery == 2
