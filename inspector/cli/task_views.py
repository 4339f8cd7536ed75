"""What the commands of rectification, coaching, calibration and duty share in showing."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from inspector.config import Settings
from inspector.redaction import Purpose, mask

__all__ = ["clock", "closing_time", "shown"]


def shown(text: str | None) -> str:
    """A typed text on the screen."""
    return "–" if text is None else mask(text, Purpose.SCREEN)


def clock(at: datetime | None, settings: Settings) -> str:
    """A time at the business."""
    return "–" if at is None else f"{at.astimezone(ZoneInfo(settings.business_tz)):%Y-%m-%d %H:%M}"


def closing_time(day: datetime | None, settings: Settings) -> datetime | None:
    """When business closes on a day that was given without a time."""
    if day is None:
        return None
    closes: time = settings.alerts.closes
    return datetime.combine(day.date(), closes, ZoneInfo(settings.business_tz))
