"""Backups: consistent while others write, whole or refused, restored elsewhere, and nothing overwritten unasked."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.backup import Manifest, make_backup, restore_backup
from inspector.backup.archive import DATABASE, write_archive
from inspector.config import Settings
from inspector.enums import WorkState
from inspector.errors import StorageError
from inspector.keys import customer_key_secret
from inspector.model import Call, QueueEntry
from inspector.storage import Kept, Store, dump, sqlite_url
from inspector.storage.ledger import EventKind, Intake, IntakeLeg
from inspector.storage.schema import downgrade, known_revisions, revision_of
from tests.databases import Database
from tests.postgres import Server
from tests.unit.test_storage import inspection_of

ACTOR = "tester"


@pytest.fixture
def settings(home: Path) -> Settings:
    """An installation with its secrets."""
    customer_key_secret(home)
    (home / "sampling").mkdir()
    (home / "sampling" / "2025-03.key").write_bytes(b"s" * 32)
    return Settings(home=home)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "elsewhere")


@pytest.fixture
def target(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty place for a database of the same kind."""
    if database.is_sqlite:
        yield Database(sqlite_url(tmp_path / "other" / "inspector.db"))
        return
    postgres: Server = request.getfixturevalue("postgres")
    url = postgres.new_database()
    yield Database(url)
    postgres.drop(url)


def work_off(store: Store, number: int) -> None:
    """A call accepted, claimed and finished, with an alert."""
    call = Call("pbx", str(number))
    made = inspection_of(call)
    recording = replace(made.hearing.recording, id=f"{number:064x}")
    made = replace(
        made, hearing=replace(made.hearing, recording=recording), queues=(QueueEntry("alert", ("z.first",)),)
    )
    store.ledger.accept([Intake(call, (IntakeLeg(1, Path("x.wav"), recording.id, 1),))])
    (claim,) = store.ledger.claim([call.id], f"worker {number}", 60)
    assert store.ledger.finish(claim.fence, made, Kept("d", audiences={"z.first": "duty"}))


@contextmanager
def at_work(url: str, writers: int = 2) -> Iterator[Callable[[], int]]:
    """Threads that work off one call after another until the end; gives how many are done so far."""
    done: list[int] = []
    over = threading.Event()

    def run(first: int) -> None:
        with closing(Store.open(url)) as store:
            for number in range(first, 100_000, writers):
                if over.is_set():
                    return
                work_off(store, number)
                done.append(number)

    threads = [threading.Thread(target=run, args=(first,)) for first in range(writers)]
    for thread in threads:
        thread.start()
    try:
        yield lambda: len(done)
    finally:
        over.set()
        for thread in threads:
            thread.join()


def until(reached: Callable[[], bool]) -> None:
    waiting = threading.Event()
    while not reached():
        waiting.wait(0.02)


