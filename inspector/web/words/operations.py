"""Words of: the night's run, queues, workers, models. Chinese, English."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {}
