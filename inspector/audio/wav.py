"""Strict reader of WAV files as telephone recorders write them: 16-bit PCM, A-law and mu-law, one or two channels.

Headers are not trusted: what they promise is checked against what is there. The sound stays on disk and is read window
by window from one open descriptor, never mapped: a file cut while it is read is an error of that file, not a SIGBUS.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from inspector.audio.layout import LaneFacts, find_layout
from inspector.audio.protocol import Int16
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Layout, Recording

__all__ = ["ALAW", "MULAW", "WavAudio", "open_wav"]

RATES_HZ = range(6_000, 48_001)
MAX_CHUNKS = 1_000  # real files have a handful; a hostile one could hold millions of empty ones
HASH_BLOCK = 1 << 20  # bytes

TAG_PCM, TAG_ALAW, TAG_MULAW, TAG_EXTENSIBLE = 1, 6, 7, 0xFFFE
EXTENSIBLE_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # after the two bytes of the tag
FORMAT_BYTES, EXTENSIBLE_BYTES = 16, 40
NO_SIZE_64 = (0, 2**64 - 1)
CODEC_NAMES = {
    2: "Microsoft ADPCM",
    3: "floating point PCM",
    0x11: "IMA ADPCM",
    0x31: "GSM 6.10",
    0x40: "G.721 ADPCM",
    0x42: "G.723",
    0x50: "MPEG",
    0x55: "MP3",
    0x83: "G.729",
    0xA100: "G.723.1",
}
OTHER_FORMATS = (  # (offset, bytes there, what it is)
    (0, b"ID3", "MP3"),
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg (Opus or Vorbis)"),
    (0, b"#!AMR", "AMR"),
    (0, b"#!SILK", "SILK"),
    (1, b"#!SILK", "SILK"),
    (4, b"ftyp", "M4A/MP4"),
    (0, b"RIFX", "big-endian WAV (RIFX)"),
    (0, b"FORM", "AIFF"),
    (0, b".snd", "AU"),
    (0, b"caff", "CAF"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska/WebM"),
    (0, b"\x30\x26\xb2\x75", "WMA"),
)
CONVERT = "convert it to a WAV file with 16-bit PCM, one or two channels, 8000 or 16000 Hz"
SUPPORTED = "give a WAV file with 16-bit PCM, A-law or mu-law sound"
RECORD_AGAIN = "copy the file again from the recorder, or " + CONVERT
STOPPED = "inspect it again when nothing writes to the file any more"


def _mulaw_table() -> Int16:
    """int16 value of each of the 256 mu-law codes (ITU-T G.711): bits inverted, sign, 3 bits segment, 4 bits step."""
    bits = ~np.arange(256) & 0xFF
    magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132
    return np.where(bits & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> Int16:
    """int16 value of each of the 256 A-law codes (ITU-T G.711): even bits inverted, segment 0 is linear like 1."""
    bits = np.arange(256) ^ 0x55
    segment, step = (bits >> 4) & 7, (bits & 15) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 264) << np.maximum(segment - 1, 0))
    return np.where(bits & 0x80, magnitude, -magnitude).astype(np.int16)


MULAW, ALAW = _mulaw_table(), _alaw_table()
CODECS = {TAG_PCM: "pcm_s16le", TAG_ALAW: "pcm_alaw", TAG_MULAW: "pcm_mulaw"}
TABLES = {"pcm_alaw": ALAW, "pcm_mulaw": MULAW}


def _printable(text: str) -> str:
    """A file name fit for one line of a log: control characters and undecodable bytes are escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


