"""Only for scripts/test --pyannote: real models, real calls mixed to one lane. Models that are missing fail in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import inspector.diarisation.pyannote  # noqa: F401 - before anything of pyannote: it says how that is imported
from inspector.config import Settings, load_settings
from inspector.errors import ModelError
from inspector.models.store import GE2E, MODELS, SEGMENTATION, ready_model


def _model(name: str, settings: Settings) -> tuple[Path, str]:
    try:
        state = ready_model(name, settings)
    except ModelError as error:
        if os.environ.get("INSPECTOR_REQUIRE_ALL") == "1":
            pytest.fail(f"models are required here: {error}")
        pytest.skip(str(error))
    return state.dir / MODELS[name].files[0].name, state.sha256


@pytest.fixture(scope="session")
def segmentation() -> tuple[Path, str]:
    """segmentation-3.0 as ONNX: path, sha256."""
    return _model(SEGMENTATION, load_settings())


@pytest.fixture(scope="session")
def voices() -> tuple[Path, str]:
    """The GE2E voice encoder: path, sha256."""
    return _model(GE2E, load_settings())
