"""Hands a day's list in: rows of the date become calls of the ledger, every other row gets its reason.

::

    list ─► 200 entries ─► faulty, excluded, elsewhere, known already ─┬─► rows of ``listed``
                                    the others ─► submit ─► ledger ────┘
    Killed anywhere: the next one reads the list again; what is accepted answers ``same`` and is not read through again.

Only one batch is in memory. What is accepted waits in the ledger; the relay lets little of it into the queue at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from inspector.config import Exclusion
from inspector.enums import WorkQueue, WorkState
from inspector.errors import ConfigError, ManifestError
from inspector.intake.submit import Answer, submit
from inspector.intake.targets import Target
from inspector.manifest import ManifestCall, ManifestFault, manifest_entries
from inspector.model import Facts
from inspector.night.cdr import CdrFault, cdr_entries
from inspector.night.records import CdrCall, Fate, Listed, Pending
from inspector.rules.facts import holds, unknown_fields
from inspector.storage import Store
from inspector.storage.ledger import Acceptance

__all__ = ["DayList", "check_exclusions", "digest_of", "hand_in", "keep_cdr"]

BATCH = 200
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class DayList:
    """A manifest as the list of one business date. ``digest``: of its bytes. ``key``: hashes customers' keys."""

    path: Path
    digest: str
    key: bytes
    business_date: date
    date_of: Callable[[Facts], date | None]
    exclude: tuple[Exclusion, ...]


def digest_of(path: Path) -> str:
    """sha256 of a list, hex. Raises ManifestError when it is no file that can be read several times."""
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            raise ManifestError(f"manifest {path} is no file", "name a file: it is read several times")
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ManifestError(f"manifest {path} cannot be read: {error.strerror}", "correct the path") from error
    return digest.hexdigest()


def check_exclusions(exclude: Sequence[Exclusion]) -> None:
    """Raises ConfigError for a condition that no manifest could answer."""
    for rule in exclude:
        for condition in rule.when:
            if unknown := unknown_fields(condition):
                raise ConfigError(
                    f"night.exclude, {rule.name}: no such business data: {', '.join(unknown)}",
                    "write a column of the manifest, or custom.NAME for one of your own",
                )


def hand_in(day_list: DayList, store: Store) -> Generator[None, None, None]:
    """Steps through the list, a batch at a time; what was stepped over is accepted or has its reason.

    Raises ManifestError for the file as a whole and StorageError; everything can be handed in again.
    """
    day, elsewhere = day_list.business_date, 0
    away: set[str] = set()
    store.nights.forget_faults(day)
    entries = manifest_entries(day_list.path, day_list.key, may_be_empty=True)
    while batch := list(islice(entries, BATCH)):
        faults = [entry for entry in batch if isinstance(entry, ManifestFault)]
        calls = [entry for entry in batch if isinstance(entry, ManifestCall)]
        mine = [entry for entry in calls if day_list.date_of(entry.call.facts) in (None, day)]
        elsewhere += len(calls) - len(mine)
        # The faults of a call follow it, at most into the next batch; those of another date's are not of this day.
        away_now = {entry.call.id for entry in calls} - {entry.call.id for entry in mine}
        theirs = away | away_now
        away = away_now
        faults = [fault for fault in faults if fault.call is None or fault.call.id not in theirs]
        rows = [_faulty(fault, day_list.digest) for fault in faults]
        excluded = {entry.call.id: rule for entry in mine if (rule := _excluded_by(entry, day_list.exclude))}
        rows += [_listed(entry, Fate.EXCLUDED, excluded[entry.call.id]) for entry in mine if entry.call.id in excluded]
        rows += _accepted([entry for entry in mine if entry.call.id not in excluded], day, store)
        store.nights.put(day, rows)
        yield
    store.nights.read_through(day, day_list.digest, elsewhere)


def keep_cdr(path: Path, day: date, date_of: Callable[[Facts], date | None], store: Store) -> Iterator[CdrFault]:
    """Keeps the switch's calls of the date; those of another one are left alone. Gives what is wrong with rows.

    Raises ManifestError for the file as a whole and StorageError.
    """
    entries = cdr_entries(path)
    while batch := list(islice(entries, BATCH)):
        calls = [entry for entry in batch if isinstance(entry, CdrCall)]
        store.nights.put_cdr(day, [call for call in calls if date_of(Facts(start=call.start)) in (None, day)])
        yield from (entry for entry in batch if isinstance(entry, CdrFault))


def _excluded_by(entry: ManifestCall, exclude: Sequence[Exclusion]) -> str | None:
    return next((rule.name for rule in exclude if holds(entry.call.facts, rule.when)), None)


def _accepted(entries: Sequence[ManifestCall], day: date, store: Store) -> list[Listed]:
    known = store.nights.pending(day, [entry.call.id for entry in entries])
    new = [entry for entry in entries if not _stays(known.get(entry.call.id), entry)]
    answers = submit([Target.of_listed(entry) for entry in new], store.ledger, WorkQueue.BATCH)
    return [_answered(entry, answer) for entry, answer in zip(new, answers, strict=True)]


def _stays(known: Pending | None, entry: ManifestCall) -> bool:
    """Whether the row says what it said when its call was accepted, and the call did not fail since."""
    if known is None or known.fate is not Fate.ACCEPTED or known.digest != _digest(entry):
        return False
    return known.state not in (None, WorkState.REJECTED)


def _answered(entry: ManifestCall, answer: Answer) -> Listed:
    if answer.acceptance in (None, Acceptance.CONFLICT):
        return _listed(entry, Fate.FAULTY, answer.faults[-1].error.kind.value)
    return _listed(entry, Fate.ACCEPTED)


def _listed(entry: ManifestCall, fate: Fate, reason: str | None = None) -> Listed:
    return Listed(entry.call.id, fate, entry.line_no, _digest(entry), reason, entry.call.source_call_id)


def _faulty(fault: ManifestFault, list_digest: str) -> Listed:
    kind = fault.kind.value
    if fault.call is not None:
        return Listed(fault.call.id, Fate.FAULTY, fault.line_no, "", kind, fault.call.source_call_id)
    item = hashlib.sha256(f"{list_digest}\0{fault.line_no}".encode()).hexdigest()[:24]
    return Listed(item, Fate.FAULTY, fault.line_no, "", kind, None, is_call=False)


def _digest(entry: ManifestCall) -> str:
    said = replace(entry, line_no=0)
    return hashlib.sha256(repr(said).encode("utf-8", "surrogateescape")).hexdigest()[:32]
