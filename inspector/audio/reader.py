"""Opens any recording: WAV by our own strict reader, everything else by a decoder that is kept at a distance."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Protocol, Self

from inspector.audio.decoder import Decoder
from inspector.audio.disk import Disk, open_disk
from inspector.audio.layout import LaneFacts
from inspector.audio.pcm import PcmAudio, PcmFormat, check_length
from inspector.audio.protocol import Audio
from inspector.audio.sniff import sniff
from inspector.audio.source import Source
from inspector.audio.wav import open_wav, shown_path
from inspector.model import Layout, Recording

__all__ = ["AudioReader", "OpenedAudio"]


class OpenedAudio(Audio, Protocol):
    """A recording ready to be heard; a context manager that closes it."""

    @property
    def lane_facts(self) -> LaneFacts: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class AudioReader:
    """Opens recordings, from any thread. The decoder is one for all and starts with the first file that needs it.

    ``temp_dir``: where decoded sound lies while it is heard (2 bytes a sample), None for the system's.
    """

    def __init__(self, temp_dir: Path | None = None) -> None:
        self.decoder = Decoder(temp_dir)
        self._decoding = Lock()

    def open(self, path: Path, max_duration_s: float) -> OpenedAudio:
        """Raises RecordingError of every kind that concerns files, SetupError when the decoder cannot be started.

        ``recording.id`` is the sha256 of the file's bytes, ``codec`` FFmpeg's name of it, rate and channels as decoded.
        """
        with ExitStack() as opened:
            disk = open_disk(path)
            opened.callback(disk.close)
            source = sniff(disk, path.suffix)
            if source is not None:
                return self._decode(disk, source, path, max_duration_s)
        return open_wav(path, max_duration_s)

    def close(self) -> None:
        """Ends the decoder; recordings that are open stay readable. May be called again."""
        self.decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _decode(self, disk: Disk, source: Source, path: Path, max_duration_s: float) -> PcmAudio:
        with self._decoding:
            decoded = self.decoder.decode(disk, source, max_duration_s)
        with ExitStack() as opened:
            opened.callback(decoded.sound.close)
            duration_s = decoded.frames / decoded.rate_hz
            check_length(disk, duration_s, max_duration_s)
            recording = Recording(
                id=disk.sha256(),  # after decoding: a file that changed meanwhile is refused
                path=shown_path(path),
                duration_s=duration_s,
                rate_hz=decoded.rate_hz,
                channels=decoded.channels,
                codec=decoded.codec,
                layout=Layout.MONO if decoded.channels == 1 else Layout.STEREO,
                ends_early=decoded.ends_early,
            )
            form = PcmFormat("pcm_s16le", decoded.channels, decoded.rate_hz)
            audio = PcmAudio(decoded.sound, form, 0, recording, decoded.frames)
            opened.pop_all()
            return audio