class _Disk:
    """A regular file held open, and how it looked when it was opened."""

    def __init__(self, descriptor: int, name: str) -> None:
        seen = os.fstat(descriptor)
        self.name = name
        self.size = seen.st_size
        self._mtime_ns = seen.st_mtime_ns
        self._descriptor: int | None = descriptor

    def refuse(self, kind: ErrorKind, what: str, remedy: str) -> RecordingError:
        return RecordingError(kind, f"{self.name}: {what}", remedy)

    def at(self, offset: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``offset``; fewer only where the file ends.

        Raises RecordingError(NOT_READABLE) when the storage fails, ValueError after close.
        """
        if self._descriptor is None:
            raise ValueError(f"{self.name} is closed")
        parts: list[bytes] = []
        try:
            while count > 0 and (part := os.pread(self._descriptor, count, offset)):
                parts.append(part)
                offset, count = offset + len(part), count - len(part)
        except OSError as error:
            raise self.refuse(
                ErrorKind.NOT_READABLE, f"reading fails: {error.strerror}", "check the storage it lies on"
            ) from error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def exactly(self, offset: int, count: int) -> bytes:
        """``count`` bytes that lay there when the file was opened; raises RecordingError(CHANGED_WHILE_READ)."""
        read = self.at(offset, count)
        # Looked at after reading: a change before or during the read is then seen.
        seen = os.fstat(self._descriptor) if self._descriptor is not None else None
        if seen is None or len(read) < count or (seen.st_size, seen.st_mtime_ns) != (self.size, self._mtime_ns):
            raise self.refuse(ErrorKind.CHANGED_WHILE_READ, "the file was changed while it was read", STOPPED)
        return read

    def sha256(self) -> str:
        """Hex digest of the whole file, read in blocks; raises RecordingError(CHANGED_WHILE_READ)."""
        digest = hashlib.sha256()
        for offset in range(0, self.size, HASH_BLOCK):
            digest.update(self.exactly(offset, min(HASH_BLOCK, self.size - offset)))
        return digest.hexdigest()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@dataclass(frozen=True, slots=True)
class _Format:
    """How the sound is written. ``sample_bytes``: bytes per sample of one lane."""

    codec: str
    channels: int
    rate_hz: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * (1 if self.codec in TABLES else 2)


@dataclass(frozen=True, slots=True)
class _Data:
    """Where the sound lies. ``promised``: its bytes by the header, None when the header leaves them open."""

    start: int
    promised: int | None


class WavAudio:
    """A WAV file opened by :func:`open_wav`: an ``Audio``, and a context manager that closes the descriptor."""

    def __init__(self, disk: _Disk, form: _Format, start: int, recording: Recording, frames: int) -> None:
        self._disk = disk
        self._form = form
        self._start = start
        self._frames = frames
        self._recording = recording
        self._lane_facts = find_layout(self)
        self._recording = replace(recording, layout=self._lane_facts.layout)

    @property
    def recording(self) -> Recording:
        return self._recording

    @property
    def frames(self) -> int:
        return self._frames

    @property
    def lane_facts(self) -> LaneFacts:
        """Layout and dead lanes, as found when the file was opened."""
        return self._lane_facts

    def read(self, lane: int, start: int, stop: int) -> Int16:
        """int16 samples ``[start, stop)`` of one lane, shape (stop - start,).

        Raises RecordingError(CHANGED_WHILE_READ or NOT_READABLE), ValueError for a window or lane that is not there.
        """
        if not (0 <= start <= stop <= self._frames and 0 <= lane < self._form.channels):
            raise ValueError(f"lane {lane}, samples {start} … {stop} of {self._form.channels} × {self._frames}")
        width = self._form.frame_bytes
        read = self._disk.exactly(self._start + start * width, (stop - start) * width)
        table = TABLES.get(self._form.codec)
        if table is not None:
            return table[np.frombuffer(read, np.uint8)[lane :: self._form.channels]]
        return np.frombuffer(read, "<i2")[lane :: self._form.channels].astype(np.int16)

    def close(self) -> None:
        """Gives the descriptor back; may be called again."""
        self._disk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_wav(path: Path, max_duration_s: float) -> WavAudio:
    """Opens and checks a recording: format, length in seconds, sha256 of its bytes, what its channels hold.

    ``recording.path`` is the path as given (bytes of it that are no UTF-8 are escaped: records must become JSON).
    Raises RecordingError of every kind that concerns files; never blocks on pipes or devices.
    """
    with ExitStack() as opened:
        disk = _open_disk(path)
        opened.callback(disk.close)
        _check_container(disk)
        form_bytes, data = _find_chunks(disk)
        form = _read_format(disk, form_bytes)
        there = (disk.size - data.start) // form.frame_bytes
        promised = there if data.promised is None else data.promised // form.frame_bytes
        frames = min(promised, there)
        _check_length(disk, frames / form.rate_hz, max_duration_s)
        recording = Recording(
            id=disk.sha256(),
            path=str(path).encode("utf-8", "backslashreplace").decode(),
            duration_s=frames / form.rate_hz,
            rate_hz=form.rate_hz,
            channels=form.channels,
            codec=form.codec,
            layout=Layout.MONO if form.channels == 1 else Layout.STEREO,
            ends_early=promised > there,
        )
        audio = WavAudio(disk, form, data.start, recording, frames)
        opened.pop_all()
        return audio


def _open_disk(path: Path) -> _Disk:
    name = _printable(path.name)
    try:
        # Without O_NONBLOCK a pipe without writer would hang us; a terminal must not become ours.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise RecordingError(ErrorKind.NOT_FOUND, f"{name}: there is no such file", "correct the path") from error
    except OSError as error:
        raise RecordingError(
            ErrorKind.NOT_READABLE, f"{name}: cannot be opened: {error.strerror}", "give this user read access to it"
        ) from error
    with ExitStack() as opened:
        opened.callback(os.close, descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RecordingError(
                ErrorKind.NOT_READABLE, f"{name}: is a directory, pipe or device", "name a regular file"
            )
        disk = _Disk(descriptor, name)
        opened.pop_all()
        return disk


def _check_container(disk: _Disk) -> None:
    """Raises RecordingError when the file is no RIFF/WAVE (RF64 and BW64 are WAVE with 64-bit sizes)."""
    head = disk.at(0, 12)
    if not head:
        raise disk.refuse(ErrorKind.EMPTY_FILE, "the file is empty", RECORD_AGAIN)
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        if head[8:] == b"WAVE":
            return
        if len(head) < 12:
            raise disk.refuse(ErrorKind.BAD_HEADER, "the WAV header is cut off", RECORD_AGAIN)
    if other := _other_format(head):
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, f"is {other}, not WAV", CONVERT)
    raise disk.refuse(ErrorKind.NOT_AUDIO, "is no audio file that is known here", SUPPORTED)


def _other_format(head: bytes) -> str | None:
    for offset, magic, name in OTHER_FORMATS:
        if head[offset : offset + len(magic)] == magic:
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] >= 0xE0:  # MPEG frame sync; layer bits 0 mean ADTS
        return "MP3" if head[1] & 0x06 else "AAC"
    return None


def _find_chunks(disk: _Disk) -> tuple[bytes, _Data]:
    """First ``fmt `` body (at most 40 bytes of it) and first ``data`` chunk, in whatever order they come."""
    form, data, size_64, at = None, None, None, 12
    for _ in range(MAX_CHUNKS):
        head = disk.at(at, 8)
        if len(head) < 8:
            break
        name, size, body = head[:4], int.from_bytes(head[4:], "little"), at + 8
        if name == b"fmt " and form is None:
            form = disk.at(body, min(size, EXTENSIBLE_BYTES))
        elif name == b"ds64" and size_64 is None:
            size_64 = int.from_bytes(disk.at(body + 8, 8), "little")
        elif name == b"data" and data is None:
            data = _Data(body, _promised(disk, body, size, size_64))
        if form is not None and data is not None:
            return form, data
        at = _next_chunk(disk, body, size)
    else:
        raise disk.refuse(ErrorKind.BAD_HEADER, f"more than {MAX_CHUNKS} chunks and no sound yet", RECORD_AGAIN)
    if form is None:
        raise disk.refuse(ErrorKind.BAD_HEADER, "the WAV header does not say how the sound is written", RECORD_AGAIN)
    raise disk.refuse(ErrorKind.NO_SAMPLES, "the file ends before the sound begins", RECORD_AGAIN)


def _next_chunk(disk: _Disk, body: int, size: int) -> int:
    end = body + size
    # Chunks are padded to even length, but some writers forget it.
    return end + 1 if size % 2 and disk.at(end, 4) not in (b"fmt ", b"data") else end


def _promised(disk: _Disk, body: int, size: int, size_64: int | None) -> int | None:
    """Bytes of sound by the header; None when a writer that could not go back left a placeholder.

    Known placeholders: 0, 0x7FFFF000 (SoX), 0x7FFFFFFF, and 0xFFFFFFFF with or without the header taken off.
    """
    if size == 0xFFFFFFFF and size_64 not in (None, *NO_SIZE_64):
        return size_64
    if size == 0:
        return 0 if _only_chunks_follow(disk, body) else None
    return None if size in (0x7FFFF000, 0x7FFFFFFF) or size >= 0xFFFFFF00 else size


def _only_chunks_follow(disk: _Disk, at: int) -> bool:
    """Whether the rest of the file is well-formed chunks to its very end: then a size of 0 means no sound at all."""
    for _ in range(MAX_CHUNKS):
        head = disk.at(at, 8)
        if len(head) < 8 or not all(0x20 <= char < 0x7F for char in head[:4]):
            return False
        size = int.from_bytes(head[4:], "little")
        at = at + 8 + size + size % 2
        if disk.size in (at, at - size % 2):
            return True
    return False


def _read_format(disk: _Disk, form: bytes) -> _Format:
    """Codec, channels and rate; block alignment and byte rate follow from them, whatever the header says."""
    if len(form) < FORMAT_BYTES:
        raise disk.refuse(ErrorKind.BAD_HEADER, "the description of the sound is cut off", RECORD_AGAIN)
    tag, channels, rate_hz, _, align, bits = struct.unpack_from("<HHIIHH", form)
    if tag == TAG_EXTENSIBLE:
        tag = _extensible_tag(disk, form)
    if tag not in CODECS:
        codec = CODEC_NAMES.get(tag, f"unknown codec 0x{tag:04X}")
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, f"the sound is {codec}", CONVERT)
    if channels == 0 or rate_hz == 0:
        raise disk.refuse(ErrorKind.BAD_HEADER, f"the header says {channels} channels at {rate_hz} Hz", RECORD_AGAIN)
    if channels > 2:
        raise disk.refuse(ErrorKind.UNSUPPORTED_LAYOUT, f"has {channels} channels", "give one or two channels")
    if tag == TAG_PCM:
        _check_pcm_width(disk, bits, sample_bytes=align / channels)
    if rate_hz not in RATES_HZ:
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, f"has {rate_hz} samples per second", CONVERT)
    return _Format(CODECS[tag], channels, rate_hz)


def _extensible_tag(disk: _Disk, form: bytes) -> int:
    if len(form) < EXTENSIBLE_BYTES:
        raise disk.refuse(ErrorKind.BAD_HEADER, "the extended description of the sound is cut off", RECORD_AGAIN)
    if form[26:40] != EXTENSIBLE_GUID_TAIL:
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, "the sound has a codec that is not known here", CONVERT)
    return int.from_bytes(form[24:26], "little")


def _check_pcm_width(disk: _Disk, bits: int, sample_bytes: float) -> None:
    """Accepts 16 bits, and fewer (12 … 15, or nonsense) in two bytes; raises RecordingError on other widths."""
    if bits == 16 or (bits < 16 and bits != 8 and sample_bytes == 2):
        return
    if bits in (8, 20, 24, 32, 64):
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, f"the sound is {bits}-bit PCM", CONVERT)
    raise disk.refuse(ErrorKind.BAD_HEADER, f"the header says {bits} bits per sample", RECORD_AGAIN)


def _check_length(disk: _Disk, duration_s: float, max_duration_s: float) -> None:
    if duration_s == 0:
        raise disk.refuse(ErrorKind.NO_SAMPLES, "the file holds no sound", RECORD_AGAIN)
    if duration_s > max_duration_s:
        what = f"lasts {duration_s:.0f} s, more than {max_duration_s:.0f} s"
        raise disk.refuse(ErrorKind.TOO_LONG, what, "cut it into calls, or raise hearing.max_duration_s")
