"""The JSON contract ``inspector.inspection/1``: raw, for machines. ``inspection-1.schema.json`` describes it.

Every key is always present, unknown is null, seconds have three decimals.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from inspector.errors import RecordingError, StoredCallError
from inspector.model import Call, Coverage, Evidence, Finding, Inspection, Outcome, Recording, Segment, Turn

__all__ = [
    "JUDGEMENT",
    "SCHEMA",
    "error_object",
    "inspection_object",
    "judgement_object",
    "stored_error_object",
    "to_line",
]

SCHEMA = "inspector.inspection/1"
JUDGEMENT = "inspector.judgement/1"
"""What judging alone makes of a call, so that the same call under the same rules gives the same bytes."""
_RECORDING_KEYS = ("id", "path", "duration_s", "rate_hz", "channels", "codec", "layout")


def to_line(contract: dict[str, Any]) -> str:
    """One compact line of JSON. Bytes of a file name that are no UTF-8 are shown by their codes."""
    line = json.dumps(contract, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return line.encode("utf-8", "backslashreplace").decode()


def inspection_object(inspection: Inspection, wall_s: float, stages_s: dict[str, float]) -> dict[str, Any]:
    """The whole contract of one judged call. ``wall_s``: the call's share of the run's elapsed time."""
    hearing = inspection.hearing
    return {
        "schema": SCHEMA,
        "call": _call(inspection.call),
        "recording": _recording(hearing.recording, inspection.call.facts.agent),
        "speakers": [asdict(speaker) for speaker in hearing.speakers],
        "turns": [_turn(turn) for turn in hearing.turns],
        "unheard": [
            {"party": lost.party, "start_s": _s(lost.start_s), "end_s": _s(lost.end_s), "why": lost.why}
            for lost in hearing.unheard
        ],
        "emotions": [
            {
                "party": span.party,
                "start_s": _s(span.start_s),
                "end_s": _s(span.end_s),
                "label": span.label,
                "score": span.score,
                "why": list(span.why),
            }
            for span in hearing.emotions
        ],
        "findings": [_finding(finding) for finding in inspection.findings],
        "judged": _judged(inspection),
        "metrics": _metrics(inspection),
        "queues": [{"queue": entry.queue, "because": list(entry.because)} for entry in inspection.queues],
        "made_by": {"code": inspection.code, "packs": inspection.packs, "hearing": asdict(hearing.made_by)},
        "timing": {"wall_s": _s(wall_s), "stages_s": {stage: _s(took) for stage, took in stages_s.items()}},
    }


def error_object(path: str, call: Call | None, error: RecordingError) -> dict[str, Any]:
    """What stands in the place of an inspection when the input cannot be read."""
    named = _call(call) if call else {"id": None, "source": None, "source_call_id": None, "facts": {}}
    return {
        "schema": SCHEMA,
        "call": named,
        "recording": dict.fromkeys((*_RECORDING_KEYS, "segments")) | {"path": path},
        "error": {"kind": error.kind, "message": error.message, "remedy": error.remedy},
    }


def judgement_object(inspection: Inspection) -> dict[str, Any]:
    """The part of the contract that rules decide; raw."""
    return {
        "schema": JUDGEMENT,
        "call": {"id": inspection.call.id},
        "packs": inspection.packs,
        "by_rule": dict(sorted(inspection.by_rule.items())),
        "findings": [_finding(finding) for finding in inspection.findings],
    }


def stored_error_object(error: StoredCallError) -> dict[str, Any]:
    """What stands in the place of a judgement when a stored call cannot be judged."""
    return {
        "schema": JUDGEMENT,
        "call": {"id": error.call_id},
        "error": {"kind": error.kind, "message": error.message, "remedy": error.remedy},
    }


def _s(seconds: float) -> float:
    return round(seconds, 3)


def _call(call: Call) -> dict[str, Any]:
    return {
        "id": call.id,
        "source": call.source,
        "source_call_id": call.source_call_id,
        "facts": call.facts.known(),
    }


def _recording(recording: Recording, agent: str | None) -> dict[str, Any]:
    """``agent``: who took the call when it is of one recording; segments joined name theirs themselves."""
    segments = recording.joined or (replace(recording.segments[0], agent=agent),)
    written = {key: getattr(recording, key) for key in _RECORDING_KEYS}
    return written | {"duration_s": _s(recording.duration_s), "segments": [_segment(segment) for segment in segments]}


def _segment(segment: Segment) -> dict[str, Any]:
    lasts_s = segment.duration_s
    return asdict(segment) | {
        "start_s": _s(segment.start_s),
        "duration_s": None if lasts_s is None else _s(lasts_s),
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "party": turn.party,
        "speaker": turn.speaker,
        "start_s": _s(turn.start_s),
        "end_s": _s(turn.end_s),
        "text": turn.text,
        "confidence": round(turn.confidence, 3),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule_id": finding.rule_id,
        "rule_version": finding.rule_version,
        "kind": finding.kind,
        "status": finding.status,
        "severity": finding.severity,
        "title": finding.title,
        "outcome": finding.outcome,
        "undetermined_because": finding.undetermined_because,
        "party": finding.party,
        "why": finding.why,
        "remedy": finding.remedy,
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "coverage": _coverage(finding.coverage) if finding.coverage else None,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    # Not asdict, which copies deeply: that takes as long as all the rest of a line.
    plain = {name: getattr(evidence, name) for name in Evidence.__slots__}
    return plain | {"start_s": _s(evidence.start_s), "end_s": _s(evidence.end_s)}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    lowest = coverage.lowest_confidence
    return {
        "start_s": _s(coverage.start_s),
        "end_s": _s(coverage.end_s),
        "speech_s": _s(coverage.speech_s),
        "heard_s": _s(coverage.heard_s),
        "gaps": [[_s(start), _s(end)] for start, end in coverage.gaps],
        "lowest_confidence": None if lowest is None else round(lowest, 3),
    }


def _judged(inspection: Inspection) -> dict[str, Any]:
    counts: dict[str, Any] = {outcome.value: inspection.count(outcome) for outcome in Outcome}
    return counts | {"by_rule": dict(sorted(inspection.by_rule.items()))}


def _metrics(inspection: Inspection) -> dict[str, Any]:
    measured = asdict(inspection.metrics)
    return {key: _s(value) if key.endswith("_s") else value for key, value in measured.items()}
