"""What tests may need: real models, a PostgreSQL server. Missing at home they skip, in CI (INSPECTOR_REQUIRE_ALL=1)
they fail."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from inspector.config import Settings, load_settings
from inspector.errors import ModelError
from inspector.models.store import verify
from inspector.pipeline import Ears
from inspector.storage import Store, sqlite_url
from tests.databases import Database
from tests.postgres import PostgresMissingError, Server, server

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
        _missing("models", "; ".join(f"{state.name}: {state.message}" for state in wrong))
    return settings


def _missing(what: str, reason: str) -> NoReturn:
    if os.environ.get("INSPECTOR_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} are required here: {reason}")
    pytest.skip(reason)


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


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """What sets the logs up writes to the stderr of its test: no other test may."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    yield
    structlog.reset_defaults()
    root.handlers[:], (root.level, sys.excepthook, threading.excepthook) = before[0], before[1:]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    with ExitStack() as until_the_end:
        try:
            running = until_the_end.enter_context(server())
        except PostgresMissingError as error:
            _missing("PostgreSQL's programs", str(error))
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """The name of a database at the newest schema."""
    postgres.execute("CREATE DATABASE newest TEMPLATE template0")
    Store.open(postgres.url("newest")).close()
    return "newest"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind without any table."""
    yield from _database(request, tmp_path, None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind for a store."""
    yield from _database(request, tmp_path, "postgres_template")


def _database(request: pytest.FixtureRequest, tmp_path: Path, template: str | None) -> Iterator[Database]:
    if request.param == "sqlite":
        yield Database(sqlite_url(tmp_path / "inspector.db"))
        return
    running: Server = request.getfixturevalue("postgres")
    url = running.new_database(request.getfixturevalue(template) if template else "template0")
    yield Database(url)
    running.drop(url)
