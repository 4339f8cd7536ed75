"""The process in which FFmpeg decodes what customers sent: one at a time, many in its life, able to do nothing else.

It reads jobs from a socket (its standard input) and answers each. A job is one JSON message with two descriptors, the
recording (read) and a file for the samples (write); ``decoder.py`` is the other end and believes no answer.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import struct
from collections.abc import Iterator
from io import FileIO
from typing import Any

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from inspector.audio import sandbox

__all__ = ["main"]

JOB_BYTES = 16 << 10
MEMORY_BYTES = 1 << 30
RATES_HZ = range(4_000, 192_001)
KEPT_RATE_HZ, LOWERED_RATE_HZ = 48_000, 16_000  # sound above the first is stored at the second
MAX_BYTES_PER_S = KEPT_RATE_HZ * 2 * 2  # two channels of int16
GAP_S = 0.1  # time stamps that leave out more have lost sound there
BLOCK_FRAMES = 1 << 16  # converted and written together

Samples = NDArray[Any]  # shape (frames, channels)


class _Refusal(Exception):  # noqa: N818 - not an error of ours, a verdict on the file
    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class _Sink:
    """Writes the sound of one file as interleaved int16, silence as holes, and keeps its caps."""

    def __init__(self, descriptor: int, max_duration_s: float, origin_s: float | None) -> None:
        """``origin_s``: the time stamp at which the file begins, None for that of the first frame."""
        self.rate_hz = self.channels = self.frames = self._taken = 0
        self._descriptor = descriptor
        self._max_duration_s = max_duration_s
        self._origin_s = origin_s
        self._form: tuple[int, int, str] | None = None
        self._lower: soxr.ResampleStream | None = None
        self._block: list[Samples] = []
        self._block_frames = 0

    def take(self, frame: av.AudioFrame) -> None:
        """One decoded frame, behind silence where the time stamps say that sound was lost before it."""
        form = (frame.sample_rate, frame.layout.nb_channels, frame.format.name)
        if self._form is None:
            self._begin(*form[:2])
            self._form = form
        elif form != self._form:
            raise _Refusal("unsupported_layout", "changes its channels, rate or precision midway")
        if frame.time is not None:
            if self._origin_s is None:
                self._origin_s = frame.time
            missing = round((frame.time - self._origin_s) * form[0]) - self._taken
            if missing > GAP_S * form[0]:
                self._silence(missing)
        self._block.append(_interleaved(frame))
        self._taken += frame.samples
        self._block_frames += frame.samples
        if self._block_frames >= BLOCK_FRAMES:
            self._empty_block()

    def end(self) -> None:
        """Flushes, and gives the file its full length when it ends in a hole."""
        self._empty_block()
        if self._lower is not None:
            self._write(self._lower.resample_chunk(np.zeros((0, self.channels), np.float32), last=True))
        os.ftruncate(self._descriptor, self.frames * self.channels * 2)

    def _begin(self, rate_hz: int, channels: int) -> None:
        if rate_hz not in RATES_HZ:
            raise _Refusal("unsupported_codec", f"has {rate_hz} samples per second")
        if channels not in (1, 2):
            raise _Refusal("unsupported_layout", f"has {channels} channels")
        self.rate_hz, self.channels = rate_hz, channels
        if rate_hz > KEPT_RATE_HZ:
            self.rate_hz = LOWERED_RATE_HZ
            self._lower = soxr.ResampleStream(rate_hz, LOWERED_RATE_HZ, channels, dtype="float32")

    def _silence(self, frames: int) -> None:
        self._empty_block()
        self._taken += frames
        for start in range(0, frames, BLOCK_FRAMES):
            self._pass_on(np.zeros((min(BLOCK_FRAMES, frames - start), self.channels), np.int16))

    def _empty_block(self) -> None:
        if self._block:
            self._pass_on(np.concatenate(self._block))
        self._block, self._block_frames = [], 0

    def _pass_on(self, samples: Samples) -> None:
        self._write(samples if self._lower is None else self._lower.resample_chunk(_as_float32(samples)))

    def _write(self, samples: Samples) -> None:
        whole = _as_int16(samples)
        start = self.frames * self.channels * 2
        self.frames += len(whole)
        if self.frames > self._max_duration_s * self.rate_hz:
            raise _Refusal("too_long", f"lasts more than {self._max_duration_s:.0f} s")
        if whole.any():
            left = whole.tobytes()
            while left:
                written = os.pwrite(self._descriptor, left, start)
                left, start = left[written:], start + written


def _interleaved(frame: av.AudioFrame) -> Samples:
    array = frame.to_ndarray()
    return array.T if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels)


def _as_float32(samples: Samples) -> NDArray[np.float32]:
    """In [-1, 1] where it was not louder; what is no number becomes silence."""
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - np.float32(128)) / np.float32(128)
    if samples.dtype.kind == "i":
        return samples.astype(np.float32) / np.float32(1 << (8 * samples.dtype.itemsize - 1))
    return np.nan_to_num(samples.astype(np.float32), posinf=1, neginf=-1)


def _as_int16(samples: Samples) -> NDArray[np.int16]:
    if samples.dtype == np.int16:
        return samples
    return np.clip(np.rint(_as_float32(samples) * 32768), -32768, 32767).astype(np.int16)


def _decode(job: dict[str, Any], source: int, target: int) -> dict[str, Any]:
    """Everything FFmpeg does with a file; raises _Refusal, FFmpegError, OSError, MemoryError."""
    file = FileIO(source, closefd=False)
    file.name = "recording"  # PyAV wants one; it is opened by nobody
    decoders = job["decoders"]
    limits = {"protocol_whitelist": "pipe", "codec_whitelist": ",".join(decoders)}
    options = {**limits, **job["options"]}
    with av.open(file, "r", format=job["demuxer"], options=options, metadata_errors="replace") as found:
        stream = _first_track(found, decoders)
        origin_s = None if found.start_time is None else max(0.0, found.start_time / av.time_base)
        sink = _Sink(target, job["max_duration_s"], origin_s)
        broke_off = False
        for frame in _frames(found, stream):
            if frame is None:
                broke_off = True
            else:
                sink.take(frame)
        sink.end()
        if not sink.frames:
            raise _Refusal("decode_failed", "nothing in it can be decoded")
        codec, told_s = stream.codec_context.codec.canonical_name, _told_s(found, stream)
    return {
        "codec": codec,
        "rate_hz": sink.rate_hz,
        "channels": sink.channels,
        "frames": sink.frames,
        "broke_off": broke_off,
        "told_s": told_s,
    }


def _first_track(found: Any, decoders: list[str]) -> Any:
    """The first audio stream, if it may be decoded."""
    if not found.streams.audio:
        raise _Refusal("no_samples", "holds no audio track")
    stream = found.streams.audio[0]
    codec = stream.codec_context.codec if stream.codec_context is not None else None
    if codec is None or codec.name not in decoders:
        name = codec.canonical_name if codec is not None else "of an unknown kind"
        raise _Refusal("unsupported_codec", f"the sound is {name}")
    stream.codec_context.thread_count = 1
    return stream


def _frames(found: Any, stream: Any) -> Iterator[av.AudioFrame | None]:
    """What can be decoded, broken packets left out like a player does; None at the end when the file breaks off."""
    is_broken = False
    packets = found.demux(stream)
    while True:
        try:
            packet = next(packets, None)  # after an error: None
            if packet is None:
                break
            frames = packet.decode()
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError:
            is_broken = True
            continue
        yield from frames
        # The empty packet that flushes the decoder says nothing about the last real one.
        is_broken = is_broken and not packet.size
    if is_broken:
        yield None


def _told_s(found: Any, stream: Any) -> float | None:
    """How long the track is by the file's own words, as far as it has words of its own for this track."""
    if stream.duration is not None and (len(found.streams) == 1 or found.format.name.startswith("mov")):
        return float(stream.duration * stream.time_base)
    if found.duration is not None and len(found.streams) == 1:
        return float(found.duration / av.time_base)
    return None


