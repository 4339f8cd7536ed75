"""From an empty installation to a decided appeal: the command, a browser, its keys, a recording, nothing faked between.

::

    wang.wu   first set-up ─ names people
    li.si                      signs in ─ reviews by keyboard, the sound plays
    zhao.liu                                                  second look
    zhang.san                                                        told ─ hears it ─ appeals        appeals again
    qian.qi                                                                             upholds
    sun.ba                                                                                                decides
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from inspector.config import load_settings
from inspector.model import Evidence
from inspector.review.appeals.records import AppealState, ViolationState
from inspector.roles import Actor, Role
from inspector.storage.configured import open_store
from tests.builders import ROOT
from tests.receivers import free_port
from tests.web.desk import DeskWorld
from tests.web.pages import Seen, opened
from tests.web.signed_in import OWN
from tests.web.test_serve import served

LEAD_S = 2.0  # evidence is played from so long before
TIME = "() => document.querySelector('audio').currentTime"
PLAYS = "(at) => { const sound = document.querySelector('audio'); return !sound.paused && sound.currentTime > at; }"
PLEA = "前一句已说明不保本，线路有杂音"
AGAIN = "请再听第九秒，客户先问的"
FIRST = "第九秒听得清楚，线路没有杂音"
REASON = "客户先说的保本"


@dataclass
class Console:
    """One that is served, and who can sign in to it."""

    browser: Browser
    url: str

    @contextmanager
    def signed_in(self, name: str) -> Iterator[Seen]:
        """A browser of somebody's own; in the end it has complained of nothing."""
        with opened(self.browser, SimpleNamespace(url=self.url), None) as seen:
            seen.page.goto("/login")
            fill(seen.page, name=name, password=OWN)
            seen.page.locator("main button").click()
            expect(seen.page.get_by_role("link", name=name, exact=True)).to_be_visible()
            yield seen
            check(seen)

    def joins(self, admin: Page, name: str, role: str, **facts: str) -> None:
        """An administrator names somebody, who gives himself a password."""
        admin.goto("/people")
        admin.get_by_text("添加人员").click()
        fill(admin, name=name, **facts)
        admin.get_by_label(role, exact=True).check()
        admin.get_by_role("button", name="添加并生成临时密码").click()
        given = admin.locator("code.once").inner_text()
        with opened(self.browser, SimpleNamespace(url=self.url), None) as seen:
            page = seen.page
            page.goto("/")
            fill(page, name=name, password=given)
            page.locator("main button").click()
            fill(page, now_is=given, password=OWN, again=OWN)
            page.locator("main button").click()
            expect(page.get_by_text("密码已修改")).to_be_visible()
            check(seen)


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


def check(seen: Seen) -> None:
    assert seen.faults == []
    assert seen.serious() == []
    seen.faults.clear()


