"""Who sees which alerts, and the stream of news."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from inspector.roles import Person, Role
from inspector.web.alerts import live, stream
from tests.accepted import BOSS
from tests.web.alert_floor import P1, raise_alert
from tests.web.conftest import ADMIN
from tests.web.site import Site


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
        refused = client.post(f"{path}/take", headers={"accept": "application/json"})
        assert refused.status_code == 403
        assert "compliance0 已接手" in refused.json()["error"]["message"]
        assert client.post(f"{path}/take", headers={"x-csrf-token": "wrong"}).status_code == 403
