"""Files as recorders write them, and how late a decoder gives their sound back."""

from __future__ import annotations

import io
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from .errors import SampleError
from .telephone import SAMPLE_RATE, Pcm16, Samples, mulaw_decode, mulaw_encode
from .wav import wav_file

MAX_DELAY_S = 0.5
SOX_FRAMES = 640  # two blocks of WAV49: after an odd number sox counts the padding byte as sound


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec and its file. `encoder` is FFmpeg's name; `sox_options` are for the codec that FFmpeg cannot write."""

    suffix: str
    container: str = ""
    encoder: str = ""
    bit_rate: int = 0
    mono_only: bool = False
    sox_options: tuple[str, ...] = ()


CODECS = {
    "pcm_s16le": Codec("wav"),
    "pcm_alaw": Codec("wav"),
    "pcm_mulaw": Codec("wav"),
    "adpcm_ima_wav": Codec("wav", "wav", "adpcm_ima_wav"),
    "amr_nb": Codec("amr", "amr", "libopencore_amrnb", 12_200, mono_only=True),
    "gsm": Codec("gsm", mono_only=True, sox_options=("-t", "gsm")),
    "gsm_ms": Codec("wav", mono_only=True, sox_options=("-t", "wav", "-e", "gsm-full-rate")),
    "mp3": Codec("mp3", "mp3", "libmp3lame", 16_000, mono_only=True),
    "opus": Codec("ogg", "ogg", "libopus", 16_000),
}


def encode(lanes: Pcm16, name: str) -> tuple[bytes, int, float]:
    """The file, its length in frames at 8 kHz and its delay in seconds.

    `lanes` has shape (frames, channels). The delay is how much later than in `lanes` the sound is in the decoded file,
    found by cross-correlation. Compressed recordings went over a mu-law line first.
    """
    codec = CODECS[name]
    if not codec.encoder and not codec.sox_options:
        return wav_file(lanes, name), len(lanes), 0.0
    line = mulaw_decode(mulaw_encode(lanes))
    content = _by_sox(line, codec) if codec.sox_options else _by_ffmpeg(line, codec)
    heard = _decoded(content)
    return content, len(heard), _delay_s(line.astype(np.float64).sum(axis=1), heard)


def _by_ffmpeg(lanes: Pcm16, codec: Codec) -> bytes:
    """The file as FFmpeg's encoder makes it, without dates, versions and random numbers."""
    layout = "mono" if lanes.shape[1] == 1 else "stereo"
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=codec.container, options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(codec.encoder, rate=SAMPLE_RATE, layout=layout)
        if codec.bit_rate:
            stream.bit_rate = codec.bit_rate * lanes.shape[1]
        frame = av.AudioFrame.from_ndarray(lanes.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = SAMPLE_RATE
        for part in (frame, None):
            container.mux(stream.encode(part))
    return buffer.getvalue()


def _by_sox(lanes: Pcm16, codec: Codec) -> bytes:
    """The file as Debian's sox makes it: in a real file, for a pipe would leave the length in its header wrong."""
    raw = ["-t", "raw", "-r", str(SAMPLE_RATE), "-e", "signed-integer", "-b", "16", "-c", "1", "-L", "-"]
    whole = np.pad(lanes[:, 0], (0, -len(lanes) % SOX_FRAMES))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, f"made.{codec.suffix}")
        command = ["sox", "-D", *raw, *codec.sox_options, str(made)]
        try:
            subprocess.run(command, input=whole.astype("<i2").tobytes(), capture_output=True, check=True)
        except FileNotFoundError as error:
            raise SampleError("GSM files need sox: install it (Debian's package sox).") from error
        except subprocess.CalledProcessError as error:
            raise SampleError(f"sox failed: {error.stderr.decode(errors='replace').strip()}") from error
        return made.read_bytes()


def _decoded(content: bytes) -> Samples:
    """All lanes of a file added up, at 8 kHz, as FFmpeg decodes it."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        frames = [_frame(frame) for frame in container.decode(stream)]
        rate = stream.rate
    samples = np.concatenate(frames)
    return samples if rate == SAMPLE_RATE else soxr.resample(samples, rate, SAMPLE_RATE, quality="VHQ")


def _frame(frame: av.AudioFrame) -> NDArray[np.float64]:
    """Lanes of one decoded frame added up; full scale is left as it comes."""
    samples = frame.to_ndarray().astype(np.float64)
    if frame.format.is_planar:
        return samples.sum(axis=0)
    return samples.reshape(-1, frame.layout.nb_channels).sum(axis=1)


def _delay_s(sent: Samples, heard: Samples) -> float:
    """How much later `heard` is than `sent`: the lag of their strongest correlation."""
    size = 1 << (len(sent) + len(heard) - 1).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size))
    strength = np.fft.irfft(spectrum, size)
    reach = round(MAX_DELAY_S * SAMPLE_RATE)
    lags = np.arange(-reach, reach + 1)
    return float(lags[np.argmax(strength[lags])]) / SAMPLE_RATE
