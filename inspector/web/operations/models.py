"""Whether the models are what they should be: their files are read through once, in the background."""

from __future__ import annotations

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


_checks: dict[str, ModelCheck] = {}
_lock = Lock()


def models_of(settings: Settings) -> tuple[ModelState, ...] | None:
    """As they were when somebody asked first; None: they are being read."""
    place = str(settings.models_dir)
    with _lock:
        if place not in _checks:
            _checks[place] = ModelCheck(settings)
        return _checks[place].states
