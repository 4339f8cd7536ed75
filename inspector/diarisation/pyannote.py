"""pyannote.audio (version 4) as second engine for telling voices apart: the extra ``pyannote``, nothing of the core.

Runs on the CPU, without a network: telemetry is off before pyannote is imported, names of a model hub are refused, and
sound is handed over as samples. What it loads is either a pipeline directory of the user's own or the two models of the
core: segmentation-3.0, made a model of pyannote again, and the GE2E voice encoder.

A checkpoint of the user's own is a pickle: loading it runs what it says. Only trusted directories may be named.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import least_squares
from threadpoolctl import ThreadpoolController

from inspector.audio.protocol import Audio, Float32
from inspector.audio.resample import MODEL_RATE_HZ, to_16k
from inspector.diarisation.embedding import CHUNK_FRAMES, HIDDEN, HOP, VoiceEncoder, mel_frames
from inspector.diarisation.protocol import Diarisation, SpeakerSpan
from inspector.errors import ConfigError, ModelError
from inspector.model import Span

os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
os.environ["HF_HUB_OFFLINE"] = "1"
try:
    import lightning
    import onnx
    import onnx.numpy_helper
    import torch
    from google.protobuf.message import DecodeError
    from pyannote.audio import Model, __version__
    from pyannote.audio.core.plda import PLDA
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet
    from pyannote.audio.pipelines import SpeakerDiarization
except (ImportError, OSError) as error:
    raise ModelError(
        f"pyannote.audio cannot be imported: {error}",
        "install the extra: .venv/bin/pip install --require-hashes --no-deps -r locks/pyannote.txt (6 GB)",
    ) from error

__all__ = ["PyannoteDiariser", "checkpoint_from_onnx", "local_diariser", "own_diariser"]

PIECE_S, MARGIN_S = 60, 1  # read at a time, and beyond it so that resampling leaves no click; whole at any rate
LEAST_HZ = 50  # lower edge and width of a sinc filter are stored less this much
LOUDNESS_DB = -30.0  # the voice encoder was trained on speech at least this loud
PIPELINE = "pyannote.audio.pipelines.SpeakerDiarization"
WEIGHTS = ("pytorch_model.bin",)
PARTS = {"segmentation": WEIGHTS, "embedding": WEIGHTS, "plda": ("xvec_transform.npz", "plda.npz")}
CLUSTERINGS = ("AgglomerativeClustering", "VBxClustering")  # others must be told how many voices there are
SECTIONS = {"dependencies", "version", "pipeline", "params"}
USE_LOCAL = "name a trusted local directory with its config.yaml; models of a hub are never fetched"
OWN_PARTS = {
    "clustering": "AgglomerativeClustering",
    "segmentation_step": 0.25,
    "segmentation_batch_size": 8,
    "embedding_batch_size": 32,
    "embedding_exclude_overlap": True,
}
# chosen on 16 synthetic calls mixed to one lane and one real clip: no threshold suits them all
OWN_PARAMETERS = {
    "segmentation": {"min_duration_off": 0.0},
    "clustering": {"method": "average", "min_cluster_size": 3, "threshold": 0.18},
}

Doubles = NDArray[np.float64]
Turn = tuple[float, float, str]  # start and end in seconds, voice
LOAD_ERRORS = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, ImportError, EOFError)


class PyannoteDiariser:
    """A ``Diariser``. A whole lane lies in memory, float32 at 16 kHz: 230 MB per hour."""

    def __init__(self, pipeline: SpeakerDiarization, digest: str) -> None:
        """``digest``: of all that decides what the pipeline hears, hexadecimal."""
        self._pipeline = pipeline
        self._name = f"pyannote-{__version__}@{digest[:8]}"

    @property
    def name(self) -> str:
        return self._name

    def diarise(self, audio: Audio, lane: int, speech: tuple[Span, ...]) -> Diarisation:
        """Voices within ``speech``; raises RecordingError as ``audio.read`` does."""
        if not speech:
            return Diarisation(())
        sound = torch.from_numpy(_lane(audio, lane))[None]
        heard = self._pipeline({"waveform": sound, "sample_rate": MODEL_RATE_HZ}).speaker_diarization
        turns = [(turn.start, turn.end, voice) for turn, _, voice in heard.itertracks(yield_label=True)]
        return Diarisation(_covering(turns, speech))


def local_diariser(folder: Path, threads: int) -> PyannoteDiariser:
    """The pipeline in a directory of the user's own (community-1, 3.1, …), given by its ``config.yaml``.

    Raises ConfigError when it is none, no diarisation or wants what is not local; ModelError when it cannot be loaded.
    """
    torch.set_num_threads(threads)
    parts, parameters = _read_config(folder)
    local = _local_parts(folder, parts)
    try:
        pipeline = SpeakerDiarization(**local)
        pipeline.instantiate(parameters)
        if not pipeline.instantiated:
            raise ValueError("config.yaml leaves parameters out")
    except (*LOAD_ERRORS, pickle.UnpicklingError) as error:
        raise ModelError(f"the pipeline in {folder} cannot be loaded: {error}", USE_LOCAL) from error
    return PyannoteDiariser(pipeline, _folder_digest(folder))


def own_diariser(segmentation: tuple[Path, str], voices: tuple[Path, str], threads: int) -> PyannoteDiariser:
    """A pipeline of the core's models: path and sha256 of ``segmentation-3.0.onnx`` and of the GE2E voice encoder.

    Raises ModelError when one is missing, altered or another model.
    """
    torch.set_num_threads(threads)
    stream = io.BytesIO()
    torch.save(checkpoint_from_onnx(*segmentation), stream)
    stream.seek(0)
    models = {"segmentation": Model.from_pretrained(stream), "embedding": _VoiceModel(VoiceEncoder(*voices))}
    pipeline = SpeakerDiarization(**models, plda=_NoPlda(), **OWN_PARTS)
    pipeline.instantiate(OWN_PARAMETERS)
    made_of = f"{segmentation[1]} {voices[1]} {OWN_PARTS} {OWN_PARAMETERS} {LOUDNESS_DB}"
    return PyannoteDiariser(pipeline, hashlib.sha256(made_of.encode()).hexdigest())


class _NoPlda(PLDA):  # type: ignore[misc]
    """Stands where a pipeline without PLDA would otherwise fetch one from a hub."""

    def __init__(self) -> None:
        """Nothing to load."""


class _VoiceModel(Model):  # type: ignore[misc]
    """The core's voice encoder where pyannote expects an embedding model of its own."""

    def __init__(self, encoder: VoiceEncoder) -> None:
        super().__init__(sample_rate=MODEL_RATE_HZ)
        self._encoder = encoder
        # Small matrices: a second BLAS thread only waits for the first.
        self._blas = ThreadpoolController()

    @property
    def dimension(self) -> int:
        return HIDDEN

    def forward(self, waveforms: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        """Directions (batch, 256) of sound (batch, 1, samples) where ``weights`` (batch, frames) are not 0; else NaN.

        Raises ValueError for less than 0.4 s of sound: pyannote finds out this way what is too short.
        """
        sounds = waveforms[:, 0].numpy()
        if sounds.shape[1] < CHUNK_FRAMES * HOP // 4:
            raise ValueError(f"{sounds.shape[1]} samples are too few to tell a voice")
        masks = np.ones((len(sounds), 1), bool) if weights is None else weights.numpy() > 0
        chunks = [_voice_chunks(sound, mask) for sound, mask in zip(sounds, masks, strict=True)]
        counts = [len(group) for group in chunks]
        with self._blas.limit(limits=1, user_api="blas"):
            directions = self._encoder.embed(np.concatenate(chunks))
        found = np.full((len(sounds), HIDDEN), np.nan, np.float32)
        for row, own in enumerate(np.split(directions, np.cumsum(counts)[:-1])):
            if len(own):
                found[row] = own.mean(axis=0)
        return torch.from_numpy(found)


def _voice_chunks(sound: Float32, mask: NDArray[np.bool_]) -> Float32:
    """Mel frames (chunks, 160, 40) of the masked sound, half overlapping; what is too short for one is repeated."""
    mels = mel_frames(sound)
    heard = mask[np.arange(len(mels)) * len(mask) // len(mels)]
    samples = sound[np.repeat(heard, HOP)[: len(sound)]]
    if not samples.any():
        return np.zeros((0, CHUNK_FRAMES, mels.shape[1]), np.float32)
    level_db = 10 * np.log10(np.mean(samples.astype(np.float64) ** 2))
    spoken = mels[heard] * np.float32(10 ** (max(0.0, LOUDNESS_DB - level_db) / 10))
    if len(spoken) < CHUNK_FRAMES:
        spoken = np.resize(spoken, (CHUNK_FRAMES, mels.shape[1]))
    count = 1 + round((len(spoken) - CHUNK_FRAMES) / (CHUNK_FRAMES / 2))
    starts = np.linspace(0, len(spoken) - CHUNK_FRAMES, count).astype(int)
    return np.stack([spoken[start : start + CHUNK_FRAMES] for start in starts])


def _lane(audio: Audio, lane: int) -> Float32:
    """The whole lane at 16 kHz, read a minute at a time."""
    rate_hz = audio.recording.rate_hz
    pieces = []
    for start in range(0, audio.frames, PIECE_S * rate_hz):
        stop = min(audio.frames, start + PIECE_S * rate_hz)
        first = max(0, start - MARGIN_S * rate_hz)
        heard = to_16k(audio.read(lane, first, min(audio.frames, stop + MARGIN_S * rate_hz)), rate_hz)
        cut = (start - first) * MODEL_RATE_HZ // rate_hz
        pieces.append(heard[cut : cut + -(-(stop - start) * MODEL_RATE_HZ // rate_hz)])
    return np.concatenate(pieces)


def _covering(turns: list[Turn], speech: tuple[Span, ...]) -> tuple[SpeakerSpan, ...]:
    """``turns`` inside ``speech``, and what of it no turn covers: that is given to the turn nearest in time::

        speech     |--------------|      |---|
        turns    aaaaa     bbbb
        found      aaaaa|bbbbbbbbb|      |bbb|
    """
    pieces: list[Turn] = []
    for span in speech:
        cut = [(max(start_s, span.start_s), min(end_s, span.end_s), voice) for start_s, end_s, voice in turns]
        inside = sorted(piece for piece in cut if piece[0] < piece[1])
        pieces += inside
        reached = span.start_s
        for start_s, end_s, _ in [*inside, (span.end_s, span.end_s, "")]:
            if start_s > reached:
                pieces += _nearest(turns, reached, start_s)
            reached = max(reached, end_s)
    found = sorted(_joined(pieces))
    numbers = {voice: number for number, voice in enumerate(dict.fromkeys(voice for _, _, voice in found))}
    return tuple(SpeakerSpan(numbers[voice], start_s, end_s) for start_s, end_s, voice in found)


def _nearest(turns: list[Turn], start_s: float, end_s: float) -> Iterator[Turn]:
    """A gap that no turn touches, shared by the turns on its two sides; one voice when there is no turn at all."""
    before = max((turn for turn in turns if turn[1] <= start_s), key=lambda turn: turn[1], default=None)
    after = min((turn for turn in turns if turn[0] >= end_s), default=None)
    if before and after:
        middle = min(max((before[1] + after[0]) / 2, start_s), end_s)
        shares = [(start_s, middle, before[2]), (middle, end_s, after[2])]
    else:
        only = before or after
        shares = [(start_s, end_s, only[2] if only else "")]
    yield from (share for share in shares if share[0] < share[1])


def _joined(pieces: list[Turn]) -> Iterator[Turn]:
    """Pieces of one voice that touch or overlap, made one."""
    for voice in {piece[2] for piece in pieces}:
        start_s = end_s = -1.0
        for first, last, _ in sorted(piece for piece in pieces if piece[2] == voice):
            if first > end_s:
                if end_s > 0:
                    yield start_s, end_s, voice
                start_s = first
            end_s = max(end_s, last)
        yield start_s, end_s, voice


def _read_config(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What ``config.yaml`` makes a diarisation of, and its parameters; raises ConfigError when it describes none.

    Other pipelines of the package send the sound to a service: nothing but the class for local diarisation may run.
    """
    if not folder.is_dir():
        raise ConfigError(f"no such pipeline directory: {folder}", USE_LOCAL)
    try:
        config = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
        name, parts, parameters = config["pipeline"]["name"], config["pipeline"]["params"], config["params"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        what = f"{folder} holds no config.yaml with a pipeline and its params: {error!r}"
        raise ConfigError(what, USE_LOCAL) from error
    if name != PIPELINE or not isinstance(parts, dict) or not isinstance(parameters, dict):
        raise ConfigError(f"{folder}/config.yaml: {name} is no local diarisation", f"only {PIPELINE} can be used")
    if unknown := config.keys() - SECTIONS:
        raise ConfigError(f"{folder}/config.yaml: {', '.join(sorted(unknown))} cannot be used", "remove it")
    return parts, parameters


def _local_parts(folder: Path, parts: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the pipeline, each model a path on this machine; raises ConfigError for one that is none."""
    if (clustering := parts.get("clustering")) not in CLUSTERINGS:
        raise ConfigError(f"{folder}/config.yaml: clustering is {clustering}", f"use {' or '.join(CLUSTERINGS)}")
    local: dict[str, Any] = {"plda": _NoPlda()} if clustering == "AgglomerativeClustering" else {}
    for part, files in PARTS.items():
        if part in local and part not in parts:
            continue
        place = str(parts.get(part) or "the default, which lies on a hub")
        path = folder / place.removeprefix("$model/") if place.startswith("$model/") else Path(place).expanduser()
        if not (path.is_file() or all((path / file).is_file() for file in files)):
            raise ConfigError(f"{folder}/config.yaml: {part} is {place}: not found on this machine", USE_LOCAL)
        # as a mapping: pyannote guesses other kinds of models from words in a plain path
        local[part] = {"checkpoint": str(path)}
    return parts | local | {"legacy": False}


def _folder_digest(folder: Path) -> str:
    """sha256 over the names and bytes of all files of a pipeline, hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            digest.update(f"{path.relative_to(folder)} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def checkpoint_from_onnx(path: Path, digest: str) -> dict[str, Any]:
    """A checkpoint of pyannote (``torch.save`` it as ``pytorch_model.bin``) of the public export of segmentation-3.0.

    ``digest``: sha256 of the ONNX file in hex. The export merged and folded weights, never trained ones away: each is
    read back, the 40 pairs of sinc filters by the two frequencies that made them. Raises ModelError when the file is
    missing, altered or another model.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", "run scripts/setup") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"{path} is not the file with sha256 {digest[:8]}…", "run scripts/setup")
    model = PyanNet(sincnet={"stride": 10}, lstm={"num_layers": 4, "dropout": 0.5})
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=10.0,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.build()
    try:
        weights = _weights(onnx.load_model_from_string(content).graph)
        model.load_state_dict(model.state_dict() | {name: torch.tensor(value) for name, value in weights.items()})
    except (ValueError, KeyError, IndexError, RuntimeError, DecodeError) as error:
        raise ModelError(f"{path} is not segmentation-3.0: {error}", "run scripts/setup") from error
    checkpoint: dict[str, Any] = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": lightning.__version__,
    }
    model.on_save_checkpoint(checkpoint)
    return checkpoint


def _weights(graph: Any) -> dict[str, NDArray[Any]]:
    """The trained weights of an ONNX graph by their names in PyanNet."""
    stored = {entry.name: onnx.numpy_helper.to_array(entry) for entry in graph.initializer}

    def inputs(kind: str) -> list[list[Float32]]:
        return [[stored[name] for name in node.input if name in stored] for node in graph.node if node.op_type == kind]

    weights = {name: value for name, value in stored.items() if name.startswith(("sincnet.", "linear."))}
    weights["sincnet.wav_norm1d.weight"], weights["sincnet.wav_norm1d.bias"] = inputs("InstanceNormalization")[0]
    (filters,) = (value for value in stored.values() if value.shape == (80, 1, 251))
    low_hz, band_hz = _sinc_bands(filters[:, 0].astype(np.float64))
    weights["sincnet.conv1d.0.filterbank.low_hz_"] = low_hz - LEAST_HZ
    weights["sincnet.conv1d.0.filterbank.band_hz_"] = band_hz - LEAST_HZ
    for layer, (of_inputs, recurrent, biases) in enumerate(inputs("LSTM")):
        for way, suffix in enumerate(("", "_reverse")):
            weights[f"lstm.weight_ih_l{layer}{suffix}"] = _torch_gates(of_inputs[way])
            weights[f"lstm.weight_hh_l{layer}{suffix}"] = _torch_gates(recurrent[way])
            of_input, of_recurrent = np.split(biases[way], 2)
            weights[f"lstm.bias_ih_l{layer}{suffix}"] = _torch_gates(of_input)
            weights[f"lstm.bias_hh_l{layer}{suffix}"] = _torch_gates(of_recurrent)
    for name, (matrix,) in zip(("linear.0", "linear.1", "classifier"), inputs("MatMul"), strict=True):
        weights[f"{name}.weight"] = matrix.T
    (weights["classifier.bias"],) = inputs("Add")[-1]
    return weights


def _torch_gates(rows: Float32) -> Float32:
    """Rows of an LSTM from ONNX's order of gates (in, out, forget, cell) into PyTorch's (in, forget, cell, out)."""
    of_in, out, forget, cell = np.split(rows, 4)
    return np.concatenate([of_in, forget, cell, out])


def _sinc_bands(filters: Doubles) -> tuple[Doubles, Doubles]:
    """Lower edge and width in Hz, each (40, 1), of the band-passes that 40 even and 40 odd filters of 251 taps are.

    With the window taken off, even + i odd = exp(i m t) sin(b t / 2) / (b t / 2), where m is the middle of the band and
    b its width (SincNet, Ravanelli and Bengio 2018): the tap beside the middle gives both roughly, all taps exactly.
    """
    taps = filters.shape[1] // 2
    times = 2 * np.pi * np.arange(-taps, 0) / MODEL_RATE_HZ
    window = np.hamming(filters.shape[1])[:taps]
    found = []
    for even, odd in zip(*np.split(filters[:, :taps] / window, 2), strict=True):
        middle = np.angle(even[-1] + 1j * odd[-1]) / times[-1]
        width = 2 * np.sqrt(6 * max(0.0, 1 - np.hypot(even[-1], odd[-1]))) / -times[-1]
        wanted = (even + 1j * odd) * window

        def misses(band: Doubles, wanted: NDArray[np.complex128] = wanted) -> Doubles:
            low, high = band[0] - band[1] / 2, band[0] + band[1] / 2
            made = -1j * (np.exp(1j * high * times) - np.exp(1j * low * times)) / (times * band[1]) * window
            return np.asarray((made - wanted).view(np.float64))

        middle, width = least_squares(misses, [middle, max(width, LEAST_HZ)], xtol=1e-15, ftol=1e-15, gtol=1e-15).x
        found.append((middle - width / 2, width))
    low_hz, band_hz = np.array(found).T[:, :, None]
    return low_hz, band_hz
