"""Tones, keys and music by their kind, made here and sent through G.711; speech stays speech whatever sounds with it.

Timelines are in seconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.audio.g711 import MULAW
from inspector.audio.resample import to_16k
from inspector.audio.wav import open_wav
from inspector.enums import SoundKind
from inspector.model import SoundSpan, Span
from inspector.vad.sounds import FRAME, SoundScan, Timbre, separate
from tests import wavs

RATE_HZ = 8000
SAMPLES = Path(__file__).parents[2] / "audio_samples"
TRUTHS = sorted((SAMPLES / "truth").glob("*.json"))
ROWS_HZ, COLUMNS_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)

Wave = NDArray[np.float64]


# ---- sounds ----------------------------------------------------------------------------------------------------------


def at(wave: Wave, dbfs: float) -> Wave:
    """The wave at this RMS level."""
    scaled: Wave = wave * (32768 * 10 ** (dbfs / 20) / np.sqrt(np.mean(wave**2)))
    return scaled


def tone(seconds: float, *partials_hz: float, dbfs: float = -18) -> Wave:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return at(np.sum([np.sin(2 * np.pi * hz * times) for hz in partials_hz], axis=0), dbfs)


def quiet(seconds: float) -> Wave:
    return np.zeros(round(seconds * RATE_HZ))


def note(midi: int, seconds: float, decay: float, partials: Sequence[float]) -> Wave:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    hz = 440 * 2 ** ((midi - 69) / 12)
    heard = [(place * hz, loud) for place, loud in enumerate(partials, 1) if place * hz < 3600]
    wave: Wave = np.sum([loud * np.sin(2 * np.pi * own * times) for own, loud in heard], axis=0)
    return wave * np.exp(-decay * times) * np.minimum(1, np.minimum(times, times[::-1]) / 0.01)


def tune(seconds: float, step_s: float, ring_s: float, decay: float, chord: Sequence[int]) -> Wave:
    """Random notes of a scale, each on top of what still rings; every fourth with a chord below."""
    chance = np.random.default_rng(1)
    wave = quiet(seconds + ring_s + 1)
    for place in range(int(seconds / step_s)):
        own = [int(chance.choice([60, 62, 64, 67, 69, 72, 74])), *(chord if place % 4 == 0 else ())]
        start = round(place * step_s * RATE_HZ)
        for midi in own:
            sound = note(midi, ring_s, decay, (1, 0.5, 0.3, 0.15, 0.1))
            wave[start : start + len(sound)] += sound
    return wave[: round(seconds * RATE_HZ)]


def piano(seconds: float) -> Wave:
    return tune(seconds, 0.3, 1.5, 3.0, (48, 52, 55))


def organ(seconds: float) -> Wave:
    return tune(seconds, 2.0, 2.2, 0.1, (52, 55, 60))


def band(seconds: float) -> Wave:
    """A piano with drums."""
    wave = at(piano(seconds), -20)
    for start in range(0, len(wave) - 1600, 2400):
        wave[start : start + 1200] += wavs.noise(0.15, -16, start) * np.exp(-np.arange(1200) / 270)
    return wave


def hum(seconds: float) -> Wave:
    """A steady vowel that swells four times a second, as no throat can: the likest to speech that music gets."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    vowel = [
        (np.exp(-(((own - 650) / 200) ** 2)) + 0.5 * np.exp(-(((own - 1200) / 200) ** 2)) + 0.02, own)
        for own in range(220, 3500, 220)
    ]
    wave: Wave = np.sum([loud * np.sin(2 * np.pi * own * times) for loud, own in vowel], axis=0)
    return wave * (1 + 0.9 * np.sin(8 * np.pi * times))


MUSIC = {"piano": piano, "organ": organ, "band": band, "hum": hum}


def on_the_line(wave: Wave, noise_dbfs: float = -60) -> NDArray[np.int16]:
    """With line noise, through mu-law and back."""
    noisy = wave + wavs.noise(len(wave) / RATE_HZ + 1, noise_dbfs, 1)[: len(wave)]
    return MULAW[wavs.mulaw(np.clip(np.round(noisy), -32768, 32767).astype(np.int16))]


