"""The player and the dialogue in a real browser, on a page of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from playwright.sync_api import Browser, Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from inspector.config import Settings
from inspector.model import (
    EmotionSpan,
    Evidence,
    Finding,
    Inspection,
    Kind,
    Outcome,
    Party,
    Severity,
    SoundKind,
    SoundSpan,
    Status,
)
from inspector.storage import Store
from inspector.web import pages
from inspector.web.allowed import Allowed
from inspector.web.app import create_app
from inspector.web.console import Caller, Console, console_of
from inspector.web.sound.view import call_view
from tests.builders import hearing_of, lost, turn
from tests.sounding import keep, stored
from tests.web import site as sites
from tests.web.pages import Seen, opened
from tests.web.site import Site, running

PAGE = """
{% extends "base.html.j2" %}
{% from "sound/parts.html.j2" import player, dialogue %}
{% block title %}T{% endblock %}
{% block styles %}<link rel="stylesheet" href="{{ static('static/sound/player.css') }}">{% endblock %}
{% block scripts %}<script type="module" nonce="{{ nonce }}">
import { bindKeys, mount } from "/static/sound/player.js";
const root = document.querySelector(".player");
window.told = [];
for (const name of ["finding", "ended", "fault"])
  root.addEventListener(`player:${name}`, (event) => told.push([name, event.detail]));
window.player = await mount(root);
bindKeys(player);
</script>{% endblock %}
{% block content %}
<h1>T</h1>
{{ player(view, call_id, nonce, say, caller) }}
<label>t <input id="typed"></label>
{{ dialogue(view, say) }}
{% endblock %}
"""


@pytest.fixture
def site(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A console with one page more: ``/listen/{call_id}``."""
    router = APIRouter()

    @router.get("/listen/{call_id}")
    def listen(request: Request, call_id: str, caller: Annotated[Caller, Depends(Allowed())]) -> Response:
        console = console_of(request)
        sound = console.store.listening.look(caller.actor, call_id, console.clock())
        (made,) = console.store.inspections(1, call_id)
        values = {
            "caller": caller,
            "lang": "zh",
            "say": lambda key, **given: pages.say("zh", key, **given),
            "nonce": request.state.nonce,
            "menu": (),
            "now": console.clock(),
            "path": request.url.path,
            "call_id": call_id,
            "view": call_view(made.hearing, made.findings, full=sound.full),
        }
        return HTMLResponse(pages._environment().from_string(PAGE).render(values))

    def with_page(console: Console) -> FastAPI:
        app = create_app(console)
        app.include_router(router)
        return app

    monkeypatch.setattr(sites, "create_app", with_page)
    with running(settings, store) as made:
        yield made


def found(start_s: float, quote: str, id: str, severity: Severity) -> Finding:
    place = Evidence(start_s, start_s + 0.28 * len(quote), Party.AGENT, quote, "w", "exact", 1.0)
    told = (Kind.FORBIDDEN, Status.STABLE, severity, f"标题{id}", Outcome.FIRES, None, Party.AGENT, "w", "r")
    return Finding(id, f"a.{id}", 1, *told, (place,), None)


#  agent     |1 您好，卡号…|          |12 稳赚不赔的|                  |32 再见|
#  customer              |6 好的|12.5 那好|           |28 ?lost?|            silence 15 … 28
SAID = (
    turn("A", 1.0, "您好，卡号六二二八四八零零", 5.0),
    turn("C", 6.0, "好的，<script>我知道</script>了", 9.0, conf=0.4),
    turn("A", 12.0, "稳赚不赔的", 13.5),
    turn("C", 12.5, "那好吧", 15.0),
    lost("C", 28.0, 30.0),
    turn("A", 32.0, "再见，祝您愉快", 34.0),
)
FINDINGS = (
    found(12.0, "稳赚不赔", "f1", Severity.CRITICAL),
    found(32.0, "再见", "f2", Severity.LOW),
)


@pytest.fixture
def call(store: Store, tmp_path: Path) -> Inspection:
    return keep(store, tmp_path, *SAID, duration_s=40.0, findings=FINDINGS)


