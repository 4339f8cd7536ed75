"""Loud sound that is no speech, by its kind: ring-back, busy tone, keys, music.

::

    lane      |ring|    |ring|  |words, music under them|  |music      |  |k|k|k|
    speech                      |#######################|                          as the detector found it
    sounds    |ringback       |                            |music      |  |keypad|

Telephone tones are known by their frequencies and cadence (mainland China: 450 Hz, ring-back 1 s on and 4 s off, busy
0.35 s on and off, congestion 0.7 s; keys: ITU-T Q.23). Music is known by steady partials: over 2 s of it they hold
about half of the energy or more, of speech a fifth at most. Which key was pressed is never kept: card numbers and
passwords are keyed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from inspector.audio.protocol import Float32
from inspector.audio.resample import MODEL_RATE_HZ
from inspector.audio.runs import runs
from inspector.enums import SoundKind
from inspector.model import SoundSpan, Span

__all__ = ["FRAME", "FRAME_S", "SoundScan", "Timbre", "separate"]

FRAME = 512  # samples at 16 kHz
FRAME_S = FRAME / MODEL_RATE_HZ
DIGITAL_SILENCE_DBFS = -120.0

SOUND_DBFS = -45.0
SOUND_ABOVE_FLOOR_DB = 15.0
AUDIBLE_ABOVE_FLOOR_DB = 6.0
FLOOR_PERCENTILE = 10
HIGHEST_FLOOR_DBFS = -50.0  # no line noise is louder: without this, music from end to end would be its own floor
MIN_SOUND_S = 1.0
MAX_SOUND_GAP_S = 0.3  # between notes

BIN_HZ = MODEL_RATE_HZ / FRAME
LOWEST_BIN = 6  # 188 Hz: mains hum lies below
TONE_LOBE = slice(12, 18)
TONE_HZ = (425.0, 475.0)
TONE_SHARE = 0.8  # of the frame's energy: a tone 6 dB above everything else
KEY_ROWS_HZ = np.array([697.0, 770.0, 852.0, 941.0])
KEY_COLUMNS_HZ = np.array([1209.0, 1336.0, 1477.0, 1633.0])
KEY_ROW_BINS, KEY_COLUMN_BINS = (20, 32), (36, 55)
KEY_OFF = 0.025  # the standard allows 1.8 %
KEY_LEAST_SHARE = 0.08  # of the weaker of the two tones
MIN_TONE_FRAMES = 2
MOSTLY = 0.4  # of the frames of a loud stretch: those on the edge of a quick key hold only a part of it

RING_S = (0.94, 1.15)
RING_GAP_S = (3.5, 4.5)
BUSY_S = (0.2, 0.8)
BUSY_BURSTS = 3
KEY_GAP_S = (0.0, 1.0)

WIDE = 2048  # samples, 128 ms
HOP = 2  # frames from one wide window to the next
WIDE_BINS = slice(25, 442)  # 200 to 3450 Hz
LEAST_PEAK = 1e-3  # of the strongest partial
STEADY_BINS = 0.4  # 3 Hz
STEADY_STEPS = 2  # of HOP frames: 128 ms, so that three windows that hardly overlap agree
AHEAD = 2 * HOP * STEADY_STEPS + WIDE // FRAME  # frames that a frame's description depends on, on either side
MUSIC_SHARE = 0.35  # sample calls and others: speech 0.16 at most in 2 s, synthetic music 0.45 at least
TONAL_SHARE = 0.9  # a voice 5 dB softer than the music under it still keeps below
SYLLABLE_FRAMES = 5  # 0.16 s

Flags = NDArray[np.bool_]
Extent = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Timbre:
    """Frames of 32 ms of a lane; every field has shape (frames,).

    ``level_dbfs``: without DC. ``steady``: share 0 … 1 of the energy that lies in steady partials. ``tone``: the
    telephone's 450 Hz and little else. ``key``: a pair of keypad tones and little else.
    """

    level_dbfs: Float32
    steady: Float32
    tone: Flags
    key: Flags

    @property
    def floor_dbfs(self) -> float:
        """Level of the line's noise."""
        return min(float(np.percentile(self.level_dbfs, FLOOR_PERCENTILE)), HIGHEST_FLOOR_DBFS)


class SoundScan:
    """Describes a lane chunk by chunk in bounded memory; how it is cut into chunks leaves no trace."""

    def __init__(self) -> None:
        self._held = np.zeros((0, FRAME), np.float32)
        self._told = 0  # frames of what is held that are described already
        self._parts: list[Timbre] = []

    def feed(self, frames: Float32) -> None:
        """The next frames of the lane, float32 in [-1, 1], shape (n, 512)."""
        self._held = np.concatenate([self._held, frames])
        self._describe(len(self._held) - AHEAD)

    def timbre(self) -> Timbre:
        """The description of all frames fed; nothing may be fed after this."""
        self._describe(len(self._held))
        columns = ([getattr(part, name) for part in self._parts] for name in Timbre.__slots__)
        return Timbre(*(np.concatenate(column) for column in columns))

    def _describe(self, upto: int) -> None:
        if upto <= self._told:
            return
        new = slice(self._told, upto)
        tone, key = _telephone_tones(self._held[new])
        self._parts.append(Timbre(_levels(self._held[new]), _steady_share(self._held)[new], tone, key))
        cut = max(0, upto - AHEAD) // HOP * HOP
        self._held, self._told = self._held[cut:], upto - cut


