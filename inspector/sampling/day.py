"""The draw of a business day over what was listed, kept: calls that no draw has listed yet get one of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspector import __version__
from inspector.sampling.draw import EVERY_CALL, Order, draw
from inspector.sampling.draw_file import DrawFile
from inspector.sampling.month_secret import committed_secret
from inspector.storage import Store

__all__ = ["draw_day"]


def draw_day(order: Order, calls: Mapping[str, str], home: Path, store: Store, actor: str) -> DrawFile:
    """Draws from ``calls`` (id → id at the source) as one stratum and keeps the draw. ``home``: of the secrets.

    Raises PolicyError when the secret is not the one committed to, ConfigError when its file cannot be read, and
    StorageError when another draw of the day was made meanwhile.
    """
    next_month = (order.business_date.replace(day=1) + timedelta(days=32)).replace(day=1)
    secret = committed_secret(home, f"{order.business_date:%Y-%m}", store, actor)
    # The next month's secret is committed to before its first call.
    committed_secret(home, f"{next_month:%Y-%m}", store, actor)
    store.draws.add(draw(order, {EVERY_CALL: calls}, secret, __version__), actor, datetime.now(UTC))
    return store.draws.of(order.business_date)[-1]
