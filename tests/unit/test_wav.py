"""The WAV reader against honest, broken and hostile files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.audio.g711 import ALAW, MULAW
from inspector.audio.wav import open_wav
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Layout, from_json, to_json
from tests import wavs

HOUR = 3600.0
PCM = wavs.noise(0.05, -20, seed=1)
STEREO = np.stack([PCM, wavs.noise(0.05, -30, seed=2)], axis=1)
DATA = wavs.chunk(b"data", PCM.astype("<i2").tobytes())


@pytest.fixture
def put(tmp_path: Path):
    def write(content: bytes, name: str = "call.wav") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def descriptors(path: Path) -> int:
    """How often this process has the file open."""
    held = 0
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the listing's own descriptor
            held += entry.readlink() == path
    return held


def refused(path: Path, max_duration_s: float = HOUR) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        open_wav(path, max_duration_s)
    assert descriptors(path) == 0, "the descriptor must be given back"
    assert path.name in caught.value.message and caught.value.remedy
    return caught.value


def heard(path: Path, lane: int = 0):
    with open_wav(path, HOUR) as audio:
        return audio.read(lane, 0, audio.frames)


class TestTables:
    def test_anchors_of_the_standard(self):
        assert [int(MULAW[c]) for c in (0xFF, 0x7F, 0xFE, 0x7E, 0xEF, 0x80, 0x00)] == [0, 0, 8, -8, 132, 32124, -32124]
        assert [int(ALAW[c]) for c in (0xD5, 0x55, 0xD4, 0x54, 0xAA, 0x2A)] == [8, -8, 24, -24, 32256, -32256]

    @pytest.mark.parametrize(("codec", "table"), [("pcm_alaw", ALAW), ("pcm_mulaw", MULAW)])
    def test_every_code_as_ffmpeg_decodes_it(self, codec, table):
        av = pytest.importorskip("av")
        context = av.CodecContext.create(codec, "r")
        context.sample_rate, context.layout = 8000, "mono"
        (frame,) = context.decode(av.Packet(bytes(range(256))))
        assert np.array_equal(frame.to_ndarray().ravel(), table)

    @pytest.mark.parametrize(("encode", "table"), [(wavs.alaw, ALAW), (wavs.mulaw, MULAW)])
    def test_encoding_what_was_decoded_changes_nothing(self, encode, table):
        assert np.array_equal(table[encode(table)], table)

    def test_decoding_stays_within_half_a_step(self):
        samples = np.arange(-32000, 32000, 7, dtype=np.int16)
        for encode, table in ((wavs.alaw, ALAW), (wavs.mulaw, MULAW)):
            error = np.abs(table[encode(samples)].astype(int) - samples)
            assert np.all(error <= (np.abs(samples.astype(int)) + 256) / 31)


class TestHonestFiles:
    @pytest.mark.parametrize("codec", list(wavs.TAGS))
    @pytest.mark.parametrize("channels", [1, 2])
    def test_reads_each_codec_and_lane(self, put, codec, channels):
        lanes = STEREO[:, :channels]
        path = put(wavs.wav(lanes, codec))
        with open_wav(path, HOUR) as audio:
            recording = audio.recording
            assert (recording.codec, recording.channels, recording.rate_hz) == (codec, channels, 8000)
            assert recording.duration_s == pytest.approx(0.05) and not recording.ends_early
            assert recording.layout is (Layout.STEREO if channels == 2 else Layout.MONO)
            assert recording.path == str(path)
            assert recording.id == hashlib.sha256(path.read_bytes()).hexdigest()
            table = {"pcm_alaw": ALAW, "pcm_mulaw": MULAW}.get(codec)
            for lane in range(channels):
                codes = lanes[:, lane]
                wanted = codes if table is None else table[(wavs.alaw if table is ALAW else wavs.mulaw)(codes)]
                found = audio.read(lane, 0, audio.frames)
                assert found.dtype == np.int16 and np.array_equal(found, wanted)
                assert np.array_equal(audio.read(lane, 100, 130), wanted[100:130])
                assert len(audio.read(lane, 7, 7)) == 0

    @pytest.mark.parametrize(("tag", "bits"), [(1, 16), (6, 8), (7, 8)])
    def test_resolves_extensible(self, put, tag, bits):
        path = put(wavs.riff(wavs.extensible(tag, 2, bits), wavs.chunk(b"data", bytes(400))))
        assert wavs.TAGS[open_wav(path, HOUR).recording.codec] == tag

    @pytest.mark.parametrize("magic", [b"RF64", b"BW64"])
    def test_reads_64_bit_sizes(self, put, magic):
        size = len(PCM) * 2
        ds64 = wavs.chunk(b"ds64", (10**6).to_bytes(8, "little") + size.to_bytes(8, "little") + bytes(12))
        data = wavs.chunk(b"data", PCM.tobytes(), size=0xFFFFFFFF)
        path = put(wavs.riff(ds64, wavs.fmt(), data, b"trailing junk", magic=magic))
        assert np.array_equal(heard(path), PCM)

    def test_same_sound_twice_and_dead_lane(self, put):
        twice = put(wavs.wav(np.stack([PCM, PCM], axis=1)))
        assert open_wav(twice, HOUR).recording.layout is Layout.DUAL_MONO
        half = open_wav(put(wavs.wav(np.stack([PCM, PCM * 0], axis=1))), HOUR)
        assert half.recording.layout is Layout.STEREO and half.lane_facts.dead_lanes == (False, True)

    def test_rejects_windows_that_are_not_there_and_reading_after_close(self, put):
        audio = open_wav(put(wavs.wav(STEREO)), HOUR)
        for lane, start, stop in [(2, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 5, 4), (0, 0, audio.frames + 1)]:
            with pytest.raises(ValueError):
                audio.read(lane, start, stop)
        audio.close()
        audio.close()
        with pytest.raises(ValueError, match="closed"):
            audio.read(0, 0, 1)

    def test_a_name_that_is_no_utf8_still_becomes_json(self, tmp_path):
        path = tmp_path / os.fsdecode("客户.wav".encode("gbk"))
        path.write_bytes(wavs.wav(STEREO))
        recording = open_wav(path, HOUR).recording
        assert from_json(type(recording), to_json(recording)) == recording


class TestHeadersThatLie:
    @pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF - 36])
    def test_placeholder_means_the_rest_of_the_file(self, put, size):
        path = put(wavs.riff(wavs.fmt(), wavs.chunk(b"data", PCM.tobytes(), size=size)))
        assert np.array_equal(heard(path), PCM)
        assert not open_wav(path, HOUR).recording.ends_early

    def test_size_zero_before_other_chunks_is_no_sound(self, put):
        path = put(wavs.riff(wavs.fmt(), wavs.chunk(b"data", b""), wavs.chunk(b"LIST", b"INFOabc")))
        assert refused(path).kind is ErrorKind.NO_SAMPLES

    def test_promising_more_than_there_is_ends_early(self, put):
        path = put(wavs.riff(wavs.fmt(), wavs.chunk(b"data", PCM.tobytes(), size=len(PCM) * 2 + 2)))
        assert np.array_equal(heard(path), PCM)
        assert open_wav(path, HOUR).recording.ends_early

    @pytest.mark.parametrize("align", [0, 1, 3, 999])
    def test_block_alignment_is_computed_not_believed(self, put, align):
        assert np.array_equal(heard(put(wavs.riff(wavs.fmt(align=align), DATA))), PCM)

    @pytest.mark.parametrize("bits", [0, 16, 99])
    def test_g711_has_8_bits_whatever_the_header_says(self, put, bits):
        path = put(wavs.riff(wavs.fmt(7, 1, bits=bits, align=1), wavs.chunk(b"data", bytes(wavs.mulaw(PCM)))))
        assert np.array_equal(heard(path), MULAW[wavs.mulaw(PCM)])

    def test_data_before_format_junk_and_odd_chunks(self, put):
        junk = wavs.chunk(b"LIST", b"odd")
        assert np.array_equal(heard(put(wavs.riff(junk, DATA, junk, wavs.fmt(), junk))), PCM)
        unpadded = junk[:-1]
        assert np.array_equal(heard(put(wavs.riff(unpadded, wavs.fmt(), unpadded, DATA))), PCM)

    def test_first_format_and_first_data_win(self, put):
        path = put(wavs.riff(wavs.fmt(), wavs.fmt(7, 2, bits=8), DATA, wavs.chunk(b"data", bytes(8))))
        assert np.array_equal(heard(path), PCM)

    def test_a_partial_last_frame_is_dropped(self, put):
        assert len(heard(put(wavs.riff(wavs.fmt(channels=2), wavs.chunk(b"data", bytes(4 * 50 + 3)))))) == 50

    def test_a_wrong_riff_size_is_nobody_s_business(self, put):
        content = bytearray(wavs.wav(STEREO))
        content[4:8] = b"\xff\xff\xff\xff"
        assert not open_wav(put(bytes(content)), HOUR).recording.ends_early

    def test_endless_chunks_are_given_up(self, put):
        error = refused(put(wavs.riff(bytes(8 * 100_000), wavs.fmt(), DATA)))
        assert error.kind is ErrorKind.BAD_HEADER and "chunks" in error.message

    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"", ErrorKind.EMPTY_FILE),
            (b"hello, this is text", ErrorKind.NOT_AUDIO),
            (b"RI", ErrorKind.NOT_AUDIO),
            (b"RIFF\x10\0\0\0WA", ErrorKind.BAD_HEADER),
            (b"RIFF\x10\0\0\0AVI LIST", ErrorKind.NOT_AUDIO),
            (wavs.riff(), ErrorKind.BAD_HEADER),
            (wavs.riff(DATA), ErrorKind.BAD_HEADER),
            (wavs.riff(wavs.chunk(b"fmt ", bytes(14)), DATA), ErrorKind.BAD_HEADER),
            (wavs.riff(wavs.fmt()), ErrorKind.NO_SAMPLES),
            (wavs.riff(wavs.fmt(), wavs.chunk(b"data", b"")), ErrorKind.NO_SAMPLES),
            (wavs.riff(wavs.fmt(), wavs.chunk(b"data", b"x")), ErrorKind.NO_SAMPLES),
            (wavs.riff(wavs.fmt(channels=0), DATA), ErrorKind.BAD_HEADER),
            (wavs.riff(wavs.fmt(rate=0), DATA), ErrorKind.BAD_HEADER),
            (wavs.riff(wavs.fmt(bits=13, align=7), DATA), ErrorKind.BAD_HEADER),
            (wavs.riff(wavs.fmt(channels=3), DATA), ErrorKind.UNSUPPORTED_LAYOUT),
            (wavs.riff(wavs.fmt(rate=5999), DATA), ErrorKind.UNSUPPORTED_CODEC),
            (wavs.riff(wavs.fmt(rate=48001), DATA), ErrorKind.UNSUPPORTED_CODEC),
            (wavs.riff(wavs.fmt(bits=8), DATA), ErrorKind.UNSUPPORTED_CODEC),
            (wavs.riff(wavs.fmt(bits=24), DATA), ErrorKind.UNSUPPORTED_CODEC),
            (wavs.riff(wavs.fmt(tag=3, bits=32), DATA), ErrorKind.UNSUPPORTED_CODEC),
            (wavs.riff(wavs.fmt(tag=0xFFFE), DATA), ErrorKind.BAD_HEADER),
            (wavs.riff(wavs.extensible(1, 1, 16, bytes(14)), DATA), ErrorKind.UNSUPPORTED_CODEC),
        ],
    )
    def test_kinds_of_refusal(self, put, content, kind):
        assert refused(put(content)).kind is kind


class TestFilesThatAreNoFiles:
    def test_missing(self, tmp_path, put):
        assert refused(tmp_path / "none.wav").kind is ErrorKind.NOT_FOUND
        assert refused(put(b"x") / "below-a-file.wav").kind is ErrorKind.NOT_FOUND
        assert refused(tmp_path / ("n" * 300)).kind is ErrorKind.NOT_READABLE

    def test_zero_byte_in_the_name(self, tmp_path):
        with pytest.raises(RecordingError) as caught:
            open_wav(tmp_path / "a\0b", HOUR)
        assert caught.value.kind is ErrorKind.NOT_FOUND

    def test_control_characters_do_not_reach_the_log(self, tmp_path):
        with pytest.raises(RecordingError) as caught:
            open_wav(tmp_path / "a\nERROR all is lost\x1b[2J", HOUR)
        assert caught.value.message.isprintable()

    def test_directory_and_device(self, tmp_path):
        assert refused(tmp_path).kind is ErrorKind.NOT_READABLE
        assert refused(Path("/dev/zero")).kind is ErrorKind.NOT_READABLE

    def test_a_pipe_never_blocks(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        kinds: list[ErrorKind] = []
        thread = threading.Thread(target=lambda: kinds.append(refused(tmp_path / "pipe").kind), daemon=True)
        thread.start()
        thread.join(timeout=5)
        assert kinds == [ErrorKind.NOT_READABLE]

    def test_no_permission(self, put, monkeypatch):
        def forbid(*_):
            raise PermissionError(13, "Permission denied")

        path = put(wavs.wav(STEREO))
        monkeypatch.setattr("inspector.audio.disk.os.open", forbid)
        assert refused(path).kind is ErrorKind.NOT_READABLE

    def test_failing_storage(self, put, monkeypatch):
        def fail(*_):
            raise OSError(5, "Input/output error")

        path = put(wavs.wav(STEREO))
        monkeypatch.setattr("inspector.audio.disk.os.pread", fail)
        assert refused(path).kind is ErrorKind.NOT_READABLE


class TestFilesThatChange:
    @pytest.mark.parametrize("change", ["cut", "grow", "overwrite"])
    def test_a_change_after_opening_is_noticed(self, put, change):
        path = put(wavs.wav(STEREO))
        content = path.read_bytes()
        os.utime(path, ns=(0, 0))  # the clock of files is coarse: two writes in one tick look alike
        audio = open_wav(path, HOUR)
        path.write_bytes({"cut": content[:-100], "grow": content + b"more", "overwrite": bytes(len(content))}[change])
        with pytest.raises(RecordingError) as caught:
            audio.read(0, 0, audio.frames)
        assert caught.value.kind is ErrorKind.CHANGED_WHILE_READ

    def test_a_deleted_file_is_read_to_its_end(self, put):
        path = put(wavs.wav(STEREO))
        audio = open_wav(path, HOUR)
        path.unlink()
        assert np.array_equal(audio.read(1, 0, audio.frames), STEREO[:, 1])


class TestLength:
    def test_too_long_by_what_is_there(self, put):
        path = put(wavs.wav(STEREO))
        assert refused(path, max_duration_s=0.049).kind is ErrorKind.TOO_LONG
        assert open_wav(path, 0.05).frames == 400

    def test_huge_files_are_refused_unread(self, put):
        path = put(wavs.riff(wavs.fmt(7, 2, bits=8), wavs.chunk(b"data", b"", size=0xFFFFFFFF)))
        os.truncate(path, 1 << 42)  # sparse: 4 TB
        assert refused(path, max_duration_s=6 * HOUR).kind is ErrorKind.TOO_LONG

    def test_memory_does_not_grow_with_the_file(self, put):
        path = put(wavs.riff(wavs.fmt(7, 2, bits=8), wavs.chunk(b"data", b"", size=0xFFFFFFFF)))
        os.truncate(path, 16_000 * 1800)  # half an hour, 29 MB
        tracemalloc.start()
        try:
            assert open_wav(path, HOUR).recording.duration_s == pytest.approx(1800, abs=0.01)
            assert tracemalloc.get_traced_memory()[1] < 12_000_000
        finally:
            tracemalloc.stop()


def survives(path: Path) -> int | None:
    """Frames that were read, None after a RecordingError; anything else fails the test."""
    try:
        with open_wav(path, HOUR) as audio:
            found = [audio.read(lane, 0, audio.frames) for lane in range(audio.recording.channels)]
            assert audio.frames > 0 and all(len(lane) == audio.frames for lane in found)
            return audio.frames
    except RecordingError as error:
        assert error.message and error.remedy
        return None


TINY = STEREO[:20]


@pytest.mark.parametrize("codec", list(wavs.TAGS))
def test_a_file_cut_anywhere_is_read_or_refused(tmp_path, codec):
    path, whole = tmp_path / "cut.wav", wavs.riff(
        wavs.chunk(b"LIST", b"abc"), wavs.extensible(wavs.TAGS[codec], 2, 16 if codec == "pcm_s16le" else 8),
        wavs.chunk(b"data", wavs.encode(TINY, codec)),
    )  # fmt: skip
    frame = 4 if codec == "pcm_s16le" else 2
    begin = len(whole) - 20 * frame
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        frames = survives(path)
        assert frames == (max(0, cut - begin) // frame or None), cut
        if frames:
            assert open_wav(path, HOUR).recording.ends_early == (frames < 20)


HEADER = 44
garbled = st.lists(st.tuples(st.integers(0, HEADER - 1), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=300, deadline=None, database=None)
@given(changes=garbled)
def test_a_garbled_header_is_read_or_refused(tmp_path_factory, changes):
    content = bytearray(wavs.wav(TINY))
    for offset, value in changes:
        content[offset] = value
    path = tmp_path_factory.getbasetemp() / "garbled.wav"
    path.write_bytes(content)
    survives(path)


anything = st.tuples(
    st.sampled_from([b"fmt ", b"data", b"ds64", b"LIST"]), st.binary(max_size=48), st.integers(0, 2**32 - 1)
)


@settings(max_examples=200, deadline=None, database=None)
@given(
    chunks=st.lists(anything, max_size=6),
    lies=st.booleans(),
    magic=st.sampled_from([b"RIFF", b"RF64"]),
)
def test_any_chunks_are_read_or_refused(tmp_path_factory, chunks, lies, magic):
    made = [wavs.chunk(name, body, size if lies else None) for name, body, size in chunks]
    path = tmp_path_factory.getbasetemp() / "chunks.wav"
    path.write_bytes(wavs.riff(wavs.fmt(), *made, magic=magic))
    survives(path)
