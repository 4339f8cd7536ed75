"""Lines that are spoken once and kept on disk: sets in which many calls share their sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .timeline import Speak


class SpokenLines:
    """Speaks like the voice that `load` gives, which is not loaded before a line is missing."""

    def __init__(self, folder: Path, load: Callable[[], Speak]) -> None:
        """Keep lines below `folder`; it is made when the first is spoken."""
        self._folder = folder
        self._load = load
        self._voice: Speak | None = None

    def speak(self, text: str, voice: str, speed: float) -> NDArray[np.float32]:
        """Speech for a text, 24 kHz mono float32 in -1..1: the bytes the voice gave the first time."""
        key = hashlib.sha256(f"{voice}\n{speed!r}\n{text}".encode()).hexdigest()
        kept = self._folder / f"{key}.npy"
        if not kept.exists():
            self._voice = self._voice or self._load()
            speech = self._voice(text, voice, speed)
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_suffix(".part")
            with unfinished.open("wb") as file:
                np.save(file, speech)
            unfinished.replace(kept)
        return np.asarray(np.load(kept), dtype=np.float32)
