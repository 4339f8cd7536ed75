"""The API for programs, ``/api/v1``: the services that the pages use, as JSON."""

from __future__ import annotations

from inspector.web.api import alerts, calls, cases, described, events, figures, operations, own, reviews
from inspector.web.api.router import router

__all__ = [
    "alerts",
    "calls",
    "cases",
    "described",
    "events",
    "figures",
    "operations",
    "own",
    "reviews",
    "router",
]
