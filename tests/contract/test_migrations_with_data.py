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
from inspector.model import Call, Kind, Party, QueueEntry, Severity, Status, Turn
from inspector.night.records import CdrCall, Fate, Listed
from inspector.review.answers import Answers, GivenAnswer, GivenCorrection, GivenMark
from inspector.review.appeals.records import CaseStep
from inspector.review.cards.records import SIGNERS, Given, Signature, Tick
from inspector.review.records import Answer
from inspector.review.reviewer import Reviewer
from inspector.review.rulebook import Rulebook, RuleEntry
from inspector.review.sheet import Sheet
from inspector.review.tasks.calibration import Said
from inspector.review.tasks.duty import Shift
from inspector.roles import Actor, Deed, Person, Role
from inspector.sampling.capacity import Volume, sheet_of
from inspector.sampling.draw import EVERY_CALL, Order, draw
from inspector.storage import Kept, Store
from inspector.storage.accounts import ApiToken, AuthorizationRequest, Identity, WebSession
from inspector.storage.alerts import GroupFilter
from inspector.storage.ledger import RELAY, Intake, IntakeLeg
from inspector.storage.migrate import migrations, to_head
from inspector.storage.tables import metadata
from inspector.storage.tasks.coaching import NewCoaching
from inspector.storage.tasks.rectification import NewEntry
from inspector.storage.tasks.sessions import Note
from inspector.storage.violations.consequences import after_settled
from inspector.storage.violations.lodging import Plea
from tests.accepted import BOSS
from tests.contract.test_migrations import FINDING, INSPECTION
from tests.databases import Database
from tests.decided import RULE, call_of, decide
from tests.decisions import put_decision, put_review
from tests.receivers import NOTICE
from tests.reviews import heard, open_review, submit, verdict
from tests.signals import called
from tests.verdicts import Desk, week

JOINED = Call("pbx", "joined").id
LOSSES = {
    "0010": {"review_item": ("reason", {"appeal", "calibration", "follow_up"})},
    "0009": {"review_item": ("reason", {"repeat"})},
    "0001": {"inspection": ("call_id", {JOINED}), "finding": ("inspection_id", set())},
    "base": {},
}
"""What a downgrade to a revision must give up although its schema has the table: rows by values of a column."""

UNDONE = {"0010": {"review_item": {"state": ("done", "open"), "closed_by": ("zhang", None)}}}
"""What a downgrade to a revision takes back: by column, a value and what stands in its place."""

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
        store.full_views.open(OWNER, alerting.call.id, "核对客户号码", 15, datetime.now(UTC))
        store.search.save(OWNER, "一", {"text": "保本"}, datetime.now(UTC))
        store.people.add(OWNER, Person("zhang", frozenset({Role.ADMIN})), datetime.now(UTC))
        volume, day = Volume(40, 4, 2, 0, 3), date(2025, 3, 1)
        plan = sheet_of((day, day), volume, 60, 0, SamplingSettings())  # type: ignore[call-arg]
        store.sample_plans.add(plan, "tester", datetime.now(UTC))
        store.nights.begin(date(2025, 3, 1), "tester")
        store.nights.put(date(2025, 3, 1), [Listed(alerting.call.id, Fate.ACCEPTED, 2, source_call_id="1")])
        store.nights.put_cdr(date(2025, 3, 1), [CdrCall(alerting.call.id, "1", None, 5.0, True, "L1", None)])
        tell(store)
        review(store)
        scored(store, url)
        follow(store, url)
        accused(store, url)
        sign_in(store)
    demote(url)
    Database(url).change("INSERT INTO search_backlog (after) VALUES ('')")


def follow(store: Store, url: str) -> None:
    """What people are to do because of a final finding."""
    now, people = datetime.now(UTC), frozenset({"zhang", "li", "wang"})
    for name in sorted(people - {"zhang"}):
        store.people.add(OWNER, Person(name, frozenset({Role.ADMIN})), now)
    wrong = call_of(store, "wrong", now)
    call_of(store, "after", now + timedelta(minutes=1))
    with Database(url).connection() as connection:
        decide(connection, wrong, now)
    tasks = store.tasks
    tasks.rectification.add(OWNER, NewEntry("话术", "承诺收益", RULE, wrong), now)
    given = tasks.coaching.give(OWNER, NewCoaching(RULE, (wrong,), "tester", "重听"), now)
    tasks.coaching.done(OWNER, given.id, now)
    assert tasks.coaching.resample(now + timedelta(hours=1)) == 1
    case = tasks.cases.file(OWNER, (wrong, RULE), "案例", frozenset({"一组"}), now)
    tasks.cases.confirm_read(replace(OWNER, teams=case.teams), case.id, now)
    session = tasks.calibration.open(OWNER, "三月", [wrong], people, now)
    tasks.calibration.agree(OWNER, session.id, Note(wrong, RULE, Said.VIOLATED, "算"), now)
    tasks.duty.plan(OWNER, [Shift("s", "zhang", "team_lead", now, now + timedelta(hours=8))], now)
    tasks.duty.hand_over(OWNER, "team_lead", "", 0, now)


