"""A run over many calls as its page shows it. Keeps a small row of each call, never the call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from inspector.model import Finding, Outcome, Severity
from inspector.redaction import Purpose, mask, mask_staff
from inspector.reports.page import CallPage
from inspector.rules.plan import Plan

__all__ = ["CallRow", "FailedRow", "RuleRow", "Summary"]

MOST_TOP = 3
NOTHING_RANK = 2 * len(Severity)  # behind every hit and every doubt


@dataclass(frozen=True, slots=True)
class Top:
    """One of a call's worst findings, with the first words that support it."""

    severity: Severity
    outcome: Outcome
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call. ``rank``: 0 for a critical hit … 3 for a low one, then doubts 4 … 7, 8 for nothing found."""

    call_id: str
    name: str
    duration_s: float
    agent: str
    rank: int
    fires: int
    undetermined: int
    top: tuple[Top, ...]
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedRow:
    """An input without a page, and what to do about it."""

    path: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How one rule answered over all calls. ``applicable``: all calls but those it does not apply to."""

    rule_id: str
    title: str
    severity: Severity
    answers: Counter[Outcome]

    @property
    def applicable(self) -> int:
        return self.answers.total() - self.answers[Outcome.NOT_APPLICABLE]

    @property
    def found(self) -> int:
        return self.answers[Outcome.FIRES] + self.answers[Outcome.UNDETERMINED]


@dataclass(slots=True)
class Summary:
    """Grows call by call. Rules of ``plan`` that are experimental are left out."""

    plan: Plan
    rows: list[CallRow] = field(default_factory=list)
    failed: list[FailedRow] = field(default_factory=list)
    _answers: dict[str, Counter[Outcome]] = field(default_factory=dict)

    def add(self, page: CallPage) -> None:
        """Counts the call and keeps its row."""
        self.rows.append(_row(page))
        for judged in page.judged:
            self._answers.setdefault(judged.rule_id, Counter())[judged.outcome] += 1

    def fail(self, path: str, message: str, remedy: str) -> None:
        """An input that has no page. Paths and messages may hold numbers of customers: both are masked."""
        self.failed.append(FailedRow(*(mask(text, Purpose.EXPORT) for text in (path, message, remedy))))

    def calls(self) -> list[CallRow]:
        """Worst finding first, then who has most of them."""
        return sorted(self.rows, key=lambda row: (row.rank, -row.fires, -row.undetermined, row.name, row.call_id))

    def rules(self) -> list[RuleRow]:
        """Every rule that judged, most hits first."""
        rows = [
            RuleRow(compiled.rule.id, compiled.rule.title, compiled.rule.severity, self._answers[compiled.rule.id])
            for compiled in self.plan.judged
            if compiled.rule.id in self._answers
        ]
        return sorted(rows, key=lambda row: (-row.answers[Outcome.FIRES], -row.found, row.severity.rank, row.rule_id))

    def queued(self, queue: str) -> int:
        """How many calls entered the queue."""
        return sum(queue in row.queues for row in self.rows)


def _row(page: CallPage) -> CallRow:
    inspection, findings = page.inspection, [found.finding for found in page.findings]
    agent = inspection.call.facts.agent
    quotes = [next((place.quote.words for place in found.places if place.quote), "") for found in page.findings]
    return CallRow(
        call_id=inspection.call.id,
        name=page.name,
        duration_s=inspection.hearing.recording.duration_s,
        agent=mask_staff(agent, Purpose.EXPORT) if agent else "",
        rank=min(map(_rank, findings), default=NOTHING_RANK),
        fires=sum(finding.outcome is Outcome.FIRES for finding in findings),
        undetermined=sum(finding.outcome is Outcome.UNDETERMINED for finding in findings),
        top=tuple(
            Top(finding.severity, finding.outcome, finding.title, quote)
            for finding, quote in zip(findings[:MOST_TOP], quotes, strict=False)
        ),
        queues=tuple(entry.queue for entry in inspection.queues),
    )


def _rank(finding: Finding) -> int:
    return finding.severity.rank + (0 if finding.outcome is Outcome.FIRES else len(Severity))
