"""Nothing leaves the machine: no name is looked up, no socket connected, while pyannote loads and diarises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_NETWORK = ("unshare", "-rn")
RUN = """
import json, os, sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"):
        seen.append(event)
sys.addaudithook(watch)

from pathlib import Path
from inspector.diarisation import pyannote as engine
from inspector.model import Span
os.environ["PYANNOTE_METRICS_ENABLED"] = sys.argv[3] or os.environ["PYANNOTE_METRICS_ENABLED"]
import numpy as np
from tests.wavs import ArrayAudio

models = [(Path(path), digest) for path, digest in map(json.loads, sys.argv[1:3])]
diariser = engine.own_diariser(*models, 1)
noise = np.random.default_rng(1).normal(0, 3000, (12 * 8000, 1)).astype(np.int16)
found = diariser.diarise(ArrayAudio(noise), 0, (Span(1, 11),))
from pyannote.audio.telemetry.metrics import is_metrics_enabled, provider
provider.force_flush(10_000)
print(json.dumps({"seen": seen, "spans": len(found.spans), "telemetry": is_metrics_enabled()}))
"""


def told(segmentation, voices, before: tuple[str, ...], telemetry: str = "") -> dict:
    """What a fresh process saw; ``telemetry``: the switch as it is set after our module was imported."""
    if before and subprocess.run([*before, "true"], check=False).returncode:
        reason = f"{' '.join(before)} is not permitted here"
        pytest.fail(reason) if os.environ.get("INSPECTOR_REQUIRE_ALL") == "1" else pytest.skip(reason)
    models = [json.dumps([str(path), digest]) for path, digest in (segmentation, voices)]
    command = [*before, sys.executable, "-c", RUN, *models, telemetry]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYANNOTE_METRICS_ENABLED": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("before", [(), NO_NETWORK], ids=["as it is", "no network"])
def test_no_connection_and_no_lookup(segmentation, voices, before):
    seen = told(segmentation, voices, before)
    assert seen == {"seen": [], "spans": seen["spans"], "telemetry": False}
    assert seen["spans"] > 0


def test_the_watch_sees_telemetry_when_it_is_on(segmentation, voices):
    """Where there is no network it can do no harm."""
    seen = told(segmentation, voices, NO_NETWORK, telemetry="1")
    assert seen["telemetry"] and seen["seen"]
