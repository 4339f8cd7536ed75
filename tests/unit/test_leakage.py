"""Leaked speech is taken out and recorded, a party's own never: talkers made here, sent through a path and G.711.

Timelines are in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import firwin, lfilter

from inspector.audio.g711 import MULAW
from inspector.audio.protocol import Int16
from inspector.enums import SoundKind
from inspector.model import SoundSpan, Span
from inspector.vad.leakage import HOP_S, Explained, split, without_leakage
from inspector.vad.protocol import LaneActivity
from tests import wavs

RATE_HZ = 8000
SLACK_S = 0.35  # the margin of speech, and the tail of a path

Wave = NDArray[np.float64]
Times = tuple[tuple[float, float], ...]


def talker(seconds: float, spans: Times, seed: int) -> Wave:
    """Somebody who speaks at -20 dBFS in the spans: syllables of a quarter of a second, each of a colour of its own."""
    dice = np.random.default_rng(seed)
    wave = np.zeros(int(seconds * RATE_HZ))
    for start_s, end_s in spans:
        for at in range(int(start_s * RATE_HZ), int(end_s * RATE_HZ), RATE_HZ // 4):
            low_hz = dice.uniform(300, 1500)
            band = firwin(65, [low_hz, low_hz + dice.uniform(400, 1500)], pass_zero=False, fs=RATE_HZ)
            sound = lfilter(band, 1, dice.standard_normal(RATE_HZ // 5))
            part = wave[at : at + len(sound)]
            part += (sound * np.hanning(len(sound)))[: len(part)] / sound.std() * 3277
    return wave


def leaked(wave: Wave, level_db: float, delay_s: float) -> Wave:
    """The wave by another path: later, weaker, through a room and a narrow band."""
    room = np.random.default_rng(9).standard_normal(120) * np.exp(-np.arange(120) / 25)
    sound = lfilter(firwin(65, [250, 2800], pass_zero=False, fs=RATE_HZ), 1, lfilter(room, 1, wave))
    sound *= wave.std() / sound.std() * 10 ** (level_db / 20)
    return np.concatenate([np.zeros(int(delay_s * RATE_HZ)), sound])[: len(wave)]


def line(*waves: Wave, seed: int) -> Int16:
    """What the recorder writes of all that comes in, with noise at -60 dBFS."""
    mixed = sum(waves) + wavs.noise(len(waves[0]) / RATE_HZ, -60, seed)
    return MULAW[wavs.mulaw(np.clip(np.round(mixed), -32768, 32767).astype(np.int16))]


def call(agent: Int16, customer: Int16) -> wavs.ArrayAudio:
    return wavs.ArrayAudio(np.stack([agent, customer], axis=1))


def speaking(*spans: tuple[float, float]) -> LaneActivity:
    return LaneActivity(tuple(Span(*span) for span in spans), ())


def overlap_s(spans: Sequence[Span | SoundSpan], start_s: float, end_s: float) -> float:
    return sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for span in spans)


class TestOneWay:
    # agent      |aaaaaaaaaaaaaaaaaaaa|      |aaaaaaaaaaaaaaaaaaaa|             1 … 9, 13 … 21
    # customer    ~~~~~~~~~~~~~~~~~~~~ |cccc| ~~~~~~|ccc|~~~~~~~~~~             own 9.6 … 12 and, at once, 16 … 18
    # detected   |--------------------------------------------------|           one stretch of the customer's lane
    SECONDS = 24.0
    AGENT, CUSTOMER = ((1, 9), (13, 21)), ((9.6, 12), (16, 18))

    @pytest.mark.parametrize("delay_s", [0.0, 0.12, 0.3])
    @pytest.mark.parametrize("level_db", [-12, -20, -30])
    def test_leakage_goes_and_the_own_voice_stays_also_under_the_other(self, level_db: float, delay_s: float) -> None:
        agent, customer = talker(self.SECONDS, self.AGENT, 1), talker(self.SECONDS, self.CUSTOMER, 2)
        audio = call(line(agent, seed=3), line(customer, leaked(agent, level_db, delay_s), seed=4))
        before = {0: speaking(*self.AGENT), 1: speaking((1, 21.3))}
        after = without_leakage(audio, before)
        assert after[0] == before[0]
        for own in self.CUSTOMER:
            assert overlap_s(after[1].speech, *own) == pytest.approx(own[1] - own[0]), "a word of the customer is lost"
        assert overlap_s(after[1].speech, 1, 9.6 - SLACK_S) == 0
        assert overlap_s(after[1].speech, 12 + SLACK_S, 16 - SLACK_S) == 0
        assert overlap_s(after[1].speech, 18 + SLACK_S, 21.3) == 0
        assert {sound.kind for sound in after[1].sounds} == {SoundKind.LEAKAGE}
        both: list[Span | SoundSpan] = [*after[1].speech, *after[1].sounds]
        both.sort(key=lambda span: span.start_s)
        assert (both[0].start_s, both[-1].end_s) == (1, 21.3)
        assert all(one.end_s == other.start_s for one, other in pairwise(both)), "every second stays accounted for"

    def test_without_leakage_nothing_changes(self) -> None:
        agent, customer = talker(self.SECONDS, self.AGENT, 1), talker(self.SECONDS, self.CUSTOMER, 2)
        before = {0: speaking(*self.AGENT), 1: speaking((1, 21.3))}
        assert without_leakage(call(line(agent, seed=3), line(customer, seed=4)), before) == before

    def test_a_voice_as_loud_as_its_source_is_no_leakage(self) -> None:
        agent = talker(self.SECONDS, self.AGENT, 1)
        before = {0: speaking(*self.AGENT), 1: speaking(*self.AGENT)}
        assert without_leakage(call(line(agent, seed=3), line(agent * 0.7, seed=4)), before) == before

    def test_a_lane_that_is_alone_or_whose_neighbour_is_silent(self) -> None:
        agent = line(talker(self.SECONDS, self.AGENT, 1), seed=3)
        alone = {0: speaking(*self.AGENT)}
        assert without_leakage(call(agent, agent), alone) == alone
        assert without_leakage(call(agent, agent), alone | {1: speaking()}) == alone | {1: speaking()}


def test_leakage_both_ways_for_minutes_in_bounded_memory() -> None:
    # agent      |aaaa|~~~~~|aaaa|~~~~~|aaaa| …      4 s each in turn, for 150 s, both ways, by paths of their own
    # customer   |~~~~|ccccc|~~~~|ccccc|~~~~| …
    seconds = 150.0
    turns = [tuple((float(at), at + 3.6) for at in range(first, 144, 8)) for first in (1, 5)]
    agent, customer = (talker(seconds, spans, seed) for seed, spans in enumerate(turns))
    audio = call(line(agent, leaked(customer, -18, 0.05), seed=3), line(customer, leaked(agent, -15, 0.2), seed=4))
    music = SoundSpan(146, 149, SoundKind.MUSIC)
    before = {lane: LaneActivity((Span(0.8, 145.0),), (music,)) for lane in (0, 1)}
    after = without_leakage(audio, before)
    for lane in (0, 1):
        for start_s, end_s in turns[lane]:
            assert overlap_s(after[lane].speech, start_s, end_s) == pytest.approx(end_s - start_s)
        for start_s, end_s in turns[1 - lane]:
            assert overlap_s(after[lane].sounds, start_s, end_s) >= end_s - start_s - 3 * SLACK_S
        assert after[lane].sounds[-1] == music
    assert audio.longest_read <= 67 * RATE_HZ


FLAGS = st.lists(st.tuples(st.booleans(), st.integers(1, 40)), min_size=1, max_size=12)


def flags(runs: list[tuple[bool, int]]) -> NDArray[np.bool_]:
    return np.concatenate([np.full(length, value) for value, length in runs])[:400]


@given(FLAGS, FLAGS, st.floats(0, 2), st.floats(0.05, 4))
def test_nothing_vanishes(own: list[tuple[bool, int]], leaks: list[tuple[bool, int]], start_s: float, s: float) -> None:
    """Speech is own speech or leakage, and no frame that holds an own voice is leakage."""
    columns = [np.zeros(400, np.bool_) for _ in range(2)]
    for column, drawn in zip(columns, (own, leaks), strict=True):
        column[: len(flags(drawn))] = flags(drawn)
    speech = Span(start_s, start_s + s)
    kept, gone = split(speech, Explained(*columns))
    parts = sorted([*kept, *gone], key=lambda span: span.start_s)
    assert (parts[0].start_s, parts[-1].end_s) == (speech.start_s, speech.end_s)
    assert all(one.end_s == other.start_s for one, other in pairwise(parts))
    for span in gone:
        inner = columns[0][round(span.start_s / HOP_S + 0.5) : round(span.end_s / HOP_S - 0.5)]
        assert not inner.any()
