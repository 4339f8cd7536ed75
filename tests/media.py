"""Media files made in memory: honest ones of every codec, and the bad-media corpus. Nothing is fetched or recorded."""

from __future__ import annotations

import io
import struct
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np

from inspector.audio.protocol import Int16
from inspector.errors import ErrorKind
from tests import wavs

# A tone of 440 Hz, peak 8000, 0.4 s, from the reference encoders that FFmpeg lacks: libgsm, bcg729, vo-amrwbenc.
TONE_S, TONE_HZ, TONE_PEAK = 0.4, 440, 8000
GSM = b64decode(
    """
    0jfsLaJQUvyAm0SdUAr45a05I65kuA39ku3wRIN/ZLti0jbsbeLwARbRdzKmbSDCHdEnbGzAlTZlTVmTICvzDnqA0jbsLaJvQH0CW0RWk0BWg96S
    9rcAVlzZlT2TABKuqLmp0jfsKaLagKd0SUsa20A5a0pq0t1gNtyyKOPdAFid1ZT10jXsbeNrwLTliTtZbYCp8iZq0W/A6st2RuNtANzJmsSl0jjs
    KaK24KKlsbbkvMA5InLG5ODgRtyNpxzeoDkjSmqK0jbsbaLX4FrStiL2a8CyrbEnJG1AAzZlPZmTACezKd0B0jbsLaKTwFrSdjckb4BYnLW5JG8g
    RF7Ql6u1QBD3qKui0jfsKaLdIDuiLliT20A5a0pq0tzAaoq6oq7dQETmsSmr0jXsbeK1oLbliTtZbaCrqipo0m0g3VlTVlSTIOiLtiTu0jjsKaJw
    wKKljTkkvIA5HG5ZI+KAO2tN2KLeoCljSmqK0jbsbaKPgCljdrRmbaCyZrCnLG1AlS5pO2KTQD3iD2gL0jbsLaKTIF8RV1RU20BojN4itm9gtO6N
    OWNvIBU2hU2Y0jfsKaKVQE2ZLuaUlUBY05JG3N0gRtuSOKXdAFactaU10jXsbeNtoLbkic1ZbaCt6grqiW0g35BTVlSTQNaU1aT10jjsKaLcoLJl
    sajcuuBWlLYlLeDgRtyNpxzgoDtabuqC0jbsbeLXwDkakrLvaSDEXtUVdW0gAP+Eq+FvQCupD2hC0jbsLaJtAC/gL2qCb4A3JLHJJLcgRJ3VFXVt
    wESdzSls0jfsKaJvQDujTljblSBa03I23N0gRtuRxuXdQDblsSmr0jXsbeO1wLclac1RbaCr8ipq0W1A7wlW1FRvINaMtiLu
    """
)
GSM_MS = b64decode(
    """
    yN3hGoXC8hZAm9KKguoc22kkd+VkRPovWYvHBOm/ZC2F2D3uUXgQsimrF9E2CxisprSWtgwi2ovoLkkD1HsYXwGI3eEadVPgJiSbipxUoBPmN5m9
    FaDLaC/imxQgUV1ldIPcHapR7Qi0mpJYTm0FxnYS3UluB7aNJcVxbgFKre6iuUjd4x5X22AaS2ntYptAvJXQnXLbwF22khtnk6BeQpcSi+AdqlHb
    DhSx5baR3gRGUmO5kfAGuI3cNI7vAkZyEl1FiN3jGrV+oJ3UUpld22BRW0ojaVMAob1o9pIUQLMXrSaC2B2uUckF2kkrN5K3AUqN7UaSNwOozGYy
    d1oFgvlVVFPI3aEa5TZgNZWxlNZWYGwn0Z3kTsBVVFdR7VaAGl1KdIfUPe5R2gu2sZTWLrYLVFcRzUk2C+ouoruISQtMZS2l1QjeoRqFy0ARy2kk
    6Q1g5LixJBcPYG2nrRT1LkAsJ9FVhNg9rlHHAcRya6fQtguW0GU0ljYNItaT1lJJBeZTmE1kiN3hGpU0oKeiuorYVsBU6FORffNgWs1pLHczIKLN
    iPaA3B2qUUoFaC9ZPYlKBcppJLmNbgO4bSRHsW4BOo3tJLpI3eMeZ7tgG0mN7mK7QH4F1VVis6C3ILqLmNSgk+hOmovgHapR7gqWsOXEjd0GOokt
    JbbwBriN3DSO8ALWTltdQYjd4x61XmDkRHZZT7OAyuwqqmszANjPRD1zU0B1g9kMhNgdrlE2AfQTmV1BtwE2kuVIklsDKK2uorq2BSitnsSWyN2h
    GnVTYDWnsdymNKCdNnLb6DaA20aOG+tWYBtbSnSH1D3ucdoNNrLT6Cq2C9RbEd0pNg18JmqriDcLOoUtldU=
    """
)
G729 = b64decode(
    """
    i3vAoAD6wjIB/I3aTRkLlapyMsGNsE0FGMIw4eeRjbJM9GADcvVvTwj3zUuNPw/U8V4jY01SVtIxR+1RBV6MteKSMTvHwSO2zPP4CnLXBZcNYEz1
    8CLyY8XDDcJNU04aMuH/RyMwTODI2VEUhFoFu8znRMIwyMW3Dd6M7rCYMcrCFw2yTOKQs3LdSFcNwk1Se84x/i/TDTaMucgrch0anwXbzO6FqvPB
    KVMjuEyoIH4xo8ARDbJM75By8noNUw3AWtJRCjFAFPENNgztoPtylMpbJrJM7VBy8sVBGw3aTKNUnjGpQlcNsAznOFoyJjXTDcbNm/ACMb6ndw02
    DOVfOvGN3Vsmsky9xPJyh8yXDdpMteIqcS9wlw2wMpa0GTQyh5cNxs2UR6LxvqdLDTYMr6g68UhzSiayTLrIkjICj9cN2kyuhqjxvsFTDbAylqIp
    dDaFlw3GzYmJkvJIA8cNNgyt/RtyhHLbJrJMvBvYMo1dFw3aTLg4U3HTQBcNsDKWoid0NMaXDcbNiT3a8XXzww==
    """
)
AMR_WB = b64decode(
    """
    FPfOYgLD3XCWiEIHHEVyz5mBVNTSjU7k3V3P1iQ5xu+YFPf81xX1YUIkpAg4iiaTnLhKK+rGyQtcfQhR0/ewey4AFL/KX/H/+xDiii+yP/cHLiAb
    IMCQ3xXcmh+xDy0UN9tAFP7MZwAP4QIliTmwRgUHxehXiJFuMODMUlthMAiXCoiIFL/MbyqlwUDiiKwyL9UBiemJqbsAcsCmQZElrUvqObHIFP7M
    byAPQQAiCTm1V9V45yeKeJMkeAAmTrIApcXm0dPwFP/KV0gOwxLkrzqiXiUviSz/h/7013zm3HVgRnXaighAFP7MYwTN8QAiDChlD9d+Xa5LA+GX
    jPaGRuxha6XTQ9HAFP/KawQPwwLkrTgyVhUUb+p11EbK283XRq5E+UaXSW6YFP7Mb1AGgUAiDb09T8V5HNMxDCwvHgDdVS2FwY4KuakQFP7Mb8AM
    wQAiiSl5R8V5s0aC15tBaCQHwBaygCVRoNMoFP/KUwgP0xLkrzqiVhUWqgUQ/S/cNWBnRnjzH7Sx0bnQFP7MZ6iNYQAiCC1tH8d+ZO8KG043wsa4
    ZCtqxfYUWvtQFP/KYQDsewLkrTgiXiUwW33MC8PMhpnE/E6W5m0OgBpwFP7MZwCF4UAiDbw9T8V6AzMJQmuHg5feXGnNjZ4yfMcwFP7MYxzPsQAi
    iSl5R8V50wPZSHpBoLZHwjAoqSdt/YI4FP/KUwCP0xLkrzqiVhUXy2P20IVqdGHvNnFXL2x6XUsIFP7MbyCNQQAiCCl9H+d7G/vRthQkXU9b4p6s
    pkMciyBAFP/KWgQfhxLkrzqiXiUQb/dHCPZ3nyn9d09UXWqEaYDYFP7MbyAHQUAiDbw9X8V6OlHy3CAquCSNAwBJzsmmpQwg
    """
)


