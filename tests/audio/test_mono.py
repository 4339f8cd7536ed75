"""Both parties in one lane, heard for real: who is who, what each said, and nothing lost between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.audio.wav import open_wav
from inspector.bench.score import edits, normalised
from inspector.config import Settings
from inspector.model import Hearing, Layout, Party
from inspector.pipeline import Ears, hear
from tests import wavs
from tests.conftest import ROOT

pytestmark = pytest.mark.model

SAMPLES = ROOT / "audio_samples"
MIXED = ("theft_report", "wealth_promise")  # stereo calls, their channels added up
RECORDED = ("must_wording", "wealth_verbatim")  # calls that were made with one channel
WORST_CER = 0.3  # of a party: the smallest share has 31 characters, and one word of it went to the wrong voice
LEAST_RIGHT = 0.9  # of the time of the turns


def truth_of(name: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads((SAMPLES / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return row


def written(name: str, folder: Path, channels: int) -> Path:
    """A stereo call with the sum of its channels on each of so many."""
    with open_wav(SAMPLES / truth_of(name)["file"], 3600) as audio:
        lanes = [audio.read(lane, 0, audio.frames).astype(np.int32) for lane in (0, 1)]
        rate_hz = audio.recording.rate_hz
    summed = np.clip(lanes[0] + lanes[1], -32768, 32767).astype(np.int16)
    path = folder / f"{name}_{channels}.wav"
    path.write_bytes(wavs.wav(np.stack([summed] * channels, axis=1), rate=rate_hz))
    return path


def heard(path: Path, ears: Ears, settings: Settings) -> Hearing:
    (row,) = hear([path], ears, settings.hearing, lambda _: None)
    assert isinstance(row.result, Hearing)
    return row.result


@pytest.fixture(scope="module")
def hearings(ears: Ears, model_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Hearing]:
    folder = tmp_path_factory.mktemp("mono")
    paths = {name: written(name, folder, 1) for name in MIXED}
    paths |= {name: SAMPLES / truth_of(name)["file"] for name in RECORDED}
    return {name: heard(path, ears, model_settings) for name, path in paths.items()}


@pytest.mark.parametrize("name", [*MIXED, *RECORDED])
class TestMono:
    def test_an_agent_and_a_customer_are_found(self, name: str, hearings: dict[str, Hearing]) -> None:
        hearing = hearings[name]
        assert hearing.recording.layout is Layout.MONO
        assert sorted(speaker.party for speaker in hearing.speakers) == [Party.AGENT, Party.CUSTOMER]
        assert hearing.made_by.diarisation is not None
        assert "@" in hearing.made_by.diarisation

    def test_speech_belongs_to_who_spoke(self, name: str, hearings: dict[str, Hearing]) -> None:
        right_s = said_s = 0.0
        for turn in truth_of(name)["turns"]:
            said_s += turn["end_s"] - turn["start_s"]
            for span in hearings[name].speech:
                if span.party == turn["party"]:
                    right_s += max(0.0, min(span.end_s, turn["end_s"]) - max(span.start_s, turn["start_s"]))
        assert right_s >= LEAST_RIGHT * said_s

    def test_words_are_those_of_the_party(self, name: str, hearings: dict[str, Hearing]) -> None:
        for party in (Party.AGENT, Party.CUSTOMER):
            wanted = normalised("".join(turn["text"] for turn in truth_of(name)["turns"] if turn["party"] == party))
            found = normalised("".join(turn.text for turn in hearings[name].turns if turn.party is party))
            assert edits(wanted, found) / len(wanted) < WORST_CER

    def test_every_second_of_speech_is_in_a_turn_or_unheard(self, name: str, hearings: dict[str, Hearing]) -> None:
        hearing = hearings[name]
        places = sorted((part.start_s, part.end_s) for part in (*hearing.turns, *hearing.unheard))
        for span in hearing.speech:
            reached_s = span.start_s
            for start_s, end_s in places:
                if start_s <= reached_s + 1e-6:
                    reached_s = max(reached_s, end_s)
            assert reached_s >= span.end_s - 1e-6, f"{span} is not accounted for from {reached_s}"


def test_the_same_sound_on_both_channels_is_the_same_call(
    hearings: dict[str, Hearing], ears: Ears, model_settings: Settings, tmp_path: Path
) -> None:
    name = MIXED[0]
    twice = heard(written(name, tmp_path, 2), ears, model_settings)
    assert twice.recording.layout is Layout.DUAL_MONO
    assert (twice.turns, twice.speech, twice.speakers) == (
        hearings[name].turns,
        hearings[name].speech,
        hearings[name].speakers,
    )
