"""The one router that every module of this part adds its routes to, and what its pages share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from inspector.web.console import Console

__all__ = ["local_of", "router"]

router = APIRouter()


def local_of(console: Console) -> Callable[[datetime | None], str]:
    """Times as the business sees them."""
    zone = console.zone
    return lambda at: "–" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