def frames_of(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    whole = to_16k(samples, RATE_HZ)
    return np.pad(whole, (0, -len(whole) % FRAME)).reshape(-1, FRAME)


def scanned(samples: NDArray[np.int16]) -> Timbre:
    scan = SoundScan()
    scan.feed(frames_of(samples))
    return scan.timbre()


def apart(wave: Wave, *found: Span, noise_dbfs: float = -60) -> tuple[tuple[Span, ...], tuple[SoundSpan, ...]]:
    return separate(scanned(on_the_line(wave, noise_dbfs)), found, len(wave) / RATE_HZ)


def sounds(*parts: Wave, noise_dbfs: float = -60) -> list[tuple[SoundKind, Any]]:
    """Kinds and extents, the extents to 0.1 s."""
    _, heard = apart(np.concatenate(parts), noise_dbfs=noise_dbfs)
    return [(SoundKind(sound.kind), pytest.approx((sound.start_s, sound.end_s), abs=0.1)) for sound in heard]


# ---- telephone tones -------------------------------------------------------------------------------------------------


@given(st.floats(0.5, 3.0), st.integers(1, 4), st.floats(-35, -10), st.floats(425.5, 474.5))
@settings(max_examples=12)
def test_ringing(lead_s: float, rings: int, dbfs: float, hz: float) -> None:
    ring = [tone(1, hz, dbfs=dbfs), quiet(4)] * rings  # |##|        |##|        |##|
    assert sounds(quiet(lead_s), *ring) == [(SoundKind.RINGBACK, (lead_s, lead_s + 5 * rings - 4))]


def test_a_ring_cut_short_by_the_answer_belongs_to_those_before() -> None:
    heard = sounds(quiet(1), tone(1, 450), quiet(4), tone(1, 450), quiet(4), tone(0.4, 450), quiet(3))
    assert heard == [(SoundKind.RINGBACK, (1, 11.4))]


@pytest.mark.parametrize("part_s", [0.35, 0.7])
@pytest.mark.parametrize("lead_s", [1.0, 1.017])
def test_busy_and_congestion(part_s: float, lead_s: float) -> None:
    heard = sounds(quiet(lead_s), *[tone(part_s, 450), quiet(part_s)] * 6, quiet(1))
    assert heard == [(SoundKind.BUSY, (lead_s, lead_s + 11 * part_s))]


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([tone(5, 450)], [(SoundKind.OTHER, (1, 6))]),  # the dial tone has no cadence
        ([tone(0.85, 450)], []),
        ([tone(0.35, 450), quiet(0.35), tone(0.35, 450)], []),  # two are no busy tone
        ([tone(1, 400), quiet(4), tone(1, 400)], [(SoundKind.MUSIC, (1, 2)), (SoundKind.MUSIC, (6, 7))]),
        ([tone(5, 450, dbfs=-55)], []),
    ],
    ids=["dial tone", "short", "two", "other pitch", "too soft"],
)
def test_what_is_no_ringing(parts: list[Wave], wanted: list[tuple[SoundKind, Any]]) -> None:
    assert sounds(quiet(1), *parts, quiet(3)) == wanted


# ---- keys ------------------------------------------------------------------------------------------------------------


def keyed(keys: Sequence[tuple[int, int]], on_s: float, off_s: float) -> list[Wave]:
    return [wave for row, column in keys for wave in (tone(on_s, row, column, dbfs=-14), quiet(off_s))]


EVERY_KEY = [(row, column) for row in ROWS_HZ for column in COLUMNS_HZ]


@given(st.lists(st.sampled_from(EVERY_KEY), min_size=1, max_size=8), st.floats(0.05, 0.3), st.floats(0.05, 0.9))
@settings(max_examples=25)
def test_keys_are_one_sound(keys: list[tuple[int, int]], on_s: float, off_s: float) -> None:
    heard = sounds(quiet(2), *keyed(keys, on_s, off_s), quiet(2))  # |k||k|  |k|
    assert heard == [(SoundKind.KEYPAD, (2, 2 + len(keys) * (on_s + off_s) - off_s))]


