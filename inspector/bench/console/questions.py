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

__all__ = ["SEARCHES", "SOUND", "SOUND_READY", "Times", "ask_lists", "ask_reviewers"]

SEARCHES: Mapping[str, Mapping[str, str]] = {
    "list, newest": {},
    "list, one team": {"team": "t7"},
    "list, one agent": {"agent": "a77"},
    "list, severity": {"severity": "critical"},
    "list, long silence": {"longest": "30"},
    "list, sorted by length": {"order": "duration"},
    "list, sorted by silence, one agent": {"order": "silence", "agent": "a77"},
    "search, sorted by severity, 保本": {"order": "severity", "text": "保本"},
    "search, common word": {"text": "您好"},
    "search, 保本": {"text": "保本"},
    "search, by sound": {"text": "宝本", "sound": "1"},
    "search, three words": {"text": "保本 还款日 网点"},
    "search, never said": {"text": "火星移民"},
    "search, rule": {"rule": "bench.rule7"},
    "search, rule, team and word": {"rule": "bench.rule7", "team": "t7", "text": "保本"},
}
_ROUNDS = 25
_GOOD = (200, 202, 206)
SOUND, SOUND_READY = "sound", "until the sound is there"
"""A request for it, and all of them with what is waited between: the page is there before it."""
_LISTENS_S, _PLAYED_EVERY_S, _SPEED = 120.0, 5.0, 1.5
"""So long a review takes: more than twice as fast as of who does a hundred in eight hours."""
_CSRF = re.compile(r'<meta name="csrf" content="([^"]+)">')
_REVIEW = re.compile(r'data-review="([^"]+)"')
_CALL = re.compile(r'class="player"[^>]* data-call="([^"]+)"')
_VERSION = re.compile(r'"draft_version": (\d+)')
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
        self.note(name, 1000 * (perf_counter() - begin_s))
        if answer.status_code not in _GOOD:
            with self._lock:
                self.failed.append(f"{name}: {answer.status_code} {answer.text[:200]}")
        return answer

    def note(self, name: str, took_ms: float) -> None:
        with self._lock:
            self.took_ms.setdefault(name, []).append(took_ms)

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
    """So many people review at once: each loads page, picture and sound, plays, answers, submits."""
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
        sleep(chance.uniform(0, _LISTENS_S))  # people do not begin in the same second
        while monotonic() < until_s:
            page = _page(client, times)
            csrf, review, call = (found.search(page) for found in (_CSRF, _REVIEW, _CALL))
            if csrf is None or review is None or call is None:
                times.failed.append("nothing to review")
                return
            client.headers["x-csrf-token"] = csrf[1]
            _load_sound(client, times, call[1])
            _listen(client, times, review[1], page)


def _page(client: httpx2.Client, times: Times) -> str:
    return times.ask(client, "review page with the next item", "GET", "/review").text


def _load_sound(client: httpx2.Client, times: Times, call_id: str) -> None:
    """As the player does, which shows the call and takes keys before there is a sound."""
    begin_s = perf_counter()
    while times.ask(client, SOUND, "GET", f"/sound/{call_id}/peaks").status_code == 202:  # being made
        sleep(1)
    times.ask(client, SOUND, "GET", f"/sound/{call_id}/audio", headers={"range": "bytes=0-"})
    times.note(SOUND_READY, 1000 * (perf_counter() - begin_s))


def _listen(client: httpx2.Client, times: Times, review_id: str, page: str) -> None:
    """Plays the call, keeps each answer, submits."""
    if not _FINDING.search(page):  # a blind review: the own verdict first
        own = {"answers": {}, "version": _version(page)}
        times.ask(client, "own verdict", "POST", f"/review/{review_id}/reveal", json=own)
        page = _page(client, times)
    answers = [{"finding_id": one, "answer": "confirmed"} for one in dict.fromkeys(_FINDING.findall(page))]
    version = _version(page)
    for step in range(int(_LISTENS_S / _PLAYED_EVERY_S)):
        sleep(_PLAYED_EVERY_S)
        spans = [[step * _PLAYED_EVERY_S * _SPEED, (step + 1) * _PLAYED_EVERY_S * _SPEED]]
        times.ask(client, "seconds played", "POST", f"/review/{review_id}/played", json={"spans": spans})
        if step < len(answers):
            given = {"answers": {"findings": answers[: step + 1]}, "version": version}
            kept = times.ask(client, "draft kept", "PUT", f"/review/{review_id}/draft", json=given)
            version = kept.json().get("version", version)
    done = {"answers": {"findings": answers}, "version": version}
    times.ask(client, "submit", "POST", f"/review/{review_id}/submit", json=done)


def _version(page: str) -> int:
    """Of the draft that a page of a review was made from."""
    found = _VERSION.search(page)
    return 0 if found is None else int(found[1])
