"""A balance and a comparison with the switch as JSON values: what is kept with a part, and what the report says."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from inspector.night.balance import Balance
from inspector.night.cdr import CdrTally

__all__ = ["balance_object", "cdr_object"]


def balance_object(balance: Balance) -> dict[str, Any]:
    """Counts, the check of their sum, and the rows that balance nowhere."""
    return {**asdict(balance), "sum": balance.sum, "balanced": balance.is_balanced}


def cdr_object(cdr: CdrTally) -> dict[str, Any]:
    """Calls of the switch, how many were recorded, why the others were not; faults of recordings."""
    return {
        "calls": cdr.calls,
        "recorded": cdr.recorded,
        "not_recorded": dict(sorted(cdr.not_recorded.items())),
        "balanced": cdr.is_balanced,
        "faults": dict(sorted(cdr.others.items())),
    }
