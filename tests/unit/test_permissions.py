"""Who may do what: the table, the page that shows it, and what no table may allow."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.cli.messages import say
from inspector.errors import PolicyError
from inspector.roles import PERMISSIONS, Actor, Deed, Person, Reach, Role, may, reach_of, require

ROOT = Path(__file__).resolve().parents[2]
CELLS = {"●": Reach.ALL, "teams": Reach.TEAMS, "本组": Reach.TEAMS}

TEAMS = st.frozensets(st.sampled_from(["one", "two", "three"]))
ACTORS = st.builds(Actor, st.just("li.si"), st.frozensets(st.sampled_from(Role)), TEAMS)


def rows_of(page: str) -> list[list[str]]:
    lines = (ROOT / "docs" / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


@pytest.mark.parametrize("page", ["roles.md", "roles.zh-CN.md"])
def test_the_page_shows_the_table(page: str) -> None:
    told = {
        Deed(deed[1]): {role: CELLS[cell] for role, cell in zip(Role, cells, strict=True) if cell}
        for first, *cells in rows_of(page)
        if len(cells) == len(Role) and (deed := re.match(r"`([\w.]+)` ", first))
    }
    assert told == PERMISSIONS


@pytest.mark.parametrize(("page", "lang"), [("roles.md", "en"), ("roles.zh-CN.md", "zh")])
def test_the_page_names_the_roles_as_the_commands_do(page: str, lang: str) -> None:
    (header,) = [row for row in rows_of(page) if row[0] in ("deed", "操作")]
    names = [say("zh" if lang == "zh" else "en", f"role_{role}") for role in Role]
    assert [name in column for name, column in zip(names, header[1:], strict=True)] == [True] * len(Role)
    assert [row[0] for row in rows_of(page) if row[0].strip("`") in list(Role)] == [f"`{role}`" for role in Role]


@given(ACTORS, st.sampled_from(Deed), st.none() | TEAMS, st.frozensets(st.sampled_from(Deed)))
def test_a_token_narrows_and_never_widens(
    actor: Actor, deed: Deed, teams: frozenset[str] | None, scopes: frozenset[Deed]
) -> None:
    assert may(replace(actor, scopes=scopes), deed, teams) == (deed in scopes and may(actor, deed, teams))


def test_a_token_says_that_it_is_for_something_else() -> None:
    actor = Actor("li.si", frozenset({Role.QA_LEAD}), scopes=frozenset({Deed.SEE_CALLS}))
    require(actor, Deed.SEE_CALLS)
    with pytest.raises(PolicyError, match="is not for: "):
        reach_of(actor, Deed.REVIEW)


@given(st.sampled_from(Deed), TEAMS, st.none() | TEAMS)
def test_who_has_no_role_may_do_nothing(deed: Deed, own: frozenset[str], teams: frozenset[str] | None) -> None:
    nobody = Actor("li.si", frozenset(), own)
    assert not may(nobody, deed, teams)
    with pytest.raises(PolicyError, match="may not: "):
        require(nobody, deed, teams)


@given(ACTORS, st.sampled_from(Deed), TEAMS)
def test_who_reaches_teams_only_reaches_none_but_his_own(actor: Actor, deed: Deed, teams: frozenset[str]) -> None:
    everywhere = any(PERMISSIONS[deed].get(role) is Reach.ALL for role in actor.roles)
    if not everywhere:
        assert not may(actor, deed, teams - actor.teams)
        assert not may(actor, deed, None)
    assert may(actor, deed, teams) >= everywhere


@given(ACTORS, st.sampled_from(Deed), st.none() | TEAMS, st.sampled_from(Role))
def test_another_role_takes_nothing_away(actor: Actor, deed: Deed, teams: frozenset[str] | None, role: Role) -> None:
    more = Actor(actor.name, actor.roles | {role}, actor.teams)
    assert may(more, deed, teams) >= may(actor, deed, teams)


def test_every_deed_is_somebody_s() -> None:
    assert PERMISSIONS.keys() == set(Deed)
    assert all(PERMISSIONS.values())


@pytest.mark.parametrize(
    ("name", "roles", "teams"),
    [
        ("", {Role.ADMIN}, ()),
        (" li.si", {Role.ADMIN}, ()),
        ("li\nsi", {Role.ADMIN}, ()),
        ("l" * 65, {Role.ADMIN}, ()),
        ("li.si", set(), ()),
        ("li.si", {Role.TEAM_LEAD}, {""}),
    ],
)
def test_impossible_people_are_refused(name: str, roles: set[Role], teams: set[str]) -> None:
    with pytest.raises(ValueError, match="has"):
        Person(name, frozenset(roles), frozenset(teams))


def test_who_is_gone_acts_as_nobody() -> None:
    assert Person("li.si", frozenset(Role), frozenset({"one"}), active=False).actor == Actor("li.si", frozenset())
