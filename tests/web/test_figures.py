"""Figures on pages: the store's numbers, within somebody's reach, with their limits and bases."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser

import openpyxl
import pytest
from playwright.sync_api import Browser
from sqlalchemy import insert

from inspector.config import Settings
from inspector.enums import Outcome, Status
from inspector.errors import StorageError
from inspector.roles import Actor, Person, Role
from inspector.storage import Store, sqlite_url
from inspector.storage.alerts import GroupFilter, Hygiene
from inspector.storage.rule_state_tables import rule_state
from inspector.storage.tables import call, inspection
from inspector.web.figures import background
from inspector.web.words import say
from tests.accepted import BOSS
from tests.databases import Database
from tests.signals import FAILURE, a_run, called
from tests.unit.review.conftest import DAY as CALLS_DAY
from tests.verdicts import DAY, NOON, RULE, Desk
from tests.web.conftest import ADMIN
from tests.web.pages import opened
from tests.web.site import Site
from tests.web.test_api import THEFT, heard

FIRES, SILENT, UNSURE = Outcome.FIRES, Outcome.SILENT, Outcome.UNDETERMINED
LEAD = Actor("qa_lead0", frozenset({Role.QA_LEAD}))
MARCH = (date(2025, 3, 1), date(2025, 3, 28))
QUERY = "from=2025-03-01&to=2025-03-28"
PAGES = ("", "/rules", f"/rules/{RULE}", "/agents", "/reviewers")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks waits until it is computed."""
    monkeypatch.setattr(background, "WAIT_S", 30.0)


@pytest.fixture
def database(settings: Settings) -> Database:
    """That of the site: 60 calls of 一组 and 40 of 二组; the rule fires in 50, of which people judged 46 and confirmed
    38, 25 of them of 一组; one call was heard where it was missed."""
    database = Database(sqlite_url(settings.home / "inspector.db"))
    desk = Desk()
    for number in range(100):
        team = "一组" if number < 60 else "二组"
        answer = FIRES if number % 2 else UNSURE if number % 10 == 4 else SILENT
        name = f"c{number}"
        desk.call(name, {RULE: answer, "test.seldom": SILENT}, team)
        measured = {"silence_s": number, "interruptions": number % 4, "agent_rate_cpm": 200 + number}
        desk.rows[inspection][-1]["metrics"] = {**measured, "agent_talk_s": 30.0, "speech_unheard_s": 1.5}
        desk.rows[call][-1]["facts"] = {"team": team, "agent": "3062" if number < 60 else "4001"}
        if answer is FIRES and number < 92:
            said = "confirmed" if number % 12 != 3 else "false_alarm"
            review_id = desk.review(name, {RULE: said})
            agent = "3062" if number < 60 else "4001"
            desk.decided(name, said, review_id, team=team, agent=agent)
    desk.review("c0", {}, reason="random", marks=(RULE,))
    desk.write(database)
    return database


