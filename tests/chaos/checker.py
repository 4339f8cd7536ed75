"""Decides from what was written down whether anything was lost or done twice. Knows nothing of how it came about.

Every call is followed through its events::

    accepted ─► waiting ─claimed f─► running f ─done f│rejected f─► ended      f: grows with every claim
                   ▲                    │  └─quarantined─► ended
                   └──────returned──────┘        ended ─requeued│updated─► waiting
    stale f: somebody came with a fence that does not count; changes nothing
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from inspector.enums import WorkState
from inspector.storage.ledger import EventKind
from tests.databases import Database

ENDS = {WorkState.DONE, WorkState.REJECTED, WorkState.QUARANTINED}
_END_OF = {
    EventKind.DONE: WorkState.DONE,
    EventKind.REJECTED: WorkState.REJECTED,
    EventKind.QUARANTINED: WorkState.QUARANTINED,
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: ``fence`` where it has one, ``why`` and ``how`` where it says so."""

    kind: EventKind
    call_id: str
    fence: int | None = None
    note: str = ""


@dataclass(slots=True)
class History:
    """What the database holds in the end. ``inspections``, ``alerts``: the call id of each row."""

    states: dict[str, WorkState] = field(default_factory=dict)
    events: list[Happened] = field(default_factory=list)
    inspections: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    orphans: int = 0
    integrity: str = "ok"


@dataclass(frozen=True, slots=True)
class Expected:
    """``accepted``: the calls that an answer was given for. How some of them must end; all others are to be done."""

    accepted: Collection[str]
    ends: Mapping[str, WorkState] = field(default_factory=dict)


def read_history(database: Database) -> History:
    """What is written down, as it is."""
    events = []
    for kind, call_id, data in database.rows("SELECT kind, call_id, CAST(data AS text) FROM event ORDER BY seq"):
        told = json.loads(data)
        events.append(Happened(EventKind(kind), call_id, told.get("fence"), told.get("why") or told.get("how") or ""))
    orphans = "SELECT count(*) FROM finding WHERE inspection_id NOT IN (SELECT id FROM inspection)"
    return History(
        {call_id: WorkState(state) for call_id, state in database.rows("SELECT call_id, state FROM work")},
        events,
        [call_id for (call_id,) in database.rows("SELECT call_id FROM inspection")],
        [call_id for (call_id,) in database.rows("SELECT call_id FROM alert")],
        database.rows(orphans)[0][0],
        database.rows("PRAGMA integrity_check")[0][0] if database.is_sqlite else "ok",
    )


def violations(history: History, expected: Expected) -> list[str]:
    """All that must not be, in words; nothing when every promise was kept."""
    found = [*_lost(history, expected), *_doubled(history), *_impossible(history)]
    if history.orphans:
        found.append(f"{history.orphans} findings without an inspection")
    if history.integrity != "ok":
        found.append(f"the database is damaged: {history.integrity}")
    return found


def _lost(history: History, expected: Expected) -> Iterator[str]:
    for call_id in sorted(expected.accepted):
        state, end = history.states.get(call_id), expected.ends.get(call_id, WorkState.DONE)
        if state is None:
            yield f"{call_id} was accepted and is not there"
        elif state not in ENDS:
            yield f"{call_id} was accepted and is still {state}"
        elif state is not end:
            yield f"{call_id} is {state}, must be {end}"
    for call_id in sorted(history.states.keys() - set(expected.accepted)):
        yield f"{call_id} is there and was never accepted"


def _doubled(history: History) -> Iterator[str]:
    for name, rows in (("inspections", history.inspections), ("alerts", history.alerts)):
        counted = Counter(rows)
        for call_id, state in sorted(history.states.items()):
            if counted[call_id] != (state is WorkState.DONE):
                yield f"{call_id} is {state} and has {counted[call_id]} {name}"
        yield from (f"{name} of {call_id}, which was never accepted" for call_id in counted.keys() - history.states)
    opened = Counter(one.call_id for one in history.events if one.kind is EventKind.ALERT_OPENED)
    yield from (f"{call_id} opened {count} alerts" for call_id, count in sorted(opened.items()) if count > 1)


def _impossible(history: History) -> Iterator[str]:
    """Events that cannot follow one another, and calls that are elsewhere than their events led."""
    of_call: dict[str, list[Happened]] = {}
    for event in history.events:
        of_call.setdefault(event.call_id, []).append(event)
    for call_id in sorted(of_call.keys() | history.states.keys()):
        trace = _Trace()
        for event in of_call.get(call_id, ()):
            if wrong := trace.follow(event):
                yield f"{call_id}: {wrong}"
        if trace.state != history.states.get(call_id):
            yield f"{call_id} is {history.states.get(call_id)}, its events lead to {trace.state}"


@dataclass(slots=True)
class _Trace:
    """Where a call is, after some of its events."""

    state: WorkState | None = None
    fence: int = 0

    def follow(self, event: Happened) -> str | None:
        """What is wrong with the next event, if anything is."""
        may, to = self._step(event)
        wrong = None if may else f"{event.kind} {event.note} with fence {event.fence} when {self.state} {self.fence}"
        if event.kind is EventKind.CLAIMED:
            self.fence = event.fence or 0
        self.state = to
        return wrong

    def _step(self, event: Happened) -> tuple[bool, WorkState | None]:
        held = self.state is WorkState.RUNNING and event.fence == self.fence
        match event.kind:
            case EventKind.ACCEPTED:
                return (self.state is None) == (event.note == "new"), WorkState.WAITING
            case EventKind.CLAIMED:
                return self.state is WorkState.WAITING and (event.fence or 0) > self.fence, WorkState.RUNNING
            case EventKind.RETURNED:
                again = self.state in ENDS and event.note == "requeued"
                return self.state is WorkState.RUNNING or again, WorkState.WAITING
            case EventKind.DONE | EventKind.REJECTED:
                return held, _END_OF[event.kind]
            case EventKind.QUARANTINED:
                aside = self.state is WorkState.WAITING and event.note == "put_aside"
                return self.state is WorkState.RUNNING or aside, _END_OF[event.kind]
            case EventKind.ALERT_OPENED:
                return self.state is WorkState.DONE, self.state
            case EventKind.STALE:
                return not held, self.state


def count_of(events: Iterable[Happened], kind: EventKind) -> int:
    return sum(event.kind is kind for event in events)
