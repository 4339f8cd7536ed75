"""A machine of the bank, told by Standard Webhooks 1.0.0: the body signed with its id and the time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from inspector.delivery.http import Poster, fault_of
from inspector.delivery.notice import Message
from inspector.delivery.records import Fault
from inspector.delivery.settings import WebhookReceiver, key_of, url_of
from inspector.delivery.wording import body_of

__all__ = ["Webhook", "signature"]


def signature(keys: Sequence[bytes], message_id: str, timestamp_s: int, body: bytes) -> str:
    """``v1,base64`` for each key: while a secret is changed, the old and the new one both verify."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


class Webhook:
    """Raises ConfigError for an address, a secret or a CA file that cannot be used."""

    def __init__(self, receiver: WebhookReceiver, timeout_s: float) -> None:
        self._url = url_of(receiver.url, receiver.allow_plain)
        self._keys = [key_of(secret) for secret in receiver.secrets]
        self._quotes = receiver.quotes
        self._poster = Poster(receiver.ca_file, timeout_s)

    def send(self, message: Message) -> Fault | None:
        """None once the receiver has it."""
        body, now_s = body_of(message, self._quotes), int(datetime.now(UTC).timestamp())
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "inspector",
            "webhook-id": message.id,
            "webhook-timestamp": str(now_s),
            "webhook-signature": signature(self._keys, message.id, now_s, body),
        }
        return fault_of(self._poster.post(self._url, headers, body))
