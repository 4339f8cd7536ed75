"""The API: what its description says holds, and it tells what the command line tells."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as of_examples
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from inspector.alerts.route import audiences
from inspector.cli.app import main
from inspector.config import Settings
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Call, Facts, Inspection
from inspector.night.records import Fate, Listed
from inspector.pipeline import inspect_hearing
from inspector.review.answers import Answers, GivenAnswer
from inspector.review.reasons import Reason
from inspector.review.records import Answer
from inspector.review.rulebook import rulebook_of
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Deed, Role
from inspector.rules.notation import parse_call
from inspector.storage import Store, tables
from inspector.storage.alerts import GroupFilter
from inspector.storage.ledger.records import Intake, IntakeLeg
from inspector.storage.reviews.items import NewItem, open_item
from inspector.web.api.described import openapi
from inspector.web.console import Caller
from tests.unit.review.conftest import DAY, LEAD, LI, NOON, PLAIN, PROMISE, RUDE, THEFT, WANG, plan
from tests.web.site import CSRF, NamedSessions, Site, running

NUMBER = "0:01 A 稳赚不赔 您的卡号是 6222 0212 3456 7890\n0:05 C 我的手机 13812345678"


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PROFILE = of_examples(max_examples=12, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def things(store: Store, filled: dict[str, Inspection]) -> dict[str, str]:
    """What there is, by the name that a path calls it."""
    sheet = store.reviews.next(Actor("qa_lead0", frozenset({Role.QA_LEAD})), datetime.now(UTC))
    assert isinstance(sheet, Sheet)
    alerts = store.alerts.groups(Actor("x", frozenset({Role.QA_LEAD})), GroupFilter(), 1)
    return {
        "call_id": filled["c3"].call.id,
        "rule_id": "urgent.theft",
        "group_id": alerts[0].id,
        "step_id": alerts[0].steps[0].id,
        "review_id": sheet.review_id,
        "item_id": sheet.item_id,
        "day": f"{DAY}",
    }


def heard(store: Store, no: str, text: str, team: str = "一组") -> Inspection:
    """A call of an agent, inspected, with what it brings."""
    _, hearing = parse_call(text, no)
    hearing = replace(hearing, recording=replace(hearing.recording, id=no.rjust(64, "0")))
    facts = Facts(start=f"{DAY}T12:00:00+08:00", agent="3062", team=team)
    inspection = inspect_hearing(Call("pbx", no, facts), hearing, plan())
    store.save(inspection, "d", {}, (), audiences(plan()))
    return inspection


def reviewed(store: Store, reviewer: Actor = LI) -> bool:
    """Somebody confirms what was found in the call that he is handed; False: none."""
    now, rules = datetime.now(UTC), rulebook_of(plan())
    sheet = store.reviews.next(reviewer, now)
    if not isinstance(sheet, Sheet):
        return False
    if sheet.hidden:
        sheet = store.reviews.reveal(reviewer, sheet.review_id, (), rules, now)
    answers = Answers(tuple(GivenAnswer(one.id, Answer.CONFIRMED) for one in sheet.findings))
    store.reviews.submit(reviewer, sheet.review_id, answers, rules, now)
    return True


@pytest.fixture
def filled(store: Store) -> dict[str, Inspection]:
    """A day with alerts, reviews, one of them made, a night's run and a call that could not be heard."""
    calls = {no: heard(store, no, text) for no, text in
             (("c1", PROMISE), ("c2", RUDE), ("c3", THEFT), ("c4", PLAIN), ("c5", NUMBER))}  # fmt: skip
    calls["c6"] = heard(store, "c6", THEFT, team="二组")
    with store._writer.begin() as connection:
        open_item(connection, NewItem(calls["c4"].call.id, Reason.RANDOM, "test", DAY), NOON)
    broken = Call("pbx", "broken", Facts(start=f"{DAY}T13:00:00+08:00"))
    store.ledger.accept([Intake(broken, (IntakeLeg(1, None, None),), audio_s=60.0)])
    for claim in store.ledger.claim([broken.id], "worker", 60.0):
        fault = RecordingError(ErrorKind.NOT_AUDIO, "call of 13812345678 is no audio", "send it again")
        store.ledger.reject(broken.id, claim.fence, [fault])
    reviewed(store)
    store.nights.begin(DAY, "ops")
    store.nights.put(DAY, [Listed(broken.id, Fate.ACCEPTED, 2, "", None, "broken")])
    return calls