def separate(
    timbre: Timbre, found: tuple[Span, ...], duration_s: float
) -> tuple[tuple[Span, ...], tuple[SoundSpan, ...]]:
    """Speech and sounds of a lane, sorted and apart. ``found``: what the detector took for speech.

    A span of it becomes sound only when no part of it, not even a syllable's length, could be anything but tones.
    """
    voiced = tuple(span for span in found if not _all_tones(timbre, span))
    sounds = tuple(_sounds(timbre, voiced, duration_s))
    speech = tuple(span for span in found if not any(s.start_s < span.end_s and span.start_s < s.end_s for s in sounds))
    return speech, sounds


def _levels(frames: Float32) -> Float32:
    spread = frames.std(axis=1)
    return np.asarray(20 * np.log10(np.maximum(spread, 10 ** (DIGITAL_SILENCE_DBFS / 20))), np.float32)


def _telephone_tones(frames: Float32) -> tuple[Flags, Flags]:
    """Which frames hold 450 Hz and little else, and which a pair of keypad tones and little else. Each (frames,)."""
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME).astype(np.float32), axis=1)) ** 2
    total = np.maximum(power[:, LOWEST_BIN:].sum(axis=1), 1e-12)
    lobe = power[:, TONE_LOBE]
    at_hz = lobe @ np.arange(TONE_LOBE.start, TONE_LOBE.stop) / np.maximum(lobe.sum(axis=1), 1e-12) * BIN_HZ
    tone = (lobe.sum(axis=1) >= TONE_SHARE * total) & (at_hz >= TONE_HZ[0]) & (at_hz <= TONE_HZ[1])
    row, row_fits = _strongest(power, KEY_ROW_BINS, KEY_ROWS_HZ)
    column, column_fits = _strongest(power, KEY_COLUMN_BINS, KEY_COLUMNS_HZ)
    both = (row + column >= TONE_SHARE * total) & (np.minimum(row, column) >= KEY_LEAST_SHARE * total)
    return tone, both & row_fits & column_fits


def _strongest(power: Float32, band: Extent, allowed_hz: NDArray[np.float64]) -> tuple[Float32, Flags]:
    """Energy of the strongest partial in a band of bins, and whether its frequency is one of the allowed ones."""
    peaks = power[:, band[0] : band[1]].argmax(axis=1) + band[0]
    bins = peaks[:, None] + np.arange(-2, 3)
    lobe = np.take_along_axis(power, bins, axis=1)
    energy = lobe.sum(axis=1)
    at_hz = (lobe * bins).sum(axis=1) / np.maximum(energy, 1e-12) * BIN_HZ
    off = np.abs(at_hz[:, None] / allowed_hz - 1).min(axis=1)
    return energy, off <= KEY_OFF


def _steady_share(frames: Float32) -> Float32:
    """Share of each frame's energy, 200 to 3450 Hz, in partials that keep their frequency within 3 Hz for 0.4 s.

    Voices glide: their share stays small. (Peak tracking after McAulay and Quatieri 1986, without amplitudes.)
    """
    margin = (WIDE - FRAME) // 2
    around = np.pad(frames.ravel(), (margin, WIDE))
    windows = sliding_window_view(around, WIDE)[: len(frames) * FRAME : HOP * FRAME]
    power = np.abs(np.fft.rfft(windows * np.hanning(WIDE).astype(np.float32), axis=1))[:, WIDE_BINS] ** 2
    left, middle, right = power[:, :-2], power[:, 1:-1], power[:, 2:]
    is_peak = (middle > left) & (middle >= right) & (middle > LEAST_PEAK * middle.max(axis=1, keepdims=True))
    a, b, c = (np.log(np.maximum(part, 1e-12)) for part in (left, middle, right))
    # parabola through the logarithms of the three bins
    offset = (a - c) / (2 * np.minimum(a - 2 * b + c, -1e-6))
    places = np.where(is_peak, np.arange(middle.shape[1]) + offset, np.nan)
    before, long_before = _keeps(places, STEADY_STEPS), _keeps(places, 2 * STEADY_STEPS)
    after, long_after = _keeps(places, -STEADY_STEPS), _keeps(places, -2 * STEADY_STEPS)
    steady = (before & long_before) | (before & after) | (after & long_after)
    share = ((left + middle + right) * steady).sum(axis=1) / np.maximum(power.sum(axis=1), 1e-12)
    return np.repeat(np.minimum(share, 1).astype(np.float32), HOP)[: len(frames)]


