"""Lock files: exact versions with hashes, no addresses, nothing of the project missing, one consistent choice."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PRODUCT = ("build", "core", "dev", "models")
PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z0-9,_-]+\])?==([^\s;]+)(?: ; .+)?")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: Path) -> list[str]:
    """The requirements of a lock, each with its hashes on one line, comments left out."""
    lines = (line for line in lock.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def pins(lock: str) -> dict[str, str]:
    found = (PIN.match(entry) for entry in entries(ROOT / "locks" / f"{lock}.txt"))
    return {canonical(pin[1]): pin[2] for pin in found if pin}


def project() -> dict[str, list[str]]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        "core": table["project"]["dependencies"],
        "dev": table["dependency-groups"]["dev"],
        "build": table["build-system"]["requires"],
    }


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.split(r"[^A-Za-z0-9._-]", entry)[0]) for entry in requirements}


def test_the_locks_are_there() -> None:
    assert {f"{name}.txt" for name in PRODUCT} <= {lock.name for lock in LOCKS}


@pytest.mark.parametrize("file", sorted((ROOT / "locks").iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize("forbidden", ["://", "--index", "--extra-index", "--find-links", "file:", "/tmp"])
def test_no_lock_names_a_place(file: Path, forbidden: str) -> None:
    assert forbidden not in file.read_text("utf-8")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_line_is_an_exact_version_with_hashes(lock: Path) -> None:
    assert entries(lock)
    for entry in entries(lock):
        requirement, *hashes = re.split(r"\s+--hash=", entry)
        assert PIN.fullmatch(requirement.strip()), entry
        assert hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value.strip()) for value in hashes), entry


@pytest.mark.parametrize(("group", "lock"), [("core", "core"), ("core", "dev"), ("dev", "dev"), ("build", "build")])
def test_what_the_project_asks_for_is_locked(group: str, lock: str) -> None:
    assert names(project()[group]) <= set(pins(lock)), "run scripts/lock"


@pytest.mark.parametrize("lock", ["core", "build"])
def test_dev_holds_the_others_in_the_same_versions(lock: str) -> None:
    assert pins(lock).items() <= pins("dev").items()


def test_build_and_core_agree() -> None:
    build, core = pins("build"), pins("core")
    assert {name: build[name] for name in build.keys() & core.keys()} == {
        name: core[name] for name in build.keys() & core.keys()
    }


def test_model_wheels_are_never_installed() -> None:
    assert not set(pins("models")) & set(pins("dev"))
