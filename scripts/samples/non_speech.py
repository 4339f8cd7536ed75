"""Recordings in which nobody speaks: silence, noises, music and tones, on every line and in every codec."""

from __future__ import annotations

import math

import numpy as np

from .random_calls import LAYOUT_CODECS
from .script import CHANNELS, SIDES, SOUNDS, CallScript, Line, Segment, Sound
from .sounds import MADE

KINDS = (*MADE, *SOUNDS)
LENGTH_S = (60.0, 150.0)
LEVEL_DBFS = (-50.0, -18.0)
NOISE_DBFS = (-75.0, -50.0)  # of the line behind the sound
MARGIN_S = (0.0, 1.0)
KEY_EVERY_S = 0.37
KEYS = "0123456789*#"
EXACT_CODECS = ("pcm_s16le", "pcm_alaw", "pcm_mulaw")  # a codec for speech gives no digital silence back


def non_speech_calls(minutes: float, seed: int) -> list[CallScript]:
    """Recordings of 60 to 150 s, together at least `minutes` long; the kinds take turns, in an order of the seed."""
    rng = np.random.default_rng(seed)
    kinds = [str(kind) for kind in rng.permutation(KINDS)]
    calls: list[CallScript] = []
    reached_s = 0.0
    while reached_s < minutes * 60:
        call = _call(f"non_speech_{seed}_{len(calls):03d}", kinds[len(calls) % len(kinds)], rng)
        calls.append(call)
        reached_s += sum(event.length_s for event in call.events if isinstance(event, Sound))
    return calls


def _call(name: str, kind: str, rng: np.random.Generator) -> CallScript:
    """One recording of one kind; a stereo one has it on either side and the bare line on the other."""
    layout = str(rng.choice(("mono", "stereo")))
    codecs = EXACT_CODECS if kind == "silence" else tuple(LAYOUT_CODECS[layout])
    noise_dbfs = -math.inf if kind == "silence" else round(float(rng.uniform(*NOISE_DBFS)), 1)
    line = Line(
        codec=str(rng.choice(codecs)),
        agent_channel=None if layout == "mono" else str(rng.choice(CHANNELS)),
        noise="line",
        noise_dbfs=noise_dbfs,
        lead_s=round(float(rng.uniform(*MARGIN_S)), 2),
        tail_s=round(float(rng.uniform(*MARGIN_S)), 2),
    )
    length_s = round(float(rng.uniform(*LENGTH_S)), 1)
    keys = "".join(rng.choice(list(KEYS), round(length_s / KEY_EVERY_S))) if kind == "keypad" else ""
    level_dbfs = round(float(rng.uniform(*LEVEL_DBFS)), 1)
    return CallScript(
        id=name,
        tags=("non_speech", kind),
        voices={},
        line=line,
        segment=Segment(name, 1, 1),
        seed=int(rng.integers(1 << 32)),
        events=(Sound(kind, str(rng.choice(SIDES)), length_s, keys, level_dbfs, 0.0),),
        facts={},
        fires=(),
        never=(),
    )
