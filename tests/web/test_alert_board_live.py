"""What the board keeps while the floor moves: the sound, the filters, what somebody writes; and that it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from inspector.alerts.group import AlertGroup
from inspector.roles import Actor, Person, Role
from inspector.storage.alerts import GroupFilter
from inspector.web.alerts import board
from tests.accepted import BOSS
from tests.signals import a_run
from tests.web.alert_floor import P0, P1, SPY, raise_alert
from tests.web.conftest import ADMIN
from tests.web.pages import opened
from tests.web.site import Site

OTHER = Actor("compliance0", frozenset({Role.COMPLIANCE}))
MINUTE = timedelta(minutes=1)


def tones(page: Page) -> int:
    return int(page.evaluate("window.tones"))


@pytest.mark.parametrize("query", ["class=P1", "team=二组", "state=taken", "state=ended", "mine=1"])
def test_a_p0_that_waits_is_shown_and_counted_whatever_is_asked_for(browser: Browser, site: Site, query: str) -> None:
    urgent = raise_alert(site.console.store, "1")
    raise_alert(site.console.store, "2", P1)
    with opened(browser, site, "supervisor0") as seen:
        seen.page.goto(f"/alerts?{query}")
        expect(seen.page.get_by_role("region", name="不在筛选范围内")).to_contain_text("P0")
        expect(seen.page.locator(f"#outside #g-{urgent.id}")).to_be_visible()
        expect(seen.page).to_have_title("(1) 预警看板 · 智能质检")
        assert seen.serious() == []
        assert not seen.faults


def test_a_lead_is_shown_no_p0_of_another_team(site: Site) -> None:
    other = raise_alert(site.console.store, "1", team="二组")
    with site.client("team_lead0") as client:
        for query in ("", "?class=P1", "?team=二组", f"?writing={other.id}"):
            assert other.id not in client.get(f"/alerts/groups{query}").text


def test_a_p0_outside_of_the_filter_sounds_again_until_somebody_takes_it(browser: Browser, site: Site) -> None:
    store = site.console.store
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.add_init_script(SPY)
        page.clock.install()
        page.goto("/alerts?class=P1")
        page.locator("#sound").click()
        urgent = raise_alert(store, "1")
        expect(page.locator(f"#outside #g-{urgent.id}")).to_be_visible()
        once = tones(page)
        assert once > 0
        page.clock.run_for(5000)
        twice = tones(page)
        assert twice > once
        store.alerts.take(OTHER, urgent.id)
        expect(page.locator(f"#g-{urgent.id}")).to_have_count(0)
        expect(page).to_have_title("预警看板 · 智能质检")
        silent = tones(page)
        page.clock.run_for(20_000)
        assert tones(page) == silent
        assert not seen.faults


def test_filters_load_no_page_and_the_sound_goes_on(browser: Browser, site: Site) -> None:
    store = site.console.store
    urgent, other = raise_alert(store, "1"), raise_alert(store, "2", P1)
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.add_init_script(SPY)
        page.goto("/alerts")
        page.locator("#sound").click()
        page.evaluate("window.mine = 'kept'")
        page.get_by_label("级别").select_option("P0")
        page.get_by_role("button", name="筛选").click()
        expect(page.locator(f"#g-{other.id}")).to_have_count(0)
        expect(page).to_have_url(f"{site.url}/alerts?class=P0")
        late = raise_alert(store, "3", P1, team="三组")
        page.go_back()
        expect(page.locator(f"#g-{late.id}")).to_be_visible()
        expect(page.locator(f"#g-{other.id}")).to_be_visible()
        expect(page.get_by_label("级别")).to_have_value("")
        page.get_by_label("班组").select_option("三组")
        page.get_by_role("button", name="筛选").click()
        expect(page.locator(f"#outside #g-{urgent.id}")).to_be_visible()
        expect(page.locator("#c-open .n")).to_have_text("1")
        assert page.evaluate("window.mine") == "kept"
        assert tones(page) > 0
        assert not seen.faults


def test_the_wish_for_sound_and_what_is_muted_outlive_the_page(browser: Browser, site: Site) -> None:
    store = site.console.store
    muted = raise_alert(store, "1")
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.add_init_script(SPY)
        page.goto("/alerts")
        page.locator("#sound").click()
        page.locator(f"[data-mute='{muted.id}']").click()
        page.reload()
        waits = page.get_by_text("点击页面任意处恢复声音")
        expect(waits).to_be_visible()
        expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(f"[data-mute='{muted.id}']")).to_have_attribute("aria-pressed", "true")
        assert seen.serious() == []
        urgent = raise_alert(store, "2")
        expect(page.locator(f"#g-{urgent.id}")).to_be_visible()
        assert tones(page) == 0
        page.keyboard.press("Shift")
        expect(waits).to_be_hidden()
        assert tones(page) > 0
        page.locator("#sound").click()
        page.reload()
        expect(page.locator("#sound")).to_have_attribute("aria-pressed", "false")
        expect(waits).to_be_hidden()
        assert not seen.faults


def test_what_others_have_seen_is_known_at_once(browser: Browser, site: Site) -> None:
    group = raise_alert(site.console.store, "1")
    with opened(browser, site, "supervisor0") as seen, opened(browser, site, "compliance0") as other:
        for one in (seen, other):
            one.page.goto("/alerts")
            expect(one.page.locator(f"#g-{group.id} .clock small")).to_contain_text("接手：")
        seen.page.get_by_role("button", name="已阅").click()
        for one in (seen, other):
            expect(one.page.locator(f"#g-{group.id} .clock small")).to_contain_text("处置：")
        seen.page.get_by_role("button", name="已完成：处置").click()
        expect(other.page.locator(f"#g-{group.id}")).to_contain_text("没有时限")


def written(page: Page, group: AlertGroup, text: str) -> None:
    page.locator(f"#g-{group.id} summary", has_text="处置结果").click()
    page.locator(f"#g-{group.id} textarea").press_sequentially(text)


def test_a_card_in_which_somebody_writes_stays_and_says_who_ended_it(browser: Browser, site: Site) -> None:
    store = site.console.store
    group, other = raise_alert(store, "1"), raise_alert(store, "2", P1)
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.goto("/alerts?state=open")
        written(page, group, "已联系")
        card, typed = page.locator(f"#g-{group.id}"), page.locator(f"#g-{group.id} textarea")
        store.alerts.take(OTHER, group.id)
        expect(card.get_by_role("status")).to_contain_text("已更新，完成后刷新")
        expect(card.get_by_role("status")).to_contain_text("compliance0 已接手")
        expect(page).to_have_title("预警看板 · 智能质检")
        store.alerts.close(OTHER, group.id, "resolved")
        expect(card.get_by_role("status")).to_contain_text("compliance0 已结束本组预警")
        expect(typed).to_have_value("已联系")
        expect(typed).to_be_focused()
        page.keyboard.type("客户")
        expect(typed).to_have_value("已联系客户")
        expect(page.locator(f"#g-{other.id}")).to_be_visible()
        assert seen.serious() == []
        card.get_by_role("button", name="刷新本组").click()
        expect(card).to_have_count(0)
        assert not seen.faults


def test_what_is_written_is_carried_into_the_fresh_card(browser: Browser, site: Site) -> None:
    store = site.console.store
    group = raise_alert(store, "1")
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.goto("/alerts")
        written(page, group, "已联系")
        card = page.locator(f"#g-{group.id}")
        store.alerts.acknowledge(OTHER, group.id)
        expect(card.get_by_role("status")).to_contain_text("已更新")
        card.get_by_role("button", name="办结").click()
        expect(page.locator("#told")).to_contain_text("打开后本组预警有更新")
        card.get_by_role("button", name="刷新本组").click()
        expect(card.get_by_role("status")).to_have_count(0)
        expect(card.locator("textarea")).to_have_value("已联系")
        card.get_by_role("button", name="办结").click()
        expect(page.locator("#c-ended .n")).to_have_text("1")
        assert store.alerts.group(BOSS, group.id).note == "已联系"


def test_what_is_open_and_has_the_focus_stays_so_in_a_card_that_changed(browser: Browser, site: Site) -> None:
    store = site.console.store
    group = raise_alert(store, "1", P1)
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.goto("/alerts")
        card = page.locator(f"#g-{group.id}")
        summary = card.locator("summary", has_text="误报")
        summary.focus()
        page.keyboard.press("Enter")
        version = card.get_attribute("data-version")
        first = raise_alert(store, "2")
        expect(page.locator(f"#g-{first.id}")).to_be_visible()
        store.alerts.acknowledge(OTHER, group.id)
        expect(card).not_to_have_attribute("data-version", version or "")
        expect(card.get_by_label("原因")).to_be_visible()
        expect(summary).to_be_focused()
        store.alerts.close(OTHER, group.id, "resolved")
        expect(page.locator("#c-ended .n")).to_have_text("1")
        expect(card).to_be_focused()
        assert not seen.faults


@pytest.mark.parametrize("path", ["/alerts", "/alerts/wall"])
def test_who_is_signed_out_is_told_so_and_comes_back(browser: Browser, site: Site, path: str) -> None:
    with opened(browser, site, "supervisor0") as seen:
        page = seen.page
        page.clock.install()
        page.goto(f"{path}?class=P0")
        expect(page.locator("#lost")).to_be_hidden()
        page.context.clear_cookies()
        raise_alert(site.console.store, "1")
        told = page.get_by_text("您已退出登录，请重新登录")
        expect(told).to_be_visible()
        expect(page.locator("#lost")).to_be_hidden()
        link = told.get_by_role("link", name="登录")
        expect(link).to_have_attribute("href", f"/login?next={path.replace('/', '%2F')}%3Fclass%3DP0")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.clock.run_for(120_000)
        page.evaluate("fetch('/healthz')")
        assert [one for one in asked if not one.endswith("/healthz")] == []
        assert all("401" in one for one in seen.faults)


@pytest.mark.parametrize("path", ["/alerts", "/alerts/wall"])
def test_who_may_not_see_alerts_any_more_is_told_so_and_sees_none(browser: Browser, site: Site, path: str) -> None:
    store = site.console.store
    raise_alert(store, "1")
    with opened(browser, site, "supervisor0") as seen:
        seen.page.goto(path)
        expect(seen.page.locator("#groups")).to_contain_text("P0")
        store.people.change(ADMIN, Person("supervisor0", frozenset({Role.REVIEWER})), site.console.clock())
        raise_alert(store, "2")
        expect(seen.page.get_by_text("您已没有查看预警的权限")).to_be_visible()
        expect(seen.page.locator("#groups")).to_be_empty()
        expect(seen.page.locator("#lost")).to_be_hidden()
        expect(seen.page.locator("#signed-out")).to_be_hidden()
        assert all("403" in one for one in seen.faults)


def test_groups_of_the_team_are_found_behind_many_of_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "SHOWN", 2)
    store = site.console.store
    for no in range(3):
        raise_alert(store, str(no), P0)
    last = raise_alert(store, "9", P1, team="二组")
    with site.client("supervisor0") as client:
        assert last.id in client.get("/alerts/groups?team=二组").text
        assert last.id in client.get("/alerts/groups?class=P1").text
        store.alerts.take(OTHER, last.id)
        assert last.id in client.get("/alerts/groups?state=taken").text
        assert "另有 2 组未显示" in client.get("/alerts/groups").text
        assert store.alerts.count(BOSS, GroupFilter()) == 4


def test_an_incident_is_listed_and_shown_with_its_calls(browser: Browser, site: Site) -> None:
    store, now = site.console.store, site.console.clock()
    for one in a_run(now - 20 * MINUTE, 6, 2 * MINUTE):
        store.save(one, "d")
    (found,) = store.incidents.look(now)
    with opened(browser, site, "team_lead0") as seen:
        seen.page.goto("/alerts")
        seen.page.get_by_role("link", name="群体事件").click()
        assert seen.serious() == []
        seen.page.get_by_role("link", name=found.title).click()
        expect(seen.page.get_by_role("heading")).to_contain_text(found.title)
        expect(seen.page.locator("tbody tr")).to_have_count(6)
        expect(seen.page.locator(f"a[href='/calls/{found.completed_by}']")).to_have_count(1)
        assert seen.serious() == []
        assert not seen.faults
