"""What lies behind the magic bytes: a few frames, pages or boxes of each container, so that a name is not believed.

Every check gets the first 4 KiB, reads a bounded part of the file and answers with its :class:`Source` or raises
RecordingError, mostly BAD_HEADER.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inspector.audio.disk import Disk
from inspector.audio.pcm import RECORD_AGAIN
from inspector.audio.riff import CONVERT
from inspector.audio.source import CONTAINERS, Source
from inspector.errors import ErrorKind, RecordingError

__all__ = ["aiff", "amr", "asf", "au", "caf", "find_mpeg", "flac", "matroska", "mp4", "ogg", "tagged", "w64"]

MAX_ID3_BYTES, MAX_TAGS = 16 << 20, 100  # a cover picture, not a hiding place
SYNC_BYTES = 64 << 10  # how far into a file the first MPEG frame may lie
MPEG_CHAIN = 3  # frames in a row, each where the one before says; fewer only where the file ends
FLAC_HEAD_BYTES = 22  # up to the sample rate of STREAMINFO
MAX_BOXES = 1_000
MAX_FIRST_PAGES = 16
EBML_HEAD_BYTES = 128

LAYER_BITS = 0b110  # none of them: ADTS
LENGTH_HEADERS = (b"Xing", b"Info")  # in the first frame, by encoders that count the frames
MPEG_RATES_HZ = (44_100, 48_000, 32_000)  # of MPEG-1
VERSION_SHIFT = {3: 0, 2: 1, 0: 2}  # MPEG-1, -2, -2.5: each has half the rates of the one before
KBPS_V1 = {
    1: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
KBPS_V2 = {
    1: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
AMR_FRAME_BYTES = {  # of a frame with its table-of-contents byte, by frame type (RFC 4867)
    b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1),
    b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1),
}
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
OGG_CODECS = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")


def _broken(disk: Disk, what: str) -> RecordingError:
    return disk.refuse(ErrorKind.BAD_HEADER, what, RECORD_AGAIN)


def tagged(disk: Disk, _head: bytes) -> Source:
    """MP3, AAC or FLAC behind ID3v2 tags."""
    at = 0
    for _ in range(MAX_TAGS):
        head = disk.at(at, 10)
        if head[:3] != b"ID3":
            break
        if len(head) < 10 or any(byte & 0x80 for byte in head[6:]):
            raise _broken(disk, "the ID3 tag is broken")
        at += 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + 10 * (head[5] >> 4 & 1)
        if at > MAX_ID3_BYTES:
            raise _broken(disk, f"more than {MAX_ID3_BYTES >> 20} MiB of tags before the sound")
    behind = disk.at(at, FLAC_HEAD_BYTES)
    found = flac(disk, behind) if behind.startswith(b"fLaC") else find_mpeg(disk, at)
    if found is None:
        raise _broken(disk, "an ID3 tag, but no sound behind it")
    return found


def find_mpeg(disk: Disk, start: int = 0) -> Source | None:
    """MP3 (any layer) or ADTS AAC whose frames begin within 64 KiB from ``start``."""
    data = disk.at(start, 2 * SYNC_BYTES)
    at = data.find(b"\xff")
    while 0 <= at < SYNC_BYTES:
        if _is_chain(data, at, ends=start + len(data) >= disk.size):
            if not data[at + 1] & LAYER_BITS:
                return CONTAINERS["AAC"]
            return replace(CONTAINERS["MP3"], told_s=_told_s(data[at : at + 64]))
        at = data.find(b"\xff", at + 1)
    return None


def _is_chain(data: bytes, at: int, *, ends: bool) -> bool:
    """Whether frames of one kind follow each other here. ``ends``: the data reach to the end of the file."""
    kinds = set()
    for count in range(MPEG_CHAIN):
        head = data[at : at + 7]
        length = _mpeg_frame_bytes(head)
        if not length:
            return ends and (count > 1 or (count == 1 and at <= len(data))) and at > len(data) - 4
        kinds.add((head[1], head[2] & 0x0C))  # version, layer and rate stay the same
        at += length
    return len(kinds) == 1


def _mpeg_frame_bytes(head: bytes) -> int:
    """Length of the frame whose first bytes these are, 0 for no frame (ISO 11172-3, 13818-3, 13818-7 ADTS)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] < 0xE0:
        return 0
    if not head[1] & LAYER_BITS:
        is_adts = head[1] >= 0xF0 and len(head) == 7 and head[2] >> 2 & 15 < 13
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5 if is_adts else 0
        return length if length > 7 else 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, kbps = head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate == 3 or kbps in (0, 15):
        return 0
    rate_hz = MPEG_RATES_HZ[rate] >> VERSION_SHIFT[version]
    bits_per_s = (KBPS_V1 if version == 3 else KBPS_V2)[layer][kbps - 1] * 1000
    padding = head[2] >> 1 & 1
    if layer == 1:
        return (12 * bits_per_s // rate_hz + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits_per_s // rate_hz + padding


def _told_s(frame: bytes) -> float | None:
    """Length by the header that encoders put into the first frame, None where there is none."""
    at = max(frame.find(name) for name in LENGTH_HEADERS)
    if at < 0 or not frame[at + 7] & 1:
        return None
    version = frame[1] >> 3 & 3
    rate_hz = MPEG_RATES_HZ[frame[2] >> 2 & 3] >> VERSION_SHIFT[version]
    return int.from_bytes(frame[at + 8 : at + 12]) * (1152 if version == 3 else 576) / rate_hz


def flac(disk: Disk, head: bytes) -> Source:
    if (
        len(head) < FLAC_HEAD_BYTES
        or head[4] & 0x7F
        or int.from_bytes(head[5:8]) != 34
        or not int.from_bytes(head[18:21]) >> 4
    ):
        raise _broken(disk, "the FLAC header is broken")
    return CONTAINERS["FLAC"]


def amr(disk: Disk, head: bytes) -> Source:
    for magic, frame_bytes in AMR_FRAME_BYTES.items():
        if head.startswith(magic):
            at = len(magic)
            if at >= disk.size:
                raise disk.refuse(ErrorKind.NO_SAMPLES, "the file ends before the sound begins", RECORD_AGAIN)
            if disk.at(at, 1)[0] & 0x83 or at + frame_bytes[disk.at(at, 1)[0] >> 3 & 15] > disk.size:
                raise _broken(disk, "the first AMR frame is broken")
            return CONTAINERS["AMR"]
    raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, "is AMR of a kind that is not known here", CONVERT)


