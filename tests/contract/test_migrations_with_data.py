"""Every migration down and up again, with rows in every table: what the older schema can hold is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, select

from inspector.config import SamplingSettings
from inspector.delivery.records import Address, DeliveryState, Told
from inspector.legs import Leg, join
from inspector.model import Call, QueueEntry
from inspector.night.records import CdrCall, Fate, Listed
from inspector.review.cards.records import SIGNERS, Given, Signature, Tick
from inspector.roles import Actor, Person, Role
from inspector.sampling.capacity import Volume, sheet_of
from inspector.sampling.draw import EVERY_CALL, Order, draw
from inspector.storage import Kept, Store
from inspector.storage.alerts import GroupFilter
from inspector.storage.ledger import RELAY, Intake, IntakeLeg
from inspector.storage.migrate import migrations, to_head
from inspector.storage.tables import metadata
from tests.accepted import BOSS
from tests.contract.test_migrations import FINDING, INSPECTION
from tests.databases import Database
from tests.receivers import NOTICE
from tests.reviews import heard, open_review, submit, verdict
from tests.signals import called

JOINED = Call("pbx", "joined").id
LOSSES = {
    "0009": {"review_item": ("reason", "repeat")},
    "0001": {"inspection": ("call_id", JOINED), "finding": ("inspection_id", None)},
    "base": {},
}
"""What a downgrade to a revision must give up although its schema has the table: rows by a column's value."""

OWNER = Actor("tester", frozenset(Role))

Rows = dict[str, list[dict[str, Any]]]


def fill(url: str) -> None:
    """At least one row in every table."""
    with closing(Store.open(url)) as store:
        start = datetime(2025, 3, 1, 4, tzinfo=UTC)
        for minute in range(9):
            store.save(called(f"s{minute}", start + timedelta(minutes=minute), customer_key=f"k{minute % 5}"), "d")
        for day in range(3):
            store.save(called(f"r{day}", start + timedelta(days=day), customer_key="k"), "d")
        assert len(store.incidents.look(datetime.now(UTC))) == 1
        alerting = replace(INSPECTION, findings=(FINDING,), queues=(QueueEntry("alert", ("a.b",)),))
        store.ledger.accept([Intake(alerting.call, (IntakeLeg(1, Path("x.wav"), "a" * 64, 1),))])
        (claim,) = store.ledger.claim([alerting.call.id], "worker", 60)
        assert store.ledger.finish(claim.fence, alerting, Kept("d", audiences={"a.b": "duty"}))
        store.ledger.accept([Intake(Call("pbx", "waits"), (IntakeLeg(1, Path("y.wav"), None),))])
        assert store.ledger.elect(RELAY, "relay", 60)
        second = replace(INSPECTION.hearing, recording=replace(INSPECTION.hearing.recording, id="b" * 64))
        joined = join([(Leg(1, Path("x.wav")), INSPECTION.hearing), (Leg(2, Path("y.wav")), second)])
        several = replace(INSPECTION, call=Call("pbx", "joined"), hearing=joined)
        store.save(several, "d", {}, (INSPECTION.hearing, second))
        made = draw(Order(date(2025, 3, 1), 1, Decimal(1)), {EVERY_CALL: {alerting.call.id: "1"}}, b"s" * 32, "0.1.0")
        store.draws.commit("2025-03", made.secret_sha256, "tester")
        store.draws.add(made, "tester", datetime.now(UTC))
        store.made_file(None, "draw", Path("x.json"))
        store.people.add(OWNER, Person("zhang", frozenset({Role.ADMIN})), datetime.now(UTC))
        volume, day = Volume(40, 4, 2, 0, 3), date(2025, 3, 1)
        plan = sheet_of((day, day), volume, 60, 0, SamplingSettings())  # type: ignore[call-arg]
        store.sample_plans.add(plan, "tester", datetime.now(UTC))
        store.nights.begin(date(2025, 3, 1), "tester")
        store.nights.put(date(2025, 3, 1), [Listed(alerting.call.id, Fate.ACCEPTED, 2, source_call_id="1")])
        store.nights.put_cdr(date(2025, 3, 1), [CdrCall(alerting.call.id, "1", None, 5.0, True, "L1", None)])
        tell(store)
        decide(store, url)


def tell(store: Store) -> None:
    """A notice that a receiver got."""
    now = datetime.now(UTC)
    store.deliveries.put(NOTICE, now)
    store.deliveries.know(["desk"], now)
    assert store.deliveries.fan_out({"desk": Address()}, 9, now) > 1
    store.deliveries.told([Told("desk", NOTICE.id, DeliveryState.SENT, now)], {}, now)



