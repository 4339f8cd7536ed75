"""The checker must be able to fail: every promise broken on purpose, once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from inspector.enums import WorkState
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import EventKind
from tests.accepted import hearing, id_of, inspection, intake, kept, sha256_of
from tests.chaos.checker import Expected, Happened, History, read_history, violations
from tests.databases import Database

KEPT, PUT_ASIDE = id_of(1), id_of(2)
EXPECTED = Expected({KEPT, PUT_ASIDE}, {PUT_ASIDE: WorkState.QUARANTINED})


def honest() -> History:
    """One call that was taken from a slow worker and done by the next; one that was put aside."""
    accepted, claimed, returned = EventKind.ACCEPTED, EventKind.CLAIMED, EventKind.RETURNED
    return History(
        states={KEPT: WorkState.DONE, PUT_ASIDE: WorkState.QUARANTINED},
        events=[
            Happened(accepted, KEPT, note="new"),
            Happened(accepted, PUT_ASIDE, note="new"),
            Happened(claimed, KEPT, 1),
            Happened(claimed, PUT_ASIDE, 1),
            Happened(returned, KEPT, 1),
            Happened(EventKind.QUARANTINED, PUT_ASIDE, 1),
            Happened(EventKind.STALE, KEPT, 1),
            Happened(claimed, KEPT, 2),
            Happened(EventKind.DONE, KEPT, 2),
            Happened(EventKind.ALERT_OPENED, KEPT),
            Happened(EventKind.STALE, KEPT, 1),
        ],
        inspections=[KEPT],
        alerts=[KEPT],
    )


def test_an_honest_history_passes() -> None:
    assert violations(honest(), EXPECTED) == []


PLANTED: dict[str, Callable[[History], object]] = {
    "is not there": lambda h: h.states.pop(KEPT),
    "still waiting": lambda h: h.states.update({KEPT: WorkState.WAITING}),
    "must be done": lambda h: h.states.update({KEPT: WorkState.QUARANTINED}),
    "was never accepted": lambda h: h.states.update({id_of(3): WorkState.DONE}),
    "has 2 inspections": lambda h: h.inspections.append(KEPT),
    "has 0 inspections": lambda h: h.inspections.clear(),
    "has 1 inspections": lambda h: h.inspections.append(PUT_ASIDE),
    "has 2 alerts": lambda h: h.alerts.append(KEPT),
    "has 0 alerts": lambda h: h.alerts.clear(),
    "which was never accepted": lambda h: h.alerts.append("f" * 24),
    "opened 2 alerts": lambda h: h.events.append(Happened(EventKind.ALERT_OPENED, KEPT)),
    "work.done  with fence 2 when done": lambda h: h.events.append(Happened(EventKind.DONE, KEPT, 2)),
    "work.done  with fence 1 when running": lambda h: h.events.insert(8, Happened(EventKind.DONE, KEPT, 1)),
    "work.claimed  with fence 2 when running": lambda h: h.events.insert(8, Happened(EventKind.CLAIMED, KEPT, 2)),
    "work.claimed  with fence 1 when waiting": lambda h: h.events.insert(5, Happened(EventKind.CLAIMED, KEPT, 1)),
    "work.stale  with fence 2 when running": lambda h: h.events.insert(8, Happened(EventKind.STALE, KEPT, 2)),
    "work.returned  with fence 2 when done": lambda h: h.events.append(Happened(EventKind.RETURNED, KEPT, 2)),
    "work.accepted new": lambda h: h.events.append(Happened(EventKind.ACCEPTED, KEPT, note="new")),
    "alert.opened  with fence None when running": lambda h: h.events.insert(8, Happened(EventKind.ALERT_OPENED, KEPT)),
    "its events lead to running": lambda h: h.events.__delitem__(slice(8, 9)),
    "findings without": lambda h: setattr(h, "orphans", 3),
    "damaged": lambda h: setattr(h, "integrity", "row 7 missing from index"),
}


@pytest.mark.parametrize("told", PLANTED)
def test_a_planted_violation_is_found(told: str) -> None:
    history = honest()
    PLANTED[told](history)
    assert any(told in one for one in violations(history, EXPECTED)), violations(history, EXPECTED)


def test_a_real_database_is_read(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "inspector.db"))
    with closing(Store.open(database.url)) as store:
        store.ledger.accept([intake(1), intake(2)])
        (claim,) = store.ledger.claim([KEPT], "a", 60)
        assert store.ledger.finish(claim.fence, inspection(claim.call, hearing(sha256_of(1))), kept())
        assert violations(read_history(database), EXPECTED) == [f"{PUT_ASIDE} was accepted and is still waiting"]
        store.ledger.quarantine([PUT_ASIDE], "noise", "anna")
    assert violations(read_history(database), EXPECTED) == []
    database.change("DELETE FROM alert")
    assert violations(read_history(database), EXPECTED) == [f"{KEPT} is done and has 0 alerts"]
