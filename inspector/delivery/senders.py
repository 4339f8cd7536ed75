"""The way that a receiver is told by."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from inspector.delivery.notice import Message
from inspector.delivery.records import Fault
from inspector.delivery.robots import Robot
from inspector.delivery.settings import RobotReceiver, SmtpReceiver, SyslogReceiver, WebhookReceiver
from inspector.delivery.smtp import Mail
from inspector.delivery.syslog import Syslog
from inspector.delivery.webhook import Webhook
from inspector.delivery.wording import Words

__all__ = ["Sender", "sender_of"]


class Sender(Protocol):
    """Sends messages to one receiver; safe to use from several threads."""

    def send(self, message: Message) -> Fault | None:
        """None once the receiver has the message, else why not. Ends within the timeout it was made with."""
        ...


def sender_of(
    receiver: WebhookReceiver | RobotReceiver | SmtpReceiver | SyslogReceiver, zone: ZoneInfo, timeout_s: float
) -> Sender:
    """``zone``: of the times that people read. Raises ConfigError for what lies in files and cannot be used."""
    words = Words(receiver.lang, receiver.quotes, zone)
    match receiver:
        case WebhookReceiver():
            return Webhook(receiver, timeout_s)
        case RobotReceiver():
            return Robot(receiver, words, timeout_s)
        case SmtpReceiver():
            return Mail(receiver, words, timeout_s)
        case SyslogReceiver():
            return Syslog(receiver, words, timeout_s)
