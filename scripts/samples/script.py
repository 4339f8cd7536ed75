"""Call scripts: the YAML that says who says what in each sample call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .errors import SampleError

PARTIES = ("agent", "customer")
CHANNELS = ("left", "right")
CODECS = ("pcm_s16le", "pcm_alaw", "pcm_mulaw")


@dataclass(frozen=True)
class Utterance:
    """One uninterrupted stretch of speech of one party.

    `text` is the reference; `say` is what the voice reads (homophones, where it would
    misread `text`). `pause_before_s` counts seconds from the end of the utterance
    before; None draws a natural gap. `overlap_s` > 0 starts before that end.
    """

    party: str
    text: str
    say: str
    pause_before_s: float | None
    overlap_s: float


@dataclass(frozen=True)
class CallScript:
    """One call: voices, line and utterances, and the findings it must and must not give."""

    id: str
    title: str
    codec: str
    agent_channel: str
    voices: dict[str, str]
    speeds: dict[str, float]
    levels_dbfs: dict[str, float]
    noise_dbfs: float
    seed: int
    utterances: tuple[Utterance, ...]
    fires: tuple[str, ...]
    never: tuple[str, ...]


def read_scripts(path: Path) -> list[CallScript]:
    """All calls of a scripts file, checked; SampleError names the call at fault."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SampleError(f"cannot read the call scripts {path}: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("calls"), list):
        raise SampleError(f"{path}: expected a mapping with a list `calls`.")
    calls = [_call(item) for item in data["calls"]]
    if len({call.id for call in calls}) != len(calls):
        raise SampleError(f"{path}: two calls have the same id.")
    return calls


def _call(item: dict[str, Any]) -> CallScript:
    """One call from its YAML mapping."""
    try:
        call = CallScript(
            id=str(item["id"]),
            title=str(item["title"]),
            codec=str(item["codec"]),
            agent_channel=str(item["agent_channel"]),
            voices={party: str(item["voices"][party]) for party in PARTIES},
            speeds=_per_party(item.get("speed"), 1.0),
            levels_dbfs=_per_party(item.get("level_dbfs"), -26.0),
            noise_dbfs=float(item.get("noise_dbfs", -56.0)),
            seed=int(item["seed"]),
            utterances=tuple(_utterance(entry) for entry in item["utterances"]),
            fires=tuple(item["expect"]["fires"]),
            never=tuple(item["expect"]["never"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        name = item.get("id", "?") if isinstance(item, dict) else "?"
        raise SampleError(f"call {name}: missing or wrong field ({error!r}).") from error
    _check(call)
    return call


def _per_party(values: dict[str, float] | None, default: float) -> dict[str, float]:
    """One number per party, with a default."""
    return {party: float((values or {}).get(party, default)) for party in PARTIES}


def _utterance(entry: dict[str, Any]) -> Utterance:
    """One utterance from its YAML mapping."""
    pause = entry.get("pause_before_s")
    return Utterance(
        party=str(entry["party"]),
        text=str(entry["text"]),
        say=str(entry.get("say", entry["text"])),
        pause_before_s=None if pause is None else float(pause),
        overlap_s=float(entry.get("overlap_s", 0.0)),
    )


def _check(call: CallScript) -> None:
    """Refuse values outside the known sets and contradictory expectations."""
    problems = []
    if not call.id.isidentifier():
        problems.append("id must be letters, digits and underscores")
    if call.codec not in CODECS:
        problems.append(f"codec must be one of {', '.join(CODECS)}")
    if call.agent_channel not in CHANNELS:
        problems.append("agent_channel must be left or right")
    if not call.utterances or any(u.party not in PARTIES for u in call.utterances):
        problems.append("each utterance needs party agent or customer")
    if set(call.fires) & set(call.never):
        problems.append("a rule cannot be in both fires and never")
    if problems:
        raise SampleError(f"call {call.id}: {'; '.join(problems)}.")