def decide(store: Store, url: str) -> None:
    """A decision and a score."""
    call_id, inspection = heard()
    store.save(inspection, "d")
    signed = {office: Signature("li", date(2025, 1, 1)) for office in SIGNERS}
    policy = store.decisions.policy
    cards = tuple(replace(card, signatures=signed) for card in policy.cards)
    store.decisions.policy = replace(policy, cards=cards)
    with Database(url).connection() as connection:
        review_id = submit(connection, open_review(connection, call_id, OWNER.name), policy, [verdict()])
    (card,) = (card for card in cards if card.id == "inbound")
    answers: dict[str, Given] = {item.id: Tick.MET for item in card.items}
    store.decisions.save_score(OWNER, review_id, answers, datetime.now(UTC))


def rows_of(connection: Connection) -> Rows:
    """All rows by table, as the schema that is there names them."""
    there = MetaData()
    there.reflect(connection)
    found = {}
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            rows = connection.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [dict(row._mapping) for row in rows]
    return found


def as_far_as(rows: Rows, older: Mapping[str, list[str]], lost: Mapping[str, tuple[str, str | None]]) -> Rows:
    """What of ``rows`` an older schema (columns by table) holds, without what a downgrade gives up."""
    kept: Rows = {}
    for table, columns in older.items():
        column, value = lost.get(table, ("", None))
        staying = [row for row in rows[table] if value is None or row[column] != value]
        kept[table] = [{name: row[name] for name in columns} for row in staying]
    return kept


def revisions(connection: Connection) -> list[str]:
    """All of them, newest first, and the empty database."""
    script = ScriptDirectory.from_config(migrations(connection))
    return [revision.revision for revision in script.walk_revisions()] + ["base"]


@pytest.fixture
def filled(empty_database: Database) -> Database:
    fill(empty_database.url)
    return empty_database


def test_every_table_has_a_row_to_lose(filled: Database) -> None:
    with filled.connection() as connection:
        rows = rows_of(connection)
    assert rows.keys() == metadata.tables.keys()
    assert [name for name, of_table in rows.items() if not of_table] == []


def test_down_step_by_step_and_up_again(filled: Database) -> None:
    with filled.connection() as connection:
        newest, steps = rows_of(connection), revisions(connection)[1:]
        expected = newest
        for revision in steps:
            command.downgrade(migrations(connection), revision)
            found = rows_of(connection)
            older = {table: list(rows[0]) if rows else [] for table, rows in found.items()}
            expected = as_far_as(expected, older, LOSSES.get(revision, {}))
            assert found == expected, revision
        assert expected == {}
        to_head(connection)
        assert not any(rows_of(connection).values())


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_down_some_steps_and_up_again_with_the_rows_that_stayed(filled: Database, steps: int) -> None:
    with filled.connection() as connection:
        command.downgrade(migrations(connection), revisions(connection)[steps])
        kept = rows_of(connection)
        to_head(connection)
        older = {table: list(rows[0]) for table, rows in kept.items()}
        assert as_far_as(rows_of(connection), older, {}) == kept
    with closing(Store.open(filled.url)) as store:
        assert INSPECTION.call in [one.call for one in store.inspections(9)]
    fill_again = replace(INSPECTION, packs="newer")
    with closing(Store.open(filled.url)) as store:
        store.save(fill_again, "d")
        assert fill_again in store.inspections(9)


def test_the_audit_is_append_only_after_each_way(filled: Database) -> None:
    with filled.connection() as connection:
        command.downgrade(migrations(connection), "0001")
        to_head(connection)
    with pytest.raises(Exception, match="append-only"):
        filled.change("DELETE FROM audit")


def test_alerts_without_groups_get_one_for_each_call(filled: Database) -> None:
    with filled.connection() as connection:
        command.downgrade(migrations(connection), "0005")
        before = {row["call_id"]: row for row in rows_of(connection)["alert"]}
        to_head(connection)
        groups = {row["call_id"]: row for row in rows_of(connection)["alert_group"]}
        alerts = {row["call_id"]: row for row in rows_of(connection)["alert"]}
    assert groups.keys() == alerts.keys() == before.keys()
    for call_id, alert in alerts.items():
        group = groups[call_id]
        assert {name: alert[name] for name in before[call_id]} == before[call_id]
        assert (group["id"], group["state"], group["opened_at"]) == (alert["group_id"], "open", alert["created_at"])
        assert group["alert_class"] == alert["alert_class"]
    with closing(Store.open(filled.url)) as store:
        found = store.alerts.groups(BOSS, GroupFilter(), 9)[-1]
        assert (found.steps, found.next_step) == ((), None)
        store.alerts.take(BOSS, found.id)
        store.alerts.close(BOSS, found.id, "resolved")
