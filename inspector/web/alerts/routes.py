"""The board of alerts."""

from __future__ import annotations

from fastapi import APIRouter

from inspector.web.alerts import board, duty, incidents, live, wall, work

__all__ = ["router"]

router = APIRouter()
for part in (board, duty, incidents, live, wall, work):  # the last one takes every other name for that of a group
    router.routes.extend(part.router.routes)
