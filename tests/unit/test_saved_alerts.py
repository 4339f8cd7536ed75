"""What follows the stream of events hears of every new alert once, whoever saves the call."""

from __future__ import annotations

from contextlib import closing

from inspector.storage import Store
from inspector.storage.ledger.records import EventKind
from tests.databases import Database
from tests.web.alert_floor import P0, raise_alert


def test_a_new_alert_is_told_once(database: Database) -> None:
    with closing(Store.open(database.url)) as store:
        for _ in range(2):
            raise_alert(store, "7")
        told = [one for one in store.ledger.events(0, 100) if one.kind == EventKind.ALERT_OPENED]
    assert [one.data for one in told] == [{"rule_id": P0}]
    assert told[0].call_id is not None
