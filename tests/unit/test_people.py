"""The list of people, on both databases: no change without permission and trace, never without an admin."""

from __future__ import annotations

import json
import os
import pwd
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.cli.actor import actor_of
from inspector.cli.app import main
from inspector.config import Settings, load_settings
from inspector.errors import InspectorError, PolicyError, StorageError, UsageError
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from tests.databases import Database

NOW = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
OWNER = Actor("owner", frozenset(Role))
ADMIN = Person("wang.wu", frozenset({Role.ADMIN}))
LEAD = Person("zhang.san", frozenset({Role.TEAM_LEAD, Role.REVIEWER}), frozenset({"一组", "二组"}))
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def audit_of(database: Database) -> list[tuple[str, str, str]]:
    return database.rows("SELECT actor, action, subject FROM audit ORDER BY seq")


def test_people_come_change_and_go_with_a_trace(store: Store, database: Database) -> None:
    store.people.add(OWNER, ADMIN, NOW)
    store.people.add(ADMIN.actor, LEAD, NOW)
    assert store.people.all() == (ADMIN, LEAD)
    gone = Person("zhang.san", LEAD.roles, LEAD.teams, active=False)
    store.people.change(ADMIN.actor, gone, NOW + timedelta(days=1))
    assert store.people.all() == (ADMIN, gone)
    assert audit_of(database) == [
        ("owner", "people_add", "wang.wu"),
        ("wang.wu", "people_add", "zhang.san"),
        ("wang.wu", "people_change", "zhang.san"),
    ]
    assert database.rows("SELECT count(*) FROM person WHERE changed_at > created_at") == [(1,)]


def test_the_first_one_is_an_admin(store: Store, database: Database) -> None:
    with pytest.raises(PolicyError, match="nobody would be left"):
        store.people.add(OWNER, LEAD, NOW)
    assert store.people.all() == ()
    assert audit_of(database) == []


@pytest.mark.parametrize(
    "changed", [Person("wang.wu", ADMIN.roles, active=False), Person("wang.wu", frozenset({Role.AUDITOR}))]
)
def test_the_last_active_admin_stays(store: Store, changed: Person) -> None:
    store.people.add(OWNER, ADMIN, NOW)
    store.people.add(OWNER, Person("gone", ADMIN.roles), NOW)
    store.people.change(OWNER, Person("gone", ADMIN.roles, active=False), NOW)
    with pytest.raises(PolicyError, match="nobody would be left"):
        store.people.change(ADMIN.actor, changed, NOW)
    assert ADMIN in store.people.all()


def test_two_admins_cannot_put_each_other_out_at_once(store: Store) -> None:
    admins = [Person(name, ADMIN.roles) for name in ("one", "two")]
    for admin in admins:
        store.people.add(OWNER, admin, NOW)
    refused: list[InspectorError] = []

    def put_out(name: str) -> None:
        try:
            store.people.change(OWNER, Person(name, ADMIN.roles, active=False), NOW)
        except PolicyError as error:
            refused.append(error)

    threads = [threading.Thread(target=put_out, args=(admin.name,)) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert [person.active for person in store.people.all()].count(True) == 1


def test_who_may_not_manage_people_changes_nothing(store: Store, database: Database) -> None:
    store.people.add(OWNER, ADMIN, NOW)
    for change in (store.people.add, store.people.change):
        with pytest.raises(PolicyError, match="may not: people"):
            change(LEAD.actor, Person("wang.wu", frozenset(Role)), NOW)
    assert store.people.all() == (ADMIN,)
    assert len(audit_of(database)) == 1


def test_a_name_is_on_the_list_once(store: Store) -> None:
    store.people.add(OWNER, ADMIN, NOW)
    with pytest.raises(UsageError, match="is on the list"):
        store.people.add(OWNER, ADMIN, NOW)
    with pytest.raises(UsageError, match="is not on the list"):
        store.people.change(OWNER, LEAD, NOW)


def test_a_role_of_a_newer_version_is_said(store: Store, database: Database) -> None:
    store.people.add(OWNER, ADMIN, NOW)
    database.change("UPDATE person SET roles = '[\"oracle\"]'")
    with pytest.raises(StorageError, match="cannot read"):
        store.people.all()


class TestActor:
    """Who the operating system says it is."""

    @pytest.fixture
    def settings(self, home: Path) -> Settings:
        home.mkdir()
        return load_settings()

    def test_the_owner_of_an_installation_without_people_may_everything(self, settings: Settings, store: Store) -> None:
        assert actor_of(settings, store) == Actor(ME, frozenset(Role))

    def test_nobody_else_may_anything_there(
        self, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        assert actor_of(settings, store) == Actor("uid-4000000", frozenset())

    def test_the_environment_makes_nobody_somebody_else(
        self, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.people.add(OWNER, ADMIN, NOW)
        monkeypatch.setenv("LOGNAME", "wang.wu")
        monkeypatch.setenv("USER", "wang.wu")
        assert actor_of(settings, store) == Actor(ME, frozenset())

    def test_who_is_listed_has_what_the_list_says(self, settings: Settings, store: Store) -> None:
        store.people.add(OWNER, ADMIN, NOW)
        me = Person(ME, LEAD.roles, LEAD.teams)
        store.people.add(OWNER, me, NOW)
        assert actor_of(settings, store) == Actor(ME, LEAD.roles, LEAD.teams)
        store.people.change(OWNER, Person(ME, LEAD.roles, LEAD.teams, active=False), NOW)
        assert actor_of(settings, store) == Actor(ME, frozenset())


def test_the_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_code("people", "list") == 0
    assert "权限不限" in capsys.readouterr().out
    assert main_code("people", "add", "zhang.san", "--role", "reviewer") == PolicyError.exit_code
    assert main_code("people", "add", ME, "--role", "admin") == 0
    assert main_code("people", "add", "zhang.san", "--role", "team_lead", "--team", "一组") == 0
    assert "班长  班组：一组" in capsys.readouterr().out
    assert main_code("people", "change", "zhang.san", "--role", "qa_lead") == 0
    assert main_code("people", "deactivate", "zhang.san") == 0
    assert main_code("people", "deactivate", "li.si") == UsageError.exit_code
    assert main_code("people", "add", " ", "--role", "admin") == UsageError.exit_code
    capsys.readouterr()
    assert main_code("people", "list", "--json") == 0
    listed = {one["name"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert listed["zhang.san"] == {
        "schema": "inspector.person/1",
        "name": "zhang.san",
        "roles": ["qa_lead"],
        "teams": [],
        "active": False,
        "agent": None,
    }
    assert main_code("people", "add", "root2", "--role", "auditor", "--lang", "en") == 0
    assert main_code("people", "change", ME, "--role", "auditor") == PolicyError.exit_code


def main_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code
