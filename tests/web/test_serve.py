"""``inspector serve`` as operations run it: what it refuses, what it tells, how it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn

from inspector.cli import app as cli
from inspector.config import WebSettings, load_settings
from inspector.errors import ConfigError, PolicyError, UsageError
from inspector.roles import Person, Role
from inspector.storage import sqlite_url
from inspector.storage.configured import open_store
from inspector.web.accounts.passwords import matches
from inspector.web.server import _ending_in_order, _listening, _url_of
from tests.databases import Database
from tests.receivers import certificate, free_port
from tests.unit.test_people import ME
from tests.waiting import until
from tests.web.signed_in import ADMIN, HTML, OWN, Clock

pytestmark = pytest.mark.usefixtures("logs_as_before")


def run(*arguments: str) -> int:
    return cli._run(list(arguments))


@contextmanager
def served(tmp_path: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The command in a process of its own, once it listens, and what it tells."""
    told = tmp_path / "told"
    with told.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "inspector", "serve", *arguments], stdout=subprocess.DEVNULL, stderr=stderr
        )
    try:
        until(lambda: "Ctrl-C" in told.read_text("utf-8") or process.poll() is not None)
        assert process.poll() is None, told.read_text("utf-8")
        yield process, told
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "console.bank.example"])  # noqa: S104 - refused
def test_other_machines_are_served_only_by_https(home: Path, capsys: pytest.CaptureFixture[str], host: str) -> None:
    assert run("serve", "--host", host, "--lang", "en") == ConfigError.exit_code
    told = capsys.readouterr().err
    assert "unencrypted" in told
    assert "web.certificate" in told
    assert not home.exists(), "nothing was made"


def test_a_certificate_needs_its_key_and_both_must_be_usable(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate", "utf-8")
    monkeypatch.setenv("INSPECTOR_WEB__CERTIFICATE", str(broken))
    assert run("serve") == ConfigError.exit_code
    assert "needs its key" in capsys.readouterr().err
    for key in (broken, tmp_path / "none.pem"):
        monkeypatch.setenv("INSPECTOR_WEB__KEY", str(key))
        assert run("serve") == ConfigError.exit_code
        assert "cannot be used" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert run("serve", "--port", port, "--lang", "en") == ConfigError.exit_code
    told = capsys.readouterr().err
    assert f"port {port}" in told
    assert "--port" in told


def test_from_the_first_start_to_the_second(home: Path, tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, "--port", str(port)) as (process, told):
        found = re.search(r"http://127\.0\.0\.1:\d+(/setup\?token=(\S+))", told.read_text("utf-8"))
        assert found is not None
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=HTML) as client:
            assert client.get(found[1]).status_code == 200
            data = {"token": found[2], "name": "wang.wu", "password": OWN, "again": OWN}
            assert client.post("/setup", data=data).status_code == 303
            assert client.get("/account").status_code == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        assert found[2] not in told.read_text("utf-8").replace(found[0], "")
    with served(tmp_path, "--port", str(port)) as (process, told):
        assert "setup" not in told.read_text("utf-8")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=HTML) as client:
            assert client.get(found[1]).status_code == 404
            assert client.get("/healthz").text == "ok"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_a_signal_that_comes_before_the_server_runs_is_not_lost() -> None:
    server = uvicorn.Server(uvicorn.Config(lambda: None))
    before = signal.getsignal(signal.SIGTERM)
    with _ending_in_order(server):
        signal.raise_signal(signal.SIGTERM)
        assert server.should_exit
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_small_is_sent_at_once(home: Path) -> None:
    with _listening(WebSettings(port=free_port())) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # by which asyncio tells that Nagle's delay may be switched off


def test_a_set_up_that_was_not_done_ends_with_its_server(home: Path, tmp_path: Path) -> None:
    addresses = []
    for _ in range(2):
        with served(tmp_path, "--port", str(free_port())) as (process, told):
            addresses.append(told.read_text("utf-8").partition("token=")[2].split()[0])
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            with closing(open_store(load_settings())) as store:
                assert not store.accounts.setup_open(addresses[-1], Clock()())
    assert addresses[0] != addresses[1]


def test_a_certificate_and_its_key_serve_https(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, key = certificate(tmp_path)
    monkeypatch.setenv("INSPECTOR_WEB__CERTIFICATE", str(file))
    monkeypatch.setenv("INSPECTOR_WEB__KEY", str(key))
    port = free_port()
    with served(tmp_path, "--port", str(port)) as (_, told):
        trusted = ssl.create_default_context(cafile=str(file))
        with httpx2.Client(base_url=f"https://localhost:{port}", headers=HTML, verify=trusted) as client:
            token = told.read_text("utf-8").partition("token=")[2].split()[0]
            data = {"token": token, "name": "wang.wu", "password": OWN, "again": OWN}
            assert client.post("/setup", data=data).headers["set-cookie"].startswith("__Host-inspector=")
            assert client.get("/account").status_code == 200


@pytest.mark.parametrize(("https", "where"), [("true", "203.0.113.9"), ("false", "127.0.0.1")])
def test_who_asks_is_believed_of_a_proxy_only(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, https: str, where: str
) -> None:
    monkeypatch.setenv("INSPECTOR_WEB__HTTPS", https)
    port = free_port()
    with served(tmp_path, "--port", str(port)):
        told = {**HTML, "x-forwarded-for": "198.51.100.1, 203.0.113.9", "x-forwarded-proto": "https"}
        httpx2.post(f"http://127.0.0.1:{port}/login", data={"name": "x", "password": "y"}, headers=told)
    rows = Database(sqlite_url(home / "inspector.db")).rows("SELECT action, detail FROM audit")
    assert [json.loads(detail) for action, detail in rows if action == "login_failed"] == [{"from": where}]


@pytest.mark.parametrize(
    ("web", "url"),
    [
        ({}, "http://127.0.0.1:8420/"),
        ({"host": "::1", "port": 1}, "http://[::1]:1/"),
        ({"https": True, "hosts": ("127.0.0.1", "console.bank.example")}, "https://console.bank.example/"),
        ({"https": True}, "http://127.0.0.1:8420/"),
        ({"certificate": "c", "key": "k", "hosts": ("qa.bank.example",)}, "https://qa.bank.example:8420/"),
        ({"certificate": "c", "key": "k", "host": "::", "hosts": ("*",)}, "https://[::]:8420/"),
    ],
)
def test_the_address_is_the_one_that_browsers_use(web: dict[str, object], url: str) -> None:
    assert _url_of(WebSettings.model_validate(web)) == url


def test_a_lost_password_is_replaced_from_the_command_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_store(load_settings())) as store:
        store.people.add(ADMIN, Person(ME, frozenset({Role.ADMIN})), Clock()())
        assert run("people", "password", ME) == 0
        password = capsys.readouterr().out.strip()
        assert matches(store.accounts.hash_of(ME), password)
        assert store.accounts.all(Clock()())[ME].must_change
        assert run("people", "password", "nobody") == UsageError.exit_code
        store.people.add(ADMIN, Person("zhao.liu", frozenset({Role.ADMIN})), Clock()())
        store.people.change(ADMIN, Person(ME, frozenset({Role.AUDITOR})), Clock()())
        assert run("people", "password", "zhao.liu") == PolicyError.exit_code
        assert store.accounts.hash_of("zhao.liu") is None
