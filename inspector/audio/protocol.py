"""What the rest of the hearing half may ask of a recording's sound."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inspector.model import Recording

__all__ = ["Audio", "Float32", "Int16"]

Int16 = NDArray[np.int16]
Float32 = NDArray[np.float32]


class Audio(Protocol):
    """A decoded recording, read window by window so that hours of sound never lie in memory at once."""

    @property
    def recording(self) -> Recording: ...

    @property
    def frames(self) -> int:
        """Samples per lane, at ``recording.rate_hz``."""
        ...

    def read(self, lane: int, start: int, stop: int) -> Int16:
        """int16 samples ``[start, stop)`` of one lane (channel index, 0 = left), shape (stop - start,).

        Raises RecordingError(CHANGED_WHILE_READ) when the file no longer holds what it held.
        """
        ...

    def close(self) -> None: ...
