"""What several calls say together: incidents, repeated contacts, topics that surge. Pure.

An incident is a stretch of time in which one trouble (a rule, and what it is about) has clearly more customers than
usual. All stretches are those of the calls, not of when they were inspected::

    customers in the 30 minutes before     1  1  2  3  5  7  6  4  2  1
    signals of one trouble             ────•──•──••─••─•••••─•••─••──•──────•────────►
                                               ├──────────────────┤ unusual until here
                                         first_at    │             hot_until   ├ 30 min ┤
                                               completed_at        what comes within them is attached
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

__all__ = [
    "Episode",
    "IncidentLimits",
    "Repeat",
    "RepeatLimits",
    "Signal",
    "Surge",
    "SurgeLimits",
    "episodes",
    "repeats",
    "surges",
    "unusual",
    "usual_of",
]

AROUND = timedelta(hours=1)
"""So much before and after a window counts for what is usual then: a single half-hour a week is too little to tell."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A stable signal, or a wrap-up code, of one call. ``at``: when it was said (UTC); ``topic``: the rule's id.

    ``key``: what the trouble is about; ``customer``: the keyed hash, None when unknown.
    """

    at: datetime
    call_id: str
    topic: str
    key: str = ""
    customer: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentLimits:
    """``customers`` within ``window``, above ``times_usual`` what is usual, and no chance on a ``busy`` day.

    ``chance`` is a probability, ``busy`` a factor. See ``data/cross_call.toml``.
    """

    customers: int = 5
    window: timedelta = timedelta(minutes=30)
    times_usual: float = 3.0
    chance: float = 1e-5
    busy: float = 1.5
    weeks: int = 4
    late: timedelta = timedelta(minutes=15)
    count_unknown: bool = False

    def __post_init__(self) -> None:
        if self.customers < 2 or self.window <= timedelta() or self.weeks < 1 or self.late < timedelta():
            raise ValueError("an incident has two customers or more in a time that is not empty")
        if not (1 <= self.busy <= self.times_usual < math.inf and 0 < self.chance <= 1):
            raise ValueError("busy is at least 1, times_usual at least busy, chance within 0 … 1")

    @property
    def stretch(self) -> timedelta:
        """How much of each week before is looked at."""
        return self.window + 2 * AROUND


@dataclass(frozen=True, slots=True)
class Episode:
    """An incident as it lies in time. ``usual``: customers in a window as a rule, None when nobody can know.

    ``calls``: those of the stream that belong to it. ``incident_id``: None for one that nobody has written down yet.
    """

    first_at: datetime
    completed_at: datetime
    hot_until: datetime
    completed_by: str
    customers: int
    usual: float | None
    incident_id: str | None = None
    calls: tuple[Signal, ...] = ()


@dataclass(slots=True)
class _Window:
    """The signals of one trouble in the time before the last one, and whose they are."""

    limits: IncidentLimits
    signals: deque[Signal] = field(default_factory=deque)
    of: Counter[str] = field(default_factory=Counter)

    def push(self, signal: Signal) -> None:
        self.signals.append(signal)
        self.of.update(self._who(signal))
        while self.signals[0].at <= signal.at - self.limits.window:
            for one in self._who(self.signals.popleft()):
                self.of[one] -= 1
                if not self.of[one]:
                    del self.of[one]

    def _who(self, signal: Signal) -> tuple[str, ...]:
        if signal.customer is not None:
            return (signal.customer,)
        return (f"\0{signal.call_id}",) if self.limits.count_unknown else ()


def episodes(
    stream: Sequence[Signal],
    usual: Callable[[datetime], float | None],
    limits: IncidentLimits,
    known: Sequence[Episode] = (),
) -> tuple[Episode, ...]:
    """The incidents in the signals of one trouble in order of time: those ``known`` as they go on, then new ones.

    ``usual``: how many customers a window that ends then has as a rule; asked only where there are enough. The same
    signals give the same incidents, however many of them were there the last time.
    """
    found, window = list(known), _Window(limits)
    for signal in stream:
        window.push(signal)
        customers = len(window.of)
        if customers < limits.customers:
            continue
        rate = usual(signal.at)
        if unusual(customers, rate, limits):
            first = window.signals[0].at
            place = _going_on(found, first, signal.at, limits.window)
            if place is None:
                found.append(Episode(first, signal.at, signal.at, signal.call_id, customers, rate))
            else:
                one = found[place]
                until, since = max(one.hot_until, signal.at), min(one.first_at, first)
                found[place] = replace(one, first_at=since, hot_until=until)
    return tuple(replace(one, calls=_within(stream, one, limits.window)) for one in found)


def usual_of(customers: Sequence[int], limits: IncidentLimits) -> float | None:
    """How many customers a window has as a rule. ``customers``: of each week before, in the stretch around that time.

    Of three weeks and more the busiest is left out: it may have had an incident. One is added, because nobody seen in
    a few hours does not mean that there never is one. None without a week to look at.
    """
    if not customers:
        return None
    counted = sorted(customers)[: max(2, len(customers) - 1)]
    return (sum(counted) + 1) / (len(counted) * (limits.stretch / limits.window))


def unusual(customers: int, usual: float | None, limits: IncidentLimits) -> bool:
    """Whether so many customers in a window are an incident, where ``usual`` ones come as a rule."""
    if customers < limits.customers or usual is None:
        return customers >= limits.customers
    return customers > limits.times_usual * usual and _tail(customers, limits.busy * usual) <= limits.chance


def _tail(count: int, mean: float) -> float:
    """At most this is the probability of ``count`` or more where ``mean`` < ``count`` is usual (Poisson)."""
    first = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    return first / (1 - mean / count)


def _going_on(found: Sequence[Episode], first: datetime, last: datetime, window: timedelta) -> int | None:
    """Which incident goes on in a window."""
    near = (n for n, one in enumerate(found) if first <= one.hot_until + window and last >= one.first_at - window)
    return next(near, None)


def _within(stream: Sequence[Signal], one: Episode, window: timedelta) -> tuple[Signal, ...]:
    begin = bisect_left(stream, one.first_at, key=lambda signal: signal.at)
    return tuple(stream[begin : bisect_right(stream, one.hot_until + window, key=lambda signal: signal.at)])


@dataclass(frozen=True, slots=True)
class RepeatLimits:
    """``contacts`` calls within ``within``: 3 in 30 days; 超 3 次 read literally is 4."""

    contacts: int = 3
    within: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if self.contacts < 2 or self.within <= timedelta():
            raise ValueError("a repeated contact has two calls or more in a time that is not empty")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A call that is the ``contacts``-th of its customer on one topic."""

    signal: Signal
    contacts: int


