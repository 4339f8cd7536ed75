"""Accounts, sessions and tokens as they are kept, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from inspector.errors import InspectorError, PolicyError, UsageError
from inspector.roles import Actor, Deed, Person, Role
from inspector.storage import Store
from inspector.storage.accounts import ApiToken, WebSession
from inspector.storage.accounts.records import lock_of
from inspector.web.accounts.throttle import WINDOW, Throttle
from tests.databases import Database

NOW = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
IDLE, LONG = timedelta(minutes=30), timedelta(hours=12)
OWNER = Actor("owner", frozenset(Role))
ADMIN = Person("wang.wu", frozenset({Role.ADMIN}))
LEAD = Person("zhang.san", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
HERE = "192.0.2.7"


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """With an administrator and a team lead, who has a password of his own."""
    with closing(Store.open(database.url)) as store:
        for person in (ADMIN, LEAD):
            store.people.add(OWNER, person, NOW)
        store.accounts.reset(ADMIN.actor, "zhang.san", "right", NOW)
        store.accounts.change_password("right", session("first"), NOW)
        store.accounts.sessions.end("first")
        yield store


def session(key: str, name: str = "zhang.san", at: datetime = NOW) -> WebSession:
    return WebSession(key, name, f"csrf of {key}", at + LONG)


def sign_in(store: Store, key: str, proved: str | None, at: datetime = NOW, name: str = "zhang.san") -> bool:
    return store.accounts.sign_in(session(key, name, at), proved, HERE, at)


def is_in(store: Store, key: str, at: datetime = NOW) -> bool:
    return store.accounts.sessions.find(key, IDLE, at) is not None


def audit_of(database: Database, action: str) -> list[tuple[str, str]]:
    rows = database.rows("SELECT action, actor, subject FROM audit ORDER BY seq")
    return [(actor, subject) for done, actor, subject in rows if done == action]


def test_a_right_password_opens_a_session_and_a_wrong_one_does_not(store: Store, database: Database) -> None:
    assert not sign_in(store, "a", None)
    assert not is_in(store, "a")
    assert sign_in(store, "a", "right")
    found = store.accounts.sessions.find("a", IDLE, NOW)
    assert found == (session("a"), LEAD, False)
    assert audit_of(database, "login") == audit_of(database, "login_failed") == [("zhang.san", "zhang.san")]


def test_a_password_that_was_replaced_meanwhile_opens_nothing(store: Store) -> None:
    store.accounts.reset(ADMIN.actor, "zhang.san", "newer", NOW)
    assert not sign_in(store, "a", "right")


def test_the_audit_does_not_hold_a_name_that_nobody_has(store: Store, database: Database) -> None:
    assert not sign_in(store, "a", None, name="my password by mistake")
    assert audit_of(database, "login_failed") == [("unknown", "unknown")]


def test_an_account_is_locked_after_five_wrong_passwords_for_longer_and_longer(
    store: Store, database: Database
) -> None:
    for _ in range(5):
        assert not sign_in(store, "a", None)
    assert not sign_in(store, "a", "right"), "locked, though the password is right"
    assert not sign_in(store, "a", "right", NOW + timedelta(seconds=59))
    later = NOW + timedelta(minutes=1)
    assert not sign_in(store, "a", None, later)
    assert not sign_in(store, "a", "right", later + timedelta(seconds=119))
    assert sign_in(store, "a", "right", later + timedelta(minutes=2))
    for _ in range(4):
        assert not sign_in(store, "b", None, later + timedelta(minutes=3))
    assert sign_in(store, "b", "right", later + timedelta(minutes=3)), "a right password forgets the wrong ones"
    assert audit_of(database, "login_locked") == [("zhang.san", "zhang.san")] * 2


def test_a_lock_grows_to_a_quarter_of_an_hour() -> None:
    assert [lock_of(failed) for failed in (1, 4)] == [None, None]
    minutes = [lock.total_seconds() / 60 for failed in (5, 6, 7, 8, 9, 10, 5000) if (lock := lock_of(failed))]
    assert minutes == [1, 2, 4, 8, 15, 15, 15]


def test_many_guesses_at_once_are_no_more_than_five(store: Store, database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda number: sign_in(store, f"g{number}", None), range(16)))
    assert not any(opened)
    assert database.rows("SELECT failed FROM account WHERE name = 'zhang.san'") == [(5,)]


def test_a_session_ends_when_it_is_not_used_and_at_the_latest_after_its_hours(store: Store) -> None:
    assert sign_in(store, "a", "right")
    at = NOW
    while at < NOW + LONG - IDLE:
        at += IDLE - timedelta(seconds=1)
        assert is_in(store, "a", at)
    assert is_in(store, "a", NOW + LONG - timedelta(seconds=1))
    assert not is_in(store, "a", NOW + LONG)
    assert sign_in(store, "b", "right")
    assert not is_in(store, "b", NOW + IDLE)


def test_using_a_session_is_written_once_a_minute(store: Store, database: Database) -> None:
    assert sign_in(store, "a", "right")
    before = database.rows("SELECT seen_at FROM web_session")
    assert is_in(store, "a", NOW + timedelta(seconds=59))
    assert database.rows("SELECT seen_at FROM web_session") == before
    assert is_in(store, "a", NOW + timedelta(seconds=60))
    assert database.rows("SELECT seen_at FROM web_session") != before


def test_a_session_that_ended_is_no_longer_good_and_the_other_one_is(store: Store, database: Database) -> None:
    assert sign_in(store, "a", "right")
    assert sign_in(store, "b", "right")
    for _ in range(2):
        store.accounts.sessions.end("a")
    assert (is_in(store, "a"), is_in(store, "b")) == (False, True)
    assert len(audit_of(database, "logout")) == 2  # that of the fixture and one


def test_another_password_ends_every_session_but_the_new_one(store: Store) -> None:
    for key in ("a", "b"):
        assert sign_in(store, key, "right")
    store.accounts.change_password("other", session("c"), NOW)
    assert [is_in(store, key) for key in "abc"] == [False, False, True]
    assert store.accounts.hash_of("zhang.san") == "other"


def test_a_temporary_password_must_be_changed_and_is_good_for_a_week(store: Store) -> None:
    assert sign_in(store, "a", "right")
    store.accounts.reset(ADMIN.actor, "zhang.san", "temporary", NOW)
    assert not is_in(store, "a")
    assert sign_in(store, "b", "temporary")
    found = store.accounts.sessions.find("b", IDLE, NOW)
    assert found is not None
    assert found[2], "he must change it"
    assert sign_in(store, "c", "temporary", NOW + timedelta(days=7))
    assert not sign_in(store, "d", "temporary", NOW + timedelta(days=7, seconds=1))


def test_who_is_deactivated_is_out_and_stays_out_when_he_is_back(store: Store) -> None:
    assert sign_in(store, "a", "right")
    store.accounts.tokens.make(LEAD.actor, token("t"), "digest")
    store.people.change(ADMIN.actor, Person(LEAD.name, LEAD.roles, LEAD.teams, active=False), NOW)
    assert not is_in(store, "a")
    assert store.accounts.hash_of("zhang.san") is None
    assert not sign_in(store, "b", "right")
    store.people.change(ADMIN.actor, LEAD, NOW)
    assert not is_in(store, "a")
    assert store.accounts.tokens.find("digest", NOW) is None
    assert sign_in(store, "c", "right")


def test_sessions_that_are_over_are_forgotten(store: Store, database: Database) -> None:
    assert sign_in(store, "a", "right")
    assert sign_in(store, "b", "right", NOW + timedelta(minutes=20))
    store.accounts.sessions.sweep(IDLE, NOW + IDLE)
    assert database.rows("SELECT key FROM web_session") == [("b",)]


def test_only_who_manages_people_gives_accounts(store: Store) -> None:
    for act in (
        lambda: store.accounts.reset(LEAD.actor, "wang.wu", "h", NOW),
        lambda: store.accounts.shut_out(LEAD.actor, "wang.wu", NOW),
    ):
        with pytest.raises(PolicyError, match="may not"):
            act()
    with pytest.raises(UsageError, match="nobody active"):
        store.accounts.reset(ADMIN.actor, "li.si", "h", NOW)


def test_shutting_out_ends_sessions_and_tokens(store: Store) -> None:
    assert sign_in(store, "a", "right")
    store.accounts.tokens.make(LEAD.actor, token("t"), "digest")
    seen = store.accounts.all(NOW)["zhang.san"]
    assert (seen.sessions, seen.tokens, seen.must_change) == (1, 1, False)
    store.accounts.shut_out(ADMIN.actor, "zhang.san", NOW)
    seen = store.accounts.all(NOW)["zhang.san"]
    assert (seen.sessions, seen.tokens) == (0, 0)
    assert not is_in(store, "a")


def test_a_restored_database_has_nobody_signed_in(store: Store) -> None:
    assert sign_in(store, "a", "right")
    store.accounts.after_restore()
    assert not is_in(store, "a")
    assert sign_in(store, "b", "right")


class TestSetUp:
    """The first account, of an installation without any."""

    @pytest.fixture
    def store(self, database: Database) -> Iterator[Store]:
        with closing(Store.open(database.url)) as store:
            yield store

    def test_a_token_is_good_once_and_names_an_administrator(self, store: Store, database: Database) -> None:
        assert store.accounts.offer_setup("digest", NOW)
        assert store.accounts.setup_open("digest", NOW)
        store.accounts.set_up("digest", "h", session("a", "wang.wu"), NOW)
        assert store.people.all() == (ADMIN,)
        assert is_in(store, "a")
        assert not store.accounts.setup_open("digest", NOW)
        assert not store.accounts.offer_setup("another", NOW), "somebody has an account"
        with pytest.raises(PolicyError, match="no longer good"):
            store.accounts.set_up("digest", "h", session("b", "li.si"), NOW)
        assert audit_of(database, "setup") == [("wang.wu", "wang.wu")]

    @pytest.mark.parametrize("digest", ["other", "digest", "newest"])
    def test_a_token_is_no_good_when_it_is_wrong_replaced_or_old(self, store: Store, digest: str) -> None:
        store.accounts.offer_setup("digest", NOW)
        store.accounts.offer_setup("newest", NOW)
        at = NOW + (timedelta(hours=1) if digest == "newest" else timedelta())
        assert not store.accounts.setup_open(digest, at)
        with pytest.raises(PolicyError, match="no longer good"):
            store.accounts.set_up(digest, "h", session("a", "wang.wu"), at)
        assert store.people.all() == ()

    def test_where_people_are_named_the_first_account_is_an_active_administrators(self, store: Store) -> None:
        gone = Person("gone", frozenset({Role.ADMIN}), active=False)
        for person in (ADMIN, LEAD, Person("gone", frozenset({Role.ADMIN}))):
            store.people.add(OWNER, person, NOW)
        store.people.change(OWNER, gone, NOW)
        store.accounts.offer_setup("digest", NOW)
        for name in ("zhang.san", "gone", "stranger"):
            with pytest.raises(PolicyError, match="administrator"):
                store.accounts.set_up("digest", "h", session("a", name), NOW)
        store.accounts.set_up("digest", "h", session("a", "wang.wu"), NOW)
        assert store.accounts.exist()

    def test_two_who_set_up_at_once_make_one_account(self, store: Store) -> None:
        store.accounts.offer_setup("digest", NOW)
        refused: list[InspectorError] = []

        def set_up(name: str) -> None:
            try:
                store.accounts.set_up("digest", "h", session(name, name), NOW)
            except PolicyError as error:
                refused.append(error)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(set_up, ("a", "b", "c", "d")))
        assert len(refused) == 3
        assert len(store.people.all()) == len(store.accounts.all(NOW)) == 1

    def test_a_token_is_withdrawn_with_its_server(self, store: Store) -> None:
        store.accounts.offer_setup("digest", NOW)
        store.accounts.withdraw_setup()
        assert not store.accounts.setup_open("digest", NOW)


def token(token_id: str, *scopes: Deed, days: float = 90, label: str = "报表", name: str = LEAD.name) -> ApiToken:
    chosen = frozenset(scopes or (Deed.SEE_ALERTS,))
    return ApiToken(token_id, name, label, chosen, NOW, NOW + timedelta(days=days))


def test_a_token_is_good_until_it_is_over_or_revoked(store: Store, database: Database) -> None:
    store.accounts.tokens.make(LEAD.actor, token("t1"), "one")
    store.accounts.tokens.make(LEAD.actor, token("t2", Deed.SEE_CALLS, Deed.COACH), "two")
    found = store.accounts.tokens.find("two", NOW)
    assert found == (token("t2", Deed.SEE_CALLS, Deed.COACH), LEAD)
    assert store.accounts.tokens.find("three", NOW) is None
    assert store.accounts.tokens.find("one", NOW + timedelta(days=90)) is None
    for _ in range(2):
        store.accounts.tokens.revoke(LEAD.actor, "t2", NOW)
    assert store.accounts.tokens.find("two", NOW) is None
    assert [(one.id, one.good(NOW)) for one in store.accounts.tokens.of(LEAD.name)] == [("t1", True), ("t2", False)]
    assert audit_of(database, "token_make") == [(LEAD.name, "t1"), (LEAD.name, "t2")]
    assert audit_of(database, "token_revoke") == [(LEAD.name, "t2")]


def test_a_token_is_never_for_more_than_its_person_may(store: Store) -> None:
    tokens = store.accounts.tokens
    with pytest.raises(PolicyError):
        tokens.make(LEAD.actor, token("t", Deed.SEE_ALERTS, Deed.MANAGE_PEOPLE), "d")
    with pytest.raises(PolicyError):
        tokens.make(LEAD.actor, token("t", name="wang.wu"), "d")
    for wrong in (token("t", days=367), token("t", days=0), token("t", label=" "), token("t", label="a\u202eb")):
        with pytest.raises(UsageError):
            tokens.make(LEAD.actor, wrong, "d")
    assert tokens.of(LEAD.name) == ()


def test_anothers_token_is_revoked_only_by_who_manages_people(store: Store) -> None:
    store.accounts.tokens.make(LEAD.actor, token("t"), "d")
    stranger = Actor("li.si", frozenset({Role.QA_LEAD}))
    for actor, token_id in ((stranger, "t"), (LEAD.actor, "none")):
        with pytest.raises(UsageError, match="no such token"):
            store.accounts.tokens.revoke(actor, token_id, NOW)
    store.accounts.tokens.revoke(ADMIN.actor, "t", NOW)
    assert store.accounts.tokens.find("d", NOW) is None


def test_an_address_may_send_thirty_wrong_passwords_in_five_minutes() -> None:
    throttle = Throttle()
    for _ in range(100):
        assert throttle.admits("office", NOW)
        throttle.forgive("office")
    assert [throttle.admits("guesser", NOW) for _ in range(31)] == [True] * 30 + [False]
    assert throttle.admits("office", NOW)
    assert not throttle.admits("guesser", NOW + WINDOW - timedelta(seconds=1))
    assert throttle.admits("guesser", NOW + WINDOW)


def test_a_page_that_asks_by_itself_does_not_keep_its_session(store: Store) -> None:
    assert sign_in(store, "a", "right")
    at = NOW
    for _ in range(20):
        at += IDLE / 10
        found = store.accounts.sessions.find("a", IDLE, at, by_hand=False)
        assert (found is not None) is (at - NOW < IDLE)
