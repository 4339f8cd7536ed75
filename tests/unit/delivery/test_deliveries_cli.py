"""``inspector deliveries`` and the doctor's lines, as operations use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inspector.cli.app import app
from inspector.cli.doctor_receivers import receiver_faults
from inspector.config import load_settings
from inspector.delivery.desk import listed, send_again, send_test
from inspector.delivery.records import Address, Circuit, DeliveryState, Fault, FaultKind, Told
from inspector.errors import ConfigError, PolicyError
from inspector.roles import Actor, Role
from inspector.storage import Store
from inspector.storage.configured import open_store
from tests.receivers import NOTICE, SECRET, Receiver, http_receiver, notice, status

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
SETTINGS = """
[delivery.receivers.desk]
kind = "webhook"
url = "{url}"
secrets = ["{secret}"]
allow_plain = true
"""


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """One receiver, configured."""
    with http_receiver() as receiver:
        home.mkdir()
        (home / "inspector.toml").write_text(SETTINGS.format(url=receiver.url, secret=SECRET))
        monkeypatch.setenv("INSPECTOR_CONFIG", str(home / "inspector.toml"))
        yield receiver


@pytest.fixture
def store(desk: Receiver) -> Iterator[Store]:
    """A notice that was sent and one that is dead."""
    with closing(open_store(load_settings())) as store:
        for one in (NOTICE, notice(1, "dead")):
            store.deliveries.put(one, NOW)
        store.deliveries.know(["desk"], NOW)
        store.deliveries.fan_out({"desk": Address()}, 9, NOW)
        sent = Told("desk", NOTICE.id, DeliveryState.SENT, NOW)
        dead = Told("desk", notice(1, "dead").id, DeliveryState.DEAD, NOW, None, Fault(FaultKind.SET_UP, 401))
        store.deliveries.told([sent, dead], {}, NOW)
        yield store


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["deliveries", *arguments])
    return result.exit_code, result.output


@pytest.mark.usefixtures("store")
def test_dead_letters_are_seen() -> None:
    code, output = run("dead", "--json")
    (line,) = output.splitlines()
    assert code == 0
    told = json.loads(line)
    assert (told["notice_id"], told["state"]) == (notice(1, "dead").id, "dead")
    assert told["fault"] == {"kind": "set_up", "status": 401}
    assert len(run("list", "--json")[1].splitlines()) == 2
    assert "已放弃" in run("list")[1]
    assert "没有符合条件的通知" in run("list", "--state", "pending")[1]


def test_dead_letters_are_sent_again_by_name_only(store: Store) -> None:
    assert isinstance(CliRunner().invoke(app, ["deliveries", "send-again"]).exception, Exception)
    assert {one.state for one in store.deliveries.listed(9)} == {DeliveryState.SENT, DeliveryState.DEAD}
    code, output = run("send-again", "--receiver", "desk")
    assert (code, "1 条" in output) == (0, True)
    assert {one.state for one in store.deliveries.listed(9)} == {DeliveryState.SENT, DeliveryState.PENDING}


def test_a_receiver_is_tried_by_hand(desk: Receiver) -> None:
    code, output = run("test", "desk")
    assert (code, "已收下" in output) == (0, True)
    assert json.loads(desk.got[0].body)["test"] is True
    desk.answer = status(401)
    code, output = run("test", "desk")
    assert (code, "set_up 401" in output) == (1, True)


def test_who_may(store: Store) -> None:
    reviewer, auditor = (Actor("x", frozenset({role})) for role in (Role.REVIEWER, Role.AUDITOR))
    with pytest.raises(PolicyError):
        listed(store, reviewer, 9)
    assert len(listed(store, auditor, 9)) == 2
    for actor in (reviewer, auditor):
        with pytest.raises(PolicyError):
            send_again(store, actor, None, None, NOW)
        with pytest.raises(PolicyError):
            send_test(store, actor, load_settings(), "desk")


def test_what_the_doctor_says(store: Store) -> None:
    settings = load_settings()
    ((name, ok, what, remedy),) = receiver_faults(settings)
    assert (name, ok) == ("receiver desk", False)
    assert "last sent: 2025-03-01 12:00:00 UTC" in what
    assert "send-again" in remedy
    store.deliveries.send_again(None, None, "qa", NOW)
    ((_, ok, what, _),) = receiver_faults(settings)
    assert (ok, "pending: 1" in what) == (True, True)
    store.deliveries.told([], {"desk": Circuit(7, NOW)}, NOW)
    ((_, ok, what, _),) = receiver_faults(settings)
    assert (ok, "fails: 7 times" in what) == (False, True)
    nobody = settings.model_copy(update={"delivery": settings.delivery.model_copy(update={"receivers": {}})})
    ((name, ok, what, _),) = receiver_faults(nobody)
    assert (name, ok, "1 notices wait" in what) == ("receiver desk", False, True)


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ('kind = "pigeon"', "delivery.receivers.desk"),
        (f'kind = "webhook"\nurl = "http://bank.example/"\nsecrets = ["{SECRET}"]', "delivery.receivers.desk"),
        (f'kind = "webhook"\nurl = "https://u:p@bank.example/"\nsecrets = ["{SECRET}"]', "holds a user"),
        ('kind = "webhook"\nurl = "https://bank.example/"', "delivery.receivers.desk.webhook.secrets"),
        ('kind = "webhook"\nurl = "https://bank.example/"\nsecrets = []', "delivery.receivers.desk.webhook.secrets"),
        ('kind = "webhook"\nurl = "https://bank.example/"\nsecrets = ["whsec_AAAA"]', "a key of 3 bytes"),
        ('kind = "wecom"\nurl = "https://bank.example/"\nsecret = "s"', "no secret"),
        ('kind = "smtp"\nhost = "mail"\nsender = "a@b"\nto = ["c@d"]\ntls = "none"', "allow_plain"),
        ('kind = "syslog"\nhost = "log"\nport = 0', "delivery.receivers.desk.syslog.port"),
    ],
)
def test_a_wrong_receiver_is_named_and_nothing_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch, lines: str, where: str
) -> None:
    home.mkdir()
    (home / "inspector.toml").write_text(f"[delivery.receivers.desk]\n{lines}\n")
    monkeypatch.setenv("INSPECTOR_CONFIG", str(home / "inspector.toml"))
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert where in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (SECRET, "u:p", "AAAA", "bank.example"))


def test_the_id_of_a_notice_is_its_group_and_number() -> None:
    assert replace(NOTICE, remedy="another").id == NOTICE.id
    assert len({notice(number, group).id for number in (1, 2) for group in "ab"}) == 4
