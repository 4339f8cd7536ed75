"""What a rule answers for one call, before it is written up as a finding."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.model import Because, Coverage, Evidence, Outcome, Party, Severity
from inspector.rules.grade import Graded
from inspector.rules.match import Hit

__all__ = ["NOT_APPLICABLE", "SILENT", "Verdict", "evidence_of", "said"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``note`` is added to the rule's message; ``severity`` replaces the rule's own when set."""

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
    )


def said(places: list[Graded]) -> tuple[Evidence, ...]:
    """Evidence of the places, sure ones first when there are any."""
    sure = [place for place in places if place.because is None]
    return tuple(evidence_of(place.hit) for place in (sure or places))


def party_of(evidence: tuple[Evidence, ...]) -> Party:
    """The party of the first piece of evidence."""
    return evidence[0].party if evidence else Party.UNKNOWN
