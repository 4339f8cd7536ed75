"""``inspector deliveries …``: shown and done."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.delivery.desk import listed, send_again, send_test
from inspector.delivery.records import Delivery, DeliveryState, Fault
from inspector.errors import UsageError
from inspector.reports.contract import to_line
from inspector.storage.configured import open_store

__all__ = ["run_list", "run_send_again", "run_test"]


def run_list(settings: Settings, state: DeliveryState | None, receiver: str | None, limit: int, *, json: bool) -> int:
    """Newest first. Raises PolicyError, StorageError."""
    with closing(open_store(settings, make=False)) as store:
        found = listed(store, actor_of(settings, store), limit, state, receiver)
    if json:
        stream = json_stdout()
        for one in found:
            stream.write(to_line(_object(one)) + "\n")
    elif found:
        Console().print(_table(found, settings))
    else:
        Console().print(say(settings.lang, "deliveries_none"))
    return 0


def run_send_again(settings: Settings, notices: list[str], receiver: str | None, *, everything: bool) -> int:
    """Raises UsageError when nobody said which, PolicyError, StorageError."""
    if not (notices or receiver or everything):
        raise UsageError(say(settings.lang, "deliveries_which"))
    with closing(open_store(settings, make=False)) as store:
        count = send_again(store, actor_of(settings, store), notices or None, receiver, datetime.now(UTC))
    Console().print(say(settings.lang, "deliveries_again", count=count))
    return 0


def run_test(settings: Settings, name: str) -> int:
    """Exit code 1 when the receiver did not take it."""
    with closing(open_store(settings)) as store:
        fault = send_test(store, actor_of(settings, store), settings, name)
    if fault is None:
        Console().print(say(settings.lang, "delivery_test_sent", name=name))
        return 0
    status = "" if fault.status is None else fault.status
    Console().print(say(settings.lang, "delivery_test_failed", name=name, kind=fault.kind, status=status))
    return 1


def _object(one: Delivery) -> dict[str, Any]:
    return {
        "schema": "inspector.delivery/1",
        "notice_id": one.notice_id,
        "receiver": one.receiver,
        "group_id": one.group_id,
        "number": one.number,
        "class": one.alert_class,
        "state": one.state.value,
        "since": one.since.isoformat(timespec="seconds"),
        "tries": one.tries,
        "next_at": None if one.next_at is None else one.next_at.isoformat(timespec="seconds"),
        "message_id": one.message_id,
        "fault": None if one.fault is None else {"kind": one.fault.kind.value, "status": one.fault.status},
        "sent_at": None if one.sent_at is None else one.sent_at.isoformat(timespec="milliseconds"),
    }


def _table(found: tuple[Delivery, ...], settings: Settings) -> Table:
    say_it, zone = partial(say, settings.lang), ZoneInfo(settings.business_tz)
    table = Table(title=say_it("deliveries_title"), box=None, pad_edge=False)
    for column in ("notice", "receiver", "class", "state", "tries", "since", "fault"):
        table.add_column(say_it(f"delivery_{column}"), no_wrap=column == "notice")
    for one in found:
        table.add_row(
            one.notice_id,
            one.receiver,
            one.alert_class,
            say_it(f"delivery_{one.state}"),
            str(one.tries),
            f"{one.since.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            _shown(one.fault),
        )
    return table


def _shown(fault: Fault | None) -> str:
    if fault is None:
        return ""
    return fault.kind.value if fault.status is None else f"{fault.kind.value} {fault.status}"
