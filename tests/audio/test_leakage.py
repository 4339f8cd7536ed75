"""A sample call whose channels leak into each other, heard for real: every word stays with who said it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.audio.wav import open_wav
from inspector.bench.score import edits, normalised
from inspector.config import Settings
from inspector.diarisation.parties import is_swapped
from inspector.model import Hearing, Party, SoundKind
from inspector.pipeline import Ears, hear
from tests import wavs
from tests.conftest import ROOT

pytestmark = pytest.mark.model

SAMPLES = ROOT / "audio_samples"
TRUTH = json.loads((SAMPLES / "truth" / "theft_report.json").read_text(encoding="utf-8"))
WORST_CER = 0.25
LEAK_DB, DELAY_S = -18.0, 0.12


def leaky(folder: Path) -> Path:
    """Each channel with the other one in it, later, weaker and without its lows and highs, as mu-law."""
    with open_wav(SAMPLES / TRUTH["file"], 3600) as audio:
        lanes = [audio.read(lane, 0, audio.frames).astype(np.float64) for lane in (0, 1)]
        rate_hz = audio.recording.rate_hz
    mixed = [lanes[lane] + _echo(lanes[1 - lane], round(DELAY_S * rate_hz)) for lane in (0, 1)]
    path = folder / "leaky.wav"
    samples = np.clip(np.round(np.stack(mixed, axis=1)), -32768, 32767).astype(np.int16)
    path.write_bytes(wavs.wav(samples, "pcm_mulaw", rate_hz))
    return path


def _echo(lane: NDArray[np.float64], delay: int) -> NDArray[np.float64]:
    narrow = np.convolve(lane, [0.1, 0.3, 0.5, 0.3, 0.1, -0.2, -0.3, -0.2])[: len(lane)] * 10 ** (LEAK_DB / 20)
    return np.concatenate([np.zeros(delay), narrow])[: len(lane)]


@pytest.fixture(scope="module")
def hearing(ears: Ears, model_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Hearing:
    """With the channels configured the wrong way round as well."""
    wrong = {"left": "right", "right": "left"}[TRUTH["agent_channel"]]
    settings = model_settings.hearing.model_copy(update={"agent_channel": wrong})
    (row,) = hear([leaky(tmp_path_factory.mktemp("leaky"))], ears, settings, lambda _: None)
    assert isinstance(row.result, Hearing)
    return row.result


@pytest.mark.parametrize("party", [Party.AGENT, Party.CUSTOMER])
def test_each_party_has_its_own_words_and_no_others(hearing: Hearing, party: Party) -> None:
    wanted = normalised("".join(turn["text"] for turn in TRUTH["turns"] if turn["party"] == party))
    heard = normalised("".join(turn.text for turn in hearing.turns if turn.party is party))
    assert edits(wanted, heard) <= WORST_CER * len(wanted)


def test_what_was_taken_out_is_told(hearing: Hearing) -> None:
    leakage = [sound for sound in hearing.sounds if sound.kind is SoundKind.LEAKAGE]
    assert sum(sound.end_s - sound.start_s for sound in leakage) > 10


def test_the_words_win_against_the_wrong_channel(hearing: Hearing) -> None:
    assert is_swapped(hearing.speakers)
