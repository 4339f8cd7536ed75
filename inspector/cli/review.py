"""What ``inspector review`` does: reviews taken, made and submitted; items listed, assigned and recalled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.cli.review_files import read_answers, read_skills, read_spans, template_of
from inspector.cli.review_views import item_line, sheet_lines, staffed_line
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.reports.review_objects import item_object, sheet_object, staffed_object
from inspector.review.reviewer import Reviewer, Skip
from inspector.review.rulebook import Rulebook, rulebook_of
from inspector.review.sheet import Sheet
from inspector.roles import Actor
from inspector.rules.load import load_packs
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.reviews.claiming import WhyNone
from inspector.storage.reviews.listing import ItemFilter

__all__ = [
    "ReviewerJob",
    "run_assign",
    "run_keep",
    "run_list",
    "run_next",
    "run_played",
    "run_recall",
    "run_refresh",
    "run_release",
    "run_reveal",
    "run_reviewer",
    "run_reviewers",
    "run_show",
    "run_submit",
]

DoneT = TypeVar("DoneT")


@dataclass(frozen=True, slots=True)
class ReviewerJob:
    """What is laid down for a reviewer, as it was typed."""

    name: str
    minutes_per_day: int
    skills: Sequence[str]
    away_until: datetime | None


def run_next(settings: Settings, *, json: bool) -> int:
    """Shows the item that is his now, or says why there is none."""
    with _acting(settings) as (store, actor):
        found = store.reviews.next(actor, datetime.now(UTC))
    if isinstance(found, WhyNone):
        if json:
            print_objects([{"schema": "inspector.review_none/1", "why": found.value}])
        _tell(settings, f"why_{found}", json=json)
        return 0
    return _print(found, settings, json)


def run_show(settings: Settings, *, json: bool, template: bool) -> int:
    """Shows the review that he works on, or a file to fill in for it."""
    sheet = _of_current(settings, lambda store, actor, held: store.reviews.show(actor, held, datetime.now(UTC)))
    if template:
        print_lines([template_of(sheet)])
        return 0
    return _print(sheet, settings, json)


def run_played(spans: Sequence[str], settings: Settings, *, json: bool) -> int:
    """Notes what was played of it."""
    played = read_spans(spans, settings.lang)

    def play(store: Store, actor: Actor, held: str) -> Sheet:
        return store.reviews.played(actor, held, played, datetime.now(UTC))

    sheet = _of_current(settings, play)
    if json:
        return _print(sheet, settings, json)
    _tell(settings, "review_played", share=f"{sheet.played_share:.0%}")
    return 0


def run_refresh(settings: Settings, *, json: bool) -> int:
    """Shows what is found now."""
    sheet = _of_current(settings, lambda store, actor, held: store.reviews.refresh(actor, held, datetime.now(UTC)))
    return _print(sheet, settings, json)


def run_keep(answers: Path, settings: Settings) -> int:
    """Keeps what is filled in so far."""
    review_id, given = read_answers(answers, settings.lang)
    with _acting(settings) as (store, actor):
        store.reviews.keep(actor, review_id, given, datetime.now(UTC))
    _tell(settings, "review_kept")
    return 0


def run_reveal(answers: Path | None, settings: Settings, *, json: bool) -> int:
    """His own verdict: the marks of a file, or that nothing is wrong."""
    rules = _rules(settings)
    if answers is not None:
        review_id, given = read_answers(answers, settings.lang)
        with _acting(settings) as (store, actor):
            sheet = store.reviews.reveal(actor, review_id, given.marks, rules, datetime.now(UTC))
    else:
        sheet = _of_current(
            settings, lambda store, actor, held: store.reviews.reveal(actor, held, (), rules, datetime.now(UTC))
        )
    return _print(sheet, settings, json)


def run_submit(answers: Path, settings: Settings, *, json: bool) -> int:
    """Submits a file."""
    review_id, given = read_answers(answers, settings.lang)
    with _acting(settings) as (store, actor):
        done = store.reviews.submit(actor, review_id, given, _rules(settings), datetime.now(UTC))
    counts: dict[str, object] = {
        "verdicts": len(done.verdicts),
        "marks": len(done.marks),
        "corrections": len(given.corrections),
    }
    if json:
        told = {"review_id": review_id, "item_id": done.item_id, "in_estimate": done.in_estimate, **counts}
        print_objects([{"schema": "inspector.review_submitted/1", **told}])
    else:
        _tell(settings, "review_submitted", json=json, **counts)
    return 0


def run_release(because: Skip, settings: Settings) -> int:
    """Gives the item back."""

    def release(store: Store, actor: Actor, held: str) -> None:
        store.reviews.release(actor, held, because, datetime.now(UTC))

    _of_current(settings, release)
    _tell(settings, "review_released")
    return 0


def run_list(which: ItemFilter, limit: int, settings: Settings, *, json: bool) -> int:
    """Lists items, worst first."""
    now = datetime.now(UTC)
    with _acting(settings) as (store, actor):
        items, counts = store.reviews.list(actor, which, limit, now), store.reviews.count(actor, which, now)
    if json:
        print_objects(item_object(item) for item in items)
    else:
        print_lines(item_line(item, settings) for item in items)
    between = say(settings.lang, "between")
    by_reason = between.join(f"{say(settings.lang, f'reason_{reason}')} {counts[reason]}" for reason in sorted(counts))
    _tell(settings, "review_items", json=json, total=sum(counts.values()), by_reason=by_reason, shown=len(items))
    return 0


def run_assign(item_id: str, to: str, settings: Settings) -> int:
    """Gives an item to somebody."""
    with _acting(settings) as (store, actor):
        store.reviews.assign(actor, item_id, to, datetime.now(UTC))
    _tell(settings, "review_assigned", id=item_id, who=to)
    return 0


def run_recall(item_id: str, settings: Settings) -> int:
    """Takes an item back."""
    with _acting(settings) as (store, actor):
        store.reviews.recall(actor, item_id)
    _tell(settings, "review_recalled", id=item_id)
    return 0


def run_reviewers(settings: Settings, *, json: bool) -> int:
    """Lists reviewers with their day."""
    now = datetime.now(UTC)
    with _acting(settings) as (store, actor):
        found = store.reviews.reviewers(actor, now)
    if json:
        print_objects(staffed_object(one) for one in found)
    else:
        print_lines(staffed_line(one, settings, now) for one in found)
    if not found:
        _tell(settings, "reviewers_none", json=json)
    return 0


def run_reviewer(job: ReviewerJob, settings: Settings) -> int:
    """Lays down what a reviewer can take."""
    skills = read_skills(job.skills, settings.lang)
    try:
        reviewer = Reviewer(job.name, job.minutes_per_day, skills, job.away_until)
    except ValueError as error:
        raise UsageError(str(error), say(settings.lang, "skills_remedy")) from error
    with _acting(settings) as (store, actor):
        store.reviews.set_reviewer(actor, reviewer, datetime.now(UTC))
    return run_reviewers(settings, json=False)


def _of_current(settings: Settings, deed: Callable[[Store, Actor, str], DoneT]) -> DoneT:
    with _acting(settings) as (store, actor):
        held = store.reviews.current(actor)
        if held is None:
            raise UsageError(say(settings.lang, "review_none_held"), say(settings.lang, "review_none_held_remedy"))
        return deed(store, actor, held)


@contextmanager
def _acting(settings: Settings) -> Iterator[tuple[Store, Actor]]:
    with closing(open_store(settings)) as store:
        yield store, actor_of(settings, store)


def _rules(settings: Settings) -> Rulebook:
    return rulebook_of(load_packs(settings.packs_dir).plan())


def _print(sheet: Sheet, settings: Settings, json: bool) -> int:
    if json:
        print_objects([sheet_object(sheet)])
    else:
        print_lines(sheet_lines(sheet, settings))
    return 0


def _tell(settings: Settings, key: str, *, json: bool = False, **told: object) -> None:
    line = say(settings.lang, key, **told)
    Console(stderr=json).print(line, markup=False, highlight=False, soft_wrap=True)
