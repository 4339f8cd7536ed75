"""``inspector up``, ``worker``, ``relay``: starts the processes of ``workers/`` and tells how far they are."""

from __future__ import annotations

from functools import partial
from time import monotonic

from rich.console import Console
from rich.live import Live

from inspector.cli.messages import say
from inspector.config import Settings
from inspector.enums import WorkQueue, WorkState
from inspector.errors import ModelError
from inspector.models.store import verify
from inspector.rules.load import load_plan
from inspector.storage.ledger import Counts
from workers.machine import Crew, run_machine
from workers.supervisor import Overview

__all__ = ["StatusLine", "run_relay", "run_up", "run_worker"]

PLAIN_EVERY_S = 10.0


def run_up(urgent: int | None, batch: int | None, settings: Settings) -> int:
    """All of a machine; ``None``: as many processes as the settings say. Raises SetupError before the first starts."""
    work = settings.work
    crew = Crew(
        work.urgent_workers if urgent is None else urgent, work.batch_workers if batch is None else batch, relay=True
    )
    _check_needs(crew, settings)
    console, say_it = Console(), partial(say, settings.lang)
    console.print(say_it("up_started", urgent=crew.urgent, batch=crew.batch), markup=False, highlight=False)
    with StatusLine(console, say_it) as line:
        run_machine(crew, settings, line.show)
    console.print(say_it("up_ended"), markup=False, highlight=False)
    return 0


def run_worker(queue: WorkQueue, count: int | None, settings: Settings) -> int:
    """Workers of one queue, without a word but the logs. Raises SetupError before the first starts."""
    work = settings.work
    if queue is WorkQueue.URGENT:
        crew = Crew(urgent=count or work.urgent_workers)
    else:
        crew = Crew(batch=count or work.batch_workers)
    _check_needs(crew, settings)
    run_machine(crew, settings)
    return 0


def run_relay(settings: Settings) -> int:
    """What sends the work, without a word but the logs."""
    run_machine(Crew(relay=True), settings)
    return 0


def _check_needs(crew: Crew, settings: Settings) -> None:
    """What a worker could not start without would only be found by each of them, again and again."""
    if crew.urgent or crew.batch:
        load_plan(settings.packs_dir)
        for state in verify(settings):
            if not state.ok:
                raise ModelError(f"model {state.name}: {state.message}", state.remedy)


class StatusLine:
    """How far the calls are, in one line: a live one on a terminal, elsewhere a line when it changed, now and then."""

    def __init__(self, console: Console, say_it: partial[str]) -> None:
        self._console, self._say = console, say_it
        self._live = Live(console=console, transient=True, refresh_per_second=4) if console.is_terminal else None
        self._began: tuple[float, float] | None = None  # when, and how much sound was done then
        self._shown: tuple[object, ...] = ()
        self._told_s = -PLAIN_EVERY_S

    def __enter__(self) -> StatusLine:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, counts: Counts | None, overview: Overview) -> None:
        """Tells it when something changed."""
        now_s = monotonic()
        seen = (counts and counts.rows, overview.draining)
        due = self._live is not None or overview.draining or now_s - self._told_s >= PLAIN_EVERY_S
        not_yet = counts is None and not self._shown
        if seen == self._shown or not_yet or not due:
            return
        self._shown, self._told_s = seen, now_s
        line = self._say("work_away") if counts is None else self._line(counts, now_s)
        if overview.draining:
            line = f"{self._say('up_draining')} {line}"
        if self._live is not None:
            self._live.update(line)
        else:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _line(self, counts: Counts, now_s: float) -> str:
        done_s = _audio_s(counts, WorkState.DONE)
        self._began = self._began or (now_s, done_s)
        took_s, heard_s = now_s - self._began[0], done_s - self._began[1]
        left_s = _audio_s(counts, WorkState.WAITING, WorkState.RUNNING)
        known = took_s > 0 and heard_s > 0
        minutes, seconds = divmod(int(left_s * took_s / heard_s), 60) if known else (0, 0)
        return self._say(
            "work_line",
            **{state.value: counts.calls(state) for state in WorkState},
            hours=heard_s / 3600,
            speed=f"{heard_s / took_s:.1f}" if known else "…",
            eta=f"{minutes}:{seconds:02}" if known else "…",
        )


def _audio_s(counts: Counts, *states: WorkState) -> float:
    return sum(row.audio_s for row in counts.rows if row.state in states)
