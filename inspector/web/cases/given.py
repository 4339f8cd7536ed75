"""What the forms of this part send, as services take it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Form, Query

from inspector.review.appeals.records import LONGEST_TEXT
from inspector.web.console import Console

__all__ = ["Key", "Name", "Origin", "Typed", "closing_time", "lines", "names_of"]

_BETWEEN = str.maketrans("、,，;；\n\r\t", " " * 8)
_NO_NUL = r"^[^\x00]*$"

Typed = Annotated[str, Form(max_length=2 * LONGEST_TEXT, pattern=_NO_NUL)]
"""Sentences."""

Name = Annotated[str, Form(max_length=128, pattern=_NO_NUL)]
"""Of a person, a team, a rule or a call."""

Key = Annotated[int, Form(ge=1)]
"""The version of something as it was seen."""


def _origin(
    call: Annotated[str, Query(max_length=128)] = "", rule: Annotated[str, Query(max_length=128)] = ""
) -> tuple[str, str]:
    return call, rule


Origin = Annotated[tuple[str, str], Depends(_origin)]
"""Call and rule of a finding that something new is to come from; empty: none."""


def lines(text: str) -> str:
    """As it was typed: browsers end lines with two characters."""
    return text.replace("\r\n", "\n")


def names_of(text: str) -> tuple[str, ...]:
    """Several names in one field, each once."""
    return tuple(dict.fromkeys(text.translate(_BETWEEN).split()))


def closing_time(console: Console, day: date | None) -> datetime | None:
    """When business closes on that day."""
    if day is None:
        return None
    return datetime.combine(day, console.settings.alerts.closes, console.zone)
