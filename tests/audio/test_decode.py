"""Every codec that a bank's archive holds, decoded for real in the child: length, time, pitch, level, missing ends."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from inspector.audio.protocol import Float32
from inspector.audio.reader import AudioReader, OpenedAudio
from inspector.audio.resample import to_16k
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Layout
from tests import media, wavs

HOUR_S = 3600.0
SECONDS, ONSET_S, END_S = 3.0, 1.0, 2.0
# Undeclared codec delay: nothing in these files says that it is there, so no player takes it away either.
DELAY_S = {"a.aac": 0.07, "mp3.wav": 0.15, "a.wma": 0.05}
# Codes without any structure: whether the end is missing cannot be told.
BARE = ("a.g722", "a.g726", "a.al", "a.ul")
# The narrow-band speech coders are no hi-fi: a pure tone loses or gains level in them.
LEVELS = {"amr_nb": (0.6, 1.1), "g723_1": (0.8, 1.2)}


@pytest.fixture(scope="module")
def reader() -> Iterator[AudioReader]:
    with AudioReader() as reader:
        yield reader


def put(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def lane_of(audio: OpenedAudio, lane: int = 0) -> Float32:
    return to_16k(audio.read(lane, 0, audio.frames), audio.recording.rate_hz)


def pitch_hz(sound: Float32) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 18))
    return float(spectrum.argmax() * 16_000 / (1 << 18))


def rms(sound: Float32) -> float:
    return float(np.sqrt((sound.astype(np.float64) ** 2).mean()))


class TestEveryCodec:
    @pytest.mark.parametrize("codec", media.CODECS, ids=lambda codec: codec.name)
    def test_a_tone_comes_back_where_and_as_loud_as_it_was(self, reader, tmp_path, codec):
        # 0 s ......... 1 s ~~~~~~~~~ 2 s ......... 3 s     440 Hz on the left, 880 Hz on the right
        lanes = media.tones(codec.rate_hz, SECONDS, (440, 880)[: codec.channels])
        lanes[: codec.rate_hz] = lanes[2 * codec.rate_hz :] = 0
        path = put(tmp_path, codec.name, media.encode(lanes, codec))
        with reader.open(path, HOUR_S) as audio:
            recording = audio.recording
            assert (recording.codec, recording.channels) == (codec.heard_as, codec.channels)
            assert recording.rate_hz == (codec.rate_hz if codec.rate_hz <= 48_000 else 16_000)
            assert recording.id == hashlib.sha256(path.read_bytes()).hexdigest()
            assert recording.duration_s == audio.frames / recording.rate_hz
            assert recording.duration_s == pytest.approx(SECONDS, abs=0.002 + codec.slack_s)
            assert not recording.ends_early
            for lane, hz in zip(range(codec.channels), (440, 880), strict=False):
                self.check_tone(lane_of(audio, lane), hz, codec)

    @staticmethod
    def check_tone(sound: Float32, hz: float, codec: media.Codec) -> None:
        loud = np.flatnonzero(np.abs(sound) > 0.25 * media.TONE_PEAK / 32768)
        delay_s = DELAY_S.get(codec.name, 0.012)
        assert loud[0] / 16_000 == pytest.approx(ONSET_S, abs=delay_s)
        assert loud[-1] / 16_000 == pytest.approx(END_S, abs=delay_s)
        middle = sound[round(1.3 * 16_000) : round(1.7 * 16_000)]
        lowest, highest = LEVELS.get(codec.heard_as, (0.93, 1.07))
        assert pitch_hz(middle) == pytest.approx(hz, abs=2)
        assert lowest < rms(middle) / (media.TONE_PEAK / 32768 / np.sqrt(2)) < highest

    @pytest.mark.parametrize("name", list(media.BY_REFERENCE_ENCODERS))
    def test_what_ffmpeg_cannot_encode_comes_from_reference_encoders(self, reader, tmp_path, name):
        codec, rate_hz, content = media.BY_REFERENCE_ENCODERS[name]
        with reader.open(put(tmp_path, name, content), HOUR_S) as audio:
            assert (audio.recording.codec, audio.recording.rate_hz) == (codec, rate_hz)
            assert audio.recording.duration_s == pytest.approx(media.TONE_S, abs=0.001)
            assert not audio.recording.ends_early
            middle = lane_of(audio)[1600:4800]
        assert pitch_hz(middle) == pytest.approx(media.TONE_HZ, abs=4)
        assert 0.5 < rms(middle) / (media.TONE_PEAK / 32768 / np.sqrt(2)) < 1.2

    def test_lossless_is_bit_for_bit(self, reader, tmp_path):
        lanes = np.random.default_rng(3).integers(-32768, 32767, (5000, 2), np.int16, endpoint=True)
        codec = next(codec for codec in media.CODECS if codec.name == "a.flac")
        with reader.open(put(tmp_path, "a.flac", media.encode(lanes, codec)), HOUR_S) as audio:
            assert all(np.array_equal(audio.read(lane, 0, audio.frames), lanes[:, lane]) for lane in (0, 1))
            assert np.array_equal(audio.read(1, 1234, 2345), lanes[1234:2345, 1])
            assert audio.recording.layout is Layout.STEREO

    def test_float_is_rounded_and_clipped_and_no_number_is_silence(self, reader, tmp_path):
        values = np.array([0, 0.5, 1, 2, -1, -2, np.nan, np.inf, -np.inf, 1e-9], np.float32)
        path = put(tmp_path, "a.wav", media.wave_of(3, np.tile(values, 500).tobytes(), 4, 32))
        with reader.open(path, HOUR_S) as audio:
            assert audio.read(0, 0, 10).tolist() == [0, 16384, 32767, 32767, -32768, -32768, 0, 32767, -32768, 0]

    def test_sound_of_a_film(self, reader, tmp_path):
        """The first audio track; pictures are neither decoded nor waited for."""
        with reader.open(put(tmp_path, "film.mkv", film_with_sound()), HOUR_S) as audio:
            assert audio.recording.duration_s == pytest.approx(1.5, abs=0.01)
            assert not audio.recording.ends_early
            assert pitch_hz(lane_of(audio)[4000:16_000]) == pytest.approx(440, abs=2)


def film_with_sound() -> bytes:
    """Three seconds of pictures, sound only in the first half."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as made:
        picture, sound = made.add_stream("mpeg4", rate=10), made.add_stream("pcm_s16le", rate=16_000)
        picture.width = picture.height = 64
        sound.codec_context.layout = "mono"
        frame = av.AudioFrame.from_ndarray(media.tones(16_000, 1.5, (440,)).reshape(1, -1), "s16", "mono")
        frame.sample_rate = 16_000
        made.mux([*sound.encode(frame), *sound.encode(None)])
        for _ in range(30):
            made.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")))
        made.mux(picture.encode(None))
    return file.getvalue()


