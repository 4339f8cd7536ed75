"""Draws in the database: one transaction, bound to the secret that was committed to, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from inspector.errors import PolicyError, StorageError
from inspector.model import call_id_of
from inspector.sampling.draw import EVERY_CALL, Draw, Order, draw
from inspector.sampling.draw_file import digest_of
from inspector.storage import Store
from inspector.storage.queues import Reason
from tests.databases import Database

DAY, SECRET = date(2025, 3, 1), b"s" * 32
COMMITMENT = hashlib.sha256(SECRET).hexdigest()


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def drawn(part: int = 1, first: int = 0, day: date = DAY, secret: bytes = SECRET) -> Draw:
    calls = {call_id_of("pbx", str(no)): str(no) for no in range(first, first + 40)}
    return draw(Order(day, part, Decimal("0.1")), {EVERY_CALL: calls}, secret, "0.1.0")


def keep(store: Store, made: Draw) -> None:
    store.draws.add(made, "tester", datetime.now(UTC))


def test_a_draw_comes_back_with_its_items_and_its_trace(store: Store, database: Database) -> None:
    made = drawn()
    store.draws.commit("2025-03", COMMITMENT, "tester")
    keep(store, made)
    (kept,) = store.draws.of(DAY)
    assert kept.draw == made
    by_columns = store.draws.kept(DAY, 1)
    assert by_columns is not None
    assert by_columns.digest == digest_of(made)
    assert by_columns.call_ids == {item.call_id for item in made.items}
    assert database.rows("SELECT DISTINCT stratum, stratum_listed, stratum_drawn FROM draw_item") == [("all", 40, 4)]
    assert database.rows("SELECT action, subject FROM audit ORDER BY seq") == [
        ("sample_secret", "2025-03"),
        ("sample_draw", "2025-03-01/1"),
    ]


def test_its_calls_are_to_be_reviewed_and_named_as_at_their_source(store: Store) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    keep(store, drawn())
    entries = store.queues.reviews(DAY, 99)
    assert {(one.call_id, one.source_call_id) for one in entries} == {
        (item.call_id, item.source_call_id) for item in drawn().items
    }
    assert {one.reason for one in entries} == {Reason.RANDOM}


def test_without_commitment_there_is_no_draw(store: Store, database: Database) -> None:
    with pytest.raises(PolicyError, match="no commitment"):
        keep(store, drawn())
    store.draws.commit("2025-04", COMMITMENT, "tester")
    with pytest.raises(PolicyError, match="no commitment"):
        keep(store, drawn())
    assert database.rows("SELECT count(*) FROM draw_item") == [(0,)]


def test_another_secret_than_the_one_committed_to_is_refused(store: Store) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    store.draws.commit("2025-03", COMMITMENT, "tester")
    with pytest.raises(PolicyError, match="not the one"):
        store.draws.commit("2025-03", "0" * 64, "tester")
    with pytest.raises(PolicyError, match="not the one"):
        keep(store, drawn(secret=b"t" * 32))
    assert store.draws.of(DAY) == ()


def test_a_month_with_draws_cannot_be_committed_to_afterwards(store: Store, database: Database) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    keep(store, drawn())
    database.change("DROP TRIGGER audit_no_delete" if database.is_sqlite else "DROP TRIGGER audit_append_only ON audit")
    database.change("DELETE FROM audit")
    with pytest.raises(PolicyError, match="no commitment"):
        store.draws.commit("2025-03", COMMITMENT, "tester")
    store.draws.commit("2025-04", COMMITMENT, "tester")


def test_late_calls_are_a_part_of_their_own(store: Store) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    keep(store, drawn())
    keep(store, drawn(2, first=40))
    assert [kept.draw.part for kept in store.draws.of(DAY)] == [1, 2]
    assert store.draws.of(date(2025, 3, 2)) == ()
    assert store.draws.kept(DAY, 3) is None
    assert len(store.queues.reviews(DAY, 99)) == 8


@pytest.mark.parametrize("part", [1, 3])
def test_a_part_is_drawn_once_and_none_is_left_out(store: Store, part: int) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    keep(store, drawn())
    with pytest.raises(StorageError, match="at the same time"):
        keep(store, drawn(part, first=40))
    assert len(store.queues.reviews(DAY, 99)) == 4


def test_a_draw_that_fails_half_way_leaves_nothing(store: Store, database: Database) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    made = drawn()
    with pytest.raises(StorageError):
        keep(store, replace(made, items=(*made.items, made.items[0])))
    assert store.draws.of(DAY) == ()
    assert database.rows("SELECT count(*) FROM review_item") == [(0,)]


def test_a_draw_of_another_version(store: Store, database: Database) -> None:
    store.draws.commit("2025-03", COMMITMENT, "tester")
    keep(store, drawn())
    database.change("UPDATE draw SET data = '{}'")
    with pytest.raises(StorageError, match="cannot read"):
        store.draws.of(DAY)
