"""Headers of WAVE files (RIFF, RF64, BW64), read without trust: what they promise is checked by those who use it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from inspector.audio.disk import Disk
from inspector.audio.pcm import RECORD_AGAIN
from inspector.errors import ErrorKind

__all__ = ["CONVERT", "TAG_ALAW", "TAG_MULAW", "TAG_PCM", "WaveHeader", "is_wave", "read_wave_header"]

MAX_CHUNKS = 1_000  # real files have a handful; a hostile one could hold millions of empty ones
TAG_PCM, TAG_ALAW, TAG_MULAW, TAG_EXTENSIBLE = 1, 6, 7, 0xFFFE
EXTENSIBLE_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # after the two bytes of the tag
FORMAT_BYTES, EXTENSIBLE_BYTES = 16, 40
NO_SIZE_64 = (0, 2**64 - 1)
CONVERT = "convert it to a WAV file with 16-bit PCM, one or two channels, 8000 or 16000 Hz"


@dataclass(frozen=True, slots=True)
class WaveHeader:
    """What the header says. ``tag``: codec, extensible resolved; ``align``: bytes per frame or block.

    ``start``: first byte of the sound. ``promised``: bytes of sound, None when the header leaves them open.
    """

    tag: int
    channels: int
    rate_hz: int
    align: int
    bits: int
    start: int
    promised: int | None


@dataclass(frozen=True, slots=True)
class _Data:
    start: int
    promised: int | None


def is_wave(disk: Disk) -> bool:
    """Whether the file is RIFF/WAVE (RF64 and BW64 are WAVE with 64-bit sizes); raises RecordingError(BAD_HEADER)."""
    head = disk.at(0, 12)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64"):
        return False
    if len(head) < 12:
        raise disk.refuse(ErrorKind.BAD_HEADER, "the WAV header is cut off", RECORD_AGAIN)
    return head[8:] == b"WAVE"


def read_wave_header(disk: Disk) -> WaveHeader:
    """The header of a file for which :func:`is_wave` holds. Channels are 1 or 2, the rate is not 0.

    Raises RecordingError(BAD_HEADER, NO_SAMPLES, UNSUPPORTED_CODEC or UNSUPPORTED_LAYOUT).
    """
    form, data = _find_chunks(disk)
    if len(form) < FORMAT_BYTES:
        raise disk.refuse(ErrorKind.BAD_HEADER, "the description of the sound is cut off", RECORD_AGAIN)
    tag, channels, rate_hz, _, align, bits = struct.unpack_from("<HHIIHH", form)
    if tag == TAG_EXTENSIBLE:
        tag = _extensible_tag(disk, form)
    if channels == 0 or rate_hz == 0:
        raise disk.refuse(ErrorKind.BAD_HEADER, f"the header says {channels} channels at {rate_hz} Hz", RECORD_AGAIN)
    if channels > 2:
        raise disk.refuse(ErrorKind.UNSUPPORTED_LAYOUT, f"has {channels} channels", "give one or two channels")
    return WaveHeader(tag, channels, rate_hz, align, bits, data.start, data.promised)


def _find_chunks(disk: Disk) -> tuple[bytes, _Data]:
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


def _next_chunk(disk: Disk, body: int, size: int) -> int:
    end = body + size
    # Chunks are padded to even length, but some writers forget it.
    return end + 1 if size % 2 and disk.at(end, 4) not in (b"fmt ", b"data") else end


def _promised(disk: Disk, body: int, size: int, size_64: int | None) -> int | None:
    """Bytes of sound by the header; None when a writer that could not go back left a placeholder.

    Known placeholders: 0, 0x7FFFF000 (SoX), 0x7FFFFFFF, and 0xFFFFFFFF with or without the header taken off.
    """
    if size == 0xFFFFFFFF and size_64 not in (None, *NO_SIZE_64):
        return size_64
    if size == 0:
        return 0 if _only_chunks_follow(disk, body) else None
    return None if size in (0x7FFFF000, 0x7FFFFFFF) or size >= 0xFFFFFF00 else size


def _only_chunks_follow(disk: Disk, at: int) -> bool:
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


def _extensible_tag(disk: Disk, form: bytes) -> int:
    if len(form) < EXTENSIBLE_BYTES:
        raise disk.refuse(ErrorKind.BAD_HEADER, "the extended description of the sound is cut off", RECORD_AGAIN)
    if form[26:40] != EXTENSIBLE_GUID_TAIL:
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, "the sound has a codec that is not known here", CONVERT)
    return int.from_bytes(form[24:26], "little")
