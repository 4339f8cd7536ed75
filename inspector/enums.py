"""The closed sets of words that records, contracts and databases use. Imports nothing of ours."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AlertClass",
    "Because",
    "Kind",
    "Layout",
    "Outcome",
    "Party",
    "Severity",
    "SoundKind",
    "Status",
    "UnheardWhy",
    "WorkQueue",
    "WorkState",
]


class Party(StrEnum):
    """Who is speaking. ``system``: menu, announcement, bot; never judged, but what it says counts as said."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Layout(StrEnum):
    """What the channels of a recording hold. ``dual_mono``: two channels with the same sound."""

    STEREO = "stereo"
    MONO = "mono"
    DUAL_MONO = "dual_mono"


class UnheardWhy(StrEnum):
    """Why speech that the voice detector found has no text."""

    NO_TEXT = "no_text"
    OVERLAP = "overlap"
    LOW_CONFIDENCE = "low_confidence"
    UNINSPECTABLE = "uninspectable"


class SoundKind(StrEnum):
    """What a sound is that is no speech of its lane. ``keypad``: keys pressed during the call, never which ones.
    ``leakage``: the voice of the other lane's party."""

    RINGBACK = "ringback"
    BUSY = "busy"
    KEYPAD = "keypad"
    MUSIC = "music"
    LEAKAGE = "leakage"
    OTHER = "other"


class Outcome(StrEnum):
    """The four answers of a rule; see ``docs/architecture.md``."""

    FIRES = "fires"
    SILENT = "silent"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


class Because(StrEnum):
    """Closed list of why a rule cannot tell."""

    PARTY_UNKNOWN = "party_unknown"
    NOT_HEARD = "not_heard"
    LOW_CONFIDENCE = "low_confidence"
    NO_FACTS = "no_facts"
    CUT_OFF = "cut_off"
    NO_SOUND = "no_sound"
    NO_MODEL = "no_model"
    MAYBE_NEGATED = "maybe_negated"
    BETWEEN_THRESHOLDS = "between_thresholds"
    UNCLEAR = "unclear"


class Kind(StrEnum):
    """What sort of rule: see ``rules/README.md``."""

    REQUIRED = "required"
    FORBIDDEN = "forbidden"
    SIGNAL = "signal"
    EVENT = "event"
    METRIC = "metric"


class Severity(StrEnum):
    """How bad, worst first in :attr:`rank`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for critical … 3 for low."""
        return list(Severity).index(self)


class AlertClass(StrEnum):
    """How soon an alert must be looked at, most urgent first."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


class Status(StrEnum):
    """Life of a rule. Only ``stable`` counts; ``test`` reaches reviewers; ``experimental`` the JSON only."""

    EXPERIMENTAL = "experimental"
    TEST = "test"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class WorkQueue(StrEnum):
    """Who works an accepted call off: workers of their own for what is urgent."""

    URGENT = "urgent"
    BATCH = "batch"


class WorkState(StrEnum):
    """Where an accepted call stands. ``rejected``: its recording cannot be inspected; ``quarantined``: it ended its
    workers again and again, or a person put it aside. The last three are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"
