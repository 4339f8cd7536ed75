"""Tells from a file's own bytes what it is, before any decoder sees it: magic bytes and the structure behind them.

What is found picks the one demuxer and the few decoders that may touch the file (``source.py``); nothing is probed.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.audio import structure
from inspector.audio.disk import Disk
from inspector.audio.pcm import RECORD_AGAIN
from inspector.audio.riff import CONVERT, WaveHeader, is_wave, read_wave_header
from inspector.audio.source import HEADERLESS, WAVE_DECODERS, Source
from inspector.audio.wav import is_ours
from inspector.errors import ErrorKind

__all__ = ["sniff"]

HEAD_BYTES = 4096
NOT_SOUND = (  # (bytes at the very beginning, what it is)
    (b"#EXTM3U", "a playlist"),
    (b"[playlist]", "a playlist"),
    (b"ffconcat", "a list of files"),
    (b"<?xml", "XML"),
    (b"<MPD", "a streaming manifest"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x7fELF", "a program"),
    (b"SQLite format", "a database"),
)
NOT_TAKEN = (  # (offset, bytes there, what it is)
    (0, b"#!SILK", "SILK"),
    (1, b"#!SILK", "SILK"),
    (0, b"#!AMR_MC", "AMR with several channels"),
    (0, b"#!AMR-WB_MC", "AMR with several channels"),
    (0, b"RIFX", "big-endian WAV (RIFX)"),
    (8, b"AVI ", "AVI"),
    (0, b"\x00\x00\x01\xba", "an MPEG programme stream"),
    (0, b"FLV\x01", "Flash video"),
)
BY_MAGIC = (  # (offset, bytes there, what looks behind them)
    (0, b"ID3", structure.tagged),
    (0, b"fLaC", structure.flac),
    (0, b"OggS", structure.ogg),
    (0, b"#!AMR", structure.amr),
    (4, b"ftyp", structure.mp4),
    (0, b"\x1a\x45\xdf\xa3", structure.matroska),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), structure.asf),
    (0, b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00", structure.w64),
    (0, b"caff", structure.caf),
    (0, b"FORM", structure.aiff),
    (0, b".snd", structure.au),
)
GSM_FRAME_BYTES, GSM_FRAMES_LOOKED_AT = 33, 8
FRAME_BYTES = {"gsm": GSM_FRAME_BYTES, "g729": 10}
SUPPORTED = "give a recording in one of the formats of docs/how-to/recordings.md"


def sniff(disk: Disk, suffix: str) -> Source | None:
    """What a decoder may take the file for; None for WAV files of our own reader.

    ``suffix`` (with its dot) decides only for files that have no header at all. Raises RecordingError (EMPTY_FILE,
    NOT_AUDIO, BAD_HEADER, UNSUPPORTED_CODEC, UNSUPPORTED_LAYOUT or NO_SAMPLES).
    """
    head = disk.at(0, HEAD_BYTES)
    if not head:
        raise disk.refuse(ErrorKind.EMPTY_FILE, "the file is empty", RECORD_AGAIN)
    if is_wave(disk):
        header = read_wave_header(disk)
        return None if is_ours(header) else _wave(disk, header)
    for offset, magic, name in NOT_TAKEN:
        if head.startswith(magic, offset):
            raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, f"is {name}", CONVERT)
    for offset, magic, check in BY_MAGIC:
        if head.startswith(magic, offset):
            return check(disk, head)
    if what := _no_sound(head):
        raise disk.refuse(ErrorKind.NOT_AUDIO, f"is {what}, not a recording", SUPPORTED)
    # The suffix goes first: bare codes of a steady tone can look like MPEG frames.
    source = _headerless(disk, suffix.lower()) or structure.find_mpeg(disk)
    if source is None:
        raise disk.refuse(ErrorKind.NOT_AUDIO, "is no audio file that is known here", SUPPORTED)
    return source


def _wave(disk: Disk, header: WaveHeader) -> Source:
    decoders = WAVE_DECODERS.get(header.tag)
    if decoders is None:
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, f"the sound has the codec 0x{header.tag:04X}", CONVERT)
    if header.start >= disk.size or header.promised == 0:
        raise disk.refuse(ErrorKind.NO_SAMPLES, "the file holds no sound", RECORD_AGAIN)
    is_cut = header.promised is not None and header.start + header.promised > disk.size
    return Source("wav", tuple(decoders.split()), is_cut=is_cut)


def _no_sound(head: bytes) -> str:
    """What a file is that has nothing to do with sound, empty when that cannot be told."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, name in NOT_SOUND:
        if start.startswith(magic):
            return name
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if len(head) - error.start < 4 else "\0"
    return "text" if all(char.isprintable() or char in "\t\r\n\f" for char in text) else ""


def _headerless(disk: Disk, suffix: str) -> Source | None:
    """A file without any header, by its suffix and, where its frames can be told, by them."""
    source = HEADERLESS.get(suffix)
    if source is None:
        return None
    if source.demuxer == "gsm":
        frames = disk.at(0, GSM_FRAME_BYTES * GSM_FRAMES_LOOKED_AT)[::GSM_FRAME_BYTES]
        if any(first >> 4 != 0xD for first in frames):
            raise disk.refuse(ErrorKind.NOT_AUDIO, "is no GSM 6.10: its frames do not begin as they must", SUPPORTED)
    return replace(source, is_cut=bool(disk.size % FRAME_BYTES.get(source.demuxer, 1)))
