"""Who comes by an identity provider, as it is kept, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.errors import PolicyError, UsageError
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.storage.accounts import AuthorizationRequest, Identity, WebSession
from inspector.storage.accounts.identities import GOOD_FOR
from tests.databases import Database

NOW = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
IDLE, LONG = timedelta(minutes=30), timedelta(hours=12)
OWNER = Actor("owner", frozenset(Role))
ADMIN = Person("wang.wu", frozenset({Role.ADMIN}))
LEAD = Person("zhang.san", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
HERE = "192.0.2.7"
HIS = Identity("https://id.bank.example", "s-1", "zhang.san")
SENT = AuthorizationRequest("key", "state", "nonce", "verifier", "/calls")


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """With an administrator and a team lead, neither of whom has a password."""
    with closing(Store.open(database.url)) as store:
        for person in (ADMIN, LEAD):
            store.people.add(OWNER, person, NOW)
        yield store


def comes(store: Store, identity: Identity, key: str = "a", at: datetime = NOW) -> str | None:
    session = WebSession(key, identity.name, f"csrf of {key}", at + LONG)
    return store.accounts.identities.sign_in(session, identity, HERE, at)


def who(store: Store, key: str = "a") -> str | None:
    found = store.accounts.sessions.find(key, IDLE, NOW)
    return None if found is None else found[1].name


def audit_of(database: Database, action: str) -> list[tuple[str, str]]:
    rows = database.rows("SELECT action, actor, subject FROM audit ORDER BY seq")
    return [(actor, subject) for done, actor, subject in rows if done == action]


class TestSentAndBack:
    def test_what_a_browser_was_sent_with_comes_back_once(self, store: Store) -> None:
        identities = store.accounts.identities
        identities.send(SENT, NOW)
        assert identities.back("key", "state", NOW) == SENT
        assert identities.back("key", "state", NOW) is None

    @pytest.mark.parametrize(("key", "state"), [("key", "of another"), ("of another", "state"), ("", "")])
    def test_another_browser_or_another_state_brings_nothing_and_uses_nothing_up(
        self, store: Store, key: str, state: str
    ) -> None:
        identities = store.accounts.identities
        identities.send(SENT, NOW)
        assert identities.back(key, state, NOW) is None
        assert identities.back("key", "state", NOW) == SENT

    def test_it_is_over_after_ten_minutes(self, store: Store, database: Database) -> None:
        identities = store.accounts.identities
        identities.send(SENT, NOW)
        assert identities.back("key", "state", NOW + GOOD_FOR) is None
        identities.send(SENT, NOW)
        identities.send(replace(SENT, key="later"), NOW + GOOD_FOR)
        assert database.rows("SELECT key FROM authorization_request") == [("later",)]

    def test_who_asks_for_very_many_pushes_the_oldest_out(
        self, store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("inspector.storage.accounts.identities._MOST", 3)
        for count in range(5):
            store.accounts.identities.send(replace(SENT, key=f"k{count}"), NOW + timedelta(seconds=count))
        assert sorted(database.rows("SELECT key FROM authorization_request")) == [("k2",), ("k3",), ("k4",)]

    def test_a_restored_database_has_nobody_on_his_way(self, store: Store) -> None:
        store.accounts.identities.send(SENT, NOW)
        store.accounts.after_restore()
        assert store.accounts.identities.back("key", "state", NOW) is None


class TestWhoItIs:
    def test_the_first_identity_of_a_name_is_his_from_then_on(self, store: Store, database: Database) -> None:
        assert comes(store, HIS) is None
        assert who(store) == "zhang.san"
        assert audit_of(database, "identity_pin") == audit_of(database, "login") == [("zhang.san", "zhang.san")]
        assert comes(store, HIS, "b") is None
        assert len(audit_of(database, "identity_pin")) == 1
        seen = store.accounts.all(NOW)["zhang.san"]
        assert (seen.pinned_at, seen.changed_at, seen.must_change, seen.sessions) == (NOW, None, False, 2)

    def test_a_name_that_was_given_to_another_there_opens_nothing(self, store: Store, database: Database) -> None:
        assert comes(store, HIS) is None
        assert comes(store, replace(HIS, subject="s-2"), "b") == "another"
        assert who(store, "b") is None
        assert audit_of(database, "login_failed") == [("zhang.san", "zhang.san")]

    def test_who_is_called_otherwise_there_now_is_still_himself(self, store: Store) -> None:
        assert comes(store, HIS) is None
        assert comes(store, replace(HIS, name="wang.wu"), "b") is None
        assert who(store, "b") == "zhang.san"

    def test_another_issuer_vouches_for_itself_alone(self, store: Store) -> None:
        assert comes(store, HIS) is None
        elsewhere = replace(HIS, issuer="https://other.example", name="wang.wu")
        assert comes(store, elsewhere, "b") is None
        assert who(store, "b") == "wang.wu"

    @pytest.mark.parametrize("name", ["li.si", "", "Zhang.San", "zhang.san "])
    def test_who_is_not_on_the_list_is_nobody_and_is_not_put_there(
        self, store: Store, database: Database, name: str
    ) -> None:
        assert comes(store, replace(HIS, name=name)) == "unknown"
        assert who(store) is None
        assert [person.name for person in store.people.all()] == ["wang.wu", "zhang.san"]
        assert audit_of(database, "login_failed") == [("unknown", "unknown")]
        assert database.rows("SELECT * FROM identity") == []

    @pytest.mark.parametrize("pinned", [False, True])
    def test_who_is_gone_stays_out(self, store: Store, pinned: bool) -> None:
        if pinned:
            assert comes(store, HIS) is None
        store.people.change(ADMIN.actor, replace(LEAD, active=False), NOW)
        assert comes(store, HIS, "b") == "unknown"
        assert who(store) is who(store, "b") is None

    def test_two_at_once_with_one_name_are_not_both_him(self, store: Store) -> None:
        both = [replace(HIS, subject=f"s-{count}") for count in range(4)]
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda one: comes(store, one, one.subject), both))
        assert sorted(map(str, answers)) == ["None", "another", "another", "another"]


class TestBesidePasswords:
    def test_a_temporary_password_need_not_be_changed_by_who_did_not_use_it(self, store: Store) -> None:
        store.accounts.reset(ADMIN.actor, "zhang.san", "temporary", NOW)
        assert comes(store, HIS) is None
        by_password = WebSession("b", "zhang.san", "csrf", NOW + LONG)
        assert store.accounts.sign_in(by_password, "temporary", HERE, NOW)
        first, second = (store.accounts.sessions.find(key, IDLE, NOW) for key in "ab")
        assert first is not None
        assert second is not None
        assert (first[2], second[2]) == (False, True)
        assert (first[0].by_provider, second[0].by_provider) == (True, False)

    def test_wrong_passwords_lock_nobody_out_of_the_provider(self, store: Store) -> None:
        store.accounts.reset(ADMIN.actor, "zhang.san", "right", NOW)
        wrong = WebSession("b", "zhang.san", "csrf", NOW + LONG)
        for _ in range(6):
            assert not store.accounts.sign_in(wrong, None, HERE, NOW)
        assert not store.accounts.sign_in(wrong, "right", HERE, NOW)
        assert comes(store, HIS) is None


class TestLoosening:
    def test_the_next_identity_of_the_name_is_his_and_who_came_by_it_is_out(
        self, store: Store, database: Database
    ) -> None:
        assert comes(store, HIS) is None
        store.accounts.identities.loosen(ADMIN.actor, "zhang.san")
        assert who(store) is None
        assert audit_of(database, "identity_loosen") == [("wang.wu", "zhang.san")]
        assert comes(store, replace(HIS, subject="s-2"), "b") is None
        assert comes(store, HIS, "c") == "another"

    def test_only_for_who_manages_people_and_where_something_is_tied(self, store: Store) -> None:
        assert comes(store, HIS) is None
        with pytest.raises(PolicyError):
            store.accounts.identities.loosen(LEAD.actor, "zhang.san")
        assert who(store) == "zhang.san"
        with pytest.raises(UsageError, match="no identity"):
            store.accounts.identities.loosen(ADMIN.actor, "wang.wu")
