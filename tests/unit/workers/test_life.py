"""A child's life by a fake clock: when it is started, killed, given up."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.life import FIRST_DELAY_S, ILL_AFTER, LONGEST_DELAY_S, STEADY_S, Life, Limits, Phase, Step
from workers.pulse import Beat

STUCK_S, DRAIN_S = 300.0, 30.0


def life() -> Life:
    return Life(Limits(STUCK_S, DRAIN_S))


def born(*beats: Beat) -> Life:
    """Started at 0 s, the beats told at once."""
    child = life()
    child.started(0)
    for beat in beats:
        child.heard(beat, 0)
    return child


@pytest.mark.parametrize(("stuck_s", "drain_s"), [(0, 1), (-1, 1), (1, -1)])
def test_impossible_limits(stuck_s: float, drain_s: float) -> None:
    with pytest.raises(ValueError, match="limits"):
        Limits(stuck_s, drain_s)


def test_it_is_started_at_once() -> None:
    assert life().due(0) is Step.START


def test_the_phases_follow_what_it_tells() -> None:
    child = born()
    assert (child.phase, child.ready) == (Phase.STARTING, False)
    for beat, phase in [
        (Beat.READY, Phase.IDLE),
        (Beat.BUSY, Phase.BUSY),
        (Beat.MOVED, Phase.BUSY),
        (Beat.IDLE, Phase.IDLE),
    ]:
        child.heard(beat, 1)
        assert (child.phase, child.ready) == (phase, True)


def test_idle_for_a_week_is_not_stuck() -> None:
    child = born(Beat.READY)
    assert child.due(7 * 86400) is Step.NOTHING


def test_busy_is_stuck_so_long_after_it_moved_last() -> None:
    """::

    0      200        499 500
    busy   moved      |   stuck
    """
    child = born(Beat.READY, Beat.BUSY)
    child.heard(Beat.MOVED, 200)
    assert child.due(499.9) is Step.NOTHING
    assert child.due(500) is Step.KILL
    child.signalled(Step.KILL, 500)
    assert child.stuck_kills == 1
    assert child.due(501) is Step.NOTHING


def test_who_never_gets_ready_is_stuck() -> None:
    child = born()
    assert child.due(STUCK_S - 1) is Step.NOTHING
    assert child.due(STUCK_S) is Step.KILL


def test_who_was_of_use_comes_back_at_once() -> None:
    child = born(Beat.READY)
    child.ended(STEADY_S)
    assert child.due(STEADY_S) is Step.START
    assert (child.failures, child.ill) == (0, False)


def test_who_dies_at_once_again_and_again_waits_longer_and_is_ill() -> None:
    child, now_s, delays = life(), 0.0, []
    for _ in range(7):
        child.started(now_s)
        child.ended(now_s)
        before = now_s
        while child.due(now_s) is Step.NOTHING:
            now_s += 0.25
        delays.append(now_s - before)
    assert delays == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]
    assert child.ill
    child.started(now_s)
    assert child.ill
    child.heard(Beat.READY, now_s)
    assert not child.ill


def test_ill_after_so_many_failures_and_well_after_a_steady_life() -> None:
    child = life()
    for failure in range(1, ILL_AFTER + 1):
        child.started(0)
        child.ended(0)
        assert child.ill == (failure == ILL_AFTER)
    child.started(10)
    child.heard(Beat.READY, 11)
    child.ended(11 + STEADY_S)
    assert not child.ill


def test_who_cannot_even_be_started_is_tried_again_later() -> None:
    """Also when its last life was long: that one counts no more."""
    child = born(Beat.READY)
    child.ended(1000)
    child.ended(2000)
    assert child.due(2000) is Step.NOTHING
    assert child.due(2000 + FIRST_DELAY_S) is Step.START


def test_a_drain_asks_first_and_kills_then() -> None:
    """::

    0      10           40
    busy   drain: TERM  KILL
    """
    child = born(Beat.READY, Beat.BUSY)
    child.drain(10)
    assert child.due(10) is Step.TERM
    child.signalled(Step.TERM, 10)
    child.drain(20)  # asked again: the first time counts
    assert child.due(39.9) is Step.NOTHING
    assert child.due(40) is Step.KILL
    child.signalled(Step.KILL, 40)
    assert child.stuck_kills == 0
    child.ended(41)
    assert child.drained
    assert child.due(10**6) is Step.NOTHING


def test_a_drain_in_a_hurry_kills_at_once() -> None:
    child = born(Beat.READY)
    child.drain(10)
    child.hurry()
    assert child.due(10) is Step.KILL


def test_what_is_down_is_drained_without_being_started() -> None:
    child = life()
    child.drain(0)
    assert child.drained
    assert child.due(1) is Step.NOTHING


def test_a_beat_that_comes_after_the_end_changes_nothing() -> None:
    child = born(Beat.READY)
    child.ended(1)
    child.heard(Beat.BUSY, 1)
    assert child.phase is Phase.DOWN


# ---- whatever happens ------------------------------------------------------------------------------------------------

HAPPENINGS = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["look", "die", "cannot_start", "drain", "hurry", *(beat.name for beat in Beat)]),
    ),
    max_size=60,
)


class World:
    """A supervisor that does what is due, once after everything that happens, and writes down when."""

    def __init__(self) -> None:
        self.child, self.now_s, self.running, self.termed = life(), 0.0, False, 0
        self.down_since_s: float | None = None
        self.drained_s: float | None = None
        self.silent_since_s = 0.0
        self.killed = False

    def happen(self, happenings: Iterable[tuple[int, str]]) -> None:
        for after_s, what in happenings:
            self.now_s += after_s
            self._happens(what)
            self._does(what)

    def _happens(self, what: str) -> None:
        if what == "die" and self.running:
            self.child.ended(self.now_s)
            self.running, self.down_since_s = False, self.now_s
        elif what in ("drain", "hurry"):
            self.drained_s = self.now_s if self.drained_s is None else self.drained_s
            self.child.drain(self.now_s)
            if what == "hurry":
                self.child.hurry()
        elif what in Beat.__members__ and self.running:
            self.child.heard(Beat[what], self.now_s)
            self.silent_since_s = self.now_s

    def _does(self, what: str) -> None:
        step = self.child.due(self.now_s)
        if step is Step.START:
            assert not self.running
            assert self.drained_s is None, "nothing is started any more"
            if what == "cannot_start":
                self.child.ended(self.now_s)
                self.down_since_s = self.now_s
            else:
                self.child.started(self.now_s)
                self.running, self.termed, self.killed = True, 0, False
                self.silent_since_s = self.now_s
        elif step in (Step.TERM, Step.KILL):
            assert self.running
            assert not self.killed, "killed once"
            self.termed += step is Step.TERM
            assert self.termed <= 1, "asked once"
            self.killed = step is Step.KILL
            silent_s = self.now_s - self.silent_since_s
            assert self.drained_s is not None or (self.killed and silent_s >= STUCK_S and not self._idle)
            self.child.signalled(step, self.now_s)

    @property
    def _idle(self) -> bool:
        return self.child.phase is Phase.IDLE

    def holds(self) -> None:
        """What must be true at any time."""
        assert (self.child.phase is not Phase.DOWN) == self.running
        if self.running or self.drained_s is not None or self.down_since_s is None:
            return
        assert self.child.due(self.down_since_s + LONGEST_DELAY_S) is Step.START, "it comes back in time"


@given(HAPPENINGS)
def test_whatever_happens_it_comes_back_is_asked_once_and_killed_only_for_a_reason(
    happenings: list[tuple[int, str]],
) -> None:
    world = World()
    for happening in happenings:
        world.happen([happening])
        world.holds()


@given(HAPPENINGS)
def test_after_a_drain_all_comes_to_an_end(happenings: list[tuple[int, str]]) -> None:
    world = World()
    world.happen([*happenings, (0, "drain"), (DRAIN_S, "look")])
    assert not world.running or world.killed
    world.happen([(0, "die")])
    assert world.child.drained
