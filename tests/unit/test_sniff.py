"""What a file is taken for, before anything decodes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.audio.disk import open_disk
from inspector.audio.sniff import sniff
from inspector.audio.source import CONTAINERS, HEADERLESS, Source
from inspector.errors import ErrorKind, RecordingError
from tests import media, wavs

DEMUXERS = {"mp4": "mov", "3gp": "mov", "webm": "matroska", "adts": "aac"}


@pytest.fixture
def sniffed(tmp_path: Path) -> Callable[..., Source | None]:
    def look(content: bytes, name: str = "call.bin") -> Source | None:
        path = tmp_path / name
        path.write_bytes(content)
        disk = open_disk(path)
        try:
            return sniff(disk, path.suffix)
        finally:
            disk.close()

    return look


def kind_of(look: Callable[..., Source | None], content: bytes, name: str = "call.bin") -> ErrorKind:
    with pytest.raises(RecordingError) as caught:
        look(content, name)
    assert caught.value.remedy and caught.value.message.startswith(name)
    return caught.value.kind


class TestHonestFiles:
    @pytest.mark.parametrize("codec", media.CODECS, ids=lambda codec: codec.name)
    def test_each_is_known_by_its_bytes(self, sniffed, codec):
        suffix = Path(codec.name).suffix
        name = f"call{suffix}" if suffix in HEADERLESS else "call.bin"
        source = sniffed(media.made(codec.name), name)
        assert source.demuxer == DEMUXERS.get(codec.container, codec.container)
        assert not source.is_cut

    @pytest.mark.parametrize("name", list(media.BY_REFERENCE_ENCODERS))
    def test_those_of_other_encoders_too(self, sniffed, name):
        assert not sniffed(media.BY_REFERENCE_ENCODERS[name][2], name).is_cut

    @pytest.mark.parametrize("codec", list(wavs.TAGS))
    def test_our_own_reader_s_files_never_go_to_a_decoder(self, sniffed, codec):
        assert sniffed(wavs.wav(media.tones(8000, 0.1, (440, 880)), codec)) is None
        assert sniffed(wavs.riff(wavs.fmt(bits=13, align=2), wavs.chunk(b"data", bytes(80)))) is None

    def test_a_decoder_gets_only_what_the_wave_says(self, sniffed):
        assert sniffed(media.made("ima.wav")).decoders == ("adpcm_ima_wav",)
        assert sniffed(media.made("mp3.wav")).decoders == ("mp3", "mp3float")

    def test_no_list_of_decoders_holds_pictures_or_protocols(self):
        allowed = {name for source in (*CONTAINERS.values(), *HEADERLESS.values()) for name in source.decoders}
        assert all(media.av.codec.Codec(name, "r").type == "audio" for name in allowed - {"mp2float"})
        demuxers = {source.demuxer for source in CONTAINERS.values()}
        assert not demuxers & {"hls", "dash", "concat", "image2", "imf", "lavfi", "sdp", "rtsp", "avi", "mpegts"}


class TestSuffix:
    """Decides only where a file has no header at all."""

    def test_bare_frames_need_it(self, sniffed):
        assert kind_of(sniffed, media.G729) is ErrorKind.NOT_AUDIO
        assert sniffed(media.G729, "call.G729").demuxer == "g729"

    def test_a_header_is_stronger(self, sniffed):
        for suffix in HEADERLESS:
            assert sniffed(media.made("a.flac"), "call" + suffix).demuxer == "flac"
            assert kind_of(sniffed, b"%PDF-1.7" + bytes(92), "call" + suffix) is ErrorKind.NOT_AUDIO

    def test_codes_of_a_steady_tone_are_no_mpeg_frames(self, sniffed):
        """A tone repeats itself, and so do the sync bits that its codes hold by chance."""
        assert sniffed(media.made("a.g722"), "call.g722").demuxer == "g722"

    def test_gsm_frames_are_looked_at(self, sniffed):
        one_wrong = media.GSM[:33] + b"\0" + media.GSM[34:]
        assert kind_of(sniffed, one_wrong, "call.gsm") is ErrorKind.NOT_AUDIO

    @pytest.mark.parametrize(("name", "content"), [("a.gsm", media.GSM), ("a.g729", media.G729)])
    def test_a_frame_that_is_not_whole_is_a_cut(self, sniffed, name, content):
        assert not sniffed(content, name).is_cut
        assert sniffed(content[:-1], name).is_cut


class TestMpeg:
    MP3 = media._mp3_frames(media.made("a.mp3"))

    @pytest.mark.parametrize("junk", [b"", bytes(100), b"\xff" * 100, b"\xff\xfb\x90\x00" * 30])
    def test_frames_may_begin_behind_junk(self, sniffed, junk):
        assert sniffed(junk + self.MP3).demuxer == "mp3"

    def test_not_too_far_behind(self, sniffed):
        assert sniffed(bytes(65_000) + self.MP3).demuxer == "mp3"
        assert kind_of(sniffed, bytes(66_000) + self.MP3) is ErrorKind.NOT_AUDIO

    def test_several_tags_in_a_row(self, sniffed):
        tag = b"ID3\4\0\0\0\0\1\0" + bytes(128)
        assert sniffed(tag * 3 + self.MP3).demuxer == "mp3"
        assert kind_of(sniffed, tag * 3) is ErrorKind.BAD_HEADER

    def test_length_is_what_the_first_frame_tells(self, sniffed):
        #  Info header of FFmpeg: 2.0 s and what the encoder added at both ends
        assert sniffed(self.MP3).told_s == pytest.approx(2.0, abs=0.3)
        at = self.MP3.find(b"Info")
        assert sniffed(self.MP3[:at] + b"Nope" + self.MP3[at + 4 :]).told_s is None

    @given(content=st.binary(min_size=1, max_size=300).map(lambda noise: noise * 40))
    def test_noise_is_refused_or_taken_but_never_an_accident(self, tmp_path_factory, content):
        path = tmp_path_factory.getbasetemp() / "noise.bin"
        path.write_bytes(content)
        disk = open_disk(path)
        try:
            sniff(disk, ".bin")
        except RecordingError as error:
            assert error.message and error.remedy
        finally:
            disk.close()


class TestEndsThatAreMissing:
    @pytest.mark.parametrize("name", ["a.opus", "a.ogg", "ima.wav", "a.wma"])
    def test_structure_tells(self, sniffed, name):
        content = media.made(name)
        assert not sniffed(content).is_cut
        assert sniffed(content[:-100]).is_cut

    def test_a_cut_index_is_no_file(self, sniffed):
        content = media.made("a.m4a")
        assert kind_of(sniffed, content[:-100]) is ErrorKind.BAD_HEADER

    def test_sound_cut_behind_the_index(self, sniffed):
        """The order of streaming: ftyp moov mdat."""
        content = media.made("a.m4a")
        index, first = content.rfind(b"moov") - 4, int.from_bytes(content[:4])
        turned = content[:first] + content[index:] + content[first:index]
        assert not sniffed(turned).is_cut
        assert sniffed(turned[:-500]).is_cut


@pytest.mark.parametrize(
    "bad",
    [bad for bad in media.corpus() if bad.kind in (ErrorKind.EMPTY_FILE, ErrorKind.NOT_AUDIO, ErrorKind.BAD_HEADER)],
    ids=lambda bad: bad.name[:40],
)
def test_what_is_no_recording_never_reaches_a_decoder(sniffed, bad):
    assert kind_of(sniffed, bad.content, "call" + Path(bad.name).suffix) is bad.kind


def test_text_is_told_from_sound_at_any_cut(sniffed):
    """A head of 4096 bytes may end inside a character."""
    for begin in range(4):
        assert kind_of(sniffed, ("您好" * 3000).encode()[3 * begin :]) is ErrorKind.NOT_AUDIO
        text = b"a" * begin + ("您好" * 3000).encode()
        with pytest.raises(RecordingError, match="is text"):
            sniffed(text)


def test_silence_of_codes_is_sound(sniffed):
    """A-law idles at 0xD5 and 0x55, mu-law at 0xFF and 0x7F."""
    idle = np.tile(np.array([0xD5, 0x55], np.uint8), 4000).tobytes()
    assert sniffed(idle, "call.al").demuxer == "alaw"
    assert sniffed(b"\xff\x7f" * 4000, "call.ul").demuxer == "mulaw"
