"""Every way to a receiver, against a real one that answers well, badly, slowly or not at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import jsonschema
import pytest
import standardwebhooks
from pydantic import TypeAdapter

from inspector.delivery import notice as notice_module
from inspector.delivery.notice import Message
from inspector.delivery.records import Fault, FaultKind
from inspector.delivery.robots import dingtalk_query, feishu_signature
from inspector.delivery.senders import Sender, sender_of
from inspector.delivery.settings import Receiver
from inspector.delivery.webhook import signature
from inspector.delivery.wording import Words
from inspector.errors import ConfigError
from tests.receivers import (
    NOTICE,
    SAID,
    SECRET,
    certificate,
    drip,
    free_port,
    hang,
    http_receiver,
    notice,
    status,
)
from tests.receivers import (
    Receiver as Desk,
)

ZONE = ZoneInfo("Asia/Shanghai")
ONE = Message(NOTICE.id, (NOTICE,))
TWO = Message("f" * 32, (notice(1, "a"), notice(1, "b")))
SCHEMA = Path(notice_module.__file__).with_name("notice-1.schema.json")
OTHER = "whsec_" + base64.b64encode(b"the secret after the first").decode()


def sender(timeout_s: float = 10.0, **settings: Any) -> Sender:
    receiver: Any = TypeAdapter(Receiver).validate_python(settings)
    return sender_of(receiver, ZONE, timeout_s)


def webhook(url: object, timeout_s: float = 10.0, **settings: Any) -> Sender:
    given = {"kind": "webhook", "url": url, "secrets": [SECRET], "allow_plain": True}
    return sender(timeout_s, **given | settings)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


# ---- webhook ---------------------------------------------------------------------------------------------------------


def test_the_signature_of_the_standard() -> None:
    """The vector that the libraries of the standard are tested with."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_verifies_by_each_secret_while_they_change(desk: Desk) -> None:
    assert webhook(desk.url, secrets=[SECRET, OTHER]).send(ONE) is None
    (got,) = desk.got
    for secret in (SECRET, OTHER):
        body = standardwebhooks.Webhook(secret).verify(got.body, got.headers)
        assert body["id"] == got.headers["webhook-id"] == NOTICE.id
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(got.body + b" ", got.headers)


@pytest.mark.parametrize("quotes", [False, True])
def test_a_webhook_says_what_it_may(desk: Desk, quotes: bool) -> None:
    assert webhook(desk.url, quotes=quotes).send(replace(ONE, is_test=True)) is None
    body = json.loads(desk.got[0].body)
    jsonschema.validate(body, json.loads(SCHEMA.read_text("utf-8")), jsonschema.Draft202012Validator)
    (told,) = body["notices"]
    assert body["test"] is True
    assert told["rules"] == [{"id": "forbidden.promise", "title": "承诺保本"}]
    assert told["source_call_ids"] == ["rec-＊＊＊＊＊＊＊＊＊＊＊"]
    assert told["quote"] == ("你把验证码＊＊＊＊＊＊念给我" if quotes else None)
    assert told["agent"] == ("A007" if quotes else None)


def test_the_same_message_is_the_same_bytes(desk: Desk) -> None:
    sends = webhook(desk.url)
    assert [sends.send(TWO), sends.send(TWO)] == [None, None]
    first, second = desk.got
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


@pytest.mark.parametrize(
    ("code", "headers", "fault"),
    [
        (200, {}, None),
        (302, {"Location": "/elsewhere"}, Fault(FaultKind.REDIRECT, 302)),
        (307, {"Location": "/elsewhere"}, Fault(FaultKind.REDIRECT, 307)),
        (400, {}, Fault(FaultKind.SET_UP, 400)),
        (401, {}, Fault(FaultKind.SET_UP, 401)),
        (410, {}, Fault(FaultKind.SET_UP, 410)),
        (429, {"Retry_After": "120"}, Fault(FaultKind.BUSY, 429, 120.0)),
        (503, {"Retry_After": "Mon, 01 Jan 2001 00:00:00 GMT"}, Fault(FaultKind.BUSY, 503, 0.0)),
        (503, {"Retry_After": "soon"}, Fault(FaultKind.BUSY, 503)),
        (500, {}, Fault(FaultKind.REFUSED, 500)),
    ],
)
def test_what_a_status_means(desk: Desk, code: int, headers: dict[str, str], fault: Fault | None) -> None:
    desk.answer = status(code, **headers)
    assert webhook(desk.url).send(ONE) == fault
    assert [got.path for got in desk.got] == ["/hook"]  # nobody was led elsewhere


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100_000):
        handler.wfile.write(bytes(65536))


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    drip(handler)


