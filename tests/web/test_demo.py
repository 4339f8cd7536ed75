"""``inspector serve --demo`` as somebody would look at it: every page that each role can come to by links."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from inspector.config import Settings
from tests.web.pages import Seen

ROLES = (
    *("admin", "zhijian1", "zhuguan1", "zhiban", "banzhang1", "zuoxi3062"),
    *("hegui", "fengkong", "yunwei", "yewu", "shenji"),
)
MOST_PAGES = 60
NOT_PAGES = re.compile(r"^/(logout|static|vendor|sound|api)\b|/export|[./](xlsx|csv|svg|html)$|/stream$")


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    password: str


@pytest.fixture(scope="module")
def served(model_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real command, until the end of the module."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(model_settings.models_dir)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    with subprocess.Popen(
        [sys.executable, "-m", "inspector", "serve", "--demo", "--port", str(port)],
        env={**kept, "INSPECTOR_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        told = ""
        assert process.stderr is not None
        for line in process.stderr:
            told += line
            if "Ctrl-C" in line:
                break
        password = re.search(r"密码都是 ([\w-]+)", told)
        try:
            assert password is not None, told
            yield Served(f"http://127.0.0.1:{port}", password[1])
        finally:
            process.terminate()
            process.communicate(timeout=60)


@contextmanager
def signed_in(browser: Browser, served: Served, name: str) -> Iterator[Seen]:
    context = browser.new_context(base_url=served.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    seen = Seen(page)
    page.on("console", lambda told: seen.faults.append(f"{page.url}: {told.text}") if told.type == "error" else None)
    page.on("pageerror", lambda error: seen.faults.append(f"{page.url}: {error}"))
    page.goto("/login")
    page.fill("input[name=name]", name)
    page.fill("input[type=password]", served.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    try:
        yield seen
    finally:
        context.close()


def kind_of(path: str) -> str:
    """The same for pages that differ only in what they are of."""
    return re.sub(r"[0-9a-f]{8,}|\d[\d-]*|[a-z_]+\.[a-z_]+|zuoxi\d+|(?<=/people/)[^/]+|\?.*", "*", path)


def links_of(seen: Seen) -> list[str]:
    found = seen.page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
    here = urlsplit(seen.page.url).netloc
    return [link.partition(here)[2].partition("#")[0] for link in found if urlsplit(link).netloc == here]


@pytest.mark.model
@pytest.mark.parametrize("name", ROLES)
def test_every_page_of_a_role_is_there_and_can_be_read(browser: Browser, served: Served, name: str) -> None:
    with signed_in(browser, served, name) as seen:
        waiting, known, wrong = ["/", "/account"], {"/", "/account"}, []
        while waiting and len(known) <= MOST_PAGES:
            path = waiting.pop(0)
            answer = seen.page.goto(path)
            assert answer is not None
            if answer.status != 200:
                wrong.append(f"{path}: {answer.status}")
                continue
            wrong += [f"{path}: {one}" for one in seen.serious()]
            wide = seen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            wrong += [f"{path}: wider than the window"] if wide else []
            for link in links_of(seen):
                if not NOT_PAGES.search(link) and kind_of(link) not in known:
                    known.add(kind_of(link))
                    waiting.append(link)
        assert len(known) > 2
        assert wrong + seen.faults == []
