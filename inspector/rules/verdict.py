"""What a rule answers for one call, before it is written up as a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from inspector.model import Because, Coverage, Evidence, Outcome, Party, Severity, Span
from inspector.rules.grade import Graded
from inspector.rules.phrases import Hit

__all__ = ["NOT_APPLICABLE", "SILENT", "Verdict", "absence_of", "evidence_of", "measured", "party_of", "said", "worst"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``note`` is added to the rule's message; ``severity`` replaces the rule's own when set.

    Of a silent one ``evidence`` is what was measured or read and is as it should be.
    """

    outcome: Outcome
    because: Because | None = None
    evidence: tuple[Evidence, ...] = ()
    coverage: Coverage | None = None
    note: str = ""
    severity: Severity | None = None


SILENT = Verdict(Outcome.SILENT)
NOT_APPLICABLE = Verdict(Outcome.NOT_APPLICABLE)


def evidence_of(hit: Hit) -> Evidence:
    """The place of a hit, with the words as heard."""
    return Evidence(
        round(hit.start_s, 3),
        round(hit.end_s, 3),
        hit.passage.party,
        hit.passage.quote(hit.start, hit.end),
        hit.wanted,
        hit.how,
        hit.score,
        hit.sound_check,
    )


def absence_of(wanted: str, span: Span, party: Party) -> Evidence:
    """Where something was looked for in vain; 1 ms at least."""
    return Evidence(round(span.start_s, 3), round(span.end_s + 0.001, 3), party, "", wanted, "absence", 1.0)


def measured(wanted: str, span: Span, party: Party) -> Evidence:
    """Where something was measured; ``wanted`` says what came out."""
    return Evidence(round(span.start_s, 3), round(span.end_s, 3), party, "", wanted, "metric", 1.0)


def said(places: Iterable[Graded]) -> tuple[Evidence, ...]:
    """Evidence of the places, sure ones first when there are any."""
    found = list(places)
    sure = [place for place in found if place.because is None]
    return tuple(evidence_of(place.hit) for place in (sure or found))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict over several windows: fires if one does, else undetermined if one is, else the first.

    It has the evidence of every window that answers so.
    """
    found = list(verdicts)
    for outcome in (Outcome.FIRES, Outcome.UNDETERMINED):
        if same := [verdict for verdict in found if verdict.outcome is outcome]:
            return replace(same[0], evidence=tuple(dict.fromkeys(e for verdict in same for e in verdict.evidence)))
    return found[0]


def party_of(evidence: tuple[Evidence, ...]) -> Party:
    """The party of the first piece of evidence."""
    return evidence[0].party if evidence else Party.UNKNOWN