def _keeps(places: NDArray[np.floating], steps: int) -> Flags:
    """Which peaks, (windows, bins), have one of nearly the same frequency ``steps`` windows before (after if < 0)."""
    other = np.full_like(places, np.nan)
    if steps > 0:
        other[steps:] = places[:-steps]
    else:
        other[:steps] = places[-steps:]
    near: Flags = np.abs(places - other) < STEADY_BINS
    near[:, 1:] |= np.abs(places[:, 1:] - other[:, :-1]) < STEADY_BINS
    near[:, :-1] |= np.abs(places[:, :-1] - other[:, 1:]) < STEADY_BINS
    return near


def _all_tones(timbre: Timbre, span: Span) -> bool:
    """No audible stretch as long as a syllable is anything but tones or steady partials."""
    own = slice(*_frames_of(span))
    tonal = (timbre.steady >= TONAL_SHARE) | timbre.tone | timbre.key
    audible = timbre.level_dbfs >= timbre.floor_dbfs + AUDIBLE_ABOVE_FLOOR_DB
    return all(end - first < SYLLABLE_FRAMES for first, end in runs((audible & ~tonal)[own]))


def _sounds(timbre: Timbre, speech: tuple[Span, ...], duration_s: float) -> Iterator[SoundSpan]:
    """Trains of telephone tones, and other loud stretches of at least 1 s, where no speech is."""
    loud = timbre.level_dbfs >= max(SOUND_DBFS, timbre.floor_dbfs + SOUND_ABOVE_FLOOR_DB)
    kinds = np.full(len(loud), None, object)
    kinds[_closed(loud)] = SoundKind.OTHER
    for kind, (first, end) in _trains(timbre, runs(loud)):
        kinds[first:end] = kind
    for span in speech:
        kinds[slice(*_frames_of(span))] = None
    edges = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1), len(kinds)]
    for first, end in pairwise(map(int, edges)):
        kind, start_s, end_s = kinds[first], first * FRAME_S, min(end * FRAME_S, duration_s)
        if kind is SoundKind.OTHER and end_s - start_s >= MIN_SOUND_S:
            yield SoundSpan(start_s, end_s, SoundKind.MUSIC if _is_music(timbre, first, end) else kind)
        elif kind not in (None, SoundKind.OTHER) and end - first >= MIN_TONE_FRAMES:
            yield SoundSpan(start_s, end_s, kind)


def _is_music(timbre: Timbre, first: int, end: int) -> bool:
    """Steady partials, but more than one tone that never ends (the dial tone)."""
    steady, tone = timbre.steady[first:end].mean(), timbre.tone[first:end].mean()
    return bool(steady >= MUSIC_SHARE and tone < MOSTLY)


def _trains(timbre: Timbre, runs: list[Extent]) -> Iterator[tuple[SoundKind, Extent]]:
    """Where loud stretches, ``runs``, follow each other in the cadence of ring-back, of busy tone, or as keys do."""
    tones = [run for run in runs if _mostly(timbre.tone, run)]
    for train in _chained(tones, RING_GAP_S):
        if any(_lasts(burst, RING_S) for burst in train):
            yield SoundKind.RINGBACK, (train[0][0], train[-1][1])
    for train in _chained([burst for burst in tones if _lasts(burst, BUSY_S)], BUSY_S):
        if len(train) >= BUSY_BURSTS:
            yield SoundKind.BUSY, (train[0][0], train[-1][1])
    for train in _chained([run for run in runs if _mostly(timbre.key, run)], KEY_GAP_S):
        yield SoundKind.KEYPAD, (train[0][0], train[-1][1])


def _mostly(flags: Flags, run: Extent) -> bool:
    first, end = run
    inner = flags[first + 1 : end - 1] if end - first > MIN_TONE_FRAMES else flags[first:end]
    return end - first >= MIN_TONE_FRAMES and float(inner.mean()) >= MOSTLY


def _chained(bursts: Sequence[Extent], gap_s: tuple[float, float]) -> list[list[Extent]]:
    """The bursts, neighbours together whose gap lies within ``gap_s``."""
    chains: list[list[Extent]] = []
    for burst in bursts:
        if chains and _lasts((chains[-1][-1][1], burst[0]), gap_s):
            chains[-1].append(burst)
        else:
            chains.append([burst])
    return chains


def _lasts(extent: Extent, limits_s: tuple[float, float]) -> bool:
    return limits_s[0] <= (extent[1] - extent[0]) * FRAME_S <= limits_s[1]


def _closed(loud: Flags) -> Flags:
    """With the short gaps between two sounds, but not the quiet before the first or after the last."""
    closed = loud.copy()
    for first, end in runs(~loud):
        if first > 0 and end < len(loud) and (end - first) * FRAME_S <= MAX_SOUND_GAP_S:
            closed[first:end] = True
    return closed


def _frames_of(span: Span) -> Extent:
    return int(span.start_s / FRAME_S), int(np.ceil(span.end_s / FRAME_S))