class Cells(HTMLParser):
    """The rows of every table, by its id: text and value of each cell."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[list[str]]]] = {}
        self._rows: list[list[list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "table":
            self._rows = self.tables.setdefault((told["id"] or "").removeprefix("table-"), [])
        elif tag == "tr":
            self._rows.append([])
        elif tag == "td":
            self._rows[-1].append(["", told.get("data-value") or ""])

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._rows = []

    def handle_data(self, data: str) -> None:
        if self._rows and self._rows[-1] and data.strip():
            self._rows[-1][-1][0] += data.strip()


def part(site: Site, name: str, who: str = "qa_lead0", more: str = "") -> str:
    with site.client(who) as client:
        answer = client.get(f"/figures/part/{name}?{QUERY}{more}")
        assert answer.status_code == 200, answer.text
        return answer.text


def cells(text: str, table: str) -> list[list[list[str]]]:
    return [row for row in Cells(text).tables[table] if row]


def test_rates_have_their_limits_and_base(site: Site, database: Database) -> None:
    """50 fire, 10 are undetermined, 40 silent: 50 of 90."""
    (row, *others) = [one for one in cells(part(site, "rules"), "rules") if one[0][0] == RULE]
    assert not others
    by_team = [one for one in site.console.store.verdicts.rates(LEAD, MARCH) if one.rule_id == RULE]
    assert [sum(one.fired for one in by_team), sum(one.applicable for one in by_team)] == [50, 90]
    assert [row[1][0], row[2][0]] == ["50", "90"]
    assert row[3] == ["55.6%（95% 区间 45.3–65.4，n=90）", str(50 / 90)]
    assert row[4][0] == "样本不足（n=0）", "nothing was inspected in the four weeks before"
    assert row[5][0].startswith("82.6%（95% 区间 ")
    assert row[5][0].endswith("，n=46）")
    assert row[7][0] == "样本不足（n=0）", "nobody heard calls at random"
    assert row[8][0] == "● 生效"


def test_too_few_is_said_and_not_hidden(site: Site, database: Database) -> None:
    for row in cells(part(site, "rules", more="&team=三组"), "rules"):
        assert row[3] == ["样本不足（n=0）", ""]
    seldom = [one for one in cells(part(site, "rules"), "rules") if one[0][0] == "test.seldom"]
    assert seldom[0][5] == ["样本不足（n=0）", ""]


def test_the_overview_is_what_the_store_counts(site: Site, database: Database) -> None:
    by_day = {row[0][0]: [cell[0] for cell in row[1:]] for row in cells(part(site, "volumes"), "volumes")}
    assert len(by_day) == 28
    assert by_day["2025-03-03"] == ["100", "100", "50", "0", "47"]
    assert by_day["2025-03-04"] == ["0"] * 5
    rates = part(site, "rates")
    assert cells(rates, "top-rules")[0][0][0] == RULE
    assert "全部规则合计：5.0%（n=200）" in rates, "10 of 200 answers"
    teams = cells(rates, "teams")
    assert [row[0][0] for row in teams] == ["一组", "二组"], "the more is confirmed for good, the higher"
    assert [row[1][0] for row in teams] == ["25", "13"]


def test_a_lead_sees_his_team_alone(site: Site, database: Database) -> None:
    assert cells(part(site, "volumes", "team_lead0"), "volumes")[2][1][0] == "60"
    rates = part(site, "rates", "team_lead0")
    assert [row[0][0] for row in cells(rates, "teams")] == ["一组"]
    rows = cells(part(site, "rules", "team_lead0"), "rules")
    assert len(rows[0]) == 5, "what verdicts say is said of all teams together"
    assert [row[0][0] for row in cells(part(site, "agents", "team_lead0"), "agents")] == ["3062"]
    assert cells(part(site, "volumes"), "volumes")[2][1][0] == "100", "what others see is kept apart"
    with site.client("team_lead0") as client:
        for path in ("", "/rules", "/agents", "/part/volumes", "/part/rates"):
            assert client.get(f"/figures{path}?team=二组").status_code == 403
            assert client.get(f"/figures{path}?team=一组").status_code == 200
        for path in (f"/rules/{RULE}", "/reviewers", "/part/weeks", "/part/reviewers", "/part/disagreements"):
            assert client.get(f"/figures{path}").status_code == 403


def test_measures_are_spread_over_their_classes(site: Site, database: Database) -> None:
    text = part(site, "measures")
    assert [row[1][0] for row in cells(text, "measure-silence_s")] == ["5", "10", "15", "30", "40", "0"]
    assert [row[0][0] for row in cells(text, "measure-interruptions")] == ["0", "1", "2", "3–4", "5–9", "≥ 10"]
    assert cells(text, "unheard")[0][1][0].startswith("5.0%（n=3,000）")


def test_disagreements_are_for_whom_may_export_reviews(site: Site, database: Database) -> None:
    found = cells(part(site, "disagreements", more=f"&rule={RULE}"), "disagreements")
    assert [(row[1][0], row[2][0]) for row in found] == [("漏检", "1.0–2.0 s")]
    with site.client("business0") as client:
        assert client.get("/figures/part/disagreements").status_code == 403
        assert "disagreements" not in client.get(f"/figures/rules/{RULE}").text


def test_agents_answer_for_what_is_final_and_small_samples_are_not_compared(site: Site, database: Database) -> None:
    text = part(site, "agents")
    (first, second) = cells(text, "agents")
    assert [cell[0] for cell in first] == ["3062", "一组", "31", "25"]
    assert first[3][1] == str(25 / 31)
    assert [cell[0] for cell in second] == ["4001", "二组", "样本不足（n=16）", "13"]
    assert second[3][1] == "", "of too small a sample there is nothing to sort by and to plot"
    assert text.count('<tr class="few">') == 1


def test_twenty_who_ask_at_once_are_answered_by_one_computation(
    site: Site, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    volumes, times, go = site.console.store.volumes, [], threading.Event()
    real = volumes.days

    def slow(*asked: object) -> object:
        times.append(asked)
        assert go.wait(30)
        return real(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(volumes, "days", slow)
    monkeypatch.setattr(background, "WAIT_S", 0.0)
    with ThreadPoolExecutor(20) as asking:
        answers = list(asking.map(lambda _: part(site, "volumes"), range(20)))
    assert all('hx-trigger="load delay:1s"' in text for text in answers), "they are told to ask again"
    with site.client("qa_lead0") as client:
        assert client.get("/figures").status_code == 200, "the page does not wait for its parts"
    monkeypatch.setattr(background, "WAIT_S", 30.0)
    go.set()
    assert "每日业务量" in part(site, "volumes")
    assert len(times) == 1


def test_a_failure_is_told_on_the_page_and_tried_again(
    site: Site, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    volumes = site.console.store.volumes

    def fail(*asked: object) -> object:
        raise StorageError("the database is locked", "wait a little")

    with monkeypatch.context() as broken:
        broken.setattr(volumes, "measures", fail)
        told = part(site, "measures")
    assert "the database is locked" in told
    assert "wait a little" in told
    assert 'hx-trigger="load delay:5s"' in told
    monkeypatch.setattr(background, "RETRY", background.RETRY * 0)
    assert "静音时长" in part(site, "measures")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/figures?from=nonsense", 422),
        ("/figures?from=2025-13-01", 422),
        ("/figures?from=2023-01-01&to=2025-01-01", 404),
        ("/figures?from=0001-01-01&to=0001-01-02", 404),
        ("/figures?to=0001-01-01", 404),
        ("/figures?from=9999-12-01&to=9999-12-31", 200),
        ("/figures?from=2025-03-28&to=2025-03-01", 200),
        (f"/figures?team={'x' * 10_000}", 422),
        (f"/figures/rules/{'x' * 10_000}", 422),
        ("/figures/part/nothing", 404),
        ("/figures/part/weeks?from=9999-12-01&to=9999-12-31", 200),
        ("/figures/part/weeks?rule=%E2%80%AE%3Cscript%3E", 200),
    ],
)
def test_nonsense_is_answered_in_words(site: Site, path: str, status: int) -> None:
    with site.client("qa_lead0") as client:
        assert client.get(path).status_code == status


def test_hostile_names_are_shown_as_text(site: Site, settings: Settings) -> None:
    hostile = '<script>alert("1")</script>\u202e'
    desk = Desk()
    for number in range(40):
        desk.call(f"c{number}", {hostile: FIRES}, hostile)
    desk.write(Database(sqlite_url(settings.home / "inspector.db")))
    with site.client("qa_lead0") as client:
        page = client.get("/figures/rules/" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
    for text in (part(site, "rates"), part(site, "rules"), page):
        assert "<script>alert" not in text
        assert "\u202e" not in text


def demoted(database: Database) -> None:
    row = {"rule_id": RULE, "rule_version": 1, "status": Status.TEST.value, "since": NOON, "why": {}, "by": "gate"}
    with database.connection() as connection:
        connection.execute(insert(rule_state).values(**row, looks=2, looked_on=DAY))


def test_a_demoted_rule_that_passes_is_let_back_by_a_person_once(site: Site, settings: Settings) -> None:
    database, desk = Database(sqlite_url(settings.home / "inspector.db")), Desk()
    desk.judged(60, 1)
    desk.write(database)
    button = say("zh", "figures_promote")
    demoted(database)
    with site.client("qa_lead0") as client:
        assert button in part(site, "weeks", more=f"&rule={RULE}")
        assert button not in part(site, "weeks", "business0", more=f"&rule={RULE}")
        answer = client.post(f"/figures/rules/{RULE}/promote")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/figures/rules/{RULE}")
        assert button not in part(site, "weeks", more=f"&rule={RULE}")
        assert client.post(f"/figures/rules/{RULE}/promote").status_code == 400, "sent twice"
    (state,) = site.console.store.verdicts.states(LEAD)
    assert (state.status, state.by) == (Status.STABLE, "qa_lead0")


def test_the_workbook_is_the_one_of_the_command(site: Site, database: Database) -> None:
    days = {"from": "2025-03-01", "to": "2025-03-28"}
    with site.client("qa_lead0") as client:
        answer = client.post("/figures/export", data=days)
        assert client.post("/figures/export", data={"from": "x", "to": ""}).status_code == 422
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "filename*=UTF-8''%E7%BB%9F%E8%AE%A1" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["规则准确率", "漏检估计", "违规率", "一致性", "预警漂移"]
    assert next(book["规则准确率"].iter_rows(min_row=2, values_only=True))[0] == RULE
    (audited,) = database.rows("SELECT actor, subject FROM audit WHERE action = 'figures_export'")
    assert audited == ("qa_lead0", "figures")
    with site.client("business0") as client:
        assert client.post("/figures/export", data=days).status_code == 403


def test_pages_are_drawn_whole_and_for_everybody(browser: Browser, site: Site, database: Database) -> None:
    for page, plots in zip(PAGES, (5, 2, 2, 1, 0), strict=True):
        with opened(browser, site, "qa_lead0") as seen:
            sent: list[int] = []
            seen.page.on("response", lambda got, sent=sent: sent.append(got.request.sizes()["responseBodySize"]))
            seen.page.goto(f"/figures{page}?{QUERY}")
            seen.page.wait_for_selector("[data-part]")
            seen.page.wait_for_selector("[aria-busy]", state="detached")
            canvases = seen.page.locator(".canvas")
            assert canvases.count() == plots, page
            for place in range(plots):
                canvases.nth(place).scroll_into_view_if_needed()
                seen.page.wait_for_selector(f".canvas[data-drawn] >> nth={place}")
                assert canvases.nth(place).locator("canvas").count() >= 1
                canvases.nth(place).hover()  # its tooltip must not breach the policy either
                assert (canvases.nth(place).get_attribute("aria-label") or "").startswith("图：")
            assert seen.faults == []
            assert seen.serious() == []
            assert sum(sent) <= 500_000, page


def test_a_plot_shows_what_the_table_says(browser: Browser, site: Site, database: Database) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/figures/rules?{QUERY}")
        plot = seen.page.locator(".canvas[data-drawn]").last
        plot.scroll_into_view_if_needed()
        plot.wait_for()
        plotted = seen.page.evaluate(
            """async () => {
              const { echarts } = await import(document.getElementById("figures").dataset.echarts);
              const plot = [...document.querySelectorAll(".canvas[data-drawn]")].at(-1);
              const option = echarts.getInstanceByDom(plot).getOption();
              return [option.yAxis[0].data, option.series[0].data];
            }"""
        )
    rows = cells(part(site, "rules"), "rules")
    assert plotted[0] == [row[0][0] for row in rows]
    assert [one[1] for one in plotted[1]] == [float(row[3][1]) for row in rows]


def test_tables_are_sorted_by_keys(browser: Browser, site: Site, database: Database) -> None:
    with opened(browser, site, "qa_lead0") as seen:
        seen.page.goto(f"/figures/rules?{QUERY}")
        seen.page.wait_for_selector("#table-rules")
        first = seen.page.locator("#table-rules tbody tr .t").first
        head = seen.page.locator("#table-rules th").nth(1)
        head.get_by_role("button").focus()
        for order, rule_id in (("descending", RULE), ("ascending", "test.seldom"), ("descending", RULE)):
            seen.page.keyboard.press("Enter")
            assert head.get_attribute("aria-sort") == order
            assert first.inner_text() == rule_id
        assert seen.faults == []


def test_the_language_is_that_of_the_browser(site: Site, database: Database) -> None:
    with site.client("qa_lead0") as client:
        client.cookies.set("inspector_lang", "en")
        text = client.get(f"/figures/part/rules?{QUERY}").text
    assert "55.6% (95% CI 45.3–65.4, n=90)" in text


def test_who_may_see_figures_but_no_calls_gets_no_links_to_them(site: Site, database: Database) -> None:
    assert f"/calls?from=2025-03-01&amp;to=2025-03-28&amp;rule={RULE}&amp;outcome=fires" in part(site, "rules")
    site.console.store.people.add(ADMIN, Person("seller", frozenset({Role.BUSINESS})), NOON)
    for name in ("rules", "rates", "agents"):
        assert "/calls?" not in part(site, name, "seller")


def test_what_became_of_alerts_is_told_with_its_bases(site: Site, store: Store) -> None:
    heard(store, "c1", THEFT)
    (raised,) = store.alerts.hygiene(LEAD, CALLS_DAY, CALLS_DAY)
    assert (raised.raised, raised.open, raised.in_time) == (1, 1, 0)
    days = f"from={CALLS_DAY}&to={CALLS_DAY}"
    with site.client("qa_lead0") as client:
        text = client.get(f"/figures/part/alerts?{days}").text
        (row,) = [one for one in Cells(text).tables["hygiene"] if one]
        none = "样本不足（n=0）"
        assert [cell[0] for cell in row[1:]] == ["1", "0.0%（n=1）", none, *row_of(raised), "1", none]
        assert 'href="/calls?' in text and f"rule={raised.rule_id}&amp;" in text
        (group,) = store.alerts.groups(LEAD, GroupFilter(), 9)
        store.alerts.take(BOSS, group.id)
        (raised,) = store.alerts.hygiene(LEAD, CALLS_DAY, CALLS_DAY)
        assert (raised.noticed, raised.noticed_after_s is not None) == (1, True)
        later = f"from={CALLS_DAY}&to={CALLS_DAY + timedelta(days=1)}"  # what was computed is shown for a while
        assert f"{raised.noticed_after_s / 60:.1f} 分钟（n=1）" in client.get(f"/figures/part/alerts?{later}").text
        assert "/figures/part/alerts" in client.get("/figures").text
        assert "/figures/part/alerts" not in client.get("/figures?team=一组").text, "alerts are not counted by team"
    for name, there in (("team_lead0", False), ("business0", False), ("auditor0", True)):
        with site.client(name) as client:
            assert ("/figures/part/alerts" in client.get("/figures").text) == there
            assert client.get("/figures/part/alerts").status_code == (200 if there else 403)


def test_topics_that_surged_open_their_calls(site: Site, store: Store) -> None:
    noon, step = datetime.combine(CALLS_DAY, time(4), UTC), timedelta(hours=7)
    week = [called(f"week{no}", noon + no * step, wrap_up_code="77") for no in range(21)]
    for one in (*a_run(noon - timedelta(days=7), 7, step, "before"), *week):
        store.save(one, "d")
    while store.incidents.look(noon + timedelta(days=7)):
        pass
    last = CALLS_DAY + timedelta(days=6)
    with site.client("qa_lead0") as client:
        assert "/figures/part/surges" in client.get("/figures").text
        text = client.get(f"/figures/part/surges?from={CALLS_DAY}&to={last}").text
        rows = [one for one in Cells(text).tables["surges"] if one]
    assert sorted([cell[0] for cell in row[1:]] for row in rows) == [["21", "0", "新话题"], ["21", "7", "+200%"]]
    assert "小结代码 77" in text
    assert f"/calls?from={CALLS_DAY}&amp;to={last}&amp;rule={FAILURE}&amp;outcome=fires" in text
    with site.client("team_lead0") as client:
        assert client.get(f"/figures/part/surges?from={CALLS_DAY}&to={last}").status_code == 403


def row_of(one: Hygiene) -> list[str]:
    return [f"{share:.1%}（n={one.raised}）" for share in (one.silent / one.raised, one.found_late / one.raised)]
