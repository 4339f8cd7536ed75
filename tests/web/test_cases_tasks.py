"""Rectification, coaching, typical cases and calibration in the browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from inspector.review.appeals.records import Violation, ViolationState
from inspector.review.tasks.coaching import CoachingState
from inspector.review.tasks.rectification import EntryState
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.storage.tasks.coaching import NewCoaching
from inspector.storage.tasks.rectification import NewEntry
from tests.web.conftest import ADMIN
from tests.web.pages import opened
from tests.web.site import Site
from tests.web.told import QA, ToldWorld

HOSTILE = "<script>alert(1)</script>\u202e 手机 13812345678\n未提示"
LEAD = Actor("team_lead0", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
STRANGER = "lead2"
NOW = datetime.now(UTC)


@pytest.fixture
def world(store: Store, tmp_path: Path) -> ToldWorld:
    store.people.add(ADMIN, Person(STRANGER, frozenset({Role.TEAM_LEAD}), frozenset({"二组"})), NOW)
    store.people.add(ADMIN, Person("qa1", frozenset({Role.QA_LEAD})), NOW)
    return ToldWorld(store, tmp_path)


@pytest.fixture
def final(world: ToldWorld) -> Violation:
    """A violation that nobody appealed in time."""
    told = world.told()
    world.store.violations.advance(told.appeal_until + timedelta(days=1))
    return world.store.violations.show(QA, told.call_id, told.rule_id)


def test_what_is_final_is_rectified_and_struck_off_by_another_person(
    browser: Browser, site: Site, world: ToldWorld, final: Violation
) -> None:
    assert final.state is ViolationState.FINAL
    with opened(browser, site, "qa_lead0") as seen:
        page = seen.page
        page.goto(f"/cases/{final.call_id}/{final.rule_id}")
        page.get_by_role("link", name="登记整改").click()
        assert seen.serious() == []
        page.get_by_label("检查内容").fill("话术抽查")
        page.get_by_label("发现的问题").fill(HOSTILE)
        page.get_by_role("button", name="登记", exact=True).click()
        assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
        assert "13812345678" not in page.content() and "一组" in page.locator(".facts").inner_text()
        page.get_by_label("整改措施").fill("重训并抽查")
        page.get_by_label("责任人").fill("team_lead0")
        page.get_by_role("button", name="定措施").click()
        page.get_by_label("整改结果").fill("已重训")
        page.get_by_label("佐证").fill("签到表")
        page.get_by_role("button", name="报告完成").click()
        expect(page.get_by_text("须由他人核实销号")).to_be_visible()
        expect(page.get_by_role("button", name="核实并销号")).to_have_count(0)
        assert seen.serious() == []
        assert seen.faults == []
        where = page.url.removeprefix(site.url)
    with opened(browser, site, "qa1") as seen:
        seen.page.goto(where)
        seen.page.get_by_role("button", name="核实并销号").click()
        expect(seen.page.locator(".facts")).to_contain_text("已销号")
        assert seen.page.locator(".history li").count() == 4
        assert seen.serious() == []
        assert seen.faults == []


def test_a_change_that_somebody_made_meanwhile_is_not_written_over(site: Site, world: ToldWorld) -> None:
    entry = world.store.tasks.rectification.add(QA, NewEntry("抽查", "未提示", team="一组"), world.now)
    path = f"/cases/rectification/entries/{entry.id}"
    given = {"version": "1", "measure": "重训", "owner": "team_lead0"}
    with site.client("team_lead0") as lead, site.client(STRANGER) as stranger:
        assert stranger.get(path).status_code == 403
        assert stranger.post(f"{path}/measure", data=given).status_code == 403
        assert [lead.post(f"{path}/measure", data=given).status_code for _ in range(2)] == [303, 403]
        assert lead.post(f"{path}/done", data={"version": "2", "result": " ", "evidence": "x"}).status_code == 400
        assert lead.post(f"{path}/measure", data=given | {"version": "2", "due": "2020-01-01"}).status_code == 400
    kept, steps = world.store.tasks.rectification.get(QA, entry.id)
    assert (kept.state, kept.version, len(steps)) == (EntryState.MEASURES_SET, 2, 2)


def test_the_ledger_is_exported_as_far_as_somebody_sees_it(site: Site, world: ToldWorld) -> None:
    for team, what in (("一组", "甲项"), ("二组", "乙项")):
        world.store.tasks.rectification.add(QA, NewEntry(what, "=1+1", team=team), world.now)
    with site.client("team_lead0") as lead:
        got = lead.get("/cases/rectification/export/xlsx")
    assert got.status_code == 200 and got.headers["cache-control"] == "no-store"
    assert "filename*=UTF-8''%E6%95%B4%E6%94%B9%E5%8F%B0%E8%B4%A6-" in got.headers["content-disposition"]
    sheets = openpyxl.load_workbook(BytesIO(got.content)).worksheets
    words = {str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert "甲项" in words and "乙项" not in words


def test_an_agent_is_coached_and_says_that_he_has_read_it(
    browser: Browser, site: Site, world: ToldWorld, final: Violation
) -> None:
    with opened(browser, site, "team_lead0") as seen:
        page = seen.page
        page.goto(f"/cases/{final.call_id}/{final.rule_id}")
        page.get_by_role("link", name="布置辅导").click()
        page.get_by_label("辅导内容").fill(HOSTILE)
        page.get_by_role("button", name="布置", exact=True).click()
        assert "13812345678" not in page.content()
        assert seen.serious() == []
    with opened(browser, site, "agent0") as agent:
        agent.page.goto("/mine")
        agent.page.get_by_role("link", name="辅导与案例").click()
        agent.page.get_by_role("button", name="确认知悉").click()
        expect(agent.page.get_by_text("✓ 确认知悉")).to_be_visible()
        assert agent.serious() == []
        assert agent.faults == []
    with opened(browser, site, "team_lead0") as seen:
        seen.page.goto("/cases/coaching")
        seen.page.get_by_role("button", name="已完成辅导").click()
        expect(seen.page.locator("tbody tr")).to_contain_text("整改复查 0/")
        assert seen.faults == []
    (task,) = world.store.tasks.coaching.tasks(QA, 9)
    assert (task.state, task.acknowledged_at is not None) == (CoachingState.DONE, True)


def test_coaching_is_of_what_is_final_and_of_ones_own_team(site: Site, world: ToldWorld, final: Violation) -> None:
    open_one = world.told()
    new = {"rule": final.rule_id, "calls": final.call_id, "coach": "team_lead0", "task": "重听"}
    with site.client("team_lead0") as lead, site.client(STRANGER) as stranger, site.client("agent0") as agent:
        assert lead.post("/cases/coaching/give", data=new | {"calls": open_one.call_id}).status_code == 403
        assert lead.post("/cases/coaching/give", data=new | {"task": "  "}).status_code == 400
        assert stranger.post("/cases/coaching/give", data=new).status_code == 403
        made = world.store.tasks.coaching.give(
            LEAD, NewCoaching(final.rule_id, (final.call_id,), "team_lead0", "重听"), world.now
        )
        assert stranger.post(f"/cases/coaching/{made.id}/assign", data={"coach": STRANGER}).status_code == 403
        assert lead.post(f"/mine/coaching/{made.id}/read").status_code == 403
        assert [agent.post(f"/mine/coaching/{made.id}/read").status_code for _ in range(2)] == [303, 303]
        assert made.id not in stranger.get("/cases/coaching").text


def test_a_typical_case_is_read_by_the_team(browser: Browser, site: Site, world: ToldWorld, final: Violation) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        page = seen.page
        page.goto(f"/cases/typical?call={final.call_id}&rule={final.rule_id}")
        page.get_by_label("案例说明").fill(HOSTILE)
        page.get_by_label("必读班组").fill("一组、二组")
        page.get_by_role("button", name="发布", exact=True).click()
        expect(page.locator("article")).to_contain_text("agent0")
        assert "13812345678" not in page.content()
        assert seen.serious() == []
        assert seen.faults == []
    with opened(browser, site, "agent0") as agent:
        agent.page.goto("/mine/coaching")
        agent.page.get_by_role("button", name="确认已读").click()
        expect(agent.page.get_by_role("button", name="确认已读")).to_have_count(0)
        assert agent.faults == []
    (note,) = world.store.tasks.cases.latest(QA, 9)
    assert note.text == HOSTILE
    assert [name for name, _ in note.read] == ["agent0"]


def test_sessions_are_listed_and_exported(browser: Browser, site: Site, world: ToldWorld, final: Violation) -> None:
    people = ("zhou", "qian", "reviewer0")
    session = world.store.tasks.calibration.open(QA, "三月<b>", [final.call_id], people, world.now)
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto("/cases/calibration")
        expect(seen.page.locator("tbody tr")).to_contain_text("三月<b>")
        assert "inspector calibration open" in seen.page.content()
        assert seen.serious() == []
        assert seen.faults == []
    with site.client("qa_lead0") as lead, site.client("reviewer0") as reviewer:
        assert lead.get(f"/cases/calibration/{session.id}/xlsx").content.startswith(b"PK")
        assert reviewer.get(f"/cases/calibration/{session.id}/xlsx").status_code == 403


@pytest.mark.parametrize("finding", ["", "长" * 4001, "a\0b"])
def test_what_no_ledger_keeps_is_refused(site: Site, world: ToldWorld, finding: str) -> None:
    new = {"content": "抽查", "finding": finding, "team": "一组"}
    with site.client("qa_lead0") as lead:
        assert lead.post("/cases/rectification/add", data=new).status_code in (400, 422)
        assert lead.get("/cases/rectification/entries/none").status_code == 404
    assert world.store.tasks.rectification.entries(QA, 9) == ()


@pytest.mark.parametrize(
    "path", ["rectification?state=&late=1", "rectification?state=done", "coaching?state=&many=200"]
)
def test_what_the_filters_send_is_taken(site: Site, path: str) -> None:
    with site.client("qa_lead0") as lead:
        assert lead.get(f"/cases/{path}").status_code == 200
