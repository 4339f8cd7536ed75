"""Violations, appeals and review items in the browser: each sees what concerns him, and what he does is done."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from inspector.review.appeals.records import Violation
from inspector.review.reasons import Reason
from inspector.review.sheet import Sheet
from inspector.roles import Person, Role
from inspector.storage import Store
from inspector.storage.violations.reading import ViolationFilter
from tests.web.conftest import ADMIN
from tests.web.desk import DeskWorld
from tests.web.pages import opened
from tests.web.site import Site

HOSTILE = "<script>alert(1)</script>\u202e 我的号码 13812345678，客户先问的"


@pytest.fixture
def world(store: Store, tmp_path: Path) -> DeskWorld:
    """One call, confirmed by two people; its agent is ``own``, another one of his team ``other``."""
    made = DeskWorld(store, tmp_path)
    made.heard("1")
    first, second = made.person("first"), made.person("second")
    made.confirm(first, made.taken(first))
    made.confirm(second, made.taken(second))
    made.person("own", Role.AGENT, "a9")
    made.person("other", Role.AGENT, "a10")
    store.people.add(ADMIN, Person("lead9", frozenset({Role.TEAM_LEAD}), frozenset({"九组"})), made.now)
    return made


def told(world: DeskWorld) -> Violation:
    found = world.store.violations.list(world.person("boss", Role.QA_LEAD), ViolationFilter(), 10)
    return next(one for one in found if one.rule_id == "banned.guaranteed_return")


def path_of(one: Violation) -> str:
    return f"/{one.call_id}/{quote(one.rule_id)}"


def test_an_agent_acknowledges_and_appeals_and_somebody_else_is_handed_it(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    one = told(world)
    with opened(browser, site, "own") as seen:
        seen.page.goto("/mine")
        assert seen.serious() == []
        seen.page.click("table a >> text=承诺保本或保证收益")
        seen.page.click("text=确认知悉 >> nth=-1")
        expect(seen.page.locator("form[action$=acknowledge]")).to_have_count(0)
        seen.page.fill("textarea[name=text]", HOSTILE)
        seen.page.check("input[value=abuse]")
        seen.page.click("form[action$=appeal] button")
        expect(seen.page.locator("text=申诉审理中，评分冻结")).to_have_count(1)
        shown = seen.page.locator("article p > bdi").inner_text()
        assert "<script>" in shown
        assert "13812345678" not in shown
        assert seen.serious() == []
        assert seen.faults == []
    third = world.person("third")
    handed = next(sheet for sheet in iter(lambda: world.taken(third), None) if sheet.reason is Reason.APPEAL)
    assert isinstance(handed, Sheet)
    assert handed.call_id == one.call_id


def test_each_sees_what_concerns_him(site: Site, world: DeskWorld) -> None:
    one = path_of(told(world))
    for name, mine, case in (
        ("own", 200, 403), ("other", 403, 403), ("lead9", 404, 200), ("team_lead0", 403, 403), ("qa_lead0", 404, 200),
        ("reviewer0", 403, 403), ("auditor0", 404, 200),
    ):  # fmt: skip
        with site.client(name) as client:
            assert client.get(f"/mine{one}").status_code == mine, name
            assert client.get(f"/cases{one}").status_code == case, name


def test_lists_show_a_team_lead_his_team_only(site: Site, world: DeskWorld) -> None:
    one = path_of(told(world))
    with site.client("lead9") as client:
        assert one in client.get("/cases").text
    with site.client("team_lead0") as client:
        assert one not in client.get("/cases").text


def test_a_team_lead_appeals_once_and_takes_it_back(site: Site, world: DeskWorld) -> None:
    one = f"/cases{path_of(told(world))}"
    with site.client("lead9") as client:
        for status in (303, 400):
            answer = client.post(f"{one}/appeal", data={"text": "条款里有"}, follow_redirects=False)
            assert answer.status_code == status
        assert "条款里有" in client.get("/cases/appeals").text
        assert client.post(f"{one}/withdraw", follow_redirects=False).status_code == 303
        assert "条款里有" not in client.get("/cases/appeals").text


@pytest.mark.parametrize("data", [{"text": "  "}, {"text": "长" * 2001}, {"text": "好", "mitigation": "x"}])
def test_a_plea_that_is_none_is_refused(site: Site, world: DeskWorld, data: dict[str, str]) -> None:
    with site.client("own") as client:
        assert client.post(f"/mine{path_of(told(world))}/appeal", data=data).status_code in (400, 422)
    assert world.store.violations.appeals(world.person("other_boss", Role.QA_LEAD), 10) == ()


def test_a_case_goes_step_by_step_and_not_further_than_it_may(browser: Browser, site: Site, world: DeskWorld) -> None:
    one = f"/cases{path_of(told(world))}"
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(one)
        for step in ("上报", "处理"):
            seen.page.click(f"text=完成下一步：{step}")
            expect(seen.page.locator("[aria-current=step]")).to_have_text(step)
        assert seen.serious() == []
        assert seen.faults == []
    with site.client("qa_lead0") as client:
        assert client.post(f"{one}/step", data={"done": "accountability"}).status_code == 403, "it is not final"
        assert client.post(f"{one}/step", data={"done": "filed"}).status_code == 400


def test_a_lead_hands_an_item_out_and_takes_it_back(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("2")
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto("/cases/items?reason=finding&state=open&day=2025-03-07")
        assert seen.serious() == []
        seen.page.fill("input[name=to]", "reviewer0")
        seen.page.click("form[action$=assign] button")
        expect(seen.page.locator("td >> text=reviewer0")).to_have_count(1)
        seen.page.click("form[action$=recall] button")
        expect(seen.page.locator("td >> text=reviewer0")).to_have_count(0)
        assert "reason=finding" in seen.page.url
        assert seen.faults == []


def test_what_a_reviewer_takes_is_laid_down(browser: Browser, site: Site, world: DeskWorld) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        row = seen.page.locator("tr", has_text="first")
        for minutes, skills, away in (("90", "skill_group=理财 skill_group=贷款", "2199-01-05"), ("0", "", "")):
            seen.page.goto("/cases/reviewers")
            row.locator("summary").click()
            assert seen.serious() == []
            row.locator("[name=minutes]").fill(minutes)
            row.locator("[name=skills]").fill(skills)
            row.locator("[name=away]").fill(away)
            row.locator("form button").click()
            expect(row.locator("td").nth(1)).to_have_text(minutes)
            expect(row.locator("td").nth(5)).to_have_text("skill_group：理财、贷款" if skills else "–")
            expect(row.locator("td").nth(6)).to_have_text(f"{away} 00:00" if away else "–")
        assert seen.faults == []
    with site.client("qa_lead0") as client:
        assert client.post("/cases/reviewers/first", data={"minutes": "99999"}).status_code == 400
        assert client.post("/cases/reviewers/nobody", data={"minutes": "9"}).status_code == 400
        for wrong in ({"skills": "x=y"}, {"skills": "理财"}, {"away": "9999-12-31"}, {"away": "soon"}):
            answer = client.post("/cases/reviewers/first", data={"minutes": "9", **wrong})
            assert answer.status_code in (400, 422), wrong


@pytest.mark.parametrize(
    "path",
    [
        *("/cases/agents", "/cases/agents?month=2025-03", "/cases/appeals?late=1", "/cases"),
        *("/cases?state=&agent=&many=200", "/cases?state=notified", "/cases/items?reason=&state=done&day="),
        "/cases?state=notified&rule=banned.x&team=九组&month=2026-11",
    ],
)
def test_further_pages_can_be_read(browser: Browser, site: Site, world: DeskWorld, path: str) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        answer = seen.page.goto(path)
        assert answer is not None
        assert answer.status == 200
        assert seen.serious() == []
        assert seen.faults == []


@pytest.mark.parametrize(
    "path", ["/cases/agents?month=x", "/cases?month=9999-12", "/cases/x/y", "/mine/x/y", "/cases?state=x"]
)
def test_nonsense_is_told(site: Site, path: str) -> None:
    with site.client("qa_lead0") as client:
        assert client.get(path).status_code in (404, 422)


def test_agents_numbers_are_taken_as_a_workbook(site: Site, world: DeskWorld) -> None:
    with site.client("qa_lead0") as lead, site.client("reviewer0") as reviewer:
        got = lead.get("/cases/agents/2025-03/xlsx")
        assert got.content.startswith(b"PK")
        assert got.headers["cache-control"] == "no-store"
        assert "filename*=UTF-8''" in got.headers["content-disposition"]
        assert lead.get("/cases/agents/x/xlsx").status_code == 404
        assert reviewer.get("/cases/agents/2025-03/xlsx").status_code == 403
