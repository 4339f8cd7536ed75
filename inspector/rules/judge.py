"""``judge(call, hearing, plan) -> Inspection``: pure, the same answer for the same input, for ever."""

from __future__ import annotations

from inspector.model import (
    Because,
    Call,
    Finding,
    Hearing,
    Inspection,
    Kind,
    Outcome,
    finding_id_of,
)
from inspector.rules.emotion import judge_emotion
from inspector.rules.extent import judge_duration, judge_talk_share, judge_turns
from inspector.rules.facts import holds
from inspector.rules.grade import Graded
from inspector.rules.hangup import judge_hangup
from inspector.rules.interruption import judge_interruption
from inspector.rules.lanes import because_of_lane, lane_finding, uninspectable_lanes
from inspector.rules.measure import measure
from inspector.rules.plan import CompiledRule, Plan
from inspector.rules.rate import judge_rate
from inspector.rules.repeat import judge_repeat
from inspector.rules.required import judge_required
from inspector.rules.response import judge_response
from inspector.rules.silence import judge_silence
from inspector.rules.unmeasured import judge_loudness, judge_question
from inspector.rules.value import judge_value
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, party_of, said
from inspector.rules.view import CallView
from inspector.rules.wording import judge_wording

__all__ = ["BECAUSE_ZH", "answer", "finding_of", "judge", "judge_view"]

BECAUSE_ZH = {
    Because.PARTY_UNKNOWN: "说话人身份不确定",
    Because.NOT_HEARD: "相关时段未听清",
    Because.LOW_CONFIDENCE: "相关时段识别把握不足",
    Because.NO_FACTS: "缺少业务信息，不知所说产品",
    Because.CUT_OFF: "录音不完整，缺少相关时段",
    Because.NO_SOUND: "没有声音，只有文字",
    Because.NO_MODEL: "缺少所需模型",
    Because.MAYBE_NEGATED: "可能有否定词，未能听清",
    Because.BETWEEN_THRESHOLDS: "读音相近，把握不足",
    Because.UNCLEAR: "说得太快或太含糊，客户未必听清",
}

_OF_KIND = {Kind.REQUIRED: judge_required, Kind.FORBIDDEN: judge_wording, Kind.SIGNAL: judge_wording}
_OF_MEASURE = {
    "silence": judge_silence,
    "interruption": judge_interruption,
    "rate": judge_rate,
    "response": judge_response,
    "emotion": judge_emotion,
    "hangup": judge_hangup,
    "value": judge_value,
    "repeat": judge_repeat,
    "duration": judge_duration,
    "turns": judge_turns,
    "talk_share": judge_talk_share,
    "loudness": judge_loudness,
    "nl": judge_question,
}
# Who types has all the time in the world.
_OF_TIME = ("silence", "interruption", "rate", "response", "hangup", "duration", "talk_share", "loudness")


def judge(call: Call, hearing: Hearing, plan: Plan, code: str) -> Inspection:
    """Every rule of the plan answers for the call; queues are left to ``alerts.route``."""
    return judge_view(CallView(call, hearing, plan), code)


def judge_view(view: CallView, code: str) -> Inspection:
    """As :func:`judge`, of a call whose view is there already."""
    call, hearing, plan = view.call, view.hearing, view.plan
    verdicts = [(compiled, answer(compiled, view)) for compiled in plan.judged]
    lanes = uninspectable_lanes(view)
    deaf = [compiled.rule.id for compiled, verdict in verdicts if because_of_lane(compiled, verdict, lanes)]
    findings = [
        finding_of(call, compiled, verdict)
        for compiled, verdict in verdicts
        if _is_finding(verdict) and compiled.rule.id not in deaf
    ]
    findings += [lane_finding(call, lanes, deaf)] if deaf else []
    findings.sort(key=lambda finding: (finding.outcome is not Outcome.FIRES, finding.severity.rank, finding.rule_id))
    return Inspection(
        call=call,
        hearing=hearing,
        findings=tuple(findings),
        by_rule={compiled.rule.id: verdict.outcome for compiled, verdict in verdicts},
        metrics=measure(hearing),
        queues=(),
        packs=plan.digest,
        code=code,
    )


def answer(compiled: CompiledRule, view: CallView) -> Verdict:
    """What one rule answers for the call. An event fires where it occurred: nobody is told, but its examples are."""
    if compiled.rule.kind is Kind.EVENT:
        return _occurred(view.event(compiled.rule.id))
    measures = compiled.rule.match.measures
    return _measured(compiled, view, measures[0]) if measures else _OF_KIND[compiled.rule.kind](compiled, view)


def _occurred(places: tuple[Graded, ...]) -> Verdict:
    if not places:
        return SILENT
    because = None if any(place.because is None for place in places) else places[0].because
    return Verdict(Outcome.FIRES if because is None else Outcome.UNDETERMINED, because, said(places))


def _measured(compiled: CompiledRule, view: CallView, name: str) -> Verdict:
    """A measure where the rule applies; where it only perhaps applies nothing can fire."""
    facts = compiled.rule.facts
    applies, perhaps = view.prerequisites(compiled.rule)
    if not view.hearing.speech or (not applies and perhaps is None):
        return NOT_APPLICABLE
    if holds(view.call.facts, facts.satisfied):
        return SILENT
    if name in _OF_TIME and view.call.facts.channel == "chat":
        return NOT_APPLICABLE
    verdict = _OF_MEASURE[name](compiled, view)
    if perhaps is None or verdict.outcome is not Outcome.FIRES:
        return verdict
    coverage = view.cover(view.whole, compiled.party)
    return Verdict(Outcome.UNDETERMINED, perhaps, verdict.evidence, coverage)


def _is_finding(verdict: Verdict) -> bool:
    return verdict.outcome in (Outcome.FIRES, Outcome.UNDETERMINED)


def finding_of(call: Call, compiled: CompiledRule, verdict: Verdict) -> Finding:
    """The finding that a verdict of fires or undetermined makes."""
    rule = compiled.rule
    return Finding(
        id=finding_id_of(call.id, rule.id, rule.version),
        rule_id=rule.id,
        rule_version=rule.version,
        kind=rule.kind,
        status=rule.status,
        severity=verdict.severity or rule.severity,
        title=rule.title,
        outcome=verdict.outcome,
        undetermined_because=verdict.because,
        party=compiled.party or party_of(verdict.evidence),
        why=_why(rule.message or rule.title, verdict),
        remedy=rule.remedy,
        evidence=verdict.evidence,
        coverage=verdict.coverage,
    )


def _why(message: str, verdict: Verdict) -> str:
    if verdict.because is not None:
        return f"{message}（无法判定：{BECAUSE_ZH[verdict.because]}）"
    return f"{message}（{verdict.note}）" if verdict.note else message
