"""What somebody at a desk asks the console, and how long each answer takes over HTTP."""

from __future__ import annotations

import random
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import monotonic, perf_counter, sleep
from typing import Any

import httpx2

from inspector.bench.console.server import COOKIE, LEAD, Place

__all__ = ["SEARCHES", "Times", "ask_lists", "ask_reviewers"]

SEARCHES: Mapping[str, Mapping[str, str]] = {
    "list, newest": {},
    "list, one team": {"team": "t7"},
    "list, one agent": {"agent": "a77"},
    "list, severity": {"severity": "critical"},
    "list, long silence": {"longest": "30"},
    "search, common word": {"text": "您好"},
    "search, 保本": {"text": "保本"},
    "search, by sound": {"text": "宝本", "sound": "1"},
    "search, three words": {"text": "保本 还款日 网点"},
    "search, never said": {"text": "火星移民"},
    "search, rule": {"rule": "bench.rule7"},
    "search, rule, team and word": {"rule": "bench.rule7", "team": "t7", "text": "保本"},
}
_ROUNDS = 25
_THINKS_S = (1.0, 3.0)
_CSRF = re.compile(r'<meta name="csrf" content="([^"]+)">')
_REVIEW = re.compile(r'data-review="([^"]+)"')
_FINDING = re.compile(r'class="finding card"[^>]* data-id="([^"]+)"')


@dataclass
class Times:
    """Milliseconds by what was asked; safe to add to from many threads."""

    took_ms: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, client: httpx2.Client, name: str, method: str, path: str, **more: Any) -> httpx2.Response:
        """Sends a request and notes how long the whole answer took."""
        begin_s = perf_counter()
        answer = client.request(method, path, **more)
        took_ms = 1000 * (perf_counter() - begin_s)
        with self._lock:
            self.took_ms.setdefault(name, []).append(took_ms)
            if answer.status_code != 200:
                self.failed.append(f"{name}: {answer.status_code} {answer.text[:200]}")
        return answer

    def told(self) -> dict[str, dict[str, float]]:
        """Median, p95 and how many, by what was asked."""
        return {
            name: {
                "p50_ms": round(statistics.median(took), 1),
                "p95_ms": round(statistics.quantiles(took, n=100, method="inclusive")[94], 1),
                "asked": len(took),
            }
            for name, took in self.took_ms.items()
            if len(took) > 1
        }


def ask_lists(url: str, place: Place) -> Times:
    """Every search some times, one after the other, then the pages after the first one."""
    times = Times()
    with httpx2.Client(base_url=url, cookies={COOKIE: place.tokens[LEAD]}, timeout=60) as client:
        for _ in range(_ROUNDS):
            for name, asked in SEARCHES.items():
                times.ask(client, name, "GET", "/calls", params=dict(asked))
    return times


def ask_reviewers(url: str, place: Place, reviewers: int, seconds: float) -> Times:
    """So many people review at once, each with a request every other second."""
    times, until_s = Times(), monotonic() + seconds
    names = [name for name in place.tokens if name != LEAD][:reviewers]
    people = [Thread(target=_reviews, args=(url, place.tokens[name], times, until_s)) for name in names]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return times


def _reviews(url: str, token: str, times: Times, until_s: float) -> None:
    chance = random.Random(token)  # noqa: S311 - nothing secret
    with httpx2.Client(base_url=url, cookies={COOKIE: token}, timeout=60) as client:
        sleep(chance.uniform(0, _THINKS_S[1]))
        while monotonic() < until_s:
            page = times.ask(client, "review page with the next item", "GET", "/review").text
            csrf, review = _CSRF.search(page), _REVIEW.search(page)
            if csrf is None or review is None:
                times.failed.append("nothing to review")
                return
            headers = {"x-csrf-token": csrf[1]}
            if not _FINDING.search(page):  # a blind review: the own verdict first
                times.ask(client, "own verdict", "POST", f"/review/{review[1]}/reveal", json={}, headers=headers)
                page = times.ask(client, "review page with the next item", "GET", "/review").text
            answers = {"findings": [{"finding_id": one, "answer": "confirmed"} for one in set(_FINDING.findall(page))]}
            for name, method, deed, body in (
                ("seconds played", "POST", "played", {"spans": [[0, 60]]}),
                ("draft kept", "PUT", "draft", answers),
                ("seconds played", "POST", "played", {"spans": [[60, 180]]}),
                ("submit", "POST", "submit", {"answers": answers}),
            ):
                sleep(chance.uniform(*_THINKS_S))
                times.ask(client, name, method, f"/review/{review[1]}/{deed}", json=body, headers=headers)
