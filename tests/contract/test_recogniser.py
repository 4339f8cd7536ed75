"""One contract for every recogniser: the scripted one of unit tests and the real Whisper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inspector.asr.fake import ScriptedRecogniser
from inspector.asr.protocol import LaneSpan, Recogniser
from inspector.audio.protocol import Audio
from inspector.audio.wav import open_wav
from inspector.pipeline import Ears
from tests import wavs
from tests.conftest import CALLS, ROOT

CALL = "theft_report"


def speech_of(name: str) -> tuple[LaneSpan, ...]:
    truth = json.loads((ROOT / "audio_samples" / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    agent = 0 if truth["agent_channel"] == "left" else 1
    lanes = {"agent": agent, "customer": 1 - agent}
    return tuple(LaneSpan(lanes[t["party"]], t["start_s"], t["end_s"]) for t in truth["turns"])


@pytest.fixture
def audio() -> Iterator[Audio]:
    with open_wav(CALLS / f"{CALL}.wav", 3600) as opened:
        yield opened


class RecogniserContract:
    """What every recogniser promises."""

    @pytest.fixture
    def recogniser(self) -> Recogniser:
        raise NotImplementedError

    def test_every_second_of_speech_is_accounted_for(self, recogniser: Recogniser, audio: Audio) -> None:
        speech = speech_of(CALL)
        transcript = recogniser.transcribe(audio, speech, lambda _: None)
        for span in speech:
            places = [*transcript.utterances, *transcript.lost]
            inside = sorted(
                (max(p.start_s, span.start_s), min(p.end_s, span.end_s))
                for p in places
                if p.lane == span.lane and p.start_s < span.end_s and p.end_s > span.start_s
            )
            reached = span.start_s
            for start, end in inside:
                assert start <= reached + 1e-6, f"hole at {reached}"
                reached = max(reached, end)
            assert reached >= span.end_s - 1e-6

    def test_utterances_are_in_time_order_and_inside_the_speech(self, recogniser: Recogniser, audio: Audio) -> None:
        utterances = recogniser.transcribe(audio, speech_of(CALL), lambda _: None).utterances
        assert utterances
        starts = [utterance.start_s for utterance in utterances]
        assert starts == sorted(starts)
        for utterance in utterances:
            assert all(utterance.start_s <= at <= utterance.end_s for at in utterance.char_starts_s)
            assert all(0 <= value <= 1 for value in utterance.char_confidence)

    def test_same_sound_same_words(self, recogniser: Recogniser, audio: Audio) -> None:
        speech = speech_of(CALL)[:3]
        again = self.fresh(recogniser)
        first = recogniser.transcribe(audio, speech, lambda _: None)
        assert first == again.transcribe(audio, speech, lambda _: None)

    def test_progress_tells_each_second_once(self, recogniser: Recogniser, audio: Audio) -> None:
        told: list[float] = []
        speech = speech_of(CALL)
        recogniser.transcribe(audio, speech, told.append)
        assert sum(told) == pytest.approx(sum(span.end_s - span.start_s for span in speech))

    def test_no_speech_no_text(self, recogniser: Recogniser, audio: Audio) -> None:
        transcript = recogniser.transcribe(audio, (), lambda _: None)
        assert (transcript.utterances, transcript.lost) == ((), ())

    def fresh(self, recogniser: Recogniser) -> Recogniser:
        return recogniser


class TestScripted(RecogniserContract):
    @pytest.fixture
    def recogniser(self) -> Recogniser:
        lanes: dict[int, list[str]] = {0: [], 1: []}
        for span in sorted(speech_of(CALL), key=lambda span: span.start_s):
            lanes[span.lane].append("您好" * max(1, round((span.end_s - span.start_s) * 1.5)))
        return ScriptedRecogniser(lanes)


@pytest.mark.model
class TestWhisper(RecogniserContract):
    @pytest.fixture
    def recogniser(self, ears: Ears) -> Recogniser:
        return ears.asr

    def test_its_name_carries_the_digest(self, recogniser: Recogniser) -> None:
        assert recogniser.name == "whisper-base@d01c3014"

    def test_silence_gives_no_words(self, recogniser: Recogniser) -> None:
        quiet = wavs.ArrayAudio(np.zeros((8000 * 5, 1), dtype=np.int16))
        transcript = recogniser.transcribe(quiet, (LaneSpan(0, 0.5, 4.5),), lambda _: None)
        heard_s = sum(lost.end_s - lost.start_s for lost in transcript.lost)
        assert heard_s == pytest.approx(4.0), f"silence was written as {transcript.utterances}"

    def test_speech_longer_than_a_window_is_cut_and_heard_to_its_end(
        self, recogniser: Recogniser, audio: Audio
    ) -> None:
        whole = LaneSpan(0, 0.5, audio.recording.duration_s - 0.5)
        assert whole.end_s - whole.start_s > 40
        utterances = recogniser.transcribe(audio, (whole,), lambda _: None).utterances
        assert any(utterance.end_s > 40 for utterance in utterances)


def test_a_directory_without_a_model_is_a_model_error(tmp_path: Path) -> None:
    from inspector.asr.whisper import WhisperRecogniser
    from inspector.errors import ModelError

    (tmp_path / "model.bin").write_bytes(b"no model")
    with pytest.raises(ModelError, match="scripts/setup"):
        WhisperRecogniser(tmp_path, "0" * 64, 1, 1)
