"""``inspector cards list | show | check | try | score``: score cards and what calls are worth by them."""

from __future__ import annotations

import json as json_text
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout, write_line
from inspector.config import Settings
from inspector.enums import Status
from inspector.errors import UsageError
from inspector.reports.contract import to_line
from inspector.review.cards.choice import card_for
from inspector.review.cards.load import load_cards, unknown_rules
from inspector.review.cards.records import Card, Given, Item, Tick
from inspector.review.cards.scoring import prefill, score
from inspector.roles import Deed, require
from inspector.rules.load import load_packs
from inspector.storage.configured import open_store

__all__ = ["run_check", "run_list", "run_score", "run_show", "run_try"]


def run_list(settings: Settings, *, json: bool) -> int:
    """Lists all versions of all cards."""
    for card in load_cards(settings.review.cards):
        if json:
            write_line(json_stdout(), to_line(_object(card)))
        else:
            _print(_head(card, settings))
    return 0


def run_show(card_id: str, settings: Settings) -> int:
    """Shows the newest version of a card. Raises UsageError for an id that no card has."""
    versions = [card for card in load_cards(settings.review.cards) if card.id == card_id]
    if not versions:
        raise UsageError(say(settings.lang, "card_unknown", card=card_id), say(settings.lang, "card_list"))
    card = max(versions, key=lambda one: one.version)
    _print(_head(card, settings))
    for item in card.fatal:
        _print(f"  {say(settings.lang, 'card_fatal')}  {_line(item)}")
    for section in card.sections:
        _print(f"{section.title}  {section.points}  {section.kind} (≤ {section.cap})")
        for item in section.items:
            _print(f"  {item.points}  {_line(item)}")
    for item in card.bonus:
        _print(f"  {say(settings.lang, 'card_bonus')} {item.points}  {_line(item)}")
    return 0


def run_check(settings: Settings) -> int:
    """Names every rule of a card that the packs do not have: 1 when there is one."""
    cards = load_cards(settings.review.cards)
    known = {rule.id for rule in load_packs(settings.packs_dir).rules}
    unknown = unknown_rules(cards, known)
    for card, item, rule in unknown:
        _print(say(settings.lang, "card_rule", card=card.id, version=card.version, item=item.id, rule=rule))
    if not unknown:
        _print(say(settings.lang, "card_fine", count=len(cards)))
    return 1 if unknown else 0


def run_try(call_id: str, settings: Settings) -> int:
    """Shows what the machine would answer for a stored call, by the stable rules of the packs; keeps nothing."""
    with closing(open_store(settings)) as store:
        require(actor_of(settings, store), Deed.SEE_REVIEWS)
        found = store.inspections(1, call_id)
    if not found:
        raise UsageError(say(settings.lang, "card_call", call=call_id), say(settings.lang, "card_call_remedy"))
    card = card_for(load_cards(settings.review.cards), found[0].call.facts, drafts=True)
    if card is None:
        raise UsageError(say(settings.lang, "card_none"), say(settings.lang, "card_list"))
    stable = {rule.id for rule in load_packs(settings.packs_dir).rules if rule.status is Status.STABLE}
    answers = prefill(card, {rule: told for rule, told in found[0].by_rule.items() if rule in stable})
    _print(_head(card, settings))
    for item in card.items:
        given = answers.get(item.id)
        _print(f"  {say(settings.lang, 'card_open' if given is None else f'card_{given}')}  {item.title}")
    _print(say(settings.lang, "card_machine", total=_total(score(card, answers).total if answers else None)))
    return 0


def run_score(review_id: str, file: Path, settings: Settings) -> int:
    """Scores the call of the user's own review. Raises UsageError for a file that holds no answers."""
    answers = _answers(file, settings)
    with closing(open_store(settings)) as store:
        saved = store.decisions.save_score(actor_of(settings, store), review_id, answers, datetime.now(UTC))
    _print(say(settings.lang, "card_total", total=_total(saved.total)))
    return 0


def _answers(file: Path, settings: Settings) -> Mapping[str, Given]:
    try:
        told = json_text.loads(file.read_text("utf-8"))
        return {item: given if type(given) is int else Tick(given) for item, given in told.items()}
    except (OSError, ValueError, AttributeError) as error:
        what = say(settings.lang, "card_answers", path=file)
        raise UsageError(what, say(settings.lang, "card_answers_remedy")) from error


def _head(card: Card, settings: Settings) -> str:
    state = say(settings.lang, "card_draft" if card.is_draft else "card_signed")
    begins = say(settings.lang, "card_from", from_=card.effective_from)
    return f"{card.id} v{card.version}  {card.title}  {begins}  {state}"


def _line(item: Item) -> str:
    return f"{item.id}  {item.title}" + (f"  ← {', '.join(item.rules)}" if item.rules else "")


def _total(total: float | None) -> str:
    return "–" if total is None else f"{total:.1f}"


def _object(card: Card) -> dict[str, object]:
    return {
        "schema": "inspector.score_card/1",
        "id": card.id,
        "version": card.version,
        "title": card.title,
        "line": card.line,
        "effective_from": card.effective_from.isoformat(),
        "draft": card.is_draft,
        "digest": card.digest,
    }


def _print(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
