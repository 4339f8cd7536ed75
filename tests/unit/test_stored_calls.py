"""Stored calls to judge again: which, in what order, compared with what, and what happens to those that are broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect
from sqlalchemy.exc import DataError

from inspector.errors import StorageError, StoredCallError
from inspector.legs import Leg, join
from inspector.model import Call, Facts, Inspection, Outcome, QueueEntry
from inspector.storage import DayRange, Store, StoredCall, sqlite_url
from tests.builders import hearing_of, turn
from tests.databases import Database
from tests.unit.test_storage import inspection_of

A_DAY = date(2025, 3, 1)


def inspection(number: int, packs: str = "old", start: str | None = None) -> Inspection:
    hearing = hearing_of(turn("A", 1.0, "您好云川银行"))
    hearing = replace(hearing, recording=replace(hearing.recording, id=f"{number:064x}"))
    made = inspection_of(Call("pbx", str(number), Facts(start=start, agent="3062")), packs=packs)
    return replace(made, hearing=hearing)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


# ---- which calls -----------------------------------------------------------------------------------------------------


def test_ids_come_page_by_page_in_ascending_order(store: Store) -> None:
    expected = []
    for number in range(7):
        store.save(inspection(number), "d")
        expected.append(inspection(number).call.id)
    pages = list(store.calls.ids(DayRange(), 3))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [one for page in pages for one in page] == sorted(expected)
    assert store.calls.count(DayRange()) == 7


def test_days_are_business_days_and_both_ends_belong_to_them(store: Store) -> None:
    # 16:30 UTC on the last of February is half past midnight of the first of March in Shanghai.
    starts = ("2025-02-28T15:59:00+00:00", "2025-02-28T16:30:00+00:00", "2025-03-02T01:00:00+00:00", None)
    for number, start in enumerate(starts):
        store.save(inspection(number, start=start), "d")
    next_day = date(2025, 3, 2)
    ranges = (DayRange(), DayRange(A_DAY), DayRange(None, A_DAY), DayRange(A_DAY, A_DAY), DayRange(A_DAY, next_day))
    assert [store.calls.count(days) for days in ranges] == [4, 2, 2, 1, 2]
    assert [sum(map(len, store.calls.ids(days, 2))) for days in ranges] == [4, 2, 2, 1, 2]


@given(st.dates(), st.dates())
def test_a_range_of_days_is_never_the_wrong_way_round(one: date, other: date) -> None:
    assert DayRange(min(one, other), max(one, other))
    if one != other:
        with pytest.raises(ValueError, match="after"):
            DayRange(max(one, other), min(one, other))


# ---- what is loaded --------------------------------------------------------------------------------------------------


def test_a_call_comes_as_it_was_heard_and_judged_last(store: Store) -> None:
    first = inspection(1)
    store.save(first, "d")
    newer = replace(first, call=replace(first.call, facts=Facts(agent="9")), by_rule={"z.first": Outcome.SILENT})
    store.save(replace(newer, packs="newer"), "e")
    (loaded,) = store.calls.load([first.call.id], "candidate")
    assert loaded == StoredCall(newer.call, first.hearing, "e", {"z.first": Outcome.SILENT})


def test_what_the_same_packs_said_is_no_comparison_where_others_said_something(store: Store) -> None:
    """Saved and started again, a run still tells what is new."""
    old = inspection(1)
    store.save(old, "d")
    store.calls.keep([(replace(old, packs="candidate", by_rule={"a.b": Outcome.FIRES}), "d")])
    (loaded,) = store.calls.load([old.call.id], "candidate")
    assert isinstance(loaded, StoredCall)
    assert loaded.before == old.by_rule
    (other,) = store.calls.load([old.call.id], "a third")
    assert isinstance(other, StoredCall)
    assert other.before == {"a.b": Outcome.FIRES}


def test_only_packs_there_are_compare_with_themselves(store: Store) -> None:
    store.save(inspection(1), "d")
    (loaded,) = store.calls.load([inspection(1).call.id], "old")
    assert isinstance(loaded, StoredCall)
    assert loaded.before == inspection(1).by_rule


def two_legs(store: Store) -> tuple[Inspection, list[str]]:
    """leg 1 |您好云川银行|   leg 2 |您好云川银行|   on one clock."""
    legs = [inspection(number).hearing for number in (1, 2)]
    whole = replace(inspection(3), hearing=join([(Leg(no, Path("x.wav")), leg) for no, leg in enumerate(legs, 1)]))
    store.save(whole, "d", {}, legs)
    return whole, [leg.recording.id for leg in legs]


def test_a_call_of_several_recordings_is_joined_again(store: Store) -> None:
    whole, _ = two_legs(store)
    store.save(inspection(4), "d")
    joined, alone = store.calls.load([whole.call.id, inspection(4).call.id], "p")
    assert isinstance(joined, StoredCall)
    assert isinstance(alone, StoredCall)
    # The builder's hearings say "built" where they lie; a leg says what the list of calls said.
    assert joined.hearing.turns == whole.hearing.turns
    assert joined.hearing.recording.segments == whole.hearing.recording.segments
    assert alone.hearing == inspection(4).hearing


# ---- what is broken --------------------------------------------------------------------------------------------------


def kinds(store: Store, *call_ids: str) -> list[str | None]:
    return [one.kind if isinstance(one, StoredCallError) else None for one in store.calls.load(call_ids, "p")]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE stage_result SET data = substr(data, 1, 90) WHERE recording_id = :recording", "unreadable"),
        ("UPDATE stage_result SET data = '{\"words\": []}' WHERE recording_id = :recording", "unreadable"),
        ("UPDATE inspection SET facts = '[]' WHERE call_id = :call", "unreadable"),
        ("UPDATE inspection SET by_rule = '{\"a.b\": \"perhaps\"}' WHERE call_id = :call", "unreadable"),
        ("UPDATE inspection SET segments = '[{}]' WHERE call_id = :call", "unreadable"),
        ("DELETE FROM stage_result WHERE recording_id = :recording", "no_hearing"),
        ("UPDATE stage_result SET digest = 'other' WHERE recording_id = :recording", "no_hearing"),
        ("DELETE FROM inspection WHERE call_id = :call", "not_on_record"),
    ],
)
def test_what_is_broken_of_one_call_is_its_own_fault(store: Store, database: Database, sql: str, kind: str) -> None:
    ids = [inspection(number).call.id for number in range(3)]
    for number in range(3):
        store.save(replace(inspection(number), findings=(), queues=()), "d")
    given = {"recording": f"{1:064x}", "call": ids[1]}
    assert database.change(sql, **{name: value for name, value in given.items() if f":{name}" in sql})
    assert kinds(store, *ids) == [None, kind, None]


@pytest.mark.parametrize("column", ["facts", "by_rule", "segments"])
def test_what_is_no_json_is_its_calls_fault_on_sqlite_and_refused_by_postgresql(
    store: Store, database: Database, column: str
) -> None:
    store.save(inspection(1), "d")
    broken = f"UPDATE inspection SET {column} = '{{'"  # noqa: S608 - one of three names
    if database.is_sqlite:
        database.change(broken)
        assert kinds(store, inspection(1).call.id) == ["unreadable"]
    else:
        with pytest.raises(DataError):
            database.change(broken)


def test_a_missing_leg_is_told(store: Store, database: Database) -> None:
    whole, (_, second) = two_legs(store)
    database.change("DELETE FROM stage_result WHERE recording_id = :id", id=second)
    assert kinds(store, whole.call.id) == ["no_hearing"]


def test_an_id_that_nobody_knows(store: Store) -> None:
    assert kinds(store, "0" * 24) == ["not_on_record"]


def test_a_fault_quotes_nothing(store: Store, database: Database) -> None:
    store.save(inspection(1), "d")
    database.change("UPDATE stage_result SET data = replace(data, '\"text\"', '\"said\"')")
    (fault,) = store.calls.load([inspection(1).call.id], "p")
    assert isinstance(fault, StoredCallError)
    assert "云川" not in str(fault)
    assert fault.remedy
    assert fault.__cause__ is None


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    place = tmp_path / "gone" / "inspector.db"
    with pytest.raises(StorageError, match="no database"):
        Store.open(sqlite_url(place), make=False)
    assert not place.parent.exists()


def test_an_empty_database_is_not_filled(empty_database: Database) -> None:
    with empty_database.connection():
        pass  # SQLite: now there is a file
    with pytest.raises(StorageError, match="empty"):
        Store.open(empty_database.url, make=False)
    with empty_database.connection() as connection:
        assert inspect(connection).get_table_names() == []


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_a_new_inspection_lies_beside_the_old_one_and_enters_no_queue(store: Store, database: Database) -> None:
    old = inspection(1)
    store.save(old, "d")
    before = database.rows("SELECT * FROM review_item ORDER BY id")
    alerting = replace(old, packs="new", queues=(QueueEntry("alert", ("z.first",)),))
    store.calls.keep([(alerting, "d")])
    assert database.rows("SELECT packs FROM inspection ORDER BY packs") == [("new",), ("old",)]
    assert database.rows("SELECT CAST(queues AS text) FROM inspection WHERE packs = 'new'") == [("[]",)]
    assert database.rows("SELECT count(*) FROM finding") == [(4,)]
    assert database.rows("SELECT count(*) FROM alert") == [(0,)]
    assert database.rows("SELECT * FROM review_item ORDER BY id") == before
    assert {one.packs for one in store.inspections(9)} == {"old", "new"}


def test_the_same_packs_again_leave_queues_and_timing_as_they_were(store: Store, database: Database) -> None:
    old = inspection(1)
    store.save(old, "d", {"wall_s": 1.5})
    kept = "SELECT queues, timing FROM inspection"
    before = database.rows(kept)
    store.calls.keep([(replace(old, by_rule={"a.b": Outcome.SILENT}, findings=()), "d")] * 2)
    assert database.rows(kept) == before
    assert database.rows("SELECT count(*) FROM finding") == [(0,)]
    assert store.inspections(9)[0].by_rule == {"a.b": Outcome.SILENT}


def test_of_several_all_are_kept_or_none(store: Store, database: Database) -> None:
    store.save(inspection(1), "d")
    unknown_call = replace(inspection(2), packs="new")
    with pytest.raises(StorageError):
        store.calls.keep([(replace(inspection(1), packs="new"), "d"), (unknown_call, "d")])
    assert database.rows("SELECT packs FROM inspection") == [("old",)]
