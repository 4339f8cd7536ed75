"""A hearing without models and a doorbell without a server, for tests of those who work accepted calls off."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inspector.enums import WorkQueue
from inspector.errors import DoorbellError, RecordingError
from inspector.model import Hearing
from inspector.pipeline import Heard, Progress
from tests.accepted import hearing

Answer = Hearing | RecordingError | BaseException


@dataclass(slots=True)
class StubEars:
    """Hears a file as ``answers`` say, else as :func:`tests.accepted.hearing` of the bytes in ``sha256s``.

    ``heard``: the files that were listened to, in order. ``before``: called before each; what it raises ends it all.
    """

    sha256s: Mapping[str, str]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    before: Callable[[Path], None] = lambda _: None
    heard: list[str] = field(default_factory=list)

    def hear(self, paths: Iterable[Path], progress: Progress) -> Generator[Heard, None, None]:
        for path in paths:
            progress(0.0)
            self.before(path)
            self.heard.append(path.name)
            answer = self.answers.get(path.name) or hearing(self.sha256s[path.name], path)
            if not isinstance(answer, Hearing | RecordingError):
                raise answer
            yield Heard(answer, {"asr": 1.0})


@dataclass(slots=True)
class StubBell:
    """What was rung, by queue; ``away``: it cannot be reached."""

    rung: dict[WorkQueue, list[tuple[str, ...]]] = field(default_factory=lambda: {queue: [] for queue in WorkQueue})
    epochs: int = 0
    now: str | None = None
    away: bool = False

    def ring(self, queue: WorkQueue, call_ids: Iterable[str]) -> None:
        self._reach()
        self.rung[queue].append(tuple(call_ids))

    def waiting(self, queue: WorkQueue) -> int:
        self._reach()
        return len(self.rung[queue])

    def epoch(self) -> str | None:
        self._reach()
        return self.now

    def begin_epoch(self) -> str:
        self._reach()
        self.epochs += 1
        self.now = f"epoch {self.epochs}"
        return self.now

    def forget(self) -> None:
        """The server loses its data."""
        self.now = None
        for jobs in self.rung.values():
            jobs.clear()

    def take(self, queue: WorkQueue = WorkQueue.BATCH) -> tuple[str, ...]:
        """A worker takes the next job."""
        return self.rung[queue].pop(0)

    def _reach(self) -> None:
        if self.away:
            raise DoorbellError("the queue's server is away", "start it")
