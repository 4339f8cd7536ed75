"""``inspector watch``: a directory's recordings into the ledger, until it is ended."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from rich.console import Console

from inspector.cli.messages import say, tell
from inspector.cli.submit import name_pattern_of, tell_fault
from inspector.config import Settings
from inspector.enums import WorkQueue
from inspector.errors import StorageError
from inspector.intake.submit import Answer
from inspector.intake.watch import Watch
from inspector.redaction import Purpose, mask_call_id
from inspector.storage.configured import open_store

__all__ = ["WatchJob", "run_watch"]

POLL_S = 1.0
"""Between two looks at the directory; longer when a look takes longer."""

LONGEST_BACK_OFF_S = 30.0
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class WatchJob:
    """What was asked for."""

    directory: Path
    queue: WorkQueue
    settle_s: float
    name_pattern: str | None


def run_watch(job: WatchJob, settings: Settings) -> int:
    """Watches until Ctrl-C; may be killed at any time. Raises SetupError, UsageError before it begins."""
    say_it, talk = partial(say, settings.lang), Console(stderr=True)
    call_of = None if job.name_pattern is None else name_pattern_of(job.name_pattern, settings).call_of
    with closing(open_store(settings)) as store:
        watch = Watch(job.directory, store.ledger, job.queue, job.settle_s, call_of)
        talk.print(say_it("watch_begun", directory=job.directory, settle=job.settle_s), markup=False, soft_wrap=True)
        desk = _Desk(talk, say_it)
        try:
            while True:
                sleep(desk.look(watch))
        except KeyboardInterrupt:
            talk.print(say_it("watch_ended", count=desk.accepted), highlight=False)
            return EXIT_INTERRUPTED


class _Desk:
    """Tells what is accepted and what is wrong."""

    def __init__(self, talk: Console, say_it: partial[str]) -> None:
        self._talk, self._say = talk, say_it
        self._back_off_s = POLL_S
        self.accepted = 0

    def look(self, watch: Watch) -> float:
        """Looks once. Returns how many seconds later to look again."""
        begin_s = monotonic()
        try:
            for answer in watch.tick(begin_s):
                self._take(answer)
        except StorageError as error:
            self._back_off_s = min(2 * self._back_off_s, LONGEST_BACK_OFF_S)
            tell(self._talk, self._say, error)
            self._talk.print(self._say("watch_back_off", seconds=self._back_off_s), highlight=False)
            return self._back_off_s
        self._back_off_s = POLL_S
        return max(POLL_S, monotonic() - begin_s)

    def _take(self, answer: Answer) -> None:
        for fault in answer.faults:
            tell_fault(self._talk, self._say, fault)
        if answer.call is not None and not answer.faults:
            self.accepted += 1
            how = self._say(f"intake_{answer.acceptance}")
            shown = mask_call_id(answer.call.source_call_id, Purpose.SCREEN)
            self._talk.print(self._say("watch_took", source_call_id=shown, how=how), markup=False, highlight=False)
