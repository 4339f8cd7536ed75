"""Pages as a real browser shows them, with what it complained of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.web.site import Site

AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@dataclass
class Seen:
    """A page and every fault that its browser told: errors of scripts, breaches of the content policy, failed loads."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def serious(self) -> list[str]:
        """What axe finds wrong with the page as it is now, serious or worse. The page's own policy does not hold for
        what the test brings along; axe loads no styles again, which the page's policy would refuse in shadow roots."""
        self.page.evaluate(AXE.read_text("utf-8"))
        run = "() => axe.run(document, {resultTypes: ['violations'], preload: false})"
        found: dict[str, Any] = self.page.evaluate(run)
        return [
            f"{one['id']}: {node['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]


@contextmanager
def opened(browser: Browser, site: Site, name: str | None, size: tuple[int, int] = (1440, 900)) -> Iterator[Seen]:
    """A page of a browser that is signed in as ``name``, in a profile of its own; to be sent with ``page.goto``."""
    context = browser.new_context(
        base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": size[0], "height": size[1]}
    )
    if name is not None:
        context.add_cookies([{"name": "as", "value": name, "url": site.url}])
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda told: seen.faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    try:
        yield seen
    finally:
        context.close()
