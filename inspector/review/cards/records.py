"""A score card and its parts. Pure data, as ``docs/how-to/score-cards.md`` explains it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["SIGNERS", "WHOLE", "Card", "Given", "Item", "Line", "Section", "SectionKind", "Signature", "Tick"]

WHOLE = 100
"""What the points of the sections sum up to."""


class Line(StrEnum):
    """The business that a card is for, the narrowest first: a sale in a call that came in is scored as a sale."""

    COLLECTION = "collection"
    SALES = "sales"
    VIDEO = "video"
    INBOUND = "inbound"


class SectionKind(StrEnum):
    """``additive``: what is met earns its points. ``deducting``: whatever happened takes points off, each time."""

    ADDITIVE = "additive"
    DEDUCTING = "deducting"


class Tick(StrEnum):
    """✔, ✘ and N/A."""

    MET = "met"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"


Given = Tick | int
"""What is said of an item; of a deducting one it may be how often it happened."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``points``: 0 for a fatal one. ``rules``: what the machine found of them prefills it."""

    id: str
    title: str
    points: int
    rules: tuple[str, ...] = ()
    may_not_apply: bool = True

    def __post_init__(self) -> None:
        if self.points < 0:
            raise ValueError(f"{self.id}: points are never negative, a deducting section takes them off")


@dataclass(frozen=True, slots=True)
class Section:
    """Items of one kind. ``cap``: a deducting section takes off no more than this; its ``points`` at most."""

    title: str
    points: int
    kind: SectionKind
    cap: int
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        if not 0 < self.cap <= self.points:
            raise ValueError(f"{self.title}: the cap is between 1 and the points of the section")
        if not self.items or any(item.points < 1 for item in self.items):
            raise ValueError(f"{self.title}: a section has items, and each has points")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who released the card, and when."""

    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Card:
    """A version of a card. ``when``: conditions on business data, one suffices; () = every call of no other card.

    ``signatures``: by ``risk``, ``compliance`` and ``business``; with one missing it is a draft and scores nobody.
    ``digest``: first 12 hex digits of the sha256 of its file.
    """

    id: str
    version: int
    title: str
    line: Line
    effective_from: date
    when: tuple[str, ...]
    signatures: dict[str, Signature]
    sections: tuple[Section, ...]
    fatal: tuple[Item, ...]
    bonus: tuple[Item, ...]
    digest: str

    def __post_init__(self) -> None:
        if sum(section.points for section in self.sections) != WHOLE:
            raise ValueError(f"the points of the sections sum up to {WHOLE}")
        if bare := [item.id for item in self.fatal if not item.rules]:
            # No rule, no decision: nobody would look a second time, and nobody could appeal.
            raise ValueError(f"fatal items name their rules: {', '.join(bare)}")
        ids = [item.id for item in self.items]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"items that are there twice: {', '.join(twice)}")

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them, the fatal ones first."""
        return (*self.fatal, *(item for section in self.sections for item in section.items), *self.bonus)

    @property
    def is_draft(self) -> bool:
        return len(self.signatures) < len(SIGNERS)


SIGNERS = ("risk", "compliance", "business")
