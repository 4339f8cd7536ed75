"""Decodes foreign formats in a process of its own, which may crash, hang or lie without harm to ours.

::

    ours                                   decoder_child.py (FFmpeg; no network, no paths, little memory)
    open file, unlinked target ── job ──►  decodes the first audio track
    checks the answer          ◄─ answer ─ int16 samples lie in the target
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import inspector
from inspector.audio.disk import Disk
from inspector.audio.pcm import RECORD_AGAIN
from inspector.audio.riff import CONVERT
from inspector.audio.source import Source
from inspector.errors import ErrorKind, RecordingError, SetupError

__all__ = ["Decoded", "Decoder"]

PACKAGE_ROOT = str(Path(inspector.__file__).resolve().parent.parent)
# Isolated (-I): neither the environment nor the working directory can slip in a module. Hence the path by hand.
BOOT = "import sys; sys.path.append(sys.argv[1]); from inspector.audio.decoder_child import main; main()"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}  # a second thread would forbid the sandbox
START_S = 60.0
BASE_S, BYTES_PER_S, SOUND_S_PER_S = 60.0, 50_000.0, 100.0  # time for any file; slowest reading, slowest decoding
END_S = 2.0
TOLD_MORE, TOLD_MORE_S = 1.01, 0.5  # factor and seconds: codecs pad, and averages are not exact
ANSWER_BYTES = 16 << 10
LOST = (OSError, EOFError, KeyError, TypeError, ValueError)
DETAIL_CHARS = 200
REMEDIES = {
    ErrorKind.UNSUPPORTED_CODEC: CONVERT,
    ErrorKind.UNSUPPORTED_LAYOUT: "give one or two channels",
    ErrorKind.TOO_LONG: "cut it into calls, or raise hearing.max_duration_s",
    ErrorKind.NO_SAMPLES: RECORD_AGAIN,
    ErrorKind.DECODE_FAILED: RECORD_AGAIN,
    ErrorKind.TOO_LARGE: CONVERT,
    ErrorKind.NO_ROOM: "make room where temporary files lie, then inspect it again",
}
QUARANTINE = "keep the file apart and look at it: it may be broken on purpose; or " + CONVERT


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out of a file. ``sound`` holds interleaved int16 samples and nothing else; the caller closes it."""

    sound: Disk
    codec: str
    rate_hz: int
    channels: int
    frames: int
    ends_early: bool

    def __post_init__(self) -> None:
        whole = self.frames > 0 and self.sound.size == self.frames * self.channels * 2
        if not (whole and self.channels in (1, 2) and 4_000 <= self.rate_hz <= 48_000):
            raise ValueError(f"{self.frames} frames of {self.channels} channels at {self.rate_hz} Hz")


