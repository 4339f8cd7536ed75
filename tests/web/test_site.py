"""What holds for every page and route of the console."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser

from inspector.roles import Person, Role, may
from inspector.web.allowed import PUBLIC, Allowed
from inspector.web.app import ROUTERS
from tests.conftest import ROOT
from tests.web.conftest import ADMIN
from tests.web.pages import opened
from tests.web.site import Site


def routes() -> Iterator[tuple[str, str, Allowed | None]]:
    """Every route: method, path, what it asks of the caller."""
    for route in (route for router in ROUTERS for route in router.routes):
        if isinstance(route, APIRoute):
            asked = next((one.call for one in route.dependant.dependencies if isinstance(one.call, Allowed)), None)
            for method in sorted(route.methods):
                yield method, route.path, asked


def test_every_route_asks_who_calls_or_is_public() -> None:
    found = list(routes())
    assert len(found) >= 3
    assert {path for _, path, asked in found if asked is None} <= PUBLIC


def test_a_role_comes_through_the_door_exactly_where_one_of_its_deeds_is_asked(site: Site) -> None:
    for role in Role:
        with site.client(f"{role}0") as client:
            for method, path, asked in routes():
                if asked is None:
                    continue
                with client.stream(method, path.replace("{", "x").replace("}", ""), follow_redirects=False) as answer:
                    pass  # some answers never end
                person = next(one for one in site.console.store.people.all() if one.name == f"{role}0")
                let_in = not asked.deeds or any(
                    may(person.actor, deed) or may(person.actor, deed, person.teams) for deed in asked.deeds
                )
                if not let_in:
                    assert answer.status_code == 403, (role, method, path)
                assert answer.status_code < 500, (role, method, path)


def test_nobody_comes_through_a_door_without_signing_in(site: Site) -> None:
    with site.client() as client:
        for method, path, asked in routes():
            if asked is not None:
                answer = client.request(method, path.replace("{", "x").replace("}", ""), follow_redirects=False)
                assert answer.status_code in (303, 401), (method, path)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://elsewhere.example"}])
def test_a_change_from_another_sites_page_is_refused(site: Site, headers: dict[str, str]) -> None:
    with site.client("admin0") as client:
        assert client.post("/lang", data={"lang": "en"}, headers=headers).status_code == 403


def test_who_has_no_deed_is_told_so_without_a_complaint_of_the_browser(browser: Browser, site: Site) -> None:
    site.console.store.people.add(ADMIN, Person("idle", frozenset({Role.AGENT})), site.console.clock())
    with opened(browser, site, "idle") as seen:
        seen.page.goto("/")
        assert seen.page.get_by_role("heading").inner_text() == "没有可用的功能"
        assert not seen.faults
        assert not seen.serious()


@pytest.mark.parametrize("folder", ["inspector/web/vendor", "tests/web/vendor"])
def test_other_peoples_scripts_are_byte_for_byte_what_was_taken(folder: str) -> None:
    place = ROOT / folder
    listed = dict(reversed(line.split()) for line in (place / "SHA256SUMS").read_text("utf-8").splitlines())
    assert listed.keys() == {path.name for path in place.iterdir()} - {"SHA256SUMS"}
    assert {name: sha256((place / name).read_bytes()).hexdigest() for name in listed} == listed


def test_a_refusal_says_in_chinese_what_kind_it_is_and_programs_get_it_plain(site: Site) -> None:
    with site.client("qa_lead0") as client:
        page = client.get(f"/calls/{'0' * 24}")
        assert page.status_code == 404 and "没有找到，或已不存在" in page.text
        scripted = client.get(f"/sound/{'0' * 24}/peaks", headers={"accept": "application/json"}).json()["error"]
        assert scripted["message"].startswith("没有找到，或已不存在。详情：") and scripted["remedy"]
        english = client.get(f"/calls/{'0' * 24}", headers={"cookie": "as=qa_lead0; inspector_lang=en"})
        assert english.status_code == 404 and "没有" not in english.text
        plain = client.get(f"/api/v1/calls/{'0' * 24}").json()["error"]
        assert plain["message"].isascii()
