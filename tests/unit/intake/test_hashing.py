"""Recordings read through before they are accepted: digest, size, estimated length, and nothing that is no file."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import ErrorKind, IntakeError, RecordingError
from inspector.intake.hashing import receive, sync_directory
from tests.wavs import chunk, fmt, riff, wav

SOUND = np.zeros((12_000, 2), np.int16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SOUND))
    return path


def test_a_recording_is_read_through(file: Path) -> None:
    received = receive(file)
    assert received.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (received.size_bytes, received.audio_s) == (file.stat().st_size, 1.5)


@pytest.mark.parametrize(
    ("name", "content", "audio_s"),
    [
        ("a.wav", wav(SOUND, "pcm_alaw"), 1.5),
        ("a.WAV", riff(fmt(), chunk(b"data", bytes(16_000), 0xFFFFFFFF)), 1.0),  # the header leaves the length open
        ("a.wav", riff(fmt(), chunk(b"data", bytes(16_000), 160_000)), 1.0),  # cut off
        ("a.wav", riff(fmt(tag=0x31, align=65), chunk(b"data", bytes(7_940))), 1.0),  # GSM: by its size
        ("a.wav", b"no sound" * 1000, 1.0),
        ("a.amr", bytes(16_000), 10.0),
        ("a.mp3", bytes(40_000), 10.0),
        ("a", bytes(40_000), 10.0),
    ],
)
def test_the_length_is_estimated_without_decoding(tmp_path: Path, name: str, content: bytes, audio_s: float) -> None:
    (tmp_path / name).write_bytes(content)
    assert receive(tmp_path / name).audio_s == pytest.approx(audio_s, rel=0.01)


def test_what_cannot_be_read_is_refused(tmp_path: Path, file: Path) -> None:
    (tmp_path / "empty.wav").touch()
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    (tmp_path / "link.wav").symlink_to(file)
    kinds = {}
    for name in ("empty.wav", "pipe.wav", "zero.wav", "gone.wav", "."):
        with pytest.raises(RecordingError) as caught:
            receive(tmp_path / name)
        kinds[name] = caught.value.kind
    assert kinds == {
        "empty.wav": ErrorKind.EMPTY_FILE,
        "pipe.wav": ErrorKind.NOT_READABLE,
        "zero.wav": ErrorKind.NOT_READABLE,
        "gone.wav": ErrorKind.NOT_FOUND,
        ".": ErrorKind.NOT_READABLE,
    }
    assert receive(tmp_path / "link.wav") == receive(file)


def test_a_name_that_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.wav"))
    path.write_bytes(b"x")
    with pytest.raises(IntakeError, match=r"\\xff|\\udcff"):
        receive(path)


def test_a_file_that_is_not_as_it_was_seen_is_refused_for_now(tmp_path: Path, file: Path) -> None:
    seen = file.stat()
    look = seen.st_size, seen.st_mtime_ns
    assert receive(file, look) == receive(file)
    for path, other in ((file, (look[0] - 1, look[1])), (file, (look[0], look[1] - 1)), (tmp_path / "gone.wav", look)):
        with pytest.raises(RecordingError) as caught:
            receive(path, other)
        assert caught.value.kind is ErrorKind.CHANGED_WHILE_READ


def test_a_file_that_grows_while_it_is_read_is_refused_for_now(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread

    def grow(descriptor: int, count: int, offset: int) -> bytes:
        with file.open("ab") as stream:
            stream.write(b"more")
        return pread(descriptor, count, offset)

    monkeypatch.setattr(os, "pread", grow)
    with pytest.raises(RecordingError) as caught:
        receive(file)
    assert caught.value.kind is ErrorKind.CHANGED_WHILE_READ


def test_bytes_and_names_are_brought_to_the_disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink()))
    receive(file)
    sync_directory(file.parent)
    assert synced == [file, file.parent]


def test_storage_that_loses_what_was_written_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(code: int) -> None:
        def fsync(_: int) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(os, "fsync", fsync)

    for code in (errno.EIO, errno.ENOSPC):
        fail(code)
        for work in (lambda: receive(file), lambda: sync_directory(file.parent)):
            with pytest.raises(RecordingError, match="brought to the disk") as caught:
                work()
            assert caught.value.kind is ErrorKind.NOT_READABLE
    fail(errno.EROFS)
    assert receive(file).size_bytes == file.stat().st_size
