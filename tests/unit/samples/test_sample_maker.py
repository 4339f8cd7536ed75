"""The maker of the sample calls, without its voices: time line, lines and codecs, random dialogues."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.samples.codecs import CODECS, encode
from scripts.samples.errors import SampleError
from scripts.samples.random_calls import VOICES_SETS, blends, parts, random_calls
from scripts.samples.script import CallScript, Line, Segment, Sound, Utterance, Voice, check
from scripts.samples.script_file import read_scripts
from scripts.samples.sounds import make_sound
from scripts.samples.telephone import SAMPLE_RATE, VOICE_RATE_HZ
from scripts.samples.timeline import mix_lanes, place_events
from scripts.samples.truth import truth_text

MONO = Line("pcm_s16le", None, "line", -70.0, 0.5, 0.5)
VOICE = Voice("nobody", 1.0, 1.0, -26.0)


def speak(text: str, recipe: str, speed: float) -> np.ndarray:
    """A tone of 0.2 s per character between two silences, as long as the speed says."""
    seconds = np.arange(round(0.2 * len(text) / speed * VOICE_RATE_HZ)) / VOICE_RATE_HZ
    quiet = np.zeros(VOICE_RATE_HZ // 4)
    return np.concatenate([quiet, 0.3 * np.sin(2 * np.pi * 800 * seconds), quiet]).astype(np.float32)


def said(speaker: str, text: str, **how: float) -> Utterance:
    return Utterance(speaker, text, text, how.get("pause"), how.get("overlap", 0.0))


def script(*events: Utterance | Sound, line: Line = MONO) -> CallScript:
    voices = {event.speaker: VOICE for event in events if isinstance(event, Utterance)}
    return CallScript("made", ("clean",), voices, line, Segment("made", 1, 1), 7, events, {}, (), ())


def edges(call: CallScript) -> list[float]:
    """Start and end of each event in turn."""
    return [edge for item in place_events(call, speak) for edge in (item.start_s, item.end_s)]


def times(*wanted_s: float) -> object:
    return pytest.approx(list(wanted_s), abs=0.05)  # the line's filter rings on for some frames of 10 ms


class TestTimeLine:
    def test_utterances_follow_one_another(self):
        # A 0.5-1.5, C after 0.5 s: 2.0-2.4
        assert edges(script(said("agent", "12345"), said("customer", "12", pause=0.5))) == times(0.5, 1.5, 2.0, 2.4)

    def test_an_overlap_begins_before_the_end(self):
        # A 0.5-2.5, C 1.9-2.9
        found = edges(script(said("agent", "1234567890"), said("customer", "12345", overlap=0.6)))
        assert found == times(0.5, 2.5, 1.9, 2.9)

    def test_after_a_back_channel_nobody_falls_in_with_himself(self):
        # A 0.5-4.5, C 3.5-3.7 within, A again wants 3.5 but has his own words until 4.5
        call = script(said("agent", "1" * 20), said("customer", "1", overlap=1.0), said("agent", "12", overlap=1.0))
        _, agent_end, _, _, agent_again, _ = edges(call)
        assert agent_again > agent_end

    def test_a_higher_voice_is_as_long(self):
        call = script(said("agent", "1234567890"))
        higher = replace(call, voices={"agent": replace(VOICE, pitch=1.05)})
        assert edges(higher) == times(*edges(call))

    def test_a_late_recorder_starts_within_the_first_utterance(self):
        call = script(said("agent", "12345"), line=replace(MONO, lead_s=-0.3))
        assert edges(call) == times(0.0, 0.7)
        assert np.abs(mix_lanes(call, place_events(call, speak))[: SAMPLE_RATE // 20]).max() > 500

    def test_a_recording_that_stops_early_ends_the_last_turn(self):
        call = script(said("agent", "12345"), line=replace(MONO, tail_s=-0.4))
        placed = place_events(call, speak)
        lanes = mix_lanes(call, placed)
        truth = json.loads(truth_text(call, placed, len(lanes), "", 0.0))
        assert truth["turns"][0]["end_s"] == truth["duration_s"] == pytest.approx(1.1, abs=0.05)

    def test_mono_is_both_sides_and_stereo_has_a_lane_for_each(self):
        events = (said("agent", "12345"), said("customer", "12345", pause=0.5))
        mono, stereo = script(*events), script(*events, line=replace(MONO, agent_channel="right"))
        mixed, apart = (mix_lanes(call, place_events(call, speak)).astype(float) for call in (mono, stereo))
        assert mixed.shape[1] == 1 and apart.shape[1] == 2
        agent, customer = slice(4800, 11200), slice(16800, 23200)  # well within 0.5-1.5 s and 2.0-3.0 s
        assert np.std(apart[agent, 1]) > 50 * np.std(apart[agent, 0])
        assert np.std(apart[customer, 0]) > 50 * np.std(apart[customer, 1])
        assert np.std(mixed[agent]) == pytest.approx(np.std(apart[agent, 1]), rel=0.05)

    @pytest.mark.parametrize("snr_db", [20, 10, 5])
    @pytest.mark.parametrize("noise", ["line", "babble"])
    def test_noise_is_as_loud_as_told(self, noise, snr_db):
        line = replace(MONO, noise=noise, noise_dbfs=-26.0 - snr_db, lead_s=2.0, tail_s=2.0)
        call = script(said("agent", "1234567890" * 3), line=line)
        lanes = mix_lanes(call, place_events(call, speak)).astype(float) / 32768
        quiet = lanes[: round(1.9 * SAMPLE_RATE)]
        assert 20 * np.log10(np.std(quiet)) == pytest.approx(-26.0 - snr_db, abs=1.5)

    def test_the_truth_is_on_the_clock_of_the_decoded_file(self):
        call = script(said("agent", "12345"), Sound("busy", "agent", 1.0, "", -26.0, 0.3))
        placed = place_events(call, speak)
        truth = json.loads(truth_text(call, placed, 3 * SAMPLE_RATE, "", 0.02))
        (turn,), (sound,) = truth["turns"], truth["sounds"]
        assert [turn["start_s"], turn["end_s"], sound["start_s"], sound["end_s"]] == times(0.52, 1.52, 1.82, 2.82)


class TestSounds:
    RNG = np.random.default_rng(1)

    def test_ring_back_is_one_second_on_and_four_off(self):
        samples = make_sound("ringback", 10.0, "", self.RNG)
        second_on = [bool(np.std(part) > 0.1) for part in samples.reshape(10, SAMPLE_RATE)]
        assert second_on == [True, False, False, False, False] * 2

    def test_a_key_is_two_tones(self):
        samples = make_sound("keypad", 0.0, "5", self.RNG)
        spectrum = np.abs(np.fft.rfft(samples, SAMPLE_RATE))  # 1 Hz a bin
        low, high = np.argmax(spectrum[:1000]), 1000 + np.argmax(spectrum[1000:])
        assert (low, high) == (pytest.approx(770, abs=3), pytest.approx(1336, abs=3))

    def test_music_fills_its_time(self):
        samples = make_sound("music", 5.0, "", self.RNG)
        assert len(samples) == 5 * SAMPLE_RATE
        assert all(np.std(part) > 0.01 for part in samples.reshape(10, -1))


def onset_s(content: bytes) -> float:
    """When a decoded mono file begins to sound."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        samples = np.concatenate([frame.to_ndarray()[0].astype(float) for frame in container.decode(stream)])
        return float(np.argmax(np.abs(samples) > 0.2 * np.abs(samples).max()) / stream.rate)


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_a_codec_says_how_late_its_sound_is(codec: str) -> None:
    """A burst of noise at 1.0 s of the lanes must be heard at 1.0 s + delay of the file."""
    if CODECS[codec].sox_options and not shutil.which("sox"):
        pytest.skip("sox is not installed")
    rng = np.random.default_rng(3)
    lanes = np.zeros((3 * SAMPLE_RATE, 1), np.int16)
    lanes[SAMPLE_RATE : 2 * SAMPLE_RATE, 0] = rng.normal(0, 4000, SAMPLE_RATE)
    content, frames, delay_s = encode(lanes, codec)
    assert abs(frames - len(lanes)) < 0.1 * SAMPLE_RATE
    assert onset_s(content) == pytest.approx(1.0 + delay_s, abs=0.02)
    assert content == encode(lanes, codec)[0], "the same sound must give the same bytes"