@dataclass(frozen=True, slots=True)
class Codec:
    """How a file is made and what must come out. ``slack_s``: what the codec adds or loses at its ends."""

    name: str
    container: str
    encoder: str
    heard_as: str
    rate_hz: int = 8000
    channels: int = 1
    slack_s: float = 0.0
    bit_rate: int | None = None


CODECS = (
    Codec("a.mp3", "mp3", "mp3", "mp3", bit_rate=32_000),
    Codec("stereo.mp3", "mp3", "mp3", "mp3", 44_100, 2, bit_rate=128_000),
    Codec("a.flac", "flac", "flac", "flac", channels=2),
    Codec("a.ogg", "ogg", "vorbis", "vorbis", 16_000, 2),
    Codec("a.opus", "ogg", "libopus", "opus", 48_000, 1, bit_rate=24_000),
    Codec("stereo.opus", "ogg", "libopus", "opus", 48_000, 2, bit_rate=24_000),
    Codec("flac.oga", "ogg", "flac", "flac"),
    Codec("a.m4a", "mp4", "aac", "aac", slack_s=0.13),
    Codec("stereo.m4a", "mp4", "aac", "aac", 44_100, 2, slack_s=0.03),
    Codec("lossless.m4a", "mp4", "alac", "alac", 16_000),
    Codec("a.aac", "adts", "aac", "aac", 16_000, slack_s=0.13),
    Codec("a.amr", "amr", "libopencore_amrnb", "amr_nb", slack_s=0.03, bit_rate=12_200),
    Codec("a.3gp", "3gp", "libopencore_amrnb", "amr_nb", slack_s=0.03, bit_rate=12_200),
    Codec("a.webm", "webm", "libopus", "opus", 48_000, bit_rate=24_000),
    Codec("a.mkv", "matroska", "aac", "aac", 16_000, 2, slack_s=0.07),
    Codec("a.wma", "asf", "wmav2", "wmav2", 16_000, slack_s=0.07, bit_rate=32_000),
    Codec("a.g722", "g722", "g722", "adpcm_g722", 16_000),
    Codec("a.g726", "g726le", "g726le", "adpcm_g726le"),
    Codec("a.al", "alaw", "pcm_alaw", "pcm_alaw"),
    Codec("a.ul", "mulaw", "pcm_mulaw", "pcm_mulaw"),
    Codec("g722.wav", "wav", "g722", "adpcm_g722", 16_000),
    Codec("g726.wav", "wav", "g726", "adpcm_g726"),
    Codec("g723.wav", "wav", "g723_1", "g723_1", bit_rate=6_300, slack_s=0.04),
    Codec("ima.wav", "wav", "adpcm_ima_wav", "adpcm_ima_wav", channels=2, slack_s=0.26),
    Codec("ms.wav", "wav", "adpcm_ms", "adpcm_ms", slack_s=0.26),
    Codec("mp3.wav", "wav", "mp3", "mp3", slack_s=0.2, bit_rate=32_000),
    Codec("u8.wav", "wav", "pcm_u8", "pcm_u8"),
    Codec("s24.wav", "wav", "pcm_s24le", "pcm_s24le", channels=2),
    Codec("s32.wav", "wav", "pcm_s32le", "pcm_s32le"),
    Codec("f32.wav", "wav", "pcm_f32le", "pcm_f32le", channels=2),
    Codec("fast.wav", "wav", "pcm_s16le", "pcm_s16le", 96_000, 2),
    Codec("a.w64", "w64", "pcm_s16le", "pcm_s16le"),
    Codec("a.aiff", "aiff", "pcm_s16be", "pcm_s16be", channels=2),
    Codec("a.au", "au", "pcm_mulaw", "pcm_mulaw"),
    Codec("a.caf", "caf", "pcm_s16be", "pcm_s16be"),
)


