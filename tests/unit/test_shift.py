"""A worker's shift: every call it claims comes to an end or goes back, and nothing is heard twice for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from inspector.config import WorkSettings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import ErrorKind, RecordingError, StorageError
from inspector.storage import Store, sqlite_url
from inspector.storage.ledger import Acceptance, EventKind, Intake, IntakeLeg, Ledger
from tests.accepted import DIGEST, hearing, id_of, intake, leg, open_alerts, plan, sha256_of
from tests.stubs import StubEars
from workers import leases, shift
from workers.shift import Hearer, Shift

SHA256S = {f"{number}-{segment}.wav": sha256_of(number, segment) for number in range(1, 6) for segment in (1, 2, 3)}
FAULT = RecordingError(ErrorKind.NOT_AUDIO, "no sound", "send sound")
ONE, TWO, THREE = id_of(1), id_of(2), id_of(3)


class Moves:
    """Notes the signs of life."""

    def __init__(self) -> None:
        self.told = ""

    def busy(self) -> None:
        self.told += "b"

    def moved(self) -> None:
        self.told += "m"

    def idle(self) -> None:
        self.told += "i"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(sqlite_url(tmp_path / "inspector.db"))) as store:
        yield store


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return store.ledger


@pytest.fixture
def ears() -> StubEars:
    return StubEars(SHA256S)


@pytest.fixture(autouse=True)
def owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_WORK_OWNER", "us")
    monkeypatch.setattr(shift, "FIRST_WAIT_S", 0.001)


@pytest.fixture
def open_one(store: Store, ears: StubEars) -> Callable[..., Shift]:
    def made(**settings: float) -> Shift:
        return Shift(store, Hearer(ears.hear, DIGEST), plan(), WorkSettings(**settings), Moves())

    return made


def states(ledger: Ledger) -> dict[str, WorkState]:
    return {entry.source_call_id: entry.state for entry in ledger.entries(99)}


def accept(ledger: Ledger, *intakes: Intake) -> None:
    assert set(ledger.accept(intakes)) <= {Acceptance.NEW, Acceptance.UPDATED}


def unsent(ledger: Ledger) -> list[tuple[str, bool]]:
    return [(call.call_id, call.alone) for call in ledger.unsent(WorkQueue.BATCH, 99)]


def test_every_call_of_a_job_is_heard_judged_and_done(
    store: Store, ears: StubEars, open_one: Callable[..., Shift]
) -> None:
    accept(store.ledger, intake(1), intake(2), intake(3, leg(3), leg(3, 2)))
    open_one().work([ONE, TWO, THREE])
    assert ears.heard == ["1-1.wav", "2-1.wav", "3-1.wav", "3-2.wav"]
    assert set(states(store.ledger).values()) == {WorkState.DONE}
    assert (len(store.inspections(9)), len(open_alerts(store))) == (3, 3)
    assert store.inspections(9, THREE)[0].hearing.recording.joined


def test_what_does_not_wait_is_passed_over(ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]) -> None:
    accept(ledger, intake(1), intake(2))
    ledger.claim([ONE], "another", 60)
    open_one().work([ONE, TWO, "f" * 24])
    open_one().work([ONE, TWO])
    assert ears.heard == ["2-1.wav"]


def test_what_cannot_be_heard_is_rejected_and_its_neighbours_are_done(
    ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]
) -> None:
    ears.answers = {"1-1.wav": FAULT, "3-2.wav": FAULT}
    nothing = IntakeLeg(1, None, None)
    accept(ledger, intake(1), intake(2), intake(3, leg(3), leg(3, 2)), intake(4, nothing))
    open_one().work([id_of(number) for number in range(1, 5)])
    rejected = [WorkState.REJECTED, WorkState.DONE, WorkState.DONE, WorkState.REJECTED]
    assert states(ledger) == dict(zip("1234", rejected, strict=True))
    faults = {entry.source_call_id: [one["kind"] for one in entry.faults] for entry in ledger.entries(9)}
    assert faults == {"1": ["not_audio"], "2": [], "3": ["not_audio"], "4": ["not_found"]}


def test_other_bytes_than_the_accepted_ones(ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]) -> None:
    ears.answers = {"1-1.wav": hearing("b" * 64)}
    accept(ledger, intake(1), intake(2))
    open_one().work([ONE, TWO])
    (entry,) = ledger.entries(9, WorkState.REJECTED)
    assert [one["kind"] for one in entry.faults] == ["changed_while_read"]


def test_bytes_that_nobody_knew(store: Store, open_one: Callable[..., Shift]) -> None:
    accept(store.ledger, intake(1, IntakeLeg(1, Path("calls/1-1.wav"), None)))
    open_one().work([ONE])
    assert store.inspections(9)[0].hearing.recording.id == sha256_of(1)


def test_a_later_attempt_begins_after_the_checkpoint(
    ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]
) -> None:
    """A B with two recordings each: the worker dies while it hears the second one of B."""

    def dies(path: Path) -> None:
        if path.name == "2-2.wav":
            raise MemoryError

    ears.before = dies
    accept(ledger, intake(1, leg(1), leg(1, 2)), intake(2, leg(2), leg(2, 2)))
    with pytest.raises(MemoryError):
        open_one().work([ONE, TWO])
    assert ears.heard == ["1-1.wav", "1-2.wav", "2-1.wav"]
    ears.before = lambda _: None
    open_one().work([ONE, TWO])
    assert ears.heard[3:] == ["2-2.wav"]
    assert set(states(ledger).values()) == {WorkState.DONE}


def test_ears_with_other_settings_hear_again(store: Store, ears: StubEars, open_one: Callable[..., Shift]) -> None:
    accept(store.ledger, intake(1))
    open_one().work([ONE])
    store.ledger.requeue([ONE], "anna")
    Shift(store, Hearer(ears.hear, "newer"), plan(), WorkSettings(), Moves()).work([ONE])
    assert ears.heard == ["1-1.wav", "1-1.wav"]


def test_told_to_stop_it_ends_what_is_begun_and_gives_the_rest_back(
    ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]
) -> None:
    accept(ledger, *(intake(number) for number in range(1, 5)))
    one = open_one()
    ears.before = lambda path: one.stop() if path.name == "2-1.wav" else None
    one.work([id_of(number) for number in range(1, 5)])
    assert states(ledger) == dict(zip("1234", ["done", "done", "waiting", "waiting"], strict=True))
    assert unsent(ledger) == [(id_of(4), False), (THREE, False)]


class TestBlame:
    def test_what_ended_a_job_comes_back_one_by_one(
        self, ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]
    ) -> None:
        ears.answers = {"2-1.wav": RuntimeError("poison")}
        accept(ledger, intake(1), intake(2), intake(3))
        with pytest.raises(RuntimeError):
            open_one().work([ONE, TWO, THREE])
        assert unsent(ledger) == [(THREE, True), (TWO, True)]
        open_one().work([THREE])
        for _ in range(3):
            with pytest.raises(RuntimeError):
                open_one().work([TWO])
        assert states(ledger) == {"1": WorkState.DONE, "2": WorkState.QUARANTINED, "3": WorkState.DONE}

    def test_a_database_that_fails_blames_no_call(
        self, ledger: Ledger, open_one: Callable[..., Shift], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object) -> bool:
            raise StorageError("the disk is full", "make room")

        accept(ledger, intake(1))
        for _ in range(5):
            with monkeypatch.context() as patch:
                patch.setattr(Ledger, "finish", fails)
                with pytest.raises(StorageError):
                    open_one().work([ONE])
        assert unsent(ledger) == [(ONE, False)]
        open_one().work([ONE])
        assert states(ledger) == {"1": WorkState.DONE}

    def test_a_commit_that_fails_for_a_moment_is_asked_again(
        self, ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finish, failed = Ledger.finish, []

        def fails_twice(self: Ledger, *args: object) -> bool:
            if len(failed) < 2:
                failed.append(1)
                raise StorageError("busy", "wait")
            return finish(self, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(Ledger, "finish", fails_twice)
        accept(ledger, intake(1))
        open_one().work([ONE])
        assert (states(ledger), ears.heard) == ({"1": WorkState.DONE}, ["1-1.wav"])


class TestLeases:
    def test_kept_while_it_hears(self, ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]) -> None:
        """The hearing lasts until the lease has been renewed beyond its first end."""
        renewed, renew = Event(), Ledger.renew
        ends = []

        def noted(self: Ledger, *args: object) -> frozenset[str]:
            still = renew(self, *args)  # type: ignore[arg-type]
            ends.append(still)
            if len(ends) == 4:
                renewed.set()
            return still

        ears.before = lambda _: (renewed.wait(30), None)[1]
        accept(ledger, intake(1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Ledger, "renew", noted)
            open_one(lease_s=0.3).work([ONE])
        assert ends[:4] == [frozenset([ONE])] * 4
        assert states(ledger) == {"1": WorkState.DONE}

    def test_without_progress_they_end(self, ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]) -> None:
        expired = Event()

        def hang(_: Path) -> None:
            while not ledger.expire(3):
                expired.wait(0.02)

        ears.before = hang
        accept(ledger, intake(1))
        open_one(lease_s=0.1, stuck_s=0.05).work([ONE])
        assert (states(ledger), ledger.counts().stale) == ({"1": WorkState.WAITING}, 2)  # checkpoint and end refused

    def test_a_lost_call_is_thrown_away_and_the_others_are_done(
        self, ledger: Ledger, ears: StubEars, open_one: Callable[..., Shift]
    ) -> None:
        def taken(path: Path) -> None:
            if path.name == "1-1.wav":
                assert ledger.quarantine([ONE], "noise", "anna")

        ears.before = taken
        accept(ledger, intake(1), intake(2))
        open_one().work([ONE, TWO])
        assert states(ledger) == {"1": WorkState.QUARANTINED, "2": WorkState.DONE}
        assert EventKind.STALE in [event.kind for event in ledger.events(0, 99)]

    def test_a_database_that_is_away_is_asked_again(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = Event()

        def fails(*_: object) -> frozenset[str]:
            if asked.is_set():
                again.set()
            asked.set()
            raise StorageError("away", "wait")

        again = Event()
        monkeypatch.setattr(Ledger, "renew", fails)
        with leases.Leases(ledger, "us", 0.03, 60) as held:
            held.hold({ONE: 1})
            assert again.wait(30)
            assert held.held() == {ONE: 1}

    def test_what_is_lost_is_no_longer_held(self, ledger: Ledger) -> None:
        with leases.Leases(ledger, "us", 0.03, 60) as held:
            held.hold({ONE: 1})
            while held.held():
                held.moved()
            held.let_go(ONE)


def test_a_second_recording_that_comes_before_the_first(store: Store, open_one: Callable[..., Shift]) -> None:
    accept(store.ledger, intake(1, leg(1, 2)))
    open_one().work([ONE])
    accept(store.ledger, intake(1, leg(1, 1)))
    open_one().work([ONE])
    assert states(store.ledger) == {"1": WorkState.DONE}
    assert [one.segment_no for one in store.inspections(1)[0].hearing.recording.joined] == [1, 2]
