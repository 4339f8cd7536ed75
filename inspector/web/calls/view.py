"""One call as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.model import Facts, Outcome
from inspector.redaction import Purpose
from inspector.reports.fact_words import fact_words
from inspector.reports.terminal import Say
from inspector.review.reasons import Reason
from inspector.review.sheet import SheetFinding, finding_of, shown_of
from inspector.storage.search import CallRead
from inspector.web.console import Console
from inspector.web.sound.view import call_view

__all__ = ["call_values"]

_FACTS = (
    *("start", "channel", "direction", "team", "agent", "skill_group", "queue"),
    *("product_type", "hangup_by", "wrap_up_code"),
)


def call_values(console: Console, call: CallRead, say: Say, *, full: bool) -> dict[str, Any]:
    """What ``calls/call.html.j2`` lays out. ``full``: dialogue and sound unmasked."""
    whole = call.inspection
    findings: tuple[SheetFinding, ...] = ()
    if whole is not None:
        shown = shown_of(whole.findings, Reason.RANDOM, ())
        findings = tuple(finding_of(one, said_false=False) for one in shown)
    return {
        "call": call,
        "facts": tuple(fact_words(_facts(call.facts), Purpose.SCREEN, say, console.zone)),
        "findings": findings,
        "sound": None if whole is None else call_view(whole.hearing, findings, full=full),
        "duration_s": None if whole is None else whole.hearing.recording.duration_s,
        "metrics": None if whole is None else whole.metrics,
        "judged": () if whole is None else tuple(_judged(console, whole.by_rule)),
    }


def _facts(facts: Facts) -> dict[str, Any]:
    known = facts.known()
    return {name: known[name] for name in _FACTS if name in known}


def _judged(console: Console, by_rule: dict[str, Outcome]) -> Iterator[tuple[str, str, str]]:
    """Rule id, title and answer of the rules in force, as they are ordered in their packs."""
    for rule_id, entry in console.rules.rules.items():
        if rule_id in by_rule:
            yield rule_id, entry.title, by_rule[rule_id].value