def tones(rate_hz: int, seconds: float, hz: Sequence[float], peak: int = TONE_PEAK) -> Int16:
    """One sine per channel, shape (frames, channels)."""
    at_s = np.arange(round(rate_hz * seconds)) / rate_hz
    return np.stack([np.round(peak * np.sin(2 * np.pi * tone * at_s)) for tone in hz], axis=1).astype(np.int16)


def encode(lanes: Int16, codec: Codec) -> bytes:
    """A file of samples of shape (frames, channels), by FFmpeg's own encoder and muxer."""
    file = io.BytesIO()
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[codec.channels]
    with av.open(file, "w", format=codec.container) as made:
        stream = made.add_stream(codec.encoder, rate=codec.rate_hz, options={"strict": "experimental"})
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = layout
        if codec.bit_rate is not None:
            stream.codec_context.bit_rate = codec.bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(lanes).reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts = codec.rate_hz, 0
        made.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


def made(name: str, seconds: float = 2.0) -> bytes:
    """A file of :data:`CODECS` by its name: 440 Hz on the left, 880 Hz on the right."""
    codec = next(codec for codec in CODECS if codec.name == name)
    return encode(tones(codec.rate_hz, seconds, (440, 880)[: codec.channels]), codec)


def wave_of(tag: int, data: bytes, align: int, bits: int = 0, extra: bytes = b"", **lies: int) -> bytes:
    """A mono WAV at 8 kHz around bytes of any codec; ``channels``, ``rate``, ``data_size`` may lie."""
    channels, rate = lies.get("channels", 1), lies.get("rate", 8000)
    form = struct.pack("<HHIIHHH", tag, channels, rate, 1000, align, bits, len(extra)) + extra
    return wavs.riff(wavs.chunk(b"fmt ", form), wavs.chunk(b"data", data, lies.get("data_size")))


