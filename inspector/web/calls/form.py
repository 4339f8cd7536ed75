"""The filters of the list as its address says them, and what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from inspector.errors import UsageError
from inspector.model import Outcome, Severity
from inspector.storage.search import LONGEST_TEXT, LONGEST_WALK_DAYS, MOST_SORTED_DAYS, Order, Query

__all__ = ["FIELDS", "Form", "form_of"]

USUAL_DAYS = 31
_LONGEST_VALUE = 200
_TEXTS = {
    "id": "source_call_id",
    "agent": "agent",
    "team": "team",
    "queue": "queue",
    "direction": "direction",
    "channel": "channel",
    "rule": "rule_id",
}
_NUMBERS = {
    "min_s": "least_duration_s",
    "max_s": "most_duration_s",
    "silence": "least_silence_s",
    "longest": "least_longest_silence_s",
    "interruptions": "least_interruptions",
    "rate": "least_rate_cpm",
}
FIELDS = ("from", "to", "text", "sound", "outcome", "severity", *_TEXTS, *_NUMBERS, "order")
"""What an address may say, but for the place in the list (``after``)."""

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Form:
    """``given``: as it was typed, dates filled in. ``query``: None where ``fault`` says what is wrong."""

    given: Mapping[str, str]
    query: Query | None
    fault: str = ""

    def address(self, **more: str) -> str:
        """The query of an address that asks the same, and more."""
        return urlencode({**{name: value for name, value in self.given.items() if value}, **more})

    def value(self, name: str) -> str:
        return self.given.get(name, "")


def form_of(params: Mapping[str, str], today: date, say: Say) -> Form:
    """The last 31 days, or as many as are sorted, unless the address says otherwise."""
    given = {name: value for name in FIELDS if (value := params.get(name, "").replace("\0", "\ufffd").strip())}
    given.setdefault("to", today.isoformat())
    try:
        last = _date(given, "to", say)
        days = MOST_SORTED_DAYS if "order" in given else USUAL_DAYS
        given.setdefault("from", (last - timedelta(days=days - 1)).isoformat())
        return Form(given, _query(given, last, say))
    except ValueError as wrong:
        return Form(given, None, str(wrong))


def _query(given: Mapping[str, str], last: date, say: Say) -> Query:
    """Raises ValueError that says in words what is wrong."""
    first, text = _date(given, "from", say), given.get("text", "")
    wanted: dict[str, Any] = {column: given[name] for name, column in _TEXTS.items() if name in given}
    wanted |= {column: _number(given, name, say) for name, column in _NUMBERS.items() if name in given}
    if any(len(value) > _LONGEST_VALUE for value in given.values()):
        raise ValueError(say("calls_text_short", most=LONGEST_TEXT))
    if not 0 <= (last - first).days < LONGEST_WALK_DAYS:
        raise ValueError(say("calls_too_many_days", days=LONGEST_WALK_DAYS))
    if "order" in given:
        wanted["order"] = _choice(Order, given, "order", say)
        if (last - first).days >= MOST_SORTED_DAYS:
            raise ValueError(say("calls_too_many_sorted", days=MOST_SORTED_DAYS))
    if "severity" in given:
        wanted["severity"] = _choice(Severity, given, "severity", say)
    if "outcome" in given:
        wanted["outcome"] = _choice(Outcome, given, "outcome", say)
    try:
        return Query(first, last, text, by_sound="sound" in given, **wanted)
    except UsageError:
        raise ValueError(say("calls_text_short", most=LONGEST_TEXT)) from None


def _date(given: Mapping[str, str], name: str, say: Say) -> date:
    try:
        found = date.fromisoformat(given[name])
    except ValueError:
        raise ValueError(say("calls_wrong_date", field=say(f"calls_{name}"))) from None
    if not 1970 < found.year < 9999:  # within what clocks of computers know
        raise ValueError(say("calls_wrong_date", field=say(f"calls_{name}")))
    return found


def _number(given: Mapping[str, str], name: str, say: Say) -> float:
    try:
        found = float(given[name])
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1e9:
        raise ValueError(say("calls_wrong_number", field=say(f"calls_{name}")))
    return found


def _choice(kind: Any, given: Mapping[str, str], name: str, say: Say) -> Any:
    try:
        return kind(given[name])
    except ValueError:
        raise ValueError(say("calls_wrong_choice", field=say(f"calls_{name}"))) from None
