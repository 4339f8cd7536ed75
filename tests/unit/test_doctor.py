"""What the doctor sees."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspector.cli import doctor
from inspector.cli.doctor import PACKAGES, Check, doctor_json, examine
from inspector.config import AlertSettings, Settings
from inspector.errors import StorageError
from inspector.models.store import ModelState

ROOT = Path(__file__).resolve().parents[2]
GOOD = (ModelState("tiny", Path("/models/tiny"), "ab" * 32, True, "as it should be"),)
BAD = (ModelState("tiny", Path("/models/tiny"), "", False, "model.bin is missing", "run scripts/setup"),)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "one.yaml").write_text("rules: []\n")
    return Settings(home=tmp_path / "home" / "deeper", packs=tmp_path / "packs")


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing every package takes a second: once is enough."""
    monkeypatch.setattr(doctor, "_import_faults", lambda modules: dict.fromkeys(modules, ""))


def named(checks: tuple[Check, ...], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def test_a_whole_machine_is_well(settings: Settings) -> None:
    checks = examine(settings, lambda _: "sqlite, schema 1", GOOD)
    assert [check for check in checks if not check.ok] == []
    assert named(checks, "database").detail == "sqlite, schema 1"
    assert not settings.home.exists(), "looking makes nothing"


@pytest.mark.usefixtures("light")
def test_a_wrong_model_comes_with_its_remedy(settings: Settings) -> None:
    assert named(examine(settings, None, BAD), "model tiny") == Check(
        "model tiny", False, "model.bin is missing", "run scripts/setup"
    )


@pytest.mark.usefixtures("light")
def test_a_database_that_does_not_open(settings: Settings) -> None:
    def refuse(_: Settings) -> str:
        raise StorageError("locked", "stop the other process")

    assert named(examine(settings, refuse, GOOD), "database") == Check(
        "database", False, "locked", "stop the other process"
    )


@pytest.mark.usefixtures("light")
def test_no_database_asked_for(settings: Settings) -> None:
    assert "database" not in {check.name for check in examine(settings, None, GOOD)}


@pytest.mark.usefixtures("light")
def test_home_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = named(examine(Settings(home=tmp_path / "file" / "home"), None, GOOD), "home")
    assert not home.ok
    assert "INSPECTOR_HOME" in home.remedy


@pytest.mark.usefixtures("light")
def test_no_packs(tmp_path: Path) -> None:
    packs = named(examine(Settings(home=tmp_path, packs=tmp_path / "none"), None, GOOD), "packs")
    assert not packs.ok
    assert str(tmp_path / "none") in packs.detail


def test_the_packs_that_ship_are_found(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).packs_dir == ROOT / "rules"


def test_a_package_that_is_broken_or_crashes_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "crashes.py").write_text("import os; os.abort()")
    (tmp_path / "broken.py").write_text("raise ImportError('libgone.so')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = doctor._import_faults(("json", "crashes", "broken", "re"))
    assert found["json"] == found["re"] == ""
    assert "ends the process" in found["crashes"]
    assert "libgone.so" in found["broken"]


def test_every_dependency_of_the_project_is_looked_at() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {re.split(r"[^a-z0-9-]", entry)[0] for entry in wanted} == {name for name, _ in PACKAGES}


@pytest.mark.usefixtures("light")
def test_json_has_every_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "verify", lambda _: GOOD + BAD)
    found = json.loads(json.dumps(doctor_json(settings)))
    assert set(found) == {"schema", "ok", "home", "models", "checks"}
    assert found["models"][0] == {"name": "tiny", "dir": "/models/tiny", "sha256": "ab" * 32, "ok": True}
    assert found["models"][1]["sha256"] is None
    assert found["ok"] is False
    assert all(set(check) == {"name", "ok", "detail", "remedy"} for check in found["checks"])


def test_importing_the_doctor_loads_nothing_heavy() -> None:
    heavy = ("faster_whisper", "ctranslate2", "onnxruntime", "numpy", "sqlalchemy", "rich", "typer")
    code = f"import sys, inspector.cli.doctor; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("light")
def test_a_calendar_that_is_missing_is_said_and_is_no_fault(settings: Settings, tmp_path: Path) -> None:
    check = doctor._alerts(settings, datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert (check.ok, "2027.toml" in check.detail) == (True, True)
    assert "missing" not in doctor._alerts(settings, datetime(2026, 11, 30, 12, tzinfo=UTC)).detail
    wrong = settings.model_copy(update={"alerts": AlertSettings(policy=tmp_path / "gone.toml")})
    assert not named(examine(wrong, None, GOOD), "alerts").ok
