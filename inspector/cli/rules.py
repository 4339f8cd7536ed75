"""``inspector rules check | prove | try``: for the people who write rules."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from json import dumps
from pathlib import Path

from rich.console import Console

from inspector.cli.messages import Lang, say, tell
from inspector.cli.streams import json_stdout
from inspector.config import default_packs_dir
from inspector.errors import ErrorKind, PackError, PackIssue, RecordingError, UsageError
from inspector.model import Call, Hearing
from inspector.pipeline import inspect_hearing
from inspector.reports.catalogue import catalogue
from inspector.reports.contract import error_object, inspection_object, to_line
from inspector.reports.terminal import print_inspection
from inspector.rules.check import check_packs
from inspector.rules.json_schema import pack_schema
from inspector.rules.live_class import LiveClass
from inspector.rules.load import load_packs, load_plan
from inspector.rules.lock import lock_issues, read_lock
from inspector.rules.notation import parse_call, parse_chat
from inspector.rules.prove import prove

__all__ = ["print_issues", "read_call", "run_catalogue", "run_check", "run_prove", "run_schema", "run_try"]


def run_check(directory: Path, lang: Lang) -> int:
    """Prints every fault of the packs at once; exit code 3 when there is an error."""
    try:
        packs = load_packs(directory)
        lock = read_lock(directory)
    except PackError as error:
        issues = error.issues
        rules, lives = 0, {}
    else:
        issues = (*check_packs(packs), *(lock_issues(packs, lock) if lock else ()))
        rules, lives = len(packs.rules), packs.lives()
    console = Console(stderr=True)
    print_issues(console, issues)
    errors = sum(issue.severity == "error" for issue in issues)
    warnings = len(issues) - errors
    key = "packs_bad" if errors else "packs_ok"
    console.print(say(lang, key, rules=rules, errors=errors, warnings=warnings))
    if lives:
        count = Counter(live.live_class for live in lives.values())
        console.print(say(lang, "live_classes", **{name.value: count[name] for name in LiveClass}))
    return PackError.exit_code if errors else 0


def print_issues(console: Console, issues: Iterable[PackIssue]) -> None:
    """Faults in red, warnings in yellow, one a line."""
    for issue in issues:
        colour = "red" if issue.severity == "error" else "yellow"
        console.print(str(issue), style=colour, markup=False, highlight=False, soft_wrap=True)


def run_prove(directory: Path, only: str | None, lang: Lang) -> int:
    """Runs the examples of all rules or of one; exit code 1 when one does not hold."""
    packs = load_packs(directory)
    if only is not None and only not in packs.file_of:
        raise UsageError(say(lang, "no_such_rule", rule=only), say(lang, "no_such_rule_remedy"))
    console = Console()
    total = bad = 0
    for proof in prove(packs, only):
        total += 1
        bad += bool(proof.fault)
        if proof.fault:
            console.print(f"✗ {proof.rule_id}/{proof.group}/{proof.name}  {proof.fault}", style="red", markup=False)
    if not total:
        console.print(say(lang, "examples_none"))
        return 1
    console.print(say(lang, "not_proved" if bad else "proved", total=total, bad=bad))
    return 1 if bad else 0


def run_catalogue(directory: Path) -> int:
    """Prints the catalogue of all rules as Markdown."""
    json_stdout().write(catalogue(load_packs(directory)))
    return 0


def run_schema() -> int:
    """Prints the JSON Schema of pack files."""
    guide = (default_packs_dir() / "README.md").read_text(encoding="utf-8")
    json_stdout().write(dumps(pack_schema(guide), ensure_ascii=False, indent=2) + "\n")
    return 0


def run_try(files: Iterable[str], directory: Path, lang: Lang, *, json: bool) -> int:
    """Judges calls written as text (``-`` = stdin, ``.jsonl`` = chat); exit code 1 when one cannot be read."""
    plan = load_plan(directory)
    say_it = partial(say, lang)
    failed = 0
    for name in files:
        try:
            call, hearing = read_call(name)
        except RecordingError as error:
            failed += 1
            if json:
                json_stdout().write(to_line(error_object(name, None, error)) + "\n")
            tell(Console(stderr=True), say_it, error)
            continue
        inspection = inspect_hearing(call, hearing, plan)
        if json:
            json_stdout().write(to_line(inspection_object(inspection, 0.0, {})) + "\n")
        else:
            print_inspection(Console(), inspection, say_it, dialogue=True, raw=False)
    return 1 if failed else 0


def read_call(name: str) -> tuple[Call, Hearing]:
    """A call written as text: a file, ``-`` for stdin, ``.jsonl`` for a chat. Raises RecordingError."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RecordingError(ErrorKind.NOT_FOUND, f"{name} does not exist", "correct the path") from error
    except UnicodeDecodeError as error:
        raise RecordingError(ErrorKind.BAD_CALL_TEXT, f"{name} is not UTF-8 text", "save it as UTF-8") from error
    except OSError as error:
        raise RecordingError(ErrorKind.NOT_READABLE, f"{name}: {error.strerror}", "check the permissions") from error
    return parse_chat(text, name) if name.endswith(".jsonl") else parse_call(text, name)
