"""Self-checks in a real browser: a team answers for its own calls, and nothing of it is a review."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from inspector.enums import Severity
from inspector.model import Inspection
from inspector.review.reasons import Reason
from inspector.roles import Person, Role
from inspector.storage import Store, tables
from inspector.storage.review_tables import decision, review, verdict
from tests.web.conftest import ADMIN
from tests.web.desk import PROMISE, DeskWorld
from tests.web.pages import Seen, opened
from tests.web.site import Site

NAME = "team_lead0"


@pytest.fixture
def world(store: Store, tmp_path: Path) -> DeskWorld:
    return DeskWorld(store, tmp_path, team="一组")


def asked(world: DeskWorld, no: str, *, hours: int = 24, sound: bool = False, text: str = PROMISE) -> Inspection:
    """The team of a call is asked about what fires in it."""
    made = world.heard(no, text, sound=sound)
    because = {one.rule_id: one.title for one in made.findings}
    due_at = world.now + timedelta(hours=hours)
    world.item(Reason.SELF_CHECK, made, because=because, severity=Severity.CRITICAL, due_at=due_at)
    return made


def answers(store: Store) -> dict[str, tuple[str, str]]:
    """Who answered what, by call."""
    item = tables.review_item
    of_teams = select(item.c.call_id, item.c.state, item.c.closed_by).where(item.c.reason == "self_check")
    with store._reader.connect() as connection:
        return {call_id: (state, who) for call_id, state, who in connection.execute(of_teams) if state != "open"}


def at_desk(seen: Seen) -> Page:
    seen.page.goto("/review")
    expect(seen.page.locator("article.finding[aria-current=true]")).to_have_count(1)
    return seen.page


def test_a_team_lead_works_his_self_checks_off_by_keys(browser: Browser, site: Site, world: DeskWorld) -> None:
    first, second = asked(world, "1", hours=1), asked(world, "2", hours=2)
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        assert page.get_by_role("heading", level=1).inner_text().startswith("自查：通话")
        assert page.locator("#self-check").get_attribute("data-call") == first.call.id
        expect(page.get_by_text("第 1 件，共 2 件")).to_be_visible()
        assert page.locator("article.finding").count() == len(first.findings)
        assert seen.serious() == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")  # refused: nothing is answered
        expect(page.locator("#self-check")).to_have_attribute("data-call", first.call.id)
        assert answers(world.store) == {}
        page.locator("article.finding").first.focus()
        page.keyboard.press("1")
        expect(page.get_by_label("全部属实")).to_be_checked()
        page.keyboard.press("Enter")
        expect(page.locator("#self-check")).to_have_attribute("data-call", second.call.id)
        expect(page.get_by_text("上一件已答复：属实")).to_be_visible()
        expect(page.locator("article.finding[aria-current=true]")).to_have_count(1)
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        expect(page.get_by_text("没有等待答复的自查")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("自查")
        assert seen.serious() == []
        assert seen.faults == []
    assert answers(world.store) == {first.call.id: ("confirmed", NAME), second.call.id: ("disputed", NAME)}
    with world.store._reader.connect() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in (review, verdict, decision)]
    assert counts == [0, 0, 0]  # what a team says is no review


def test_later_shows_the_next_one_and_comes_round(browser: Browser, site: Site, world: DeskWorld) -> None:
    first, second = asked(world, "1", hours=-1), asked(world, "2", hours=2)
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        expect(page.get_by_text("已超时")).to_be_visible()
        page.keyboard.press("n")
        expect(page.locator("#self-check")).to_have_attribute("data-call", second.call.id)
        expect(page.locator("article.finding[aria-current=true]")).to_have_count(1)
        page.keyboard.press("?")
        expect(page.locator(".keys-dialog")).to_be_visible()
        assert seen.serious() == []
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        expect(page.locator("#self-check")).to_have_attribute("data-call", first.call.id)
        assert seen.faults == []


def test_the_sound_plays_where_something_was_found(browser: Browser, site: Site, world: DeskWorld) -> None:
    made = asked(world, "1", sound=True)
    place = next(one for finding in made.findings for one in finding.evidence if one.quote)
    with opened(browser, site, NAME) as seen:
        page = at_desk(seen)
        expect(page.locator(".player-wait")).to_be_hidden(timeout=20_000)
        page.locator(f'[data-play="{place.start_s:.3f}"]').first.click()
        expect(page.locator('[data-do="toggle"]')).to_have_attribute("aria-label", "暂停")
        assert seen.faults == []


def test_only_what_the_team_is_asked_about_is_shown_and_masked(site: Site, world: DeskWorld) -> None:
    text = "0:01 A 这款产品稳赚不赔，卡号6222021234567890123\n0:05 C 好的"
    made = world.heard("1", text)
    (first, *others) = made.findings
    world.item(Reason.SELF_CHECK, made, because={first.rule_id: first.title}, severity=Severity.HIGH)
    with site.client(NAME) as client:
        page = client.get("/review").text
    assert first.id in page and others and not any(one.id in page for one in others)
    assert "6222021234567890123" not in page and "稳赚不赔" in page


def test_other_teams_calls_are_neither_shown_nor_answered(site: Site, world: DeskWorld) -> None:
    other = DeskWorld(world.store, world.directory, team="二组")
    made = asked(other, "1")
    with site.client(NAME) as client:
        assert "没有等待答复的自查" in client.get("/review").text
        refused = client.post(f"/review/self-checks/{made.call.id}", data={"answer": "confirmed"})
        assert refused.status_code == 403
    assert answers(world.store) == {}
    with site.client("supervisor0") as client:
        assert made.call.id in client.get("/review").text


def test_of_two_who_answer_the_second_is_told(site: Site, world: DeskWorld) -> None:
    made = asked(world, "1")
    with site.client("supervisor0") as client:
        for told in ("confirmed", "gone"):
            answer = client.post(f"/review/self-checks/{made.call.id}", data={"answer": "confirmed"})
            assert answer.status_code == 303 and f"told={told}" in answer.headers["location"]
        assert "已由本班组的其他人答复" in client.get("/review/self-checks?told=gone").text
        assert client.post(f"/review/self-checks/{made.call.id}", data={"answer": "maybe"}).status_code == 422
        assert client.get("/review/self-checks?told=maybe").status_code == 422
    assert answers(world.store) == {made.call.id: ("confirmed", "supervisor0")}


def test_who_reviews_too_finds_both(site: Site, world: DeskWorld) -> None:
    both = Person("both", frozenset({Role.REVIEWER, Role.TEAM_LEAD}), frozenset({"一组"}))
    world.store.people.add(ADMIN, both, world.now)
    made = asked(world, "1")
    with site.client("both") as client:
        assert 'href="/review/self-checks"' in client.get("/review").text  # recused: nothing to review
        assert made.call.id in client.get("/review/self-checks").text
    with site.client("reviewer0") as client:
        assert "/review/self-checks" not in client.get("/review").text
        assert client.get("/review/self-checks").status_code == 403


def test_a_call_whose_words_are_not_kept_is_answered_all_the_same(site: Site, world: DeskWorld) -> None:
    made = asked(world, "1")
    with world.store._writer.begin() as connection:
        connection.execute(tables.stage_result.delete())
    with site.client(NAME) as client:
        page = client.get("/review")
        assert page.status_code == 200 and "没有可看的文字" in page.text and made.call.id in page.text
