"""Syslog: records of RFC 5424 over TLS (RFC 5425), TCP with their length before them (RFC 6587) or UDP (RFC 5426).

No way of syslog is acknowledged: what the network took counts as sent. Who must not miss anything takes a webhook.
"""

from __future__ import annotations

import os
import socket
import ssl
from datetime import UTC, datetime

from inspector.credentials import trust
from inspector.delivery.deadline import Deadline
from inspector.delivery.notice import Message, Notice
from inspector.delivery.records import Fault, FaultKind
from inspector.delivery.settings import SyslogReceiver
from inspector.delivery.wording import Words
from inspector.enums import AlertClass

__all__ = ["Syslog", "record_of"]

LOCAL0 = 16
SEVERITY = {AlertClass.P0: 1, AlertClass.P1: 3, AlertClass.P2: 4}
ENTERPRISE = "inspector@32473"
"""32473 is the number for examples (RFC 5612): we have none of our own."""
MOST_TEXT_BYTES = 1000
CLOSE_S = 1.0


def record_of(notice: Notice, message: Message, words: Words, now: datetime) -> bytes:
    """One record for one notice."""
    one = Message(notice.id, (notice,), message.is_test)
    data = {
        "id": notice.id,
        "message": message.id,
        "group": notice.group_id,
        "class": notice.alert_class.value,
        "kind": notice.kind.value,
        "audience": notice.audience,
        "rules": " ".join(rule_id for rule_id, _ in notice.rules),
        "calls": " ".join(notice.call_ids),
        "test": "true" if message.is_test else "false",
    }
    structured = "".join(f' {name}="{_escaped(value)}"' for name, value in data.items())
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = f"<{8 * LOCAL0 + SEVERITY[notice.alert_class]}>1 {stamp} {_host()} inspector {os.getpid()} notice"
    text = words.text(one, MOST_TEXT_BYTES).replace("\n", " | ")
    return f"{head} [{ENTERPRISE}{structured}] \ufeff{text}".encode()


class Syslog:
    """Raises ConfigError for a CA file that cannot be read."""

    def __init__(self, receiver: SyslogReceiver, words: Words, timeout_s: float) -> None:
        self._receiver, self._words, self._timeout_s = receiver, words, timeout_s
        self._trust = trust(receiver.ca_file) if receiver.transport == "tls" else None

    def send(self, message: Message) -> Fault | None:
        """None once the network has taken it."""
        now = datetime.now(UTC)
        records = [record_of(notice, message, self._words, now) for notice in message.notices]
        with Deadline(self._timeout_s) as deadline:
            try:
                if self._receiver.transport == "udp":
                    self._throw(records)
                else:
                    self._stream(b"".join(b"%d %b" % (len(one), one) for one in records), deadline)
            except ssl.SSLError:
                return Fault(FaultKind.TIMEOUT if deadline.is_over else FaultKind.TLS)
            except OSError as error:
                late = deadline.is_over or isinstance(error, TimeoutError)
                return Fault(FaultKind.TIMEOUT if late else FaultKind.UNREACHABLE)
        return None

    def _throw(self, records: list[bytes]) -> None:
        address = socket.getaddrinfo(self._receiver.host, self._receiver.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(address[0], socket.SOCK_DGRAM) as thrower:
            for one in records:
                thrower.sendto(one, address[4])

    def _stream(self, data: bytes, deadline: Deadline) -> None:
        made = deadline.connect(self._receiver.host, self._receiver.port)
        with (
            made if self._trust is None else self._trust.wrap_socket(made, server_hostname=self._receiver.host) as line
        ):
            line.sendall(data)
            if isinstance(line, ssl.SSLSocket):
                return
            # Whoever refuses what was sent resets the connection; whoever took it closes it, or says nothing.
            line.shutdown(socket.SHUT_WR)
            line.settimeout(min(CLOSE_S, deadline.left_s))
            try:
                line.recv(1)
            except TimeoutError:
                return


def _host() -> str:
    """Printable ASCII without blanks, as the standard wants it."""
    name = "".join(char for char in socket.gethostname() if "!" <= char <= "~")
    return name[:255] or "-"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]").replace("\n", " ")
