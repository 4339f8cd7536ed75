"""Opens the database that the settings name."""

from __future__ import annotations

from inspector.config import Settings
from inspector.storage import Store, sqlite_url

__all__ = ["open_store"]


def open_store(settings: Settings) -> Store:
    """The configured database, else SQLite below home. Raises StorageError when it cannot be opened or written."""
    url = settings.database_url
    place = url.get_secret_value() if url is not None else sqlite_url(settings.home / "inspector.db")
    return Store.open(place, settings.business_tz)
