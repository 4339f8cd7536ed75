"""Who sees which alerts, and the stream of news."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from inspector.alerts.history import Happened
from inspector.alerts.refusals import Refusal
from inspector.config import Settings
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.web.alerts import live, stream
from inspector.web.words import say
from tests.accepted import BOSS
from tests.databases import Database
from tests.signals import a_run
from tests.web.alert_floor import P0, P1, raise_alert
from tests.web.conftest import ADMIN
from tests.web.signed_in import Clock, client_of, csrf_of, real_site, with_password
from tests.web.site import Site, running

OTHER = Actor("compliance0", frozenset({Role.COMPLIANCE}))


def messages(answer: httpx2.Response) -> Iterator[dict[str, str]]:
    """As a browser reads them; comments have no fields."""
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            yield fields
            fields = {}


def test_news_says_that_something_happened_and_resumes_where_the_browser_was(site: Site) -> None:
    store = site.console.store
    with site.client("supervisor0") as client:
        with client.stream("GET", "/alerts/stream") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            told = messages(answer)
            first = next(told)
            assert first["event"] == "ready"
            group = raise_alert(store, "1")
            news = next(told)
            assert (news["event"], news["data"]) == ("news", "alert.opened")
        store.alerts.take(BOSS, group.id)
        with client.stream("GET", "/alerts/stream", headers={"last-event-id": news["id"]}) as answer:
            missed = next(messages(answer))
            assert (missed["event"], missed["data"]) == ("news", "missed")
        with client.stream("GET", "/alerts/stream", headers={"last-event-id": missed["id"]}) as answer:
            assert next(messages(answer))["event"] == "ready"


@pytest.mark.parametrize("last", ["9" * 40, "-1", "٣", "x", ""])
def test_a_nonsense_last_id_is_no_fault(site: Site, last: str) -> None:
    headers = {"last-event-id": last.encode("utf-8")}
    with site.client("supervisor0") as client, client.stream("GET", "/alerts/stream", headers=headers) as answer:
        assert next(messages(answer))["event"] == "ready"


def test_the_stream_ends_with_the_right_to_see_alerts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SESSION_CHECK_S", 0.1)
    people = site.console.store.people
    people.add(ADMIN, Person("leaver", frozenset({Role.SUPERVISOR})), site.console.clock())
    with site.client("leaver") as client, client.stream("GET", "/alerts/stream") as answer:
        told = messages(answer)
        next(told)
        people.change(ADMIN, Person("leaver", frozenset({Role.SUPERVISOR}), active=False), site.console.clock())
        assert all("event" not in one for one in told)


def test_the_stream_ends_with_the_session(settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SESSION_CHECK_S", 0.1)
    with_password(settings, store, "supervisor0")
    with real_site(settings, store, Clock()) as site, client_of(site, "supervisor0") as client:
        token = csrf_of(client)
        with client.stream("GET", "/alerts/stream") as answer:
            told = messages(answer)
            assert next(told)["event"] == "ready"
            with httpx2.Client(base_url=site.url, cookies=dict(client.cookies)) as same:
                assert same.post("/logout", data={"csrf": token}).status_code == 303
            assert all("event" not in one for one in told)
        assert client.get("/alerts/stream", headers={"accept": "text/event-stream"}).status_code == 401


def test_a_person_listens_only_so_often(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LISTENERS", 1)
    with site.client("supervisor0") as client, client.stream("GET", "/alerts/stream") as answer:
        told = messages(answer)
        next(told)
        with site.client("supervisor0") as second:
            assert second.get("/alerts/stream").status_code == 429


def test_a_team_lead_sees_and_changes_his_teams_only(site: Site) -> None:
    store = site.console.store
    own, other = raise_alert(store, "1", P1), raise_alert(store, "2", P1, team="二组")
    with site.client("team_lead0") as client:
        for path in ("/alerts", "/alerts/groups", "/alerts?team=二组", "/alerts/wall"):
            text = client.get(path).text
            assert other.id not in text, path
        assert own.id in client.get("/alerts/groups").text
        assert client.get(f"/alerts/{other.id}").status_code == 403
        assert client.post(f"/alerts/{other.id}/take", data={}).status_code == 403
        assert "二组" not in client.get("/alerts/wall/figures").text
    assert store.alerts.group(BOSS, other.id).handler is None


def test_filters_stay_in_the_address(site: Site) -> None:
    store = site.console.store
    urgent, other = raise_alert(store, "1"), raise_alert(store, "2", P1, team="二组")
    store.alerts.take(BOSS, urgent.id)
    with site.client("supervisor0") as client:
        for query, shown, hidden in (
            ("class=P0", urgent, other), ("team=二组", other, urgent), ("state=open", other, urgent),
            ("state=taken", urgent, other),
        ):  # fmt: skip
            text = client.get(f"/alerts/groups?{query}").text
            assert shown.id in text and hidden.id not in text, query
        assert urgent.id not in client.get("/alerts/groups?mine=1").text
        assert client.get("/alerts?class=P9").status_code == 422


def test_what_cannot_be_done_says_why(site: Site) -> None:
    group = raise_alert(site.console.store, "1")
    path = f"/alerts/{group.id}"
    with site.client("supervisor0") as client:
        assert client.post(f"{path}/close", data={"result": "nonsense", "version": "1"}).status_code == 400
        assert client.post(f"{path}/close", data={"result": "resolved", "version": "99"}).status_code == 403
        assert client.post(f"{path}/assign", data={"to": "nobody"}).status_code == 403
        assert client.post(f"{path}/step", data={"step_id": "nonsense"}).status_code == 400
        assert client.post(f"{path}/false", data={"call_id": "x", "rule_id": "y", "reason": "z"}).status_code == 400
        assert client.post("/alerts/handover", data={"audience": "nobody"}).status_code == 400
        assert client.post("/alerts/handover/nothing/take-over").status_code == 400
        assert client.get("/alerts/incidents/nothing").status_code == 404
        for _ in range(2):
            assert client.post(f"{path}/take", follow_redirects=False).status_code == 303
        given = client.post(f"{path}/assign", data={"to": "compliance0"}, headers={"hx-request": "true"})
        assert given.status_code == 204
        assert client.post(f"{path}/take", headers={"x-csrf-token": "wrong"}).status_code == 403


def test_every_refusal_is_told_in_the_words_of_the_board(site: Site) -> None:
    """Who has it, and what to do: in the language of the page."""
    store = site.console.store
    group, foreign = raise_alert(store, "1"), raise_alert(store, "3", team="二组")
    false = {"call_id": group.alerts[0].call_id, "rule_id": P0, "reason": "误听"}
    with site.client("supervisor0") as client:
        client.headers["accept"] = "application/json"

        def refused(deed: str, zh: str, en: str, of: str = group.id, **data: str) -> None:
            for lang, words in (("zh", zh), ("en", en)):
                client.cookies.set("inspector_lang", lang)
                answer = client.post(f"/alerts/{of}/{deed}", data=data)
                told = answer.json()["error"]
                assert answer.status_code in (400, 403)
                assert words in told["message"], (deed, told)
                assert told["remedy"]
                assert told["remedy"].isascii() == (lang == "en")

        refused("close", "打开后本组预警有更新", "it changed", result="resolved", version="99")
        refused("close", "没有这种处置结果", "no such result", result="nonsense", version="1")
        refused("step", "这一步骤已完成", "done, or not owed", step_id="nonsense")
        refused("false", "要写原因", "needs a reason", **{**false, "reason": " "})
        refused("false", "要写原因", "needs a reason", **{**false, "reason": ""})
        refused("false", "没有这条预警", "no such alert", **{**false, "rule_id": "nonsense"})
        refused("assign", "没有处理预警的权限", "may not handle", to="nobody")
        refused("take", "没有这组预警", "no such group", of="nonsense")
        store.alerts.take(BOSS, group.id)
        for deed, data in (("take", {}), ("step", {"step_id": "handle"}), ("false", false)):
            refused(deed, "boss 已接手", "boss has it", **data)
        store.alerts.close(BOSS, group.id, "resolved")
        refused("take", "boss 已结束本组预警", "boss has ended it")
        refused("close", "boss 已结束本组预警", "boss has ended it", result="resolved", version="1")
        client.cookies.set("as", "team_lead0")
        refused("take", "不在您的角色或班组的范围内", "not for your role or your teams", of=foreign.id)
    with site.client("supervisor0") as client:
        assert "没有这组预警" in client.get("/alerts/nonsense").text
        assert "没有这个群体事件" in client.get("/alerts/incidents/nonsense").text
        for one in a_run(site.console.clock() - timedelta(minutes=20), 6, timedelta(minutes=2)):
            store.save(replace(one, call=replace(one.call, facts=replace(one.call.facts, team="二组"))), "d")
        (incident,) = store.incidents.look(site.console.clock())
        client.cookies.set("as", "team_lead0")
        assert "不在您的角色或班组的范围内" in client.get(f"/alerts/incidents/{incident.id}").text
        client.cookies.set("as", "supervisor0")
        assert "没有这条交接记录" in client.post("/alerts/handover/nonsense/take-over").text
        note = store.tasks.duty.hand_over(BOSS, "duty_supervisor", "", None, site.console.clock())
        own = store.tasks.duty.hand_over(
            Actor("supervisor0", frozenset({Role.SUPERVISOR})), "duty_supervisor", "", None, site.console.clock()
        )
        assert "不能接自己交的班" in client.post(f"/alerts/handover/{own.id}/take-over").text
        store.tasks.duty.take_over(OTHER, note.id, site.console.clock())
        assert "compliance0 已接班" in client.post(f"/alerts/handover/{note.id}/take-over").text


def test_there_are_words_for_all_that_is_refused_and_all_that_happens() -> None:
    for key in (*(f"refused_{why}" for why in Refusal), *(f"happened_{what}" for what in Happened)):
        zh, en = (say(lang, f"alerts_{key}", who="wang", about="li") for lang in ("zh", "en"))
        assert zh != en
    assert all(say("zh", f"alerts_refused_{why}_do") for why in Refusal)


def test_the_page_of_a_group_tells_who_did_what(site: Site) -> None:
    store = site.console.store
    group = raise_alert(store, "1")
    store.alerts.escalate(site.console.clock() + timedelta(minutes=4))
    store.alerts.acknowledge(OTHER, group.id)
    store.alerts.take(BOSS, group.id)
    store.alerts.assign(BOSS, group.id, "compliance0")
    store.alerts.meet(OTHER, group.id, "handle")
    store.alerts.close(OTHER, group.id, "called_back")
    with site.client("supervisor0") as client:
        text = client.get(f"/alerts/{group.id}").text
        told = (
            "↑ 超时，自动上报：", "compliance0 已阅", "boss 接手", "boss 转派给 compliance0",
            "compliance0 完成步骤：处置", "compliance0 办结：已回访",
        )  # fmt: skip
        places = [text.find(one) for one in told]
        assert -1 not in places, places
        client.cookies.set("inspector_lang", "en")
        assert "given to compliance0 by boss" in client.get(f"/alerts/{group.id}").text


@pytest.mark.parametrize("query", ["team=%00", "writing=%00", "writing=", "writing=nonsense"])
def test_nonsense_in_the_address_is_no_fault_of_the_database(
    database: Database, settings: Settings, query: str
) -> None:
    with closing(Store.open(database.url)) as store:
        store.people.add(ADMIN, Person("admin0", frozenset({Role.ADMIN})), datetime.now(UTC))
        store.people.add(ADMIN, Person("supervisor0", frozenset({Role.SUPERVISOR})), datetime.now(UTC))
        with running(settings, store) as site, site.client("supervisor0") as client:
            assert client.get(f"/alerts/groups?{query}").status_code in (200, 422)
            assert client.get("/alerts/%00").status_code in (404, 422)
            assert client.post("/alerts/x/close", data={"result": "\0", "version": "1"}).status_code == 422