class TestTime:
    def test_lost_packets_leave_a_hole_and_not_a_shift(self, reader, tmp_path):
        # sent     |~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~|  3 s
        # arrived  |~~~~~~~~~~~~|          |~~~~~~~~~~~~|  nothing from 1 s to 2 s
        path = put(tmp_path, "gap.webm", without_packets(media.made("a.webm", SECONDS), 1.0, 2.0))
        with reader.open(path, HOUR_S) as audio:
            assert audio.recording.duration_s == pytest.approx(SECONDS, abs=0.03)
            sound = lane_of(audio)
        assert rms(sound[20_000:28_000]) < 1e-4
        assert min(rms(sound[4000:12_000]), rms(sound[36_000:44_000])) > 0.1

    def test_time_begins_with_the_sound_of_a_stream_that_was_joined_late(self, reader, tmp_path):
        with reader.open(put(tmp_path, "late.mkv", begun_at(1000.0)), HOUR_S) as audio:
            assert audio.recording.duration_s == pytest.approx(1.0, abs=0.01)

    def test_a_jump_of_the_clock_counts_as_length(self, reader, tmp_path):
        path = put(tmp_path, "jump.webm", without_packets(media.made("a.webm", SECONDS), 0.5, 0.5, shift_s=5 * HOUR_S))
        with pytest.raises(RecordingError) as caught:
            reader.open(path, HOUR_S)
        assert caught.value.kind is ErrorKind.TOO_LONG


def without_packets(content: bytes, start_s: float, end_s: float, shift_s: float = 0.0) -> bytes:
    """The same file without the packets of a span, those behind it later by ``shift_s``."""
    file = io.BytesIO()
    with av.open(io.BytesIO(content)) as source, av.open(file, "w", format="webm") as made:
        stream = made.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.pts is None or start_s <= packet.pts * packet.time_base < end_s:
                continue
            if packet.pts * packet.time_base >= end_s:
                packet.pts = packet.dts = packet.pts + round(shift_s / packet.time_base)
            packet.stream = stream
            made.mux(packet)
    return file.getvalue()


