"""How long a recording may be, by its header or its size: nothing is decoded."""

from __future__ import annotations

from inspector.audio.disk import Disk
from inspector.audio.riff import TAG_PCM, is_wave, read_wave_header
from inspector.audio.wav import is_ours
from inspector.errors import RecordingError

__all__ = ["estimated_s"]

_BYTES_PER_S = {
    ".wav": 8_000,
    ".flac": 9_000,
    ".g722": 8_000,
    ".al": 8_000,
    ".ul": 8_000,
    ".opus": 3_000,
    ".gsm": 1_650,
    ".amr": 1_600,
    ".g729": 1_000,
}
_USUAL_BYTES_PER_S = 4_000


def estimated_s(disk: Disk, suffix: str) -> float:
    """Seconds of sound, to size jobs by and for nothing else; ``suffix`` with its dot.

    Exact for WAV files of 16-bit PCM, A-law and mu-law; of others by what their codec needs on the telephone.
    """
    try:
        header = read_wave_header(disk) if is_wave(disk) else None
    except RecordingError:
        header = None  # what is wrong with the file is said when it is heard
    if header is None or not is_ours(header):
        return disk.size / _BYTES_PER_S.get(suffix.lower(), _USUAL_BYTES_PER_S)
    there = max(0, disk.size - header.start)
    sound_bytes = there if header.promised is None else min(there, header.promised)
    return sound_bytes / (header.rate_hz * header.channels * (2 if header.tag == TAG_PCM else 1))
