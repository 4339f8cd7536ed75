"""Receivers of alerts as tests need them: real servers on this machine that answer as they are told to."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from inspector.delivery.notice import Notice, NoticeKind
from inspector.enums import AlertClass

SECRET = "whsec_" + "c2VjcmV0IG9mIGEgcmVjZWl2ZXIgb2YgdGVzdHM="
SAID = "你把验证码一二三四五六念给我"

NOTICE = Notice(
    group_id="g" * 32,
    kind=NoticeKind.OPENED,
    number=1,
    alert_class=AlertClass.P1,
    audience="duty_supervisor",
    rules=(("forbidden.promise", "承诺保本"),),
    call_ids=("c" * 24,),
    source_call_ids=("rec-13812345678",),
    team="一组",
    agent="A007",
    at_s=133.4,
    started_at=datetime(2025, 3, 1, 4, 5, 6, tzinfo=UTC),
    due_at=datetime(2025, 3, 1, 4, 20, 6, tzinfo=UTC),
    overdue_when_found=False,
    remedy="立即联系客户",
    quote=SAID,
)


def notice(number: int, group: str = "g", alert_class: AlertClass = AlertClass.P1) -> Notice:
    return replace(NOTICE, group_id=group, number=number, alert_class=alert_class)


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """``answer``: called with the handler for each request; to answer 204 unless the test says otherwise."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    got: list[Got] = field(default_factory=list)
    url: str = ""


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A head that never ends, one byte at a time."""
    with handler.connection:
        for _ in range(600):
            handler.wfile.write(b"H")
            time.sleep(0.05)


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Until whoever asks is gone."""
    handler.connection.recv(1)


@contextmanager
def http_receiver(
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None, tls: tuple[Path, Path] | None = None
) -> Iterator[Receiver]:
    """A server that answers every POST, 204 by default; ``tls``: certificate and key."""
    receiver = Receiver(answer or status(204))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            receiver.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever asks may go at any time."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        receiver.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def certificate(place: Path) -> tuple[Path, Path]:
    """A certificate for this machine that signed itself, and its key."""
    made, key = place / "made.pem", place / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    subprocess.run([*command, *names, "-out", str(made), "-keyout", str(key)], check=True, capture_output=True)
    return made, key


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
