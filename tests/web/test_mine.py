"""An agent's own page: what he sees, acknowledges and appeals."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inspector.review.appeals.records import ViolationState
from inspector.review.reasons import Reason
from inspector.review.sheet import Sheet
from inspector.storage import Store
from tests.web.pages import opened
from tests.web.site import Site
from tests.web.told import QA, ToldWorld, path_of

HOSTILE = '<script>alert(1)</script>\u202e卡号6222021234567890123 没听清'


@pytest.fixture
def world(store: Store, tmp_path: Path) -> ToldWorld:
    return ToldWorld(store, tmp_path)


def test_an_agent_acknowledges_appeals_and_withdraws(browser: Browser, site: Site, world: ToldWorld) -> None:
    told = world.told(sound=True)
    with opened(browser, site, "agent0") as seen:
        page = seen.page
        page.goto("/mine")
        assert "剩" in page.locator("tbody tr", has_text="收益").first.inner_text()
        assert seen.serious() == []
        page.goto(path_of(told))
        assert "稳赚不赔" in page.locator(".evidence").inner_text()
        assert "zhou" not in page.content() and "qian" not in page.content()
        expect(page.locator(".player-wait")).to_be_hidden()
        assert seen.faults == []
        assert seen.serious() == []
        seen.faults.clear()  # axe itself brings a style along where there is a player
        page.get_by_role("button", name="确认知悉").click()
        expect(page.get_by_role("button", name="确认知悉")).to_have_count(0)
        page.get_by_label("申诉理由").fill(HOSTILE)
        page.get_by_label("线路质量").check()
        page.get_by_role("button", name="提出申诉").click()
        card = page.locator("article.card", has_text="待裁定")
        expect(card).to_contain_text("<script>alert(1)</script>")
        assert "6222021234567890123" not in page.content() and "线路质量" in card.inner_text()
        assert seen.faults == []
        assert seen.serious() == []
    now = world.store.violations.show(QA, told.call_id, told.rule_id)
    assert (now.state, now.acknowledged_by) == (ViolationState.APPEALED, "agent0")


def test_an_appeal_comes_to_somebody_who_had_no_part_in_it(site: Site, world: ToldWorld) -> None:
    told = world.told()
    with site.client("agent0") as agent:
        sent = agent.post(f"{path_of(told)}/appeal", data={"text": "前一句已说明不保本", "mitigation": ["line"]})
        assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, path_of(told))
    third = world.person("sun")
    sheet = world.taken(third)
    assert (sheet.reason, sheet.call_id) == (Reason.APPEAL, told.call_id)
    for one in (world.first, world.second):
        found = world.store.reviews.next(one, world.now)
        assert not isinstance(found, Sheet) or found.reason is not Reason.APPEAL


def test_an_agent_sees_nothing_of_others(site: Site, world: ToldWorld) -> None:
    mine = world.told()
    other = world.of("4711", "二组").told()
    world.agent_of("agent1", "4711", "二组")
    with site.client("agent0") as agent:
        listed = agent.get("/mine").text
        assert mine.call_id in listed and other.call_id not in listed
        assert agent.get(path_of(other)).status_code in (403, 404)
        assert agent.get(path_of(other, "cases")).status_code == 403
        for deed in ("acknowledge", "appeal", "withdraw"):
            answer = agent.post(f"{path_of(other)}/{deed}", data={"text": "这不是我的"})
            assert answer.status_code in (400, 403), deed
    assert world.store.violations.show(QA, other.call_id, other.rule_id) == other


def test_who_takes_no_calls_is_told_so(site: Site) -> None:
    with site.client("reviewer0") as reviewer:
        assert "没有登记坐席工号" in reviewer.get("/mine").text