def repeats(stream: Sequence[Signal], limits: RepeatLimits) -> Iterator[Repeat]:
    """The repeated contacts among the calls of one customer on one topic, in order of time."""
    window: deque[Signal] = deque()
    for signal in stream:
        window.append(signal)
        while window[0].at < signal.at - limits.within:
            window.popleft()
        if len(window) >= limits.contacts:
            yield Repeat(signal, len(window))


@dataclass(frozen=True, slots=True)
class SurgeLimits:
    """``growth``: 2.0 is +200 %; ``least``: calls in the week; ``due``: by then the knowledge base is brought up."""

    growth: float = 2.0
    least: int = 20
    due: timedelta = timedelta(hours=48)

    def __post_init__(self) -> None:
        if not 0 < self.growth < math.inf or self.least < 1 or self.due <= timedelta():
            raise ValueError("a surge grows and has calls")


@dataclass(frozen=True, slots=True)
class Surge:
    """A topic with so many calls in a week and in the week before."""

    topic: str
    calls: int
    before: int

    @property
    def growth(self) -> float | None:
        """0.5 is +50 %; None where nothing was there before."""
        return self.calls / self.before - 1 if self.before else None


def surges(week: Mapping[str, int], before: Mapping[str, int], limits: SurgeLimits) -> tuple[Surge, ...]:
    """Topics that surge, most calls first. ``week`` and ``before``: calls by topic."""
    grown = (Surge(topic, calls, before.get(topic, 0)) for topic, calls in week.items() if calls >= limits.least)
    found = [one for one in grown if one.growth is None or one.growth >= limits.growth]
    return tuple(sorted(found, key=lambda one: (-one.calls, one.topic)))