def test_mono_codecs_refuse_two_lanes() -> None:
    call = script(said("agent", "1"), line=replace(MONO, codec="amr_nb", agent_channel="left"))
    with pytest.raises(SampleError, match="amr_nb is mono"):
        check(call)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fires": ("a.b",), "never": ("a.b",)}, "both fires and never"),
        ({"tags": ("loud",)}, "tags"),
        ({"events": ()}, "nobody speaks"),
        ({"segment": Segment("made", 3, 2)}, "segment_no"),
        ({"voices": {}}, "no voice for agent"),
    ],
)
def test_an_impossible_script_is_refused(wrong, message) -> None:
    with pytest.raises(SampleError, match=message):
        check(replace(script(said("agent", "1")), **wrong))


def test_a_scripts_file_says_which_call_is_at_fault(tmp_path: Path) -> None:
    file = tmp_path / "scripts.yaml"
    file.write_text("calls: [{id: one, tags: []}]", "utf-8")
    with pytest.raises(SampleError, match="call one: missing or wrong field"):
        read_scripts(file)


class TestRandomCalls:
    @settings(max_examples=20)
    @given(st.integers(0, 10_000), st.sampled_from(VOICES_SETS))
    def test_are_whole_dialogues(self, seed, voices_set):
        for call in random_calls(2, seed, voices_set):
            assert 15 <= len(call.events) <= 40
            assert {event.speaker for event in call.events} == {"agent", "customer"}
            assert not any(sign in event.text for event in call.events for sign in "{}0123456789")
            assert parts(call.voices["agent"].recipe) != parts(call.voices["customer"].recipe)

    def test_are_the_same_for_a_seed_whatever_the_count(self):
        assert random_calls(3, 5, "tuning") == random_calls(6, 5, "tuning")[:3]
        assert random_calls(3, 5, "tuning") != random_calls(3, 6, "tuning")

    def test_the_two_sets_share_no_voice(self):
        for sex in "fm":
            assert not set(blends("tuning", sex)) & set(blends("scoring", sex))

    def test_the_two_sets_share_hardly_a_sentence(self):
        heard = {
            voices_set: {
                event.text for call in random_calls(60, 1, voices_set) for event in call.events if len(event.text) > 5
            }
            for voices_set in VOICES_SETS
        }
        assert min(map(len, heard.values())) > 300
        assert not heard["tuning"] & heard["scoring"]

    def test_one_in_seven_utterances_overlaps(self):
        events = [event for call in random_calls(60, 2, "scoring") for event in call.events]
        assert sum(event.overlap_s > 0 for event in events) / len(events) == pytest.approx(0.15, abs=0.03)
