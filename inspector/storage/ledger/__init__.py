"""What was accepted and how it is worked off, across processes and machines that may die at any moment."""

from inspector.storage.ledger.ledger import COURIER, RELAY, Ledger
from inspector.storage.ledger.records import (
    Acceptance,
    Claim,
    Counts,
    Event,
    EventKind,
    Intake,
    IntakeLeg,
    QueueCount,
    Unsent,
    WorkEntry,
)

__all__ = [
    "COURIER",
    "RELAY",
    "Acceptance",
    "Claim",
    "Counts",
    "Event",
    "EventKind",
    "Intake",
    "IntakeLeg",
    "Ledger",
    "QueueCount",
    "Unsent",
    "WorkEntry",
]
