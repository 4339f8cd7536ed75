"""Mail: SMTP (RFC 5321) with STARTTLS or TLS from the beginning."""

from __future__ import annotations

import smtplib
import socket
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from inspector.credentials import reveal, trust
from inspector.delivery.deadline import Deadline
from inspector.delivery.notice import Message
from inspector.delivery.records import Fault, FaultKind
from inspector.delivery.settings import SmtpReceiver
from inspector.delivery.wording import Words
from inspector.logs import log

__all__ = ["Mail"]

MOST_TEXT_BYTES = 100_000


class _Client(smtplib.SMTP):
    """Connects through a deadline. ``tls``: from the first byte."""

    def __init__(self, host: str, port: int, deadline: Deadline, tls: ssl.SSLContext | None) -> None:
        self._deadline, self._tls = deadline, tls
        # The name is given: smtplib would ask the name server for it, who may be slow.
        super().__init__(host, port, socket.gethostname(), timeout=deadline.left_s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Where smtplib lets its own subclasses connect."""
        made = self._deadline.connect(host, port)
        return made if self._tls is None else self._tls.wrap_socket(made, server_hostname=host)


class Mail:
    """Raises ConfigError for a password file or a CA file that cannot be read."""

    def __init__(self, receiver: SmtpReceiver, words: Words, timeout_s: float) -> None:
        self._receiver, self._words, self._timeout_s = receiver, words, timeout_s
        self._trust = trust(receiver.ca_file)
        self._password = None if receiver.password is None else reveal(receiver.password)

    def send(self, message: Message) -> Fault | None:
        """None once the server has taken it for at least one of the addresses."""
        with Deadline(self._timeout_s) as deadline:
            try:
                self._send(self._mail(message), deadline)
            except (OSError, smtplib.SMTPException) as error:
                return Fault(FaultKind.TIMEOUT) if deadline.is_over else _fault(error)
        return None

    def _send(self, mail: EmailMessage, deadline: Deadline) -> None:
        to = self._receiver
        with _Client(to.host, to.port, deadline, self._trust if to.tls == "implicit" else None) as client:
            if to.tls == "starttls":
                client.starttls(context=self._trust)
            if to.user is not None and self._password is not None:
                client.login(to.user, self._password)
            if refused := client.send_message(mail, to.sender, list(to.to)):
                # Those who have it would get it again with every attempt for the others.
                log().warning("mail.partly_refused", count=len(refused))

    def _mail(self, message: Message) -> EmailMessage:
        """The same Message-ID whenever it is sent: a mail that comes twice is known by it."""
        mail = EmailMessage()
        mail["Subject"] = self._words.subject(message)
        mail["From"], mail["To"] = self._receiver.sender, ", ".join(self._receiver.to)
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = f"<{message.id}@{self._receiver.sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(self._words.text(message, MOST_TEXT_BYTES), cte="base64")
        return mail


def _fault(error: OSError | smtplib.SMTPException) -> Fault:
    if isinstance(error, ssl.SSLError):
        return Fault(FaultKind.TLS)
    if isinstance(error, TimeoutError):
        return Fault(FaultKind.TIMEOUT)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Fault(FaultKind.SET_UP)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(max(code for code, _ in error.recipients.values()))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Fault(FaultKind.SET_UP, error.smtp_code)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code)
    return Fault(FaultKind.UNREACHABLE)


def _by_code(code: int) -> Fault:
    """4yz: later. 5yz: never like this."""
    return Fault(FaultKind.BUSY if 400 <= code < 500 else FaultKind.SET_UP, code)
