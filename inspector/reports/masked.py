"""An inspection as people's programs get it: the contract without what could name or open something.

Left out: where files lie, what voices and emotions were told by, business data that judging does not show.
"""

from __future__ import annotations

from typing import Any

from inspector.facts import Facts
from inspector.model import Evidence, Finding, Inspection
from inspector.redaction import Purpose, mask, mask_call_id, mask_staff
from inspector.reports.contract import inspection_object
from inspector.reports.fact_words import STAFF
from inspector.reports.page import FACTS
from inspector.review.sheet import turns_of

__all__ = ["masked_inspection"]

_SHOWN_RECORDING = ("duration_s", "rate_hz", "channels", "codec", "layout")


def masked_inspection(inspection: Inspection) -> dict[str, Any]:
    """``inspector.inspection_shown/1``. Seconds have three decimals; unknown is null."""
    raw = inspection_object(inspection, 0.0, {})
    call = inspection.call
    return {
        "schema": "inspector.inspection_shown/1",
        "call_id": call.id,
        "source_call_id": mask_call_id(call.source_call_id, Purpose.EXPORT),
        "facts": _facts(call.facts),
        "recording": {name: raw["recording"][name] for name in _SHOWN_RECORDING},
        "turns": [
            {key: value for key, value in turn.items() if key != "speaker"} | {"text": said.text}
            for turn, said in zip(raw["turns"], turns_of(inspection.hearing), strict=True)
        ],
        "unheard": raw["unheard"],
        "findings": [
            _finding(plain, finding) for plain, finding in zip(raw["findings"], inspection.findings, strict=True)
        ],
        "judged": raw["judged"],
        "metrics": raw["metrics"],
        "queues": raw["queues"],
        "made_by": {"code": inspection.code, "packs": inspection.packs},
    }


def _facts(facts: Facts) -> dict[str, Any]:
    known = ((name, getattr(facts, name)) for name in FACTS)
    return {name: _fact(name, value) for name, value in known if value is not None}


def _fact(name: str, value: Any) -> Any:
    """A time of day would be taken for a number."""
    if name == "start" or not isinstance(value, str):
        return value
    return (mask_staff if name in STAFF else mask)(value, Purpose.EXPORT)


def _finding(plain: dict[str, Any], finding: Finding) -> dict[str, Any]:
    places = [place | _words(evidence) for place, evidence in zip(plain["evidence"], finding.evidence, strict=True)]
    return plain | {"why": mask(finding.why, Purpose.EXPORT), "evidence": places}


def _words(evidence: Evidence) -> dict[str, str]:
    return {"quote": mask(evidence.quote, Purpose.EXPORT), "wanted": mask(evidence.wanted, Purpose.EXPORT)}
