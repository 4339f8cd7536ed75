"""``inspector submit``: files and lists of calls into the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.audio.wav import shown_path
from inspector.cli.messages import say
from inspector.cli.progress import JobProgress
from inspector.cli.streams import json_lines, write_line
from inspector.config import Settings
from inspector.enums import WorkQueue
from inspector.errors import ErrorKind, IntakeError, IntakeFault, StorageError, UsageError
from inspector.intake.names import NamePattern
from inspector.intake.submit import Answer, Fault, and_files_without_row, submit
from inspector.intake.targets import Files, Target, targets_of_manifest
from inspector.keys import customer_key_secret
from inspector.reports.contract import to_line
from inspector.storage.configured import open_store
from inspector.storage.ledger import Acceptance, Ledger

__all__ = ["SubmitJob", "name_pattern_of", "run_submit", "tell_fault"]

SHOWN_FAULTS = 20
"""Of each kind, on the screen."""

SAY_MORE = (ErrorKind.BAD_MANIFEST_ROW, ErrorKind.NOT_READABLE, IntakeFault.BAD_NAME)
"""Faults of which the error itself says what exactly is wrong."""

EXIT_OK, EXIT_SOME_FAILED, EXIT_INTERRUPTED = 0, 1, 130


@dataclass(frozen=True, slots=True)
class SubmitJob:
    """What was asked for. ``json``: file, ``-`` for stdout, None for none."""

    paths: tuple[Path, ...]
    manifest: Path | None
    name_pattern: str | None
    queue: WorkQueue
    json: str | None


@dataclass(slots=True)
class _Tally:
    answers: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    faulty: int = 0


def run_submit(job: SubmitJob, settings: Settings) -> int:
    """Accepts what was named; exit code 1 when anything is wrong with some of it. Raises UsageError, SetupError."""
    say_it = partial(say, settings.lang)
    if job.manifest is not None and job.name_pattern is not None:
        raise UsageError(say_it("intake_both"), say_it("intake_both_remedy"))
    files = Files(job.paths)
    talk, tally = Console(stderr=True), _Tally()
    with closing(open_store(settings)) as store, json_lines(job.json) as stream:
        try:
            _take(_targets(job, files, settings), store.ledger, job.queue, _Desk(talk, say_it, stream, tally))
        except StorageError:
            talk.print(say_it("intake_stopped", count=tally.answers.total()), style="red", markup=False, soft_wrap=True)
            raise
        except KeyboardInterrupt:
            talk.print(say_it("interrupted"))
            return EXIT_INTERRUPTED
        finally:
            _sum_up(talk, say_it, tally, files.passed_over)
    if not tally.answers:
        raise UsageError(say_it("nothing"), say_it("nothing_remedy"))
    return EXIT_SOME_FAILED if tally.faulty else EXIT_OK


def name_pattern_of(text: str, settings: Settings) -> NamePattern:
    """The pattern of an option. Raises UsageError."""
    return NamePattern.of(text, ZoneInfo(settings.business_tz), customer_key_secret(settings.home))


def tell_fault(talk: Console, say_it: partial[str], fault: Fault) -> None:
    """A fault as a person reads it: where, what, what to do."""
    place = _printable(f"{fault.path}" if fault.line_no is None else f"{fault.path}:{fault.line_no}")
    kind = fault.error.kind.value
    talk.print(
        say_it("intake_fault", place=place, what=say_it(f"intake_{kind}")), style="red", markup=False, soft_wrap=True
    )
    if fault.error.kind in SAY_MORE:
        talk.print(f"    {_printable(fault.error.message)}", style="dim", markup=False, highlight=False, soft_wrap=True)
    talk.print(say_it("remedy", remedy=say_it(f"intake_{kind}_remedy")), markup=False, highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where answers go."""

    talk: Console
    say_it: partial[str]
    stream: TextIO | None
    tally: _Tally

    def take(self, answer: Answer, progress: JobProgress) -> None:
        tally = self.tally
        tally.answers[answer.acceptance or "refused"] += 1
        tally.faulty += bool(answer.faults)
        for fault in answer.faults:
            tally.faults[fault.error.kind] += 1
            if tally.faults[fault.error.kind] <= SHOWN_FAULTS:
                with progress.paused():
                    tell_fault(self.talk, self.say_it, fault)
        if self.stream is not None:
            write_line(self.stream, to_line(_object(answer)))
        progress.finished(0, failed=bool(answer.faults))


def _take(targets: Iterator[Target | Fault], ledger: Ledger, queue: WorkQueue, desk: _Desk) -> None:
    with JobProgress(desk.talk, desk.say_it, 0, 0, "intake_progress") as progress:
        for answer in submit(targets, ledger, queue):
            desk.take(answer, progress)


def _targets(job: SubmitJob, files: Files, settings: Settings) -> Iterator[Target | Fault]:
    if job.manifest is not None:
        listed = targets_of_manifest(job.manifest, customer_key_secret(settings.home))
        yield from and_files_without_row(listed, files)
    elif job.name_pattern is None:
        yield from files
    else:
        pattern = name_pattern_of(job.name_pattern, settings)
        yield from (_named(file, pattern) for file in files)


def _named(file: Target, pattern: NamePattern) -> Target | Fault:
    if file.fault is not None:
        return file
    try:
        return Target.of_file(file.path, pattern.call_of(file.path.name))
    except IntakeError as error:
        return Fault(file.path, error)


def _sum_up(talk: Console, say_it: partial[str], tally: _Tally, passed_over: int) -> None:
    for kind, count in tally.faults.items():
        if count > SHOWN_FAULTS:
            more = say_it("intake_more", count=count - SHOWN_FAULTS, what=say_it(f"intake_{kind}"))
            talk.print(more, markup=False, highlight=False, soft_wrap=True)
    if passed_over:
        talk.print(say_it("passed_over", count=passed_over), highlight=False)
    answers = tally.answers
    counts = {
        "new": answers[Acceptance.NEW],
        "updated": answers[Acceptance.UPDATED],
        "same": answers[Acceptance.SAME],
        "refused": answers["refused"] + answers[Acceptance.CONFLICT],
    }
    if answers:
        line = say_it("intake_summary", **counts, faulty=tally.faulty)
        talk.print(line, style="bold", markup=False, highlight=False, soft_wrap=True)


def _object(answer: Answer) -> dict[str, Any]:
    call = answer.call
    return {
        "schema": "inspector.intake/1",
        "call": call and {"id": call.id, "source": call.source, "source_call_id": call.source_call_id},
        "path": shown_path(answer.path),
        "line": answer.line_no,
        "answer": answer.acceptance or "refused",
        "faults": [
            {
                "kind": fault.error.kind,
                "path": shown_path(fault.path),
                "line": fault.line_no,
                "message": fault.error.message,
                "remedy": fault.error.remedy,
            }
            for fault in answer.faults
        ],
    }


def _printable(text: str) -> str:
    """Names as they are, but what cannot be seen by its code: they may hold line breaks and escapes."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