def ogg(disk: Disk, _head: bytes) -> Source:
    """Opus, Vorbis, FLAC or Speex in Ogg (RFC 3533); cut when its last page does not say that it is the last."""
    for first in _first_pages(disk):
        if first.startswith(OGG_CODECS):
            return replace(CONTAINERS["Ogg"], is_cut=not _has_last_page(disk))
    raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, "holds no Opus, Vorbis, FLAC or Speex stream", CONVERT)


def _first_pages(disk: Disk) -> Iterator[bytes]:
    """The beginning of the first packet of every stream."""
    at = 0
    for _ in range(MAX_FIRST_PAGES):
        head = disk.at(at, 27 + 255)
        is_first = len(head) > 27 and head[:4] == b"OggS" and not head[4] and head[5] & 0x02
        if not is_first:
            break
        body = at + 27 + head[26]
        yield disk.at(body, 8)
        at = body + sum(head[27 : 27 + head[26]])
    if at == 0:
        raise _broken(disk, "the first Ogg page is broken")


def _has_last_page(disk: Disk) -> bool:
    tail = disk.at(max(0, disk.size - SYNC_BYTES - 282), SYNC_BYTES + 282)  # the longest page has 65 307 bytes
    at = tail.rfind(b"OggS")
    head = tail[at : at + 27] if at >= 0 else b""
    if len(head) < 27 or not head[5] & 0x04:
        return False
    return at + 27 + head[26] + sum(tail[at + 27 : at + 27 + head[26]]) <= len(tail)


def mp4(disk: Disk, _head: bytes) -> Source:
    """MP4, M4A, 3GP (ISO 14496-12); cut when a box reaches beyond the end. Without its index nothing can be heard."""
    at, has_index = 0, False
    for _ in range(MAX_BOXES):
        box = disk.at(at, 16)
        if len(box) < 8:
            break
        size = int.from_bytes(box[:4])
        if size == 1:
            size = int.from_bytes(box[8:])
        elif size == 0:
            size = disk.size - at
        if size < 8:
            raise _broken(disk, "the boxes of the MP4 file are broken")
        has_index = has_index or (box[4:8] == b"moov" and at + size <= disk.size)
        at += size
    if not has_index:
        raise _broken(disk, "the index (moov) of the MP4 file is missing: it was cut off or never finished")
    return replace(CONTAINERS["MP4"], is_cut=at > disk.size)


def asf(disk: Disk, head: bytes) -> Source:
    """WMA; cut when the file is smaller than its own File Properties object says."""
    at = head.find(ASF_FILE_PROPERTIES)
    told = int.from_bytes(head[at + 40 : at + 48], "little") if at >= 0 else 0
    return replace(CONTAINERS["WMA"], is_cut=told > disk.size)


def w64(disk: Disk, head: bytes) -> Source:
    """Sony Wave64: its first chunk is the whole file."""
    return replace(CONTAINERS["W64"], is_cut=int.from_bytes(head[16:24], "little") > disk.size)


def caf(disk: Disk, head: bytes) -> Source:
    """Apple's Core Audio Format; cut when a chunk reaches beyond the end. The size of the last may be left open."""
    if head[4:12] != b"\0\1\0\0desc":
        raise _broken(disk, "the CAF header is broken")
    at = 8
    for _ in range(MAX_BOXES):
        size = int.from_bytes(disk.at(at, 12)[4:], signed=True)
        if size <= 0:
            break
        at += 12 + size
    return replace(CONTAINERS["CAF"], is_cut=at > disk.size)


def aiff(disk: Disk, head: bytes) -> Source:
    if head[8:12] not in (b"AIFF", b"AIFC"):
        raise _broken(disk, "is IFF, but not AIFF")
    return CONTAINERS["AIFF"]


def au(disk: Disk, head: bytes) -> Source:
    if not 24 <= int.from_bytes(head[4:8]) < disk.size:
        raise _broken(disk, "the AU header is broken")
    return CONTAINERS["AU"]


def matroska(disk: Disk, head: bytes) -> Source:
    at = head.find(b"\x42\x82", 0, EBML_HEAD_BYTES)  # DocType
    if not head[at + 3 :].startswith((b"matroska", b"webm")):
        raise _broken(disk, "is EBML, but neither Matroska nor WebM")
    return CONTAINERS["Matroska"]
