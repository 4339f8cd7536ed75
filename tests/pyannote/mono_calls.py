"""Calls with both parties in one lane, and who speaks in them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyannote.audio

from inspector.audio.wav import open_wav
from inspector.model import Party, SpeechSpan
from tests.wavs import ArrayAudio

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"
NAMES = ("no_greeting_silence", "theft_report", "wealth_lawful", "wealth_promise")


def mixed(path: Path) -> ArrayAudio:
    """All channels of a recording added up."""
    with open_wav(path, 3600) as audio:
        lanes = [audio.read(lane, 0, audio.frames).astype(np.int32) for lane in range(audio.recording.channels)]
        summed = np.clip(np.sum(lanes, axis=0), -32768, 32767).astype(np.int16)
        return ArrayAudio(summed[:, None], audio.recording.rate_hz)


def sample_call(name: str) -> tuple[ArrayAudio, list[SpeechSpan]]:
    """A stereo sample call, mixed, and its truth."""
    truth = json.loads((SAMPLES / "truth" / f"{name}.json").read_text("utf-8"))
    spans = [SpeechSpan(Party.UNKNOWN, t["start_s"], t["end_s"], t["party"]) for t in truth["turns"]]
    return mixed(SAMPLES / "calls" / f"{name}.wav"), spans


def human_clip() -> tuple[ArrayAudio, list[SpeechSpan]]:
    """30 s of two people on the telephone, inside the package pyannote.audio, and its truth."""
    # its own module decodes the file with FFmpeg
    folder = Path(pyannote.audio.__file__).parent / "sample"
    rows = [line.split() for line in (folder / "sample.rttm").read_text("utf-8").splitlines()]
    spans = [SpeechSpan(Party.UNKNOWN, float(r[3]), float(r[3]) + float(r[4]), r[7]) for r in rows]
    return mixed(folder / "sample.wav"), spans
