"""Runs over a business day: the list and its rows, the switch's list, how far it is, how it was closed."""

from inspector.storage.nights.nights import NIGHT, Nights, lease_of

__all__ = ["NIGHT", "Nights", "lease_of"]
