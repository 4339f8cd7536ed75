"""One contract for every diariser: the scripted one of unit tests and the real one; and what the real one must tell."""

from __future__ import annotations

import json
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from inspector.audio.protocol import Audio, Int16
from inspector.audio.resample import to_16k
from inspector.audio.wav import open_wav
from inspector.bench.hearing.der import der
from inspector.config import Settings
from inspector.diarisation.fake import ScriptedDiariser
from inspector.diarisation.protocol import Diarisation, Diariser, SpeakerSpan
from inspector.model import Party, Span, SpeechSpan
from inspector.vad.protocol import PAD_S
from tests import wavs
from tests.conftest import ROOT

CALL = "theft_report"
CALLS = ("no_greeting_silence", "theft_report", "wealth_lawful", "wealth_promise")
WORST_DER = 0.1  # a fault of the code, not of the weights, would be far beyond this
GAP_S = 0.3  # shorter pauses between two turns are no pause to a voice detector


def mixed(name: str) -> wavs.ArrayAudio:
    """A stereo sample call, both channels added up."""
    with open_wav(ROOT / "audio_samples" / "calls" / f"{name}.wav", 3600) as audio:
        lanes = [audio.read(lane, 0, audio.frames).astype(np.int32) for lane in (0, 1)]
    return mono(np.clip(lanes[0] + lanes[1], -32768, 32767).astype(np.int16))


def mono(samples: Int16, rate_hz: int = 8000) -> wavs.ArrayAudio:
    return wavs.ArrayAudio(samples[:, None], rate_hz)