@pytest.fixture
def seen(browser: Browser, site: Site, call: Inspection) -> Iterator[Seen]:
    """The page of the call, its sound ready."""
    with opened(browser, site, "qa_lead0") as made:
        made.page.goto(f"/listen/{call.call.id}")
        assert made.page.evaluate("() => window.player.ready")
        yield made


def state(page: Page, what: str) -> Any:
    return page.evaluate(f"() => player.{what}")


def wait_until(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}", timeout=20_000)


def test_it_plays_from_the_second_that_is_asked_for_and_counts_what_was_played(seen: Seen) -> None:
    page = seen.page
    page.evaluate("() => player.playFrom(12)")
    wait_until(page, "player.audio.currentTime > 12.6")
    page.evaluate("() => player.toggle()")
    wait_until(page, "player.audio.paused")
    ((start_s, end_s),) = state(page, "played()")
    assert 11.9 <= start_s <= 12.3 and 12.5 < end_s < 30
    assert page.locator(".dialogue li.now").get_attribute("data-no") in ("2", "3")
    page.evaluate("() => player.seek(32)")
    page.evaluate("() => player.playFrom(32.1)")
    wait_until(page, "player.audio.currentTime > 32.6")
    page.evaluate("() => player.toggle()")
    wait_until(page, "player.audio.paused")
    taken = page.evaluate("() => player.takePlayed()")
    assert len(taken) == 2 and taken[1][0] >= 32
    assert state(page, "played()") == []
    assert not seen.faults


def test_a_span_ends_where_it_should(seen: Seen) -> None:
    page = seen.page
    page.evaluate("() => player.playSpan(6, 6.6)")
    wait_until(page, "player.audio.paused && player.audio.currentTime > 6.5")
    assert 6.5 < state(page, "position") < 7.2
    assert not seen.faults


def test_the_sound_that_is_heard_is_the_sound_of_that_second(seen: Seen) -> None:
    """What the browser decodes: silent where the recording is, loud where the agent speaks."""
    loud = seen.page.evaluate(
        """async () => {
          const bytes = await (await fetch(player.audio.src)).arrayBuffer();
          const sound = await new OfflineAudioContext(2, 8000, 8000).decodeAudioData(bytes);
          const lane = sound.getChannelData(0);
          const level = (a, b) => Math.max(...lane.slice(a * sound.sampleRate, b * sound.sampleRate));
          return [level(12.1, 13), level(20, 27), sound.duration];
        }"""
    )
    assert loud[0] > 0.15 and loud[1] < 0.01 and abs(loud[2] - 40) < 0.1


def test_the_picture_has_lanes_findings_and_what_goes_on_and_breaks_no_policy(seen: Seen) -> None:
    page = seen.page
    names = page.locator(".player-names").first.inner_text().split()
    assert names == ["坐席", "客户"]
    assert page.evaluate("() => player.wave.getDecodedData().numberOfChannels") == 2
    for kind in ("silence", "overlap", "unheard"):
        assert page.locator(f".player-overlay .{kind}").get_attribute("d")
    assert page.locator(".player-overlay .finding").count() == 2
    signs = page.locator(".player-markers button")
    assert signs.all_inner_texts() == ["◆1", "■2"]
    assert signs.first.get_attribute("aria-label") == "1 严重 命中 标题f1 0:12.0"
    assert page.locator(".dialogue .doubtful").count() >= 1
    assert "<script>我知道</script>" in page.locator(".dialogue").inner_text()
    assert "六二二八" not in page.content() and "＊＊＊＊" in page.locator(".dialogue").inner_text()
    assert not seen.faults
    assert seen.serious() == []


def test_a_click_on_the_waveform_or_a_piece_goes_there(seen: Seen) -> None:
    page = seen.page
    box = page.locator(".player-wave").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    wait_until(page, "Math.abs(player.position - 20) < 0.3")
    page.locator(".dialogue span[data-start]", has_text="祝您愉快").click()
    wait_until(page, "Math.abs(player.position - 32.857) < 0.05")
    assert page.locator(".dialogue span.now").inner_text() == "祝您愉快"
    assert state(page, "playing") is False


