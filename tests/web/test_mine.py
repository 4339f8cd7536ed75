"""An agent's own page: what he sees, acknowledges and appeals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inspector.config import Settings
from inspector.review.appeals.records import AppealState, ViolationState
from inspector.review.reasons import Reason
from inspector.review.sheet import Sheet
from inspector.roles import Role
from inspector.storage import Store
from tests.web.pages import opened
from tests.web.signed_in import Clock
from tests.web.site import Site, running
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


def test_a_late_appeal_is_refused_in_words(
    browser: Browser, settings: Settings, store: Store, world: ToldWorld
) -> None:
    told = world.told()
    clock = Clock()
    with running(settings, store, clock=clock) as site, opened(browser, site, "agent0") as seen:
        page = seen.page
        page.goto(path_of(told))
        page.get_by_label("申诉理由").fill("已说明不保本")
        clock.now = told.appeal_until + timedelta(seconds=1)
        page.get_by_role("button", name="提出申诉").click()
        expect(page.get_by_role("alert")).to_contain_text("申诉没有提交")
        expect(page.get_by_text("申诉期已过，不能再申诉")).to_be_visible()
        assert seen.serious() == []
    assert store.violations.appeals_of(QA, told.call_id, told.rule_id) == ()


def test_what_was_withdrawn_is_not_offered_again(browser: Browser, site: Site, world: ToldWorld) -> None:
    told = world.told()
    world.appealed(told)
    with opened(browser, site, "agent0") as seen:
        page = seen.page
        page.goto(path_of(told))
        page.locator("summary", has_text="撤回申诉").click()
        page.get_by_role("button", name="确定撤回").click()
        expect(page.get_by_text("申诉已撤回，同一裁定不能再次申诉")).to_be_visible()
        expect(page.get_by_role("button", name="提出申诉")).to_have_count(0)
    with site.client("agent0") as agent:
        assert agent.post(f"{path_of(told)}/withdraw").status_code == 303
        assert agent.post(f"{path_of(told)}/appeal", data={"text": "再次"}).status_code == 400
    (one,) = world.store.violations.appeals_of(QA, told.call_id, told.rule_id)
    assert one.state is AppealState.WITHDRAWN


def test_an_empty_plea_is_refused_in_words_and_the_last_level_is_final(site: Site, world: ToldWorld) -> None:
    told = world.told()
    with site.client("agent0") as agent:
        empty = agent.post(f"{path_of(told)}/appeal", data={"text": " "})
        assert (empty.status_code, "申诉理由须为 1 至 2000 字" in empty.text) == (400, True)
        for level, name in ((1, "sun"), (2, "wu")):
            assert agent.post(f"{path_of(told)}/appeal", data={"text": f"第{level}次"}).status_code == 303
            decider = world.person(name, Role.REVIEWER if level == 1 else Role.QA_LEAD)
            world.confirm(decider, world.taken(decider))
            shown = agent.get(path_of(told)).text
            assert ("复议维持" in shown, "终审成立" in shown) == ((True, False) if level == 1 else (False, True))
        assert "已终审，不能再申诉" in shown and "维持原判" in shown
        assert "sun" not in shown and "wu" not in shown.partition("<main")[2]


def test_his_scores_are_his_final_ones(browser: Browser, site: Site, world: ToldWorld) -> None:
    world.told()
    with opened(browser, site, "agent0") as seen:
        seen.page.goto("/mine/scores?month=2025-03")
        expect(seen.page.locator(".tiles")).to_contain_text("已终审评分")
        expect(seen.page.get_by_text("样本不足")).to_be_visible()
        assert seen.serious() == []
        assert seen.faults == []
    with site.client("agent0") as agent, site.client("reviewer0") as reviewer:
        for month in ("x", "9999-12", "0001-01"):
            assert agent.get(f"/mine/scores?month={month}").status_code == 404
        assert "没有登记坐席工号" in reviewer.get("/mine/scores").text