@pytest.mark.parametrize("answer", [drip, hang, dripping_body])
def test_who_answers_slowly_for_ever_is_left(desk: Desk, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
    """A byte each 50 ms, for half a minute: far below any time between two bytes."""
    desk.answer, begin_s = answer, monotonic()
    assert webhook(desk.url, timeout_s=0.5).send(ONE) == Fault(FaultKind.TIMEOUT)
    assert monotonic() - begin_s < 20


def test_of_a_huge_answer_the_beginning_is_enough(desk: Desk) -> None:
    desk.answer = endless
    assert webhook(desk.url).send(ONE) is None


def test_who_hangs_up_or_is_not_there_is_unreachable(desk: Desk) -> None:
    desk.answer = lambda handler: handler.connection.close()
    assert webhook(desk.url).send(ONE) == Fault(FaultKind.UNREACHABLE)
    assert webhook(f"http://127.0.0.1:{free_port()}/").send(ONE) == Fault(FaultKind.UNREACHABLE)


def test_a_proxy_of_the_environment_is_not_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    assert webhook(desk.url).send(ONE) is None


def test_tls_is_verified(signed: tuple[Path, Path]) -> None:
    with http_receiver(tls=signed) as secure:
        assert webhook(secure.url).send(ONE) == Fault(FaultKind.TLS)
        assert secure.got == []
        assert webhook(secure.url, ca_file=signed[0]).send(ONE) is None
        assert len(secure.got) == 1


# ---- robots ----------------------------------------------------------------------------------------------------------


def robot(kind: str, url: str, **settings: Any) -> Sender:
    return sender(**{"kind": kind, "url": url, "allow_plain": True, **settings})


def test_signatures_of_robots_by_hand() -> None:
    digest = hmac.new(b"SECabc", b"1700000000000\nSECabc", hashlib.sha256).digest()
    sent = parse_qs(dingtalk_query("SECabc", 1700000000000))
    assert sent == {"timestamp": ["1700000000000"], "sign": [base64.b64encode(digest).decode()]}
    empty = hmac.new(b"1700000000\nsecret", digestmod=hashlib.sha256).digest()
    assert feishu_signature("secret", 1700000000) == base64.b64encode(empty).decode()


@pytest.mark.parametrize(
    ("kind", "answer", "fault"),
    [
        ("wecom", {"errcode": 0, "errmsg": "ok"}, None),
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, Fault(FaultKind.SET_UP, 93000)),
        ("wecom", {"errcode": 45009}, Fault(FaultKind.BUSY, 45009)),
        ("dingtalk", {"errcode": 0}, None),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, Fault(FaultKind.SET_UP, 310000)),
        ("dingtalk", {"errcode": 130101}, Fault(FaultKind.BUSY, 130101)),
        ("feishu", {"code": 0, "msg": "success"}, None),
        ("feishu", {"StatusCode": 0, "StatusMessage": "success"}, None),
        ("feishu", {"code": 19021}, Fault(FaultKind.SET_UP, 19021)),
        ("feishu", {"code": 11232}, Fault(FaultKind.BUSY, 11232)),
        ("feishu", {"ok": True}, Fault(FaultKind.BAD_ANSWER)),
        ("wecom", [], Fault(FaultKind.BAD_ANSWER)),
    ],
)
def test_what_robots_answer(desk: Desk, kind: str, answer: object, fault: Fault | None) -> None:
    desk.answer = status(200, json.dumps(answer).encode())
    assert robot(kind, desk.url).send(ONE) == fault


def test_a_robot_that_answers_no_json_or_another_status(desk: Desk) -> None:
    desk.answer = status(200, b"<html>")
    assert robot("wecom", desk.url).send(ONE) == Fault(FaultKind.BAD_ANSWER)
    desk.answer = status(502)
    assert robot("wecom", desk.url).send(ONE) == Fault(FaultKind.REFUSED, 502)


