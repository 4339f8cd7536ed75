"""Words of: who is signed in: accounts, sessions, the first set-up, people, tokens. Chinese, English."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {}
