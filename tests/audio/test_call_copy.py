"""The playable copy of a whole call: its clock, what is covered, its picture."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
import pytest

from inspector.audio.call_copy import COVER_HZ, Part, write_call
from inspector.audio.peaks import MOST_POINTS, Peaks
from inspector.audio.protocol import Int16
from inspector.audio.reader import AudioReader
from inspector.errors import ErrorKind, RecordingError
from tests.builders import hearing_of, turn
from tests.sounding import AGENT_HZ, CUSTOMER_HZ, loudness, record
from tests.wavs import wav


def played(path: Path) -> tuple[Int16, int]:
    """The samples of a copy, shape (frames, channels), and their rate."""
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        frames = [frame.to_ndarray().reshape(-1, stream.channels, order="C") if frame.format.is_packed
                  else frame.to_ndarray().T for frame in file.decode(stream)]  # fmt: skip
        samples = np.concatenate(frames)
        if samples.dtype != np.int16:
            samples = (samples * 32767).astype(np.int16)
        return samples, stream.rate


def part(path: Path, start_s: float = 0.0) -> Part:
    return Part(sha256(path.read_bytes()).hexdigest(), path, start_s)


def test_covered_words_cannot_be_heard_and_all_else_can(tmp_path: Path) -> None:
    #  agent     |1 … 4| with |2 … 3| covered        customer |5 … 7|
    record(hearing_of(turn("A", 1.0, "啊" * 12), turn("C", 5.0, "好" * 8), duration_s=8.0), tmp_path / "a.wav")
    with AudioReader() as reader:
        write_call([part(tmp_path / "a.wav")], [(2.0, 3.0)], tmp_path / "a.opus", reader, 60)
    samples, rate_hz = played(tmp_path / "a.opus")
    agent, customer = samples[:, 0], samples[:, 1]
    assert loudness(agent, AGENT_HZ, rate_hz, 1.2, 1.8) > 4000
    assert loudness(agent, AGENT_HZ, rate_hz, 3.2, 3.8) > 4000
    assert loudness(agent, AGENT_HZ, rate_hz, 2.1, 2.9) < 40
    for lane in (agent, customer):
        assert loudness(lane, COVER_HZ, rate_hz, 2.1, 2.9) > 300
    assert loudness(customer, CUSTOMER_HZ, rate_hz, 5.2, 6.8) > 4000


def test_recordings_of_one_call_are_laid_on_its_clock(tmp_path: Path) -> None:
    """A mono one of 2 s at 16 kHz, and from 5 s on a stereo one of 2 s at 8 kHz."""
    tone = (8000 * np.sin(2 * np.pi * 500 * np.arange(32000) / 16000)).astype(np.int16)[:, None]
    (tmp_path / "a.wav").write_bytes(wav(tone, rate=16000))
    record(hearing_of(turn("C", 0.0, "好" * 8), duration_s=2.0), tmp_path / "b.wav")
    with AudioReader() as reader:
        parts = [part(tmp_path / "a.wav"), part(tmp_path / "b.wav", 5.0)]
        write_call(parts, [], tmp_path / "c.opus", reader, 60)
    samples, rate_hz = played(tmp_path / "c.opus")
    assert abs(len(samples) / rate_hz - 7.0) < 0.1
    assert loudness(samples[:, 0], 500, rate_hz, 0.2, 1.8) > 4000
    assert np.abs(samples[int(2.2 * rate_hz) : int(4.8 * rate_hz)]).max() < 100
    assert loudness(samples[:, 1], CUSTOMER_HZ, rate_hz, 5.2, 6.8) > 4000
    assert loudness(samples[:, 0], CUSTOMER_HZ, rate_hz, 5.2, 6.8) < 800  # Opus shares a little


def test_other_bytes_than_were_heard_are_not_played(tmp_path: Path) -> None:
    record(hearing_of(turn("A", 0.0, "好" * 8)), tmp_path / "a.wav")
    with AudioReader() as reader, pytest.raises(RecordingError) as told:
        write_call([replace(part(tmp_path / "a.wav"), id="0" * 64)], [], tmp_path / "c.opus", reader, 60)
    assert told.value.kind is ErrorKind.CHANGED_WHILE_READ
    assert not list(tmp_path.glob("*.opus"))


def test_the_picture_is_as_loud_as_the_sound() -> None:
    """Two lanes, 4 s: one loud in the second second, one less loud in the fourth."""
    samples = np.zeros((32000, 2), np.int16)
    samples[8000:16000, 0], samples[24000:, 1] = 20000, -12000
    peaks = Peaks(32000, 2, 8000)
    for start in range(0, 32000, 7001):
        peaks.add(samples[start : start + 7001])
    left, right = (np.frombuffer(lane, np.uint8) for lane in peaks.lanes())
    assert len(left) == 200
    assert left.tolist() == [0] * 50 + [255] * 50 + [0] * 100
    assert right.tolist() == [0] * 150 + [153] * 50
    assert peaks.level([(1.0, 1.99)]).tolist() == [20000, 0]
    assert peaks.level([]).tolist() == [0, 0]


@pytest.mark.parametrize(("seconds", "points"), [(0.001, 1), (10, 500), (4 * 3600, MOST_POINTS)])
def test_the_picture_of_hours_is_small(seconds: float, points: int) -> None:
    frames = round(seconds * 8000)
    peaks = Peaks(frames, 1, 8000)
    for start in range(0, frames, 240_000):
        peaks.add(np.full((min(240_000, frames - start), 1), -32768, np.int16))
    peaks.add(np.ones((5, 1), np.int16))  # a few more than were told
    (lane,) = peaks.lanes()
    assert len(lane) <= points and set(lane) == {255}