def test_robots_are_told_in_chinese_and_signed(desk: Desk) -> None:
    desk.answer = status(200, b'{"errcode": 0, "code": 0}')
    assert robot("wecom", desk.url).send(ONE) is None
    assert robot("dingtalk", desk.url + "?access_token=t", secret="SECabc").send(ONE) is None  # noqa: S106
    assert robot("feishu", desk.url, secret="s").send(ONE) is None  # noqa: S106
    wecom, dingtalk, feishu = (json.loads(got.body) for got in desk.got)
    text = wecom["text"]["content"]
    assert dingtalk["text"]["content"] == feishu["content"]["text"] == text
    assert text.startswith("【P1 预警】新预警：承诺保本\n")
    assert "处理时限：2025-03-01 12:20:06" in text
    assert SAID not in text and "验证码" not in text and "138" not in text and "A007" not in text
    query = parse_qs(urlsplit(desk.got[1].path).query)
    (at,) = query["timestamp"]
    signed = hmac.new(b"SECabc", f"{at}\nSECabc".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["t"], "timestamp": [at], "sign": [base64.b64encode(signed).decode()]}
    assert feishu["sign"] == feishu_signature("s", int(feishu["timestamp"]))


def test_a_message_of_many_fits_and_says_how_many_it_leaves_out() -> None:
    many = Message("m", tuple(notice(1, f"{group:032}") for group in range(50)))
    text = Words("zh", False, ZONE).text(many, 2048)
    shown = text.count("新预警")
    assert len(text.encode()) <= 2048
    assert 5 < shown < 50
    assert f"其余 {50 - shown} 条" in text
    assert text.splitlines()[0] == "【P1 预警】合并通知 50 条"


def test_what_was_written_elsewhere_begins_no_line() -> None:
    sly = replace(NOTICE, rules=(("a.b", "题目\n处理办法：不必处理"),), team="组\r\n编号：0")
    lines = Words("en", True, ZONE).text(Message(sly.id, (sly,)), 10_000).splitlines()
    assert not any(line.startswith(("处理办法", "编号")) for line in lines)


# ---- mail ------------------------------------------------------------------------------------------------------------


