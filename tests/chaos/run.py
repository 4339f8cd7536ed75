"""A seeded storm over a world, and what came of it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from inspector.enums import WorkQueue, WorkState
from inspector.storage.ledger import EventKind
from tests.chaos.checker import History, count_of, read_history, violations
from tests.chaos.nemeses import NEMESES, foreign_marker, kill_redis, kill_relay, kill_supervisor, kill_worker
from tests.chaos.world import FAST, World

SINGLE_DEATHS = {"worker": kill_worker, "relay": kill_relay, "redis": kill_redis, "supervisor": kill_supervisor}


@dataclass(frozen=True, slots=True)
class Profile:
    """``odd``: how many recordings of each awkward sort. ``relay_dies_at``: at which of its jobs each relay dies.
    ``wipe_every_s``: how often at least Redis loses all. ``calm_s``: between two faults, from … to. ``batches``: in so
    many shares the calls are submitted. ``work``: settings of the work other than those that ship."""

    calls: int
    batches: int
    odd: Mapping[str, int]
    relay_dies_at: int
    wipe_every_s: float
    calm_s: tuple[float, float]
    patience_s: float
    work: Mapping[str, float] = field(default_factory=lambda: FAST)


PROFILES = {
    "ci": Profile(300, 20, {"poison": 2, "stuck": 1, "slow": 3, "missing": 3}, 9, 30, (0.5, 2.0), 180),
    "soak": Profile(5000, 200, {"poison": 10, "stuck": 3, "slow": 40, "missing": 50}, 40, 60, (0.5, 4.0), 1200),
    "default": Profile(60, 15, {"missing": 3}, 9, 60, (0.5, 2.0), 900, {}),
}


@dataclass(slots=True)
class Result:
    """What is printed and kept. ``recovery_s``: from a single death to the end of what was to be done, by who died."""

    seed: int
    profile: str
    took_s: float = 0.0
    calls: int = 0
    states: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    nemeses: dict[str, int] = field(default_factory=dict)
    attempts_most: int = 0
    recovery_s: dict[str, float] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.violations

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "passed": self.passed}


def storm(seed: int, profile: str, home: Path, database_url: str | None = None, calls: int | None = None) -> Result:
    """Submits calls while everything fails in turn, lets it become calm, and checks."""
    settings, result = PROFILES[profile], Result(seed, profile)
    schedule, victims = random.Random(f"{seed} schedule"), random.Random(f"{seed} victims")  # noqa: S311 - no secret
    names = _names(calls or settings.calls, settings, schedule)
    began_s = time.monotonic()
    with World(home, f"relay.rung=kill@{settings.relay_dies_at}", database_url, settings.work) as world:
        counted = Counter(_rage(world, names, settings, schedule, victims))
        if not world.wait_until_done(settings.patience_s):
            result.violations.append(f"{world.unfinished()} calls came to no end within {settings.patience_s} s")
        result.took_s = round(time.monotonic() - began_s, 1)
        _outlive_leases(world)
        result.recovery_s = _recoveries(world, victims)
        _check(world, result)
    result.nemeses = dict(sorted(counted.items()))
    return result


def _names(calls: int, profile: Profile, rng: random.Random) -> list[str]:
    odd = [f"{sort}-{number}" for sort, count in profile.odd.items() for number in range(count)]
    names = odd + [f"call-{number}" for number in range(calls - len(odd))]
    rng.shuffle(names)
    return names


def _rage(
    world: World, names: list[str], profile: Profile, rng: random.Random, victims: random.Random
) -> Iterator[str]:
    """Yields the names of what it did, until all is submitted and each has had its turn.

    ``rng`` decides what happens when; ``victims`` to whom, which also depends on who is alive.
    """
    left, todo = names, rng.sample(sorted(NEMESES), len(NEMESES))
    wiped_s = time.monotonic()
    share = max(1, len(names) // profile.batches)
    while left or todo:
        batch, left = left[:share], left[share:]
        if batch:
            cut = rng.randint(0, len(batch) // 4)
            world.submit(batch[:cut] or batch[:1], WorkQueue.URGENT)
            world.submit(batch)  # those that are urgent too are known by now: nothing new to do
            world.submit([name for name in rng.sample(names, 3) if name.startswith("call")])
            world.submit([name for name in batch[:1] if name.startswith("call")], segment_no=2)
        time.sleep(rng.uniform(*profile.calm_s))
        name = todo.pop() if todo else rng.choice(sorted(NEMESES))
        if time.monotonic() - wiped_s > profile.wipe_every_s:
            name, wiped_s = "wipe-redis", time.monotonic()
        NEMESES[name](world, victims)
        yield name


def _recoveries(world: World, rng: random.Random) -> dict[str, float]:
    """In calm weather: eight calls, one death, and the seconds until all of them are at an end."""
    took: dict[str, float] = {}
    for who, nemesis in SINGLE_DEATHS.items():
        time.sleep(12)  # whoever lived so long is started again at once
        world.submit([f"after-{who}-{number}" for number in range(8)])
        began_s = time.monotonic()
        nemesis(world, rng)
        world.wait_until_done(300)
        took[who] = round(time.monotonic() - began_s, 1)
    return took


def _outlive_leases(world: World) -> None:
    """In calm weather: a slow call that nobody kills and a relay that takes it away. In the storm either may fail."""
    world.submit(["slow-in-calm"])
    lasts_s = 60 + 3 * world.settings.work.lease_s
    world.wait_until_done(lasts_s)
    patience_s = time.monotonic() + lasts_s
    while not (world.home / "calls" / "slow-in-calm-1.late").exists() and time.monotonic() < patience_s:
        time.sleep(0.1)
    time.sleep(1)  # until its worker has been refused


def _check(world: World, result: Result) -> None:
    history = read_history(world.database)
    result.violations += violations(history, world.expected)
    if foreign_marker(world).exists():
        result.violations.append("a foreign function ran")
    if not count_of(history.events, EventKind.STALE):
        result.violations.append("a call outlived its lease and no commit was refused")
    result.calls = len(world.accepted)
    result.states = _counts(history, WorkState)
    result.events = {str(kind): count_of(history.events, kind) for kind in EventKind}
    result.attempts_most = int(world.database.rows("SELECT max(attempt) FROM work")[0][0])


def _counts(history: History, states: Callable[[str], WorkState]) -> dict[str, int]:
    counted = Counter(str(states(state)) for state in history.states.values())
    return dict(sorted(counted.items()))
