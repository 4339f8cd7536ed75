"""The YAML file of scripted calls (audio_samples/scripts.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .errors import SampleError
from .script import CallScript, Line, Segment, Sound, Utterance, Voice, check

DEFAULT_LEVEL_DBFS = -26.0
DEFAULT_NOISE_DBFS = -56.0
DEFAULT_SPACE_S = 0.8


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
            tags=tuple(item["tags"]),
            voices=_voices(item),
            line=_line(item),
            segment=_segment(item),
            seed=int(item["seed"]),
            events=tuple(_event(entry) for entry in item["events"]),
            facts=dict(item.get("facts", {})),
            fires=tuple(item["expect"]["fires"]),
            never=tuple(item["expect"]["never"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        name = item.get("id", "?") if isinstance(item, dict) else "?"
        raise SampleError(f"call {name}: missing or wrong field ({error!r}).") from error
    check(call)
    return call


def _voices(item: dict[str, Any]) -> dict[str, Voice]:
    """Voice per speaker; speed, pitch and level_dbfs are mappings too, all optional."""

    def setting(key: str, speaker: str, default: float) -> float:
        return float(item.get(key, {}).get(speaker, default))

    return {
        speaker: Voice(
            recipe=str(recipe),
            speed=setting("speed", speaker, 1.0),
            pitch=setting("pitch", speaker, 1.0),
            level_dbfs=setting("level_dbfs", speaker, DEFAULT_LEVEL_DBFS),
        )
        for speaker, recipe in item["voices"].items()
    }


def _line(item: dict[str, Any]) -> Line:
    """Codec, channels, noise and the ends of the recording."""
    channel = item.get("agent_channel")
    return Line(
        codec=str(item["codec"]),
        agent_channel=None if channel is None else str(channel),
        noise=str(item.get("noise", "line")),
        noise_dbfs=float(item.get("noise_dbfs", DEFAULT_NOISE_DBFS)),
        lead_s=float(item.get("lead_s", DEFAULT_SPACE_S)),
        tail_s=float(item.get("tail_s", DEFAULT_SPACE_S)),
    )


def _segment(item: dict[str, Any]) -> Segment:
    """The whole call, unless `segment` says otherwise."""
    if "segment" not in item:
        return Segment(str(item["id"]), 1, 1)
    segment = item["segment"]
    return Segment(str(segment["call_id"]), int(segment["number"]), int(segment["count"]))


def _event(entry: dict[str, Any]) -> Utterance | Sound:
    """One utterance or sound from its YAML mapping."""
    pause = entry.get("pause_before_s")
    if "sound" in entry:
        return Sound(
            kind=str(entry["sound"]),
            side=str(entry.get("side", "customer" if entry["sound"] == "keypad" else "agent")),
            length_s=float(entry.get("length_s", 0.0)),
            keys=str(entry.get("keys", "")),
            level_dbfs=float(entry.get("level_dbfs", DEFAULT_LEVEL_DBFS)),
            pause_before_s=float(pause or 0.3),
        )
    return Utterance(
        speaker=str(entry["speaker"]),
        text=str(entry["text"]),
        say=str(entry.get("say", entry["text"])),
        pause_before_s=None if pause is None else float(pause),
        overlap_s=float(entry.get("overlap_s", 0.0)),
    )
