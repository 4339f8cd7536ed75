"""``inspector status``: the ledger at a glance, from the database alone."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from inspector.cli.messages import say
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.enums import WorkQueue, WorkState
from inspector.reports.contract import to_line
from inspector.reports.objects import status_object
from inspector.storage.configured import open_store
from inspector.storage.ledger import Counts

__all__ = ["run_status"]


def run_status(settings: Settings, *, json: bool) -> int:
    """Raises StorageError when there is no database. Needs no worker and no queue's server."""
    with closing(open_store(settings, make=False)) as store:
        counts = store.ledger.counts()
    now = datetime.now(UTC)
    if json:
        json_stdout().write(to_line(status_object(counts, now)) + "\n")
    else:
        _print(counts, now, settings)
    return 0


def _print(counts: Counts, now: datetime, settings: Settings) -> None:
    say_it, console = partial(say, settings.lang), Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for state in WorkState:
        table.add_column(say_it(f"work_{state}"), justify="right")
    table.add_column(say_it("work_hours"), justify="right")
    for queue in WorkQueue:
        rows = [counts.row(queue, state) for state in WorkState]
        hours = sum(row.audio_s for row in rows) / 3600
        table.add_row(say_it(f"work_queue_{queue}"), *(str(row.calls) for row in rows), f"{hours:.2f}")
    console.print(table)
    for line in _lines(counts, now, settings, say_it):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _lines(counts: Counts, now: datetime, settings: Settings, say_it: partial[str]) -> list[str]:
    lines = [say_it("work_relay", relay=counts.relay) if counts.relay else say_it("work_no_relay")]
    if counts.oldest_waiting is not None:
        accepted = counts.oldest_waiting.astimezone(ZoneInfo(settings.business_tz))
        minutes = (now - counts.oldest_waiting).total_seconds() / 60
        lines.append(say_it("work_oldest", at=f"{accepted:%Y-%m-%d %H:%M:%S}", minutes=minutes, unsent=counts.unsent))
    if counts.stale:
        lines.append(say_it("work_stale", count=counts.stale))
    if quarantined := counts.calls(WorkState.QUARANTINED):
        lines.append(say_it("work_quarantined_some", count=quarantined))
    return lines
