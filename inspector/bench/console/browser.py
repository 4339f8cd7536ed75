"""What a reviewer waits for, in a real Chromium: the page, a verdict by key, the next item. Needs Playwright."""

from __future__ import annotations

import shutil
import statistics
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
# Another review than before, whose keys are taken: of a blind one there is no finding to be the current one.
_READY = """(old) => {
  const now = document.documentElement.dataset.desk;
  const desk = document.querySelector("#desk");
  if (!now || now === old || !desk) return false;
  if (desk.querySelector("article.finding") && !desk.querySelector("article.finding[aria-current=true]")) return false;
  return performance.now();
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
    took["page is interactive"].append(_ready_at(page, ""))
    first_bytes = sum(sizes)
    for _ in range(_ITEMS):
        if not page.locator("article.finding").count():  # a blind review: the own verdict first
            page.locator("[data-deed=reveal]").click()
            page.wait_for_selector("article.finding[aria-current=true]")
        for box in page.locator(".no-score").all():
            box.check()
        review = page.get_attribute("#desk", "data-review") or ""
        for _ in range(page.locator("article.finding").count()):  # each verdict leads to the next finding
            page.evaluate(_WATCH)
            page.keyboard.press("1")
            page.wait_for_function("() => window.took !== undefined", polling="raf")
            took["verdict by key"].append(page.evaluate("() => window.took"))
        page.wait_for_selector(".player-wait", state="hidden")  # nobody is done before he could hear anything
        begin = page.evaluate("() => performance.now()")
        page.keyboard.press("Enter")
        took["next item"].append(_ready_at(page, review) - begin)
        page.reload()
        took["page is interactive"].append(_ready_at(page, ""))
    return {name: _told(values) for name, values in took.items()} | {"bytes of the page": {"sum": float(first_bytes)}}


def _ready_at(page: Page, review: str) -> float:
    """When another review than this one takes keys: milliseconds on the page's own clock, from its beginning."""
    at: float = page.wait_for_function(_READY, arg=review, polling="raf").json_value()
    return at


def _told(values: list[float]) -> dict[str, float]:
    return {
        "p50_ms": round(statistics.median(values), 1),
        "p95_ms": round(statistics.quantiles(values, n=100, method="inclusive")[94], 1),
        "asked": len(values),
    }


def _size(headers: dict[str, str]) -> int:
    return int(headers.get("content-length", 0))
