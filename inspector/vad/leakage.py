"""Speech of one lane that is only the other lane's: echo and crosstalk, told from double talk and taken out.

::

    agent     |aaaaaaaaaaaaaaaaaaaa|            |aaaaaaaaaaaa|
    customer     |~~~~~~~~~~~~~~~~~~~~~~cccc|       |~~~ccc~~~~~~|   ~ the agent's voice, weaker, up to 0.4 s later
    leakage      |#####################|            |##|   |#####|   where the path explains what is heard
    speech                             |####|          |###|         the rest stays the customer's

The path by which a voice gets from one lane into the other is a delay and a gain for each band of the telephone. Both
are measured where the source is much louder: the delay by generalised cross-correlation with phase transform (Knapp and
Carter 1976), whose peak two people talking never reach; the gains by medians. Where a lane holds more than the path and
its own noise explain, its own party speaks, whatever leaks beneath. Where no path is found nothing is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.audio.runs import runs
from inspector.enums import SoundKind
from inspector.model import SoundSpan, Span
from inspector.vad.protocol import PAD_S, LaneActivity

__all__ = ["HOP_S", "Explained", "split", "without_leakage"]

FRAME, HOP = 512, 256  # samples at 16 kHz: 32 ms, half overlapping
HOP_S = HOP / MODEL_RATE_HZ
BLOCK = 4000  # frames, 64 s, for which a path is taken to hold
WHOLE = 125  # frames: 2 s, a whole number of samples at any rate

VOICE_HZ = (300.0, 3400.0)
BANDS = 14
LOUDER = 4.0  # times the energy, 6 dB: there it is the source who speaks
LOUD_PERCENTILE, LEAST_LOUD = 90, 0.03  # 15 dB below the loud frames of the source lie its pauses
LEAST_LOUD_FRAMES = 30
FLOOR_PERCENTILE = 10
LEAST_FLOOR = 1e-6  # a band's power in a frame of white noise at about -95 dBFS: no lane is more silent than that

LAG_WINDOW = 16_384  # samples: 1 s
LONGEST_LAG = 6_400  # samples: 0.4 s
LEAST_LAG_WINDOWS = 4
LEAST_PEAK = 7.0  # times the root mean square: without leakage 4.7 at most on the tuning calls

OWN_EXCESS_DB = 2.0  # mean over the bands: leakage stays below in 99 frames of 100, a lane's own voice in less than one
MARGIN = round(PAD_S / HOP_S)  # frames
OWN_WITHIN, OWN_LEAST = 9, 3  # frames: so many of so many
LEAST_LEAK = 25  # frames, 0.4 s: what is shorter stays with the speech beside it
AUDIBLE = 0.1  # of the lane's noise; what leaks 10 dB below it is not heard
LEAST_EXPLAINED = 0.3  # of the frames of leakage, in which some is audible

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Explained:
    """What the frames of a lane hold, 16 ms each, shape (frames,): more than leaks into it (``own``); ``leaks``, above
    its noise. Both where two speak at once."""

    own: Flags
    leaks: Flags


def without_leakage(audio: Audio, activity: Mapping[int, LaneActivity]) -> dict[int, LaneActivity]:
    """The activity of each lane, speech that leaked from the other one as sound of the kind ``leakage``.

    What was speech is speech or leakage afterwards; where nothing leaks nothing changes. Leakage takes two lanes, and
    must be 6 dB weaker than its source. Bounded memory; raises RecordingError as ``audio.read`` does.
    """
    if len(activity) != 2 or not all(found.speech for found in activity.values()):
        return dict(activity)
    parts: dict[int, list[Explained]] = {lane: [] for lane in activity}
    for sounds, new in _blocks(audio, tuple(activity)):
        for lane, source in (tuple(activity), tuple(activity)[::-1]):
            explained = _explain(sounds[source], sounds[lane])
            parts[lane].append(Explained(explained.own[new:], explained.leaks[new:]))
    return {lane: _parted(found, parts[lane]) for lane, found in activity.items()}


def split(speech: Span, explained: Explained) -> tuple[list[Span], list[Span]]:
    """Speech of one lane in its own and what leaked, both by start; together they are all of it.

    ``explained``: of the whole lane. Own speech keeps the margin that detected speech has.
    """
    first, end = int(speech.start_s / HOP_S), -int(-speech.end_s // HOP_S)
    own, leaks = explained.own[first:end], explained.leaks[first:end]
    is_own = np.zeros(len(own), np.bool_)
    for begin, stop in runs(own):
        is_own[max(0, begin - MARGIN) : stop + MARGIN] = True
    for begin, stop in runs(~is_own):
        is_own[begin:stop] = stop - begin < LEAST_LEAK or leaks[begin:stop].mean() < LEAST_EXPLAINED
    edges = [0, *(np.flatnonzero(is_own[1:] != is_own[:-1]) + 1), len(is_own)]
    times_s = [speech.start_s, *((first + int(edge)) * HOP_S for edge in edges[1:-1]), speech.end_s]
    spans = [Span(*times) for times in pairwise(times_s)]
    begins_own = int(not is_own[0])
    return spans[begins_own::2], spans[1 - begins_own :: 2]


def _parted(found: LaneActivity, parts: list[Explained]) -> LaneActivity:
    """The activity of a lane, its speech split."""
    whole = Explained(np.concatenate([part.own for part in parts]), np.concatenate([part.leaks for part in parts]))
    pairs = [split(span, whole) for span in found.speech]
    leaked = (SoundSpan(span.start_s, span.end_s, SoundKind.LEAKAGE) for _, spans in pairs for span in spans)
    sounds = sorted([*found.sounds, *leaked], key=lambda sound: sound.start_s)
    return LaneActivity(tuple(span for spans, _ in pairs for span in spans), tuple(sounds))


def _blocks(audio: Audio, lanes: tuple[int, ...]) -> Iterator[tuple[dict[int, Float32], int]]:
    """Each lane at 16 kHz, 64 s at a time, and which of the block's frames is the first new one.

    Blocks begin 2 s before it, the last one so early that it is as long as the others: little sound shows no path.
    """
    rate_hz = audio.recording.rate_hz
    total = -(-audio.frames * MODEL_RATE_HZ // (rate_hz * HOP))
    for start in range(0, total, BLOCK):
        end = min(start + BLOCK, total)
        at = max(0, min(start - WHOLE, (total - BLOCK) // WHOLE * WHOLE))
        length = (end - at - 1) * HOP + FRAME
        first = at * HOP * rate_hz // MODEL_RATE_HZ
        stop = min(audio.frames, first + -(-length * rate_hz // MODEL_RATE_HZ))
        sounds = {lane: to_16k(audio.read(lane, first, stop), rate_hz)[:length] for lane in lanes}
        yield {lane: np.pad(sound, (0, length - len(sound))) for lane, sound in sounds.items()}, start - at


def _explain(source: Float32, sound: Float32) -> Explained:
    """What a lane holds beside what leaks into it from ``source``; both (samples,) at 16 kHz, equally long."""
    frames = (len(sound) - FRAME) // HOP + 1
    nothing = Explained(np.ones(frames, np.bool_), np.zeros(frames, np.bool_))
    lag = _lag(source, sound)
    if lag is None:
        return nothing
    sent = _band_powers(np.concatenate([np.zeros(lag, np.float32), source[: len(source) - lag]]))
    heard = _band_powers(sound)
    level = heard.sum(axis=1)
    floor = np.maximum(heard[level <= np.percentile(level, FLOOR_PERCENTILE)].mean(axis=0), LEAST_FLOOR)
    gains = _gains(sent, heard, floor)
    if gains is None:
        return nothing
    around = np.pad(sent, ((1, 1), (0, 0)))  # a room smears the voice over the frames beside
    most = gains * np.maximum(sent, np.maximum(around[:-2], around[2:])) + floor
    excess_db = 10 * np.log10(np.maximum(heard / most, 1)).mean(axis=1)
    own = np.convolve(excess_db >= OWN_EXCESS_DB, np.ones(OWN_WITHIN), "same") >= OWN_LEAST
    return Explained(own, (gains * sent).sum(axis=1) > AUDIBLE * floor.sum())


def _band_powers(sound: Float32) -> Float32:
    """Power of each frame in each band, shape (frames, 14)."""
    frames = sliding_window_view(sound, FRAME)[::HOP] * np.hanning(FRAME).astype(np.float32)
    at_hz = np.fft.rfftfreq(FRAME, 1 / MODEL_RATE_HZ)
    edges_hz = np.geomspace(*VOICE_HZ, BANDS + 1)
    members = (at_hz[:, None] >= edges_hz[:-1]) & (at_hz[:, None] < edges_hz[1:])
    powers: Float32 = np.square(np.abs(np.fft.rfft(frames))).astype(np.float32) @ members.astype(np.float32)
    return powers


def _lag(source: Float32, sound: Float32) -> int | None:
    """By how many samples ``source`` arrives later in ``sound``; None where it does not arrive."""
    windows = [sliding_window_view(lane, LAG_WINDOW)[:: LAG_WINDOW // 2] for lane in (source, sound)]
    energy, other = (np.einsum("ij,ij->i", lane, lane) for lane in windows)
    loud = np.flatnonzero(_is_loud(energy, other))
    if len(loud) < LEAST_LAG_WINDOWS:
        return None
    shape = np.hanning(LAG_WINDOW).astype(np.float32)
    at_hz = np.fft.rfftfreq(LAG_WINDOW, 1 / MODEL_RATE_HZ)
    phases = np.zeros(len(at_hz), np.complex128)
    for number in loud:
        sent, heard = (np.fft.rfft(lane[number] * shape) for lane in windows)
        cross = np.conj(sent) * heard
        phases += cross / np.maximum(np.abs(cross), np.finfo(np.float64).tiny)
    phases[(at_hz < VOICE_HZ[0]) | (at_hz > VOICE_HZ[1])] = 0
    likeness = np.abs(np.fft.irfft(phases))[:LONGEST_LAG]
    best = int(likeness.argmax())
    return best if likeness[best] >= LEAST_PEAK * np.sqrt(np.square(likeness).mean()) else None


def _gains(sent: Float32, heard: Float32, floor: Float32) -> Float32 | None:
    """Power gain of each band, shape (14,); None where the source is never alone for long enough."""
    loud = _is_loud(sent.sum(axis=1), heard.sum(axis=1))
    if loud.sum() < LEAST_LOUD_FRAMES:
        return None
    sent, above = sent[loud], np.maximum(heard[loud] - floor, 0)
    ratios = above / np.maximum(sent, LEAST_FLOOR)
    strong = sent >= np.median(sent, axis=0)  # the weaker half of a band tells more of noise than of the path
    return np.asarray(np.nanmedian(np.where(strong, ratios, np.nan), axis=0), np.float32)


def _is_loud(source: Float32, other: Float32) -> Flags:
    """Where the source speaks, and is much louder than the other, both without their noise. Powers, shape (n,)."""
    above, beside = (power - np.percentile(power, FLOOR_PERCENTILE) for power in (source, other))
    loud: Flags = (above > LOUDER * beside) & (above > LEAST_LOUD * np.percentile(above, LOUD_PERCENTILE))
    return loud
