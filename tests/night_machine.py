"""A machine for nights: generated days, a supervisor over the real relay, queue and workers with a stub's ears."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.chaos.world import FAST
from tests.servers import ROOT, clean_environment, need_valkey

DAY = "2025-03-01"
PACK = """
schema: inspector.rules/1
pack: test
rules:
  - {id: test.promise, version: 1, title: 承诺收益, kind: signal, class: 测试, severity: critical, status: stable,
     who: agent, match: {phrases: [这个产品稳赚不赔]}, message: 承诺收益, remedy: 更正, alert: team_lead}
"""
START = f"{DAY}T09:30:00+08:00"


def write_list(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """A manifest or a CDR of these rows."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, restval="")
        table.writeheader()
        table.writerows(rows)
    return path


def generated_day(folder: Path, count: int, first: int = 0, **more: object) -> list[dict[str, Any]]:
    """Recordings of so many calls with bytes of their own, and their rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(first, first + count):
        path = folder / f"{number}.wav"
        path.write_bytes(f"recording {number}".encode())
        rows.append({"call_id": f"C-{number}", "path": str(path), "start": START, "talk_s": 60, "team": "T1", **more})
    return rows


def environment(home: Path, **settings: object) -> dict[str, str]:
    work = {f"INSPECTOR_WORK__{name.upper()}": f"{value}" for name, value in {**FAST, "urgent_workers": 0}.items()}
    night = {f"INSPECTOR_NIGHT__{name.upper()}": str(value) for name, value in settings.items()}
    fast = {"INSPECTOR_NIGHT__LEASE_S": "1.5", "INSPECTOR_NIGHT__LOOK_S": "0.2", "INSPECTOR_LANG": "en"}
    return {**clean_environment(home), **work, **fast, **night, "INSPECTOR_PACKS": str(_packs(home.parent))}


def _packs(place: Path) -> Path:
    """One small rule: the report names rules, and the workers here bring their own."""
    packs = place / "packs"
    packs.mkdir(exist_ok=True)
    (packs / "pack.yaml").write_text(PACK, "utf-8")
    return packs


@contextmanager
def machine(home: Path, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """Relay, courier, queue and workers, until the end of the block. ``more``: of their environment."""
    need_valkey()
    with (home.parent / "machine.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.machine"], cwd=ROOT, env=environment(home) | more, stderr=log
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def nightly(home: Path, *arguments: str | Path, **settings: object) -> subprocess.Popen[str]:
    """``inspector nightly`` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "inspector", "nightly", *map(str, arguments)],
        cwd=ROOT,
        env=environment(home, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