def test_which_keys_were_pressed_is_not_told() -> None:
    lead = quiet(1)
    pin, other = ([lead, *keyed(keys, 0.1, 0.2), lead] for keys in (EVERY_KEY[:6], EVERY_KEY[6:12]))
    assert apart(np.concatenate(pin)) == apart(np.concatenate(other))


def test_keys_far_apart_are_two_sounds() -> None:
    heard = sounds(quiet(1), *keyed(EVERY_KEY[:2], 0.1, 1.5))
    assert heard == [(SoundKind.KEYPAD, (1, 1.1)), (SoundKind.KEYPAD, (2.6, 2.7))]


@pytest.mark.parametrize("pair", [(697, 770), (500, 1336), (770, 1100), (770, 1270)])
def test_other_pairs_are_no_keys(pair: tuple[int, int]) -> None:
    assert sounds(quiet(1), *keyed([pair] * 4, 0.1, 0.4), quiet(1)) == []


# ---- music -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MUSIC)
@pytest.mark.parametrize("noise_dbfs", [-60, -48])
def test_music(name: str, noise_dbfs: float) -> None:
    heard = sounds(quiet(2), at(MUSIC[name](12), -25), quiet(2), noise_dbfs=noise_dbfs)
    assert {kind for kind, _ in heard} == {SoundKind.MUSIC}
    assert (heard[0][1].expected[0], heard[-1][1].expected[1]) == pytest.approx((2, 14), abs=0.2)


def test_other_loud_sound() -> None:
    roar = wavs.noise(5, -25, 3).astype(np.float64)
    assert sounds(quiet(2), roar, quiet(2)) == [(SoundKind.OTHER, (2, 7))]
    assert sounds(quiet(2), roar[:7000], quiet(2)) == [], "shorter than 1 s"
    assert sounds(quiet(2), roar / 100, quiet(2)) == [], "too soft"


def test_music_from_end_to_end_is_not_its_own_noise() -> None:
    assert [kind for kind, _ in sounds(at(piano(10), -20))] == [SoundKind.MUSIC]


def test_digital_silence() -> None:
    assert separate(scanned(np.zeros(80_000, np.int16)), (), 10.0) == ((), ())


# ---- speech stays speech ---------------------------------------------------------------------------------------------


OWN_CODECS = ("pcm_s16le", "pcm_alaw", "pcm_mulaw")


def spoken_lanes() -> list[Any]:
    lanes = []
    for path in TRUTHS:
        truth = json.loads(path.read_text("utf-8"))
        if truth["agent_channel"] is None or truth["sounds"] or truth["codec"] not in OWN_CODECS:
            continue
        for lane in (0, 1):
            party = "agent" if ("left", "right").index(truth["agent_channel"]) == lane else "customer"
            turns = tuple(Span(turn["start_s"], turn["end_s"]) for turn in truth["turns"] if turn["party"] == party)
            lanes.append(pytest.param(SAMPLES / truth["file"], lane, turns, id=f"{path.stem}-{lane}"))
    return lanes


def lane_of(path: Path, lane: int) -> NDArray[np.int16]:
    with open_wav(path, 3600) as audio:
        return audio.read(lane, 0, audio.frames)


def test_there_is_speech_to_try() -> None:
    assert len(spoken_lanes()) >= 8


@pytest.mark.parametrize(("path", "lane", "turns"), spoken_lanes())
def test_no_speech_is_taken_for_sound(path: Path, lane: int, turns: tuple[Span, ...]) -> None:
    samples = lane_of(path, lane)
    speech, heard = separate(scanned(samples), turns, len(samples) / RATE_HZ)
    assert speech == turns
    assert heard == (), "no syllable is a tone, no words are music"


