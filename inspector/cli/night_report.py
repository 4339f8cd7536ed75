"""The report of a night put together, told on the terminal, and written as files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.cli.messages import say
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.night.summary import figures_of
from inspector.reports.night import NightReport, write_night
from inspector.reports.night_sheets import night_sheets
from inspector.rules.load import load_packs
from inspector.storage import Store

__all__ = ["SHOWN_ITEMS", "gather", "tell_night", "write_files"]

SHOWN_ITEMS = 20
MOST_ALERTS = 10_000
"""Groups, in the workbook."""


def gather(day: date, store: Store, settings: Settings) -> NightReport:
    """All that is known of a day's run now. Raises UsageError when there is none."""
    run = store.nights.of(day)
    if run is None:
        say_it = partial(say, settings.lang)
        raise UsageError(say_it("night_none", date=day), say_it("night_none_remedy", date=day))
    listed, of_switch = store.nights.counts(day)
    return NightReport(
        run=run,
        figures=figures_of(store.nights.calls(day), listed, has_cdr=of_switch > 0),
        draws=tuple(file.draw for file in store.draws.of(day)),
        reviews=store.queues.review_counts(day),
        alerts=store.alerts.of_day(day, MOST_ALERTS),
        rules={rule.id: rule for rule in load_packs(settings.packs_dir).rules},
        made_at=datetime.now(UTC),
        zone=ZoneInfo(settings.business_tz),
    )


def tell_night(report: NightReport, console: Console, say_it: partial[str]) -> None:
    """The balance, the switch's one, and what is open."""
    tell = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    balance, cdr = report.figures.balance, report.figures.cdr
    if elsewhere := max(report.run.elsewhere.values(), default=0):
        tell(say_it("night_elsewhere", count=elsewhere))
    verdict = say_it("night_balanced")
    if not balance.is_balanced:
        items = " ".join(balance.named[:SHOWN_ITEMS])
        verdict = say_it("night_unbalanced", count=balance.unaccounted, items=items)
    counts = {name: getattr(balance, name) for name in ("listed", "judged", "quarantined", "open")}
    heard = {name: getattr(balance, name) for name in ("with_unheard", "uninspectable")}
    reasons = {name: sum(getattr(balance, name).values()) for name in ("rejected", "excluded")}
    tell(say_it("night_balance", **counts, **heard, **reasons, verdict=verdict))
    if report.figures.has_cdr:
        missing, others = cdr.not_recorded.total(), cdr.others
        found = {"cut": others["cut"], "unknown": others["unknown_to_cdr"]}
        tell(say_it("night_cdr", calls=cdr.calls, recorded=cdr.recorded, not_recorded=missing, **found))
    if report.run.is_closed:
        tell(say_it("night_closed") if balance.listed else say_it("night_empty", date=report.business_date))
    else:
        tell(say_it("night_open", open=balance.open, date=report.business_date))


def write_files(report: NightReport, out: Path, store: Store) -> tuple[Path, ...]:
    """Workbook, page and JSON, noted as files that were made for people."""
    say_it = partial(say, "zh")  # staff read it, whatever the command's language
    return write_night(report, night_sheets(report), out, say_it, partial(store.made_file, None))
