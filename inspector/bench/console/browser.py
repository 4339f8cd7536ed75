"""What a reviewer waits for, in a real Chromium: the page, a verdict by key, the next item. Needs Playwright."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector.bench.console.server import COOKIE, LEAD, Place

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["ask_browser"]

_FLAGS = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-sandbox")
_ITEMS = 12
# From the key until the next frame is drawn with the verdict in it.
_WATCH = """() => {
  window.took = undefined;
  addEventListener("keydown", () => { window.began = performance.now(); }, {capture: true, once: true});
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => { window.took = performance.now() - window.began; });
  });
  seen.observe(document.querySelector("#desk"), {subtree: true, attributes: true, attributeFilter: ["aria-checked"]});
}"""
_OTHER_REVIEW = """(old) => {
  const desk = document.querySelector("#desk");
  return desk && desk.dataset.review !== old;
}"""
_LOADED = """() => {
  const entry = performance.getEntriesByType("navigation")[0];
  return entry.domContentLoadedEventEnd - entry.startTime;
}"""


def ask_browser(url: str, place: Place) -> dict[str, dict[str, float]] | None:
    """Milliseconds and bytes; None where there is no Chromium or no Playwright."""
    program = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if program is None:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        context = browser.new_context(base_url=url, bypass_csp=True)  # waiting for something takes eval
        reviewer = next(name for name in place.tokens if name != LEAD)
        context.add_cookies([{"name": COOKIE, "value": place.tokens[reviewer], "url": url}])
        told = _reviews(context.new_page())
        context.close()
        browser.close()
    return told


def _reviews(page: Page) -> dict[str, dict[str, float]]:
    took: dict[str, list[float]] = {"page is interactive": [], "verdict by key": [], "next item": []}
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(_size(answer.headers)) if "/sound/" not in answer.url else None)
    page.goto("/review")
    page.wait_for_selector("#desk")
    first_bytes = sum(sizes)
    took["page is interactive"].append(page.evaluate(_LOADED))
    for _ in range(_ITEMS):
        if not page.locator(".finding").count():  # a blind review: the own verdict first
            page.locator("[data-deed=reveal]").click()
            page.wait_for_selector(".finding")
        for box in page.locator(".no-score").all():
            box.check()
        review = page.get_attribute("#desk", "data-review")
        for _ in range(page.locator(".finding").count()):
            page.evaluate(_WATCH)
            page.keyboard.press("1")
            page.wait_for_function("() => window.took !== undefined", polling="raf")
            took["verdict by key"].append(page.evaluate("() => window.took"))
            page.keyboard.press("ArrowDown")
        took["next item"].append(_timed(page, lambda: page.keyboard.press("Enter"), review))
        page.reload()
        page.wait_for_selector("#desk")
        took["page is interactive"].append(page.evaluate(_LOADED))
    return {name: _told(values) for name, values in took.items()} | {"bytes of the page": {"sum": float(first_bytes)}}


def _timed(page: Page, deed: Callable[[], None], review: str | None) -> float:
    """From the deed until another review is shown, by the page's own clock."""
    page.evaluate("() => { window.began = performance.timeOrigin + performance.now(); sessionStorage.began = began; }")
    deed()
    page.wait_for_function(_OTHER_REVIEW, arg=review, polling="raf")
    now: float = page.evaluate("() => performance.timeOrigin + performance.now() - Number(sessionStorage.began)")
    return now


def _told(values: list[float]) -> dict[str, float]:
    return {
        "p50_ms": round(statistics.median(values), 1),
        "p95_ms": round(statistics.quantiles(values, n=100, method="inclusive")[94], 1),
        "asked": len(values),
    }


def _size(headers: dict[str, str]) -> int:
    return int(headers.get("content-length", 0))
