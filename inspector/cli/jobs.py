"""``inspector jobs list | requeue | quarantine``: what became of accepted calls, and what people do about it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.cli.messages import say
from inspector.cli.streams import json_stdout, write_line
from inspector.config import Settings
from inspector.enums import WorkQueue, WorkState
from inspector.redaction import Purpose, mask, mask_call_id
from inspector.reports.contract import to_line
from inspector.reports.objects import job_object
from inspector.storage.configured import open_store
from inspector.storage.ledger import WorkEntry

__all__ = ["ListJob", "run_list", "run_quarantine", "run_requeue"]


@dataclass(frozen=True, slots=True)
class ListJob:
    """What to list: of one state and queue when they are given."""

    state: WorkState | None
    queue: WorkQueue | None
    limit: int
    json: bool


def run_list(job: ListJob, settings: Settings) -> int:
    """Lists accepted calls, the last one first."""
    with closing(open_store(settings)) as store:
        entries = store.ledger.entries(job.limit, job.state, job.queue)
    if job.json:
        for entry in entries:
            write_line(json_stdout(), to_line(job_object(entry)))
    else:
        console = Console()
        for entry in entries:
            for line in _lines(entry, settings):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    total = say(settings.lang, "jobs_total" if entries else "jobs_none", shown=len(entries))
    Console(stderr=job.json).print(total, style="bold", highlight=False)
    return 0


def run_requeue(call_ids: Sequence[str], settings: Settings) -> int:
    """Lets ended calls be worked off again; exit code 1 when one of them is not at an end."""
    with closing(open_store(settings)) as store:
        moved = store.ledger.requeue(call_ids, getpass.getuser())
    return _moved(call_ids, moved, ("jobs_requeued", "jobs_not_ended"), settings)


def run_quarantine(call_ids: Sequence[str], reason: str, settings: Settings) -> int:
    """Puts open calls aside; exit code 1 when one of them is at an end."""
    with closing(open_store(settings)) as store:
        moved = store.ledger.quarantine(call_ids, reason, getpass.getuser())
    return _moved(call_ids, moved, ("jobs_quarantined", "jobs_not_open"), settings)


def _moved(call_ids: Sequence[str], moved: Sequence[str], keys: tuple[str, str], settings: Settings) -> int:
    talk, say_it = Console(stderr=True), partial(say, settings.lang)
    left = [call_id for call_id in dict.fromkeys(call_ids) if call_id not in moved]
    for call_id in left:
        talk.print(say_it(keys[1], call_id=call_id), style="red", markup=False, highlight=False, soft_wrap=True)
        talk.print(say_it("remedy", remedy=say_it("jobs_remedy")), markup=False, highlight=False)
    talk.print(say_it(keys[0], count=len(moved)), style="bold", highlight=False)
    return 1 if left else 0


def _lines(entry: WorkEntry, settings: Settings) -> Iterator[str]:
    say_it = partial(say, settings.lang)
    accepted = entry.accepted_at.astimezone(ZoneInfo(settings.business_tz))
    yield say_it(
        "job_line",
        at=f"{accepted:%Y-%m-%d %H:%M:%S}",
        state=say_it(f"work_{entry.state}"),
        queue=say_it(f"work_{entry.queue}"),
        call=f"{entry.call_id} ({mask_call_id(entry.source_call_id, Purpose.SCREEN)})",
        minutes=entry.audio_s / 60,
        attempt=entry.attempt,
    )
    for fault in entry.faults:
        yield f"    {fault['kind']}: {mask(fault['message'], Purpose.SCREEN)} → {fault['remedy']}"
