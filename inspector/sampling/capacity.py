"""What a plan of draws takes of reviewers' time, and what they will not get to. Pure.

QA's minutes are spent in a fixed order, the random sample first: an estimate with holes is none. What teams check
themselves costs teams' time, not QA's.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from datetime import date

from inspector.config import SamplingSettings
from inspector.sampling.draw import DrawKind, sample_size

__all__ = ["Line", "Sheet", "Volume", "sheet_of"]

_IN_ORDER = (DrawKind.RANDOM, DrawKind.MYSTERY, DrawKind.RECHECK, DrawKind.COVERAGE, DrawKind.DIRECTED)


_HARDLY_MIN = 1e-7
"""What sums of minutes may be wrong by."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What is expected of a day: calls, of those with stable findings and those marked as test calls, the mean length
    of a call, and how many agents there are. ``days_seen``: business dates that it is the mean of; 0: it was given."""

    calls: float
    call_min: float
    with_findings: float
    mystery: float
    agents: int
    days_seen: int = 0

    def __post_init__(self) -> None:
        numbers = (self.calls, self.call_min, self.with_findings, self.mystery, self.agents, self.days_seen)
        if not all(math.isfinite(number) and number >= 0 for number in numbers):
            raise ValueError("a volume is finite and not negative")
        if max(self.with_findings, self.mystery) > self.calls:
            raise ValueError("there are no more calls with findings or test calls than calls")


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of draw over the whole period. ``base``: calls that it is from, ``calls``: drawn of them, rounded up.

    ``reviewed``: those that the rostered minutes are enough for; the others of ``calls`` nobody will look at.
    """

    kind: DrawKind
    base_name: str
    base: int
    calls: int
    minutes: float
    reviewed: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plan for the days from ``first`` to ``last``, both included, with all its figures.

    ``needed_min``: of QA, without what teams check themselves.
    """

    first: date
    last: date
    volume: Volume
    rostered_min: float
    lines: tuple[Line, ...]

    @property
    def needed_min(self) -> float:
        return sum(line.minutes for line in self.lines if line.kind is not DrawKind.SELF_CHECK)

    @property
    def id(self) -> str:
        """Twelve hex digits of the figures: whoever saves a plan by it has seen them."""
        text = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def sheet_of(
    days: tuple[date, date], volume: Volume, rostered_min: float, directed: int, settings: SamplingSettings
) -> Sheet:
    """The capacity sheet of a period. ``directed``: calls a day that somebody will ask for.

    Raises ValueError when the period ends before it begins or the minutes are no number of minutes.
    """
    first, last = days
    if first > last or not (math.isfinite(rostered_min) and rostered_min >= 0):
        raise ValueError("a plan has a period and rostered minutes")
    bases = _bases(volume, (last - first).days + 1, directed, settings)
    lines, left_min = [], rostered_min
    for kind in _IN_ORDER:
        name, base, calls = bases[kind]
        each_min = _each_min(kind, volume, settings)
        enough = calls * each_min <= left_min + _HARDLY_MIN
        reviewed = calls if enough else min(calls, math.floor(left_min / each_min + 1e-9))
        left_min = max(0.0, left_min - reviewed * each_min)
        lines.append(Line(kind, name, base, calls, calls * each_min, reviewed))
    name, base, calls = bases[DrawKind.SELF_CHECK]
    own_min = calls * _each_min(DrawKind.SELF_CHECK, volume, settings)
    return Sheet(first, last, volume, rostered_min, (*lines, Line(DrawKind.SELF_CHECK, name, base, calls, own_min, 0)))


def _bases(
    volume: Volume, days: int, directed: int, settings: SamplingSettings
) -> dict[DrawKind, tuple[str, int, int]]:
    """By kind: the name of its base, the calls in it and those drawn of it in all days."""
    calls, found, marked = (math.ceil(one) for one in (volume.calls, volume.with_findings, volume.mystery))
    drawn = sample_size(settings.rate, calls)
    # Teams are to answer all of theirs, and of what is reviewed only the random sample can be foreseen.
    of_recheck = {"all_calls": calls, "with_findings": found, "self_checked": found, "reviewed": drawn}
    base = of_recheck[settings.recheck_base]
    lacking = _expected_lack(days * drawn, volume.agents, settings.agent_minimum)
    return {
        DrawKind.RANDOM: ("all_calls", days * calls, days * drawn),
        DrawKind.MYSTERY: ("marked_mystery", days * marked, days * sample_size(settings.mystery_rate, marked)),
        DrawKind.RECHECK: (settings.recheck_base, days * base, days * sample_size(settings.recheck_rate, base)),
        DrawKind.COVERAGE: ("agents", volume.agents, lacking),
        DrawKind.DIRECTED: ("directed", days * directed, days * directed),
        DrawKind.SELF_CHECK: ("with_findings", days * found, days * found),
    }


def _expected_lack(drawn: int, agents: int, minimum: int) -> int:
    """What agents will lack of their minimum when ``drawn`` calls fall on them by chance (Poisson), rounded up."""
    if not agents:
        return 0
    mean = drawn / agents
    lack = sum((minimum - had) * math.exp(-mean) * mean**had / math.factorial(had) for had in range(minimum))
    return math.ceil(agents * lack - 1e-9)


def _each_min(kind: DrawKind, volume: Volume, settings: SamplingSettings) -> float:
    if kind in (DrawKind.RECHECK, DrawKind.SELF_CHECK):
        return settings.quick_check_s / 60
    return volume.call_min * settings.whole_call_factor
