"""When a file may be taken: whatever others do to it, only when it has not moved, and then once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from inspector.intake.settling import Look, Settling

SETTLE_S = 5.0
NAMES = st.sampled_from("abc")


def test_a_file_is_due_when_it_has_not_moved_and_not_again() -> None:
    settling = Settling(SETTLE_S)
    #   0 s      4 s        8 s    9 s
    #   10 B     20 B       │      settled
    assert settling.look({"a": (10, 1)}, 0.0) == []
    assert settling.look({"a": (20, 2)}, 4.0) == []
    assert settling.look({"a": (20, 2)}, 8.9) == []
    assert settling.look({"a": (20, 2)}, 9.0) == ["a"]
    settling.taken("a")
    assert settling.look({"a": (20, 2)}, 99.0) == []


def test_what_was_not_taken_stays_due() -> None:
    settling = Settling(SETTLE_S)
    settling.look({"a": (1, 1)}, 0.0)
    assert settling.look({"a": (1, 1)}, 5.0) == settling.look({"a": (1, 1)}, 6.0) == ["a"]


def test_who_waits_longest_is_first() -> None:
    settling = Settling(SETTLE_S)
    settling.look({"b": (1, 1)}, 0.0)
    settling.look({"b": (1, 1), "a": (1, 1)}, 1.0)
    assert settling.look({"b": (1, 1), "a": (1, 1)}, 9.0) == ["b", "a"]


def test_a_fault_is_told_once_as_long_as_the_file_looks_the_same() -> None:
    settling = Settling(SETTLE_S)
    settling.look({"a": (1, 1)}, 0.0)
    assert settling.put_off("a", 60.0)
    assert settling.look({"a": (1, 1)}, 59.0) == []
    assert settling.look({"a": (1, 1)}, 60.0) == ["a"]
    assert not settling.put_off("a", 120.0)
    settling.look({"a": (2, 2)}, 61.0)
    assert settling.put_off("a", 120.0)


def test_a_file_that_changes_after_it_was_taken_is_due_again() -> None:
    settling = Settling(SETTLE_S)
    settling.look({"a": (1, 1)}, 0.0)
    settling.taken("a")
    settling.look({"a": (2, 2)}, 10.0)
    assert settling.look({"a": (2, 2)}, 15.0) == ["a"]


def test_files_cannot_settle_before_they_are_seen() -> None:
    with pytest.raises(ValueError, match="settle"):
        Settling(-1)


class Directory(RuleBasedStateMachine):
    """A directory that is written to, and one who looks at it now and then."""

    @initialize()
    def empty(self) -> None:
        self.settling = Settling(SETTLE_S)
        self.now_s = 0.0
        self.files: dict[str, Look] = {}
        self.history: list[tuple[float, dict[str, Look]]] = []
        self.in_place: set[tuple[str, Look]] = set()  # taken, and there at every look since

    @rule(name=NAMES)
    def grow(self, name: str) -> None:
        size_bytes, _ = self.files.get(name, (0, 0))
        self.files[name] = (size_bytes + 1, int(self.now_s * 1e9))

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        if old in self.files:
            self.files[new] = self.files.pop(old)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        self.files.pop(name, None)

    @rule(seconds=st.sampled_from([0.25, 1.0, SETTLE_S - 0.25, SETTLE_S, 60.0]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(is_up=st.booleans())
    def look(self, is_up: bool) -> None:
        """``is_up`` False: nothing can be taken now."""
        self.history.append((self.now_s, dict(self.files)))
        self.in_place &= set(self.files.items())
        due = self.settling.look(self.files, self.now_s)
        assert len(set(due)) == len(due)
        for name in due:
            look = self.files[name]
            assert (name, look) not in self.in_place, "taken twice"
            assert self.has_settled(name, look), "taken before it settled"
            if is_up:
                self.settling.taken(name)
                self.in_place.add((name, look))

    def has_settled(self, name: str, look: Look) -> bool:
        """Whether every look for the settling time, and one before it, showed the same."""
        for at_s, files in reversed(self.history):
            if files.get(name) != look:
                return False
            if at_s <= self.now_s - SETTLE_S:
                return True
        return False

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """What is left alone is due in the end. Asked of a copy, so that the rules go on from here."""
        if not hasattr(self, "files"):
            return
        left = set(self.files.items()) - self.in_place
        fresh = Settling(SETTLE_S)
        fresh._files = {name: replace(file) for name, file in self.settling._files.items()}
        fresh.look(self.files, self.now_s)
        due = fresh.look(self.files, self.now_s + SETTLE_S)
        assert {(name, self.files[name]) for name in due} >= left


TestDirectory = Directory.TestCase
