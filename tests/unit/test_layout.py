"""Two parties, the same sound twice, or nothing: on made lanes and on the sample calls."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inspector.audio.g711 import ALAW, MULAW
from inspector.audio.layout import find_layout
from inspector.audio.wav import open_wav
from inspector.model import Layout
from tests import wavs

SAMPLES = Path(__file__).parents[2] / "audio_samples"
TRUTHS = [json.loads(path.read_text("utf-8")) for path in sorted((SAMPLES / "truth").glob("*.json"))]
OWN = [t for t in TRUTHS if t["layout"] == "stereo" and t["codec"].startswith("pcm_")]
CALLS = [SAMPLES / t["file"] for t in OWN]
SECONDS = 20


def talk(seed: int, turns: tuple[int, ...]) -> np.ndarray:
    """Bursts of noise with syllables in the seconds ``turns``; float, about -25 dBFS."""
    samples = wavs.noise(SECONDS, -25, seed).astype(float)
    seconds = np.arange(len(samples)) / 8000
    return samples * np.isin(seconds.astype(int), turns) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * seconds))


AGENT = talk(1, tuple(range(0, SECONDS, 4)) + tuple(range(1, SECONDS, 4)))
CUSTOMER = talk(2, tuple(range(2, SECONDS, 4)))


def layout_of(*lanes: np.ndarray):
    return find_layout(wavs.ArrayAudio(np.stack([np.round(lane).astype(np.int16) for lane in lanes], axis=1)))


def hiss(dbfs: float, seed: int) -> np.ndarray:
    return wavs.noise(SECONDS, dbfs, seed).astype(float)


class TestSameSound:
    MIX = AGENT + CUSTOMER

    @pytest.mark.parametrize("gain", [1.0, 0.3, 3.0, -1.0])
    def test_at_any_gain_and_polarity(self, gain):
        assert layout_of(self.MIX, self.MIX * gain).layout is Layout.DUAL_MONO

    def test_with_noise_of_its_own_on_each_lane(self):
        lanes = self.MIX + hiss(-50, 3), self.MIX + hiss(-50, 4)
        assert layout_of(*lanes).layout is Layout.DUAL_MONO

    def test_coded_differently(self):
        samples = np.round(self.MIX).astype(np.int16)
        assert layout_of(ALAW[wavs.alaw(samples)], MULAW[wavs.mulaw(samples)]).layout is Layout.DUAL_MONO

    def test_quiet_and_coded_differently(self):
        samples = np.round(self.MIX / 10).astype(np.int16)
        assert layout_of(ALAW[wavs.alaw(samples)], MULAW[wavs.mulaw(samples)]).layout is Layout.DUAL_MONO

    def test_beside_a_constant_offset(self):
        assert layout_of(self.MIX, self.MIX + 300).layout is Layout.DUAL_MONO


class TestTwoParties:
    @pytest.mark.parametrize("crosstalk_db", [-60, -30, -20, -10, -6])
    def test_crosstalk_is_not_the_same_sound(self, crosstalk_db):
        leak = 10 ** (crosstalk_db / 20)
        facts = layout_of(AGENT + leak * CUSTOMER, CUSTOMER + leak * AGENT)
        assert facts.layout is Layout.STEREO and facts.dead_lanes == (False, False)

    def test_one_party_alone_with_its_crosstalk(self):
        assert layout_of(AGENT, AGENT * 0.1 + hiss(-65, 3)).layout is Layout.STEREO

    def test_one_announcement_to_both_lanes_first(self):
        announcement = talk(5, tuple(range(18)))
        own = talk(6, (18,)), talk(7, (19,))
        assert layout_of(announcement + own[0], announcement + own[1]).layout is Layout.STEREO

    def test_noise_on_both_lanes(self):
        assert layout_of(hiss(-40, 3), hiss(-40, 4)).layout is Layout.STEREO

    @pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
    def test_the_sample_calls_and_their_mixes(self, path):
        with open_wav(path, 3600) as audio:
            assert audio.lane_facts.layout is Layout.STEREO and not any(audio.lane_facts.dead_lanes)
            left, right = (audio.read(lane, 0, audio.frames).astype(float) for lane in (0, 1))
        mix = (left + right) / 2
        assert layout_of(mix, mix * 0.5 + 20).layout is Layout.DUAL_MONO
        assert layout_of(left + 0.1 * right, right + 0.1 * left).layout is Layout.STEREO


FAINT = wavs.noise(SECONDS, -90, 3)


class TestDeadLanes:
    @pytest.mark.parametrize(
        "nothing",
        [AGENT * 0, AGENT * 0 + 250, hiss(-75, 3), MULAW[wavs.mulaw(FAINT)], ALAW[wavs.alaw(FAINT)]],
        ids=["zeros", "constant", "noise", "mulaw", "alaw"],
    )
    def test_nothing_is_dead(self, nothing):
        facts = layout_of(AGENT, nothing)
        assert facts.layout is Layout.STEREO and facts.dead_lanes == (False, True)
        assert layout_of(nothing, AGENT).dead_lanes == (True, False)
        both = layout_of(nothing, nothing)
        assert both.layout is Layout.STEREO and both.dead_lanes == (True, True)

    def test_a_lane_with_a_whisper_at_its_very_end_lives(self):
        lane = AGENT * 0
        lane = np.append(lane, [60.0, -60.0] * 100)  # less than one frame, beyond the last whole one
        assert layout_of(np.append(AGENT, np.zeros(200)), lane).dead_lanes == (False, False)

    def test_a_faint_lane_lives(self):
        assert layout_of(AGENT, hiss(-66, 3)).dead_lanes == (False, False)

    def test_a_constant_is_dead_to_its_last_sample(self):
        assert layout_of(np.full(8100, 3000.0), np.full(8100, -3000.0)).dead_lanes == (True, True)

    def test_one_channel_is_mono(self):
        facts = layout_of(AGENT)
        assert facts.layout is Layout.MONO and facts.dead_lanes == (False,)
        assert layout_of(AGENT * 0).dead_lanes == (True,)

    def test_a_single_sample(self):
        assert layout_of(np.array([9.0]), np.array([9.0])).dead_lanes == (True, True)


def test_long_recordings_are_heard_in_small_windows():
    audio = wavs.ArrayAudio(np.zeros((8000 * 600, 2), np.int16))
    assert find_layout(audio).dead_lanes == (True, True)
    assert audio.longest_read <= 8000 * 30
