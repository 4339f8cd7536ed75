"""Who speaks between any two moments at which something changes: interval arithmetic, no frames. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from inspector.model import SpeechSpan

__all__ = ["Activity", "activity", "edges_of"]

Activity = dict[str, NDArray[np.bool_]]
"""Label → whether it speaks in each stretch between two neighbouring edges."""


def edges_of(spans: Iterable[SpeechSpan], end_s: float) -> NDArray[np.float64]:
    """0, ``end_s`` (above 0) and every start and end between them: seconds, ascending, each once."""
    times_s = [time_s for span in spans for time_s in (span.start_s, span.end_s)]
    return np.unique(np.clip(np.array([0.0, end_s, *times_s]), 0.0, end_s))


def activity(spans: Iterable[SpeechSpan], label: Callable[[SpeechSpan], str], edges: NDArray[np.float64]) -> Activity:
    """``edges`` as :func:`edges_of` makes them of these spans and others. Spans of one label that overlap are one."""
    found: Activity = {}
    for span in spans:
        row = found.setdefault(label(span), np.zeros(len(edges) - 1, np.bool_))
        row |= (edges[:-1] >= span.start_s) & (edges[1:] <= span.end_s)
    return found
