"""The pages of operations: what runs, nights, what was put aside."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inspector.config import Settings
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Call, Facts
from inspector.night.records import CdrCall, Fate, Listed
from inspector.storage import Store
from inspector.storage.ledger.records import Intake, IntakeLeg
from inspector.web.operations.models import models_of
from tests.databases import Database
from tests.unit.review.conftest import DAY, PLAIN
from tests.waiting import until
from tests.web.pages import opened
from tests.web.site import Site
from tests.web.test_api import heard

HOSTILE = "<script>alert(1)</script>\u202e"


def accept(store: Store, *names: str) -> list[Call]:
    """Calls that wait, a minute long each."""
    calls = [Call("pbx", name, Facts(start=f"{DAY}T13:00:00+08:00")) for name in names]
    store.ledger.accept([Intake(call, (IntakeLeg(1, None, None),), audio_s=60.0) for call in calls])
    return calls


def reject(store: Store, call: Call, message: str) -> None:
    for claim in store.ledger.claim([call.id], "worker", 60.0):
        store.ledger.reject(call.id, claim.fence, [RecordingError(ErrorKind.NOT_AUDIO, message, "send it again")])


@pytest.fixture
def night(store: Store) -> list[Call]:
    """A day with one call judged, one rejected, one put aside, one that waits, one excluded and one never recorded."""
    judged = heard(store, "c1", PLAIN).call
    broken, aside, waits = accept(store, f"1381234567{HOSTILE}", "aside", "waits")
    reject(store, broken, f"call of 13812345678 {HOSTILE}")
    store.ledger.quarantine([aside.id], "made a worker crash", "ops")
    store.ledger.claim([waits.id], "host:17:worker", 60.0)
    rows = [Listed(one.id, Fate.ACCEPTED, no, "", None, one.source_call_id) for no, one in
            enumerate((judged, broken, aside, waits), start=2)]  # fmt: skip
    rows.append(Listed(Call("pbx", "x9").id, Fate.EXCLUDED, 9, "", "internal", "x9"))
    store.nights.begin(DAY, "ops")
    store.nights.put(DAY, rows)
    lost = Call("pbx", "lost")
    store.nights.put_cdr(DAY, [CdrCall(lost.id, "lost", f"{DAY}T14:00:00+08:00", 30.0, True, "trunk1", "3062")])
    return [judged, broken, aside, waits]


@pytest.mark.usefixtures("night")
def test_what_runs_is_shown_and_asked_for_anew(browser: Browser, site: Site) -> None:
    with opened(browser, site, "operations0") as seen:
        asked: list[str] = []
        seen.page.on("request", lambda one: asked.append(one.url))
        seen.page.clock.install()
        seen.page.goto("/operations")
        expect(seen.page.get_by_text("host:17:worker")).to_be_visible()
        expect(seen.page.get_by_role("alert")).to_contain_text("没有派发进程")
        seen.page.clock.run_for(5_500)
        expect(seen.page.get_by_text("host:17:worker")).to_be_visible()
        assert any(url.endswith("/operations/now") for url in asked)
        seen.page.clock.fast_forward(15 * 60_000)
        seen.page.clock.run_for(6_000)
        seen.page.wait_for_timeout(2_000)  # what was asked before is answered
        asked.clear()
        seen.page.clock.run_for(60_000)
        assert not asked, "a page that was left open keeps its session"
        assert not seen.faults
        assert not seen.serious()


@pytest.mark.usefixtures("night")
def test_a_day_balances_and_says_what_is_missing(browser: Browser, site: Site) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto("/operations/night")
        seen.page.get_by_role("link", name=f"{DAY}").click()
        terms = seen.page.locator(".equation .term b")
        expect(terms).to_have_count(7)
        assert [int(one) for one in terms.all_inner_texts()] == [5, 0, 1, 1, 1, 1, 1]
        expect(seen.page.get_by_text("漏录：清单中没有")).to_be_visible()
        expect(seen.page.get_by_text("internal")).to_be_visible()
        assert "13812345678" not in seen.page.content()
        assert not seen.faults
        assert not seen.serious()


@pytest.mark.usefixtures("night")
def test_a_lead_signs_the_day_off_with_a_reason_once(browser: Browser, site: Site) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/operations/night/{DAY}")
        seen.page.get_by_label("原因").fill("录音机故障，不再等待")
        seen.page.get_by_role("button", name="签核并关闭").click()
        expect(seen.page.get_by_text("已签核。")).to_be_visible()
        expect(seen.page.get_by_text("录音机故障，不再等待")).to_be_visible()
        expect(seen.page.get_by_role("button", name="签核并关闭")).to_have_count(0)
        assert not seen.faults
    with site.client("qa_lead0") as client:
        again = client.post(f"/operations/night/{DAY}/sign-off", data={"reason": "once more"})
    assert again.status_code == 400
    run = site.console.store.nights.of(DAY)
    assert run is not None
    assert run.parts[0].signed_by == "qa_lead0"


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("reason", ["", "   ", "two\nlines", "x" * 501])
def test_a_sign_off_without_a_good_reason_is_refused(site: Site, reason: str) -> None:
    with site.client("qa_lead0") as client:
        assert client.post(f"/operations/night/{DAY}/sign-off", data={"reason": reason}).status_code in (400, 422)
    run = site.console.store.nights.of(DAY)
    assert run is not None
    assert not run.is_signed_off


def test_what_was_put_aside_is_shown_harmlessly_and_waits_again(
    browser: Browser, site: Site, night: list[Call]
) -> None:
    with opened(browser, site, "operations0") as seen:
        seen.page.goto("/operations/quarantine")
        expect(seen.page.get_by_text("made a worker crash")).to_be_visible()
        seen.page.get_by_role("link", name="拒收", exact=True).click()
        expect(seen.page.get_by_text("send it again")).to_be_visible()
        assert "13812345678" not in seen.page.content()
        seen.page.get_by_label("全选本页").check()
        seen.page.get_by_role("button", name="重新处理所选").click()
        expect(seen.page.get_by_text("已重新排队 1 通。")).to_be_visible()
        assert not seen.faults
        assert not seen.serious()
        seen.page.go_back()
    waiting = {one.call_id for one in site.console.store.ledger.entries(9) if one.state == "waiting"}
    assert waiting == {night[1].id}


def test_many_come_in_pages(site: Site, store: Store) -> None:
    calls = accept(store, *(f"c{no:03}" for no in range(51)))
    store.ledger.quarantine([one.id for one in calls], "made a worker crash", "ops")
    store.nights.begin(DAY, "ops")
    store.nights.put(DAY, [Listed(one.id, Fate.ACCEPTED, 2, "", None, one.source_call_id) for one in calls])
    with site.client("operations0") as client:
        for path, one in (
            ("/operations/quarantine?", 'name="call_id"'),
            (f"/operations/night/{DAY}/balance?", "<td>隔离"),
        ):
            first, second = (client.get(f"{path}at={at}").text for at in (0, 1))
            assert (first.count(one), second.count(one)) == (50, 1)
            assert ("下一页" in first, "下一页" in second, "上一页" in second) == (True, False, True)


@pytest.mark.usefixtures("night")
def test_who_only_looks_is_offered_no_deed(site: Site) -> None:
    with site.client("auditor0") as client:
        assert "重新处理" not in client.get("/operations/quarantine").text
        assert "签核并关闭" not in client.get(f"/operations/night/{DAY}").text
        assert client.post("/operations/quarantine").status_code == 403


def test_a_report_that_was_written_can_be_had_with_a_trace(site: Site, night: list[Call], tmp_path: Path) -> None:
    path = tmp_path / f"质检日报-{DAY}.json"
    with site.client("qa_lead0") as client:
        assert client.get(f"/operations/night/{DAY}/files/json").status_code == 404
        site.console.store.made_file(None, "night", path)
        assert client.get(f"/operations/night/{DAY}/files/json").status_code == 404
        path.write_text("{}")
        got = client.get(f"/operations/night/{DAY}/files/json")
    assert (got.status_code, got.text) == (200, "{}")
    assert got.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path", ["/operations/night/never", "/operations/night/2001-01-01", "/operations/night/2001-01-01/balance",
             "/operations/quarantine?state=x", "/operations/quarantine?at=-1", "/operations/quarantine?at=99999999999"]
)  # fmt: skip
def test_nonsense_is_refused_in_words(site: Site, path: str) -> None:
    with site.client("operations0") as client:
        assert client.get(path).status_code in (404, 422)


# ---- what the database tells -----------------------------------------------------------------------------------------


def test_who_holds_what_and_how_fast_it_goes(database: Database) -> None:
    with closing(Store.open(database.url)) as store:
        assert store.operations.speed(datetime.now(UTC)).calls == 0
        calls = accept(store, "a", "b", "c")
        store.ledger.claim([one.id for one in calls[:2]], "w1", 60.0)
        assert store.ledger.elect("relay", "r1", 60.0)
        (load,) = store.operations.workers()
        assert (load.owner, load.calls, load.audio_s) == ("w1", 2, 120.0)
        now = datetime.now(UTC)
        assert [(one.name, one.owner) for one in store.operations.duties(now)] == [("relay", "r1")]
        assert store.operations.duties(now + timedelta(hours=1)) == ()
        assert store.operations.database().size_bytes > 0


def test_a_model_that_is_replaced_is_read_again(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (own / name).write_text("{}")
    hearing = settings.hearing.model_copy(update={"asr_model": str(own)})
    mine = settings.model_copy(update={"hearing": hearing})

    def digest() -> str:
        until(lambda: models_of(mine) is not None)
        return (models_of(mine) or ())[0].sha256

    before = digest()
    assert digest() == before
    (own / "model.bin").write_text("another")
    assert digest() == sha256(b"another").hexdigest() != before
