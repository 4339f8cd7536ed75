"""``inspector rejudge``: stored calls under other rules, without their sound."""

from __future__ import annotations

import getpass
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import NoReturn, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from inspector.cli.call_ids import read_call_ids
from inspector.cli.messages import Lang, say
from inspector.cli.progress import JobProgress
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.private_file import replacing
from inspector.rejudging.crew import Chunk, Crew
from inspector.rejudging.work import CHUNK_CALLS, Answer, Counted, Task, died, rejudging
from inspector.rules.load import load_plan
from inspector.rules.plan import Plan
from inspector.storage import DayRange, Store
from inspector.storage.configured import open_store, store_url

__all__ = ["RejudgeJob", "days_of", "run_rejudge"]

EXIT_OK, EXIT_SOME_FAILED, EXIT_INTERRUPTED = 0, 1, 130
SHOWN_FAULTS = 20
_PROGRESS = "rejudge_progress"


@dataclass(frozen=True, slots=True)
class RejudgeJob:
    """What was asked for. ``calls``: a file of call ids instead of ``days``; ``jobs`` None: one for each core.

    ``rule_ids``: only these rules, None = all; ``out``: where the lines go, None = nowhere.
    """

    days: DayRange = field(default_factory=DayRange)
    calls: Path | None = None
    rule_ids: frozenset[str] | None = None
    jobs: int | None = None
    out: Path | None = None
    save: bool = False
    raw: bool = False


def days_of(first: date | None, last: date | None, calls: Path | None, lang: Lang) -> DayRange:
    """The business dates asked for. Raises UsageError when they cannot be meant so."""
    if calls is not None and (first or last):
        raise UsageError(say(lang, "rejudge_both"), say(lang, "rejudge_both_remedy"))
    try:
        return DayRange(first, last)
    except ValueError as error:
        raise UsageError(say(lang, "rejudge_dates"), say(lang, "rejudge_dates_remedy")) from error


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    audio_s: float = 0.0
    failed: int = 0
    counts: Counter[tuple[str, Counted]] = field(default_factory=Counter)

    def add(self, answer: Answer) -> None:
        self.calls += answer.calls
        self.audio_s += answer.audio_s
        self.failed += len(answer.faults)
        self.counts.update(answer.counts)


def run_rejudge(job: RejudgeJob, settings: Settings) -> int:
    """Judges the stored calls again and returns the exit code. Raises UsageError, SetupError before the first call."""
    say_it, talk = partial(say, settings.lang), Console(stderr=True)
    with closing(open_store(settings, make=False)) as store:
        demoted = store.verdicts.demoted()
    plan = load_plan(settings.packs_dir).without_standing(demoted)
    asked = _asked(job, plan, say_it)
    task = Task(
        store_url(settings),
        settings.business_tz,
        settings.packs_dir,
        plan.digest,
        job.rule_ids,
        job.save,
        job.raw,
        demoted,
    )
    with closing(open_store(settings, make=False)) as store:
        total, chunks = _calls(job, store, say_it)
        action = "rejudge_raw" if job.raw else "rejudge"
        store.audit(getpass.getuser(), action, plan.digest, {"calls": total, "saved": job.save})
        jobs = min(job.jobs or len(os.sched_getaffinity(0)), -(-total // CHUNK_CALLS))
        began_s = perf_counter()
        try:
            with _terminable(), _lines(job.out, say_it) as stream, Crew(jobs, partial(rejudging, task), died) as crew:
                tally = _written(crew.answers(chunks), stream, talk, JobProgress(talk, say_it, total, total, _PROGRESS))
        except KeyboardInterrupt:
            talk.print(say_it("rejudge_interrupted"))
            return EXIT_INTERRUPTED
        if job.out is not None:
            store.made_file(None, "rejudge", job.out)
    _show(tally, asked, perf_counter() - began_s, say_it)
    return EXIT_SOME_FAILED if tally.failed else EXIT_OK


def _asked(job: RejudgeJob, plan: Plan, say_it: partial[str]) -> frozenset[str]:
    """The rules that answer. Raises UsageError for one that is not judged, and when a part would be kept as a whole."""
    judged = frozenset(compiled.rule.id for compiled in plan.judged)
    if job.rule_ids is None:
        return judged
    if unknown := sorted(job.rule_ids - judged):
        raise UsageError(say_it("no_such_rule", rule=", ".join(unknown)), say_it("no_such_rule_remedy"))
    if job.save:
        raise UsageError(say_it("rejudge_save_rules"), say_it("rejudge_save_rules_remedy"))
    return job.rule_ids


def _calls(job: RejudgeJob, store: Store, say_it: partial[str]) -> tuple[int, Iterator[Chunk]]:
    """How many calls there are, and their ids in ascending order."""
    if job.calls is not None:
        ids = read_call_ids(job.calls, say_it)
        total = len(ids)
        pages: Iterator[Chunk] = (ids[at : at + CHUNK_CALLS] for at in range(0, total, CHUNK_CALLS))
    else:
        total, pages = store.calls.count(job.days), store.calls.ids(job.days, CHUNK_CALLS)
    if not total:
        raise UsageError(say_it("rejudge_none"), say_it("rejudge_none_remedy"))
    return total, pages


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM interrupts like Ctrl-C: what was begun is cleared away."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _lines(file: Path | None, say_it: partial[str]) -> Iterator[TextIO | None]:
    """Where the lines go; the file is there when all of them are."""
    if file is None:
        yield None
        return
    try:
        with replacing(file) as stream:
            yield stream
    except OSError as error:
        raise UsageError(
            say_it("rejudge_out", path=file, reason=error.strerror), say_it("rejudge_out_remedy")
        ) from error


def _written(answers: Iterator[Answer], stream: TextIO | None, talk: Console, progress: JobProgress) -> _Tally:
    tally = _Tally()
    with progress:
        for answer in answers:
            if stream is not None:
                stream.write(answer.lines)
            shown = answer.faults[: max(SHOWN_FAULTS - tally.failed, 0)]
            tally.add(answer)
            progress.heard(answer.audio_s)
            progress.finished(answer.calls, failed=len(answer.faults), count=answer.calls)
            with progress.paused() if shown else nullcontext():
                for fault in shown:
                    talk.print(fault, style="red", markup=False, highlight=False, soft_wrap=True)
    return tally


def _show(tally: _Tally, asked: frozenset[str], took_s: float, say_it: partial[str]) -> None:
    """The rules on stdout, the run on stderr. A rule that is no more may have fired before."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column(say_it("rejudge_rule"), no_wrap=True)
    for what in Counted:
        table.add_column(say_it(f"rejudge_{what}"), justify="right")
    for rule_id in sorted(asked | {rule_id for rule_id, _ in tally.counts}):
        table.add_row(rule_id, *(str(tally.counts[rule_id, what]) for what in Counted))
    Console().print(table)
    summary = say_it(
        "rejudge_summary",
        calls=tally.calls,
        failed=tally.failed,
        wall=took_s,
        rate=tally.calls / took_s,
        speed=tally.audio_s / took_s,
    )
    Console(stderr=True).print(summary, style="bold", markup=False, highlight=False)
