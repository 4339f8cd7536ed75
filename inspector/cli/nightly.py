"""``inspector nightly``: hands a business day in, waits for its end, draws, closes and reports."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.live import Live

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.night_report import SHOWN_ITEMS, gather, tell_night, write_files
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.keys import customer_key_secret
from inspector.night.closing import close_night, sign_off
from inspector.night.drive import NightJob, drive
from inspector.night.lists import DayList, check_exclusions, digest_of, keep_cdr
from inspector.night.pace import Pace, Progress, deadline_after
from inspector.reports.contract import to_line
from inspector.reports.night import night_object
from inspector.roles import Deed, require
from inspector.storage import Store
from inspector.storage.configured import open_store

__all__ = ["NightlyJob", "run_night_status", "run_nightly", "run_sign_off"]

EXIT_OK, EXIT_OPEN, EXIT_INTERRUPTED = 0, 1, 130
PLAIN_EVERY_S, IDLE_AFTER_S = 10.0, 60.0


@dataclass(frozen=True, slots=True)
class NightlyJob:
    """What was asked for. ``deadline`` None: that of the settings. ``out`` None: no files."""

    business_date: date
    manifest: Path
    cdr: Path | None
    deadline: time | None
    out: Path | None
    json: bool


def run_nightly(job: NightlyJob, settings: Settings) -> int:
    """Exit code 0 when the day is closed and balances, 1 when something is open at the deadline.

    Raises PolicyError for somebody who may not, UsageError, ManifestError, SetupError.
    """
    check_exclusions(settings.night.exclude)
    zone = ZoneInfo(settings.business_tz)
    deadline = deadline_after(datetime.now(UTC), job.deadline or settings.night.deadline, zone)
    talk, say_it = Console(stderr=True), partial(say, settings.lang)
    with closing(open_store(settings)) as store:
        actor = actor_of(settings, store)
        require(actor, Deed.START_NIGHT)
        night = NightJob(
            _day_list(job, settings, store),
            deadline,
            settings.night.lease_s,
            settings.night.look_s,
            actor.name,
            partial(close_night, settings=settings, store=store, actor=actor),
        )
        talk.print(say_it("night_began", date=job.business_date, deadline=f"{deadline:%Y-%m-%d %H:%M}"), markup=False)
        _keep_cdr(job, store, talk, say_it)
        try:
            with _NightLine(talk, say_it, deadline, zone) as line:
                drive(night, store, line.show)
        except KeyboardInterrupt:
            talk.print(say_it("interrupted"))
            return EXIT_INTERRUPTED
        return _report(job.business_date, job.out, store, settings, json=job.json)


def run_night_status(day: date, out: Path | None, settings: Settings, *, json: bool) -> int:
    """How far the run is; exit code 1 while it is open or does not balance. Raises UsageError when there is none."""
    with closing(open_store(settings, make=False)) as store:
        require(actor_of(settings, store), Deed.SEE_NIGHT)
        return _report(day, out, store, settings, json=json)


def run_sign_off(day: date, reason: str, settings: Settings) -> int:
    """Signs off what is open, and closes the run unless a process drives it, which then does."""
    say_it, console = partial(say, settings.lang), Console()
    if not reason.strip():
        raise UsageError(say_it("night_reason_remedy"))
    with closing(open_store(settings, make=False)) as store:
        signed = sign_off(day, reason.strip(), settings=settings, store=store, actor=actor_of(settings, store))
    if signed is None:
        raise UsageError(say_it("night_nothing_to_sign", date=day))
    console.print(say_it("night_signed", count=signed.calls), markup=False, highlight=False)
    console.print(say_it("night_closed" if signed.closed else "night_signed_driven"))
    return EXIT_OK


def _day_list(job: NightlyJob, settings: Settings, store: Store) -> DayList:
    return DayList(
        job.manifest,
        digest_of(job.manifest),
        customer_key_secret(settings.home),
        job.business_date,
        store.business_date,
        settings.night.exclude,
    )


def _keep_cdr(job: NightlyJob, store: Store, talk: Console, say_it: partial[str]) -> None:
    if job.cdr is None:
        return
    for told, fault in enumerate(keep_cdr(job.cdr, job.business_date, store.business_date, store)):
        if told < SHOWN_ITEMS:
            line = say_it("night_cdr_fault", path=job.cdr.name, line=fault.line_no, what=fault.message)
            talk.print(line, style="red", markup=False, highlight=False, soft_wrap=True)


def _report(day: date, out: Path | None, store: Store, settings: Settings, *, json: bool) -> int:
    report = gather(day, store, settings)
    talk = Console(stderr=json)
    tell_night(report, talk, partial(say, settings.lang))
    if out is not None:
        for path in write_files(report, out, store):
            talk.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
    if json:
        json_stdout().write(to_line(night_object(report)) + "\n")
    return EXIT_OK if report.run.is_closed and report.figures.balance.is_balanced else EXIT_OPEN


class _NightLine:
    """How far the night is, in one line: a live one on a terminal, elsewhere a line now and then."""

    def __init__(self, console: Console, say_it: partial[str], deadline: datetime, zone: ZoneInfo) -> None:
        self._console, self._say, self._deadline, self._zone = console, say_it, deadline, zone
        self._live = Live(console=console, transient=True, refresh_per_second=4) if console.is_terminal else None
        self._told_s, self._idle_told_s = -PLAIN_EVERY_S, -IDLE_AFTER_S
        self._drives: bool | None = None

    def __enter__(self) -> _NightLine:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, progress: Progress, pace: Pace, drives: bool) -> None:
        """Tells it when it is due."""
        now_s = monotonic()
        if drives is not self._drives:
            self._drives = drives
            self._print(self._say("night_drives" if drives else "night_follows"))
        idle_s = pace.idle_s(now_s)
        if idle_s >= IDLE_AFTER_S and now_s - self._idle_told_s >= IDLE_AFTER_S:
            self._idle_told_s = now_s
            self._print(self._say("night_idle", seconds=idle_s))
        if self._live is not None:
            self._live.update(self._line(progress, pace))
        elif now_s - self._told_s >= PLAIN_EVERY_S:
            self._told_s = now_s
            self._print(self._line(progress, pace))

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _line(self, progress: Progress, pace: Pace) -> str:
        left_s = pace.left_s
        done_at = None if left_s is None else datetime.now(UTC) + timedelta(seconds=left_s)
        late = self._say("night_late") if done_at is not None and done_at > self._deadline else ""
        return self._say(
            "night_progress",
            listed=progress.listed,
            ended=progress.ended,
            open=progress.open,
            failed=progress.failed,
            excluded=progress.excluded,
            hours=progress.audio_ended_s / 3600,
            total=progress.audio_s / 3600,
            speed="…" if pace.speed is None else f"{pace.speed:.1f}",
            eta="…" if done_at is None else f"{done_at.astimezone(self._zone):%H:%M}{late}",
        )
