"""The night's run, queues, workers, models."""

from __future__ import annotations

from inspector.web.operations import night, now, quarantine
from inspector.web.operations.router import router

__all__ = ["night", "now", "quarantine", "router"]
