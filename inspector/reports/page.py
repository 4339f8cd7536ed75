"""One inspection as its page shows it. Everything that was said, or that the business knows, is masked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from inspector.model import Call, Evidence, Facts, Finding, Inspection, Outcome, Recording, Severity, Status
from inspector.redaction import Purpose, mask
from inspector.reports.dialogue import Dialogue, Line, Quote
from inspector.reports.fact_words import fact_words
from inspector.reports.terminal import Say, clock, shown
from inspector.reports.timeline import CoverBar, Timeline, draw, draw_cover
from inspector.rules.coverage import LEAST_CONFIDENCE
from inspector.rules.plan import Plan

__all__ = ["FACTS", "CallPage", "Found", "Judged", "Place", "call_page", "name_of"]

FACTS = (
    *("start", "channel", "direction", "queue", "agent", "announced_agent_no", "team"),
    *("product_type", "product_code", "product_risk_level", "customer_risk_level"),
    *("ivr_verified", "transfer_from", "transfer_to", "hangup_by"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of evidence. ``quote`` is None where nothing was said (absence, measure)."""

    anchor: str
    evidence: Evidence
    wanted: str
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and its number on the page; ``cover``: its window as a bar."""

    no: int
    finding: Finding
    why: str
    places: tuple[Place, ...]
    cover: CoverBar | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule and its answer."""

    rule_id: str
    title: str
    severity: Severity
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CallPage:
    """What ``call.html.j2`` lays out."""

    inspection: Inspection
    name: str
    files: tuple[str, ...]
    facts: Mapping[str, str]
    findings: tuple[Found, ...]
    judged: tuple[Judged, ...]
    timeline: Timeline
    lines: tuple[Line, ...]
    least_confidence: float = LEAST_CONFIDENCE


def call_page(inspection: Inspection, plan: Plan, say: Say) -> CallPage:
    """Findings worst first, the timeline, the dialogue. What an experimental rule found is left to the JSON."""
    hearing = inspection.hearing
    numbered = [
        (finding, {f"e{no}-{at}": evidence for at, evidence in enumerate(finding.evidence, start=1)})
        for no, finding in enumerate(shown(inspection), start=1)
    ]
    by_anchor = {anchor: evidence for _, places in numbered for anchor, evidence in places.items()}
    dialogue = Dialogue(hearing, by_anchor)
    return CallPage(
        inspection=inspection,
        name=name_of(inspection.call, hearing.recording),
        files=tuple(_files(hearing.recording, say)),
        facts=dict(_facts(inspection.call.facts, say)),
        findings=tuple(
            _found(no, finding, places, dialogue, inspection) for no, (finding, places) in enumerate(numbered, start=1)
        ),
        judged=tuple(_judged(inspection, plan)),
        timeline=draw(hearing, numbered, say),
        lines=tuple(dialogue.lines()),
    )


def name_of(call: Call, recording: Recording) -> str:
    """What people call the call: its id at the source, or the file's name when it has none. Masked."""
    name = PurePath(recording.path).name if call.source == "file" else call.source_call_id
    return mask(name, Purpose.EXPORT)


def _files(recording: Recording, say: Say) -> Iterator[str]:
    """The recordings by name; those of a call of several with their place in it, those that were lost said so."""
    for part in recording.segments:
        name = mask(PurePath(part.path or "–").name, Purpose.EXPORT)
        key = "segment" if part.id else "segment_lost"
        yield say(key, no=part.segment_no, start=clock(part.start_s), path=name) if recording.joined else name


def _found(no: int, finding: Finding, places: dict[str, Evidence], dialogue: Dialogue, inspection: Inspection) -> Found:
    made = tuple(
        Place(
            anchor,
            evidence,
            mask(evidence.wanted, Purpose.EXPORT),
            dialogue.quote(evidence) if evidence.quote else None,
        )
        for anchor, evidence in places.items()
    )
    cover = draw_cover(finding.coverage, inspection.hearing, finding.party) if finding.coverage else None
    return Found(no, finding, mask(finding.why, Purpose.EXPORT), made, cover)


def _facts(facts: Facts, say: Say) -> Iterator[tuple[str, str]]:
    """What is known of the call and helps to judge it: (label, masked value)."""
    known = facts.known()
    return fact_words({name: known[name] for name in FACTS if name in known}, Purpose.EXPORT, say)


def _judged(inspection: Inspection, plan: Plan) -> Iterator[Judged]:
    worse = {finding.rule_id: finding.severity for finding in inspection.findings}
    for compiled in plan.judged:
        rule = compiled.rule
        if rule.status is not Status.EXPERIMENTAL and rule.id in inspection.by_rule:
            severity = worse.get(rule.id, rule.severity)
            yield Judged(rule.id, rule.title, severity, inspection.by_rule[rule.id])