def begun_at(start_s: float) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska", container_options={"avoid_negative_ts": "disabled"}) as made:
        stream = made.add_stream("pcm_s16le", rate=8000)
        stream.codec_context.layout = "mono"
        frame = av.AudioFrame.from_ndarray(media.tones(8000, 1, (440,)).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts = 8000, round(start_s * 8000)
        made.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


class TestMissingEnd:
    @pytest.mark.parametrize(
        "name",
        [
            codec.name
            for codec in media.CODECS
            if codec.container not in ("adts", "mp4", "3gp") and codec.name not in BARE
        ],
    )
    def test_what_is_there_is_heard_and_the_rest_is_missed(self, reader, tmp_path, name):
        whole = media.made(name, 4.0)
        with reader.open(put(tmp_path, name, whole), HOUR_S) as audio:
            full_s = audio.recording.duration_s
        with reader.open(put(tmp_path, name, whole[: len(whole) * 3 // 4 | 1]), HOUR_S) as audio:
            assert audio.recording.ends_early
            assert 0.4 * full_s < audio.recording.duration_s < 0.9 * full_s

    def test_a_film_cut_behind_its_index(self, reader, tmp_path):
        path = tmp_path / "cut.m4a"
        with av.open(str(path), "w", format="mp4", container_options={"movflags": "faststart"}) as made:
            stream = made.add_stream("aac", rate=16_000)
            stream.codec_context.layout = "mono"
            frame = av.AudioFrame.from_ndarray(media.tones(16_000, 4, (440,)).reshape(1, -1), "s16", "mono")
            frame.sample_rate = 16_000
            made.mux([*stream.encode(frame), *stream.encode(None)])
        os.truncate(path, path.stat().st_size // 2)
        with reader.open(path, HOUR_S) as audio:
            assert audio.recording.ends_early
            assert 1.0 < audio.recording.duration_s < 3.0


class TestReader:
    def test_our_own_files_start_no_decoder(self, tmp_path):
        with AudioReader() as reader:
            path = put(tmp_path, "a.wav", wavs.wav(media.tones(8000, 1, (440, 880)), "pcm_alaw"))
            with reader.open(path, HOUR_S) as audio:
                assert audio.recording.codec == "pcm_alaw"
            assert reader.decoder._child is None

    def test_sound_stays_when_the_reader_and_the_file_are_gone(self, tmp_path):
        path = put(tmp_path, "a.flac", media.made("a.flac"))
        with AudioReader() as reader:
            audio = reader.open(path, HOUR_S)
        path.unlink()
        with audio:
            assert rms(lane_of(audio)) > 0.1
        with pytest.raises(ValueError, match="closed"):
            audio.read(0, 0, 1)

    def test_decoded_sound_has_no_name_and_no_other_reader(self, tmp_path):
        temp = tmp_path / "temp"
        temp.mkdir()
        with AudioReader(temp) as reader, reader.open(put(tmp_path, "a.flac", media.made("a.flac")), HOUR_S) as audio:
            assert not list(temp.iterdir())
            held = [os.fstat(int(entry.name)) for entry in Path("/proc/self/fd").iterdir() if entry.exists()]
            (sound,) = [seen for seen in held if seen.st_size == audio.frames * 4 and seen.st_nlink == 0]
            assert sound.st_mode & 0o777 == 0o600

    def test_layout_is_listened_for(self, reader, tmp_path):
        tone = media.tones(8000, 2, (440,))
        codec = next(codec for codec in media.CODECS if codec.name == "a.flac")
        twice, half = np.hstack([tone, tone]), np.hstack([tone, tone * 0])
        with reader.open(put(tmp_path, "twice.flac", media.encode(twice, codec)), HOUR_S) as audio:
            assert audio.recording.layout is Layout.DUAL_MONO
        with reader.open(put(tmp_path, "half.flac", media.encode(half, codec)), HOUR_S) as audio:
            assert audio.lane_facts.dead_lanes == (False, True)

    def test_too_long_by_what_comes_out(self, reader, tmp_path):
        path = put(tmp_path, "a.mp3", media.made("a.mp3", 3.0))
        with pytest.raises(RecordingError) as caught:
            reader.open(path, 2.9)
        assert caught.value.kind is ErrorKind.TOO_LONG
        assert reader.open(path, 3.1).frames == 24_000

    def test_a_file_that_grows_meanwhile_is_refused(self, reader, tmp_path, monkeypatch):
        path = put(tmp_path, "a.mp3", media.made("a.mp3"))
        decode = reader.decoder.decode

        def decode_and_grow(*given):
            decoded = decode(*given)
            with path.open("ab") as file:
                file.write(b"more")
            return decoded

        monkeypatch.setattr(reader.decoder, "decode", decode_and_grow)
        with pytest.raises(RecordingError) as caught:
            reader.open(path, HOUR_S)
        assert caught.value.kind is ErrorKind.CHANGED_WHILE_READ