BY_REFERENCE_ENCODERS = {
    "a.gsm": ("gsm", 8000, GSM),
    "gsm.wav": ("gsm_ms", 8000, wave_of(0x31, GSM_MS, 65, extra=struct.pack("<H", 320))),
    "a.g729": ("g729", 8000, G729),
    "g729.wav": ("g729", 8000, wave_of(0x83, G729, 10)),
    "wide.amr": ("amr_wb", 16_000, b"#!AMR-WB\n" + AMR_WB),
}
"""File name → codec, rate and bytes of the tone."""


def _ogg_crc(page: bytes) -> int:
    crc = 0
    for byte in page:
        crc = (crc << 8 & 0xFFFFFFFF) ^ OGG_CRC[crc >> 24 ^ byte]
    return crc


def _ogg_crc_of_byte(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = (crc << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
    return crc


OGG_CRC = [_ogg_crc_of_byte(byte) for byte in range(256)]


def ogg_page(packets: Sequence[bytes], number: int, granule: int, flags: int = 0, serial: int = 1) -> bytes:
    """A page of whole packets shorter than 255 bytes each (RFC 3533)."""
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, number, 0, len(packets))
    page = head + bytes(len(packet) for packet in packets) + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_crc(page)) + page[26:]


def opus_bomb(hours: float) -> bytes:
    """Hours of silence at two bytes per 0.12 s: Opus packets that say "two frames of 60 ms" and hold none."""
    pages = [
        ogg_page([struct.pack("<8sBBHIHB", b"OpusHead", 1, 1, 0, 48_000, 0, 0)], 0, 0, flags=2),
        ogg_page([b"OpusTags" + struct.pack("<II", 0, 0)], 1, 0),
    ]
    packets, packet_frames = round(hours * 3600 / 0.12), 5760
    for first in range(0, packets, 255):
        count = min(255, packets - first)
        last = 4 if first + count == packets else 0
        pages.append(ogg_page([b"\x19"] * count, len(pages), (first + count) * packet_frames, last))
    return b"".join(pages)


@dataclass(frozen=True, slots=True)
class Bad:
    """A file nobody should trust, and what becomes of it: the kind of its error, or None when it can be heard."""

    name: str
    content: bytes
    kind: ErrorKind | None
    ends_early: bool = False


def _patched(content: bytes, offset: int, value: bytes) -> bytes:
    return content[:offset] + value + content[offset + len(value) :]


def _mp3_frames(content: bytes) -> bytes:
    """Without the ID3 tag that FFmpeg writes."""
    return content[10 + (content[8] << 7 | content[9]) :]