@pytest.mark.parametrize("name", MUSIC)
@pytest.mark.parametrize("music_db", [-15, -5, 0, 5])
def test_speech_with_music_under_it_is_speech(name: str, music_db: float) -> None:
    path, lane, turns = spoken_lanes()[0].values
    voice = lane_of(path, lane).astype(np.float64)
    own = np.concatenate([voice[round(t.start_s * RATE_HZ) : round(t.end_s * RATE_HZ)] for t in turns])
    voice_dbfs = 20 * np.log10(np.sqrt(np.mean(own**2)) / 32768)
    mixed = voice + at(MUSIC[name](len(voice) / RATE_HZ + 1)[: len(voice)], voice_dbfs + music_db)
    assert apart(mixed, *turns)[0] == turns


def test_a_word_in_a_long_span_of_music_keeps_the_whole_span() -> None:
    path, lane, turns = spoken_lanes()[0].values
    first = turns[0]
    word = lane_of(path, lane)[round(first.start_s * RATE_HZ) :][: RATE_HZ // 2]
    wave = at(hum(10), -25)
    wave[4 * RATE_HZ : 4 * RATE_HZ + len(word)] += at(word.astype(np.float64), -25)
    span = Span(0.1, 9.9)
    assert apart(wave, span) == ((span,), ())


@pytest.mark.parametrize(
    ("parts", "kind"),
    [([at(hum(4), -22)], SoundKind.MUSIC), (keyed(EVERY_KEY[:12], 0.1, 0.2), SoundKind.KEYPAD)],
    ids=["music", "keys"],
)
def test_tones_found_as_speech_become_sound_and_are_never_dropped(parts: list[Wave], kind: SoundKind) -> None:
    wave = np.concatenate([quiet(1), *parts, quiet(1)])
    end_s = len(wave) / RATE_HZ - 1
    speech, (sound,) = apart(wave, Span(0.85, end_s + 0.15))  # |  pad|######|pad  |
    assert speech == () and sound.kind == kind
    assert (sound.start_s, sound.end_s) == pytest.approx((1, end_s), abs=0.25)


def test_what_is_neither_loud_nor_long_enough_to_be_a_sound_stays_speech() -> None:
    span = Span(0.85, 1.65)
    assert apart(np.concatenate([quiet(1), at(hum(0.5), -22), quiet(1)]), span) == ((span,), ())


@given(st.lists(st.floats(0, 30), min_size=2, max_size=8, unique=True).filter(lambda edges: len(edges) % 2 == 0))
@settings(max_examples=30)
def test_sounds_and_speech_are_sorted_apart_and_inside(edges: list[float]) -> None:
    edges = sorted(edges)
    found = tuple(Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True))
    speech, heard = separate(MIXED, found, 30.0)
    assert set(speech) <= set(found)
    both = sorted([(one.start_s, one.end_s) for one in (*speech, *heard)])
    assert all(before[1] <= after[0] + 1e-9 for before, after in pairwise(both))
    assert all(0 <= start_s < end_s <= 30 for start_s, end_s in both)
    taken = set(found) - set(speech)
    assert all(any(s.start_s < span.end_s and span.start_s < s.end_s for s in heard) for span in taken)


def mixture() -> Wave:
    parts = [quiet(1), tone(1, 450), quiet(4), tone(1, 450), quiet(1), *keyed(EVERY_KEY, 0.1, 0.2), quiet(1)]
    return np.concatenate([*parts, at(piano(10), -20), quiet(30)])[: 30 * RATE_HZ]


MIXED = scanned(on_the_line(mixture()))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12))
@settings(max_examples=8)
def test_how_the_lane_is_cut_leaves_no_trace(sizes: list[int]) -> None:
    frames = frames_of(on_the_line(mixture()))
    cuts = [cut for cut in np.cumsum(sizes).tolist() if cut < len(frames)]
    scan = SoundScan()
    for part in np.split(frames, cuts):
        scan.feed(part)
    parts = scan.timbre()
    for name in Timbre.__slots__:
        assert np.allclose(getattr(parts, name), getattr(MIXED, name), atol=1e-4), name