def _answer(job: dict[str, Any], source: int, target: int) -> dict[str, Any]:
    try:
        return _decode(job, source, target)
    except _Refusal as refusal:
        return {"error": refusal.kind, "detail": str(refusal)}
    except MemoryError:
        return {"error": "too_large", "detail": f"needs more than {MEMORY_BYTES >> 20} MiB of memory"}
    except (av.error.FFmpegError, OSError) as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return {"error": "no_room", "detail": f"the decoded sound finds no room: {error.strerror}"}
        return {"error": "decode_failed", "detail": f"cannot be decoded: {error.strerror}"}


def _warm_up() -> None:
    """Decodes a little sound of our own, so that nothing is left to be imported when no path can be opened any more."""
    form = struct.pack("<IHHIIHH", 16, 3, 1, 96_000, 384_000, 4, 32)
    head = b"RIFF" + struct.pack("<I", 4036) + b"WAVEfmt " + form + b"data" + struct.pack("<I", 4000)
    source, target = os.memfd_create("warm-up"), os.memfd_create("samples")
    os.write(source, head + bytes(4000))
    os.lseek(source, 0, os.SEEK_SET)
    _decode({"demuxer": "wav", "decoders": ["pcm_f32le"], "options": {}, "max_duration_s": 1}, source, target)
    os.close(source)
    os.close(target)


def main() -> None:
    """Serves until the other end of standard input closes."""
    channel = socket.socket(fileno=0)
    av.logging.set_level(None)
    _warm_up()
    state = {"no_network": sandbox.forget_network(), **sandbox.confine(MEMORY_BYTES)}
    channel.send(json.dumps({"sandbox": state}).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, JOB_BYTES, 2)
        if not message:
            return
        job = json.loads(message)
        sandbox.limit_job(job["cpu_s"], int(job["max_duration_s"] * MAX_BYTES_PER_S))
        answer = _answer(job, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(json.dumps(answer).encode())
