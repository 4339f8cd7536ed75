"""The time line of a call: events spoken or sounded, one after the other, then mixed into lanes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import telephone
from .script import SIDE, SIDES, CallScript, Sound, Utterance
from .sounds import make_sound
from .telephone import SAMPLE_RATE, VOICE_RATE_HZ, Pcm16, Samples

Speak = Callable[[str, str, float], NDArray[np.float32]]
"""Text, recipe of the voice and speed -> speech at VOICE_RATE_HZ."""
GAP_S = (0.3, 0.9)
CLAUSE_GAP_S = (0.1, 0.35)
SPACE_S = 0.2


@dataclass(frozen=True, slots=True)
class Placed:
    """One event on the line.

    `clip` is 8 kHz audio that begins at sample `offset` of the recording (before 0 when the recorder starts late);
    it is heard from `start_s` to `end_s`. `parts_s` has start and end of what was spoken in one: each clause, or all.
    """

    event: Utterance | Sound
    clip: Samples
    offset: int
    start_s: float
    end_s: float
    parts_s: tuple[tuple[float, float], ...]

    @property
    def side(self) -> str:
        """Whose lane it is on."""
        return _side(self.event)


def _side(event: Utterance | Sound) -> str:
    """Whose lane an event is on."""
    return SIDE[event.speaker] if isinstance(event, Utterance) else event.side


def place_events(call: CallScript, speak: Speak) -> list[Placed]:
    """Speak and sound all events and lay them on the time line of the recording."""
    rng = np.random.default_rng(call.seed)
    placed: list[Placed] = []
    reached_s = 0.0
    for event in call.events:
        gap_s = _gap_s(event, rng) if placed else call.line.lead_s
        start_s = reached_s + gap_s
        if gap_s < 0 and placed:
            start_s = max(start_s, *_earliest_s(placed, event))
        start = round(start_s * SAMPLE_RATE)
        clip, spans = _sounded(event, rng) if isinstance(event, Sound) else _spoken(call, event, speak, rng)
        offset = start - spans[0][0]
        parts_s = tuple(((offset + first) / SAMPLE_RATE, (offset + last) / SAMPLE_RATE) for first, last in spans)
        placed.append(Placed(event, clip, offset, max(0.0, start / SAMPLE_RATE), parts_s[-1][1], parts_s))
        reached_s = max(reached_s, placed[-1].end_s)
    return placed


def _earliest_s(placed: list[Placed], event: Utterance | Sound) -> tuple[float, float]:
    """Who falls in with another starts after him, and not before the own last word."""
    own_ends = [item.end_s for item in placed if item.side == _side(event)]
    return placed[-1].start_s + SPACE_S, max(own_ends, default=0.0) + SPACE_S


def _gap_s(event: Utterance | Sound, rng: np.random.Generator) -> float:
    """Seconds between the end before and this event; negative where they overlap."""
    if isinstance(event, Sound):
        return event.pause_before_s
    natural = float(rng.uniform(*GAP_S))
    if event.overlap_s > 0:
        return -event.overlap_s
    return natural if event.pause_before_s is None else event.pause_before_s


def _spoken(
    call: CallScript, utterance: Utterance, speak: Speak, rng: np.random.Generator
) -> tuple[Samples, list[tuple[int, int]]]:
    """One utterance at line level: clip, and the samples where its speech (each of its clauses) starts and ends."""
    voice = call.voices[utterance.speaker]
    parts: list[Samples] = []
    spans: list[tuple[int, int]] = []
    for text in utterance.clauses or (utterance.say,):
        if parts:
            parts.append(np.zeros(round(float(rng.uniform(*CLAUSE_GAP_S)) * SAMPLE_RATE)))
        speech = speak(text, voice.recipe, voice.speed / voice.pitch)
        clip, first, last = telephone.trim(telephone.to_line(speech, round(VOICE_RATE_HZ * voice.pitch)))
        reached = sum(map(len, parts))
        spans.append((reached + first, reached + last))
        parts.append(clip)
    return telephone.set_level(np.concatenate(parts), voice.level_dbfs), spans


def _sounded(sound: Sound, rng: np.random.Generator) -> tuple[Samples, list[tuple[int, int]]]:
    """One sound at line level: clip, where it starts and ends."""
    clip = make_sound(sound.kind, sound.length_s, sound.keys, rng)
    return telephone.set_level(clip, sound.level_dbfs), [(0, len(clip))]


def mix_lanes(call: CallScript, placed: list[Placed]) -> Pcm16:
    """The recording, shape (frames, channels): a lane per side with its own noise, or one with all."""
    line = call.line
    length = round((max(item.end_s for item in placed) + line.tail_s) * SAMPLE_RATE)
    sides = SIDES if line.agent_channel != "right" else SIDES[::-1]
    lanes = {side: np.zeros(length) for side in SIDES}
    for item in placed:
        first, last = max(0, item.offset), min(length, item.offset + len(item.clip))
        lanes[item.side][first:last] += item.clip[first - item.offset : last - item.offset]
    seeds = dict(zip(SIDES, np.random.SeedSequence(call.seed).spawn(len(SIDES)), strict=True))
    if line.agent_channel is None:
        mixed = lanes["agent"] + lanes["customer"]
        return telephone.to_pcm16((mixed + _noise(call, placed, length, seeds["agent"]))[:, np.newaxis])
    return telephone.to_pcm16(
        np.stack([_noise(call, placed, length, seeds[side]) + lanes[side] for side in sides], axis=1)
    )


def _noise(call: CallScript, placed: list[Placed], length: int, seed: np.random.SeedSequence) -> Samples:
    """The noise behind one lane."""
    rng = np.random.default_rng(seed)
    if call.line.noise == "line":
        return telephone.line_noise(length, call.line.noise_dbfs, rng)
    spoken = np.concatenate([item.clip for item in placed if isinstance(item.event, Utterance)])
    return telephone.babble(length, spoken, call.line.noise_dbfs, rng)