def test_a_drill_restored_from_a_backup_made_under_load(
    settings: Settings, elsewhere: Settings, database: Database, target: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    with at_work(database.url) as done:
        until(lambda: done() >= 5)
        before = done()
        make_backup(file, settings, database.url, ACTOR)
        after = done()
        until(lambda: done() > after)
    restore_backup(file, elsewhere, target.url, ACTOR)
    ((calls,),) = target.rows("SELECT count(*) FROM work WHERE state = 'done'")
    assert before <= calls <= after + 2
    for table in ("inspection", "alert", "recording"):
        orphans = f"SELECT count(*) FROM {table} WHERE call_id NOT IN (SELECT call_id FROM work WHERE state = 'done')"  # noqa: S608
        assert target.rows(orphans) == [(0,)]
        assert target.rows(f"SELECT count(*) FROM {table}") == [(calls,)]  # noqa: S608
    assert target.rows("SELECT count(*) FROM finding") == [(2 * calls,)]
    if target.is_sqlite:
        assert target.rows("PRAGMA integrity_check") == [("ok",)]
        assert target.rows("PRAGMA foreign_key_check") == []
    with closing(Store.open(target.url)) as store:
        assert len(store.inspections(100_000)) == calls
        assert store.ledger.counts().calls(WorkState.RUNNING) == 0
        work_off(store, 200_000)
    for secret in ("customer.key", "sampling/2025-03.key"):
        assert (elsewhere.home / secret).read_bytes() == (settings.home / secret).read_bytes()
        assert stat.S_IMODE((elsewhere.home / secret).stat().st_mode) == 0o600


def test_what_was_being_worked_at_waits_again(
    settings: Settings, elsewhere: Settings, database: Database, target: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    with closing(Store.open(database.url)) as store:
        store.ledger.accept([Intake(Call("pbx", "1"), (IntakeLeg(1, Path("x.wav"), "a" * 64, 1),))])
        (claim,) = store.ledger.claim([Call("pbx", "1").id], "worker", 60)
        make_backup(file, settings, database.url, ACTOR)
    restore_backup(file, elsewhere, target.url, ACTOR)
    with closing(Store.open(target.url)) as store:
        assert not store.ledger.finish(claim.fence, inspection_of(Call("pbx", "1")), Kept("d"))
        assert [entry.state for entry in store.ledger.entries(9)] == [WorkState.WAITING]
        assert [one.kind for one in store.ledger.events(0, 9)][-2:] == [EventKind.RETURNED, EventKind.STALE]
    assert target.rows("SELECT action FROM audit ORDER BY seq") == [("backup",), ("restore",)]


def test_nothing_is_overwritten_unless_told(
    settings: Settings, elsewhere: Settings, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    with closing(Store.open(database.url)) as store:
        work_off(store, 1)
        make_backup(file, settings, database.url, ACTOR)
        work_off(store, 2)
        with pytest.raises(StorageError, match="there already"):
            make_backup(file, settings, database.url, ACTOR)
        with pytest.raises(StorageError, match="there already"):
            restore_backup(file, elsewhere, database.url, ACTOR)
        assert len(store.inspections(9)) == 2
        assert not (elsewhere.home / "customer.key").exists()
        restore_backup(file, elsewhere, database.url, ACTOR, overwrite=True)
        assert len(store.inspections(9)) == 1
        work_off(store, 3)


def test_another_secret_is_not_overwritten_unless_told(
    settings: Settings, elsewhere: Settings, database: Database, target: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    Store.open(database.url).close()
    make_backup(file, settings, database.url, ACTOR)
    mine = customer_key_secret(elsewhere.home)
    with pytest.raises(StorageError, match="another secret"):
        restore_backup(file, elsewhere, target.url, ACTOR)
    assert (elsewhere.home / "customer.key").read_bytes() == mine
    assert not dump.has_tables(target.url)
    restore_backup(file, elsewhere, target.url, ACTOR, overwrite=True)
    assert (elsewhere.home / "customer.key").read_bytes() == customer_key_secret(settings.home)


def test_a_backup_of_an_older_schema_is_brought_up(
    settings: Settings, elsewhere: Settings, database: Database, target: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    with closing(Store.open(database.url)) as store:
        work_off(store, 1)
        made = store.inspections(1)
    downgrade(database.url, "0003", ACTOR)
    copy = tmp_path / "database"
    dump.dump(database.url, copy)
    write_archive(file, Manifest("0.0.1", dump.backend_of(database.url), "0003", "2025-03-01"), {DATABASE: copy})
    restore_backup(file, elsewhere, target.url, ACTOR)
    assert revision_of(target.url) == known_revisions()[0]
    with closing(Store.open(target.url)) as store:
        assert store.inspections(1) == made
        work_off(store, 2)


# ---- the file --------------------------------------------------------------------------------------------------------


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    url = sqlite_url(settings.home / "inspector.db")
    with closing(Store.open(url)) as store:
        work_off(store, 1)
    file = tmp_path / "backup.tar"
    make_backup(file, settings, url, ACTOR)
    return file


def test_it_is_private_and_says_what_it_is_of(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(path.name for path in backup.parent.iterdir()) == ["backup.tar", "home"]
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["manifest.json", "database", "home/customer.key", "home/sampling/2025-03.key"]
        assert {member.mode for member in tar} == {0o600}
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert manifest["schema"] == "inspector.backup/1"
    assert manifest["backend"] == "sqlite"


def damaged(backup: Path, change: Callable[[bytearray], Any]) -> Path:
    content = bytearray(backup.read_bytes())
    change(content)
    other = backup.with_name("damaged.tar")
    other.write_bytes(content)
    return other


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.clear(),
        lambda content: content.__delitem__(slice(100, None)),
        lambda content: content.__delitem__(slice(len(content) // 2, None)),
        lambda content: content.__setitem__(len(content) // 2, content[len(content) // 2] ^ 1),
        lambda content: content.__setitem__(slice(None), b"garbage " * 9999),
    ],
    ids=["empty", "cut in the header", "cut in half", "one bit", "no archive"],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    backup: Path, elsewhere: Settings, change: Callable[[bytearray], Any]
) -> None:
    url = sqlite_url(elsewhere.home / "inspector.db")
    with pytest.raises(StorageError, match="damaged"):
        restore_backup(damaged(backup, change), elsewhere, url, ACTOR)
    assert list(elsewhere.home.iterdir()) == []


def rewritten(backup: Path, change: Callable[[dict[str, Any]], Any], *more: tarfile.TarInfo) -> Path:
    """The same archive with another manifest, and members more."""
    other = backup.with_name("rewritten.tar")
    with tarfile.open(backup) as old, tarfile.open(other, "w") as new:
        for member in old:
            content = old.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
        for member in more:
            new.addfile(member)
    return other


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"schema": "inspector.backup/2"}, "does not know"),
        ({"revision": "9999"}, "does not know"),
        ({"backend": "postgresql"}, "cannot go into"),
        ({"backend": "oracle"}, "damaged"),
        ({"members": {}}, "damaged"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused(
    backup: Path, elsewhere: Settings, change: dict[str, Any], match: str
) -> None:
    other = rewritten(backup, lambda manifest: manifest.update(change))
    with pytest.raises(StorageError, match=match):
        restore_backup(other, elsewhere, sqlite_url(elsewhere.home / "inspector.db"), ACTOR)
    assert list(elsewhere.home.iterdir()) == []


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "home/../../escaped", "home/other.key"])
def test_members_cannot_lie_elsewhere(backup: Path, elsewhere: Settings, name: str) -> None:
    def add(manifest: dict[str, Any]) -> None:
        manifest["members"][name] = {"size": 0, "sha256": "0" * 64}

    with pytest.raises(StorageError, match="damaged"):
        restore_backup(
            rewritten(backup, add, tarfile.TarInfo(name)), elsewhere, sqlite_url(elsewhere.home / "x.db"), ACTOR
        )
    assert list(elsewhere.home.iterdir()) == []


def test_a_link_is_no_member(backup: Path, elsewhere: Settings) -> None:
    link = tarfile.TarInfo("home/sampling/2025-04.key")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"

    def add(manifest: dict[str, Any]) -> None:
        manifest["members"][link.name] = {"size": 0, "sha256": "0" * 64}

    with pytest.raises(StorageError, match="damaged"):
        restore_backup(rewritten(backup, add, link), elsewhere, sqlite_url(elsewhere.home / "x.db"), ACTOR)


def test_places_that_cannot_be_used(backup: Path, settings: Settings, tmp_path: Path) -> None:
    url = sqlite_url(settings.home / "inspector.db")
    with pytest.raises(StorageError, match="cannot be written"):
        make_backup(tmp_path / "no" / "such" / "x.tar", settings, url, ACTOR)
    with pytest.raises(StorageError, match="no database"):
        make_backup(tmp_path / "x.tar", settings, sqlite_url(tmp_path / "nothing.db"), ACTOR)
    with pytest.raises(StorageError, match="cannot be unpacked"):
        restore_backup(tmp_path / "nothing.tar", settings, url, ACTOR)


def test_a_database_that_is_damaged_is_told(settings: Settings, tmp_path: Path) -> None:
    file = settings.home / "inspector.db"
    with closing(Store.open(sqlite_url(file))) as store:
        for number in range(20):
            work_off(store, number)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 2)
        stream.write(b"\xff" * 4096)
    with pytest.raises(StorageError, match=r"damaged|malformed"):
        make_backup(tmp_path / "x.tar", settings, sqlite_url(file), ACTOR)
    assert not (tmp_path / "x.tar").exists()


@pytest.mark.postgresql
def test_no_password_on_a_command_line(
    postgres: Server, postgres_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the program itself: what it was called with."""
    real = dump._program("pg_dump")
    program = tmp_path / "pg_dump"
    told = (f'echo "$@" >{tmp_path}/arguments', f'echo "$PGPASSWORD" >{tmp_path}/password', f'exec {real} "$@"')
    program.write_text("\n".join(("#!/bin/sh", *told, "")))
    program.chmod(0o755)
    monkeypatch.setattr(dump, "_program", lambda _name: str(program))
    url = postgres.url(postgres_template).replace("inspector@", "inspector:hunter2@") + "&password=hunter3"
    dump.dump(url, tmp_path / "copy")
    assert "hunter" not in (tmp_path / "arguments").read_text()
    assert (tmp_path / "password").read_text() == "hunter2\n"
    assert (tmp_path / "copy").stat().st_size > 0
