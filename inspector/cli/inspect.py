"""``inspector inspect``: hears and judges recordings on this machine, no server needed."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from rich.console import Console

from inspector.alerts.policy import check_rules
from inspector.alerts.route import audiences
from inspector.audio.playable import make_playable
from inspector.audio.reader import AudioReader
from inspector.cli.messages import say, tell
from inspector.cli.progress import JobProgress
from inspector.cli.streams import json_lines, write_line
from inspector.config import Settings
from inspector.diarisation.parties import is_swapped
from inspector.ears import hearing_digest, load_ears
from inspector.errors import PolicyError, RecordingError, StorageError, UsageError
from inspector.heard_call import HeardCall
from inspector.intake.targets import Target
from inspector.model import Call, Inspection, Outcome
from inspector.pipeline import Ears, Heard, hear
from inspector.reports.contract import error_object, inspection_object, to_line
from inspector.reports.html import HtmlReports
from inspector.reports.terminal import print_inspection
from inspector.rules.load import load_plan
from inspector.rules.plan import Plan
from inspector.rules.suspects import suspects_of
from inspector.storage import Saved, Store
from inspector.storage.configured import open_store

__all__ = ["InspectJob", "run_inspect"]

EXIT_OK, EXIT_SOME_FAILED, EXIT_SETUP, EXIT_INTERRUPTED = 0, 1, 3, 130


@dataclass(frozen=True, slots=True)
class InspectJob:
    """What was asked for. ``json``: file, ``-`` for stdout, None for a report to read. ``html``: where pages go."""

    targets: list[Target]
    json: str | None
    store: bool
    raw: bool
    html: Path | None = None
    with_audio: bool = False


@dataclass(frozen=True, slots=True)
class _Outlets:
    """Where results go, beside the screen."""

    store: Store | None
    stream: TextIO | None
    pages: HtmlReports | None


@dataclass(slots=True)
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    audio_s: float = 0.0
    store_failed: bool = False


def run_inspect(job: InspectJob, settings: Settings) -> int:
    """Inspects every target and returns the exit code. Raises SetupError before the first file."""
    talk = Console(stderr=True)
    _check(job, partial(say, settings.lang))
    plan = load_plan(settings.packs_dir)
    talk.print(say(settings.lang, "loading"), style="dim")
    with _store(job, settings) as store, json_lines(job.json) as stream:
        if store is not None:
            plan = plan.without_standing(store.verdicts.demoted())
            check_rules(store.alerts.policy, settings.alerts.policy, plan.rules)
        ears = load_ears(settings)
        if store is not None:
            action = "inspect_raw" if job.raw else "inspect"
            store.audit(getpass.getuser(), action, "recordings", {"inputs": len(job.targets)})
        try:
            with ears.reader, _pages(job, settings, store, plan, ears.reader) as pages:
                code = _Desk(job, settings, _Outlets(store, stream, pages), talk).work(ears, plan)
            if job.html is not None:
                talk.print(
                    say(settings.lang, "html_written", path=job.html / "index.html"), markup=False, soft_wrap=True
                )
            return code
        except KeyboardInterrupt:
            talk.print(say(settings.lang, "interrupted"))
            return EXIT_INTERRUPTED


def _check(job: InspectJob, say_it: partial[str]) -> None:
    """Nothing that must leave a trace goes without the database. Raises PolicyError, UsageError."""
    if job.raw and not job.store:
        raise PolicyError(say_it("raw_needs_store"), say_it("raw_remedy"))
    if job.html is not None and not job.store:
        raise PolicyError(say_it("html_needs_store"), say_it("html_needs_store_remedy"))
    if job.with_audio and job.html is None:
        raise UsageError(say_it("html_audio_alone"), say_it("html_audio_alone_remedy"))


def _pages(
    job: InspectJob, settings: Settings, store: Store | None, plan: Plan, reader: AudioReader
) -> AbstractContextManager[HtmlReports | None]:
    if job.html is None or store is None:
        return nullcontext()

    def copy(source: Path, to: Path) -> None:
        with reader.open(source, settings.hearing.max_duration_s) as audio:
            make_playable(audio, to)

    say_it = partial(say, settings.lang)
    return closing(HtmlReports(job.html, plan, say_it, store.made_file, copy if job.with_audio else None))


@contextmanager
def _store(job: InspectJob, settings: Settings) -> Iterator[Store | None]:
    if not job.store:
        yield None
        return
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


class _Desk:
    """Takes results as they come: writes JSON, prints reports, stores, counts."""

    def __init__(self, job: InspectJob, settings: Settings, outlets: _Outlets, talk: Console) -> None:
        self._job, self._settings, self._talk = job, settings, talk
        self._store, self._stream, self._pages = outlets.store, outlets.stream, outlets.pages
        self._report = Console()
        self._say = partial(say, settings.lang)
        self._tally = _Tally()
        self._audiences: dict[str, str] = {}

    def work(self, ears: Ears, plan: Plan) -> int:
        targets = self._job.targets
        digest = hearing_digest(self._settings, ears)
        self._audiences = audiences(plan)
        began_s = lap_s = perf_counter()
        with JobProgress(self._talk, self._say, len(targets), sum(t.size_bytes for t in targets)) as progress:
            for target, heard in self._heard(ears, plan, progress):
                for path, error in heard.errors:
                    with progress.paused():
                        self._refuse(path, target.call, error)
                if heard.hearings:
                    inspection = heard.inspected(target.call, target.legs, plan)
                    now_s = perf_counter()
                    wall_s, lap_s = now_s - lap_s, now_s
                    with progress.paused():
                        self._take(inspection, wall_s, heard.stages_s)
                    self._keep(inspection, digest, heard, wall_s)
                progress.finished(target.size_bytes, failed=bool(heard.errors))
        self._sum_up(perf_counter() - began_s)
        if self._store is not None:
            self._store.admit_undetermined(self._settings.review.undetermined_share)
        if self._tally.store_failed:
            return EXIT_SETUP
        return EXIT_SOME_FAILED if self._tally.counts["failed"] else EXIT_OK

    def _heard(self, ears: Ears, plan: Plan, progress: JobProgress) -> Iterator[tuple[Target, HeardCall]]:
        targets = self._job.targets
        paths = (leg.path for target in targets for leg in target.legs if leg.path is not None)
        results = hear(paths, ears, self._settings.hearing, progress.heard, partial(suspects_of, plan=plan))
        for target in targets:
            yield target, _gathered(target, results)

    def _take(self, inspection: Inspection, wall_s: float, stages_s: dict[str, float]) -> None:
        tally = self._tally
        tally.audio_s += inspection.hearing.recording.duration_s
        tally.counts["fires"] += inspection.count(Outcome.FIRES)
        tally.counts["undetermined"] += inspection.count(Outcome.UNDETERMINED)
        tally.counts.update(entry.queue for entry in inspection.queues)
        tally.counts["swapped"] += is_swapped(inspection.hearing.speakers)
        self._emit(inspection_object(inspection, wall_s, stages_s))
        if self._job.json != "-":
            one = len(self._job.targets) == 1
            print_inspection(self._report, inspection, self._say, dialogue=one, raw=self._job.raw)

    def _emit(self, contract: dict[str, Any]) -> None:
        if self._stream is not None:
            write_line(self._stream, to_line(contract))

    def _keep(self, inspection: Inspection, digest: str, heard: HeardCall, wall_s: float) -> None:
        if self._store is None:
            return
        path = inspection.hearing.recording.path
        timing = {"wall_s": wall_s, "stages_s": heard.stages_s}
        try:
            saved = self._store.save(inspection, digest, timing, heard.hearings, self._audiences)
        except StorageError as error:
            self._tally.store_failed = True
            self._not_kept(path, self._say("not_stored", path=path, reason=error), "red")
            return
        if saved is Saved.CONFLICT:
            self._not_kept(path, self._say("conflict", path=path), "yellow")
        elif self._pages is not None:
            self._pages.add(inspection, [leg.path for leg, hearing in heard.legs if hearing and leg.path])

    def _not_kept(self, path: str, message: str, style: str) -> None:
        """Without a row in the database there is no page either: nobody would find it again."""
        self._talk.print(message, style=style, markup=False)
        if self._pages is not None:
            self._pages.failed(path, message, "")

    def _refuse(self, path: Path, call: Call | None, error: RecordingError) -> None:
        self._tally.counts["failed"] += 1
        self._emit(error_object(str(path), call, error))
        tell(self._talk, self._say, error)
        if self._pages is not None:
            self._pages.failed(str(path), error.message, error.remedy)

    def _sum_up(self, wall_s: float) -> None:
        counts = self._tally.counts
        summary = self._say(
            "summary",
            total=len(self._job.targets),
            minutes=self._tally.audio_s / 60,
            wall=wall_s,
            speed=self._tally.audio_s / max(wall_s, 1e-6),
            fires=counts["fires"],
            undetermined=counts["undetermined"],
            alerts=counts["alert"],
            reviews=counts["review"],
            failed=counts["failed"],
        )
        self._talk.print(summary, style="bold", markup=False, highlight=False)
        if counts["swapped"]:
            self._talk.print(self._say("swapped", count=counts["swapped"]), style="yellow", markup=False)


def _gathered(target: Target, results: Iterator[Heard]) -> HeardCall:
    """What was heard of a target, its own fault first."""
    heard = HeardCall.gathered(target.legs, results)
    if target.fault is not None:
        heard.errors.insert(0, (target.path, target.fault))
    return heard
