"""A call of one or several recordings between hearing and judging: what was heard of each, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inspector.errors import RecordingError
from inspector.legs import Leg, join, on_call_clock
from inspector.model import Call, Hearing, Inspection
from inspector.pipeline import Heard, inspect_hearing
from inspector.rules.plan import Plan

__all__ = ["HeardCall"]


@dataclass(slots=True)
class HeardCall:
    """What became of the recordings of a call. A leg without a hearing has an error, unless it names no file."""

    legs: list[tuple[Leg, Hearing | None]] = field(default_factory=list)
    errors: list[tuple[Path, RecordingError]] = field(default_factory=list)
    stages_s: dict[str, float] = field(default_factory=dict)

    @property
    def hearings(self) -> list[Hearing]:
        return [hearing for _, hearing in self.legs if hearing is not None]

    @classmethod
    def gathered(cls, legs: Sequence[Leg], results: Iterator[Heard]) -> HeardCall:
        """Takes the results of a call's recordings, one for each leg that names a file."""
        call = cls()
        for leg in legs:
            call.add(leg, None if leg.path is None else next(results))
        return call

    def add(self, leg: Leg, heard: Heard | None) -> None:
        """The next leg in order; ``heard`` None: it names no file."""
        hearing = None
        if leg.path is not None and heard is not None:
            for stage, took_s in heard.stages_s.items():
                self.stages_s[stage] = self.stages_s.get(stage, 0.0) + took_s
            if isinstance(heard.result, Hearing):
                hearing = heard.result
            else:
                self.errors.append((leg.path, heard.result))
        self.legs.append((leg, hearing))

    def inspected(self, call: Call | None, legs: Sequence[Leg], plan: Plan) -> Inspection:
        """Judged by a plan. ``call`` None: nobody said which call it is, so it is named by its bytes.

        Raises ValueError when nothing was heard.
        """
        hearing = join(self.legs)
        call = call or Call("file", hearing.recording.id)
        return inspect_hearing(on_call_clock(call, legs, hearing.recording), hearing, plan)
