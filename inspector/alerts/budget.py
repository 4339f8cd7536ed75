"""Which undetermined calls a person is asked about: a few a day, the most severe first. Pure.

A call is one candidate, by its worst undetermined finding. What is not admitted waits: it is counted and shown as
undetermined, and comes into its turn when more calls of that day are inspected.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from inspector.model import Finding, Outcome, Severity, Status

__all__ = ["admitted", "allowance", "doubts", "reviewable"]


def reviewable(finding: Finding, least: Severity) -> bool:
    """Is it bad enough for a reviewer, and its rule at least on trial?"""
    return finding.severity.rank <= least.rank and finding.status in (Status.TEST, Status.STABLE)


def doubts(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The undetermined findings that make a call a candidate, worst first: severity high or critical."""
    undetermined = [finding for finding in findings if finding.outcome is Outcome.UNDETERMINED]
    found = [finding for finding in undetermined if reviewable(finding, Severity.HIGH)]
    return tuple(sorted(found, key=lambda finding: finding.severity.rank))


def allowance(inspected: int, share: Decimal) -> int:
    """How many candidates of a business day are admitted in all: ``share`` (0 … 1) of its inspected calls.

    Rounded up: on days of fewer than 1/share calls nobody would ever be asked otherwise. A share of 0 admits none.
    """
    return math.ceil(Fraction(share) * inspected)


def admitted(waiting: Iterable[tuple[str, Severity]], room: int) -> tuple[str, ...]:
    """The ids of the calls that enter now, worst first, of equals by id: at most ``room`` of those waiting."""
    ordered = sorted(waiting, key=lambda one: (one[1].rank, one[0]))
    return tuple(call_id for call_id, _ in ordered[: max(room, 0)])
