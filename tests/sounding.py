"""Calls that can be listened to: a recording of known tones, and what is said to have been heard of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from inspector.audio.protocol import Int16
from inspector.model import Call, Facts, Finding, Hearing, Inspection, Layout, Recording, Turn, Unheard
from inspector.storage import Store
from tests.builders import hearing_of, judged, plan_of, rule_of
from tests.wavs import wav

RATE_HZ = 8000
AGENT_HZ, CUSTOMER_HZ = 1000, 2000
SAID_BY = {"agent": (0, AGENT_HZ), "customer": (1, CUSTOMER_HZ)}


def tones(hearing: Hearing, lanes: int = 2) -> Int16:
    """Each party a tone of its own in its lane while it speaks, silence else; shape (frames, lanes)."""
    made = np.zeros((round(hearing.recording.duration_s * RATE_HZ), lanes))
    at = np.arange(len(made)) / RATE_HZ
    for one in hearing.speech:
        lane, hertz = SAID_BY[one.party.value]
        place = (at >= one.start_s) & (at < one.end_s)
        made[place, min(lane, lanes - 1)] += 8000 * np.sin(2 * np.pi * hertz * at[place])
    return made.astype(np.int16)


def record(hearing: Hearing, path: Path, lanes: int = 2) -> Hearing:
    """Writes the recording of a hearing; the hearing of that recording."""
    data = wav(tones(hearing, lanes))
    path.write_bytes(data)
    layout = Layout.MONO if lanes == 1 else Layout.STEREO
    duration_s = hearing.recording.duration_s
    recording = Recording(sha256(data).hexdigest(), str(path), duration_s, RATE_HZ, lanes, "pcm_s16le", layout)
    return replace(hearing, recording=recording)


def keep(
    store: Store,
    directory: Path,
    *said: Turn | Unheard,
    no: str = "1",
    duration_s: float = 0.0,
    lanes: int = 2,
    findings: Sequence[Finding] = (),
    team: str = "一组",
) -> Inspection:
    """A call that is recorded, inspected and stored."""
    hearing = record(hearing_of(*said, duration_s=duration_s), directory / f"{no}.wav", lanes)
    made = replace(
        judged(plan_of(rule_of()), hearing),
        call=Call("pbx", no, Facts(team=team, agent="3062")),
        findings=tuple(findings),
    )
    store.save(made, "d")
    return made


def stored(store: Store, made: Inspection, hearing: Hearing) -> None:
    """The call with that hearing instead, its recording the same."""
    store.save(replace(made, hearing=hearing), "d")


def loudness(samples: Int16, hertz: float, rate_hz: int, start_s: float, end_s: float) -> float:
    """How much of a tone there is in these seconds of one lane: its amplitude."""
    part = samples[int(start_s * rate_hz) : int(end_s * rate_hz)].astype(np.float64)
    at = np.arange(len(part)) / rate_hz
    return float(2 * abs(np.mean(part * np.exp(-2j * np.pi * hertz * at))))