@pytest.fixture
def console(home: Path, tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """Set up for the first time, with rules that were released."""
    packs = tmp_path / "packs"
    for file in (ROOT / "rules").rglob("*.yaml"):
        copy = packs / file.relative_to(ROOT / "rules")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(re.sub(r"(?m)^(\s*status: )test\b", r"\1stable", file.read_text("utf-8")), "utf-8")
    monkeypatch.setenv("INSPECTOR_PACKS", str(packs))
    with served(tmp_path, "--port", str(free_port())) as (_, told):
        address = re.search(r"(http://127\.0\.0\.1:\d+)(/setup\?token=\S+)", told.read_text("utf-8"))
        assert address is not None
        made = Console(browser, address[1])
        with opened(browser, SimpleNamespace(url=made.url), None) as seen:
            page = seen.page
            page.goto(address[2])
            fill(page, name="wang.wu", password=OWN, again=OWN)
            page.locator("main button").click()
            expect(page.get_by_role("heading", name="人员与权限")).to_be_visible()
            for name in ("li.si", "zhao.liu", "qian.qi"):
                made.joins(page, name, "质检员")
            made.joins(page, "sun.ba", "质检主管")
            made.joins(page, "zhang.san", "坐席", teams="一组", agent="3062")
            check(seen)
        yield made


def review_by_keyboard(page: Page, *keys: str, note: str = "") -> None:
    """Every finding is answered by ``keys``, the first with a note, and the review handed in."""
    page.goto("/review")
    page.locator("article.finding[aria-current=true]").wait_for()
    if note:
        page.keyboard.press("t")
        page.keyboard.type(note)
        page.keyboard.press("Escape")
    for _ in range(page.locator("article.finding").count()):
        for key in keys:
            page.keyboard.press(key)
    expect(page.locator("article.finding.done")).to_have_count(page.locator("article.finding").count())
    page.keyboard.press("Enter")
    expect(page.locator("#desk")).to_have_count(0)  # there was one item


def hears(page: Page, place: Evidence) -> None:
    """The space bar plays what the finding is about, from its second on."""
    page.goto("/review")
    current = page.locator("article.finding[aria-current=true]")
    current.wait_for()
    expect(page.locator(".player-wait")).to_be_hidden()
    page.keyboard.press(" ")
    page.wait_for_function(PLAYS, arg=place.start_s)
    assert place.start_s - LEAD_S <= page.evaluate(TIME) < place.end_s + LEAD_S
    page.keyboard.press("?")
    expect(page.locator(".keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".played")).not_to_have_text("已听 0%", timeout=20_000)


def test_from_the_first_set_up_to_a_decided_appeal(console: Console, tmp_path: Path) -> None:
    with closing(open_store(load_settings())) as store:
        world = DeskWorld(store, tmp_path, agent="3062", team="一组")
        made = world.heard("20250307001", sound=True)
    found = next(one for one in made.findings if one.rule_id == "banned.guaranteed_return")
    with console.signed_in("li.si") as seen:
        hears(seen.page, made.findings[0].evidence[0])
        review_by_keyboard(seen.page, "1")
    with console.signed_in("zhao.liu") as seen:
        review_by_keyboard(seen.page, "1")
    path = f"{made.call.id}/{found.rule_id}"
    with console.signed_in("zhang.san") as seen:
        page = seen.page
        page.goto("/mine")
        page.locator(f'a[href="/mine/{path}"]').first.click()
        expect(page.locator(".player-wait")).to_be_hidden()
        page.get_by_role("button", name="播放").first.click()
        place = found.evidence[0]
        page.wait_for_function(PLAYS, arg=place.start_s - LEAD_S)
        assert page.evaluate(TIME) < place.end_s + LEAD_S
        page.get_by_role("button", name="确认知悉").click()
        appeal(page, PLEA)
    with console.signed_in("qian.qi") as seen:
        expect_plea(seen.page, PLEA)
        review_by_keyboard(seen.page, "1", note=FIRST)
    with console.signed_in("zhang.san") as seen:
        seen.page.goto(f"/mine/{path}")
        expect(seen.page.locator(".state-upheld").first).to_be_visible()
        expect(seen.page.locator("article.card", has_text=PLEA)).to_contain_text(FIRST)
        appeal(seen.page, AGAIN)
    with console.signed_in("sun.ba") as seen:
        page = seen.page
        expect_plea(page, AGAIN)
        review_by_keyboard(page, "2", "1", note=REASON)
        page.goto(f"/cases/{path}")
        expect(page.locator(".state-overturned").first).to_be_visible()
        expect(page.locator(".steps [aria-current=step]")).to_have_text("发现")
        for plea, outcome, why in ((PLEA, "维持原判", FIRST), (AGAIN, "申诉成立", REASON)):
            told = page.locator("article.card", has_text=plea)
            expect(told).to_contain_text(outcome)
            expect(told).to_contain_text(why)
    with console.signed_in("zhang.san") as seen:
        seen.page.goto(f"/mine/{path}")
        expect(seen.page.locator(".state-overturned")).to_be_visible()
        expect(seen.page.locator("article.card", has_text=AGAIN)).to_contain_text(REASON)
    with closing(open_store(load_settings())) as store:
        file = store.violations.file(Actor("sun.ba", frozenset({Role.QA_LEAD})), made.call.id, found.rule_id)
        assert file.told.state is ViolationState.OVERTURNED
        assert [one.state for one in file.appeals] == [AppealState.UPHELD, AppealState.OVERTURNED]


def appeal(page: Page, text: str) -> None:
    page.get_by_label("申诉理由").fill(text)
    page.get_by_label("线路质量").check()
    page.get_by_role("button", name="提出申诉").click()
    expect(page.locator("article.card", has_text="待裁定")).to_contain_text(text)


def expect_plea(page: Page, text: str) -> None:
    page.goto("/review")
    expect(page.locator("#desk")).to_contain_text(text)
