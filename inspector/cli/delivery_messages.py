"""What is told of deliveries. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["DELIVERY_MESSAGES"]

DELIVERY_MESSAGES: dict[str, tuple[str, str]] = {
    "deliveries_none": ("没有符合条件的通知。", "there are no such notices."),
    "deliveries_title": ("对外通知", "notices told outside"),
    "delivery_notice": ("通知", "notice"),
    "delivery_receiver": ("接收方", "receiver"),
    "delivery_class": ("级别", "class"),
    "delivery_state": ("状态", "state"),
    "delivery_tries": ("次数", "tries"),
    "delivery_since": ("开始时间", "since"),
    "delivery_fault": ("最近故障", "last fault"),
    "delivery_pending": ("等待", "pending"),
    "delivery_sent": ("已送达", "sent"),
    "delivery_dead": ("已放弃", "dead"),
    "delivery_grouped": ("已合并送达", "grouped"),
    "deliveries_again": (
        "{count} 条已放弃的通知重新等待发送。",
        "{count} dead notices wait to be sent again.",
    ),
    "deliveries_which": (
        "给出通知编号，或用 --receiver、--all 指明要重发哪些。",
        "name notices, a receiver by --receiver, or say --all.",
    ),
    "delivery_test_sent": ("{name} 已收下测试通知。", "{name} took the test notice."),
    "delivery_test_failed": (
        "{name} 没有收下测试通知：{kind} {status}",
        "{name} did not take the test notice: {kind} {status}",
    ),
}
