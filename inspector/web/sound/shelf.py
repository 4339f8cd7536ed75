"""Playable copies of calls: each made once, in the background, and kept until there is no room."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from inspector import __version__
from inspector.audio.call_copy import Part, write_call
from inspector.audio.peaks import Peaks
from inspector.audio.reader import AudioReader
from inspector.config import Settings
from inspector.errors import RecordingError, StorageError, UsageError
from inspector.logs import log
from inspector.model import Hearing, Party
from inspector.private_file import replacing
from inspector.storage import Store
from inspector.storage.listening import Sound
from inspector.web.sound.view import hidden_spans

__all__ = ["Copy", "Order", "Shelf", "order_of", "shelf_of"]

_MAKERS = 2
_CLEARLY = 2.0  # so much more of one party than of the other in a lane


@dataclass(frozen=True, slots=True)
class Copy:
    """``sound``: Opus in Ogg. ``picture``: JSON with ``parties``, what each lane holds, and ``lanes``, the peaks."""

    name: str
    sound: Path
    picture: Path


@dataclass(frozen=True, slots=True)
class Order:
    """What to copy. ``full``: without covering what is masked. ``hearing``: asked for only when the copy is made;
    ``note``: told of every file before it is written, so that it can be found when the call is to be forgotten."""

    sound: Sound
    full: bool
    hearing: Callable[[], Hearing]
    note: Callable[[Path], None]

    @property
    def name(self) -> str:
        """Of the files. What is masked follows from what was heard and from this version's masking."""
        sound = self.sound
        kind = "full" if self.full else "masked"
        of = [
            sound.call_id,
            kind,
            sound.hearing_digest,
            __version__,
            *(f"{one.id} {one.start_s}" for one in sound.parts),
        ]
        return sha256("\0".join(of).encode()).hexdigest()[:32]


def order_of(store: Store, sound: Sound, *, full: bool) -> Order:
    """For a call of that store, whose deletion finds the files again."""

    def note(path: Path) -> None:
        store.made_file(sound.call_id, "sound", path)

    return Order(sound, full, lambda: store.listening.hearing(sound), note)


class Shelf:
    """``place``: its directory. Safe to use from several threads; other processes may use the same directory."""

    def __init__(self, place: Path, most_bytes: int, max_duration_s: float) -> None:
        self._place, self._most_bytes, self._max_duration_s = place, most_bytes, max_duration_s
        self._makers = ThreadPoolExecutor(_MAKERS, "sound")
        self._ahead = ThreadPoolExecutor(1, "sound-ahead")
        self._jobs: dict[str, Future[None]] = {}
        self._early: dict[str, Future[None]] = {}
        self._lock = Lock()

    def copy(self, order: Order, wait_s: float) -> Copy | None:
        """The copy; None while it is being made, which whoever asks again joins.

        Raises UsageError when a recording cannot be played, StorageError when there is no room or no database.
        """
        copy, name = self._of(order), order.name
        with self._lock:
            job = self._jobs.get(name) or self._begun_early(name)
            if job is None:
                if _is_there(copy):
                    return copy
                job = self._jobs[name] = self._makers.submit(self._make, order, copy)
        wait([job], wait_s)
        if not job.done():
            return None
        with self._lock:
            # Only now, so that a fault is told to somebody before the next one tries again.
            self._jobs.pop(name, None)
        job.result()
        return copy

    def prepare(self, order: Order) -> None:
        """Has the copy made when nothing else is to be made before it; whoever asks for it meanwhile does not wait for
        its turn. A fault is told to whoever asks."""
        copy, name = self._of(order), order.name
        with self._lock:
            if name in self._jobs or name in self._early or _is_there(copy):
                return
            job = self._early[name] = self._ahead.submit(self._make, order, copy)
        job.add_done_callback(lambda job: self._end_early(name, job))

    def close(self) -> None:
        """What has not begun is called off, so that a server that ends does not wait for it."""
        for makers in (self._makers, self._ahead):
            makers.shutdown(wait=False, cancel_futures=True)

    def _of(self, order: Order) -> Copy:
        return Copy(order.name, self._place / f"{order.name}.opus", self._place / f"{order.name}.json")

    def _begun_early(self, name: str) -> Future[None] | None:
        """The job that is at it; one that waits for its turn is called off."""
        job = self._early.get(name)
        return None if job is None or job.cancel() or job.done() else job

    def _end_early(self, name: str, job: Future[None]) -> None:
        self._early.pop(name, None)
        if not job.cancelled() and (error := job.exception()) is not None:
            log().warning("sound.not_made_ahead", error=error)

    def _make(self, order: Order, copy: Copy) -> None:
        for path in (copy.sound, copy.picture):
            order.note(path)
        hearing = order.hearing()
        hidden = () if order.full else hidden_spans(hearing)
        parts = [Part(one.id, Path(one.path), one.start_s) for one in order.sound.parts]
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with AudioReader() as reader:
                spans = [(one.start_s, one.end_s) for one in hidden]
                peaks = write_call(parts, spans, copy.sound, reader, self._max_duration_s)
            with replacing(copy.picture) as file:
                lanes = [b64encode(lane).decode() for lane in peaks.lanes()]
                json.dump({"parties": parties_of(peaks, hearing), "lanes": lanes}, file)
            self._make_room(keep=copy)
        except RecordingError as error:
            # Without its path: a file's name may be a number.
            what = f"the recording of this call cannot be played: {error.kind}"
            raise UsageError(what, error.remedy) from error
        except OSError as error:
            what = f"the copy to be played cannot be written: {error.strerror}"
            raise StorageError(what, "make room below the home directory (cache/sound may be emptied)") from error

    def _make_room(self, keep: Copy) -> None:
        """Removes the copies that were used least lately, until the rest fits; never the one just made."""
        files = sorted(((path, path.stat()) for path in self._place.iterdir()), key=lambda one: one[1].st_mtime)
        excess = sum(found.st_size for _, found in files) - self._most_bytes
        of_copy: dict[str, list[tuple[Path, int]]] = {}
        for path, found in files:
            of_copy.setdefault(path.stem, []).append((path, found.st_size))
        of_copy.pop(keep.name)
        for pair in of_copy.values():
            if excess <= 0:
                return
            for path, size in pair:
                path.unlink(missing_ok=True)
                excess -= size


def shelf_of(settings: Settings) -> Shelf:
    """The one of an installation."""
    most_bytes = int(settings.web.sound_cache_gb * 1e9)
    return Shelf(settings.home / "cache" / "sound", most_bytes, settings.hearing.max_duration_s)


def parties_of(peaks: Peaks, hearing: Hearing) -> list[str]:
    """What each lane holds: a party, a side, or everybody (mono). The lanes of a hearing have no names: who is louder
    in which while he speaks tells."""
    agent, customer = (
        peaks.level((one.start_s, one.end_s) for one in hearing.speech if one.party is party)
        for party in (Party.AGENT, Party.CUSTOMER)
    )
    if len(agent) == 1:
        return ["mono"]
    straight, crossed = float(agent[0] * customer[1]), float(agent[1] * customer[0])
    if straight > _CLEARLY * crossed:
        return [Party.AGENT.value, Party.CUSTOMER.value]
    if crossed > _CLEARLY * straight:
        return [Party.CUSTOMER.value, Party.AGENT.value]
    return ["left", "right"]


def _is_there(copy: Copy) -> bool:
    """Whether both files are; if so, they were used now."""
    try:
        os.utime(copy.sound)
        os.utime(copy.picture)
    except FileNotFoundError:
        return False
    return True
