"""``inspector decisions list``: what people decided, no word of a call."""

from __future__ import annotations

from contextlib import closing

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout, write_line
from inspector.config import Settings
from inspector.reports.contract import to_line
from inspector.reports.objects import decision_object
from inspector.storage.configured import open_store
from inspector.storage.decisions.reading import DecisionFilter

__all__ = ["run_decisions"]


def run_decisions(which: DecisionFilter, limit: int, settings: Settings, *, json: bool) -> int:
    """Lists them, the newest business date first."""
    with closing(open_store(settings)) as store:
        found = store.decisions.find(actor_of(settings, store), which, limit)
    for one in found:
        if json:
            write_line(json_stdout(), to_line(decision_object(one)))
        else:
            answer, state = (say(settings.lang, f"decision_{what}") for what in (one.answer, one.state))
            line = f"{one.business_date or '–'}  {one.call_id}  {one.rule_id}  {answer}  {state}"
            Console().print(line, markup=False, highlight=False, soft_wrap=True)
    if not found:
        Console(stderr=json).print(say(settings.lang, "decision_none"), style="bold", highlight=False, soft_wrap=True)
    return 0
