"""The frozen records that travel through the inspector, in order of travel.

Every record refuses impossible values when it is made, carries units in its names (``_s`` seconds, ``_hz``) and
round-trips through JSON by :func:`to_json` / :func:`from_json`. The closed sets lie in ``enums.py``, business data in
``facts.py``, recordings in ``recording.py``.

Times are seconds from the start of the call as the caller hears it, floats; spans are half-open.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter

from inspector.enums import Because, Kind, Layout, Outcome, Party, Severity, SoundKind, Status, UnheardWhy
from inspector.facts import Facts
from inspector.recording import Recording, Segment
from inspector.sound_check import SoundCheck

__all__ = [
    "TURN_PAUSE_S",
    "Because",
    "Call",
    "Coverage",
    "EmotionSpan",
    "Evidence",
    "Facts",
    "Finding",
    "Hearing",
    "Inspection",
    "Kind",
    "Layout",
    "MadeBy",
    "Metrics",
    "Outcome",
    "Party",
    "QueueEntry",
    "Recording",
    "Segment",
    "Severity",
    "SoundCheck",
    "SoundKind",
    "SoundSpan",
    "Span",
    "Speaker",
    "SpeechSpan",
    "Status",
    "Turn",
    "Unheard",
    "UnheardWhy",
    "Utterance",
    "call_id_of",
    "finding_id_of",
    "from_json",
    "to_json",
]


TURN_PAUSE_S = 4.0
"""A party that pauses this long has ended its turn."""


def _check_times(start_s: float, end_s: float) -> None:
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s < end_s):
        raise ValueError(f"a span needs 0 <= start < end, got {start_s} … {end_s}")


def _check_unit(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie in 0 … 1, got {value}")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time in seconds. An empty span cannot exist."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the recogniser wrote for one stretch of one lane (channel index).

    ``char_starts_s``, ``char_ends_s`` and ``char_confidence`` (0 … 1) hold one value per character of ``text``.
    """

    lane: int
    start_s: float
    end_s: float
    text: str
    char_starts_s: tuple[float, ...]
    char_ends_s: tuple[float, ...]
    char_confidence: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)
        _check_characters(self.text, self.char_starts_s, self.char_ends_s, self.char_confidence)


def _check_characters(text: str, *columns: tuple[float, ...]) -> None:
    if not text:
        raise ValueError("text must not be empty: what has no text is unheard")
    if any(len(column) != len(text) for column in columns):
        raise ValueError(f"{len(text)} characters need as many times and confidences")


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice of the call and which party it was taken for, with the reason a person can check."""

    id: str
    party: Party
    confidence: float
    why: str

    def __post_init__(self) -> None:
        _check_unit("confidence", self.confidence)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party said without the other taking over; every quote of it can be played.

    ``char_*``: one value per character of ``text``. ``confidence``: mean over the characters, 0 … 1.
    """

    party: Party
    speaker: str
    start_s: float
    end_s: float
    text: str
    char_starts_s: tuple[float, ...]
    char_ends_s: tuple[float, ...]
    char_confidence: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)
        _check_characters(self.text, self.char_starts_s, self.char_ends_s, self.char_confidence)

    @property
    def confidence(self) -> float:
        return sum(self.char_confidence) / len(self.char_confidence)


