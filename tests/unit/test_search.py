"""Calls listed and searched, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inspector.errors import PolicyError, UsageError
from inspector.model import Call, Facts, Inspection, Outcome, Severity, Status, call_id_of
from inspector.redaction import Purpose, mask
from inspector.redaction.terms import places_of, terms_of, words_of
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.search import MOST_SORTED_DAYS, Order, Query, Search
from tests.builders import hearing_of, turn
from tests.contract.test_migrations import FINDING
from tests.databases import Database
from tests.unit.test_storage import inspection_of

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
QA = Actor("qa", frozenset({Role.QA_LEAD}))
LEAD = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))


def call(number: int, *said: str, team: str = "一组", at: datetime = NOW, longest_s: float = 0.0) -> Inspection:
    turns = [turn("AC"[place % 2], 1.0 + 100 * place, text) for place, text in enumerate(said or ("您好云川银行",))]
    hearing = hearing_of(*turns)
    hearing = replace(hearing, recording=replace(hearing.recording, id=f"{number:064x}"))
    made = inspection_of(Call("pbx", f"c{number}", Facts(start=at.isoformat(), agent="3062", team=team)))
    return replace(
        made, hearing=hearing, findings=(), queues=(), metrics=replace(made.metrics, longest_silence_s=longest_s)
    )


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def found(store: Store, text: str = "", actor: Actor = QA, **wanted: object) -> list[str]:
    query = Query(DAY - timedelta(days=30), DAY, text, **wanted)  # type: ignore[arg-type]
    return [row.source_call_id for row in store.search.find(actor, query, None, 50).rows]


# ---- text ------------------------------------------------------------------------------------------------------------

TEXTS = (
    "这款，产品保本保息！",
    "乾隆银行 ABC理财",
    "我的卡号是6222020012345678谢谢",
    "利率3.5%，ＡＢ档",
    "😀您好😀𠮷野家",
)


@pytest.mark.parametrize("text", TEXTS)
def test_every_piece_of_two_characters_or_more_finds_the_call(store: Store, text: str) -> None:
    store.save(call(1, text), "d")
    shown = mask(text, Purpose.SCREEN)
    for first in range(len(shown)):
        for last in range(first + 1, len(shown) + 1):
            words = words_of(shown[first:last])
            if words and all(len(word) > 1 for word in words):
                assert found(store, shown[first:last]) == ["c1"], shown[first:last]
                assert found(store, shown[first:last], by_sound=True) == ["c1"]


def test_masked_numbers_cannot_be_looked_for(store: Store) -> None:
    store.save(call(1, "卡号六二二二零二"), "d")
    assert found(store, "六二二二") == []
    assert found(store, "卡号") == ["c1"]


def test_what_was_misheard_is_found_by_its_sound_only(store: Store) -> None:
    store.save(call(1, "这个宝本吗"), "d")
    assert found(store, "保本") == []
    assert found(store, "保本", by_sound=True) == ["c1"]


def test_words_are_found_within_a_turn_and_all_of_them_must_be_said(store: Store) -> None:
    store.save(call(1, "我保证", "本金安全"), "d")
    assert found(store, "证本") == []
    assert found(store, "保证 本金") == ["c1"]
    assert found(store, "保证 收益") == []


def test_pairs_alone_are_not_the_word(store: Store) -> None:
    store.save(call(1, "保本，息差；本保息"), "d")
    assert found(store, "保本保息") == []


HOSTILE = ('" OR *', "call_term MATCH", "保本' OR '1'='1", "%_保本%", "保本\0息", "😀😀", "\u202e本保", "NEAR(保本, 2)")


@pytest.mark.parametrize("text", HOSTILE)
def test_signs_of_query_languages_are_only_signs(store: Store, text: str) -> None:
    store.save(call(1, "这个保证利息"), "d")
    try:
        assert found(store, text) == []
    except UsageError as refused:
        assert text not in refused.message


def test_what_is_too_short_or_too_long_is_refused() -> None:
    for text in ("保", "保本 息", "，，", "本" * 10_000):
        with pytest.raises(UsageError):
            Query(DAY, DAY, text)
    with pytest.raises(UsageError):
        Query(DAY, DAY - timedelta(days=1))
    with pytest.raises(UsageError):
        Query(date(1900, 1, 1), DAY)


def test_places_are_those_of_the_text() -> None:
    assert places_of("保，本。保本", "保本", sound=False) == [(0, 3), (4, 6)]
    assert terms_of("保＊本", sound=False) == set()


# ---- filters, reach, pages -------------------------------------------------------------------------------------------


def test_filters_hold_together(store: Store) -> None:
    store.save(call(1, "保本", longest_s=12), "d")
    store.save(call(2, "保本", longest_s=3), "d")
    store.save(call(3, "保本", team="二组", longest_s=12), "d")
    store.save(call(4, "您好", longest_s=12), "d")
    assert found(store, "保本", team="一组", least_longest_silence_s=10) == ["c1"]
    assert found(store, source_call_id="c3") == ["c3"]


def test_calls_of_a_rule_by_its_outcome(store: Store) -> None:
    fires = replace(FINDING, severity=Severity.HIGH, status=Status.STABLE)
    store.save(replace(call(1), findings=(fires,), queues=()), "d")
    store.save(call(2), "d")
    assert found(store, rule_id="a.b") == ["c1"]
    assert found(store, rule_id="a.b", outcome=Outcome.UNDETERMINED) == []
    assert found(store, severity=Severity.HIGH) == ["c1"]
    assert found(store, severity=Severity.CRITICAL) == []


def test_a_lead_is_never_given_another_teams_call(store: Store) -> None:
    store.save(call(1, "保本"), "d")
    store.save(call(2, "保本", team="二组"), "d")
    assert found(store, "保本", LEAD) == ["c1"]
    assert found(store, "", LEAD, team="二组") == []
    assert found(store, "", LEAD, source_call_id="c2") == []
    with pytest.raises(PolicyError):
        store.search.read(LEAD, call_id_of("pbx", "c2"))
    with pytest.raises(PolicyError):
        found(store, "", Actor("r", frozenset({Role.REVIEWER})))


def test_days_are_those_of_the_business(store: Store) -> None:
    store.save(call(1, at=datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)), "d")  # one second before midnight
    store.save(call(2, at=datetime(2026, 3, 2, 16, tzinfo=UTC)), "d")
    assert found(store) == ["c1"]


@pytest.mark.parametrize("patience_s", [0.0, 10.0])
@pytest.mark.parametrize("text", ["", "保本"])
def test_pages_have_no_gaps_and_no_doubles_while_calls_arrive(database: Database, patience_s: float, text: str) -> None:
    with closing(Store.open(database.url)) as store:
        search = Search(store.search._reader, store.search._writer, ZoneInfo("Asia/Shanghai"), patience_s)
        for number in range(12):
            store.save(call(number, "保本", at=NOW - timedelta(hours=9 * number)), "d")
        query = Query(DAY - timedelta(days=30), DAY, text)
        got, after, asked = [], None, 0
        while asked == 0 or after is not None:
            page = search.find(QA, query, after, 5)
            got += [row.source_call_id for row in page.rows]
            after, asked = page.next, asked + 1
            store.save(call(100 + asked, "保本", at=NOW + timedelta(minutes=asked)), "d")
        assert got == [f"c{number}" for number in range(12)]


def test_calls_of_one_second_all_have_a_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.storage.search.rows.zlib.crc32", lambda _data: 7)
    for number in range(4):
        store.save(call(number), "d")
    assert sorted(found(store)) == ["c0", "c1", "c2", "c3"]


# ---- kept up to date -------------------------------------------------------------------------------------------------


def test_the_newest_inspection_counts(store: Store) -> None:
    store.save(call(1, "保本"), "d")
    store.save(call(1, "不保证本金"), "e")
    assert found(store, "保本") == []
    assert found(store, "本金") == ["c1"]
    later = replace(call(1, "本金"), packs="new")
    later = replace(later, call=replace(later.call, facts=replace(later.call.facts, team="三组")))
    store.calls.keep([(later, "e")])
    assert found(store, team="一组") == []
    assert found(store, team="三组") == ["c1"]


def test_a_call_that_is_forgotten_leaves_nothing_behind(store: Store, database: Database) -> None:
    store.save(call(1, "保本"), "d")
    store.search.forget(frozenset({call_id_of("pbx", "c1")}))
    assert found(store) == []
    for table in ("call_row", "call_text"):
        assert database.rows(f"SELECT * FROM {table}") == []  # noqa: S608 - names of ours
    store.save(call(2, "您好"), "d")
    assert found(store, "保本") == []


def test_calls_from_before_are_listed_some_at_a_time_and_once(store: Store, database: Database) -> None:
    for number in range(120):
        store.save(call(number, "保本", at=NOW - timedelta(minutes=number)), "d")
    for number in range(120):
        store.search.forget(frozenset({call_id_of("pbx", f"c{number}")}))
    database.change("INSERT INTO search_backlog (after) VALUES ('')")
    assert store.search.left() == 120
    assert store.search._fill_some()
    assert store.search.left() == 70
    store.save(call(3, "保本", at=NOW - timedelta(minutes=3)), "d")  # meanwhile; then goes on where it was
    while store.search.left():
        store.search.fill(NOW)
    store.search.fill(NOW)
    assert database.rows("SELECT count(*), count(DISTINCT call_id) FROM call_row") == [(120, 120)]
    assert len(found(store, "保本")) == 50


# ---- saved searches --------------------------------------------------------------------------------------------------


def test_saved_searches_are_ones_own(store: Store) -> None:
    store.search.save(QA, " 保本  一组 ", {"text": "保本"}, NOW)
    store.search.save(QA, "保本 一组", {"text": "保息"}, NOW)
    (kept,) = store.search.saved(QA)
    assert (kept.name, kept.wanted) == ("保本 一组", {"text": "保息"})
    assert store.search.saved(LEAD) == ()
    with pytest.raises(UsageError):
        store.search.rename(LEAD, kept.id, "x")
    store.search.unsave(LEAD, kept.id)
    store.search.rename(QA, kept.id, "新名")
    assert [one.name for one in store.search.saved(QA)] == ["新名"]
    with pytest.raises(UsageError):
        store.search.rename(QA, kept.id, "\u202e")
    store.search.unsave(QA, kept.id)
    assert store.search.saved(QA) == ()


def test_an_export_is_on_record_without_its_words(store: Store, database: Database) -> None:
    store.search.exported(QA, Query(DAY, DAY, "保本保息", team="一组"), 7)
    ((actor, detail),) = database.rows("SELECT actor, CAST(detail AS TEXT) FROM audit WHERE action = 'calls_export'")
    assert actor == "qa"
    assert "保本" not in detail and "一组" in detail and '"text_chars": 4' in detail


# ---- order -----------------------------------------------------------------------------------------------------------

CALLS = 40


def measured(number: int) -> Inspection:
    """One day of the bank, two of UTC; many with as much of something; of some nobody knows the interruptions."""
    one = call(
        number,
        "这款保本" if number % 3 else "您好",
        team=("一组", "二组")[number % 2],
        at=NOW - timedelta(minutes=25 * number),
    )
    severity = list(Severity)[number % 4]
    fires = replace(FINDING, severity=severity, status=Status.STABLE, outcome=Outcome.FIRES)
    metrics = replace(
        one.metrics,
        silence_s=float(number % 7),
        longest_silence_s=float(number % 5),
        interruptions=None if number % 6 == 0 else number % 4,
    )
    recording = replace(one.hearing.recording, duration_s=600.0 + number % 8)
    hearing = replace(one.hearing, recording=recording)
    return replace(one, hearing=hearing, metrics=metrics, findings=(fires,) if number % 9 else ())


MUCH = {
    Order.DURATION: lambda number: number % 8,
    Order.SILENCE: lambda number: number % 7,
    Order.LONGEST: lambda number: number % 5,
    Order.INTERRUPTIONS: lambda number: -1 if number % 6 == 0 else number % 4,
    Order.SEVERITY: lambda number: 4 - number % 4 if number % 9 else 0,
}


def in_pages(store: Store, query: Query, actor: Actor = QA) -> list[str]:
    listed: list[str] = []
    after = None
    while True:
        page = store.search.find(actor, query, after, 7)
        listed += [row.source_call_id for row in page.rows]
        if page.next is None:
            return listed
        after = page.next


@pytest.fixture
def measures(store: Store) -> Store:
    for number in range(CALLS):
        store.save(measured(number), "d")
    return store


@pytest.mark.parametrize("order", Order)
def test_the_most_come_first_and_of_as_much_the_newest(measures: Store, order: Order) -> None:
    wanted = sorted(range(CALLS), key=lambda number: (-MUCH[order](number), number))
    assert in_pages(measures, Query(DAY, DAY, order=order)) == [f"c{number}" for number in wanted]
    assert [
        row.source_call_id for row in measures.search.each(QA, Query(DAY, DAY, order=order), 9)
    ] == [f"c{number}" for number in wanted[:9]]


@pytest.mark.parametrize("order", Order)
def test_what_is_sorted_is_what_is_found(measures: Store, order: Order) -> None:
    """By words, some of which only reading finds out, and by team."""
    asked = Query(DAY, DAY, "这款 保本", least_silence_s=1.0)
    listed = in_pages(measures, replace(asked, order=order), LEAD)
    assert sorted(listed) == sorted(in_pages(measures, asked, LEAD))
    assert len(set(listed)) == len(listed) > 7


def test_a_place_that_is_gone_begins_anew(measures: Store) -> None:
    query = Query(DAY, DAY, order=Order.DURATION)
    first = measures.search.find(QA, query, None, 7)
    assert measures.search.find(QA, query, 12345, 7) == first


def test_only_few_days_are_sorted() -> None:
    Query(DAY - timedelta(days=MOST_SORTED_DAYS - 1), DAY, order=Order.SILENCE)
    with pytest.raises(UsageError, match="are not sorted"):
        Query(DAY - timedelta(days=MOST_SORTED_DAYS), DAY, order=Order.SILENCE)
