"""The routes of a call's sound: who gets it, what of it, how often it is made."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx2
import numpy as np
import pytest
from sqlalchemy import select
from starlette.requests import HTTPConnection

from inspector.audio.call_copy import Part
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.model import Inspection
from inspector.roles import Deed
from inspector.storage import Store, tables
from inspector.web.console import Caller
from inspector.web.sound import routes, shelf
from tests.audio.test_call_copy import played
from tests.builders import turn
from tests.conftest import CALLS
from tests.sounding import AGENT_HZ, keep, loudness
from tests.waiting import until
from tests.web.site import Site, running

REASON = {"reason": "核对客户号码"}
NUMBER = turn("A", 1.0, "卡号六二二八四八零零", 4.0)  # 0.3 s a character: the number from 1.6 s on


@pytest.fixture
def call(store: Store, tmp_path: Path) -> Inspection:
    return keep(store, tmp_path, NUMBER, turn("C", 5.0, "好的好的"), duration_s=8.0)


@pytest.fixture
def lead(site: Site) -> Iterator[httpx2.Client]:
    with site.client("qa_lead0") as client:
        yield client


def audio_of(call: Inspection) -> str:
    return f"/sound/{call.call.id}/audio"


def peaks_of(call: Inspection) -> str:
    return f"/sound/{call.call.id}/peaks"


def cached(site: Site) -> list[Path]:
    return sorted((site.console.settings.home / "cache" / "sound").iterdir())


def test_the_picture_of_the_sound_names_the_lanes(lead: httpx2.Client, call: Inspection) -> None:
    told = lead.get(peaks_of(call)).json()
    assert told["parties"] == ["agent", "customer"]
    agent, customer = (np.frombuffer(b64decode(lane), np.uint8) for lane in told["lanes"])
    assert len(agent) == len(customer) == 400
    assert agent[55:70].min() > 200 and agent[250:].max() == 0
    assert customer[:70].max() == 0 and 0 < customer[80:200].max() < 60 and customer[255:295].min() > 200


def test_masked_words_are_covered_and_heard_only_in_a_full_view(
    lead: httpx2.Client, call: Inspection, tmp_path: Path
) -> None:
    assert lead.get(audio_of(call), params={"full": 1}).status_code == 403
    path = tmp_path / "got.opus"

    def levels(full: int) -> list[float]:
        """Of what the agent says before the number, and of the number."""
        path.write_bytes(lead.get(audio_of(call), params={"full": full}).content)
        samples, rate_hz = played(path)
        return [loudness(samples[:, 0], AGENT_HZ, rate_hz, *span) for span in ((1.1, 1.4), (1.6, 4.0))]

    before, number = levels(full=0)
    assert before > 4000 and number < 40
    assert lead.post(f"/sound/{call.call.id}/full", data=REASON, follow_redirects=False).status_code == 303
    assert min(levels(full=1)) > 4000
    assert levels(full=0)[1] < 40


def test_two_who_ask_at_once_get_one_copy(site: Site, call: Inspection, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    go_on = threading.Event()

    def slowly(*given: object) -> object:
        made.append(1)
        assert go_on.wait(30)
        return write_call(*given)  # type: ignore[arg-type]

    write_call = shelf.write_call
    monkeypatch.setattr(shelf, "write_call", slowly)
    answers: list[bytes] = []

    def ask() -> None:
        with site.client("qa_lead0") as client:
            answers.append(client.get(audio_of(call), timeout=60).content)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    with site.client("qa_lead0") as client:
        answer = client.get(peaks_of(call), timeout=60)
    assert (answer.status_code, answer.json()) == (202, {"state": "making"})
    go_on.set()
    for one in asking:
        one.join()
    assert len(made) == 1 and len(set(answers)) == 1 and answers[0][:4] == b"OggS"
    assert len(cached(site)) == 2


def test_who_asks_for_sound_that_takes_long_is_told_to_come_again(
    lead: httpx2.Client, call: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, write_call = threading.Event(), shelf.write_call
    monkeypatch.setattr(shelf, "write_call", lambda *given: go_on.wait(30) and write_call(*given))
    monkeypatch.setattr(routes, "_SOUND_WAIT_S", 0.01)
    answer = lead.get(audio_of(call))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    go_on.set()
    monkeypatch.setattr(routes, "_SOUND_WAIT_S", 30)
    assert lead.get(audio_of(call)).status_code == 200


def test_who_asks_for_what_is_made_ahead_does_not_wait_his_turn(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # ahead    |── first, which takes long ──|      second: called off
    # asked              |─ second ─|
    go_on, begun, write_call = threading.Event(), list[str](), shelf.write_call
    orders = []
    for no in range(4):
        made = keep(store, tmp_path, NUMBER, no=str(no))
        orders.append(shelf.order_of(store, store.listening.ahead(made.call.id), full=False))
    first, second, third, lost = orders

    def written(parts: Sequence[Part], *given: object) -> object:
        begun.append(parts[0].path.stem)
        assert parts[0].path.stem != "0" or go_on.wait(30)
        return write_call(parts, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(shelf, "write_call", written)
    place = tmp_path / "sound"
    kept = shelf.Shelf(place, 10**9, 60)
    for order in (first, second, second, third):
        kept.prepare(order)
    assert kept.copy(second, 30) is not None
    assert begun == ["0", "1"]
    assert kept.copy(first, 0.01) is None  # joins
    go_on.set()
    assert kept.copy(first, 30) is not None
    until(lambda: (place / f"{third.name}.json").exists())
    kept.prepare(first)
    assert begun == ["0", "1", "2"]
    (tmp_path / "3.wav").unlink()
    kept.prepare(lost)
    until(lambda: len(begun) == 4)
    with pytest.raises(UsageError, match="cannot be played"):
        kept.copy(lost, 30)
    kept.close()


def test_copies_are_private_and_noted_for_the_call(site: Site, lead: httpx2.Client, call: Inspection) -> None:
    lead.get(audio_of(call))
    files = cached(site)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert files[0].parent.stat().st_mode & 0o777 == 0o700
    with site.console.store._reader.connect() as connection:
        noted = connection.execute(select(tables.made_file.c.path, tables.made_file.c.call_id)).all()
    assert {tuple(row) for row in noted} == {(str(path), call.call.id) for path in files}


def test_the_least_used_copies_go_when_there_is_no_room(store: Store, site: Site, tmp_path: Path) -> None:
    calls = [keep(store, tmp_path, NUMBER, no=str(no)) for no in range(3)]
    with site.client("qa_lead0") as client:
        client.get(audio_of(calls[0]))
        size = sum(path.stat().st_size for path in cached(site))
        small = shelf.Shelf(site.console.settings.home / "cache" / "sound", round(2.5 * size), 60)
        listening, now = store.listening, site.console.clock()
        lead = next(one.actor for one in store.people.all() if one.name == "qa_lead0")
        names = []
        for one in (*calls, calls[2]):
            sound = listening.look(lead, one.call.id, now)
            order = shelf.Order(sound, False, lambda sound=sound: listening.hearing(sound), lambda path: None)
            names.append(order.name)
            assert small.copy(order, 60) is not None
    assert {path.stem for path in cached(site)} == {names[1], names[2]}


@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [
        ("bytes=0-99", 206, 100),
        ("bytes=100-", 206, -100),
        ("bytes=-50", 206, 50),
        ("bytes=0-999999999999999", 206, 0),
        ("bytes=999999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-0,2-2", 200, 0),
        ("bytes=" + ",".join(["0-"] * 500), 200, 0),
        ("bytes=" + ",".join(f"{n}-{n + 9}" for n in range(600)), 200, 0),
        ("bytes=5-2", 200, 0),
        ("bytes=--5", 200, 0),
        ("bytes=-", 200, 0),
        ("bytes=" + "9" * 5000 + "-", 200, 0),
        ("bytes=٣-٤".encode().decode("latin-1"), 200, 0),
        ("items=0-5", 200, 0),
        ("rubbish", 200, 0),
    ],
)
def test_one_stretch_can_be_asked_for_and_no_wish_costs_more_than_the_file(
    lead: httpx2.Client, call: Inspection, asked: str, status: int, length: int | None
) -> None:
    whole = lead.get(audio_of(call)).content
    answer = lead.get(audio_of(call), headers={"range": asked.encode("latin-1")})
    assert answer.status_code == status
    if length is not None:
        assert len(answer.content) == (length if length > 0 else len(whole) + length)
    if status == 206:
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(whole)}" and not answer.content


def test_a_stretch_of_an_older_copy_is_answered_with_all_of_the_new_one(lead: httpx2.Client, call: Inspection) -> None:
    first = lead.get(audio_of(call))
    part = {"range": "bytes=0-9"}
    assert lead.get(audio_of(call), headers={**part, "if-range": first.headers["etag"]}).status_code == 206
    assert lead.get(audio_of(call), headers={**part, "if-range": '"other"'}).status_code == 200
    head = lead.head(audio_of(call))
    assert head.headers["content-length"] == str(len(first.content)) and not head.content
    assert head.headers["content-type"] == "audio/ogg" and head.headers["accept-ranges"] == "bytes"
    assert first.headers["cache-control"] == "no-store" and "content-encoding" not in first.headers


@pytest.mark.parametrize(
    ("name", "status"),
    [("reviewer0", 403), ("agent0", 403), ("business0", 403), ("team_lead0", 200), ("auditor0", 200)],
)
def test_the_service_decides_who_listens(site: Site, call: Inspection, name: str, status: int) -> None:
    with site.client(name) as client:
        assert [client.get(path).status_code for path in (peaks_of(call), audio_of(call))] == [status, status]


@pytest.mark.parametrize(
    ("scopes", "masked", "whole"),
    [
        ({Deed.SEE_FIGURES}, 403, 403),
        ({Deed.SEE_FULL}, 403, 403),
        ({Deed.SEE_CALLS}, 200, 403),
        ({Deed.SEE_CALLS, Deed.SEE_FULL}, 200, 200),
    ],
)
def test_a_token_hears_what_it_was_made_for(
    settings: Settings, store: Store, call: Inspection, scopes: set[Deed], masked: int, whole: int
) -> None:
    lead = next(one.actor for one in store.people.all() if one.name == "qa_lead0")
    now = datetime.now(UTC)
    store.full_views.open(lead, call.call.id, "核对客户号码", 15, now)

    class Token:
        def caller(self, request: HTTPConnection) -> Caller:
            return Caller(replace(lead, scopes=frozenset(scopes)), "token", "")

    with running(settings, store, Token()) as site, site.client() as client:
        for path in (peaks_of(call), audio_of(call)):
            assert client.get(path).status_code == masked
            assert client.get(path, params={"full": 1}).status_code == whole


def test_a_recording_of_any_kind_is_played(store: Store, lead: httpx2.Client, tmp_path: Path) -> None:
    """MP3 here: decoded by the sandboxed decoder."""
    made = keep(store, tmp_path, NUMBER, no="mp3")
    path = CALLS / "collection_threat.mp3"
    recording = replace(made.hearing.recording, id=sha256(path.read_bytes()).hexdigest(), path=str(path))
    call = replace(
        made, call=replace(made.call, source_call_id="other"), hearing=replace(made.hearing, recording=recording)
    )
    store.save(call, "d")
    (tmp_path / "got.opus").write_bytes(lead.get(audio_of(call), timeout=60).content)
    samples, rate_hz = played(tmp_path / "got.opus")
    assert len(samples) / rate_hz > 5 and np.abs(samples).max() > 3000


def test_looking_at_the_picture_is_not_listening(site: Site, lead: httpx2.Client, call: Inspection) -> None:
    def rows() -> list[tuple[str, str, bool]]:
        with site.console.store._reader.connect() as connection:
            audit = tables.audit
            found = select(audit).where(audit.c.action == "listen")
            return [(row.actor, row.subject, row.detail["full"]) for row in connection.execute(found)]

    lead.get(peaks_of(call))
    assert rows() == []
    for asked in ("bytes=0-9", "bytes=10-19"):
        lead.get(audio_of(call), headers={"range": asked})
    assert rows() == [("qa_lead0", call.call.id, False)]


@pytest.mark.parametrize("call_id", ["nothing", "%3Cscript%3E", "..%2f..%2fetc", "x" * 3000, "‮"])
def test_nonsense_is_not_found(lead: httpx2.Client, call_id: str) -> None:
    for what in ("peaks", "audio"):
        assert lead.get(f"/sound/{call_id}/{what}").status_code == 404
    assert lead.post(f"/sound/{call_id}/full", data=REASON).status_code in (400, 404)


@pytest.mark.parametrize("damage", ["gone", "changed", "rubbish"])
def test_a_recording_that_cannot_be_played_is_told_without_its_name(
    lead: httpx2.Client, call: Inspection, damage: str
) -> None:
    path = Path(call.hearing.recording.path)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-2] + b"\1\1" if damage == "changed" else b"rubbish")
    answer = lead.get(peaks_of(call), headers={"accept": "application/json"})
    assert answer.status_code == 404
    told = json.loads(answer.content)["error"]
    assert told["remedy"] and path.name not in answer.text and str(path) not in answer.text
    assert lead.get(audio_of(call)).status_code == 404


def test_a_full_view_needs_the_role_a_reason_and_the_token(site: Site, call: Inspection) -> None:
    path = f"/sound/{call.call.id}/full"
    with site.client("team_lead0") as client:
        assert client.post(path, data=REASON).status_code == 403
    with site.client("qa_lead0") as client:
        assert client.post(path, data={"reason": "看"}).status_code == 400
        assert client.post(path, data={}).status_code == 422
        assert client.post(path, data=REASON, headers={"x-csrf-token": "wrong"}).status_code == 403


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("{url}/calls/1?tab=2", "/calls/1?tab=2"),
        ("https://elsewhere.example/x", "/"),
        ("{url}//elsewhere.example/x", "/"),
        ("", "/"),
    ],
)
def test_a_full_view_brings_back_to_the_page_it_was_asked_on(
    site: Site, lead: httpx2.Client, call: Inspection, referer: str, back: str
) -> None:
    headers = {"referer": referer.format(url=site.url)}
    answer = lead.post(f"/sound/{call.call.id}/full", data=REASON, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, back)