def _box(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I", len(body) + 8 if size is None else size) + name + body


FTYP = _box(b"ftyp", b"M4A \0\0\2\0isom")
IMA_EXTRA = struct.pack("<H", 505)  # samples per block of 256 bytes


def bad_waves() -> list[Bad]:
    """Lying and broken WAV files of codecs that go to the decoder."""
    ima = made("ima.wav")
    block = bytes(256) * 20
    float_data = np.tile(np.array([np.nan, np.inf, -np.inf, 0.5], np.float32), 2000).tobytes()
    good_data = wavs.chunk(b"data", block)
    ima_form = wavs.chunk(b"fmt ", struct.pack("<HHIIHHH", 0x11, 1, 8000, 4055, 256, 4, 2) + IMA_EXTRA)
    return [
        Bad("riff size 0.wav", _patched(ima, 4, bytes(4)), None),
        Bad("riff size all ones.wav", _patched(ima, 4, b"\xff" * 4), None),
        Bad("data larger than the file.wav", wave_of(0x11, block, 256, 4, IMA_EXTRA, data_size=10**6), None, True),
        Bad("no channels.wav", wave_of(0x11, block, 256, 4, IMA_EXTRA, channels=0), ErrorKind.BAD_HEADER),
        Bad(
            "65535 channels.wav",
            wave_of(0x11, block, 256, 4, IMA_EXTRA, channels=65_535),
            ErrorKind.UNSUPPORTED_LAYOUT,
        ),
        Bad("rate 0.wav", wave_of(0x11, block, 256, 4, IMA_EXTRA, rate=0), ErrorKind.BAD_HEADER),
        Bad("rate 2^32-1.wav", wave_of(0x11, block, 256, 4, IMA_EXTRA, rate=2**32 - 1), ErrorKind.DECODE_FAILED),
        Bad("rate 1.wav", wave_of(0x11, block, 256, 4, IMA_EXTRA, rate=1), ErrorKind.UNSUPPORTED_CODEC),
        Bad("blocks of 0.wav", wave_of(0x11, block, 0, 4, IMA_EXTRA), None),
        Bad("bits 0.wav", wave_of(0x11, block, 256, 0, IMA_EXTRA), ErrorKind.DECODE_FAILED),
        Bad("bits 7.wav", wave_of(0x11, block, 256, 7, IMA_EXTRA), ErrorKind.DECODE_FAILED),
        Bad("bits 64.wav", wave_of(0x11, block, 256, 64, IMA_EXTRA), ErrorKind.DECODE_FAILED),
        Bad("50000 samples a block.wav", wave_of(0x11, bytes(50_000), 50_000, 4, struct.pack("<H", 50_000)), None),
        Bad("no format.wav", wavs.riff(good_data), ErrorKind.BAD_HEADER),
        Bad("format twice.wav", wavs.riff(ima_form, wavs.fmt(), good_data), None),
        Bad("format last.wav", wavs.riff(good_data, ima_form), None),
        Bad("not a number.wav", wave_of(3, float_data, 4, 32), None),
        Bad("100000 chunks.wav", wavs.riff(bytes(8 * 100_000), ima_form, good_data), ErrorKind.BAD_HEADER),
        Bad(
            "nested lists.wav",
            wavs.riff(ima_form, *[wavs.chunk(b"LIST", b"LIST\4\0\0\0abcd")] * 50, good_data),
            None,
        ),
        Bad("unknown codec.wav", wavs.riff(wavs.fmt(0x7777, bits=8), good_data), ErrorKind.UNSUPPORTED_CODEC),
        Bad("no sound.wav", wavs.riff(ima_form, wavs.chunk(b"data", b"")), ErrorKind.NO_SAMPLES),
        Bad("one byte of sound.wav", wavs.riff(ima_form, wavs.chunk(b"data", b"x")), ErrorKind.DECODE_FAILED),
        Bad("cut W64.wav", made("a.w64")[:90], ErrorKind.DECODE_FAILED),
    ]


def bad_compressed() -> list[Bad]:
    """Lying, cut and exploding files of compressed codecs."""
    mp3, flac = _mp3_frames(made("a.mp3")), made("a.flac")
    xing = mp3.find(b"Info")
    wide = encode(tones(8000, 0.5, (440,) * 6), Codec("wide.flac", "flac", "flac", "flac", channels=6))
    middle = len(mp3) // 2
    junk = np.random.default_rng(7).integers(0, 255, 5000, np.uint8).tobytes()
    return [
        Bad("a tag of 256 MB.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + mp3, ErrorKind.BAD_HEADER),
        Bad("a tag and a playlist.mp3", b"ID3\4\0\0\0\0\0\0#EXTM3U\nhttp://127.0.0.1/x.ts\n", ErrorKind.BAD_HEADER),
        Bad("garbage between frames.mp3", mp3[:middle] + junk + mp3[middle:], None),
        Bad("false frame count.mp3", _patched(mp3, xing + 8, b"\0\1\0\0"), None, True),
        Bad("changes midway.mp3", mp3 + _mp3_frames(made("stereo.mp3")), ErrorKind.UNSUPPORTED_LAYOUT),
        Bad("one frame header.mp3", b"\xff\xfb\x90\x00", ErrorKind.NOT_AUDIO),
        Bad("2^36 samples.flac", _patched(flac, 21, bytes([flac[21] | 15]) + b"\xff" * 4), None, True),
        Bad("header alone.flac", flac[:42], ErrorKind.DECODE_FAILED),
        Bad("cut header.flac", flac[:20], ErrorKind.BAD_HEADER),
        Bad("six channels.flac", wide, ErrorKind.UNSUPPORTED_LAYOUT),
        Bad("two streams in a row.opus", made("a.opus") * 2, None),
        Bad("page lost.opus", made("a.opus", 5.0)[:-2000], None, True),
        Bad("silence without end.opus", opus_bomb(4), ErrorKind.TOO_LONG),
        Bad("unknown stream.ogg", ogg_page([b"\x80theora\3\2\1"], 0, 0, 2) * 2, ErrorKind.UNSUPPORTED_CODEC),
        Bad("broken page.ogg", b"OggS" + bytes(40), ErrorKind.BAD_HEADER),
        Bad("header alone.amr", b"#!AMR\n", ErrorKind.NO_SAMPLES),
        Bad("broken frame.amr", b"#!AMR\n" + b"\xff" * 100, ErrorKind.BAD_HEADER),
        Bad("several channels.amr", b"#!AMR_MC1.0\n" + bytes(50), ErrorKind.UNSUPPORTED_CODEC),
        Bad("not GSM.gsm", bytes(330), ErrorKind.NOT_AUDIO),
        Bad("skype.silk", b"\x02#!SILK_V3" + bytes(100), ErrorKind.UNSUPPORTED_CODEC),
    ]


def bad_containers() -> list[Bad]:
    """Films, boxes and trees that hold no sound, or lie about where it is and how much."""
    m4a, mkv, short = made("a.m4a"), made("a.mkv"), made("a.m4a", 0.3)
    return [
        Bad("cut before the index.m4a", m4a[: len(m4a) // 2], ErrorKind.BAD_HEADER),
        Bad("no boxes.m4a", FTYP, ErrorKind.BAD_HEADER),
        Bad("box of 4 bytes.m4a", FTYP + _box(b"free", b"", 4), ErrorKind.BAD_HEADER),
        Bad("boxes in boxes.m4a", FTYP + _nested(b"moov", 3000), ErrorKind.DECODE_FAILED),
        Bad("other file named.mp4", m4a.replace(b"url ", b"alis"), None),
        Bad("one byte too much.m4a", _patched(short, short.rfind(b"mp4a") - 1, b"\xbe"), ErrorKind.TOO_LARGE),
        Bad("only pictures.mp4", film(b"mp4"), ErrorKind.NO_SAMPLES),
        Bad("tree without tracks.mkv", mkv[:60], ErrorKind.DECODE_FAILED),
        Bad("other tree.mkv", b"\x1a\x45\xdf\xa3" + bytes(200), ErrorKind.BAD_HEADER),
        Bad(
            "AC-3.mkv",
            encode(tones(48_000, 1, (440,)), Codec("", "matroska", "ac3", "", 48_000)),
            ErrorKind.UNSUPPORTED_CODEC,
        ),
        Bad("zeros.caf", b"caff\0\1\0\0desc" + bytes(200), ErrorKind.DECODE_FAILED),
        Bad("nothing behind.aiff", b"FORM\0\0\0\4AIFF", ErrorKind.DECODE_FAILED),
        Bad("far away.au", b".snd\xff\xff\xff\xff" + bytes(100), ErrorKind.BAD_HEADER),
        Bad("broken.wma", made("a.wma")[:200], ErrorKind.DECODE_FAILED),
        Bad("film.avi", b"RIFF\x10\0\0\0AVI LIST", ErrorKind.UNSUPPORTED_CODEC),
        Bad("big-endian.wav", b"RIFX\0\0\0\x10WAVEfmt ", ErrorKind.UNSUPPORTED_CODEC),
    ]


def _nested(name: bytes, depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = _box(name, body)
    return body


def film(container: bytes) -> bytes:
    """Ten pictures without sound."""
    file = io.BytesIO()
    with av.open(file, "w", format=container.decode()) as made_film:
        stream = made_film.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for _ in range(10):
            made_film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")))
        made_film.mux(stream.encode(None))
    return file.getvalue()


def not_sound() -> list[Bad]:
    """What is no recording at all, under the name of one."""
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXT-X-ENDLIST\n"
    texts = {
        "text.wav": b"this is text, not sound\n",
        "chinese.mp3": "这不是录音。\n".encode() * 50,
        "playlist.mp3": playlist % b"file:///etc/passwd",
        "playlist.ts.mp4": playlist % b"http://127.0.0.1:9/x.ts",
        "bom.mp3": b"\xef\xbb\xbf" + playlist % b"concat:/etc/passwd",
        "winamp.wav": b"[playlist]\nFile1=/etc/passwd\n",
        "list.wav": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "subfile.flac": b"subfile,,start,0,end,0,,:/etc/passwd",
        "dash.mp4": b'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>file:///etc/passwd</BaseURL></MPD>',
        "package.m4a": b'<?xml version="1.0"?><CompositionPlaylist/>',
        "page.ogg": b"<!DOCTYPE html><title>not found</title>",
        "call.sdp.amr": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
        "zip.wav": b"PK\x03\x04" + bytes(100),
        "pdf.mp3": b"%PDF-1.7\n" + bytes(100),
        "picture.flac": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "gzip.opus": b"\x1f\x8b\x08" + bytes(100),
        "program.gsm": b"\x7fELF" + bytes(400),
        "one byte.mp3": b"\0",
        "zeros.wav": bytes(10_000),
        "text.g729": b"0123456789" * 20,
    }
    return [Bad("empty.wav", b"", ErrorKind.EMPTY_FILE)] + [
        Bad(name, content, ErrorKind.NOT_AUDIO) for name, content in texts.items()
    ]


def odd_but_good() -> list[Bad]:
    """Files that only look bad: odd names, wrong suffixes, flat sound."""
    flat = np.zeros((8000, 1), np.int16)
    square = np.where(np.arange(8000)[:, None] % 20 < 10, 32767, -32768).astype(np.int16)
    flac = Codec("", "flac", "flac", "flac")
    return [
        Bad("mp3 named.wav", made("a.mp3"), None),
        Bad("flac named.mp3", made("a.flac"), None),
        Bad("wav named.mp3", wavs.wav(tones(8000, 1, (440,))), None),
        Bad("tagged.flac", b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + made("a.flac"), None),
        Bad("silence.flac", encode(flat, flac), None),
        Bad("direct current.flac", encode(flat + 1000, flac), None),
        Bad("square.flac", encode(square, flac), None),
        Bad("-i.mp3", made("a.mp3"), None),
        Bad("new\nline.mp3", made("a.mp3"), None),
        Bad("客户 通话 📞.m4a", made("a.m4a"), None),
        Bad("n" * 251 + ".mp3", made("a.mp3"), None),
    ]


def corpus() -> list[Bad]:
    return [*bad_waves(), *bad_compressed(), *bad_containers(), *not_sound(), *odd_but_good()]
