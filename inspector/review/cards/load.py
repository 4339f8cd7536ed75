"""Score cards from TOML files: those that ship, or a bank's own in their place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from inspector.alerts.data_file import Section as Table
from inspector.alerts.data_file import read_section
from inspector.errors import ConfigError
from inspector.review.cards.records import SIGNERS, Card, Item, Line, Section, SectionKind, Signature
from inspector.rules.facts import unknown_fields

__all__ = ["load_cards", "unknown_rules"]

_SHIPPED = Path(__file__).resolve().parent / "data"


def load_cards(directory: Path | None) -> tuple[Card, ...]:
    """All versions of all cards of a directory (``*.toml``), or those that ship.

    Raises ConfigError naming the file and the place in it.
    """
    place = directory or _SHIPPED
    if not place.is_dir():
        raise ConfigError(f"no directory of score cards: {place}", "correct review.cards or unset it")
    cards = tuple(_card(read_section(path)) for path in sorted(place.glob("*.toml")))
    _refuse_overlaps(place, cards)
    return cards


def unknown_rules(cards: Sequence[Card], known: Collection[str]) -> tuple[tuple[Card, Item, str], ...]:
    """What the cards name that is no rule."""
    named = ((card, item, rule) for card in cards for item in card.items for rule in item.rules)
    return tuple((card, item, rule) for card, item, rule in named if rule not in known)


def _refuse_overlaps(place: Path, cards: Sequence[Card]) -> None:
    in_turn = sorted(cards, key=lambda card: (card.id, card.version))
    for older, newer in pairwise(in_turn):
        if older.id == newer.id and not (older.version < newer.version and older.effective_from < newer.effective_from):
            raise ConfigError(
                f"{place}: versions {older.version} and {newer.version} of card {older.id} overlap",
                "give the newer one a higher version and a later effective_from",
            )


def _card(file: Table) -> Card:
    file.only(
        "id", "version", "title", "line", "effective_from", "when", "signatures", "section", "fatal", "bonus"
    )
    line = file.get("line", str)
    if line not in set(Line):
        raise file.wrong(f"line {line}", f"use one of: {', '.join(Line)}")
    try:
        return Card(
            file.get("id", str),
            file.get("version", int),
            file.get("title", str),
            Line(line),
            file.get("effective_from", date),
            _conditions(file),
            _signatures(file.section("signatures")) if "signatures" in file.values else {},
            tuple(_section(one) for one in file.listed("section")),
            tuple(_item(one, "id", "title", "rules") for one in file.listed("fatal")),
            tuple(_item(one, "id", "title", "rules", "points") for one in file.listed("bonus")),
            file.sha256[:12],
        )
    except ValueError as error:
        raise file.wrong(str(error), "correct it") from error


def _conditions(file: Table) -> tuple[str, ...]:
    found = _texts(file, "when")
    for condition in found:
        if wrong := unknown_fields(condition):
            raise file.wrong(f"when: no fields of a manifest: {', '.join(wrong)}", "correct the condition")
    return found


def _signatures(table: Table) -> dict[str, Signature]:
    table.only(*SIGNERS)
    signed = {}
    for office, one in table.sections():
        one.only("name", "date")
        if not one.get("name", str).strip():
            raise one.wrong("nobody is named", "name who signed, or take the signature out")
        signed[office] = Signature(one.get("name", str), one.get("date", date))
    return signed


def _section(table: Table) -> Section:
    table.only("title", "points", "kind", "cap", "item")
    kind = table.get("kind", str, SectionKind.ADDITIVE.value)
    if kind not in set(SectionKind):
        raise table.wrong(f"kind {kind}", f"use one of: {', '.join(SectionKind)}")
    points = table.get("points", int)
    items = tuple(_item(one, "id", "title", "rules", "points", "may_not_apply") for one in table.listed("item"))
    try:
        return Section(table.get("title", str), points, SectionKind(kind), table.get("cap", int, points), items)
    except ValueError as error:
        raise table.wrong(str(error), "correct it") from error


def _item(table: Table, *names: str) -> Item:
    table.only(*names)
    points = table.get("points", int) if "points" in names else 0
    applies = table.get("may_not_apply", bool, True)
    try:
        return Item(table.get("id", str), table.get("title", str), points, _texts(table, "rules"), applies)
    except ValueError as error:
        raise table.wrong(str(error), "correct it") from error


def _texts(table: Table, name: str) -> tuple[str, ...]:
    found = table.get(name, list, [])
    if any(type(one) is not str for one in found):
        raise table.wrong(f"{name} must be a list of texts", "correct it")
    return tuple(found)
