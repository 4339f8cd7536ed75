"""``inspector rules diff | lock``: what a change of the packs does, and what was published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.cli.messages import Lang, say
from inspector.cli.rules import print_issues, read_call
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.errors import PackError, UsageError
from inspector.model import Call, Hearing
from inspector.reports.contract import to_line
from inspector.reports.rules_diff import diff_lines, diff_object
from inspector.rules.diff import diff_packs, moved_outcomes
from inspector.rules.load import Packs, load_packs
from inspector.rules.lock import LOCK_NAME, lock_issues, lock_of, lock_text, read_lock
from inspector.rules.notation import parse_call

__all__ = ["DiffJob", "run_diff", "run_lock"]


@dataclass(frozen=True, slots=True)
class DiffJob:
    """What was asked for. ``calls``: a directory of calls as text; None = the examples of both sets."""

    old: Path
    new: Path
    calls: Path | None
    json: bool


def run_diff(job: DiffJob, settings: Settings) -> int:
    """Prints what differs. Raises PackError for packs with faults, RecordingError for a call that cannot be read."""
    say_it = partial(say, settings.lang)
    old, new = load_packs(job.old), load_packs(job.new)
    calls = _examples(old, new) if job.calls is None else _calls(job.calls, say_it)
    diff = diff_packs(old, new)
    moved = list(moved_outcomes(calls, old, new))
    if job.json:
        json_stdout().write(to_line(diff_object(diff, moved)) + "\n")
        return 0
    console = Console()
    titles = {rule.id: rule.title for rule in (*old.rules, *new.rules)}
    for line in diff_lines(diff, moved, titles, say_it):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    counts = {"added": len(diff.added), "removed": len(diff.removed), "changed": len(diff.changed)}
    total = say_it("diff_total", guards=len(diff.guards), moved=len(moved), **counts)
    console.print(total, markup=False, highlight=False)
    return 0


def _examples(old: Packs, new: Packs) -> Iterator[tuple[str, Call, Hearing]]:
    """The examples of both sets, each once."""
    cases = {
        case.call: f"{r.id}/{group}/{case.name}" for r in (*new.rules, *old.rules) for group, case in r.examples.cases()
    }
    for text, name in cases.items():
        yield name, *parse_call(text, name)


def _calls(directory: Path, say_it: partial[str]) -> Iterator[tuple[str, Call, Hearing]]:
    paths = sorted(path for path in directory.rglob("*") if path.suffix in (".txt", ".jsonl"))
    if not paths:
        raise UsageError(say_it("diff_no_calls", path=directory), say_it("diff_no_calls_remedy"))
    for path in paths:
        yield str(path), *read_call(str(path))


def run_lock(directory: Path, lang: Lang, *, write: bool) -> int:
    """Checks ``lock.json``, or writes it when nothing forbids that; exit code 3 otherwise."""
    packs = load_packs(directory)
    before = read_lock(directory)
    issues = lock_issues(packs, before) if before else ()
    refused = [issue for issue in issues if issue.severity == "error"]
    console = Console(stderr=True)
    print_issues(console, refused if write else issues)
    lock = lock_of(packs, before)
    if write and not refused:
        (directory / LOCK_NAME).write_text(lock_text(lock), encoding="utf-8")
        console.print(say(lang, "lock_written", rules=len(lock.rules), digest=lock.digest), soft_wrap=True)
        return 0
    well = not issues and before == lock
    console.print(say(lang, "lock_holds" if well else "lock_differs"))
    return 0 if well else PackError.exit_code