@dataclass(frozen=True, slots=True)
class SpeechSpan:
    """Speech of one party as the voice detector and the diarisation found it, heard or not.

    ``speaker``: the voice's :attr:`Speaker.id`. Spans of different speakers may overlap.
    """

    party: Party
    start_s: float
    end_s: float
    speaker: str = ""

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class Unheard:
    """Speech without text. Together with the turns it accounts for every second of speech."""

    party: Party
    start_s: float
    end_s: float
    why: UnheardWhy

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """Loud sound that is no speech (music, tones, keypad). It is not silence."""

    start_s: float
    end_s: float
    kind: SoundKind = SoundKind.OTHER

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class EmotionSpan:
    """A hint at emotion, by voice and words: ``label`` agitation or negativity, ``score`` 0 … 1, with reasons."""

    party: Party
    start_s: float
    end_s: float
    label: str
    score: float
    why: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)
        _check_unit("score", self.score)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What heard a recording: a model as ``name@first 8 of digest``, or a method; None where nothing took part."""

    asr: str | None
    vad: str | None
    diarisation: str | None
    emotion: str | None


@dataclass(frozen=True, slots=True)
class Hearing:
    """All that was heard of one recording: the border between the expensive and the cheap half.

    ``has_sound`` is False for calls written as text; ``starts_cut``: speech was already going on in the first instant;
    ``sound_checks``: of words that would have accused somebody when the call was heard.
    """

    recording: Recording
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]
    speech: tuple[SpeechSpan, ...]
    unheard: tuple[Unheard, ...]
    sounds: tuple[SoundSpan, ...]
    emotions: tuple[EmotionSpan, ...]
    made_by: MadeBy
    has_sound: bool = True
    starts_cut: bool = False
    sound_checks: tuple[SoundCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One conversation the business knows: the unit of judging, sampling, findings and retention."""

    source: str
    source_call_id: str
    facts: Facts = field(default_factory=Facts)

    @property
    def id(self) -> str:
        return call_id_of(self.source, self.source_call_id)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that supports a finding. ``how``: exact, pinyin, regex, absence, metric, …; ``score`` 0 … 1.

    ``sound_check``: how surely the sound says so and no denial of it, 0 … 1; None where nobody listened again.
    """

    start_s: float
    end_s: float
    party: Party
    quote: str
    wanted: str
    how: str
    score: float
    sound_check: float | None = None

    def __post_init__(self) -> None:
        _check_times(self.start_s, self.end_s)
        _check_unit("score", self.score)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Proof of how well a window was heard: speech of the party in it, what was heard, the gaps."""

    start_s: float
    end_s: float
    speech_s: float
    heard_s: float
    gaps: tuple[tuple[float, float], ...]
    lowest_confidence: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found in one call. One per (call, rule id, version); each place is one piece of evidence."""

    id: str
    rule_id: str
    rule_version: int
    kind: Kind
    status: Status
    severity: Severity
    title: str
    outcome: Outcome
    undetermined_because: Because | None
    party: Party
    why: str
    remedy: str
    evidence: tuple[Evidence, ...]
    coverage: Coverage | None

    def __post_init__(self) -> None:
        if self.outcome not in (Outcome.FIRES, Outcome.UNDETERMINED):
            raise ValueError(f"{self.outcome} is no finding")
        if (self.outcome is Outcome.UNDETERMINED) != (self.undetermined_because is not None):
            raise ValueError("undetermined needs its reason, and only undetermined has one")


@dataclass(frozen=True, slots=True)
class Metrics:
    """Measures of the conversation; None where they could not be taken. Rates in characters per minute of utterance."""

    agent_talk_s: float
    customer_talk_s: float
    silence_s: float
    longest_silence_s: float
    interruptions: int | None
    agent_rate_cpm: int | None
    customer_rate_cpm: int | None
    speech_unheard_s: float


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """Where the call goes next (``alert`` or ``review``) and because of which rules."""

    queue: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """A judged call: the hearing it stands on, findings, counts of outcomes, measures and queues."""

    call: Call
    hearing: Hearing
    findings: tuple[Finding, ...]
    by_rule: dict[str, Outcome]
    metrics: Metrics
    queues: tuple[QueueEntry, ...]
    packs: str
    code: str

    def count(self, outcome: Outcome) -> int:
        """How many rules answered so; events are not counted, they are no judgement."""
        return sum(1 for answer in self.by_rule.values() if answer is outcome)


def call_id_of(source: str, source_call_id: str) -> str:
    """First 24 hex digits of sha256 over source and source_call_id, separated by a zero byte."""
    return hashlib.sha256(f"{source}\0{source_call_id}".encode()).hexdigest()[:24]


def finding_id_of(call_id: str, rule_id: str, rule_version: int) -> str:
    """First 24 hex digits of sha256 over what makes a finding one: call, rule, version."""
    return hashlib.sha256(f"{call_id}\0{rule_id}\0{rule_version}".encode()).hexdigest()[:24]


RecordT = TypeVar("RecordT")


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(record_type: type[Any]) -> TypeAdapter[Any]:
    if record_type not in _adapters:
        _adapters[record_type] = TypeAdapter(record_type)
    return _adapters[record_type]


def to_json(record: object) -> str:
    """Compact JSON of any record here; the inverse of :func:`from_json`."""
    return _adapter(type(record)).dump_json(record).decode()


def from_json(record_type: type[RecordT], text: str | bytes) -> RecordT:
    """Reads what :func:`to_json` wrote; raises ``pydantic.ValidationError`` on anything else."""
    record: RecordT = _adapter(record_type).validate_json(text)
    return record
