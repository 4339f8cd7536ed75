"""Without the extra nothing of the core breaks, and who asks for the engine is told how to install it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import os, sys
sys.modules[sys.argv[1]] = None  # cannot be imported
from inspector.errors import ModelError
try:
    import inspector.diarisation.pyannote
except ModelError as error:
    assert "locks/pyannote.txt" in error.remedy, error.remedy
    print(os.environ["PYANNOTE_METRICS_ENABLED"], os.environ["HF_HUB_OFFLINE"], error.exit_code)
"""


@pytest.mark.parametrize("package", ["torch", "pyannote.audio", "onnx"])
def test_a_missing_package_is_named_with_a_remedy_and_telemetry_is_off_before_the_import(package):
    done = subprocess.run([sys.executable, "-c", RUN, package], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "0 1 3\n", done.stderr