# ---- what the description says ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.QA_LEAD, Role.OPERATIONS, Role.TEAM_LEAD])
def test_answers_are_what_the_description_says_whatever_is_asked(
    site: Site, filled: dict[str, Inspection], role: Role
) -> None:
    document = openapi()
    schema = schemathesis.openapi.from_dict(document)
    headers = {"cookie": f"as={role}0", "x-csrf-token": CSRF}
    known = things(site.console.store, filled)
    reached = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        path = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
        asked = [operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
        if path:
            asked.append(operation.as_strategy(path_parameters=path))

        @given(case=st.one_of(asked))
        @PROFILE
        def ask(case: Any) -> None:
            reached.add(case.operation.label)
            answer = case.call(base_url=site.url, headers=headers)
            case.validate_response(answer, checks=CHECKS)

        ask()
    assert reached == {f"{method.upper()} {path}" for path, of in document["paths"].items() for method in of}


# ---- what it tells ---------------------------------------------------------------------------------------------------


def test_the_description_is_of_the_api_alone_and_asks_for_a_token(site: Site) -> None:
    with site.client("agent0") as client:
        told = client.get("/api/v1/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in told["paths"])
    assert told["security"] == [{"bearer": []}]
    assert told["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for of in told["paths"].values():
        for operation in of.values():
            refusals = {operation["responses"][code]["content"]["application/json"]["schema"]["$ref"]
                        for code in ("400", "401", "403", "404", "422", "503")}  # fmt: skip
            assert refusals == {"#/components/schemas/Fault"}
            assert operation["summary"]


def test_what_is_told_of_a_call_names_and_opens_nothing(site: Site, filled: dict[str, Inspection]) -> None:
    call_id = filled["c5"].call.id
    with site.client("qa_lead0") as client:
        told = client.get(f"/api/v1/calls/{call_id}")
        history = client.get(f"/api/v1/calls/{call_id}/inspections").json()
    trace = select(tables.audit.c.actor, tables.audit.c.action).where(tables.audit.c.subject == call_id)
    with site.console.store._reader.connect() as connection:
        traces = connection.execute(trace).all()
    assert told.status_code == 200
    assert told.json()["findings"][0]["rule_id"] == "banned.promise"
    assert "稳赚不赔" in told.json()["turns"][0]["text"]
    for number in ("6222", "3456", "13812345678", "call.wav", "path"):
        assert number not in told.text
    assert traces == [("qa_lead0", "call_see")] * 2
    assert history == {"items": [told.json()], "next": None}


def test_calls_are_found_by_what_was_said_masked_and_by_team(site: Site, filled: dict[str, Inspection]) -> None:
    asked = {"first": f"{DAY}", "last": f"{DAY}", "text": "被盗刷"}
    with site.client("qa_lead0") as lead, site.client("team_lead0") as of_team:
        found, own = (one.get("/api/v1/calls", params=asked).json() for one in (lead, of_team))
        nothing = lead.get("/api/v1/calls", params={**asked, "text": "6222"}).json()
        paged, cursor = [], {}
        while cursor is not None:
            part = lead.get("/api/v1/calls", params={**asked, **cursor, "text": "", "limit": 2}).json()
            paged, cursor = paged + part["items"], part["next"] and {"cursor": part["next"]}
        unknown = lead.get("/api/v1/calls", params={"wrong": "x"})
    assert {one["call_id"] for one in found["items"]} == {filled["c3"].call.id, filled["c6"].call.id}
    assert {one["call_id"] for one in own["items"]} == {filled["c3"].call.id}
    assert own["items"][0]["found"] == [{"rule_id": "urgent.theft", "outcome": "fires", "severity": "critical"}]
    assert "被盗刷" in own["items"][0]["said"]
    assert nothing["items"] == []
    assert len(paged) == len({one["call_id"] for one in paged}) == len(filled)
    assert unknown.status_code == 422


def test_a_team_lead_is_told_of_his_team_alone(site: Site, filled: dict[str, Inspection]) -> None:
    with site.client("team_lead0") as client:
        assert client.get(f"/api/v1/calls/{filled['c3'].call.id}").status_code == 200
        refused = client.get(f"/api/v1/calls/{filled['c6'].call.id}")
        groups = client.get("/api/v1/alerts").json()["items"]
        events = client.get("/api/v1/events").json()
    assert refused.status_code == 403
    assert refused.json()["error"]["remedy"]
    assert {one["call_id"] for group in groups for one in group["alerts"]} == {filled["c3"].call.id}
    assert events["items"] == []
    assert events["next"] > 0


@pytest.mark.usefixtures("filled")
def test_a_list_comes_in_pages_without_a_gap(site: Site) -> None:
    with site.client("qa_lead0") as client:
        whole = client.get("/api/v1/review-items").json()
        first = client.get("/api/v1/review-items", params={"limit": 2}).json()
        second = client.get("/api/v1/review-items", params={"limit": 2, "cursor": first["next"]}).json()
    assert whole["next"] is None
    assert len(whole["items"]) > 2
    assert (first["items"] + second["items"]) == whole["items"][:4]


def test_an_alert_is_taken_once_and_closed_as_it_was_seen(site: Site, filled: dict[str, Inspection]) -> None:
    call_id = filled["c3"].call.id
    with site.client("team_lead0") as mine, site.client("supervisor0") as other:
        (group,) = mine.get("/api/v1/alerts").json()["items"]
        taken = mine.post(f"/api/v1/alerts/{group['id']}/take").json()
        assert (taken["state"], taken["handler"]) == ("taken", "team_lead0")
        assert other.post(f"/api/v1/alerts/{group['id']}/take").status_code == 403
        stale = {"result": "called_back", "version": group["version"]}
        assert mine.post(f"/api/v1/alerts/{group['id']}/close", json=stale).status_code == 403
        reason = {"call_id": call_id, "rule_id": "urgent.theft", "reason": "卡是他自己挂失的"}
        assert mine.post("/api/v1/alerts/false-alarm", json=reason).json()["state"] == "false_alarm"
        missing = mine.get("/api/v1/alerts/ffffffffffff")
    assert missing.status_code == 404


@pytest.mark.usefixtures("filled")
def test_a_review_goes_from_next_to_submitted(site: Site) -> None:
    with site.client("reviewer0") as client:
        sheet = client.post("/api/v1/reviews/next").json()["sheet"]
        path = f"/api/v1/reviews/{sheet['review_id']}"
        if sheet["hidden"]:
            length = {"spans": [{"start_s": 0, "end_s": sheet["duration_s"]}]}
            assert client.post(f"{path}/played", json=length).status_code == 200
            sheet = client.post(f"{path}/reveal", json={"marks": []}).json()
        answers = {"findings": [{"finding_id": one["id"], "answer": "confirmed"} for one in sheet["findings"]]}
        assert client.put(f"{path}/answers", json=answers).json() == {"done": True}
        assert client.post(f"{path}/submit", json=answers).json() == {"done": True}
        again = client.post(f"{path}/submit", json=answers)
    assert again.status_code in (400, 403)


@pytest.mark.usefixtures("filled")
def test_an_agent_sees_his_own_and_appeals(site: Site) -> None:
    store = site.console.store
    while any(reviewed(store, one) for one in (LI, WANG, LEAD)):
        pass
    with site.client("agent0") as agent, site.client("team_lead0") as lead, site.client("qa_lead0") as quality:
        told = agent.get("/api/v1/violations/mine").json()["items"]
        assert told
        path = f"/api/v1/violations/{told[0]['call_id']}/{told[0]['rule_id']}"
        assert agent.post(f"{path}/acknowledge").json() == {"done": True}
        plea = {"text": "客户先报了13812345678，我只是复述", "mitigation": ["line"]}
        assert agent.post(f"{path}/appeals", json={"text": "  "}).status_code == 400
        assert agent.post(f"{path}/appeals", json=plea).json() == {"done": True}
        assert agent.post(f"{path}/appeals", json=plea).status_code == 400
        (open_one,) = lead.get("/api/v1/appeals").json()["items"]
        assert open_one["text"] == "客户先报了＊＊＊＊＊＊＊＊＊＊＊，我只是复述"
        assert quality.get(f"{path}/appeals").json() == {"items": [open_one], "next": None}
        assert quality.get("/api/v1/violations", params={"state": "appealed"}).json()["items"][0]["agent"] == "3062"
        assert agent.delete(f"{path}/appeals").json() == {"done": True}
        assert agent.get(f"{path}/appeals").json()["items"][0]["state"] == "withdrawn"
        assert agent.get("/api/v1/violations").status_code == 403


@pytest.mark.usefixtures("filled")
def test_an_item_is_assigned_and_recalled(site: Site) -> None:
    with site.client("qa_lead0") as lead, site.client("reviewer0") as reviewer:
        item = next(one for one in lead.get("/api/v1/review-items").json()["items"] if one["reason"] == "alert")
        path = f"/api/v1/review-items/{item['id']}"
        assert lead.post(f"{path}/assign", json={"to": "nobody"}).status_code == 400
        assert lead.post(f"{path}/assign", json={"to": "reviewer0"}).json() == {"done": True}
        assert reviewer.post("/api/v1/reviews/next").json()["sheet"]["item_id"] == item["id"]
        assert lead.post(f"{path}/recall").json() == {"done": True}
        held = lead.get("/api/v1/review-items", params={"person": "reviewer0"}).json()
    assert held == {"items": [], "next": None}


@pytest.mark.usefixtures("filled")
def test_work_that_failed_is_told_masked_and_waits_again(site: Site) -> None:
    with site.client("operations0") as client:
        (entry,) = client.get("/api/v1/ledger/entries", params={"state": "rejected"}).json()["items"]
        assert entry["faults"][0]["message"] == "call of ＊＊＊＊＊＊＊＊＊＊＊ is no audio"
        asked = {"call_ids": [entry["call_id"], "unknown"]}
        assert client.post("/api/v1/ledger/requeue", json=asked).json() == {"call_ids": [entry["call_id"]]}
        assert client.get("/api/v1/ledger").json()["queues"]["batch"]["waiting"]["calls"] == 1
        (night,) = client.get("/api/v1/nights").json()["items"]
        assert client.get(f"/api/v1/nights/{DAY}").json() == night
        assert client.get("/api/v1/nights/2001-01-01").status_code == 404


@pytest.mark.usefixtures("filled")
def test_who_follows_the_events_passes_over_none(site: Site) -> None:
    with site.client("auditor0") as client:
        whole = client.get("/api/v1/events", params={"limit": 500}).json()
        seen, after = [], 0
        while (part := client.get("/api/v1/events", params={"after": after, "limit": 2}).json())["next"] > after:
            seen, after = seen + part["items"], part["next"]
    assert seen == whole["items"]
    assert {one["kind"].partition(".")[0] for one in seen} >= {"work", "alert"}


def test_what_is_not_known_is_refused_where_it_stands(site: Site) -> None:
    with site.client("qa_lead0") as client:
        unknown = client.post("/api/v1/review-items/x/assign", json={"to": "li", "wrong": 1})
        nonsense = client.post("/api/v1/review-items/x/assign", content=b'{"to": "li", "\\ud800": 1}',
                               headers={"content-type": "application/json"})  # fmt: skip
        no_json = client.post(
            "/api/v1/review-items/x/assign", content=b"{", headers={"content-type": "application/json"}
        )
    assert unknown.status_code == nonsense.status_code == no_json.status_code == 422
    assert "body.wrong" in unknown.json()["error"]["message"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(site: Site, chunked: bool) -> None:
    body = b'{"to": "' + b"x" * (1 << 20) + b'"}'
    sent = iter([body[:1000], body[1000:]]) if chunked else body
    with site.client("qa_lead0") as client:
        answer = client.post(
            "/api/v1/review-items/x/assign", content=sent, headers={"content-type": "application/json"}
        )
    assert answer.status_code == 413


class ScopedSessions(NamedSessions):
    """As if everybody came with a token that is for one deed."""

    def __init__(self, store: Store, scope: Deed) -> None:
        super().__init__(store)
        self._scopes = frozenset({scope})

    def caller(self, request: Any) -> Caller | None:
        found = super().caller(request)
        return None if found is None else replace(found, csrf="", actor=replace(found.actor, scopes=self._scopes))


def test_a_token_is_good_for_its_scopes_alone(settings: Settings, store: Store) -> None:
    sessions = ScopedSessions(store, Deed.SEE_FIGURES)
    with running(settings, store, sessions) as site, site.client("team_lead0") as client:
        assert client.get("/api/v1/figures/rates").status_code == 200
        assert client.get("/api/v1/alerts").status_code == 403
        assert client.delete("/api/v1/violations/x/y/appeals").status_code == 403
        me = client.get("/api/v1/me").json()
    assert (me["deeds"], me["scopes"]) == (["figures.see"], ["figures.see"])


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("scope", [Deed.REVIEW, Deed.ARBITRATE, Deed.DECIDE_APPEAL, Deed.DECIDE_FINALLY])
def test_a_token_for_one_of_several_deeds_is_no_way_to_the_others(
    settings: Settings, store: Store, scope: Deed
) -> None:
    """All of them open the door to the next review; what waits is for whoever reviews."""
    with running(settings, store, ScopedSessions(store, scope)) as site, site.client("qa_lead0") as client:
        found = client.post("/api/v1/reviews/next").json()
    assert (found["sheet"] is not None) == (scope is Deed.REVIEW)


@pytest.mark.usefixtures("filled")
def test_the_command_line_and_the_api_tell_the_same(
    site: Site, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.cli.actor._user", lambda: "qa_lead0")
    asked = {
        "/api/v1/ledger/entries": ["jobs", "list"],
        "/api/v1/review-items": ["review", "list"],
        "/api/v1/decisions": ["decisions", "list"],
    }
    with site.client("qa_lead0") as client:
        for path, command in asked.items():
            with pytest.raises(SystemExit) as left:
                main([*command, "--json"])
            assert left.value.code == 0
            told = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
            assert client.get(path).json()["items"] == told != [], path
