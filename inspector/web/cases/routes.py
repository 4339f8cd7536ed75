"""Violations, appeals and the work on them; an agent's own."""

from __future__ import annotations

from inspector.web.cases import cases, items, ledger, mine, training
from inspector.web.cases.router import router

__all__ = ["cases", "items", "ledger", "mine", "router", "training"]
