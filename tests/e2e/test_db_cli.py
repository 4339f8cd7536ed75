"""``inspector db``, ``inspector backup`` and ``inspector restore`` as their users run them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from inspector.cli import app as cli
from inspector.storage import Store, sqlite_url
from inspector.storage.schema import known_revisions, revision_of
from tests.unit.test_storage import inspection_of

NEWEST, BEFORE = known_revisions()[:2]


def run(*arguments: str | Path) -> int:
    return cli._run([str(argument) for argument in arguments])


@pytest.fixture
def url(home: Path) -> str:
    """A database with a call."""
    url = sqlite_url(home / "inspector.db")
    with closing(Store.open(url)) as store:
        store.save(inspection_of(), "d")
    return url


def test_up_down_and_where_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("db", "current") == 3
    assert "no database" in capsys.readouterr().err
    assert run("db", "upgrade") == 0
    assert NEWEST in capsys.readouterr().out
    assert run("db", "current", "--lang", "en") == 0
    assert capsys.readouterr().out == f"schema {NEWEST}; this program works with {NEWEST}.\n"
    url = sqlite_url(home / "inspector.db")
    assert run("db", "downgrade", BEFORE) == 2
    assert "--yes" in capsys.readouterr().err
    assert revision_of(url) == NEWEST
    assert run("db", "downgrade", BEFORE, "--yes") == 0
    assert run("db", "current") == 1
    assert revision_of(url) == BEFORE
    for wrong in (NEWEST, BEFORE, "9999", "-1", "head"):
        assert run("db", "downgrade", "--yes", "--", wrong) == 3
    assert revision_of(url) == BEFORE


def test_an_installation_lost_and_found(
    home: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "备份.tar"
    assert run("backup", file) == 0
    assert str(file) in capsys.readouterr().out
    assert run("backup", file) == 3
    assert run("restore", file) == 3
    assert "--overwrite" in capsys.readouterr().err
    assert run("restore", file, "--overwrite") == 0
    monkeypatch.setenv("INSPECTOR_HOME", str(tmp_path / "new"))
    assert run("restore", file) == 0
    other = sqlite_url(tmp_path / "third.db")
    assert run("restore", file, "--into", other) == 0
    for place in (url, sqlite_url(tmp_path / "new" / "inspector.db"), other):
        with closing(Store.open(place)) as store:
            assert store.inspections(9) == (inspection_of(),)
    assert run("restore", tmp_path / "nothing.tar") == 3
    assert run("restore", file, "--into", "mysql://x/y") == 3
