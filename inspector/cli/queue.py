"""``inspector queue alerts list | reviews list``: what waits for people, masked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.cli.messages import say
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.redaction import Purpose, mask
from inspector.reports.contract import to_line
from inspector.reports.terminal import clock
from inspector.storage.configured import open_store
from inspector.storage.queues import AlertEntry, Reason, ReviewEntry

__all__ = ["QueueJob", "run_alerts", "run_reviews"]


@dataclass(frozen=True, slots=True)
class QueueJob:
    """What to list. ``day``: a business date, None for all; ``reason`` and ``team``: of reviews, None for all."""

    day: date | None
    limit: int
    json: bool
    reason: Reason | None = None
    team: str | None = None


def run_alerts(job: QueueJob, settings: Settings) -> int:
    """Lists open alerts, worst first."""
    with closing(open_store(settings)) as store:
        entries, total = store.queues.alerts(job.day, job.limit), store.queues.open_alerts(job.day)
    if job.json:
        _print_json(_alert_object(entry) for entry in entries)
    else:
        _print_lines(line for entry in entries for line in _alert_lines(entry, settings))
    _sum_up(job, "alerts_total" if total else "alerts_none", settings, total=total, shown=len(entries))
    return 0


def run_reviews(job: QueueJob, settings: Settings) -> int:
    """Lists calls to review, worst first; drawn ones show nothing of what was found."""
    with closing(open_store(settings)) as store:
        entries = store.queues.reviews(job.day, job.limit, job.reason, job.team)
        counts = store.queues.review_counts(job.day)
    if job.json:
        _print_json(map(_review_object, entries))
    else:
        _print_lines(_review_line(entry, settings) for entry in entries)
    named = [(say(settings.lang, f"reason_{reason}"), count) for reason, count in counts.open.items() if count]
    by_reason = say(settings.lang, "between").join(f"{name} {count}" for name, count in named)
    key = "reviews_total" if named else "reviews_none"
    _sum_up(job, key, settings, shown=len(entries), by_reason=by_reason, waiting=counts.waiting)
    return 0


def _print_json(objects: Iterator[dict[str, Any]]) -> None:
    stream = json_stdout()
    for one in objects:
        stream.write(to_line(one) + "\n")


def _print_lines(lines: Iterator[str]) -> None:
    console = Console()
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _sum_up(job: QueueJob, key: str, settings: Settings, **counts: object) -> None:
    line = say(settings.lang, key, **counts)
    Console(stderr=job.json).print(line, style="bold", markup=False, highlight=False, soft_wrap=True)


def _alert_lines(entry: AlertEntry, settings: Settings) -> Iterator[str]:
    finding, say_it = entry.finding, partial(say, settings.lang)
    raised = entry.created_at.astimezone(ZoneInfo(settings.business_tz))
    where = "" if entry.at_s is None else f"  {clock(entry.at_s)}"
    rule = f"{finding.title}  {finding.rule_id}@{finding.rule_version}"
    yield f"{raised:%Y-%m-%d %H:%M:%S}  {say_it(finding.severity)}  {rule}"
    yield f"    {say_it('call')} {_named(entry.call_id, entry.source_call_id)}{where}  {_quoted(entry)}"
    yield f"    {say_it('remedy_label')}：{finding.remedy}  → {entry.audience}"


def _review_line(entry: ReviewEntry, settings: Settings) -> str:
    say_it = partial(say, settings.lang)
    named = f"{entry.business_date or '–'}  {say_it(f'reason_{entry.reason}')}"
    call = f"{say_it('call')} {_named(entry.call_id, entry.source_call_id)}"
    if entry.severity is None:
        return f"{named}  {call}"
    return f"{named}  {say_it(entry.severity)}  {call}  {'；'.join(title for _, title in entry.because)}"


def _named(call_id: str, source_call_id: str) -> str:
    return f"{call_id} ({mask(source_call_id, Purpose.SCREEN)})"


def _quoted(entry: AlertEntry) -> str:
    """The words that raised the alert, or why it was raised where no words did."""
    quote = next((evidence.quote for evidence in entry.finding.evidence if evidence.quote), "")
    return f"“{mask(quote, Purpose.SCREEN)}”" if quote else mask(entry.finding.why, Purpose.SCREEN)


def _alert_object(entry: AlertEntry) -> dict[str, Any]:
    finding = entry.finding
    quotes = [mask(evidence.quote, Purpose.EXPORT) for evidence in finding.evidence if evidence.quote]
    return {
        "schema": "inspector.alert/1",
        "created_at": entry.created_at.isoformat(timespec="seconds"),
        "business_date": None if entry.business_date is None else entry.business_date.isoformat(),
        "severity": finding.severity,
        "rule_id": finding.rule_id,
        "rule_version": finding.rule_version,
        "title": finding.title,
        "call_id": entry.call_id,
        "source_call_id": mask(entry.source_call_id, Purpose.EXPORT),
        "at_s": None if entry.at_s is None else round(entry.at_s, 3),
        "quotes": quotes,
        "why": mask(finding.why, Purpose.EXPORT),
        "remedy": finding.remedy,
        "audience": entry.audience,
    }


def _review_object(entry: ReviewEntry) -> dict[str, Any]:
    return {
        "schema": "inspector.review_item/1",
        "created_at": entry.created_at.isoformat(timespec="seconds"),
        "business_date": None if entry.business_date is None else entry.business_date.isoformat(),
        "reason": entry.reason,
        "severity": entry.severity,
        "because": [{"rule_id": rule_id, "title": title} for rule_id, title in entry.because],
        "call_id": entry.call_id,
        "source_call_id": mask(entry.source_call_id, Purpose.EXPORT),
    }
