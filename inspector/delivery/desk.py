"""What a person may ask of the deliveries: to see them, to have dead ones sent again, to try a receiver."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from inspector.config import Settings
from inspector.delivery.notice import Message, Notice, NoticeKind
from inspector.delivery.records import Delivery, DeliveryState, Fault, Figures
from inspector.delivery.senders import sender_of
from inspector.enums import AlertClass
from inspector.errors import UsageError
from inspector.roles import Actor, Deed, require
from inspector.storage import Store

__all__ = ["figures", "listed", "send_again", "send_test"]


def listed(
    store: Store, actor: Actor, limit: int, state: DeliveryState | None = None, receiver: str | None = None
) -> tuple[Delivery, ...]:
    """The deliveries that began to wait last. Raises PolicyError, StorageError."""
    require(actor, Deed.SEE_DELIVERIES)
    return store.deliveries.listed(limit, state, receiver)


def figures(store: Store, actor: Actor) -> tuple[Figures, ...]:
    """Each receiver at a glance. Raises PolicyError, StorageError."""
    require(actor, Deed.SEE_DELIVERIES)
    return store.deliveries.figures()


def send_again(
    store: Store, actor: Actor, notice_ids: Sequence[str] | None, receiver: str | None, now: datetime
) -> int:
    """Lets dead deliveries be tried anew; see :meth:`Deliveries.send_again`. Raises PolicyError, StorageError."""
    require(actor, Deed.SEND_AGAIN)
    return store.deliveries.send_again(notice_ids, receiver, actor.name, now)


def send_test(store: Store, actor: Actor, settings: Settings, name: str) -> Fault | None:
    """Sends a message that says it is a test to one receiver, at once, past queue and budget; leaves a trace.

    None when the receiver took it. Raises PolicyError, UsageError for a receiver that there is not, ConfigError for
    one that cannot be used, StorageError.
    """
    require(actor, Deed.SEND_AGAIN)
    delivery = settings.delivery
    if name not in delivery.receivers:
        known = ", ".join(sorted(delivery.receivers)) or "none"
        raise UsageError(f"no receiver is named {name}", f"there are: {known}; [delivery.receivers.{name}] makes one")
    sender = sender_of(delivery.receivers[name], ZoneInfo(settings.business_tz), delivery.timeout_s)
    notice = _test_notice()
    fault = sender.send(Message(notice.id, (notice,), is_test=True))
    told = "sent" if fault is None else fault.kind.value
    store.audit(actor.name, "delivery_test", name, {"message_id": notice.id, "outcome": told})
    return fault


def _test_notice() -> Notice:
    return Notice(
        group_id=f"test-{secrets.token_hex(8)}",
        kind=NoticeKind.OPENED,
        number=1,
        alert_class=AlertClass.P2,
        audience="test",
        rules=(("test", "测试 / test"),),
        call_ids=(),
        source_call_ids=(),
        team=None,
        agent=None,
        at_s=None,
        started_at=None,
        due_at=None,
        overdue_when_found=False,
        remedy="无需处理 / nothing to do",
        quote=None,
    )
