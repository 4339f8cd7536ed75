"""Words of: the sound of a call and its picture: peaks, playable copies, dialogue. Chinese, English."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {}
