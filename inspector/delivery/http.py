"""One HTTP request to a receiver that may be slow, broken or hostile: bounded in time and in what is read."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2

from inspector.credentials import trust
from inspector.delivery.records import Fault, FaultKind

__all__ = ["Answer", "Poster", "fault_of"]

MOST_BYTES = 4096
CONNECT_S = 5.0
_BUSY = frozenset((429, 503))


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, the first 4 KiB of the body, and what ``Retry-After`` asks for."""

    status: int
    body: bytes
    retry_after_s: float | None

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Poster:
    """Posts without proxies of the environment and without following redirects. Safe to use from several threads."""

    def __init__(self, ca_file: Path | None, timeout_s: float) -> None:
        """``timeout_s``: of a whole attempt. Raises ConfigError for a CA file that cannot be read."""
        self._trust, self._timeout_s = trust(ca_file), timeout_s

    def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer | Fault:
        """The answer, whatever it says, or why there is none."""
        try:
            return asyncio.run(self._post(url, headers, body))
        except (TimeoutError, httpx2.TimeoutException):
            return Fault(FaultKind.TIMEOUT)
        except httpx2.HTTPError as error:
            return Fault(FaultKind.TLS if _by_tls(error) else FaultKind.UNREACHABLE)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        # Timeouts of httpx count from byte to byte: only the outer one ends an answer that drips for ever.
        timeout = httpx2.Timeout(self._timeout_s, connect=min(CONNECT_S, self._timeout_s))
        async with (
            asyncio.timeout(self._timeout_s),
            httpx2.AsyncClient(verify=self._trust, trust_env=False, follow_redirects=False, timeout=timeout) as client,
            client.stream("POST", url, headers=headers, content=body) as answer,
        ):
            return Answer(answer.status_code, await _beginning(answer), _retry_after_s(answer.headers))


def fault_of(answer: Answer | Fault) -> Fault | None:
    """What a status says; None for success."""
    if isinstance(answer, Fault):
        return answer
    status = answer.status
    if 200 <= status < 300:
        return None
    if status < 400:
        return Fault(FaultKind.REDIRECT, status)
    if status in _BUSY:
        return Fault(FaultKind.BUSY, status, answer.retry_after_s)
    return Fault(FaultKind.SET_UP if status < 500 and status != 408 else FaultKind.REFUSED, status)


async def _beginning(answer: httpx2.Response) -> bytes:
    """As it came over the line: nothing is unpacked."""
    read = b""
    async for chunk in answer.aiter_raw():
        read += chunk
        if len(read) >= MOST_BYTES:
            break
    return read[:MOST_BYTES]


def _retry_after_s(headers: httpx2.Headers) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3); None for anything else."""
    asked = headers.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _by_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
