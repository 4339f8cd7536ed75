"""Robots in chat groups: WeCom (企业微信), DingTalk (钉钉), Feishu (飞书). All answer 200; faults are in the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from inspector.credentials import reveal
from inspector.delivery.http import Poster, fault_of
from inspector.delivery.notice import Message
from inspector.delivery.records import Fault, FaultKind
from inspector.delivery.settings import RobotReceiver, url_of
from inspector.delivery.wording import Words

__all__ = ["Robot", "dingtalk_query", "fault_in", "feishu_signature"]

MOST_TEXT_BYTES = {"wecom": 2048, "dingtalk": 15_000, "feishu": 15_000}
_CODE = {"wecom": "errcode", "dingtalk": "errcode", "feishu": "code"}
_BUSY = {"wecom": (45009,), "dingtalk": (130101, 130102), "feishu": (11232,)}
"""Too many messages for the robot."""


def dingtalk_query(secret: str, timestamp_ms: int) -> str:
    """What DingTalk wants at the end of the address (加签)."""
    digest = hmac.new(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return f"timestamp={timestamp_ms}&sign={quote_plus(base64.b64encode(digest))}"


def feishu_signature(secret: str, timestamp_s: int) -> str:
    """What Feishu wants in the body (签名校验): time and secret are the key, nothing is signed."""
    digest = hmac.new(f"{timestamp_s}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def fault_in(kind: str, answer: dict[str, Any]) -> Fault | None:
    """What the body of a 200 says. Anything without a code is no answer of such a robot."""
    code = answer.get(_CODE[kind], answer.get("StatusCode"))
    if not isinstance(code, int):
        return Fault(FaultKind.BAD_ANSWER)
    if code == 0:
        return None
    return Fault(FaultKind.BUSY if code in _BUSY[kind] else FaultKind.SET_UP, code)


class Robot:
    """Raises ConfigError for an address, a secret or a CA file that cannot be used."""

    def __init__(self, receiver: RobotReceiver, words: Words, timeout_s: float) -> None:
        self._kind, self._words = receiver.kind, words
        self._url = url_of(receiver.url, receiver.allow_plain)
        self._secret = None if receiver.secret is None else reveal(receiver.secret)
        self._poster = Poster(receiver.ca_file, timeout_s)

    def send(self, message: Message) -> Fault | None:
        """None once the robot has taken it."""
        text = self._words.text(message, MOST_TEXT_BYTES[self._kind])
        url, body = self._request(text, datetime.now(UTC))
        answer = self._poster.post(url, {"content-type": "application/json"}, json.dumps(body).encode())
        if isinstance(answer, Fault):
            return answer
        return fault_of(answer) or fault_in(self._kind, answer.json())

    def _request(self, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
        if self._kind == "feishu":
            now_s = int(now.timestamp())
            body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
            if self._secret is not None:
                body |= {"timestamp": str(now_s), "sign": feishu_signature(self._secret, now_s)}
            return self._url, body
        url = self._url
        if self._kind == "dingtalk" and self._secret is not None:
            url += ("&" if "?" in url else "?") + dingtalk_query(self._secret, int(now.timestamp() * 1000))
        return url, {"msgtype": "text", "text": {"content": text}}
