"""What the commands of rectification, coaching, calibration and duty share in showing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from inspector.config import Settings
from inspector.redaction import Purpose, mask, mask_staff

__all__ = ["clock", "closing_time", "object_of", "shown"]


def object_of(schema: str, record: Any, typed: frozenset[str]) -> dict[str, Any]:
    """A record as JSON. ``typed``: the fields that people typed, which are masked, as is an agent's number
    that may be a phone."""
    plain: dict[str, Any] = _plain(record)
    for name in typed & plain.keys():
        plain[name] = None if plain[name] is None else mask(plain[name], Purpose.EXPORT)
    if plain.get("agent") is not None:
        plain["agent"] = mask_staff(plain["agent"], Purpose.EXPORT)
    return {"schema": schema} | plain


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


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
