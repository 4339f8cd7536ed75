"""Who may listen to a call, what is on record of it, and full views."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.errors import PolicyError, UsageError
from inspector.legs import Leg, join
from inspector.model import Hearing, Inspection, to_json
from inspector.roles import Actor, Role
from inspector.storage import Store
from tests.builders import hearing_of, turn
from tests.databases import Database
from tests.decided import RULE, decide
from tests.signals import finding
from tests.sounding import keep, record

NOW = datetime.now(UTC)
LEAD = Actor("lead", frozenset({Role.QA_LEAD}))
REVIEWER = Actor("rev", frozenset({Role.REVIEWER}))
OF_TEAM = Actor("team", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
OF_OTHER = Actor("other", frozenset({Role.TEAM_LEAD}), frozenset({"二组"}))
AGENT = Actor("agent", frozenset({Role.AGENT}), frozenset({"一组"}), "3062")
REASON = "核对客户号码"


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as made:
        yield made


@pytest.fixture
def call(store: Store, tmp_path: Path) -> Inspection:
    return keep(store, tmp_path, turn("A", 0.0, "您好您好"))


def listened(database: Database) -> list[tuple[str, str]]:
    return [tuple(row) for row in database.rows("SELECT actor, action FROM audit ORDER BY seq")]


def test_who_sees_the_calls_of_the_team_may_listen(store: Store, call: Inspection) -> None:
    for actor in (LEAD, OF_TEAM):
        sound = store.listening.look(actor, call.call.id, NOW)
        (part,) = sound.parts
        assert (part.id, part.path, part.start_s) == (call.hearing.recording.id, call.hearing.recording.path, 0.0)
        assert store.listening.hearing(sound) == call.hearing
        assert not sound.full


@pytest.mark.parametrize("actor", [OF_OTHER, REVIEWER, AGENT, Actor("gone", frozenset())])
def test_nobody_else_may(store: Store, database: Database, call: Inspection, actor: Actor) -> None:
    for deed in (store.listening.look, store.listening.open):
        with pytest.raises(PolicyError):
            deed(actor, call.call.id, NOW)
    assert listened(database) == []


def test_a_reviewer_may_as_long_as_he_has_the_call(store: Store, database: Database, call: Inspection) -> None:
    row = {"id": "i", "call": call.call.id, "at": NOW, "until": NOW + timedelta(minutes=60)}
    database.change(
        "INSERT INTO review_item (id, call_id, reason, because, state, created_at, owner, lease_until, excluded) "
        "VALUES (:id, :call, 'random', '[]', 'open', :at, 'rev', :until, '[]')",
        **row,
    )
    assert store.listening.look(REVIEWER, call.call.id, NOW).parts
    with pytest.raises(PolicyError):
        store.listening.look(REVIEWER, call.call.id, NOW + timedelta(hours=2))
    for state, owner in (("done", "rev"), ("open", "somebody")):
        database.change("UPDATE review_item SET state = :state, owner = :owner", state=state, owner=owner)
        with pytest.raises(PolicyError):
            store.listening.look(REVIEWER, call.call.id, NOW)


def test_an_agent_may_once_a_violation_of_his_was_confirmed(store: Store, database: Database, call: Inspection) -> None:
    with database.connection() as connection:
        decide(connection, call.call.id, NOW)
    database.change(
        "INSERT INTO violation (call_id, rule_id, agent, severity, topic, state, notice, level, noticed_at, "
        "appeal_until, provisional, step) VALUES (:call, :rule, '3062', 'high', 't', 'notified', 1, 1, :at, :at, "
        ":no, 'found')",
        call=call.call.id, rule=RULE, at=NOW, no=False,
    )  # fmt: skip
    assert store.listening.look(AGENT, call.call.id, NOW).parts
    with pytest.raises(PolicyError):
        store.listening.look(Actor("b", AGENT.roles, AGENT.teams, "9999"), call.call.id, NOW)
    database.change("UPDATE violation SET state = 'overturned'")
    with pytest.raises(PolicyError):
        store.listening.look(AGENT, call.call.id, NOW)


def test_one_audit_row_an_hour_and_one_more_for_all_of_it(store: Store, database: Database, call: Inspection) -> None:
    for _ in range(3):
        store.listening.open(LEAD, call.call.id, NOW)
    store.listening.open(OF_TEAM, call.call.id, NOW)
    store.listening.open(LEAD, call.call.id, NOW, full=True)
    store.listening.open(LEAD, call.call.id, NOW + timedelta(hours=2))
    store.listening.look(LEAD, call.call.id, NOW)
    assert listened(database) == [("lead", "listen"), ("team", "listen"), ("lead", "listen"), ("lead", "listen")]


def test_what_is_not_on_record_is_told(store: Store, database: Database, call: Inspection) -> None:
    with pytest.raises(UsageError, match="no such call"):
        store.listening.look(LEAD, "<script>", NOW)
    sound = store.listening.look(LEAD, call.call.id, NOW)
    database.change("DELETE FROM stage_result")
    with pytest.raises(UsageError, match="not kept"):
        store.listening.hearing(sound)
    database.change("DELETE FROM recording")
    with pytest.raises(UsageError, match="recording"):
        store.listening.look(LEAD, call.call.id, NOW)
    database.change("DELETE FROM inspection")
    with pytest.raises(UsageError, match="nothing was heard"):
        store.listening.look(LEAD, call.call.id, NOW)


def test_a_full_view_holds_for_a_while_for_who_asked(store: Store, database: Database, call: Inspection) -> None:
    assert not store.full_views.holds(LEAD, call.call.id, NOW)
    store.full_views.open(LEAD, call.call.id, f"  {REASON} ", 15, NOW)
    assert store.full_views.holds(LEAD, call.call.id, NOW + timedelta(minutes=14))
    assert store.listening.look(LEAD, call.call.id, NOW).full
    assert not store.full_views.holds(LEAD, call.call.id, NOW + timedelta(minutes=15))
    assert not store.full_views.holds(Actor("b", LEAD.roles), call.call.id, NOW)
    assert not store.full_views.holds(Actor("lead", frozenset({Role.AUDITOR})), call.call.id, NOW)
    assert not store.full_views.holds(LEAD, "another", NOW)
    assert database.rows("SELECT name, reason FROM full_view") == [("lead", REASON)]
    ((action, detail),) = database.rows("SELECT action, CAST(detail AS TEXT) FROM audit")
    assert action == "full_view" and REASON not in detail


@pytest.mark.parametrize("reason", ["", "核对", "  核 对  ", "x" * 501])
def test_a_reason_is_asked_for(store: Store, database: Database, call: Inspection, reason: str) -> None:
    with pytest.raises(UsageError, match="reason"):
        store.full_views.open(LEAD, call.call.id, reason, 15, NOW)
    assert database.rows("SELECT * FROM full_view") == []


@pytest.mark.parametrize("actor", [OF_TEAM, REVIEWER, AGENT, Actor("audit", frozenset({Role.AUDITOR}))])
def test_who_may_not_see_all_or_not_listen_gets_no_full_view(
    store: Store, database: Database, call: Inspection, actor: Actor
) -> None:
    """The team lead may listen and see nothing in full; the reviewer has not got the call."""
    with pytest.raises(PolicyError):
        store.full_views.open(actor, call.call.id, REASON, 15, NOW)
    assert database.rows("SELECT * FROM full_view") == []


def test_the_hearing_of_several_recordings_is_on_one_clock(store: Store, tmp_path: Path) -> None:
    legs: list[Hearing] = [
        record(hearing_of(turn(party, 0.0, "您好您好")), tmp_path / f"{party}.wav") for party in "AC"
    ]
    joined = join([(Leg(no, Path(one.recording.path)), one) for no, one in enumerate(legs, 1)])
    made = keep(store, tmp_path, turn("A", 0.0, "您好"), no="2")
    several = replace(made, call=replace(made.call, source_call_id="3"), hearing=joined)
    store.save(several, "d", {}, legs)
    sound = store.listening.look(LEAD, several.call.id, NOW)
    assert [(one.id, one.start_s) for one in sound.parts] == [(legs[0].recording.id, 0.0), (legs[1].recording.id, 1.0)]
    assert store.listening.hearing(sound) == joined


def test_who_sees_an_alert_of_the_call_may_listen(store: Store, database: Database, call: Inspection) -> None:
    """The alert went to another team than the call's business data say now."""
    database.change(
        "INSERT INTO alert_group (id, call_id, audience, alert_class, state, opened_at, version, notices) "
        "VALUES ('g', :call, 'duty', 'P1', 'open', :at, 1, 0)",
        call=call.call.id, at=NOW,
    )  # fmt: skip
    database.change(
        "INSERT INTO alert (call_id, rule_id, finding_id, rule_version, severity, audience, state, created_at, "
        "detected_at, data, group_id, alert_class, team) VALUES (:call, 'r', 'f', 1, 'high', 'duty', 'open', :at, :at, "
        ":data, 'g', 'P1', '二组')",
        call=call.call.id, at=NOW, data=to_json(finding()),
    )  # fmt: skip
    assert store.listening.look(OF_OTHER, call.call.id, NOW).parts
    with pytest.raises(PolicyError):
        store.listening.look(Actor("c", OF_OTHER.roles, frozenset({"三组"})), call.call.id, NOW)
