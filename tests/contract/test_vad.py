"""What every voice activity detector owes its callers, and what the real one must find."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from inspector.audio.wav import open_wav
from inspector.config import Settings
from inspector.errors import ModelError
from inspector.model import SoundSpan, Span
from inspector.models.store import MODELS, SILERO, ready_model
from inspector.vad import silero
from inspector.vad.fake import ScriptedVad
from inspector.vad.protocol import LaneActivity, Vad
from inspector.vad.silero import SileroVad
from tests import wavs

SAMPLES = Path(__file__).parents[2] / "audio_samples"
TRUTHS = [json.loads(path.read_text("utf-8")) for path in sorted((SAMPLES / "truth").glob("*.json"))]
OWN = [t for t in TRUTHS if t["layout"] == "stereo" and t["codec"].startswith("pcm_") and not t["sounds"]]
CALLS = [SAMPLES / t["file"] for t in OWN]
DIGEST = MODELS[SILERO].sha256


def model_file() -> Path:
    return ready_model(SILERO, Settings()).dir / MODELS[SILERO].files[0].name


@pytest.fixture(scope="module")
def real() -> SileroVad:
    return SileroVad(model_file(), DIGEST, 0.5)


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    """Left lane of a sample call, (samples,) at 8 kHz: about 49 s with seven turns."""
    if not CALLS:
        pytest.skip("no sample calls")
    with open_wav(CALLS[0], 3600) as audio:
        return audio.read(0, 0, audio.frames)


def mono(samples: np.ndarray, rate_hz: int = 8000) -> wavs.ArrayAudio:
    return wavs.ArrayAudio(samples.reshape(-1, 1), rate_hz)


def overlap(spans: tuple[Span, ...], start_s: float, end_s: float) -> float:
    return sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for span in spans)


def rhythm(*parts: tuple[float, np.ndarray | None]) -> np.ndarray:
    return np.concatenate([np.zeros(int(s * 8000), np.int16) if x is None else x[: int(s * 8000)] for s, x in parts])


class Contract:
    """Run on every detector; ``vad`` is a fixture of the subclass."""

    def test_speech_is_sorted_apart_and_inside_the_file(self, vad: Vad, voice):
        for samples in (voice, voice[: 8000 * 3], voice[8000:8700], voice[:1]):
            audio = mono(samples)
            speech = vad.activity(audio, 0).speech
            assert all(before.end_s <= after.start_s for before, after in pairwise(speech))
            assert all(0 <= span.start_s < span.end_s <= audio.recording.duration_s for span in speech)

    def test_sounds_are_sorted_and_never_speech(self, vad: Vad, voice):
        found = vad.activity(mono(np.concatenate([voice[: 8000 * 10], wavs.noise(3, -20, 1)])), 0)
        assert all(before.end_s <= after.start_s for before, after in pairwise(found.sounds))
        assert all(overlap(found.speech, s.start_s, s.end_s) == 0 for s in found.sounds)

    def test_is_deterministic(self, vad: Vad, voice):
        assert vad.activity(mono(voice), 0) == vad.activity(mono(voice), 0)

    def test_is_named_with_a_digest(self, vad: Vad):
        name, digest = vad.name.split("@")
        assert name and len(digest) == 8 and int(digest, 16) >= 0


class TestScripted(Contract):
    @pytest.fixture
    def vad(self) -> Vad:
        return ScriptedVad([LaneActivity((), (SoundSpan(0.5, 2.0),))])

    def test_says_what_it_was_told(self):
        told = LaneActivity((Span(0.1, 0.4), Span(0.4, 1.0)), ())
        assert ScriptedVad([told]).activity(mono(np.zeros(8000, np.int16)), 0) is told
        assert ScriptedVad([told]).activity(mono(np.zeros(8000, np.int16)), 1) == LaneActivity((), ())

    def test_refuses_what_no_detector_says(self):
        with pytest.raises(ValueError):
            ScriptedVad([LaneActivity((Span(1, 2), Span(0, 1)), ())])


class TestSilero(Contract):
    @pytest.fixture
    def vad(self, real) -> Vad:
        return real

    @pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
    def test_hears_the_speech_of_the_sample_calls_and_not_their_pauses(self, real, path):
        truth = json.loads((SAMPLES / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))
        agent = ("left", "right").index(truth["agent_channel"])
        with open_wav(path, 3600) as audio:
            for lane in (0, 1):
                party = "agent" if lane == agent else "customer"
                turns = [(t["start_s"], t["end_s"]) for t in truth["turns"] if t["party"] == party]
                speech = real.activity(audio, lane).speech
                covered = sum(overlap(speech, *turn) for turn in turns)
                assert turns and covered >= 0.97 * sum(end - start for start, end in turns)
                pauses = pairwise([0.0, *(edge for turn in turns for edge in turn), audio.recording.duration_s])
                for start, end in list(pauses)[::2]:
                    assert end - start < 1 or overlap(speech, start + 0.3, end - 0.3) == 0

    @pytest.mark.parametrize("samples", [np.zeros(480_000, np.int16), wavs.noise(60, -50, 1)], ids=["silence", "noise"])
    def test_hears_nothing_in_silence_and_noise(self, real, samples):
        assert real.activity(mono(samples), 0) == LaneActivity((), ())

    @pytest.mark.parametrize("lead_s", [17, 100])
    @pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
    def test_wakes_up_after_a_long_pause(self, real, path, lead_s):
        """The model's own memory dulls in noise: without fresh memories it misses the first answer after a pause."""
        truth = json.loads((SAMPLES / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))
        with open_wav(path, 3600) as audio:
            lanes = [audio.read(lane, 0, audio.frames) for lane in (0, 1)]
        firsts = [next(t for t in truth["turns"] if t["party"] == party) for party in ("agent", "customer")]
        ordered = firsts if truth["agent_channel"] == "left" else firsts[::-1]
        for samples, turn in zip(lanes, ordered, strict=True):
            start, end = (int(turn[key] * 8000) for key in ("start_s", "end_s"))
            pause = wavs.noise(lead_s, -60, 1)
            heard = np.concatenate([pause, samples[start:end] + wavs.noise(60, -60, 2)[: end - start]])
            speech = real.activity(mono(heard), 0).speech
            assert overlap(speech, lead_s, lead_s + turn["end_s"] - turn["start_s"]) >= 0.8 * (end - start) / 8000

    @pytest.mark.parametrize("rate_hz", [6000, 7999, 8000, 11025, 16000, 44100])
    def test_chunks_join_without_a_click(self, rate_hz):
        times = np.arange(rate_hz * 70 + 123) / rate_hz
        samples = (8000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
        audio = mono(samples, rate_hz)
        joined = np.concatenate([frames.ravel() for frames in silero._chunks(audio, 0)])
        whole = silero.to_16k(samples, rate_hz)
        assert 0 <= len(joined) - len(whole) < silero.FRAME + 1
        assert np.abs(joined[: len(whole) - 200] - whole[:-200]).max() < 1e-4
        assert audio.longest_read <= 34 * rate_hz

    def test_chunks_leave_no_trace(self, real, voice, monkeypatch):
        audio = mono(np.concatenate([voice, voice]))
        whole, _ = real._listen(audio, 0)
        monkeypatch.setattr(silero, "CHUNK_S", 16)  # also a whole number of windows
        parts, _ = real._listen(audio, 0)
        assert np.abs(parts - whole).max() < 1e-3
        monkeypatch.setattr(silero, "WARM_UP", 0)
        assert np.abs(real._listen(audio, 0)[0] - whole).max() > 0.2, "the warm-up must matter"

    def test_digital_silence_is_skipped(self, real, monkeypatch):
        monkeypatch.setattr(real, "_session", None)  # would fail if it were asked
        a_law_silence = np.full(8000 * 100, 8, np.int16)
        assert real.activity(mono(a_law_silence), 0) == LaneActivity((), ())

    def test_finds_music_but_not_its_own_line_noise(self, real):
        times = np.arange(8000 * 5) / 8000
        tone = (3000 * np.sin(2 * np.pi * 450 * times)).astype(np.int16)
        (sound,) = real.activity(mono(rhythm((4, None), (5, tone), (4, None))), 0).sounds
        assert (sound.start_s, sound.end_s) == pytest.approx((4, 9), abs=0.07) and sound.kind == "other"
        assert len(real.activity(mono(np.tile(tone, 4)), 0).sounds) == 1, "music from end to end is sound too"
        assert not real.activity(mono(rhythm((4, None), (0.9, tone), (4, None))), 0).sounds
        assert not real.activity(mono(rhythm((4, None), (5, (tone / 30).astype(np.int16)), (4, None))), 0).sounds

    def test_keys_are_one_sound(self, real):
        times = np.arange(800) / 8000
        key = (4000 * (np.sin(2 * np.pi * 770 * times) + np.sin(2 * np.pi * 1336 * times))).astype(np.int16)
        pressed = rhythm((3, None), *[(0.1, key), (0.2, None)] * 8, (3, None))
        (sound,) = real.activity(mono(pressed), 0).sounds
        assert (sound.start_s, sound.end_s) == pytest.approx((3, 5.2), abs=0.1)

    def test_a_higher_threshold_hears_no_more(self, real, voice):
        strict = SileroVad(model_file(), DIGEST, 0.95).activity(mono(voice), 0).speech
        loose = real.activity(mono(voice), 0).speech
        assert sum(s.duration_s for s in strict) < sum(s.duration_s for s in loose)


class TestSpans:
    """How probabilities become spans; one frame is 32 ms."""

    @staticmethod
    def speech(*runs: tuple[int, float]) -> list[tuple[float, float]]:
        probabilities = np.concatenate([np.full(count, value, np.float32) for count, value in runs])
        spans = silero._speech(probabilities, 0.5, len(probabilities) * 0.032)
        return [(pytest.approx(span.start_s), pytest.approx(span.end_s)) for span in spans]

    def test_pads_and_clips(self):
        assert self.speech((50, 0), (50, 1), (50, 0)) == [(1.6 - 0.15, 3.2 + 0.15)]
        assert self.speech((100, 1)) == [(0, 3.2)]
        assert self.speech((2, 0), (50, 1), (2, 0)) == [(0, 54 * 0.032)]

    def test_goes_on_above_the_lower_threshold(self):
        assert len(self.speech((50, 0), (20, 0.6), (30, 0.4), (20, 0.6), (50, 0))) == 1
        assert self.speech((50, 0), (50, 0.4), (50, 0)) == []

    def test_short_gaps_close_and_short_speech_falls(self):
        assert len(self.speech((20, 0), (20, 1), (9, 0), (20, 1), (20, 0))) == 1
        assert len(self.speech((20, 0), (20, 1), (10, 0), (20, 1), (20, 0))) == 2
        assert self.speech((20, 0), (6, 1), (20, 0)) == []
        assert len(self.speech((20, 0), (7, 1), (20, 0))) == 1

    def test_speech_that_never_ends(self):
        assert self.speech((20, 0), (20, 1), (5, 0)) == [(0.64 - 0.15, 1.28 + 0.15)]


class TestModelFile:
    def test_is_the_one_in_the_table(self, real):
        assert real.name == f"silero-v6@{DIGEST[:8]}"

    def test_missing_altered_or_foreign(self, tmp_path):
        with pytest.raises(ModelError, match="read"):
            SileroVad(tmp_path / "none.onnx", DIGEST, 0.5)
        altered = tmp_path / "altered.onnx"
        altered.write_bytes(model_file().read_bytes()[:-1])
        with pytest.raises(ModelError, match="sha256"):
            SileroVad(altered, DIGEST, 0.5)
        digest = hashlib.sha256(altered.read_bytes()).hexdigest()
        with pytest.raises(ModelError, match="loaded"):
            SileroVad(altered, digest, 0.5)

    def test_impossible_threshold(self):
        with pytest.raises(ValueError, match="threshold"):
            SileroVad(model_file(), DIGEST, 1.0)
