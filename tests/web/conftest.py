"""Stores, sites and browsers for the tests of the console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from inspector.config import Settings, load_settings
from inspector.roles import Actor, Person, Role
from inspector.storage import Store
from inspector.storage.configured import open_store
from tests.conftest import _missing
from tests.web.site import Site, running

ADMIN = Actor("admin0", frozenset({Role.ADMIN}))
CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture
def settings(home: Path) -> Settings:
    """Of an empty installation."""
    return load_settings()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """With one person a role, named after it: ``admin0``, ``qa_lead0``, …; leads and agents are of 一组."""
    store = open_store(settings)
    for role in sorted(Role, key=lambda one: one is not Role.ADMIN):
        teams = frozenset({"一组"}) if role in (Role.TEAM_LEAD, Role.AGENT) else frozenset()
        agent = "3062" if role is Role.AGENT else None
        store.people.add(ADMIN, Person(f"{role}0", frozenset({role}), teams, True, agent), datetime.now(UTC))
    yield store
    store.close()


@pytest.fixture
def site(settings: Settings, store: Store) -> Iterator[Site]:
    """A console over ``store``; who asks is named: ``site.client("qa_lead0")``."""
    with running(settings, store) as made:
        yield made


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless. Not of the session: while Playwright runs, nothing else can run an event loop."""
    program = shutil.which("chromium")
    if program is None:
        _missing("Chromium", "chromium is not installed; Debian: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()
