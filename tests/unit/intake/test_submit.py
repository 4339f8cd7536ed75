"""What is handed in gets an answer; what is accepted is in the ledger, once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from inspector.enums import WorkQueue, WorkState
from inspector.errors import ErrorKind, IntakeFault, StorageError
from inspector.intake import submit as module
from inspector.intake.submit import Answer, Fault, and_files_without_row, submit
from inspector.intake.targets import Files, Target, targets_of_manifest
from inspector.storage import Store
from inspector.storage.ledger import Acceptance
from tests.unit.intake.conftest import Record

KEY = b"k" * 32


def answered(targets: Iterable[Target | Fault], store: Store) -> list[Answer]:
    return [*submit(targets, store.ledger, WorkQueue.BATCH)]


def kinds(answer: Answer) -> list[str]:
    return [fault.error.kind.value for fault in answer.faults]


def sheet(folder: Path, *rows: str, header: str = "call_id,path") -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def waiting(store: Store) -> dict[str, float]:
    return {entry.source_call_id: entry.audio_s for entry in store.ledger.entries(100, WorkState.WAITING)}


def test_a_bare_file_is_known_by_its_bytes(store: Store, record: Record) -> None:
    path = record("a.wav", 2.0)
    (answer,) = answered([Target.of_file(path)], store)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert answer.call is not None
    assert (answer.call.source, answer.call.source_call_id) == ("file", sha256)
    assert answer.acceptance is Acceptance.NEW
    assert waiting(store) == {sha256: 2.0}
    (claim,) = store.ledger.claim([answer.call.id], "me", 60)
    (leg,) = claim.legs
    assert (leg.path, leg.sha256, leg.size_bytes) == (path, sha256, path.stat().st_size)


def test_handing_in_again_changes_nothing(store: Store, record: Record) -> None:
    targets = [
        Target.of_file(record("a.wav")),
        Target.of_file(record("copy.wav")),
        Target.of_file(record("b.wav", 2.0)),
    ]
    first, again = answered(targets, store), answered(targets, store)
    assert [one.acceptance for one in first] == [Acceptance.NEW, Acceptance.SAME, Acceptance.NEW]
    assert [one.acceptance for one in again] == [Acceptance.SAME] * 3
    assert len(waiting(store)) == 2


def test_more_than_a_batch_keeps_its_order(store: Store, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    paths = [record(f"{number}.wav", seed=number) for number in range(8)]
    targets = [Target.of_file(path) for path in paths]
    targets.insert(4, Target.of_file(paths[0].with_name("gone.wav")))
    answers = answered(targets, store)
    assert [answer.path for answer in answers] == [target.path for target in targets]
    assert [answer.acceptance for answer in answers].count(Acceptance.NEW) == 8
    assert (answers[4].acceptance, kinds(answers[4])) == (None, ["not_found"])


def test_a_call_of_the_day_is_accepted_even_if_its_recording_is_not_there(store: Store, record: Record) -> None:
    """Else a call would vanish without a trace: it ends as rejected, with the reason."""
    here = record("a.wav")
    here.with_name("empty.wav").touch()
    listed = sheet(here.parent, "1,a.wav", "2,gone.wav", "3,empty.wav", "4")
    answers = answered(targets_of_manifest(listed, KEY), store)
    assert [(a.line_no, a.acceptance, kinds(a)) for a in answers] == [
        (2, Acceptance.NEW, []),
        (3, Acceptance.NEW, ["not_found"]),
        (4, Acceptance.NEW, ["empty_file"]),
        (5, None, ["bad_manifest_row"]),
    ]
    assert waiting(store).keys() == {"1", "2", "3"}
    assert [(fault.path.name, fault.line_no) for answer in answers for fault in answer.faults] == [
        ("gone.wav", 3),
        ("empty.wav", 4),
        ("calls.csv", 5),
    ]


def test_a_recording_that_comes_later_is_worked_off(store: Store, record: Record) -> None:
    listed = sheet(record("other.wav").parent, "1,a.wav")
    assert kinds(answered(targets_of_manifest(listed, KEY), store)[0]) == ["not_found"]
    record("a.wav")
    (answer,) = answered(targets_of_manifest(listed, KEY), store)
    assert (answer.acceptance, answer.faults) == (Acceptance.UPDATED, ())


def test_a_call_of_two_recordings_of_which_one_is_missing(store: Store, record: Record) -> None:
    listed = sheet(record("a.wav", 1.0).parent, "1,a.wav,1", "1,b.wav,2", header="call_id,path,segment_no")
    (answer,) = answered(targets_of_manifest(listed, KEY), store)
    assert (answer.acceptance, kinds(answer)) == (Acceptance.NEW, ["not_found"])
    assert answer.call is not None
    (claim,) = store.ledger.claim([answer.call.id], "me", 60)
    assert [leg.sha256 is None for leg in claim.legs] == [False, True]


def test_other_bytes_of_the_same_call_are_a_conflict_and_the_first_stay(store: Store, record: Record) -> None:
    first, second = record("a.wav", seed=1), record("b.wav", seed=2)
    answered(targets_of_manifest(sheet(first.parent, "1,a.wav"), KEY), store)
    (answer,) = answered(targets_of_manifest(sheet(first.parent, "1,b.wav"), KEY), store)
    assert (answer.acceptance, kinds(answer)) == (Acceptance.CONFLICT, ["conflict"])
    assert answer.call is not None
    (claim,) = store.ledger.claim([answer.call.id], "me", 60)
    assert claim.legs[0].sha256 == hashlib.sha256(first.read_bytes()).hexdigest()
    assert second.exists()


def test_a_file_that_is_being_written_is_not_accepted_for_now(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, still = record("a.wav"), record("b.wav", seed=1)
    pread = os.pread

    def grow(descriptor: int, count: int, offset: int) -> bytes:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == path:
            os.utime(path, ns=(0, offset))
        return pread(descriptor, count, offset)

    monkeypatch.setattr(os, "pread", grow)
    growing, quiet = answered(targets_of_manifest(sheet(path.parent, "1,a.wav", "2,b.wav"), KEY), store)
    assert (growing.acceptance, kinds(growing)) == (None, [ErrorKind.CHANGED_WHILE_READ])
    assert quiet.acceptance is Acceptance.NEW
    assert still.exists()


def test_files_that_no_row_names_are_told_and_not_accepted(store: Store, record: Record) -> None:
    record("deep/b.wav")
    folder = record("a.wav").parent
    record("c.wav")
    (folder / "notes.txt").touch()
    listed = sheet(folder, "1,./deep/../a.wav", "2,c.wav,x")
    files = Files((folder,))
    answers = answered(and_files_without_row(targets_of_manifest(listed, KEY), files), store)
    assert [(answer.path.name, kinds(answer)) for answer in answers] == [
        ("a.wav", []),
        ("calls.csv", ["bad_manifest_row"]),
        ("c.wav", [IntakeFault.NO_ROW]),
        ("b.wav", [IntakeFault.NO_ROW]),
    ]
    assert files.passed_over == 2
    assert waiting(store).keys() == {"1"}


def test_a_directory_that_cannot_be_read_stops_nobody(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record("b/a.wav").parent.parent
    record("a.wav", seed=1)
    scandir = os.scandir

    def fail(path: Path) -> object:
        if path == folder / "b":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    answers = answered(Files((folder,)), store)
    assert [(answer.path.name, answer.acceptance, kinds(answer)) for answer in answers] == [
        ("a.wav", Acceptance.NEW, []),
        ("b", None, ["not_readable"]),
    ]


def test_a_name_that_is_not_on_the_disk_is_not_accepted(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, kept = record("lost/a.wav", seed=1), record("kept/b.wav", seed=2)
    fsync = os.fsync

    def fail(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == lost.parent:
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    answers = answered([Target.of_file(lost), Target.of_file(kept)], store)
    assert [(answer.acceptance, kinds(answer)) for answer in answers] == [
        (None, ["not_readable"]),
        (Acceptance.NEW, []),
    ]


def test_when_the_database_fails_what_was_answered_is_accepted(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    targets = [Target.of_file(record(f"{number}.wav", seed=number)) for number in range(6)]
    accept, calls = store.ledger.accept, []

    def fail_second(intakes: object) -> list[Acceptance]:
        calls.append(intakes)
        if len(calls) == 2:
            raise StorageError("the disk is full", "make room")
        return accept(intakes)  # type: ignore[arg-type]

    monkeypatch.setattr(store.ledger, "accept", fail_second)
    answers: list[Answer] = []
    with pytest.raises(StorageError):
        answers.extend(submit(targets, store.ledger, WorkQueue.BATCH))
    assert len(waiting(store)) == 2
    again = answered(targets, store)
    assert [answer.acceptance for answer in again] == [Acceptance.SAME] * 2 + [Acceptance.NEW] * 4


def test_urgent_calls_go_to_their_queue(store: Store, record: Record) -> None:
    [*submit([Target.of_file(record("a.wav"))], store.ledger, WorkQueue.URGENT)]
    assert [entry.queue for entry in store.ledger.entries(9)] == [WorkQueue.URGENT]
