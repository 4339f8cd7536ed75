"""What a decoder is allowed to take a file for: the closed list of containers and of codecs in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.audio.riff import TAG_ALAW, TAG_MULAW, TAG_PCM

__all__ = ["CONTAINERS", "HEADERLESS", "WAVE_DECODERS", "Source"]

PCM = "pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_u8 pcm_s8 pcm_f32le pcm_f32be pcm_alaw pcm_mulaw"


@dataclass(frozen=True, slots=True)
class Source:
    """One file as the sniffer found it. ``demuxer``, ``decoders``, ``options``: FFmpeg's names, forced on it.

    ``is_cut``: the structure shows already that the end is missing. ``tells_length``: FFmpeg finds in such files how
    long they should be. ``told_s``: the sniffer found it itself. Less sound than told means that it ends early.
    """

    demuxer: str
    decoders: tuple[str, ...]
    tells_length: bool = False
    is_cut: bool = False
    told_s: float | None = None
    options: dict[str, str] = field(default_factory=dict)


CONTAINERS = {
    name: Source(demuxer, tuple(decoders.split()), tells_length)
    for name, demuxer, decoders, tells_length in (
        ("MP3", "mp3", "mp3 mp3float mp2 mp2float", False),
        ("AAC", "aac", "aac", False),
        ("FLAC", "flac", "flac", True),
        ("Ogg", "ogg", "opus vorbis flac speex", False),
        ("AMR", "amr", "amrnb amrwb", False),
        ("MP4", "mov", f"aac alac mp3 mp3float opus flac amrnb amrwb adpcm_ima_qt {PCM}", True),
        ("Matroska", "matroska", f"opus vorbis aac mp3 mp3float flac alac {PCM}", True),
        ("WMA", "asf", "wmav1 wmav2 wmavoice wmapro", True),
        ("AIFF", "aiff", f"adpcm_ima_qt {PCM}", True),
        ("AU", "au", f"g722 {PCM}", True),
        ("CAF", "caf", f"alac aac adpcm_ima_qt amrnb opus {PCM}", True),
        ("W64", "w64", f"adpcm_ima_wav adpcm_ms gsm_ms {PCM}", True),
    )
}
"""Files that say what they are. The name is what people call them."""

WAVE_DECODERS = {
    TAG_PCM: "pcm_s16le pcm_u8 pcm_s24le pcm_s32le",
    0x0002: "adpcm_ms",
    0x0003: "pcm_f32le pcm_f64le",
    TAG_ALAW: "pcm_alaw",
    TAG_MULAW: "pcm_mulaw",
    0x0011: "adpcm_ima_wav",
    0x0022: "truespeech",
    0x0031: "gsm_ms",
    0x0040: "g726",
    0x0042: "g723_1",
    0x0045: "g726",
    0x0050: "mp2 mp2float",
    0x0055: "mp3 mp3float",
    0x0064: "g726",
    0x0083: "g729",
    0x028F: "g722",
    0x0160: "wmav1",
    0x0161: "wmav2",
    0xA100: "g723_1",
}
"""Codecs inside WAVE, by format tag."""

HEADERLESS = {
    ".gsm": Source("gsm", ("gsm",)),
    ".g722": Source("g722", ("g722",)),
    ".g729": Source("g729", ("g729",)),
    ".g726": Source("g726le", ("g726le",), options={"code_size": "4", "sample_rate": "8000"}),
    ".al": Source("alaw", ("pcm_alaw",), options={"sample_rate": "8000"}),
    ".ul": Source("mulaw", ("pcm_mulaw",), options={"sample_rate": "8000"}),
}
"""Bare frames, which only the suffix tells: 8 kHz mono (G.722: 16 kHz), G.726 at 32 kbit/s packed as in RFC 3551."""
