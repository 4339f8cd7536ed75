"""Calls handed in are accepted, many in one transaction: after an answer no crash can lose them.

::

    targets ─► read through, 4 at a time ─► directories to the disk ─► ledger.accept, one transaction ─► answers
               └───────────────────────── 200 targets ────────────────────────────┘
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from inspector.enums import WorkQueue
from inspector.errors import ErrorKind, IntakeError, IntakeFault, RecordingError
from inspector.intake.hashing import Received, receive, sync_directory
from inspector.intake.names import SOURCE
from inspector.intake.targets import Target
from inspector.legs import Leg
from inspector.model import Call
from inspector.storage.ledger import Acceptance, Intake, IntakeLeg, Ledger

__all__ = ["Answer", "Fault", "and_files_without_row", "submit"]

BATCH = 200
READERS = 4

_NOT_NOW = (ErrorKind.CHANGED_WHILE_READ, IntakeFault.BAD_NAME)
"""Faults of a recording for which its whole call is not accepted. With any other one it is, if somebody named it: it is
a call of the day, and ends as rejected."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a file, or a line of the manifest ``path``."""

    path: Path
    error: RecordingError | IntakeError
    line_no: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one input. ``acceptance`` None: it was not accepted, the faults say why.

    ``call`` None: nobody knows which call it is. A call that was accepted may have faults too.
    """

    path: Path
    line_no: int | None
    call: Call | None
    acceptance: Acceptance | None
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Read:
    """A target that was read through. ``call`` None: its bytes would have told, but cannot be read."""

    target: Target
    call: Call | None = None
    legs: list[IntakeLeg] = field(default_factory=list)
    audio_s: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_acceptable(self) -> bool:
        return self.call is not None and not any(fault.error.kind in _NOT_NOW for fault in self.faults)


def submit(targets: Iterable[Target | Fault], ledger: Ledger, queue: WorkQueue) -> Iterator[Answer]:
    """Accepts calls; an answer for each input, in order, after its transaction.

    Faults among the targets are passed on. A call without a name is known by the sha256 of its only recording. Raises
    StorageError when the database fails: what was answered is accepted, and all can be handed in again.
    """
    to_come = iter(targets)
    with ThreadPoolExecutor(READERS) as readers:
        while batch := list(islice(to_come, BATCH)):
            yield from _accepted(list(readers.map(_read_through, batch)), ledger, queue)


def and_files_without_row(targets: Iterable[Target], files: Iterable[Target]) -> Iterator[Target | Fault]:
    """The targets of a manifest, then a fault for each of the files that none of them names."""
    left: dict[str, None] = {}
    for file in files:
        if file.fault is None:
            left[os.path.realpath(file.path)] = None
        else:
            yield file
    for target in targets:
        for leg in target.legs:
            if leg.path is not None:
                left.pop(os.path.realpath(leg.path), None)
        yield target
    for name in left:
        path = Path(name)
        message, remedy = f"{path.name}: no row of the manifest names this file", "add a row for it and submit again"
        yield Fault(path, IntakeError(IntakeFault.NO_ROW, message, remedy))


def _read_through(given: Target | Fault) -> _Read:
    if isinstance(given, Fault):
        return _Read(Target(given.path, line_no=given.line_no), faults=[given])
    read = _Read(given, given.call)
    if given.fault is not None:
        read.faults.append(Fault(given.path, given.fault, given.line_no))
    for leg in given.legs:
        received = None
        if leg.path is not None:
            try:
                received = receive(leg.path, given.seen)
            except (RecordingError, IntakeError) as error:
                read.faults.append(Fault(leg.path, error, given.line_no))
        read.legs.append(_intake_leg(leg, received))
        read.audio_s += received.audio_s if received else 0.0
    if given.call is None and given.legs and read.legs[0].sha256 is not None:
        read.call = Call(SOURCE, read.legs[0].sha256)
    return read


def _intake_leg(leg: Leg, received: Received | None) -> IntakeLeg:
    bare = IntakeLeg(leg.segment_no, leg.path, None, 0, leg.agent, leg.hold_spans)
    return bare if received is None else replace(bare, sha256=received.sha256, size_bytes=received.size_bytes)


def _accepted(reads: list[_Read], ledger: Ledger, queue: WorkQueue) -> Iterator[Answer]:
    _sync_directories(reads)
    asked = [read for read in reads if read.is_acceptable]
    intakes = [Intake(read.call, tuple(read.legs), queue, read.audio_s) for read in asked if read.call is not None]
    answers = iter(ledger.accept(intakes) if intakes else ())
    for read in reads:
        acceptance = next(answers) if read.is_acceptable else None
        if acceptance is Acceptance.CONFLICT:
            read.faults.append(Fault(read.target.path, _conflict(read.target.path), read.target.line_no))
        yield Answer(read.target.path, read.target.line_no, read.call, acceptance, tuple(read.faults))


def _sync_directories(reads: list[_Read]) -> None:
    """Brings the names of what was read to the disk. A recording whose name cannot be is as one that cannot be read."""
    places = {leg.path.parent for read in reads for leg in read.legs if leg.path is not None and leg.sha256 is not None}
    lost: dict[Path, RecordingError] = {}
    for place in places:
        try:
            sync_directory(place)
        except RecordingError as error:
            lost[place] = error
    for read in reads if lost else ():
        for at, leg in enumerate(read.legs):
            if leg.path is not None and leg.path.parent in lost and leg.sha256 is not None:
                read.faults.append(Fault(leg.path, lost[leg.path.parent], read.target.line_no))
                read.legs[at] = replace(leg, sha256=None, size_bytes=0)
                read.call = read.target.call


def _conflict(path: Path) -> IntakeError:
    message = f"{path.name}: this call was accepted before with another recording, which is kept"
    return IntakeError(IntakeFault.CONFLICT, message, "correct the call id, the segment number or the file's name")
