"""Words of: violations, appeals and the work on them; an agent's own. Chinese, English."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {}