class Decoder:
    """One child process, started by the first file and replaced after a crash or a missed deadline.

    For one thread at a time. ``temp_dir``: where decoded sound lies, in files without a name.
    """

    def __init__(self, temp_dir: Path | None = None) -> None:
        self._temp_dir = temp_dir
        self._child: _Child | None = None

    @property
    def sandbox(self) -> dict[str, bool]:
        """Which measures hold in the child, by name; starts it. Raises SetupError when it does not start."""
        return self._running().sandbox

    def decode(self, disk: Disk, source: Source, max_duration_s: float) -> Decoded:
        """Raises RecordingError for whatever the file does, SetupError when no decoder can be started."""
        with ExitStack() as opened:
            target = self._target(disk)
            opened.callback(os.close, target)
            answer = self._ask(disk, source, target, max_duration_s)
            if "error" in answer:
                raise _refusal(disk, answer)
            sound = Disk(target, disk.name)
            try:
                decoded = _decoded(sound, source, answer)
            except (KeyError, TypeError, ValueError) as error:
                self._end()
                raise _crash(disk, "gave an impossible answer") from error
            opened.pop_all()
            return decoded

    def close(self) -> None:
        """Ends the child; the next file would start another. May be called again."""
        self._end()

    def _target(self, disk: Disk) -> int:
        try:
            with tempfile.TemporaryFile(dir=self._temp_dir, buffering=0) as target:
                return os.dup(target.fileno())
        except OSError as error:
            what = f"no room for the decoded sound: {error.strerror}"
            raise disk.refuse(ErrorKind.NO_ROOM, what, REMEDIES[ErrorKind.NO_ROOM]) from error

    def _running(self) -> _Child:
        if self._child is None:
            self._child = _Child()
        return self._child

    def _ask(self, disk: Disk, source: Source, target: int, max_duration_s: float) -> dict[str, Any]:
        limit_s = BASE_S + disk.size / BYTES_PER_S + max_duration_s / SOUND_S_PER_S
        job = {
            "demuxer": source.demuxer,
            "decoders": source.decoders,
            "options": source.options,
            "max_duration_s": max_duration_s,
            "cpu_s": int(limit_s),
        }
        try:
            return self._running().ask(job, (disk.descriptor, target), limit_s)
        except TimeoutError as error:
            self._end()
            raise _crash(disk, f"was not done after {limit_s:.0f} s") from error
        except LOST as error:
            raise _crash(disk, self._end()) from error
        except KeyboardInterrupt:
            self._end()  # or its answer would be taken for that of the next file
            raise

    def _end(self) -> str:
        child, self._child = self._child, None
        return child.end() if child is not None else ""


class _Child:
    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", BOOT, PACKAGE_ROOT],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        try:
            self.sandbox: dict[str, bool] = self._receive(START_S)["sandbox"]
        except LOST as error:
            raise SetupError(f"the decoder does not start: {self.end()}", "install inspector again") from error

    def ask(self, job: dict[str, Any], descriptors: tuple[int, int], limit_s: float) -> dict[str, Any]:
        """Raises TimeoutError, or another of :data:`LOST` when the child is gone or its answer is no JSON object."""
        self._channel.settimeout(limit_s)
        socket.send_fds(self._channel, [json.dumps(job).encode()], descriptors)
        return self._receive(limit_s)

    def _receive(self, limit_s: float) -> dict[str, Any]:
        self._channel.settimeout(limit_s)
        message = self._channel.recv(ANSWER_BYTES)
        if not message:
            raise EOFError("the decoder is gone")
        answer = json.loads(message)
        if not isinstance(answer, dict):
            raise TypeError("an answer is a JSON object")
        return answer

    def end(self) -> str:
        """Closes the socket, at which the child leaves, kills it when it does not, and says how it ended."""
        self._channel.close()
        try:
            code = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"left with {code}"


def _decoded(sound: Disk, source: Source, answer: dict[str, Any]) -> Decoded:
    """The child's answer, checked; raises KeyError, TypeError or ValueError when it cannot be true."""
    rate_hz, frames = int(answer["rate_hz"]), int(answer["frames"])
    told_s = answer["told_s"] if source.tells_length else source.told_s
    is_short = told_s is not None and float(told_s) > frames / rate_hz * TOLD_MORE + TOLD_MORE_S
    return Decoded(
        sound=sound,
        codec=_plain(str(answer["codec"])),
        rate_hz=rate_hz,
        channels=int(answer["channels"]),
        frames=frames,
        ends_early=bool(source.is_cut or answer["broke_off"] or is_short),
    )


def _refusal(disk: Disk, answer: dict[str, Any]) -> RecordingError:
    try:
        kind = ErrorKind(answer["error"])
        return disk.refuse(kind, _plain(str(answer["detail"])), REMEDIES[kind])
    except (KeyError, ValueError):
        return _crash(disk, "gave an impossible answer")


def _crash(disk: Disk, how: str) -> RecordingError:
    return disk.refuse(ErrorKind.DECODER_CRASHED, f"the decoder {how} on this file", QUARANTINE)


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:DETAIL_CHARS]
