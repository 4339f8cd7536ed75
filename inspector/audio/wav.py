"""Strict reader of WAV files as telephone recorders write them: 16-bit PCM, A-law and mu-law, one or two channels.

Nothing foreign decodes these files: their headers are read in ``riff.py``, their samples in ``pcm.py``.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from inspector.audio.disk import Disk, open_disk
from inspector.audio.pcm import RECORD_AGAIN, PcmAudio, PcmFormat, check_length
from inspector.audio.riff import CONVERT, TAG_ALAW, TAG_MULAW, TAG_PCM, WaveHeader, is_wave, read_wave_header
from inspector.errors import ErrorKind
from inspector.model import Layout, Recording

__all__ = ["is_ours", "open_wav", "shown_path"]

RATES_HZ = range(6_000, 48_001)
CODECS = {TAG_PCM: "pcm_s16le", TAG_ALAW: "pcm_alaw", TAG_MULAW: "pcm_mulaw"}
OTHER_PCM_BITS = (8, 20, 24, 32)


def is_ours(header: WaveHeader) -> bool:
    """Whether this reader takes the sound, or knows better than any decoder why it cannot be read."""
    is_other_pcm = header.tag == TAG_PCM and header.bits in OTHER_PCM_BITS
    return header.tag in CODECS and header.rate_hz in RATES_HZ and not is_other_pcm


def open_wav(path: Path, max_duration_s: float) -> PcmAudio:
    """Opens and checks a recording: format, length in seconds, sha256 of its bytes, what its channels hold.

    Raises RecordingError of every kind that concerns files; never blocks on pipes or devices.
    """
    with ExitStack() as opened:
        disk = open_disk(path)
        opened.callback(disk.close)
        if not disk.size:
            raise disk.refuse(ErrorKind.EMPTY_FILE, "the file is empty", RECORD_AGAIN)
        if not is_wave(disk):
            raise disk.refuse(ErrorKind.NOT_AUDIO, "is no WAV file", CONVERT)
        header = read_wave_header(disk)
        form = _format_of(disk, header)
        there = (disk.size - header.start) // form.frame_bytes
        promised = there if header.promised is None else header.promised // form.frame_bytes
        frames = min(promised, there)
        check_length(disk, frames / form.rate_hz, max_duration_s)
        recording = Recording(
            id=disk.sha256(),
            path=shown_path(path),
            duration_s=frames / form.rate_hz,
            rate_hz=form.rate_hz,
            channels=form.channels,
            codec=form.codec,
            layout=Layout.MONO if form.channels == 1 else Layout.STEREO,
            ends_early=promised > there,
        )
        audio = PcmAudio(disk, form, header.start, recording, frames)
        opened.pop_all()
        return audio


def shown_path(path: Path) -> str:
    """The path as given; bytes of it that are no UTF-8 are escaped: records must become JSON."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _format_of(disk: Disk, header: WaveHeader) -> PcmFormat:
    """Codec, channels and rate; block alignment and byte rate follow from them, whatever the header says."""
    if not is_ours(header):
        what = f"{header.bits}-bit sound of codec 0x{header.tag:04X} at {header.rate_hz} Hz is not read here"
        raise disk.refuse(ErrorKind.UNSUPPORTED_CODEC, what, CONVERT)
    if header.tag == TAG_PCM and header.bits != 16 and not (header.bits < 16 and header.align == 2 * header.channels):
        raise disk.refuse(ErrorKind.BAD_HEADER, f"the header says {header.bits} bits per sample", RECORD_AGAIN)
    return PcmFormat(CODECS[header.tag], header.channels, header.rate_hz)
