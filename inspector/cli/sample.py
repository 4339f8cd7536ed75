"""``inspector sample draw``: draws of a business day, kept and written to files."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.draw_files import write_files
from inspector.cli.messages import Lang, say
from inspector.config import Settings
from inspector.errors import ManifestError, UsageError
from inspector.keys import customer_key_secret
from inspector.manifest import read_manifest
from inspector.sampling.day import DayDraw, Drawn, days_of, draw_day
from inspector.sampling.draw import Draw
from inspector.sampling.strata import Listed
from inspector.storage import Store
from inspector.storage.configured import open_store

__all__ = ["DrawJob", "run_draw"]


@dataclass(frozen=True, slots=True)
class DrawJob:
    """What was asked for. ``manifest`` None: the calls of that date in the database."""

    asked: DayDraw
    manifest: Path | None
    out: Path


def run_draw(job: DrawJob, settings: Settings) -> int:
    """Draws from the calls of a business date that no draw has listed yet, and writes the files of its draws."""
    console, day = Console(), job.asked.business_date
    say_it = partial(say, settings.lang)
    with closing(open_store(settings)) as store:
        listed, elsewhere = _listed(job, settings, store)
        if elsewhere:
            Console(stderr=True).print(say_it("sample_elsewhere", count=elsewhere, date=day))
        drawn = draw_day(store, settings, job.asked, listed, actor_of(settings, store), datetime.now(UTC))
        _warn(drawn, say_it)
        if not drawn.files:
            remedy = say_it("sample_nothing_fits" if listed else "sample_nothing_remedy")
            raise UsageError(say_it("sample_nothing", date=day), remedy)
        if not drawn.is_new:
            console.print(say_it("sample_again", date=day), highlight=False)
        for file in drawn.files:
            paths = write_files(file, job.out, settings.lang, store)
            _report(console, file.draw, paths, settings.lang)
    return 0


def _listed(job: DrawJob, settings: Settings, store: Store) -> tuple[tuple[Listed, ...], int]:
    """The calls of the business dates of the draw, and how many others the manifest lists.

    A call of a manifest without a start belongs to the date it is drawn for. A manifest with faults is refused: a row
    that cannot be read might be a call that could then never be drawn.
    """
    first, last = days_of(job.asked.kind, job.asked.business_date)
    if job.manifest is None:
        return store.draws.calls_of(first, last), 0
    manifest = read_manifest(job.manifest, customer_key_secret(settings.home))
    if manifest.faults:
        lines = "\n".join(f"{job.manifest.name}, line {fault.line_no}: {fault.message}" for fault in manifest.faults)
        raise ManifestError(lines, say(settings.lang, "sample_faults_remedy"))
    calls = [Listed(one.call.id, one.call.source_call_id, one.call.facts) for one in manifest.calls]
    of_dates = tuple(call for call in calls if first <= (store.business_date(call.facts) or last) <= last)
    return of_dates, len(calls) - len(of_dates)


def _warn(drawn: Drawn, say_it: partial[str]) -> None:
    lines = [say_it("sample_unsaid", fields=", ".join(drawn.unsaid))] if drawn.unsaid else []
    if drawn.without_agent:
        lines.append(say_it("sample_without_agent", count=drawn.without_agent))
    for line in lines:
        Console(stderr=True).print(line, style="yellow", markup=False, soft_wrap=True)


def _report(console: Console, drawn: Draw, paths: tuple[Path, Path], lang: Lang) -> None:
    line = say(
        lang,
        "sample_drawn",
        kind=say(lang, f"reason_{drawn.terms.kind}"),
        date=drawn.business_date,
        part=drawn.part,
        listed=len(drawn.call_ids),
        drawn=len(drawn.items),
        strata=len(drawn.strata),
        how=say(lang, "sample_by_limit" if drawn.terms.limits else "sample_by_rate", rate=f"{drawn.rate:f}"),
        digest=drawn.manifest_sha256,
    )
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    for path in paths:
        console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