def said_in(name: str) -> list[SpeechSpan]:
    """Who speaks when, by the script the call was made of."""
    truth = json.loads((ROOT / "audio_samples" / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return [SpeechSpan(Party(t["party"]), t["start_s"], t["end_s"], t["party"]) for t in truth["turns"]]


def detected(said: list[SpeechSpan], end_s: float) -> tuple[Span, ...]:
    """What a voice detector would find of it: padded, neighbours in one span."""
    spans: list[Span] = []
    for turn in said:
        start_s, stop_s = max(0.0, turn.start_s - PAD_S), min(end_s, turn.end_s + PAD_S)
        if spans and start_s - spans[-1].end_s < GAP_S:
            start_s = spans.pop().start_s
        spans.append(Span(start_s, stop_s))
    return tuple(spans)


def told(found: Diarisation) -> list[SpeechSpan]:
    return [SpeechSpan(Party.UNKNOWN, span.start_s, span.end_s, str(span.speaker)) for span in found.spans]


def rate(audio: Audio, said: list[SpeechSpan], diariser: Diariser) -> float:
    end_s = audio.recording.duration_s
    return der(said, told(diariser.diarise(audio, 0, detected(said, end_s))), end_s).rate


class DiariserContract:
    """What every diariser promises."""

    @pytest.fixture
    def diariser(self) -> Diariser:
        raise NotImplementedError

    def test_voices_lie_within_the_speech_by_start(self, diariser: Diariser) -> None:
        audio = mixed(CALL)
        speech = detected(said_in(CALL), audio.recording.duration_s)
        spans = diariser.diarise(audio, 0, speech).spans
        assert spans
        assert [span.start_s for span in spans] == sorted(span.start_s for span in spans)
        assert speech[0].start_s <= spans[0].start_s
        assert max(span.end_s for span in spans) <= speech[-1].end_s
        for voice in {span.speaker for span in spans}:
            own = [span for span in spans if span.speaker == voice]
            assert all(before.end_s <= after.start_s for before, after in pairwise(own))

    def test_nothing_detected_is_dropped(self, diariser: Diariser) -> None:
        audio = mixed(CALL)
        speech = detected(said_in(CALL), audio.recording.duration_s)
        spans = diariser.diarise(audio, 0, speech).spans
        for part in speech:
            inside = [span for span in spans if span.start_s < part.end_s and span.end_s > part.start_s]
            assert inside
            assert inside[0].start_s - part.start_s < PAD_S + 0.5
            assert part.end_s - max(span.end_s for span in inside) < PAD_S + 0.5

    def test_voices_are_numbered_in_the_order_they_first_speak(self, diariser: Diariser) -> None:
        audio = mixed(CALL)
        found = diariser.diarise(audio, 0, detected(said_in(CALL), audio.recording.duration_s))
        assert list(dict.fromkeys(span.speaker for span in found.spans)) == list(range(found.speakers))

    def test_no_speech_no_voices(self, diariser: Diariser) -> None:
        assert diariser.diarise(mixed(CALL), 0, ()) == Diarisation(())

    def test_same_sound_same_voices(self, diariser: Diariser) -> None:
        audio = mixed(CALL)
        speech = detected(said_in(CALL), audio.recording.duration_s)
        assert diariser.diarise(audio, 0, speech) == diariser.diarise(audio, 0, speech)

    def test_is_named_with_digests(self, diariser: Diariser) -> None:
        for part in diariser.name.split("+"):
            name, digest = part.split("@")
            assert name
            assert len(bytes.fromhex(digest)) == 4


class TestScripted(DiariserContract):
    @pytest.fixture
    def diariser(self) -> Diariser:
        voices = {"agent": 0, "customer": 1}
        return ScriptedDiariser([SpeakerSpan(voices[t.speaker], t.start_s, t.end_s) for t in said_in(CALL)])

    def test_without_a_script_all_speech_is_one_voice(self) -> None:
        found = ScriptedDiariser().diarise(mixed(CALL), 0, (Span(1, 2), Span(3, 4)))
        assert found == Diarisation((SpeakerSpan(0, 1, 2), SpeakerSpan(0, 3, 4)))


@pytest.fixture(scope="session")
def real(model_settings: Settings) -> Diariser:
    from inspector.ears import load_diariser

    return load_diariser(model_settings)


@pytest.mark.model
class TestVoiceDiariser(DiariserContract):
    @pytest.fixture
    def diariser(self, real: Diariser) -> Diariser:
        return real

    def test_is_named_after_both_models(self, real: Diariser) -> None:
        assert real.name == "segmentation-3.0@b78fc481+ge2e@39373b86"

    @pytest.mark.parametrize("name", CALLS)
    def test_tells_the_two_parties_of_a_sample_call_apart(self, real: Diariser, name: str) -> None:
        audio, said = mixed(name), said_in(name)
        found = real.diarise(audio, 0, detected(said, audio.recording.duration_s))
        assert found.speakers == 2
        assert der(said, told(found), audio.recording.duration_s).rate < WORST_DER

    def test_one_party_alone_is_never_surely_two(self, real: Diariser) -> None:
        said = [turn for turn in said_in(CALL) if turn.speaker == "agent"]
        with open_wav(ROOT / "audio_samples" / "calls" / f"{CALL}.wav", 3600) as audio:
            assert real.diarise(audio, 0, detected(said, audio.recording.duration_s)).alike

    def test_the_other_lane_is_not_listened_to(self, real: Diariser) -> None:
        said = said_in(CALL)
        voices = mixed(CALL)
        beside = np.stack([wavs.noise(voices.recording.duration_s, -20, 1)[: voices.frames]] * 2, axis=1)
        beside = np.pad(beside, ((0, voices.frames - len(beside)), (0, 0)))
        beside[:, 1] = voices.read(0, 0, voices.frames)
        speech = detected(said, voices.recording.duration_s)
        assert real.diarise(wavs.ArrayAudio(beside), 1, speech) == real.diarise(voices, 0, speech)

    def test_the_rate_of_the_file_does_not_matter(self, real: Diariser) -> None:
        narrow, said = mixed(CALL), said_in(CALL)
        raised = np.round(to_16k(narrow.read(0, 0, narrow.frames), 8000) * 32768)
        wide = mono(np.clip(raised, -32768, 32767).astype(np.int16), 16_000)
        speech = detected(said, narrow.recording.duration_s - 0.01)
        one, other = (told(real.diarise(audio, 0, speech)) for audio in (narrow, wide))
        assert der(one, other, narrow.recording.duration_s).rate < 0.01

    @pytest.mark.parametrize("level", [0.05, 3.0])
    def test_the_level_of_the_line_does_not_matter(self, real: Diariser, level: float) -> None:
        audio = mixed(CALL)
        samples = np.clip(audio.read(0, 0, audio.frames) * level, -32768, 32767).astype(np.int16)
        assert rate(mono(samples), said_in(CALL), real) < WORST_DER

    def test_one_second_of_sound(self, real: Diariser) -> None:
        audio = mixed(CALL)
        short = mono(audio.read(0, 16_000, 24_000))
        for speech in ((Span(0, 1),), (Span(0.2, 0.5),), (Span(0.0, 0.3), Span(0.5, 1.0))):
            found = real.diarise(short, 0, speech)
            assert found.speakers == 1
            assert all(0 <= span.start_s < span.end_s <= 1 for span in found.spans)

    @pytest.mark.parametrize("sample", [0, 8])
    def test_digital_silence_that_was_taken_for_speech(self, real: Diariser, sample: int) -> None:
        silence = mono(np.full(8_000 * 20, sample, np.int16))
        found = real.diarise(silence, 0, (Span(1, 8), Span(9, 9.5), Span(10, 20)))
        assert found.speakers == 1
        assert len(found.spans) == 3

    def test_clipped_noise_from_end_to_end(self, real: Diariser) -> None:
        loud = mono(wavs.noise(20.0, 0, 1))
        found = real.diarise(loud, 0, (Span(0, 20),))
        assert found.spans
        assert max(span.end_s for span in found.spans) <= 20

    def test_twenty_minutes_in_bounded_memory(self, real: Diariser) -> None:
        audio, said = mixed(CALL), said_in(CALL)
        times = 1_200 // round(audio.recording.duration_s) + 1
        long = mono(np.tile(audio.read(0, 0, audio.frames), times))
        length_s = audio.recording.duration_s
        repeated = [
            SpeechSpan(turn.party, turn.start_s + length_s * lap, turn.end_s + length_s * lap, turn.speaker)
            for lap in range(times)
            for turn in said
        ]
        tracemalloc.start()
        try:
            found = real.diarise(long, 0, detected(repeated, long.recording.duration_s))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert long.longest_read <= 31 * 8_000
        assert peak < 400 << 20
        assert found.speakers == 2
        assert der(repeated, told(found), long.recording.duration_s).rate < WORST_DER


@pytest.mark.model
@pytest.mark.parametrize("broken", ["segmentation-3.0/segmentation-3.0.onnx", "ge2e/pretrained.pt"])
def test_an_altered_model_is_not_loaded(model_settings: Settings, tmp_path: Path, broken: str) -> None:
    from inspector.ears import load_diariser
    from inspector.errors import ModelError

    for name in ("segmentation-3.0/segmentation-3.0.onnx", "ge2e/pretrained.pt"):
        copy = tmp_path / "models" / name
        copy.parent.mkdir(parents=True)
        content = (model_settings.models_dir / name).read_bytes()
        copy.write_bytes(content[:-1] if name == broken else content)
    with pytest.raises(ModelError, match="bytes instead of") as caught:
        load_diariser(Settings(home=tmp_path))
    assert "scripts/setup" in caught.value.remedy
