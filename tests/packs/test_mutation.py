"""Every branch, guard, window and limit of the shipped rules is needed by an example, or has a written reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def test_no_mutant_of_the_shipped_rules_survives_without_a_reason() -> None:
    command = [sys.executable, "-m", "inspector", "rules", "mutate", "--packs", "rules", "--jobs", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
