"""Notices on their way out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from inspector.delivery.notice import Notice

__all__ = ["put_notice"]


def put_notice(connection: Connection, notice: Notice, now: datetime) -> None:
    """Keeps a notice to be delivered, in the transaction of ``connection``. Written by the helper for deliveries."""