def review(store: Store) -> None:
    """A call that somebody reviewed: a verdict, a mark, a correction; and a reviewer's quota."""
    now, reviewer = datetime.now(UTC), Actor("zhang", frozenset({Role.QA_LEAD}))
    turn = Turn(Party.AGENT, "A", 0.0, 0.5, "好", (0.0,), (0.5,), (1.0,))
    heard = replace(INSPECTION.hearing, recording=replace(INSPECTION.hearing.recording, id="c" * 64), turns=(turn,))
    found = replace(INSPECTION, call=Call("pbx", "reviewed"), findings=(FINDING,), hearing=heard)
    store.save(replace(found, queues=(QueueEntry("review", ("a.b",)),)), "d")
    entry = RuleEntry("a.b", 1, Kind.SIGNAL, Status.TEST, Severity.LOW, "t", (Party.AGENT,))
    sheet = store.reviews.next(reviewer, now)
    assert isinstance(sheet, Sheet)
    answers = Answers(
        (GivenAnswer(FINDING.id, Answer.CONFIRMED),),
        (GivenMark("a.b", 0.0, 0.5, Party.AGENT),),
        (GivenCorrection(Party.AGENT, 0.0, 0.5, "号"),),
    )
    store.reviews.submit(reviewer, sheet.review_id, answers, Rulebook({"a.b": entry}), now)
    store.reviews.set_reviewer(reviewer, Reviewer("zhang", 60), now)


def accused(store: Store, url: str) -> None:
    """What an agent was told, a step of its case, and his appeal."""
    now = datetime.now(UTC)
    with Database(url).connection() as connection:
        put_decision(connection, "accused", "a.b", put_review(connection, "accused", "li", now), team="一组")
        after_settled(connection, "accused", ["a.b"], store.decisions.policy, now)
    store.violations.step(OWNER, "accused", "a.b", CaseStep.REPORTED, None, now)
    lead = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
    store.violations.lodge(lead, "accused", "a.b", Plea("没有说过"), now)


def sign_in(store: Store) -> None:
    """The first account, who is signed in with it and by a provider, and a token of his."""
    now, later = datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1)
    assert store.accounts.offer_setup("s" * 64, now)
    store.accounts.set_up("s" * 64, "hash", WebSession("k" * 64, "zhang", "csrf", later), now)
    zhang = next(one.actor for one in store.people.all() if one.name == "zhang")
    scopes = frozenset({Deed.MANAGE_PEOPLE})
    store.accounts.tokens.make(zhang, ApiToken("t1", "zhang", "export", scopes, now, later), "t" * 64)
    identities, known = store.accounts.identities, Identity("https://id.bank.example", "s-1", "zhang")
    identities.send(AuthorizationRequest("a" * 64, "state", "nonce", "verifier", "/"), now)
    assert identities.sign_in(WebSession("b" * 64, "zhang", "csrf", later), known, "192.0.2.7", now) is None


def demote(url: str) -> None:
    """A rule that its verdicts demoted."""
    desk = Desk()
    desk.judged(0, 45)
    desk.write(Database(url))
    with closing(Store.open(url)) as store:
        for number in range(2):
            store.verdicts.look(week(number))


def tell(store: Store) -> None:
    """A notice that a receiver got."""
    now = datetime.now(UTC)
    store.deliveries.put(NOTICE, now)
    store.deliveries.know(["desk"], now)
    assert store.deliveries.fan_out({"desk": Address()}, 9, now) > 1
    store.deliveries.told([Told("desk", NOTICE.id, DeliveryState.SENT, now)], {}, now)



def scored(store: Store, url: str) -> None:
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
    """All rows by table, as the schema that is there names them, without the index of terms."""
    there = MetaData()
    there.reflect(connection)
    found = {}
    for table in there.sorted_tables:
        if table.name != "alembic_version" and not table.name.startswith("call_term"):
            rows = connection.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [dict(row._mapping) for row in rows]
    return found


def as_far_as(rows: Rows, older: Mapping[str, list[str]], lost: Mapping[str, tuple[str, set[str]]]) -> Rows:
    """What of ``rows`` an older schema (columns by table) holds, without what a downgrade gives up."""
    kept: Rows = {}
    for table, columns in older.items():
        column, values = lost.get(table, ("", set()))
        staying = [row for row in rows[table] if not values or row[column] not in values]
        kept[table] = [{name: row[name] for name in columns} for row in staying]
    return kept


def undone(rows: Rows, changes: Mapping[str, Mapping[str, tuple[str, str | None]]]) -> Rows:
    """The same rows with these values in the place of others."""
    return rows | {
        table: [
            row | {name: after for name, (before, after) in of_table.items() if row[name] == before}
            for row in rows[table]
        ]
        for table, of_table in changes.items()
    }


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
            expected = undone(as_far_as(expected, older, LOSSES.get(revision, {})), UNDONE.get(revision, {}))
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
