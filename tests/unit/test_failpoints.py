"""Failpoints do nothing until they are asked to, and then just what was asked, just then."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from inspector.failpoints import FAILPOINTS

PASSING = """
from inspector.failpoints import failpoint
for _ in range(3):
    failpoint("shift.heard")
    failpoint("shift.judged")
    print("passed", flush=True)
"""


def passed(armed: str) -> subprocess.CompletedProcess[str]:
    environment = {"INSPECTOR_FAILPOINTS": armed} if armed else {}
    command = [sys.executable, "-c", PASSING]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, start_new_session=True)


@pytest.mark.parametrize(
    ("armed", "times", "code"),
    [
        ("", 3, 0),
        ("accepted=kill", 3, 0),
        ("shift.heard=kill", 0, -signal.SIGKILL),
        ("shift.judged=group@2", 1, -signal.SIGKILL),
        ("accepted=stop,shift.heard=kill@3", 2, -signal.SIGKILL),
        ("shift.heard=memory@2", 1, 1),
        ("shift.heard=error", 0, 1),
        ("shift.heard=kill@4", 3, 0),
    ],
)
def test_the_process_ends_where_it_is_told_to(armed: str, times: int, code: int) -> None:
    done = passed(armed)
    assert (done.returncode, done.stdout.count("passed")) == (code, times), done.stderr


@pytest.mark.parametrize("armed", ["shift.heard", "shift.heard=explode", "nowhere=kill", "shift.heard=kill@x"])
def test_what_cannot_be_meant_is_refused(armed: str) -> None:
    done = passed(armed)
    assert done.returncode == 1
    assert "ValueError: INSPECTOR_FAILPOINTS cannot be understood" in done.stderr


def test_names_are_said_once() -> None:
    assert len(set(FAILPOINTS)) == len(FAILPOINTS)
