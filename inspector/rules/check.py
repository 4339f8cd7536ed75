"""Checks packs that load for faults of craft: missing proof, wording that cannot be found, data that look real."""

from __future__ import annotations

from inspector.errors import PackIssue
from inspector.rules.load import Packs
from inspector.rules.validators import VALIDATORS

__all__ = ["check_packs"]


def check_packs(packs: Packs) -> tuple[PackIssue, ...]:
    """Every issue of every rule, by file and rule as loaded; ``severity`` tells errors from warnings."""
    return tuple(issue for rule in packs.rules for validator in VALIDATORS for issue in validator.issues(rule, packs))
