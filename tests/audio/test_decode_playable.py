"""Copies for browsers: the same sound, the same length, the same bytes each time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from inspector.audio.playable import make_playable
from inspector.cli.playable import run_playable
from inspector.cli.targets import from_paths
from inspector.config import Settings, load_settings
from inspector.errors import ErrorKind, RecordingError, UsageError
from tests import media, wavs


def heard(path: Path) -> tuple[float, np.ndarray]:
    """Seconds, and samples in -1 … 1 at 48 kHz, shape (frames, channels)."""
    with av.open(str(path)) as copy:
        stream = copy.streams.audio[0]
        assert (copy.format.name, stream.codec_context.codec.canonical_name) == ("ogg", "opus")
        samples = np.concatenate([frame.to_ndarray() for frame in copy.decode(stream)], axis=1).T
    return len(samples) / 48_000, samples


def level_at(samples: np.ndarray, hz: float) -> float:
    """Amplitude of one frequency in half a second of one lane."""
    at_s = np.arange(24_000) / 48_000
    return float(2 * abs(np.mean(samples[24_000:48_000] * np.exp(-2j * np.pi * hz * at_s))))


class TestCopy:
    @pytest.mark.parametrize("rate_hz", [6000, 8000, 11_025, 16_000, 44_100, 48_000])
    @pytest.mark.parametrize("hz", [(440,), (440, 880)], ids=["mono", "stereo"])
    def test_length_lanes_and_level_stay(self, tmp_path, rate_hz, hz):
        seconds = 2.0137
        path = tmp_path / "copy.opus"
        make_playable(wavs.ArrayAudio(media.tones(rate_hz, seconds, hz), rate_hz), path)
        found_s, samples = heard(path)
        assert found_s == pytest.approx(seconds, abs=0.02)
        assert path.read_bytes()[:4] == b"OggS" and path.stat().st_mode & 0o777 == 0o600
        peak = media.TONE_PEAK / 32768
        for lane, tone in enumerate(hz):
            assert level_at(samples[:, lane], tone) == pytest.approx(peak, rel=0.15)
            others = [level_at(samples[:, lane], other) for other in hz if other != tone]
            assert all(other < 0.1 * peak for other in others)

    def test_the_last_page_says_so(self, tmp_path):
        make_playable(wavs.ArrayAudio(media.tones(8000, 1, (440,))), tmp_path / "copy.opus")
        content = (tmp_path / "copy.opus").read_bytes()
        assert content[content.rfind(b"OggS") + 5] & 0x04

    def test_the_same_sound_makes_the_same_bytes(self, tmp_path):
        for name in ("one.opus", "two.opus"):
            make_playable(wavs.ArrayAudio(media.tones(8000, 3, (440, 880))), tmp_path / name)
        assert (tmp_path / "one.opus").read_bytes() == (tmp_path / "two.opus").read_bytes()

    def test_small_and_read_window_by_window(self, tmp_path):
        noise = np.stack([wavs.noise(100, -30, seed) for seed in (1, 2)], axis=1)
        audio = wavs.ArrayAudio(noise)
        make_playable(audio, tmp_path / "copy.opus")
        assert audio.longest_read == 30 * 8000
        assert (tmp_path / "copy.opus").stat().st_size < 100 * 24_000 / 8 * 1.2
        assert heard(tmp_path / "copy.opus")[0] == pytest.approx(100, abs=0.02)

    def test_whole_or_not_at_all(self, tmp_path):
        class Breaking(wavs.ArrayAudio):
            def read(self, lane, start, stop):
                if start > 0:
                    raise RecordingError(ErrorKind.CHANGED_WHILE_READ, "changed", "again")
                return super().read(lane, start, stop)

        with pytest.raises(RecordingError) as caught:
            make_playable(Breaking(media.tones(8000, 40, (440,))), tmp_path / "copy.opus")
        assert caught.value.kind is ErrorKind.CHANGED_WHILE_READ
        assert not list(tmp_path.iterdir())

    def test_no_place_to_write(self, tmp_path):
        with pytest.raises(RecordingError) as caught:
            make_playable(wavs.ArrayAudio(media.tones(8000, 1, (440,))), tmp_path / "nowhere" / "copy.opus")
        assert caught.value.kind is ErrorKind.NO_ROOM


class TestCommand:
    @pytest.fixture
    def settings(self, home) -> Settings:
        return load_settings(lang="en")

    def test_writes_a_copy_for_each_and_says_where(self, settings, tmp_path, capsys):
        calls, copies = tmp_path / "calls", tmp_path / "out" / "copies"
        calls.mkdir()
        (calls / "a.mp3").write_bytes(media.made("a.mp3"))
        (calls / "b.wav").write_bytes(wavs.wav(media.tones(8000, 1, (440, 880)), "pcm_alaw"))
        (calls / "c.wav").write_bytes(b"this is text")
        targets, _ = from_paths([calls])
        assert run_playable(targets, copies, settings) == 1
        ids = [hashlib.sha256((calls / name).read_bytes()).hexdigest() for name in ("a.mp3", "b.wav")]
        output = capsys.readouterr()
        assert output.out.split() == [str(copies / f"{one}.opus") for one in ids]
        assert "c.wav: is text" in output.err and "2 playable copies" in output.err
        assert sorted(path.name for path in copies.iterdir()) == sorted(f"{one}.opus" for one in ids)
        assert copies.stat().st_mode & 0o777 == 0o700
        assert heard(copies / f"{ids[0]}.opus")[0] == pytest.approx(2.0, abs=0.02)

    def test_nothing_failed(self, settings, tmp_path):
        (tmp_path / "a.flac").write_bytes(media.made("a.flac"))
        targets, _ = from_paths([tmp_path / "a.flac"])
        assert run_playable(targets, tmp_path / "copies", settings) == 0

    def test_a_directory_that_cannot_be_made(self, settings, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(UsageError):
            run_playable([], tmp_path / "file" / "copies", settings)
