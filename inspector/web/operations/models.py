"""Whether the models are what they should be: their files are read through in the background, and again
when one of them is replaced."""

from __future__ import annotations

from pathlib import Path
from threading import Lock, Thread

from inspector.config import Settings
from inspector.models.store import ModelState, verify

__all__ = ["ModelCheck", "models_of"]


class ModelCheck:
    """Begins when it is made. ``states`` None: it is not done yet."""

    def __init__(self, settings: Settings) -> None:
        self.states: tuple[ModelState, ...] | None = None
        self._settings = settings
        Thread(target=self._read, name="model-digests", daemon=True).start()

    def _read(self) -> None:
        self.states = verify(self._settings)


Stamps = frozenset[tuple[str, int, int]]

_checks: dict[str, tuple[Stamps, ModelCheck]] = {}
_lock = Lock()


def models_of(settings: Settings) -> tuple[ModelState, ...] | None:
    """As their files are now, read again once one of them is another; None: they are being read."""
    place, stamps = str(settings.models_dir), _stamps(settings)
    with _lock:
        if place not in _checks or _checks[place][0] != stamps:
            _checks[place] = stamps, ModelCheck(settings)
        return _checks[place][1].states


def _stamps(settings: Settings) -> Stamps:
    """Path, time of change in ns and size of every file below the models, and of a recogniser of the user's own."""
    folders = settings.models_dir, Path(settings.hearing.asr_model).expanduser()
    return frozenset(stamp for folder in folders for file in folder.rglob("*") if (stamp := _stamp(file)))


def _stamp(file: Path) -> tuple[str, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None  # as if it were not there: what is wrong with it is told by who reads it
    return str(file), found.st_mtime_ns, found.st_size
