"""How a PostgreSQL server can fail its users: a StorageError each time, that says what to do and holds no secret."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from inspector.errors import StorageError
from inspector.model import Call
from inspector.storage import Saved, Store, engine
from tests.databases import Database
from tests.postgres import Server
from tests.unit.test_storage import CALL, WORDS, inspection_of

pytestmark = pytest.mark.postgresql
PASSWORD = "hunter2"  # noqa: S105 - nobody's


@pytest.fixture
def url(postgres: Server, postgres_template: str) -> Iterator[str]:
    url = postgres.new_database(postgres_template)
    yield url
    postgres.drop(url)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(Store.open(url)) as store:
        yield store


def failure(url: str) -> StorageError:
    with pytest.raises(StorageError) as caught:
        Store.open(url)
    assert PASSWORD not in f"{caught.value} {caught.value.__cause__}"
    return caught.value


# ---- connections -----------------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there() -> None:
    error = failure(f"postgresql://inspector:{PASSWORD}@127.0.0.1:1/x?password={PASSWORD}&sslmode=disable")
    assert "check that the server runs" in error.remedy


def test_a_database_that_is_not_there(postgres: Server) -> None:
    assert "createdb" in failure(postgres.url("nothing")).remedy


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg2", "postgresql+psycopg", "mysql"])
def test_however_the_url_is_written(url: str, scheme: str) -> None:
    written = url.replace("postgresql", scheme, 1)
    if scheme in ("postgres", "mysql"):
        assert "postgresql://" in failure(written).remedy
    else:
        Store.open(written).close()


def test_a_server_that_stops_and_starts_again(store: Store, postgres: Server) -> None:
    store.save(inspection_of(), "d")
    postgres.stop()
    try:
        for use in (lambda: store.inspections(1), lambda: store.save(inspection_of(), "d")):
            with pytest.raises(StorageError) as caught:
                use()
            assert "server runs" in caught.value.remedy
    finally:
        postgres.start()
    assert store.inspections(1) == (inspection_of(),)
    assert store.save(inspection_of(), "d") is Saved.SAME


def test_connections_that_were_cut_are_made_again(store: Store, postgres: Server) -> None:
    store.save(inspection_of(), "d")
    postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inspector'")
    assert store.inspections(1) == (inspection_of(),)


def test_a_server_without_room_for_another(postgres: Server, url: str) -> None:
    postgres.execute("CREATE ROLE crowd LOGIN CONNECTION LIMIT 0")
    try:
        assert "max_connections" in failure(url.replace("inspector@", "crowd@")).remedy
    finally:
        postgres.execute("DROP ROLE crowd")


def test_more_threads_than_connections(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    create = engine.create_engine
    monkeypatch.setattr(
        engine,
        "create_engine",
        lambda *given, **options: create(*given, **options, pool_size=1, max_overflow=0, pool_timeout=0.1),
    )
    with closing(Store.open(url)) as store, store._reader.connect():
        with pytest.raises(StorageError, match="no connection became free") as caught:
            store.inspections(1)
        assert caught.value.remedy


# ---- rights ----------------------------------------------------------------------------------------------------------


def test_a_server_that_can_only_be_read(postgres: Server, url: str) -> None:
    name = url.rpartition("?")[0].rpartition("/")[2]
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "primary" in failure(url).remedy


def test_a_user_without_rights(postgres: Server, url: str) -> None:
    postgres.execute("CREATE ROLE guest LOGIN")
    try:
        assert "grant" in failure(url.replace("inspector@", "guest@")).remedy
    finally:
        postgres.execute("DROP ROLE guest")


def test_a_database_that_cannot_store_chinese(postgres: Server) -> None:
    postgres.execute("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc")
    assert "UTF8" in failure(postgres.url("ascii")).remedy


# ---- others who write ------------------------------------------------------------------------------------------------


def test_a_call_that_another_process_holds(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAIT_S", 1.0)
    with closing(Store.open(url)) as store, Database(url).connection() as other:
        engine.take_turn(other, CALL.id)
        with pytest.raises(StorageError) as caught:
            store.save(inspection_of(), "d")
        assert "another process" in caught.value.remedy


def test_a_process_that_was_stopped_in_a_transaction_does_not_stop_the_others(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """stopped  ├ begins, writes ┤ ………………  refused          other  ├ waits … ┤ saves"""
    monkeypatch.setattr(engine, "_IDLE_S", 0.5)
    with closing(Store.open(url)) as stopped, closing(Store.open(url)) as other:
        answers: list[Saved] = []
        saver = threading.Thread(target=lambda: answers.append(other.save(inspection_of(), "d")))
        with pytest.raises(StorageError) as caught, engine.storage_errors(stopped._writer):  # noqa: SIM117
            with stopped._writer.begin() as connection:
                engine.take_turn(connection, CALL.id)
                saver.start()
                saver.join()
                connection.exec_driver_sql("SELECT 1")
        assert caught.value.remedy
        assert answers == [Saved.NEW]


# ---- what cannot be stored -------------------------------------------------------------------------------------------


def test_zero_bytes_are_kept_in_what_was_said_and_refused_in_names(store: Store) -> None:
    said = inspection_of()
    turn = replace(said.hearing.turns[0], text="\0" + WORDS[1:])
    said = replace(said, hearing=replace(said.hearing, turns=(turn,)))
    facts = replace(said.call.facts, custom={"note": "a\0b"})
    said = replace(said, call=replace(said.call, facts=facts))
    store.save(said, "d")
    assert store.inspections(1) == (said,)
    with pytest.raises(StorageError) as caught:
        store.save(inspection_of(Call("pbx", "a\0b")), "d")
    assert "zero byte" in caught.value.remedy
    assert WORDS not in f"{caught.value} {caught.value.__cause__}"


def test_long_texts(store: Store) -> None:
    long = "一" * 5_000_000
    said = inspection_of()
    finding = replace(said.findings[0], why=long)
    said = replace(said, findings=(finding,))
    store.save(said, "d")
    assert store.inspections(1) == (said,)


def test_a_name_that_is_too_long_for_an_index(store: Store) -> None:
    unlike = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    with pytest.raises(StorageError) as caught:
        store.save(inspection_of(Call("pbx", unlike)), "d")
    assert "shorten" in caught.value.remedy
    assert unlike[:20] not in str(caught.value)


def test_a_number_that_is_too_large_for_its_column(store: Store) -> None:
    said = inspection_of()
    finding = replace(said.findings[0], rule_version=2**40)
    with pytest.raises(StorageError) as caught:
        store.save(replace(said, findings=(finding,), queues=()), "d")
    assert "correct the value" in caught.value.remedy
