"""Calls found, read and exported, as programs and a real browser ask for them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from inspector.config import Settings
from inspector.model import Because, Inspection, Outcome, Severity, Status, call_id_of
from inspector.rules.lanes import LANE_RULE
from inspector.storage import Store
from inspector.storage.tables import audit
from inspector.web.calls.export import Format, _plain
from tests.builders import hearing_of, turn
from tests.contract.test_migrations import FINDING
from tests.unit.test_search import call
from tests.web.pages import opened
from tests.web.site import CSRF, Site, running

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
RULE = "banned.guaranteed_return"
HOSTILE = '<script>alert(1)</script>"\u202e' + "长" * 10_000


def made(number: int, *said: str, team: str = "一组", longest_s: float = 0.0) -> Inspection:
    fires = replace(FINDING, rule_id=RULE, severity=Severity.CRITICAL, status=Status.STABLE, outcome=Outcome.FIRES)
    one = call(number, *said, team=team, at=NOW - timedelta(minutes=number), longest_s=longest_s)
    return replace(one, findings=(fires,) if number == 1 else (), queues=(), by_rule={RULE: Outcome.FIRES})


@pytest.fixture
def site(settings: Settings, store: Store) -> Iterator[Site]:
    store.save(made(1, "您好", "我的卡号是六二二二零二", "这款保本保息", longest_s=12), "d")
    store.save(made(2, "这款保本", team="二组"), "d")
    for number in range(3, 60):
        store.save(made(number, "请问利率", HOSTILE[:200]), "d")
    with running(settings, store) as made_site:
        object.__setattr__(made_site.console, "clock", lambda: NOW)
        yield made_site


def test_the_story_of_a_lead(browser: Browser, site: Site) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        page = seen.page
        page.goto("/calls")
        assert page.locator("table.calls tbody tr").count() == 50
        assert not seen.serious()
        page.get_by_label("通话内容").fill("保本")
        page.get_by_label("班组").fill("一组")
        page.get_by_label("最长静音≥（秒）").fill("10")
        page.get_by_role("button", name="查询", exact=True).click()
        page.locator("mark").wait_for()
        assert page.locator("mark").all_inner_texts() == ["保本"]
        address = page.url
        assert "text=" in address
        page.locator("table.calls a").click()
        page.get_by_role("heading", name="通话 c1").wait_for()
        assert "＊" in page.locator(".dialogue").inner_text()
        assert "六二二二" not in page.locator("main").inner_text()
        assert not seen.serious()
        page.go_back()
        page.locator("mark").wait_for()
        assert page.url == address
        assert page.get_by_label("通话内容").input_value() == "保本"
        page.get_by_label("查询名称").fill("上周保本")
        page.get_by_role("button", name="保存当前查询").click()
        page.get_by_text("我的查询 (1)").click()
        page.get_by_role("link", name="上周保本").click()
        assert page.locator("table.calls tbody tr").count() == 1
        # The tests' calls have no sound to be found.
        assert [fault for fault in seen.faults if "/sound/" not in fault and "Failed to load" not in fault] == []


def test_pages_follow_each_other(site: Site) -> None:
    with site.client("qa_lead0") as client:
        first = client.get("/calls").text
        following = first.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
        second = client.get(following).text
        assert second.count('<td class="at">') == 9
        assert "下一页" not in second


def test_a_lead_sees_only_his_teams_calls(site: Site) -> None:
    with site.client("team_lead0") as client:
        answer = client.get("/calls", params={"text": "保本"}).text
        assert answer.count('<td class="at">') == 1
        assert client.get(f"/calls/{call_id_of('pbx', 'c2')}").status_code == 403
        assert client.get(f"/calls/{call_id_of('pbx', 'c1')}").status_code == 200
        table = csv.reader(io.StringIO(client.get("/calls/export", params={"format": "csv"}).text))
        assert "二组" not in {row[4] for row in table}


def test_a_party_who_was_not_heard_is_told_in_words(site: Site, store: Store) -> None:
    unheard = replace(FINDING, rule_id=LANE_RULE, outcome=Outcome.UNDETERMINED, undetermined_because=Because.NOT_HEARD)
    store.save(replace(made(70, "您好", team="三组"), findings=(unheard,)), "d")
    asked = {"team": "三组"}
    with site.client("qa_lead0") as client:
        shown = client.get("/calls", params=asked).text
        exported = client.get("/calls/export", params={**asked, "format": "csv"}).text
    for told in (shown.partition("<tbody")[2], exported):
        assert "一方的话听不清，不可检" in told
    assert LANE_RULE not in exported


WRONG = (
    {"text": "保"},
    {"text": HOSTILE[:5000]},
    {"from": "2026-13-01"},
    {"from": "0001-01-01"},
    {"to": "9999-12-31"},
    {"from": "2026-03-02", "to": "2026-03-01"},
    {"longest": "nan"},
    {"min_s": "-1"},
    {"rate": "1e400"},
    {"severity": "worst"},
    {"order": "worst"},
    {"order": "duration", "from": "2026-02-01", "to": "2026-03-02"},
    {"outcome": "silent\0"},
    {"team": "x" * 5000},
)


@pytest.mark.parametrize("given", WRONG, ids=[",".join(one) for one in WRONG])
def test_what_cannot_be_looked_for_is_said_in_words(site: Site, given: dict[str, str]) -> None:
    with site.client("qa_lead0") as client:
        answer = client.get("/calls", params=given)
        assert answer.status_code == 200
        assert 'class="fault"' in answer.text
        assert "<script>alert" not in answer.text
        assert client.get("/calls/export", params=given).status_code in (400, 404)


@pytest.mark.parametrize(
    "given", [{"team": "<b>\u202e"}, {"after": "x"}, {"after": "9" * 30}, {"text": '" OR *x'}, {"id": "a\0b"}]
)
def test_what_is_strange_is_looked_for_and_not_found(site: Site, given: dict[str, str]) -> None:
    with site.client("qa_lead0") as client:
        answer = client.get("/calls", params=given)
        assert answer.status_code == 200
        assert "<b>" not in answer.text.split("<main")[1].split("snippet")[0].replace("<b>处理办法", "")


def test_no_such_call(site: Site) -> None:
    with site.client("qa_lead0") as client:
        for call_id in ("nothing", "%00", "x" * 3000):
            assert client.get(f"/calls/{call_id}").status_code == 404


def test_an_export_has_types_and_no_words(site: Site) -> None:
    with site.client("qa_lead0") as client:
        answer = client.get("/calls/export", params={"format": "xlsx", "text": "保本"})
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        rows = list(book["质检明细"].iter_rows(values_only=True))
        assert rows[0][:3] == ("流水号", "时间", "时长")
        assert [row[0] for row in rows[1:]] == ["c1", "c2"]
        assert isinstance(rows[1][1], datetime)
        assert rows[1][10] == "严重"
        assert {row[0] for row in book["说明"].iter_rows(values_only=True)} >= {"导出人", "通话内容", "脱敏"}


def test_a_formula_is_only_a_text(site: Site, store: Store) -> None:
    store.save(made(99, "您好", team="=HYPERLINK(1)"), "d")
    with site.client("qa_lead0") as client:
        answer = client.get("/calls/export", params={"format": "csv", "team": "=HYPERLINK(1)"})
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "'=HYPERLINK(1)" in answer.text


@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1"])
def test_no_cell_of_values_parted_by_commas_is_a_formula(hostile: str) -> None:
    assert next(_plain([hostile], SHANGHAI)) == f"'{hostile}"


@pytest.mark.parametrize("format", Format)
def test_an_export_says_where_it_was_cut_and_is_on_record(
    site: Site, format: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.web.calls.export.MOST_ROWS", 3)
    with site.client("qa_lead0") as client:
        answer = client.get("/calls/export", params={"format": format.value})
    if format is Format.CSV:
        assert "content-length" not in answer.headers, "it is sent while it is read"
        rows = [tuple(row) for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]
    else:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        rows = list(book["质检明细"].iter_rows(values_only=True))
        assert ("通话数", "3") in list(book["说明"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:4]] == ["c1", "c2", "c3"]
    assert [row[0] for row in rows[4:]] == ["只导出了前 3 通，请缩小日期范围分次导出"]
    with site.console.store._reader.connect() as connection:
        found = connection.execute(select(audit.c.detail).where(audit.c.action == "calls_export")).scalars().all()
    assert [one["calls"] for one in found] == [3]


def test_who_may_not_export_is_refused(site: Site) -> None:
    with site.client("auditor0") as client:
        assert client.get("/calls/export").status_code == 403
        assert "导出" not in client.get("/calls").text


def test_a_search_is_saved_once_and_deleted_once(site: Site) -> None:
    form = {"name": "一", "text": "保本", "csrf": CSRF}
    with site.client("qa_lead0") as client:
        for _ in range(2):
            assert client.post("/calls/searches", data=form, follow_redirects=False).status_code == 303
        (kept,) = site.console.store.search.saved(
            next(p.actor for p in site.console.store.people.all() if p.name == "qa_lead0")
        )
        assert client.post("/calls/searches", data={"name": " "}).status_code == 400
        for _ in range(2):
            assert client.post(f"/calls/searches/{kept.id}/delete", follow_redirects=False).status_code == 303
        assert client.post(f"/calls/searches/{kept.id}/rename", data={"name": "x"}).status_code == 400


def test_a_long_call_and_one_that_is_gone(browser: Browser, site: Site, store: Store) -> None:
    long = made(70, "您好")
    turns = [turn("AC"[place % 2], 1.0 + 2 * place, "您好请讲") for place in range(5000)]
    hearing = hearing_of(*turns)
    store.save(replace(long, hearing=replace(hearing, recording=replace(hearing.recording, id="7" * 64))), "d")
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/calls/{call_id_of('pbx', 'c70')}")
        assert seen.page.locator(".dialogue li").count() == 5000


@pytest.mark.parametrize(("lang", "words"), [("zh", ("呼入", "电话")), ("en", ("inbound", "phone"))])
def test_business_data_are_told_in_words(site: Site, store: Store, lang: str, words: tuple[str, str]) -> None:
    one = made(70, "您好")
    facts = replace(one.call.facts, direction="inbound", channel="phone", hangup_by="customer")
    store.save(replace(one, call=replace(one.call, facts=facts)), "d")
    with site.client("qa_lead0") as client:
        client.cookies.set("inspector_lang", lang)
        shown = client.get(f"/calls/{one.call.id}").text
        assert all(f"<dd>{word}</dd>" in shown for word in words)
        given = {"format": "csv", "id": "c70"}
        row = list(csv.reader(io.StringIO(client.get("/calls/export", params=given).text)))[1]
        assert tuple(row[6:8]) == words


def test_calls_are_sorted_within_the_days_named(browser: Browser, site: Site) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        page = seen.page
        page.goto("/calls?from=2026-03-02&to=2026-03-02")
        page.get_by_label("排序").select_option(label="最长静音，由长到短")
        page.get_by_role("button", name="查询", exact=True).click()
        expect(page.get_by_text("仅在所选日期（2026-03-02 至 2026-03-02）内排序：最长静音，由长到短")).to_be_visible()
        expect(page.locator("table.calls tbody tr").first).to_contain_text("12.0")
        assert not seen.serious()
        page.get_by_label("开始日期").fill("2026-02-01")
        page.get_by_role("button", name="查询", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("最多 1 天")
        page.get_by_label("排序").select_option(label="时间，由近到远")
        page.get_by_role("button", name="查询", exact=True).click()
        expect(page.get_by_text("本页 50 通，时间，由近到远")).to_be_visible()
        assert not seen.faults