def test_findings_are_walked_through_and_selected(seen: Seen) -> None:
    page = seen.page
    page.locator('[data-do="next"]').click()
    assert state(page, "position") == 12
    assert page.locator(".dialogue .selected").all_inner_texts() == ["稳赚不赔"]
    page.keyboard.press("]")
    assert state(page, "position") == 32
    page.keyboard.press("[")
    page.evaluate("() => { player.select('f2'); player.seek(3); player.select('f2'); }")
    assert state(page, "position") == 32
    assert page.evaluate("() => told.filter(([name]) => name === 'finding').map(([, detail]) => detail.id)") == [
        *("f1", "f2", "f1", "f2")
    ]
    page.locator(".player-markers button").first.focus()
    page.keyboard.press("Enter")
    assert state(page, "position") == 12
    assert page.locator(".player-markers [aria-current]").inner_text() == "◆1"


def test_keys_work_but_not_while_somebody_types(seen: Seen) -> None:
    page = seen.page
    for key, at_s in (("ArrowRight", 5), ("l", 6), ("L", 7), ("j", 6), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert state(page, "position") == at_s
    for key, rate in (("=", 1.25), ("-", 1), ("-", 0.75), ("-", 0.75)):
        page.keyboard.press(key)
        assert page.evaluate("() => player.audio.playbackRate") == rate
    page.keyboard.press("s")
    assert page.locator('[data-do="silence"]').get_attribute("aria-pressed") == "true"
    page.keyboard.press(" ")
    wait_until(page, "player.playing")
    page.keyboard.press(" ")
    wait_until(page, "!player.playing")
    page.locator("#typed").focus()
    page.keyboard.type("j l[]")
    assert page.locator("#typed").input_value() == "j l[]"
    assert state(page, "playing") is False


def test_silences_are_skipped_when_asked(seen: Seen) -> None:
    page = seen.page
    page.evaluate("() => { player.skipSilences(true); player.playFrom(14.5); }")
    wait_until(page, "player.audio.currentTime > 28.2")
    page.evaluate("() => player.audio.pause()")
    wait_until(page, "!player.playing")
    spans = state(page, "played()")
    assert len(spans) == 2 and spans[0][1] < 17 and spans[1][0] > 27


def test_what_was_wanted_before_the_sound_was_there_happens_then(
    browser: Browser, site: Site, call: Inspection
) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        held: list[Any] = []
        seen.page.route("**/peaks", lambda route: held.append(route))
        seen.page.goto(f"/listen/{call.call.id}")
        wait_until(seen.page, "window.player")
        assert seen.page.locator(".player-wait").inner_text() == "正在准备录音…"
        seen.page.evaluate("() => player.playFrom(12)")
        held[0].fulfill(status=202, json={"state": "making"})
        for _ in range(200):
            if len(held) > 1:
                break
            seen.page.wait_for_timeout(50)
        held[1].continue_()
        wait_until(seen.page, "player.audio.currentTime > 12.2")
        assert not seen.page.locator(".player-wait").is_visible()


def test_without_the_recording_the_dialogue_can_be_read_and_walked(
    browser: Browser, site: Site, call: Inspection
) -> None:
    Path(call.hearing.recording.path).unlink()
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/listen/{call.call.id}")
        assert seen.page.evaluate("() => player.ready") is False
        told = seen.page.locator(".player-fault").inner_text()
        assert told.startswith("录音无法播放，对话文本仍可查看。") and "not_found" in told
        seen.page.locator(".dialogue button.at").nth(2).click()
        assert seen.page.locator(".dialogue li.now").get_attribute("data-no") == "2"
        assert seen.serious() == []


def test_all_of_it_is_shown_and_heard_after_a_reason_was_given(seen: Seen, call: Inspection) -> None:
    page = seen.page
    assert "号码，不会被消音" in page.locator(".player-masked").inner_text()
    assert page.evaluate("() => player.ready")
    page.evaluate("() => player.playFrom(3)")
    wait_until(page, "player.playing && player.position > 3.2")
    page.locator('[data-do="full"]').click()
    page.get_by_label("理由").fill("客户来电投诉，核对卡号")
    page.get_by_role("button", name="确定").click()
    page.wait_for_url(f"**/listen/{call.call.id}")
    wait_until(page, "window.player")
    assert page.evaluate("() => player.ready")
    assert "六二二八四八零零" in page.locator(".dialogue").inner_text()
    assert page.evaluate("() => player.audio.src").endswith("?full=1")
    assert page.get_by_text("完整内容：号码未隐去").is_visible()
    assert page.evaluate("() => player.position") > 3.2
    expect(page.get_by_text("已暂停，可从原处继续播放。")).to_be_visible()
    page.reload()
    wait_until(page, "window.player")
    assert page.evaluate("() => player.position") == 0
    expect(page.get_by_text("已暂停")).to_be_hidden()
    assert not seen.faults
    assert seen.serious() == []


def test_who_may_not_see_all_is_not_offered_it(browser: Browser, site: Site, call: Inspection) -> None:
    with opened(browser, site, "team_lead0") as seen:
        seen.page.goto(f"/listen/{call.call.id}")
        assert seen.page.evaluate("() => player.ready")
        assert seen.page.locator('[data-do="full"]').count() == 0


def test_one_lane_has_one_name_and_the_strip_tells_who_speaks(
    browser: Browser, site: Site, store: Store, tmp_path: Path
) -> None:
    made = keep(store, tmp_path, *SAID, no="mono", duration_s=40.0, lanes=1, findings=FINDINGS)
    hearing = made.hearing
    sounds = (SoundSpan(36, 39, SoundKind.MUSIC),)
    emotions = (EmotionSpan(Party.CUSTOMER, 12.5, 15, "agitation", 0.8, ("w",)),)
    stored(store, made, replace(hearing, sounds=sounds, emotions=emotions))
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/listen/{made.call.id}")
        assert seen.page.evaluate("() => player.ready")
        assert seen.page.locator(".player-names").first.inner_text() == "单声道"
        strip = seen.page.locator(".player-names.strip").inner_text().split()
        assert strip == ["坐席", "客户", "音乐"]
        assert seen.page.locator(".player-strip .emotion").nth(1).get_attribute("d")
        assert not seen.faults


def test_hours_of_dialogue_stay_usable(browser: Browser, site: Site, store: Store, tmp_path: Path) -> None:
    """Four hours, 5000 turns: a look at the position touches a row, not all of them."""
    said = [turn("AC"[no % 2], no * 2.8, "您好请讲，谢谢", no * 2.8 + 2) for no in range(5000)]
    made = keep(store, tmp_path, *said[:4], no="long")
    hearing = hearing_of(*said, duration_s=14_400.0)
    stored(store, made, replace(hearing, recording=replace(made.hearing.recording, duration_s=14_400.0)))
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/listen/{made.call.id}")
        assert seen.page.evaluate("() => player.ready")
        assert seen.page.locator(".dialogue li").count() == 5000
        touched = seen.page.evaluate(
            """async () => {
              const changes = [];
              const watch = new MutationObserver((found) => changes.push(...found));
              watch.observe(document.querySelector(".dialogue"), { subtree: true, attributes: true, childList: true });
              for (let at = 5; at < 14000; at += 140) player.dialogue.show(at);
              await new Promise((done) => setTimeout(done));
              return changes.length;
            }"""
        )
        assert 100 <= touched <= 100 * 8
        assert seen.page.locator(".dialogue li.now").is_visible()
        assert not seen.faults


def test_a_call_of_text_has_no_player(browser: Browser, site: Site, store: Store, tmp_path: Path) -> None:
    made = keep(store, tmp_path, *SAID, no="text")
    hearing = made.hearing
    stored(store, made, replace(hearing, has_sound=False))
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/listen/{made.call.id}")
        assert seen.page.get_by_text("本通话没有录音").is_visible()
        seen.page.locator(".dialogue button.at").first.click()
        assert seen.page.evaluate("() => player.ready") is False
        assert not seen.faults
        assert seen.serious() == []
