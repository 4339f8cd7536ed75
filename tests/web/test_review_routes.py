"""What the desk's routes take, and what they refuse without losing anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from inspector.review.sheet import Sheet
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.review_tables import review
from tests.web.desk import DeskWorld
from tests.web.site import Site

EMPTY: dict[str, Any] = {"findings": [], "marks": [], "corrections": [], "note": None}


@pytest.fixture
def sheet(store: Store, tmp_path: Path) -> Sheet:
    world = DeskWorld(store, tmp_path)
    world.heard("1")
    return world.taken(Actor("reviewer0", frozenset({Role.REVIEWER})))


@pytest.fixture
def client(site: Site) -> Iterator[httpx2.Client]:
    with site.client("reviewer0") as client:
        yield client


def made_from(version: int, **fields: object) -> dict[str, Any]:
    """What a page sends that was made from this version of the draft."""
    return {"answers": EMPTY | fields, "version": version}


def typed(store: Store) -> Any:
    with store._reader.connect() as connection:
        return connection.scalar(select(review.c.draft))


def test_what_is_typed_comes_back_as_it_was_typed(client: httpx2.Client, sheet: Sheet, store: Store) -> None:
    note = "卡号6222021234567890123 <b>\u202e"
    kept = client.put(f"/review/{sheet.review_id}/draft", json=made_from(0, note=note))
    assert (kept.status_code, kept.json()) == (200, {"version": 1})
    assert typed(store)["typed"]["note"] == note
    assert "<b>" not in client.get("/review").text.split("desk-data", 1)[1].split("</script>", 1)[0]


@pytest.mark.parametrize(
    "body",
    [
        '{"note": "\\u0000"}',
        '{"note": "\\ud800"}',
        '{"note": "' + "x" * 20_001 + '"}',
        '{"marks": [{"rule_id": "a", "start_s": NaN, "end_s": 2, "party": "agent"}]}',
        '{"corrections": [{"party": "agent", "start_s": 1, "end_s": Infinity, "said": "x"}]}',
        '{"findings": [' + ",".join(['{"finding_id": "f"}'] * 2001) + "]}",
        '{"findings": [{"finding_id": "f", "answer": "perhaps"}]}',
        "[]",
        "{",
    ],
)
def test_what_no_database_keeps_is_refused_and_the_draft_stays(
    client: httpx2.Client, sheet: Sheet, store: Store, body: str
) -> None:
    before = typed(store)
    for way in ("draft", "reveal"):
        method = "PUT" if way == "draft" else "POST"
        headers = {"content-type": "application/json"}
        content = f'{{"answers": {body}, "version": 0}}'
        answer = client.request(method, f"/review/{sheet.review_id}/{way}", content=content, headers=headers)
        assert answer.status_code in (400, 422), way
        assert "xxxx" not in answer.text
    assert typed(store) == before


def test_what_was_made_from_an_older_draft_is_refused_and_changes_nothing(
    client: httpx2.Client, sheet: Sheet, store: Store
) -> None:
    review = f"/review/{sheet.review_id}"
    assert client.put(f"{review}/draft", json=made_from(0, note="那边写的")).json() == {"version": 1}
    for method, way in (("PUT", "draft"), ("POST", "reveal"), ("POST", "submit")):
        refused = client.request(method, f"{review}/{way}", json=made_from(0, note="这边写的"))
        assert refused.status_code == 409 and "这边写的" not in refused.text, way
        assert typed(store)["typed"]["note"] == "那边写的"
    assert client.get(f"{review}/hold").json()["version"] == 1
    assert '"draft_version": 1' in client.get("/review").text
    assert client.put(f"{review}/draft", json=made_from(1, note="这边写的")).json() == {"version": 2}


def test_the_same_draft_twice_is_one_change(client: httpx2.Client, sheet: Sheet) -> None:
    for _ in range(2):  # the second time because the answer to the first one was lost
        kept = client.put(f"/review/{sheet.review_id}/draft", json=made_from(0, note="一"))
        assert kept.json() == {"version": 1}
    assert client.put(f"/review/{sheet.review_id}/draft", json={"answers": EMPTY}).status_code == 422


@pytest.mark.parametrize("spans", [[[5, 1]], [[-1, 2]], [["a", 2]], [[1]]])
def test_what_is_no_stretch_of_a_call_was_not_played(client: httpx2.Client, sheet: Sheet, spans: object) -> None:
    assert client.post(f"/review/{sheet.review_id}/played", json={"spans": spans}).status_code in (400, 422)


def test_somebody_elses_review_takes_nothing(site: Site, sheet: Sheet) -> None:
    with site.client("qa_lead0") as other:
        for way, body in (
            ("played", {"spans": [[0, 1]]}),
            ("reveal", made_from(0)),
            ("submit", made_from(0)),
            ("release", {"because": "other"}),
            ("total", {"ticks": {}}),
            ("refresh", None),
        ):
            assert other.post(f"/review/{sheet.review_id}/{way}", json=body).status_code == 400, way
        assert other.put(f"/review/{sheet.review_id}/draft", json=made_from(0)).status_code == 400
        assert other.get(f"/review/{sheet.review_id}/hold").status_code == 404


def test_a_submission_without_answers_is_refused_and_kept(client: httpx2.Client, sheet: Sheet, store: Store) -> None:
    refused = client.post(f"/review/{sheet.review_id}/submit", json=made_from(0, note="留着"))
    assert refused.status_code == 400 and "not answered yet" in refused.text
    assert typed(store)["typed"]["note"] == "留着"


def test_the_hold_is_told_with_the_token_of_the_session(client: httpx2.Client, sheet: Sheet) -> None:
    told = client.get(f"/review/{sheet.review_id}/hold").json()
    assert told["csrf"] == client.headers["x-csrf-token"] and told["played"] == 0.0 and ":" in told["lease"]


def test_numbers_are_read_only_in_a_full_view(site: Site, store: Store, tmp_path: Path) -> None:
    world = DeskWorld(store, tmp_path)
    made = world.heard("1", "0:01 A 这款产品稳赚不赔\n0:05 C 卡号六二二二零二一二三四五六七八九零")
    with site.client("qa_lead0") as client:
        assert "六二二二零二一" not in client.get("/review").text
        client.post(f"/sound/{made.call.id}/full", data={"reason": "核对客户号码"}, follow_redirects=False)
        assert "六二二二零二一" in client.get("/review").text
