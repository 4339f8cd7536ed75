"""What tests may need: real models. Missing at home they skip, in CI (INSPECTOR_REQUIRE_ALL=1) they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from inspector.config import Settings, load_settings
from inspector.errors import ModelError
from inspector.models.store import verify
from inspector.pipeline import Ears

ROOT = Path(__file__).resolve().parent.parent
CALLS = ROOT / "audio_samples" / "calls"

# No test is timed (machines are shared), and CI tries the same examples each time: a red run can be run again.
hypothesis_settings.register_profile("inspector", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis_settings.load_profile("inspector")


@pytest.fixture(scope="session")
def model_settings() -> Settings:
    """Settings of this machine's installation, its models verified."""
    settings = load_settings()
    wrong = [state for state in verify(settings) if not state.ok]
    if wrong:
        reason = "; ".join(f"{state.name}: {state.message}" for state in wrong)
        if os.environ.get("INSPECTOR_REQUIRE_ALL") == "1":
            pytest.fail(f"models are required here: {reason}")
        pytest.skip(reason)
    return settings


@pytest.fixture(scope="session")
def ears(model_settings: Settings) -> Iterator[Ears]:
    """The real models, loaded once."""
    from inspector.ears import load_ears

    try:
        ears = load_ears(model_settings)
        with ears.reader:
            yield ears
    except ModelError as error:
        pytest.fail(str(error))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation for one test, without the user's settings."""
    place = tmp_path / "home"
    monkeypatch.setenv("INSPECTOR_HOME", str(place))
    for name in [name for name in os.environ if name.startswith("INSPECTOR_") and name != "INSPECTOR_HOME"]:
        if name not in ("INSPECTOR_REQUIRE_ALL", "INSPECTOR_MODEL_SOURCE"):
            monkeypatch.delenv(name)
    return place