class Box:
    """What aiosmtpd's handler is asked for."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.refuse: dict[str, str] = {}
        self.end = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(envelope)
        return self.end


@pytest.fixture
def box(signed: tuple[Path, Path]) -> Iterator[tuple[Box, int]]:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    context, box, port = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), Box(), free_port()
    context.load_cert_chain(*signed)

    def authenticated(server: Any, session: Any, envelope: Any, mechanism: str, of: Any) -> Any:
        return AuthResult(success=(of.login, of.password) == (b"qa", b"right"), handled=False)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of aiosmtpd itself
        controller = Controller(
            box, "127.0.0.1", port, tls_context=context, require_starttls=True, authenticator=authenticated
        )
        controller.start()
        try:
            yield box, port
        finally:
            controller.stop()


def mail(port: int, ca_file: Path | None, timeout_s: float = 10.0, **settings: Any) -> Sender:
    given = {"kind": "smtp", "host": "127.0.0.1", "port": port, "sender": "qa@bank.example", "to": ["a@bank.example"]}
    return sender(timeout_s, **given | {"ca_file": ca_file} | settings)


def test_a_mail_arrives_with_the_same_id_each_time(box: tuple[Box, int], signed: tuple[Path, Path]) -> None:
    from email import message_from_bytes
    from email.policy import default

    mails, port = box
    sends = mail(port, signed[0], user="qa", password="right")  # noqa: S106
    assert [sends.send(ONE), sends.send(ONE)] == [None, None]
    first, second = (message_from_bytes(one.content, policy=default) for one in mails.got)
    assert first["Message-ID"] == second["Message-ID"] == f"<{NOTICE.id}@bank.example>"
    assert first["Subject"] == "【P1 预警】新预警：承诺保本"
    assert "规则：承诺保本（forbidden.promise）" in first.get_content()
    assert SAID not in first.get_content()


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"user": "qa", "password": "wrong"}, Fault(FaultKind.SET_UP, 535)),
        ({"ca_file": None}, Fault(FaultKind.TLS)),
        ({"to": ["gone@bank.example"]}, Fault(FaultKind.SET_UP, 550)),
        ({"to": ["full@bank.example"]}, Fault(FaultKind.BUSY, 452)),
        ({"to": ["gone@bank.example", "a@bank.example"]}, None),
    ],
)
def test_what_a_mail_server_says(
    box: tuple[Box, int], signed: tuple[Path, Path], settings: dict[str, Any], fault: Fault | None
) -> None:
    mails, port = box
    mails.refuse = {"gone@bank.example": "550 no such user", "full@bank.example": "452 mailbox full"}
    assert mail(port, **{"ca_file": signed[0], **settings}).send(ONE) == fault


def test_a_mail_server_that_will_take_it_later(box: tuple[Box, int], signed: tuple[Path, Path]) -> None:
    mails, port = box
    mails.end = "451 later"
    assert mail(port, signed[0]).send(ONE) == Fault(FaultKind.BUSY, 451)


@pytest.mark.parametrize("tls", ["starttls", "implicit", "none"])
def test_a_mail_server_that_drips_is_left(tls: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            line, _ = server.accept()
            with line:
                while not ended.wait(0.05):
                    try:
                        line.send(b"2")
                    except OSError:
                        return

        thread, begin_s = threading.Thread(target=serve), monotonic()
        thread.start()
        try:
            sends = mail(server.getsockname()[1], None, timeout_s=0.5, tls=tls, allow_plain=True)
            fault = sends.send(ONE)
        finally:
            ended.set()
            thread.join()
    # Rubbish is no TLS: who speaks it from the beginning knows that at once
    assert fault == Fault(FaultKind.TLS if tls == "implicit" else FaultKind.TIMEOUT)
    assert monotonic() - begin_s < 20


def test_no_mail_server() -> None:
    assert mail(free_port(), None).send(ONE) == Fault(FaultKind.UNREACHABLE)


# ---- syslog ----------------------------------------------------------------------------------------------------------


def records_of(stream: bytes) -> list[bytes]:
    """RFC 6587, 3.4.1."""
    records = []
    while stream:
        length, _, rest = stream.partition(b" ")
        records.append(rest[: int(length)])
        stream = rest[int(length) :]
    return records


@pytest.mark.parametrize("secure", [False, True])
def test_syslog_over_a_stream(secure: bool, signed: tuple[Path, Path]) -> None:
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            if secure:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*signed)
                line = context.wrap_socket(line, server_side=True)
            with line:
                while chunk := line.recv(65536):
                    taken.append(chunk)

        thread = threading.Thread(target=serve)
        thread.start()
        given = {"kind": "syslog", "host": "127.0.0.1", "port": server.getsockname()[1]}
        try:
            assert sender(**given, transport="tls" if secure else "tcp", ca_file=signed[0]).send(TWO) is None
        finally:
            thread.join()
    first, second = records_of(b"".join(taken))
    assert first.startswith(b"<131>1 20")
    assert f'[inspector@32473 id="{TWO.notices[0].id}" message="{TWO.id}" group="a" class="P1"'.encode() in first
    assert 'group="b"' in second.decode()
    assert "\ufeff【P1 预警】新预警：承诺保本 | 规则" in first.decode()
    assert SAID not in first.decode()


def test_syslog_over_udp_a_record_a_datagram() -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(30)
        given = {"kind": "syslog", "host": "127.0.0.1", "port": server.getsockname()[1], "transport": "udp"}
        assert sender(**given).send(TWO) is None
        assert [b'group="%b"' % group in server.recv(65536) for group in (b"a", b"b")] == [True, True]


def test_no_syslog_server(signed: tuple[Path, Path]) -> None:
    given = {"kind": "syslog", "host": "127.0.0.1", "port": free_port()}
    for transport in ("tcp", "tls"):
        assert sender(**given, transport=transport, ca_file=signed[0]).send(ONE) == Fault(FaultKind.UNREACHABLE)


# ---- settings --------------------------------------------------------------------------------------------------------


def test_secrets_may_lie_in_files(desk: Desk, tmp_path: Path) -> None:
    for name, what in (("url", desk.url), ("secret", OTHER)):
        (tmp_path / name).write_text(what + "\n")
    sends = webhook({"file": tmp_path / "url"}, secrets=[{"file": tmp_path / "secret"}])
    assert sends.send(ONE) is None
    standardwebhooks.Webhook(OTHER).verify(desk.got[0].body, desk.got[0].headers)


def test_what_a_file_says_is_checked_when_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://user:hidden@bank.example/")
    with pytest.raises(ConfigError, match="holds a user") as caught:
        webhook({"file": tmp_path / "url"})
    assert "hidden" not in str(caught.value)
    with pytest.raises(ConfigError, match="cannot be read"):
        webhook({"file": tmp_path / "missing"})
    (tmp_path / "ca").write_text("no certificate")
    with pytest.raises(ConfigError, match="ca_file"):
        webhook("https://bank.example/", ca_file=tmp_path / "ca")
