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
            yield say(f"window_{end}", reach=_reach(anchor, say))
            if anchor.get("spoke_last"):
                yield say("window_spoke_last")
    if stretch := left.pop("between", None):
        yield say("window_between_s" if "to_s" in stretch else "window_between_percent", **stretch)
    reach = _reach({"turns": left.pop("within_turns", None), "seconds": left.pop("within_s", None)}, say)
    for at in ("around", "after", "since", "before", "until"):
        if at in left:
            named = left.pop(at)
            event = say("window_or").join(map(title_of, [named] if isinstance(named, str) else named))
            message = "window_before_by" if at == "before" and reach and "after" not in where else f"window_{at}"
            yield say(message, event=event, reach=reach)
    if which := left.pop("which", ""):
        yield say(f"window_which_{which}", nth=left.pop("nth", 0))
    yield from (f"{field}={value}" for field, value in left.items())


def _reach(anchor: Mapping[str, Any], say: Say) -> str:
    turns, seconds, percent = (anchor.get(unit) for unit in ("turns", "seconds", "percent"))
    parts = [say("window_turns", count=turns)] if turns else []
    parts += [say("window_seconds", seconds=seconds)] if seconds else []
    parts += [say("window_percent", percent=percent)] if percent else []
    if turns == 0 and not seconds:
        parts = [say("window_same_turn")]
    return say("window_or").join(parts)
