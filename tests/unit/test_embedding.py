"""The voice encoder in numpy: mel frames against a slow reference, the network against one written out by hand."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.audio.protocol import Float32
from inspector.diarisation.embedding import BATCH, CHUNK_FRAMES, HIDDEN, HOP, LAYERS, MELS, VoiceEncoder, mel_frames
from inspector.errors import ModelError
from tests.unit.test_torch_file import Called, Stored, checkpoint, tensor

RATE_HZ = 16_000


def noise(samples: int, seed: int = 1) -> Float32:
    return np.random.default_rng(seed).standard_normal(samples).astype(np.float32) * 0.1


def mel_of(hz: float) -> float:
    """Slaney's scale, from its definition: 200/3 Hz a mel up to 1 kHz, then 27 steps to 6.4 times as much."""
    return hz * 3 / 200 if hz < 1_000 else 15 + 27 * np.log(hz / 1_000) / np.log(6.4)


class TestMelFrames:
    @given(st.integers(0, 5_000))
    def test_one_frame_each_10_ms_and_one_more(self, samples: int) -> None:
        assert mel_frames(noise(samples)).shape == (1 + samples // HOP, MELS)

    @pytest.mark.parametrize("frame", [0, 1, 7, 20])
    def test_agree_with_the_definition(self, frame: int) -> None:
        """One frame at a time: window of 25 ms around frame * 10 ms, discrete Fourier sum, triangles, in float64."""
        sound = noise(3_210).astype(np.float64)
        around = np.arange(400) + 160 * frame - 200
        window = np.where((around >= 0) & (around < len(sound)), sound[np.clip(around, 0, len(sound) - 1)], 0.0)
        window *= 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
        bins = np.arange(201)
        power = np.abs(np.exp(-2j * np.pi * np.outer(bins, np.arange(400)) / 400) @ window) ** 2
        mels = np.linspace(0, mel_of(8_000), 42)
        slowly = []
        for low, peak, high in zip(mels, mels[1:], mels[2:], strict=False):
            hz = [at * 200 / 3 if at < 15 else 1_000 * 6.4 ** ((at - 15) / 27) for at in (low, peak, high)]
            heights = [np.interp(bin_hz, hz, [0, 2 / (hz[2] - hz[0]), 0]) for bin_hz in bins * 40.0]
            slowly.append(float(np.dot(heights, power)))
        assert mel_frames(sound.astype(np.float32))[frame] == pytest.approx(slowly, rel=1e-3)

    @pytest.mark.parametrize("hz", [200, 440, 1_000, 2_500, 6_000])
    def test_a_tone_is_loudest_in_its_own_band(self, hz: int) -> None:
        tone = np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
        loudest = int(np.argmax(mel_frames(tone)[50]))
        width = mel_of(8_000) / (MELS + 1)
        assert abs(mel_of(hz) - (loudest + 1) * width) < width

    def test_silence_is_nothing(self) -> None:
        assert not mel_frames(np.zeros(800, np.float32)).any()

    def test_twice_as_loud_is_four_times_the_power(self) -> None:
        assert np.allclose(mel_frames(2 * noise(800)), 4 * mel_frames(noise(800)), rtol=1e-4)


def shapes() -> dict[str, tuple[int, ...]]:
    """The tensors of the model, by PyTorch's names."""
    found: dict[str, tuple[int, ...]] = {"linear.weight": (HIDDEN, HIDDEN), "linear.bias": (HIDDEN,)}
    for layer in range(LAYERS):
        found[f"lstm.weight_ih_l{layer}"] = (4 * HIDDEN, HIDDEN if layer else MELS)
        found[f"lstm.weight_hh_l{layer}"] = (4 * HIDDEN, HIDDEN)
        found[f"lstm.bias_ih_l{layer}"] = found[f"lstm.bias_hh_l{layer}"] = (4 * HIDDEN,)
    return found


def drawn_weights(seed: int = 3) -> dict[str, Float32]:
    draw = np.random.default_rng(seed)
    return {name: (0.15 * draw.standard_normal(shape)).astype(np.float32) for name, shape in shapes().items()}


def saved(weights: dict[str, Float32], path: Path) -> Path:
    """A checkpoint with these tensors."""
    named: dict[str, Called] = {}
    for name, values in weights.items():
        strides = tuple(stride // 4 for stride in values.strides)
        named[name] = tensor(Stored(name, values.size), values.shape, strides)
    storages = [(name, values.ravel()) for name, values in weights.items()]
    path.write_bytes(checkpoint({"step": 1, "model_state": named}, *storages))
    return path


def loaded(path: Path) -> VoiceEncoder:
    return VoiceEncoder(path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> VoiceEncoder:
    return loaded(saved(drawn_weights(), tmp_path_factory.mktemp("model") / "voices.pt"))


def chunks(count: int, seed: int = 5) -> Float32:
    return np.random.default_rng(seed).random((count, CHUNK_FRAMES, MELS), np.float32)


def by_the_book(weights: dict[str, Float32], mels: Float32) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """One chunk through the network as the equations of PyTorch's LSTM state it, gate by gate, in float64."""
    rows = mels.astype(np.float64)
    for layer in range(LAYERS):
        w_in, w_back = weights[f"lstm.weight_ih_l{layer}"], weights[f"lstm.weight_hh_l{layer}"]
        b_in, b_back = weights[f"lstm.bias_ih_l{layer}"], weights[f"lstm.bias_hh_l{layer}"]
        hidden, cell, outputs = np.zeros(HIDDEN), np.zeros(HIDDEN), []
        for row in rows:
            let_in, forget, heard, out = np.split(w_in @ row + b_in + w_back @ hidden + b_back, 4)
            cell = cell / (1 + np.exp(-forget)) + np.tanh(heard) / (1 + np.exp(-let_in))
            hidden = np.tanh(cell) / (1 + np.exp(-out))
            outputs.append(hidden)
        rows = np.array(outputs)
    raw = np.maximum(weights["linear.weight"] @ rows[-1] + weights["linear.bias"], 0)
    return np.asarray(raw / np.linalg.norm(raw))


class TestVoiceEncoder:
    def test_does_what_the_equations_say(self, encoder: VoiceEncoder) -> None:
        (mels,) = chunks(1)
        assert np.allclose(encoder.embed(mels[None])[0], by_the_book(drawn_weights(), mels), atol=1e-5)

    def test_directions_have_unit_length_and_no_negative_part(self, encoder: VoiceEncoder) -> None:
        directions = encoder.embed(chunks(2))
        assert directions.shape == (2, HIDDEN)
        assert directions.dtype == np.float32
        assert np.allclose(np.linalg.norm(directions, axis=1), 1, atol=1e-6)
        assert directions.min() >= 0

    @pytest.mark.parametrize("batch", [1, 2])
    def test_a_chunk_says_the_same_alone_and_in_a_batch(
        self, encoder: VoiceEncoder, monkeypatch: pytest.MonkeyPatch, batch: int
    ) -> None:
        whole = encoder.embed(chunks(3))
        assert BATCH >= 3
        monkeypatch.setattr("inspector.diarisation.embedding.BATCH", batch)
        assert np.allclose(encoder.embed(chunks(3)), whole, atol=1e-5)

    def test_no_chunks(self, encoder: VoiceEncoder) -> None:
        assert encoder.embed(chunks(0)).shape == (0, HIDDEN)

    def test_the_input_is_left_as_it_was(self, encoder: VoiceEncoder) -> None:
        given = chunks(2)
        encoder.embed(given)
        assert np.array_equal(given, chunks(2))


class TestModelFile:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return saved(drawn_weights(), tmp_path / "voices.pt")

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="cannot be read") as caught:
            VoiceEncoder(tmp_path / "none.pt", "0" * 64)
        assert "scripts/setup" in caught.value.remedy

    def test_altered(self, path: Path) -> None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        path.write_bytes(path.read_bytes()[:-4] + struct.pack("<f", 1))
        with pytest.raises(ModelError, match="sha256"):
            VoiceEncoder(path, digest)

    def test_no_checkpoint(self, tmp_path: Path) -> None:
        path = tmp_path / "voices.pt"
        path.write_bytes(b"<html>")
        with pytest.raises(ModelError, match="no GE2E voice encoder"):
            loaded(path)

    @pytest.mark.parametrize("name", sorted(shapes()))
    def test_a_tensor_is_missing(self, tmp_path: Path, name: str) -> None:
        weights = drawn_weights()
        del weights[name]
        with pytest.raises(ModelError, match="no GE2E voice encoder"):
            loaded(saved(weights, tmp_path / "voices.pt"))

    def test_layers_of_another_size(self, tmp_path: Path) -> None:
        weights = drawn_weights()
        weights["lstm.weight_hh_l1"] = weights["lstm.weight_hh_l1"][:-4]
        with pytest.raises(ModelError, match="shape"):
            loaded(saved(weights, tmp_path / "voices.pt"))
