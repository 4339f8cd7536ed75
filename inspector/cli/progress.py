"""How far a long job is: calls done, audio hours, × real time, time left, failures. On stderr, one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.live import Live

__all__ = ["JobProgress"]

PLAIN_EVERY_S = 10.0


class JobProgress:
    """A live line on a terminal, a plain line every ten seconds elsewhere (logs, CI).

    Time left is told from bytes: durations are only known when a file is opened.
    """

    def __init__(
        self, console: Console, say: Callable[..., str], total: int, total_bytes: int, key: str = "progress"
    ) -> None:
        """``key``: the message of the line."""
        self._console, self._say, self._key = console, say, key
        self._total, self._total_bytes = total, total_bytes
        self._done = self._failed = self._bytes = 0
        self._audio_s = 0.0
        self._began_s = self._told_s = monotonic()
        self._live = Live(console=console, transient=True, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> JobProgress:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Takes the live line away while others write to the same terminal."""
        if self._live is None:
            yield
            return
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def heard(self, audio_s: float) -> None:
        """So many more seconds of audio are done with."""
        self._audio_s += audio_s
        self._show()

    def finished(self, size_bytes: int, *, failed: int, count: int = 1) -> None:
        """One more input is done with, or ``count`` of which ``failed`` failed."""
        self._done += count
        self._failed += failed
        self._bytes += size_bytes
        self._show()

    def _show(self) -> None:
        now_s = monotonic()
        if self._live is not None:
            self._live.update(self._line(now_s))
        elif now_s - self._told_s >= PLAIN_EVERY_S:
            self._told_s = now_s
            self._console.print(self._line(now_s), markup=False, highlight=False)

    def _line(self, now_s: float) -> str:
        took_s = max(now_s - self._began_s, 1e-6)
        left_s = took_s * (self._total_bytes - self._bytes) / self._bytes if self._bytes else None
        return self._say(
            self._key,
            done=self._done,
            total=self._total,
            hours=self._audio_s / 3600,
            speed=self._audio_s / took_s,
            rate=self._done / took_s,
            eta="…" if left_s is None else f"{int(left_s) // 60}:{int(left_s) % 60:02}",
            failed=self._failed,
        )
