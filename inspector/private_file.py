"""Files that only their owner may read, and that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

__all__ = ["replacing"]


@contextmanager
def replacing(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A text file of mode 0600 that takes the place of ``path`` when it is complete. Raises OSError.

    Bytes of a file name that are no UTF-8 are written by their codes; lines end in a line feed.
    """
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, errors="backslashreplace", newline="\n") as file:
            yield file
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
