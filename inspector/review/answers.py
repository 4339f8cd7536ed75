"""What a reviewer types, and what becomes of it: checked against what he was shown. Pure.

A refusal names findings, rules and places; never words of the call or of the reviewer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspector.errors import UsageError
from inspector.model import Finding, Hearing, Outcome, Party
from inspector.review.records import Answer, Correction, FalseBecause, Mark, Verdict
from inspector.review.rulebook import Rulebook

__all__ = ["Answers", "GivenAnswer", "GivenCorrection", "GivenMark", "corrections_of", "marks_of", "verdicts_of"]


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """To one finding; ``answer`` None: none yet."""

    finding_id: str
    answer: Answer | None = None
    because: FalseBecause | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A violation that no rule found, in seconds of the call."""

    rule_id: str
    start_s: float
    end_s: float
    party: Party
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GivenCorrection:
    """What was really said between two seconds of the call."""

    party: Party
    start_s: float
    end_s: float
    said: str


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is typed in one review."""

    findings: tuple[GivenAnswer, ...] = ()
    marks: tuple[GivenMark, ...] = ()
    corrections: tuple[GivenCorrection, ...] = ()
    note: str | None = None


def verdicts_of(shown: Sequence[Finding], given: Iterable[GivenAnswer]) -> tuple[Verdict, ...]:
    """One for each finding that was shown. Raises UsageError for one without answer, for an answer to anything else or
    twice, and for whatever is not confirmed without its reason."""
    answered: dict[str, GivenAnswer] = {}
    for one in given:
        if one.finding_id in answered:
            raise UsageError(f"finding {one.finding_id} is answered twice", "answer it once")
        if one.answer is not None:
            answered[one.finding_id] = one
    left = [finding for finding in shown if finding.id not in answered]
    if left:
        named = ", ".join(f"{finding.id} ({finding.rule_id})" for finding in left)
        raise UsageError(f"not answered yet: {named}", f"answer each: {', '.join(Answer)}")
    if unknown := answered.keys() - {finding.id for finding in shown}:
        raise UsageError(
            f"not among the findings of this review: {', '.join(sorted(unknown))}", "look at it: inspector review show"
        )
    return tuple(_verdict(finding, answered[finding.id]) for finding in shown)


def _verdict(finding: Finding, given: GivenAnswer) -> Verdict:
    answer, because = given.answer, given.because
    if answer is None or (answer is Answer.CONFIRMED) != (because is None):
        raise UsageError(
            f"the answer to finding {finding.id} ({finding.rule_id}) and its reason do not go together",
            f"whatever is not confirmed has a reason, and only that: {', '.join(FalseBecause)}",
        )
    return Verdict(
        finding_id=finding.id,
        rule_id=finding.rule_id,
        rule_version=finding.rule_version,
        kind=finding.kind,
        status=finding.status,
        severity=finding.severity,
        outcome=finding.outcome,
        answer=answer,
        because=because,
        note=given.note,
    )


def marks_of(
    given: Sequence[GivenMark], rulebook: Rulebook, findings: Iterable[Finding], duration_s: float, *, blind: bool
) -> tuple[Mark, ...]:
    """``findings``: of the inspection: what fires there was not missed. ``duration_s``: of the call; 0 = not known.

    Raises UsageError for a rule that may not be marked, a party that it does not judge and a span outside the call.
    """
    fired = {finding.rule_id for finding in findings if finding.outcome is Outcome.FIRES}
    return tuple(_mark(one, rulebook, fired, duration_s, blind) for one in given)


def _mark(given: GivenMark, rulebook: Rulebook, fired: Collection[str], duration_s: float, blind: bool) -> Mark:
    entry = rulebook.entry(given.rule_id)
    if given.party not in entry.parties:
        raise UsageError(
            f"rule {given.rule_id} does not judge the {given.party}", f"it judges: {', '.join(entry.parties)}"
        )
    _check_span(given.start_s, given.end_s, duration_s, f"the mark of rule {given.rule_id}")
    return Mark(
        rule_id=entry.rule_id,
        rule_version=entry.version,
        kind=entry.kind,
        status=entry.status,
        severity=entry.severity,
        start_s=given.start_s,
        end_s=given.end_s,
        party=given.party,
        blind=blind,
        missed=entry.rule_id not in fired,
        note=given.note,
    )


def corrections_of(given: Sequence[GivenCorrection], hearing: Hearing | None) -> tuple[Correction, ...]:
    """With what the recogniser wrote in each span. Raises UsageError where nothing was heard to be corrected, for a
    span outside the call and for two that overlap."""
    if given and hearing is None:
        raise UsageError("this call was not heard: there is nothing to correct", "leave the corrections out")
    if hearing is None:
        return ()
    found = sorted(given, key=lambda one: (one.party, one.start_s))
    for one in found:
        _check_span(one.start_s, one.end_s, hearing.recording.duration_s, "a correction")
        if not one.said.strip():
            raise UsageError(f"the correction at {one.start_s} s says nothing", "write what was said")
    for one, following in pairwise(found):
        if one.party is following.party and following.start_s < one.end_s:
            raise UsageError(f"two corrections overlap at {following.start_s} s", "make one of them")
    return tuple(_correction(one, hearing) for one in found)


def _correction(given: GivenCorrection, hearing: Hearing) -> Correction:
    segment, _ = hearing.recording.place(given.start_s)
    heard = "".join(
        char
        for turn in hearing.turns
        if turn.party is given.party
        for char, start_s, end_s in zip(turn.text, turn.char_starts_s, turn.char_ends_s, strict=True)
        if given.start_s <= (start_s + end_s) / 2 < given.end_s
    )
    return Correction(segment.id or "", given.party, given.start_s, given.end_s, heard, given.said)


def _check_span(start_s: float, end_s: float, duration_s: float, what: str) -> None:
    if not 0 <= start_s < end_s or (duration_s and end_s > duration_s + _SLACK_S):
        length = f" … {duration_s:.1f} s" if duration_s else ""
        raise UsageError(
            f"{what} lies from {start_s} s to {end_s} s",
            f"a span has a beginning and an end within the call: 0{length}",
        )


_SLACK_S = 0.5
"""Players round."""
