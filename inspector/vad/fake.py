"""A voice activity detector for tests: it finds what it was told to find."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.audio.protocol import Audio
from inspector.vad.protocol import LaneActivity

__all__ = ["ScriptedVad"]


class ScriptedVad:
    """``lanes[i]`` is the activity of lane i of every recording; lanes without an entry hold nothing.

    Raises ValueError for a script no real detector could give: speech that is not sorted or overlaps.
    """

    name = "scripted@00000000"

    def __init__(self, lanes: Sequence[LaneActivity]) -> None:
        for activity in lanes:
            pairs = zip(activity.speech, activity.speech[1:], strict=False)
            if any(after.start_s < before.end_s for before, after in pairs):
                raise ValueError("scripted speech must be sorted and must not overlap")
        self._lanes = tuple(lanes)

    def activity(self, audio: Audio, lane: int) -> LaneActivity:
        """What the script says of this lane; ``audio`` is not listened to."""
        return self._lanes[lane] if lane < len(self._lanes) else LaneActivity((), ())
