"""Where a notice stands with a receiver, and what came of an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.delivery.notice import Message, Notice

__all__ = [
    "Address",
    "Circuit",
    "Delivery",
    "DeliveryState",
    "Fault",
    "FaultKind",
    "Figures",
    "Parcel",
    "Told",
    "Waiting",
]


class DeliveryState(StrEnum):
    """``dead``: given up, until a person sends it again. ``grouped``: told together with others in one message."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    GROUPED = "grouped"


class FaultKind(StrEnum):
    """Closed list of what can go wrong. ``set_up``: the receiver refuses us, a person must look at its settings."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    REDIRECT = "redirect"
    SET_UP = "set_up"
    BUSY = "busy"
    REFUSED = "refused"
    BAD_ANSWER = "bad_answer"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Address:
    """What a receiver is to have. None: of all audiences, of all classes."""

    audiences: frozenset[str] | None = None
    classes: frozenset[str] | None = None

    def wants(self, audience: str, alert_class: str) -> bool:
        """Whether a notice is for this receiver."""
        return (self.audiences is None or audience in self.audiences) and (
            self.classes is None or alert_class in self.classes
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an attempt failed. ``status``: the receiver's own number for it. ``retry_after_s``: what it asked for."""

    kind: FaultKind
    status: int | None = None
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that is to be sent to a receiver now. ``since``: when it began to wait; ``message_id``: of the message
    that tells it with others, once that was decided."""

    notice: Notice
    since: datetime
    tries: int
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """Notices that are sent, and fail, together."""

    message_id: str
    waiting: tuple[Waiting, ...]

    @property
    def is_grouped(self) -> bool:
        return self.message_id != self.waiting[0].notice.id

    @property
    def message(self) -> Message:
        return Message(self.message_id, tuple(one.notice for one in self.waiting))


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be noted of one notice after an attempt. ``next_at``: None at an end."""

    receiver: str
    notice_id: str
    state: DeliveryState
    at: datetime
    next_at: datetime | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """Faults of a receiver in a row; until when nothing is sent to it."""

    faults: int = 0
    shut_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice and a receiver, for people to look at."""

    notice_id: str
    receiver: str
    group_id: str
    number: int
    alert_class: str
    state: DeliveryState
    since: datetime
    tries: int
    next_at: datetime | None
    message_id: str | None
    fault: Fault | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """One receiver at a glance."""

    receiver: str
    pending: int
    dead: int
    oldest_pending: datetime | None
    last_sent: datetime | None
    circuit: Circuit
