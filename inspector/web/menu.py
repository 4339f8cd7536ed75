"""The parts of the console that somebody may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inspector.roles import Deed
from inspector.web.console import Caller

__all__ = ["MENU", "Entry", "menu_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """``word``: its key in the words. ``deeds``: who may do one of them sees it; none: everybody, ``agents``: only who
    takes calls himself."""

    path: str
    word: str
    deeds: tuple[Deed, ...] = ()
    agents: bool = False


MENU = (
    Entry("/review", "menu_review", (Deed.REVIEW, Deed.ARBITRATE, Deed.CHECK_OWN, Deed.DECIDE_APPEAL)),
    Entry("/alerts", "menu_alerts", (Deed.SEE_ALERTS,)),
    Entry("/calls", "menu_calls", (Deed.SEE_CALLS,)),
    Entry("/mine", "menu_mine", agents=True),
    Entry("/cases", "menu_cases", (Deed.SEE_VIOLATIONS, Deed.SEE_REVIEWS)),
    Entry("/figures", "menu_figures", (Deed.SEE_FIGURES,)),
    Entry("/operations", "menu_operations", (Deed.SEE_OPERATIONS, Deed.SEE_NIGHT)),
    Entry("/people", "menu_people", (Deed.MANAGE_PEOPLE,)),
)


def menu_of(caller: Caller | None) -> tuple[Entry, ...]:
    """In the order of the bar."""
    return () if caller is None else tuple(_of(caller))


def _of(caller: Caller) -> Iterator[Entry]:
    for entry in MENU:
        if entry.agents:
            if caller.actor.agent is not None:
                yield entry
        elif not entry.deeds or any(caller.may_somewhere(deed) for deed in entry.deeds):
            yield entry
