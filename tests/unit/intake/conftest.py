"""An empty ledger, and recordings to hand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inspector.storage import Store, sqlite_url
from tests.wavs import wav

Record = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(sqlite_url(tmp_path / "ledger" / "inspector.db"))
    yield store
    store.close()


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Writes a recording of ``seconds`` below a folder of the test; other ``seed``, other bytes."""

    def record(name: str, seconds: float = 0.1, seed: int = 0) -> Path:
        path = tmp_path / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav(np.full((int(8000 * seconds), 1), seed, np.int16)))
        return path

    return record
