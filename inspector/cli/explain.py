"""``inspector rules explain``: why a rule answered so for a call written as text or kept in the database."""

from __future__ import annotations

import getpass
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.cli.messages import say
from inspector.cli.rules import read_call
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.model import Call, Hearing
from inspector.pipeline import inspect_hearing
from inspector.reports.contract import to_line
from inspector.reports.explained import Explained, explained_lines, explained_object
from inspector.rules.explain import explain
from inspector.rules.load import load_plan
from inspector.rules.plan import Plan
from inspector.storage.configured import open_store

__all__ = ["ExplainJob", "run_explain"]


@dataclass(frozen=True, slots=True)
class ExplainJob:
    """What was asked for. ``call``: a file, ``-`` or the id of a stored call; ``raw`` is for the latter only."""

    rule: str
    call: str
    json: bool
    raw: bool


def run_explain(job: ExplainJob, settings: Settings) -> int:
    """Prints the explanation. Raises UsageError when there is no such rule or call."""
    say_it = partial(say, settings.lang)
    plan = load_plan(settings.packs_dir)
    if job.rule not in plan.rules:
        raise UsageError(say_it("no_such_rule", rule=job.rule), say_it("no_such_rule_remedy"))
    call, hearing = _call(job, settings, say_it)
    one = _explained(job, call, hearing, plan)
    if job.json:
        json_stdout().write(to_line(explained_object(one, call.id)) + "\n")
        return 0
    console = Console()
    for line in explained_lines(one, say_it):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def _explained(job: ExplainJob, call: Call, hearing: Hearing, plan: Plan) -> Explained:
    """With where the call goes when all rules have judged it."""
    inspection = inspect_hearing(call, hearing, plan)
    queues = tuple(entry.queue for entry in inspection.queues if job.rule in entry.because)
    told = explain(job.rule, call, hearing, plan)
    in_lane = told.verdict.because is not None and job.rule in inspection.by_rule
    in_lane = in_lane and all(finding.rule_id != job.rule for finding in inspection.findings)
    return Explained(told, queues, in_lane, lambda rule_id: plan.rules[rule_id].rule.title, job.raw)


def _call(job: ExplainJob, settings: Settings, say_it: partial[str]) -> tuple[Call, Hearing]:
    if job.call == "-" or Path(job.call).exists():
        if job.raw:
            raise UsageError(say_it("raw_stored_only"), say_it("raw_stored_only_remedy"))
        return read_call(job.call)
    with closing(open_store(settings)) as store:
        stored = store.inspections(1, job.call)
        if not stored:
            raise UsageError(say_it("no_such_call", call=job.call), say_it("no_such_call_remedy"))
        store.audit(getpass.getuser(), "explain_raw" if job.raw else "explain", job.call, {"rule": job.rule})
    return stored[0].call, stored[0].hearing
