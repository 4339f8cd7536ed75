"""Opens the database that the settings name."""

from __future__ import annotations

from inspector.config import Settings
from inspector.storage.engine import sqlite_url
from inspector.storage.repository import Store

__all__ = ["open_store", "store_url"]


def open_store(settings: Settings, *, make: bool = True) -> Store:
    """The configured database, else SQLite below home; ``make`` False: only one that is there.

    Raises StorageError when it cannot be opened or written, ConfigError when a file that is named is wrong.
    """
    return Store.open(
        store_url(settings),
        settings.business_tz,
        make=make,
        alerts=settings.alerts,
        review=settings.review,
        cross_call=settings.incidents.rules,
    )


def store_url(settings: Settings) -> str:
    """Where the database is, with its password."""
    url = settings.database_url
    return url.get_secret_value() if url is not None else sqlite_url(settings.home / "inspector.db")
