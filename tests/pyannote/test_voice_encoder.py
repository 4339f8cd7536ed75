"""The voice encoder in numpy says what the same weights say in torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inspector.diarisation.embedding import CHUNK_FRAMES, MELS, VoiceEncoder, mel_frames
from inspector.diarisation.pyannote import _lane
from tests.pyannote.mono_calls import NAMES, sample_call


class Ge2e(torch.nn.Module):
    """Wan et al. 2018 as resemblyzer trained it."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(MELS, 256, 3, batch_first=True)
        self.linear = torch.nn.Linear(256, 256)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.lstm(mels)
        return torch.nn.functional.normalize(torch.relu(self.linear(hidden[-1])))


@pytest.fixture(scope="module")
def in_torch(voices) -> Ge2e:
    model = Ge2e()
    state = torch.load(voices[0], map_location="cpu", weights_only=True)["model_state"]
    model.load_state_dict({name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))})
    return model.eval()


def chunks(name: str) -> np.ndarray:
    """Mel frames (chunks, 160, 40)."""
    if name == "noise":
        return np.random.default_rng(2).exponential(0.01, (20, CHUNK_FRAMES, MELS)).astype(np.float32)
    mels = mel_frames(_lane(sample_call(name)[0], 0))
    count = len(mels) // CHUNK_FRAMES
    return mels[: count * CHUNK_FRAMES].reshape(count, CHUNK_FRAMES, MELS)


@pytest.mark.parametrize("name", ["noise", *NAMES])
def test_equals_torch(in_torch, voices, name):
    mels = chunks(name)
    with torch.inference_mode():
        wanted = in_torch(torch.from_numpy(mels)).numpy()
    found = VoiceEncoder(*voices).embed(mels)
    print(f"{name}: {len(mels)} chunks, directions differ by {np.abs(found - wanted).max():.1e}")
    assert found.shape == wanted.shape and np.abs(found - wanted).max() < 1e-5
