"""A party of whom hardly anything was heard: one entry for the call, not one for each rule that cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.model import (
    Because,
    Call,
    Coverage,
    Finding,
    Kind,
    Outcome,
    Party,
    Severity,
    Status,
    finding_id_of,
)
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import Verdict
from inspector.rules.view import CallView

__all__ = ["LANE_RULE", "because_of_lane", "is_uninspectable", "lane_finding", "uninspectable_lanes"]

LANE_RULE = "hearing.uninspectable"
"""In the place of a rule id; no pack may use it."""

UNINSPECTABLE_SHARE = 0.5
UNINSPECTABLE_LEAST_S = 5.0
_PARTY_ZH = {Party.AGENT: "坐席", Party.CUSTOMER: "客户"}


def is_uninspectable(coverage: Coverage) -> bool:
    """Was less than half of the speech heard, and is there enough of it to say so?"""
    share = coverage.heard_s / coverage.speech_s if coverage.speech_s else 1.0
    return coverage.speech_s >= UNINSPECTABLE_LEAST_S and share < UNINSPECTABLE_SHARE


def uninspectable_lanes(view: CallView) -> dict[Party, Coverage]:
    """The parties, of agent and customer, whom nothing can be claimed about in this call."""
    covers = {party: view.cover(view.whole, party) for party in _PARTY_ZH}
    return {party: coverage for party, coverage in covers.items() if is_uninspectable(coverage)}


def because_of_lane(compiled: CompiledRule, verdict: Verdict, lanes: dict[Party, Coverage]) -> bool:
    """Is the rule undetermined only because a lane was not heard? Where words were found, they stay an entry."""
    unheard = verdict.because in (Because.NOT_HEARD, Because.LOW_CONFIDENCE)
    found = any(evidence.quote for evidence in verdict.evidence)
    return unheard and not found and any(party in lanes for party in compiled.parties)


def lane_finding(call: Call, lanes: dict[Party, Coverage], rules: Sequence[str]) -> Finding:
    """The one entry. ``rules``: those that cannot tell because of it."""
    party, coverage = min(lanes.items(), key=lambda lane: lane[1].heard_s / lane[1].speech_s)
    who = "、".join(_PARTY_ZH[lane] for lane in lanes)
    heard = f"{coverage.speech_s:.0f} 秒说话只听清 {coverage.heard_s:.0f} 秒"
    return Finding(
        id=finding_id_of(call.id, LANE_RULE, 1),
        rule_id=LANE_RULE,
        rule_version=1,
        kind=Kind.SIGNAL,
        status=Status.TEST,
        severity=Severity.MEDIUM,
        title=f"{who}的话听不清，不可检",
        outcome=Outcome.UNDETERMINED,
        undetermined_because=Because.NOT_HEARD,
        party=party,
        why=f"{heard}；{len(rules)} 条规则因此无法判定",
        remedy="需要时人工听整通；同一线路常有的，请技术部门查线路和录音设备",
        evidence=(),
        coverage=coverage,
    )
