"""The database: records in, records out. The only place that knows SQL."""

from inspector.storage.engine import sqlite_url
from inspector.storage.repository import Saved, Store

__all__ = ["Saved", "Store", "sqlite_url"]
