"""The window of a rule in words: 到“客户同意购买”为止."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inspector.reports.terminal import Say

__all__ = ["window_words"]


def window_words(where: Mapping[str, Any], say: Say, title_of: Callable[[str], str]) -> str:
    """``where``: the fields of a rule's window that are not as by default. ``title_of``: the name of an event."""
    return say("window_join").join(_words(where, say, title_of)) if where else say("window_whole")


def _words(where: Mapping[str, Any], say: Say, title_of: Callable[[str], str]) -> Iterator[str]:
    left = dict(where)
    for end in ("first", "last"):
        if anchor := left.pop(end, None):
            yield say(f"window_{end}", reach=_reach(anchor.get("turns"), anchor.get("seconds"), say))
            if anchor.get("spoke_last"):
                yield say("window_spoke_last")
    reach = _reach(left.pop("within_turns", None), left.pop("within_s", None), say)
    for event in ("around", "after", "since", "before", "until"):
        if event in left:
            yield say(f"window_{event}", event=title_of(left.pop(event)), reach=reach)
    if which := left.pop("which", ""):
        yield say(f"window_which_{which}")
    yield from (f"{field}={value}" for field, value in left.items())


def _reach(turns: int | None, seconds: float | None, say: Say) -> str:
    parts = [say("window_turns", count=turns)] if turns else []
    parts += [say("window_seconds", seconds=seconds)] if seconds else []
    return say("window_or").join(parts)
