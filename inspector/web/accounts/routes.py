"""Who is signed in: accounts, sessions, the first set-up, people, tokens."""

from __future__ import annotations

from inspector.web.accounts import by_provider, login, own, people, setup, watermark
from inspector.web.accounts.router import router

__all__ = ["by_provider", "login", "own", "people", "router", "setup", "watermark"]
