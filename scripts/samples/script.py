"""Call scripts: who says what, in which voice, on which line; checked."""

from __future__ import annotations

from dataclasses import dataclass

from .codecs import CODECS
from .errors import SampleError

SIDE = {  # whose lane of a stereo recording a speaker is heard on
    "agent": "agent",
    "agent2": "agent",
    "menu": "agent",
    "bot": "agent",
    "customer": "customer",
    "relative": "customer",
}
SYSTEM = ("menu", "bot")
SIDES = ("agent", "customer")
CHANNELS = ("left", "right")
NOISES = ("line", "babble")
SOUNDS = ("ringback", "keypad", "music", "busy")
TAGS = (
    *("clean", "snr_20", "snr_10", "snr_5", "babble", "same_sex", "overlap", "interruption"),
    *("music", "menu", "keypad", "ringback", "busy", "bot", "three_parties", "silence"),
    *("transfer", "hang_up", "late_start", "outbound", "elderly", "negation_pair"),
)


@dataclass(frozen=True, slots=True)
class Voice:
    """How one speaker sounds. `pitch` 1.05 is 5 % higher, formants too; the level is that of active speech."""

    recipe: str
    speed: float
    pitch: float
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class Line:
    """What the recorder keeps. `lead_s` is the time before the first utterance; below zero the recorder starts within
    it. `tail_s` is the time after the last one; below zero the recording ends within it.
    """

    codec: str
    agent_channel: str | None
    noise: str
    noise_dbfs: float
    lead_s: float
    tail_s: float

    @property
    def layout(self) -> str:
        """A mono recording holds both sides mixed."""
        return "stereo" if self.agent_channel else "mono"


@dataclass(frozen=True, slots=True)
class Segment:
    """Which recording of which call this is."""

    call_id: str
    no: int
    count: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Which sentence of which negation pair a call holds, and how far the noise is below it in dB."""

    id: str
    rule: str
    lawful: bool
    snr_db: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One uninterrupted stretch of speech of one speaker.

    `text` is the reference; `say` is what the voice reads (homophones, where it would misread `text`).
    `pause_before_s` counts seconds from the end of the utterance before; None draws a natural gap. `overlap_s` > 0
    starts before that end. `clauses`, where there are any, are spoken one by one, with their own times in the truth.
    """

    speaker: str
    text: str
    say: str
    pause_before_s: float | None
    overlap_s: float
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that is no speech, in the lane of `side`; `keys` for the keypad, else `length_s`."""

    kind: str
    side: str
    length_s: float
    keys: str
    level_dbfs: float
    pause_before_s: float


@dataclass(frozen=True, slots=True)
class CallScript:
    """One recording: voices, line, events in order, and the findings its call must and must not give."""

    id: str
    tags: tuple[str, ...]
    voices: dict[str, Voice]
    line: Line
    segment: Segment
    seed: int
    events: tuple[Utterance | Sound, ...]
    facts: dict[str, object]
    fires: tuple[str, ...]
    never: tuple[str, ...]
    pair: Pair | None = None


def check(call: CallScript) -> None:
    """Refuse values outside the known sets and contradictory expectations."""
    line, problems = call.line, []
    if not call.id.isidentifier():
        problems.append("id must be letters, digits and underscores")
    if line.codec not in CODECS:
        problems.append(f"codec must be one of {', '.join(CODECS)}")
    elif CODECS[line.codec].mono_only and line.agent_channel:
        problems.append(f"{line.codec} is mono: agent_channel must be left out")
    if line.agent_channel not in (*CHANNELS, None):
        problems.append("agent_channel must be left, right or left out (mono)")
    if line.noise not in NOISES or unknown(call.tags, TAGS):
        problems.append(f"noise must be one of {NOISES}, tags of {TAGS}")
    if not 1 <= call.segment.no <= call.segment.count:
        problems.append("segment_no must be 1 to segment_count")
    if set(call.fires) & set(call.never):
        problems.append("a rule cannot be in both fires and never")
    problems += [problem for event in call.events if (problem := _event_problem(event, call))]
    if not any(isinstance(event, Utterance) for event in call.events):
        problems.append("nobody speaks")
    if problems:
        raise SampleError(f"call {call.id}: {'; '.join(problems)}.")


def unknown(found: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
    """What is not in the closed list, sorted."""
    return sorted(set(found) - set(known))


def _event_problem(event: Utterance | Sound, call: CallScript) -> str:
    """What is wrong with one event, or nothing."""
    if isinstance(event, Utterance):
        return "" if event.speaker in SIDE and event.speaker in call.voices else f"no voice for {event.speaker}"
    if event.kind not in SOUNDS or event.side not in SIDES:
        return f"sound must be one of {SOUNDS}, side of {SIDES}"
    return "" if (event.keys if event.kind == "keypad" else event.length_s > 0) else f"{event.kind} has no length"
