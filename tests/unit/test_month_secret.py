"""The month's secret: made once, whole, private; never replaced; committed to before it is used."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from inspector.errors import ConfigError, PolicyError
from inspector.sampling.month_secret import committed_secret, known_secret
from inspector.storage import Store, sqlite_url


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(sqlite_url(tmp_path / "inspector.db"))) as store:
        yield store


def commitments(tmp_path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(tmp_path / "inspector.db")) as connection:
        return connection.execute("SELECT subject, json_extract(detail, '$.sha256') FROM audit").fetchall()


def test_it_is_made_once_private_and_committed_to(store: Store, tmp_path: Path) -> None:
    assert known_secret(tmp_path, "2025-03") is None
    secret = committed_secret(tmp_path, "2025-03", store, "tester")
    assert len(secret) == 32
    assert secret == committed_secret(tmp_path, "2025-03", store, "tester") == known_secret(tmp_path, "2025-03")
    assert secret != committed_secret(tmp_path, "2025-04", store, "tester")
    assert commitments(tmp_path)[0] == ("2025-03", hashlib.sha256(secret).hexdigest())
    assert len(commitments(tmp_path)) == 2
    folder = tmp_path / "sampling"
    assert {path.name for path in folder.iterdir()} == {"2025-03.key", "2025-04.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())} == {0o700, 0o600}


def test_those_who_make_it_together_have_the_same(store: Store, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: committed_secret(tmp_path, "2025-03", store, "tester"), range(8)))
    assert len(secrets) == 1
    assert len(commitments(tmp_path)) == 1


def test_a_secret_made_before_a_crash_is_committed_to_afterwards(store: Store, tmp_path: Path) -> None:
    (tmp_path / "sampling").mkdir()
    (tmp_path / "sampling" / "2025-03.key").write_bytes(b"s" * 32)
    assert committed_secret(tmp_path, "2025-03", store, "tester") == b"s" * 32
    assert commitments(tmp_path) == [("2025-03", hashlib.sha256(b"s" * 32).hexdigest())]


def test_a_lost_secret_is_not_replaced(store: Store, tmp_path: Path) -> None:
    committed_secret(tmp_path, "2025-03", store, "tester")
    (tmp_path / "sampling" / "2025-03.key").unlink()
    with pytest.raises(PolicyError, match="is missing") as caught:
        committed_secret(tmp_path, "2025-03", store, "tester")
    assert "backup" in caught.value.remedy
    assert known_secret(tmp_path, "2025-03") is None


def test_what_is_no_secret_or_cannot_be_one(store: Store, tmp_path: Path) -> None:
    (tmp_path / "sampling").mkdir()
    (tmp_path / "sampling" / "2025-03.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="32 bytes"):
        known_secret(tmp_path, "2025-03")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be made"):
        committed_secret(tmp_path / "file", "2025-03", store, "tester")
    assert commitments(tmp_path) == []
