"""Whatever the database fails at, and whenever: after tries and restarts every call ends once.

For k = 1, 2, 3 … operation k fails, until a run has fewer than k operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event

from inspector.config import WorkSettings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import StorageError
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import Acceptance, EventKind
from inspector.storage.ledger import ledger as ledger_module
from tests.accepted import DIGEST, Clock, id_of, intake, leg, plan, sha256_of
from tests.chaos.checker import Expected, count_of, read_history, violations
from tests.databases import Database
from tests.faulty_database import Fault, Faulty, faulty
from tests.postgres import Server
from tests.stubs import StubBell, StubEars
from workers import shift
from workers.pulse import Pulse
from workers.relay import Relay
from workers.shift import Hearer, Shift

INTAKES = [intake(1, leg(1), leg(1, 2)), intake(2), intake(3)]
SETTINGS = WorkSettings(lease_s=60, resend_s=60, job_calls=2)
NUMBERS = (1, 2, 3)
SHA256S = {f"{number}-{segment}.wav": sha256_of(number, segment) for number in NUMBERS for segment in (1, 2)}
MOST_ROUNDS = 30


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(ledger_module, "datetime", clock)
    monkeypatch.setattr(shift, "FIRST_WAIT_S", 0.0)
    return clock


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow])])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Database]:
    """Empty ones at the newest schema, one after the other: copies of a template."""
    if request.param == "postgresql":
        postgres: Server = request.getfixturevalue("postgres")
        newest = request.getfixturevalue("postgres_template")
        kept: list[str] = []

        def copied() -> Database:
            for url in kept:  # some MB each
                postgres.drop(url)
            kept[:] = [postgres.new_database(newest)]
            return Database(kept[0])

        return copied
    template = tmp_path / "template.db"
    Store.open(sqlite_url(template)).close()
    names = (tmp_path / f"{number}.db" for number in count())

    def made() -> Database:
        path = next(names)
        path.write_bytes(template.read_bytes())
        return Database(sqlite_url(path))

    return made


@pytest.mark.parametrize("fault", Fault)
def test_every_operation_may_fail(fault: Fault, clock: Clock, new_database: Callable[[], Database]) -> None:
    for at in count(1):
        database = new_database()
        with closing(Store.open(database.url)) as store:
            with faulty(store._writer, fault, at) as state:
                work_off(store, clock, state)
            history = read_history(database)
        assert violations(history, Expected({id_of(number) for number in NUMBERS})) == [], f"operation {at}"
        assert count_of(history.events, EventKind.STALE) == 0, f"operation {at}: nobody was slow"
        if not state.struck:
            break
    assert at > 15  # there was something to fail


def work_off(store: Store, clock: Clock, state: Faulty) -> None:
    """Submits, sends and works off, all of it again after each failure, until everything is at an end."""
    bell = StubBell()
    until_accepted(store)
    for _ in range(MOST_ROUNDS):
        with suppress(StorageError):
            if not store.ledger.entries(9, WorkState.WAITING) and not store.ledger.entries(9, WorkState.RUNNING):
                return
            Relay(store.ledger, bell, SETTINGS, "relay").tick()
            while bell.rung[WorkQueue.BATCH]:
                one = Shift(store, Hearer(StubEars(SHA256S).hear, DIGEST), plan(), SETTINGS, Pulse(None))
                one.work(bell.take())
        clock.pass_s(SETTINGS.lease_s + 1)
    pytest.fail(f"not at an end after {MOST_ROUNDS} rounds; {state}")


def until_accepted(store: Store) -> None:
    for _ in range(MOST_ROUNDS):
        with suppress(StorageError):
            assert Acceptance.CONFLICT not in store.ledger.accept(INTAKES)
            return
    pytest.fail("never accepted")


@pytest.fixture
def small_store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(sqlite_url(tmp_path / "inspector.db"))) as store:
        yield store


def test_a_full_disk_takes_no_part_of_a_list(small_store: Store, tmp_path: Path) -> None:
    """What was answered is there, what was not is not, and with room again the rest is accepted."""
    database, engine = Database(sqlite_url(tmp_path / "inspector.db")), small_store._writer
    (pages,) = database.rows("PRAGMA page_count")[0]
    engine.dispose()

    def limit(connection: object, _entry: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 12}").close()  # type: ignore[attr-defined]

    event.listen(engine, "connect", limit)
    accepted: set[str] = set()
    with pytest.raises(StorageError, match="full") as caught:
        for number in count(1, 10):
            intakes = [intake(one) for one in range(number, number + 10)]
            small_store.ledger.accept(intakes)
            accepted |= {one.call.id for one in intakes}
    assert "free some space" in caught.value.remedy
    assert {entry.call_id for entry in small_store.ledger.entries(9999)} == accepted
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    event.remove(engine, "connect", limit)
    engine.dispose()
    assert set(small_store.ledger.accept(intakes)) == {Acceptance.NEW}
