"""``inspector queue reviews list``: the calls that wait for reviewers, masked."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from rich.console import Console

from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.config import Settings
from inspector.redaction import Purpose, mask_call_id
from inspector.storage.configured import open_store
from inspector.storage.queues import Reason, ReviewEntry

__all__ = ["QueueJob", "run_reviews"]


@dataclass(frozen=True, slots=True)
class QueueJob:
    """What to list. ``day``: a business date, None for all; ``reason`` and ``team``: of reviews, None for all."""

    day: date | None
    limit: int
    json: bool
    reason: Reason | None = None
    team: str | None = None


def run_reviews(job: QueueJob, settings: Settings) -> int:
    """Lists calls to review, worst first; drawn ones show nothing of what was found."""
    with closing(open_store(settings)) as store:
        entries = store.queues.reviews(job.day, job.limit, job.reason, job.team)
        counts = store.queues.review_counts(job.day)
    if job.json:
        print_objects(map(_review_object, entries))
    else:
        print_lines(_review_line(entry, settings) for entry in entries)
    named = [(say(settings.lang, f"reason_{reason}"), count) for reason, count in counts.open.items() if count]
    by_reason = say(settings.lang, "between").join(f"{name} {count}" for name, count in named)
    key = "reviews_total" if named else "reviews_none"
    _sum_up(job, key, settings, shown=len(entries), by_reason=by_reason, waiting=counts.waiting)
    return 0


def _sum_up(job: QueueJob, key: str, settings: Settings, **counts: object) -> None:
    line = say(settings.lang, key, **counts)
    Console(stderr=job.json).print(line, style="bold", markup=False, highlight=False, soft_wrap=True)


def _review_line(entry: ReviewEntry, settings: Settings) -> str:
    say_it = partial(say, settings.lang)
    named = f"{entry.business_date or '–'}  {say_it(f'reason_{entry.reason}')}"
    call = f"{say_it('call')} {_named(entry.call_id, entry.source_call_id)}"
    if entry.severity is None:
        return f"{named}  {call}"
    return f"{named}  {say_it(entry.severity)}  {call}  {'；'.join(title for _, title in entry.because)}"


def _named(call_id: str, source_call_id: str) -> str:
    return f"{call_id} ({mask_call_id(source_call_id, Purpose.SCREEN)})"


def _review_object(entry: ReviewEntry) -> dict[str, Any]:
    return {
        "schema": "inspector.review_item/1",
        "created_at": entry.created_at.isoformat(timespec="seconds"),
        "business_date": None if entry.business_date is None else entry.business_date.isoformat(),
        "reason": entry.reason,
        "severity": entry.severity,
        "because": [{"rule_id": rule_id, "title": title} for rule_id, title in entry.because],
        "call_id": entry.call_id,
        "source_call_id": mask_call_id(entry.source_call_id, Purpose.EXPORT),
    }
