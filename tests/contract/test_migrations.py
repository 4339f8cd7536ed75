"""The migrations and the tables agree, and the way goes up, down and up again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from inspector.legs import Leg, join
from inspector.model import (
    Call,
    Facts,
    Finding,
    Hearing,
    Inspection,
    Kind,
    Layout,
    MadeBy,
    Metrics,
    Outcome,
    Party,
    QueueEntry,
    Recording,
    Severity,
    Status,
)
from inspector.sampling.draw import EVERY_CALL, DrawKind, Order, Terms, draw
from inspector.storage import Store
from inspector.storage.migrate import migrations, to_head
from inspector.storage.tables import metadata
from tests.accepted import open_alerts
from tests.databases import Database

INSPECTION = Inspection(
    call=Call("pbx", "1", Facts(agent="3062")),
    hearing=Hearing(
        Recording("a" * 64, "x.wav", 1.0, 8000, 1, "pcm_s16le", Layout.MONO),
        (),
        (),
        (),
        (),
        (),
        (),
        MadeBy(*[None] * 4),
    ),
    findings=(),
    by_rule={},
    metrics=Metrics(0.0, 0.0, 0.0, 0.0, None, None, None, 0.0),
    queues=(),
    packs="p",
    code="0.1.0",
)


FINDING = Finding(
    id="f" * 24,
    rule_id="a.b",
    rule_version=1,
    kind=Kind.SIGNAL,
    status=Status.TEST,
    severity=Severity.LOW,
    title="t",
    outcome=Outcome.FIRES,
    undetermined_because=None,
    party=Party.AGENT,
    why="w",
    remedy="r",
    evidence=(),
    coverage=None,
)


@pytest.fixture
def database(empty_database: Database) -> Database:
    return empty_database


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.connection() as connection:
        yield connection


def tables_of(connection: Connection) -> set[str]:
    """Without the index of terms, which has a form of its own on each database."""
    found = set(inspect(connection).get_table_names()) - {"alembic_version"}
    return {name for name in found if not name.startswith("call_term")}


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name is None or not name.startswith("call_term")


def test_from_nothing_to_the_tables_of_the_code(connection: Connection) -> None:
    to_head(connection)
    assert tables_of(connection) == set(metadata.tables)
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_compared})
    assert compare_metadata(context, metadata) == []


def test_going_to_the_head_twice_changes_nothing(connection: Connection) -> None:
    to_head(connection)
    to_head(connection)
    assert tables_of(connection) == set(metadata.tables)


def test_down_to_nothing_and_up_again_with_data(database: Database) -> None:
    with closing(Store.open(database.url)) as store:
        store.save(INSPECTION, "d")
        store.audit("cli", "raw", "x", {})
    with database.connection() as connection:
        command.downgrade(migrations(connection), "base")
        assert tables_of(connection) == set()
    with closing(Store.open(database.url)) as store:
        assert store.inspections(1) == ()
        store.save(INSPECTION, "d")
        assert store.inspections(1) == (INSPECTION,)


def test_inspections_of_several_recordings_come_with_the_second_migration_and_go_with_it(database: Database) -> None:
    first = INSPECTION.hearing
    second = replace(first, recording=replace(first.recording, id="b" * 64))
    joined = join([(Leg(1, Path("x.wav")), first), (Leg(2, Path("y.wav")), second)])
    several = replace(INSPECTION, call=Call("pbx", "2"), hearing=joined, findings=(FINDING,))
    with closing(Store.open(database.url)) as store:
        store.save(INSPECTION, "d")
        store.save(several, "d", {}, (first, second))
        assert len(store.inspections(9)) == 2
    with database.connection() as connection:
        command.downgrade(migrations(connection), "0001")
        columns = {column["name"] for column in inspect(connection).get_columns("inspection")}
        assert "segments" not in columns
        assert connection.execute(text("SELECT count(*) FROM finding")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM recording")).scalar() == 3
    with closing(Store.open(database.url)) as store:
        assert store.inspections(9) == (INSPECTION,)
        store.save(several, "d", {}, (first, second))
        assert several in store.inspections(9)


def test_queues_and_draws_come_with_the_third_migration_and_go_with_it(database: Database) -> None:
    alerting = replace(INSPECTION, findings=(FINDING,), queues=(QueueEntry("alert", ("a.b",)),))
    made = draw(Order(date(2025, 3, 1), 1, Decimal(1)), {EVERY_CALL: {alerting.call.id: "1"}}, b"s" * 32, "0.1.0")
    for again in range(2):
        with closing(Store.open(database.url)) as store:
            assert len(open_alerts(store)) == 0
            store.save(alerting, "d", {}, (), {"a.b": "duty"})
            store.draws.commit("2025-03", made.secret_sha256, "tester")
            store.draws.add(made, "tester", datetime.now(UTC))
            store.made_file(None, "draw", Path("x.json"))
            assert len(open_alerts(store)) == 1
            assert len(store.inspections(9)) == 1, again
        with database.connection() as connection:
            command.downgrade(migrations(connection), "0002")
            assert not tables_of(connection) & {"alert", "review_item", "draw", "draw_item", "made_file"}
            assert connection.execute(text("SELECT count(*) FROM finding")).scalar() == 1


def test_a_migration_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="power"), database.connection() as connection:
        to_head(connection)
        raise RuntimeError("power")
    with database.connection() as connection:
        assert inspect(connection).get_table_names() == []


def test_processes_that_open_a_new_database_together(database: Database) -> None:
    program = "import sys; from inspector.storage import Store; s = Store.open(sys.argv[1]); s.audit('a', 'b', 'c', {})"
    starters = [subprocess.Popen([sys.executable, "-c", f"{program}; s.close()", database.url]) for _ in range(4)]
    assert [starter.wait(timeout=60) for starter in starters] == [0] * 4


def test_draws_of_other_kinds_come_with_the_ninth_migration_and_go_with_it(database: Database) -> None:
    """The random draw stays as it was, with its reviews; a day may have one of each kind."""
    calls = {EVERY_CALL: {INSPECTION.call.id: "1"}}
    orders = [Order(date(2025, 3, 1), 1, Decimal(1), terms) for terms in (Terms(), Terms(DrawKind.RECHECK))]
    made = [draw(order, calls, b"s" * 32, "0.1.0") for order in orders]
    with closing(Store.open(database.url)) as store:
        store.draws.commit("2025-03", made[0].secret_sha256, "tester")
        for one in made:
            store.draws.add(one, "tester", datetime.now(UTC))
        assert len(store.queues.reviews(None, 9)) == 2
    with database.connection() as connection:
        command.downgrade(migrations(connection), "0008")
        kept = "SELECT d.id, i.call_id, r.reason FROM draw d, draw_item i, review_item r"
        joined = f"{kept} WHERE i.draw_id = d.id AND r.draw_id = d.id"
        assert [tuple(row)[1:] for row in connection.execute(text(joined))] == [(INSPECTION.call.id, "random")]
        assert connection.execute(text("SELECT count(*) FROM review_item")).scalar() == 1
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text("INSERT INTO draw SELECT 'x', business_date, part, rate, listed, drawn, "
                                    "manifest_sha256, secret_sha256, digest, made_at, data FROM draw"))  # fmt: skip
    with closing(Store.open(database.url)) as store:
        assert [file.draw for file in store.draws.of(date(2025, 3, 1))] == [made[0]]
        assert store.draws.of(date(2025, 3, 1), DrawKind.RECHECK) == ()
        store.draws.add(made[1], "tester", datetime.now(UTC))
