"""The database: records in, records out. The only place that knows SQL."""

from inspector.storage.engine import sqlite_url
from inspector.storage.repository import Store
from inspector.storage.saving import Kept, Saved
from inspector.storage.stored_calls import DayRange, StoredCall, StoredCalls

__all__ = ["DayRange", "Kept", "Saved", "Store", "StoredCall", "StoredCalls", "sqlite_url"]
