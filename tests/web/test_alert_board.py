"""The board of alerts as people use it, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from inspector.roles import Actor, Role
from inspector.storage.alerts import GroupFilter
from tests.accepted import BOSS
from tests.web.alert_floor import HOSTILE, P0, P1, P2, SPY, raise_alert
from tests.web.pages import opened
from tests.web.site import Site


def test_an_alert_appears_by_itself_and_is_taken_and_closed_by_keyboard(browser: Browser, site: Site) -> None:
    with opened(browser, site, "supervisor0") as seen, opened(browser, site, "compliance0") as other:
        for one in (seen, other):
            one.page.goto("/alerts")
        seen.page.wait_for_load_state("load")
        group = raise_alert(site.console.store, "1", said=HOSTILE)
        card = seen.page.locator(f"#g-{group.id}")
        card.wait_for(timeout=2000)
        expect(card.locator("blockquote")).to_contain_text('<script>alert("x")</script>')
        assert "13812345678" not in seen.page.content()
        assert "\u202e" not in seen.page.content()
        expect(card.locator(".remedy div")).to_have_count(3)
        expect(seen.page).to_have_title("(1) 预警看板 · 智能质检")

        card.get_by_role("button", name="确认接手").focus()
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#c-taken .n")).to_have_text("1")
        expect(other.page.locator(f"#g-{group.id} .facts b")).to_have_text("supervisor0")
        assert seen.serious() == []

        card.locator("summary", has_text="处置结果").focus()
        seen.page.keyboard.press("Enter")
        card.get_by_label("处置结果").select_option("called_back")
        card.get_by_role("button", name="办结").focus()
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#c-ended .n")).to_have_text("1")
        assert site.console.store.alerts.count(BOSS, GroupFilter()) == 0
        assert seen.faults == other.faults == []


def test_whoever_comes_second_is_told_who_has_it_and_nothing_he_types_is_lost(browser: Browser, site: Site) -> None:
    store = site.console.store
    first, second = raise_alert(store, "1"), raise_alert(store, "2", P1)
    with opened(browser, site, "supervisor0") as seen:
        seen.page.route("**/alerts/stream", lambda route: route.abort())
        seen.page.goto("/alerts")
        expect(seen.page.locator("#lost")).to_be_visible()
        typed = seen.page.locator(f"#g-{second.id} textarea")
        seen.page.locator(f"#g-{second.id} summary", has_text="处置结果").click()
        typed.fill("已联系")
        store.alerts.take(Actor("compliance0", frozenset({Role.COMPLIANCE})), first.id)
        seen.page.locator(f"#g-{first.id}").get_by_role("button", name="确认接手").click()
        expect(seen.page.locator("#told")).to_contain_text("compliance0 已接手")
        expect(seen.page.locator(f"#g-{first.id} .facts b")).to_have_text("compliance0")
        expect(typed).to_have_value("已联系")


def test_a_false_alarm_needs_a_reason_and_ends_its_group(browser: Browser, site: Site) -> None:
    group = raise_alert(site.console.store, "1")
    with opened(browser, site, "team_lead0", (390, 844)) as seen:
        seen.page.goto("/alerts")
        card = seen.page.locator(f"#g-{group.id}")
        card.locator("summary", has_text="误报").click()
        card.get_by_role("button", name="确认误报").click()
        assert site.console.store.alerts.group(BOSS, group.id).closed_at is None
        card.get_by_label("原因").fill("客户在复述短信")
        card.get_by_role("button", name="确认误报").click()
        expect(seen.page.locator("#c-ended .n")).to_have_text("1")
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert seen.serious() == []
        assert not seen.faults


def test_only_a_p0_sounds_until_it_is_taken_or_muted(browser: Browser, site: Site) -> None:
    store = site.console.store
    with opened(browser, site, "supervisor0") as seen:
        seen.page.add_init_script(SPY)
        raise_alert(store, "1", P1)
        raise_alert(store, "2", P2)
        seen.page.goto("/alerts")
        sound = seen.page.locator("#sound")
        sound.click()
        expect(sound).to_have_attribute("aria-pressed", "true")
        expect(seen.page.locator("#c-open .n")).to_have_text("2")
        assert seen.page.evaluate("window.tones") == 0
        urgent = raise_alert(store, "3", P0)
        mute = seen.page.locator(f"[data-mute='{urgent.id}']")
        expect(mute).to_be_visible()
        assert seen.page.evaluate("window.tones") > 0
        mute.click()
        expect(mute).to_have_attribute("aria-pressed", "true")
        assert not seen.faults


def test_a_storm_is_one_line_and_never_hides_a_p0(browser: Browser, site: Site) -> None:
    store = site.console.store
    for no in range(13):
        raise_alert(store, str(no), P1)
    urgent = raise_alert(store, "99")
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto("/alerts")
        expect(seen.page.locator("#storm summary")).to_contain_text("3")
        expect(seen.page.locator(f"#g-{urgent.id}")).to_be_visible()
        expect(seen.page.get_by_role("button", name="确认接手")).to_have_count(0)
        assert seen.serious() == []
        assert not seen.faults


def test_pages_of_a_group_the_shift_and_the_wall(browser: Browser, site: Site) -> None:
    store = site.console.store
    group = raise_alert(store, "1", said=HOSTILE)
    store.alerts.take(BOSS, group.id)
    with opened(browser, site, "supervisor0") as seen:
        for path in (f"/alerts/{group.id}", "/alerts/handover", "/alerts/wall", "/alerts/incidents"):
            seen.page.goto(path)
            assert seen.serious() == [], path
        seen.page.goto(f"/alerts/{group.id}")
        expect(seen.page.locator(".timeline")).to_contain_text("boss")
        seen.page.goto("/alerts/handover")
        seen.page.get_by_label("说明").fill("请回拨 13812345678")
        seen.page.get_by_role("button", name="提交交班").click()
        expect(seen.page.locator(".note")).to_contain_text("请回拨 ＊")
        expect(seen.page.get_by_text("尚未接班")).to_be_visible()
        assert not seen.faults
    with opened(browser, site, "compliance0") as seen, opened(browser, site, "risk_control0") as late:
        for one in (seen, late):
            one.page.goto("/alerts/handover")
        seen.page.get_by_role("button", name="确认接班").click()
        expect(seen.page.get_by_text("compliance0 于")).to_be_visible()
        assert seen.serious() == []
        assert not seen.faults
        late.page.get_by_role("button", name="确认接班").click()
        expect(late.page.get_by_text("compliance0 已接班")).to_be_visible()


def test_the_wall_names_nobody_and_follows_what_happens(browser: Browser, site: Site) -> None:
    with opened(browser, site, "supervisor0") as seen:
        seen.page.goto("/alerts/wall")
        group = raise_alert(site.console.store, "77123")
        expect(seen.page.locator(".tile.P0 b")).to_have_text("1")
        shown = seen.page.content()
        for secret in ("被盗刷", "3062", group.id, group.alerts[0].call_id, "77123"):
            assert secret not in shown
        assert seen.page.get_by_role("button").count() == 0
        assert not seen.faults
