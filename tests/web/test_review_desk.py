"""The reviewer's desk in a real browser: worked by keyboard, and nothing that is typed is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from inspector.review.appeals.records import Mitigation
from inspector.review.cards.load import load_cards
from inspector.review.cards.records import SIGNERS, Signature
from inspector.review.reasons import Reason
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.review_tables import correction, mark, review, verdict
from inspector.storage.score_tables import score
from inspector.storage.violations.lodging import Plea
from inspector.storage.violations.reading import ViolationFilter
from tests.builders import hearing_of, turn
from tests.waiting import until
from tests.web.desk import DeskWorld
from tests.web.pages import Seen, opened
from tests.web.site import Site

NAME = "reviewer0"


@pytest.fixture
def world(store: Store, tmp_path: Path) -> DeskWorld:
    return DeskWorld(store, tmp_path)


def me(store: Store) -> Actor:
    return next(one.actor for one in store.people.all() if one.name == NAME)


def at_desk(seen: Seen) -> Page:
    seen.page.goto("/review")
    seen.page.locator("#desk").wait_for()
    return seen.page


def answer_all(page: Page) -> int:
    """Every finding is confirmed by its key."""
    count = page.locator("article.finding").count()
    for _ in range(count):
        page.keyboard.press("1")
    return count


def rows(store: Store, table: object) -> list[object]:
    with store._reader.connect() as connection:
        return list(connection.execute(select(table)).all())  # type: ignore[call-overload]


def held(page: Page) -> str:
    return str(page.locator("#desk").get_attribute("data-review"))


def test_a_call_is_answered_by_keys_and_the_next_one_comes(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    world.heard("2")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        first = held(page)
        count = answer_all(page)
        assert count >= 1
        assert page.locator('[data-answer="confirmed"][aria-checked="true"]').count() == count
        expect(page.locator(".left")).to_contain_text("Enter")
        assert seen.serious() == []
        page.evaluate("() => { window.stayed = true; }")
        page.keyboard.press("Enter")
        expect(page.locator("#desk")).not_to_have_attribute("data-review", first)
        assert page.evaluate("() => window.stayed") is True  # the same page, no load
        assert page.locator('[aria-checked="true"]').count() == 0
        answer_all(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        assert page.evaluate("() => localStorage.length") == 0
        assert seen.faults == []
    assert len(rows(world.store, verdict)) == 2 * count


def test_a_false_alarm_and_what_nobody_can_tell_need_their_reason(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        for _ in range(page.locator("article.finding").count()):
            page.keyboard.press("2")
            page.keyboard.press("Enter")  # refused: no reason yet
            page.keyboard.press("5")
        page.locator("article.finding").first.click()
        page.keyboard.press("3")
        expect(page.locator("article.finding").first.locator(".because")).to_be_visible()
        page.keyboard.press("Escape")  # taken back
        page.keyboard.press("3")
        page.keyboard.press("9")
        page.locator("article.finding textarea").first.fill('<script>alert("x")</script>\u202e')
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        assert seen.faults == []
    told = rows(world.store, verdict)
    assert {(one.answer, one.because) for one in told} >= {("cannot_tell", "inaudible")}  # type: ignore[attr-defined]
    assert [one.note for one in told if one.note] == ['<script>alert("x")</script>\u202e']  # type: ignore[attr-defined]


def test_two_enters_submit_once(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    world.heard("2")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.url.endswith("/submit") else None)
        answer_all(page)
        page.evaluate(
            """() => { for (let n = 0; n < 2; n++)
              document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true})); }"""
        )
        expect(page.locator('#desk [aria-checked="true"]')).to_have_count(0)
        assert len(sent) == 1
        assert seen.faults == []


def test_back_never_shows_a_review_that_is_in(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        seen.page.goto("/account")
        seen.faults.clear()  # that page is another part's
        page = at_desk(seen)
        answer_all(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        page.go_back()
        page.go_forward()
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        assert page.locator("#desk").count() == 0


def test_nothing_of_the_machine_is_shown_before_the_own_verdict(browser: Browser, site: Site, world: DeskWorld) -> None:
    made = world.heard("1")
    sheet = world.taken(me(world.store))
    world.confirm(me(world.store), sheet)
    with world.store._writer.begin() as connection:
        connection.execute(review.update().values(reviewer="somebody"))
        connection.exec_driver_sql("UPDATE review_item SET excluded = '[]', closed_by = 'somebody'")
    world.item(Reason.RECHECK, made)
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        text = page.content()
        assert all(one.id not in text and one.why not in text for one in made.findings)
        assert page.locator(".hit, article.finding").count() == 0
        expect(page.locator(".played")).to_contain_text("未满 90%")
        page.keyboard.press("m")
        page.keyboard.type("banned.")
        page.keyboard.press("Escape")
        expect(page.locator(".mark-dialog")).to_be_hidden()
        page.keyboard.press("m")
        page.keyboard.type("banned.")
        page.keyboard.press("Enter")
        expect(page.locator(".marks li button.at")).to_have_count(1)
        assert seen.serious() == []
        page.keyboard.press("Enter")
        expect(page.locator("article.finding").first).to_be_visible()
        expect(page.locator(".marks li button.at")).to_have_count(0)  # fixed now
        assert page.get_by_text("独立判断时标记的问题").is_visible()
        answer_all(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        assert seen.faults == []
    (made_mark,) = rows(world.store, mark)
    assert made_mark.blind  # type: ignore[attr-defined]


def select_row(page: Page, no: int) -> None:
    """Selects the words of a turn as a person does with the mouse."""
    page.evaluate(
        """(no) => {
          const row = document.querySelector(`.dialogue li[data-no="${no}"] .said`);
          const range = document.createRange();
          range.selectNodeContents(row);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          document.dispatchEvent(new Event("selectionchange"));
        }""",
        no,
    )


def test_words_are_marked_and_corrected_where_they_are_selected(browser: Browser, site: Site, world: DeskWorld) -> None:
    made = world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        answer_all(page)
        select_row(page, 3)
        page.keyboard.press("c")
        expect(page.locator(".said-of")).to_have_value(made.hearing.turns[3].text)
        page.locator(".said-of").fill("好的我不考虑")
        page.get_by_role("button", name="确定").click()
        select_row(page, 0)
        page.keyboard.press("m")
        page.locator(".mark-dialog .find").fill("banned.")
        assert seen.serious() == []
        page.keyboard.press("Enter")
        expect(page.locator(".marks li button.at")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        assert seen.faults == []
    (given,) = rows(world.store, correction)
    turn = made.hearing.turns[3]
    assert (given.party, given.heard, given.said) == ("customer", turn.text, "好的我不考虑")  # type: ignore[attr-defined]
    (marked,) = rows(world.store, mark)
    first = made.hearing.turns[0]
    assert marked.start_s == pytest.approx(first.start_s, abs=0.06)  # type: ignore[attr-defined]
    assert marked.end_s == pytest.approx(first.end_s, abs=0.06)  # type: ignore[attr-defined]


def test_a_session_that_ends_takes_nothing_with_it(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        cookies = page.context.cookies()
        page.context.clear_cookies()
        answer_all(page)
        page.locator(".note-all").fill("整通备注")
        expect(page.locator(".desk-fault")).to_contain_text("登录已过期")
        expect(page.locator(".sign-in")).to_be_visible()
        assert "整通备注" in page.evaluate("() => Object.values(localStorage).join()")
        page.context.add_cookies(cookies)  # signed in again in another tab
        page.locator('[data-deed="retry"]').click()
        expect(page.locator(".kept")).to_have_text("草稿已保存")
        expect(page.locator(".desk-fault")).to_be_hidden()
        assert page.evaluate("() => localStorage.length") == 0
        page.reload()
        expect(page.locator(".note-all")).to_have_value("整通备注")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有分派给您的质检任务")
        assert {fault.split("(")[0] for fault in seen.faults} <= {
            "Failed to load resource: the server responded with a status of 401 "
        }


def test_what_was_typed_without_a_connection_comes_back_after_a_crash(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        page.route("**/draft", lambda route: route.abort())
        page.locator(".note-all").fill("没有网络时写的")
        expect(page.locator(".desk-fault")).to_contain_text("连接中断")
        page.unroute("**/draft")
        page.goto("about:blank")
        page = at_desk(seen)
        expect(page.locator(".note-all")).to_have_value("没有网络时写的")
        expect(page.locator(".kept")).to_have_text("草稿已保存")


def test_a_second_tab_shows_the_same_call_and_its_stale_submit_is_told(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    world.heard("1")
    world.heard("2")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        other = page.context.new_page()
        other.goto("/review")
        assert held(other) == held(page)
        answer_all(page)
        answer_all(other)
        other.locator(".note-all").fill("旧标签页里写的")
        page.keyboard.press("Enter")
        expect(page.locator('#desk [aria-checked="true"]')).to_have_count(0)
        other.locator(".note-all").press("Control+Enter")
        expect(other.locator(".desk-fault")).to_contain_text("is submitted")
        expect(other.locator(".note-all")).to_have_value("旧标签页里写的")
        other.locator(".take-next").click()
        other.locator("#desk").wait_for()
        assert held(other) == held(page)


def test_a_tab_says_that_another_one_writes_in_the_same_review(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        other = page.context.new_page()
        other.goto("/review")
        other.locator("article.finding[aria-current=true]").wait_for()
        expect(page.locator(".other-tab")).to_be_hidden()
        other.locator(".note-all").fill("那边写的")
        expect(page.locator(".other-tab")).to_be_visible()
        assert seen.serious() == []
        expect(other.locator(".kept")).to_have_text("草稿已保存")
        page.keyboard.press("o")
        expect(page.get_by_role("button", name="载入那边的内容")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".note-all")).to_have_value("那边写的")
        expect(page.locator(".other-tab")).to_be_hidden()
        assert seen.faults == []


def written_in_two_browsers(here: Page, there: Page) -> None:
    """Both are at the same review; what is typed ``there`` is with the server, what is typed ``here`` is refused."""
    there.locator(".note-all").fill("那边写的")
    expect(there.locator(".kept")).to_have_text("草稿已保存")
    expect(here.locator(".other-draft")).to_be_hidden()
    here.locator(".note-all").fill("这边写的")
    expect(here.get_by_text("草稿已在其他标签页或浏览器中改过")).to_be_visible()
    expect(here.get_by_role("button", name="保留这里的内容")).to_be_in_viewport()


def forget_the_refusal(seen: Seen) -> None:
    """The browser notes that a draft was refused, and nothing else is wrong."""
    assert {fault.split("(")[0] for fault in seen.faults} == {
        "Failed to load resource: the server responded with a status of 409 "
    }
    seen.faults.clear()


def test_what_another_browser_wrote_is_loaded_when_its_writer_says_so(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen, opened(browser, site, NAME) as other:
        page, there = at_desk(seen), at_desk(other)
        written_in_two_browsers(page, there)
        assert seen.serious() == []
        expect(page.locator(".desk-fault")).to_be_hidden()
        page.reload()  # nothing that was typed is lost meanwhile
        expect(page.locator(".note-all")).to_have_value("这边写的")
        expect(page.locator(".other-draft")).to_be_visible()
        page.keyboard.press("o")
        expect(page.get_by_role("button", name="载入那边的内容").last).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".note-all")).to_have_value("那边写的")
        expect(page.locator(".other-draft")).to_be_hidden()
        assert page.evaluate("() => localStorage.length") == 0
        page.locator(".note-all").fill("那边写的，这边补充")
        expect(page.locator(".kept")).to_have_text("草稿已保存")
        forget_the_refusal(seen)
        assert other.faults == []
    assert [one.draft["typed"]["note"] for one in rows(world.store, review)] == ["那边写的，这边补充"]  # type: ignore[attr-defined]


def test_what_is_typed_here_is_written_over_it_when_its_writer_says_so(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen, opened(browser, site, NAME) as other:
        page, there = at_desk(seen), at_desk(other)
        written_in_two_browsers(page, there)
        there.locator(".note-all").fill("那边又写")  # newer than what was refused
        expect(there.locator(".kept")).to_have_text("草稿已保存")
        page.locator(".note-all").press("Escape")
        answer_all(page)
        page.keyboard.press("Enter")  # nothing comes in while nobody knows which one holds
        expect(page.locator(".other-draft")).to_be_visible()
        page.keyboard.press("o")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="保留这里的内容")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".other-draft")).to_be_hidden()
        expect(page.locator(".kept")).to_have_text("草稿已保存")
        assert [one.draft["typed"]["note"] for one in rows(world.store, review)] == ["这边写的"]  # type: ignore[attr-defined]
        there.locator(".note-all").fill("那边再写")  # now that one is asked
        expect(there.locator(".other-draft")).to_be_visible()
        page.locator(".note-all").press("Control+Enter")
        expect(page.locator("#desk")).to_have_count(0)
        forget_the_refusal(seen)
    assert [one.note for one in rows(world.store, review)] == ["这边写的"]  # type: ignore[attr-defined]


def test_two_tabs_of_one_browser_keep_what_each_of_them_typed(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        other = page.context.new_page()
        other.goto("/review")
        other.locator("article.finding[aria-current=true]").wait_for()
        written_in_two_browsers(page, other)
        expect(page.locator(".other-tab")).to_be_hidden()  # one notice, the one that asks
        other.locator(".note-all").fill("那边又写")
        expect(other.locator(".kept")).to_have_text("草稿已保存")
        page.reload()
        expect(page.locator(".note-all")).to_have_value("这边写的")
        expect(page.locator(".other-draft")).to_be_visible()


def test_an_answer_that_was_lost_on_its_way_is_no_writer_elsewhere(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)

        def lose(route: Route) -> None:
            route.fetch()  # the server has it
            route.abort()

        page.route("**/draft", lose, times=1)
        page.locator(".note-all").fill("一")
        expect(page.locator(".desk-fault")).to_contain_text("连接中断")
        page.locator(".note-all").fill("一二")
        expect(page.locator(".kept")).to_have_text("草稿已保存")
        expect(page.locator(".other-draft")).to_be_hidden()
    assert [one.draft["typed"]["note"] for one in rows(world.store, review)] == ["一二"]  # type: ignore[attr-defined]


def test_a_call_that_was_inspected_again_is_told_and_goes_on(browser: Browser, site: Site, world: DeskWorld) -> None:
    made = world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        answer_all(page)
        page.locator(".note-all").fill("仍在")
        world.again(made, "0:01 A 您好，请问有什么可以帮您\n0:05 C 我想了解理财\n0:09 A 你烦不烦\n0:15 C 好的")
        page.locator(".note-all").press("Control+Enter")
        expect(page.locator(".desk-fault")).to_contain_text("inspected again")
        page.locator('[data-deed="refresh"]').click()
        expect(page.locator(".desk-fault")).to_be_hidden()
        expect(page.locator(".note-all")).to_have_value("仍在")


def test_a_call_is_given_back_with_a_reason(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        page.keyboard.press("n")
        page.get_by_label("录音无法播放").check()
        page.get_by_role("button", name="退回本件").click()
        expect(page.get_by_text("剩下的通话都不能由您质检")).to_be_visible()
        assert seen.faults == []
    (one,) = rows(world.store, review)
    assert one.skipped == "no_sound"  # type: ignore[attr-defined]


def test_all_keys_are_told(browser: Browser, site: Site, world: DeskWorld) -> None:
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        page.keyboard.press("?")
        expect(page.locator(".keys-dialog")).to_be_visible()
        assert seen.serious() == []
        page.keyboard.press("1")  # belongs to the dialog
        page.keyboard.press("Escape")
        expect(page.locator(".keys-dialog")).to_be_hidden()
        assert page.locator('[aria-checked="true"]').count() == 0


def test_the_sound_follows_the_finding_and_what_is_played_is_on_record(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    made = world.heard("1", sound=True)
    place = next(one for finding in made.findings for one in finding.evidence if one.quote)
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        expect(page.locator(".player-wait")).to_be_hidden(timeout=20_000)
        page.locator(f'[data-play="{place.start_s:.3f}"]').first.click()
        assert page.wait_for_function("() => document.querySelector('audio').currentTime > 0")
        page.wait_for_function("(at) => document.querySelector('audio').currentTime > at", arg=place.start_s - 1)
        expect(page.locator(".played")).not_to_have_text("已听 0%", timeout=20_000)
        assert seen.faults == []
    sheet = world.store.reviews.next(me(world.store), world.now)
    assert isinstance(sheet, Sheet) and sheet.played_share > 0


def test_the_sound_of_the_next_call_is_made_meanwhile(browser: Browser, site: Site, world: DeskWorld) -> None:
    for no in ("1", "2"):
        world.heard(no, sound=True)
    place = site.console.settings.home / "cache" / "sound"
    with opened(browser, site, NAME) as seen:
        at_desk(seen)
        until(lambda: place.is_dir() and len(list(place.glob("*.json"))) == 2)
    assert world.store.reviews.ahead(me(world.store), 9, world.now) != ()


def test_what_others_said_is_shown_to_who_arbitrates(browser: Browser, site: Site, world: DeskWorld) -> None:
    made = world.heard("1")
    first, second = world.person("zhou"), world.person("qian")
    world.confirm(first, world.taken(first))
    looked = world.taken(second)
    assert looked.reason is Reason.SECOND_LOOK
    world.deny(second, looked)
    with opened(browser, site, "compliance0") as seen:
        page = at_desk(seen)
        assert page.locator(".desk-head .tag").inner_text() == "仲裁"
        said = page.locator("ul.said").inner_text()
        assert "质检员 1" in said and "质检员 2" in said and "识别错误" in said
        assert not any(name in page.content() for name in ("zhou", "qian"))
        assert page.locator("article.finding").count() >= 1
        assert seen.serious() == []
        answer_all(page)
        page.keyboard.press("Enter")
        expect(page.locator("#desk")).to_have_count(0)
        assert seen.faults == []
    assert made.findings


def test_who_decides_an_appeal_reads_why_and_upholds_or_overturns(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    made = world.heard("1")
    first, second = world.person("zhou"), world.person("qian")
    world.confirm(first, world.taken(first))
    world.confirm(second, world.taken(second))
    hostile = '<img src=x onerror="alert(1)">卡号6222021234567890123没听清'
    (told, *_) = world.store.violations.list(world.person("lead9", Role.QA_LEAD), ViolationFilter(), 9)
    plea = Plea(hostile, [Mitigation.LINE])
    world.store.violations.lodge(world.person("a9", Role.AGENT, "a9"), made.call.id, told.rule_id, plea, world.now)
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        assert page.locator(".desk-head .tag").inner_text() == "申诉"
        text = page.locator(".card.said").inner_text()
        assert '<img src=x onerror="alert(1)">' in text and "6222021234567890123" not in text and "线路质量" in text
        assert page.get_by_role("radio", name="撤销：误报").first.is_visible()
        assert seen.serious() == []
        page.keyboard.press("2")
        page.keyboard.press("9")
        page.keyboard.press("Enter")
        expect(page.locator("#desk")).to_have_count(0)
        assert seen.faults == []
    with world.store._reader.connect() as connection:
        told = connection.execute(select(verdict.c.answer).where(verdict.c.because == "inaudible")).scalars().all()
    assert told == ["false_alarm"]


def test_hostile_words_of_a_call_are_only_words(browser: Browser, site: Site, world: DeskWorld) -> None:
    said = "<script>alert(1)</script>\u202e稳赚不赔" + "长" * 10_000
    world.heard("1", hearing_of(turn("A", 1.0, said, 900.0), turn("C", 901.0, "</script><b>好</b>", 905.0)))
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        assert "<script>alert(1)</script>" in page.locator(".dialogue").inner_text()
        assert page.locator(".dialogue script, .dialogue b").count() == 0
        assert "\u202e" not in page.locator(".dialogue").inner_text()
        assert seen.faults == []
        assert seen.serious() == []


def test_hours_of_dialogue_are_worked_like_minutes(browser: Browser, site: Site, world: DeskWorld) -> None:
    said = ("好的我知道了", "这款产品稳赚不赔")
    turns = [turn("AC"[no % 2], no * 2.0, said[no % 500 == 0], no * 2.0 + 1.8) for no in range(5000)]
    world.heard("1", hearing_of(*turns))
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        assert page.locator(".dialogue li").count() == 5000
        answer_all(page)
        page.keyboard.press("Enter")
        expect(page.locator("#desk")).to_have_count(0)
        assert seen.faults == []


def test_the_score_card_comes_prefilled_and_is_saved_with_the_review(
    browser: Browser, site: Site, world: DeskWorld
) -> None:
    signed = {office: Signature("li", date(2025, 1, 1)) for office in SIGNERS}
    cards = tuple(replace(one, signatures=signed) for one in load_cards(None) if one.id == "inbound")
    world.store.decisions.policy = replace(world.store.decisions.policy, cards=cards)
    world.heard("1")
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        answer_all(page)
        assert page.locator(".item input:checked").count() > 0  # by the machine
        page.keyboard.press("Enter")  # refused: items are open
        assert page.locator("#desk").count() == 1
        page.evaluate("() => document.querySelectorAll('.item input[value=met]').forEach((one) => one.click())")
        for box in page.locator('.item input[type="number"]').all():
            box.fill("0")
        page.locator(".item").first.locator('input[value="missed"]').check()
        expect(page.locator(".total")).to_have_text("0")
        page.locator(".item").first.locator('input[value="met"]').check()
        expect(page.locator(".total")).not_to_have_text("0")
        page.reload()  # ticks are kept in this browser until they are in
        page.locator("#desk").wait_for()
        assert page.locator(".item").first.locator('input[value="met"]').is_checked()
        assert seen.serious() == []
        page.keyboard.press("Enter")
        expect(page.locator("#desk")).to_have_count(0)
        assert seen.faults == []
    (saved, *_) = rows(world.store, score)
    assert saved.human[cards[0].fatal[0].id] == "met"  # type: ignore[attr-defined]
