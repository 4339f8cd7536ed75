"""segmentation-3.0, made a checkpoint of pyannote again, says what the ONNX file says."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from pyannote.audio import Model

from inspector.diarisation.pyannote import _lane, _sinc_bands, checkpoint_from_onnx
from inspector.errors import ModelError
from tests.pyannote.mono_calls import NAMES, sample_call

WINDOW = 160_000  # 10 s


@pytest.fixture(scope="module")
def rebuilt(segmentation) -> Model:
    stream = io.BytesIO()
    torch.save(checkpoint_from_onnx(*segmentation), stream)
    stream.seek(0)
    return Model.from_pretrained(stream).eval()


def windows(name: str) -> np.ndarray:
    """Sound (windows, 1, 160000): noise, or a sample call mixed to one lane."""
    if name == "noise":
        return np.random.default_rng(1).normal(0, 0.1, (3, 1, WINDOW)).astype(np.float32)
    sound = _lane(sample_call(name)[0], 0)
    count = len(sound) // WINDOW
    return sound[: count * WINDOW].reshape(count, 1, WINDOW)


@pytest.mark.parametrize("name", ["noise", *NAMES])
def test_equals_onnxruntime(rebuilt, segmentation, name):
    """float32 itself leaves 5e-4 on log-probabilities near -15: so far is onnxruntime from the same sums in doubles."""
    session = onnxruntime.InferenceSession(segmentation[0])
    sound = windows(name)
    wanted = np.concatenate([session.run(None, {"input": window[None]})[0] for window in sound])
    with torch.inference_mode():
        found = rebuilt(torch.from_numpy(sound)).numpy()
    assert found.shape == wanted.shape == (len(sound), 589, 7)
    far, far_log = np.abs(np.exp(found) - np.exp(wanted)).max(), np.abs(found - wanted).max()
    print(f"{name}: probabilities differ by {far:.1e}, log-probabilities by {far_log:.1e}")
    assert far < 1e-4
    assert far_log < (1e-4 if name == "noise" else 2e-3)


def test_the_sinc_filters_come_from_their_frequencies(rebuilt, segmentation):
    graph = onnx.load(segmentation[0]).graph
    (stored,) = (numpy_helper.to_array(entry) for entry in graph.initializer if tuple(entry.dims) == (80, 1, 251))
    made = rebuilt.sincnet.conv1d[0].filterbank.filters().detach().numpy()
    assert np.abs(made - stored).max() < 5e-6  # float32 sines of up to 400 radians
    low_hz, band_hz = _sinc_bands(stored[:, 0].astype(np.float64))
    assert (low_hz > 50).all() and (band_hz > 50).all() and (low_hz + band_hz < 8000.5).all()
    assert (np.diff(low_hz[:, 0]) > 0).all(), "the bands were laid out from low to high"


def test_hears_ten_seconds_and_three_voices(rebuilt):
    told = rebuilt.specifications
    assert (told.duration, len(told.classes), told.num_powerset_classes) == (10.0, 3, 7)


def test_a_missing_altered_or_foreign_file(segmentation, tmp_path):
    path, digest = segmentation
    with pytest.raises(ModelError, match="read"):
        checkpoint_from_onnx(tmp_path / "none.onnx", digest)
    altered = tmp_path / "altered.onnx"
    altered.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="sha256"):
        checkpoint_from_onnx(altered, digest)


def test_another_network_is_refused(tmp_path: Path):
    nothing = onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], []))
    path = tmp_path / "other.onnx"
    onnx.save(nothing, path)
    with pytest.raises(ModelError, match="is not segmentation"):
        checkpoint_from_onnx(path, hashlib.sha256(path.read_bytes()).hexdigest())
    path.write_bytes(b"no protobuf")
    with pytest.raises(ModelError, match="is not segmentation"):
        checkpoint_from_onnx(path, hashlib.sha256(b"no protobuf").hexdigest())
