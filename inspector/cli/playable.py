"""``inspector playable``: small copies of recordings that every browser plays."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.audio.playable import make_playable
from inspector.audio.reader import AudioReader
from inspector.cli.messages import say, tell
from inspector.config import Settings
from inspector.errors import RecordingError, UsageError
from inspector.intake.targets import Target

__all__ = ["run_playable"]

EXIT_OK, EXIT_SOME_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def run_playable(targets: list[Target], directory: Path, settings: Settings) -> int:
    """Writes ``<recording id>.opus`` for every target, its path to stdout, and returns the exit code.

    Raises UsageError when the directory cannot be made.
    """
    talk, out = Console(stderr=True), Console(soft_wrap=True)
    say_it = partial(say, settings.lang)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{directory}: {error.strerror}", say_it("playable_remedy")) from error
    failed = 0
    with AudioReader() as reader:
        try:
            for target in targets:
                try:
                    made = _copy(target, directory, reader, settings.hearing.max_duration_s)
                except RecordingError as error:
                    failed += 1
                    tell(talk, say_it, error)
                else:
                    out.print(str(made), markup=False, highlight=False)
        except KeyboardInterrupt:
            talk.print(say_it("interrupted"))
            return EXIT_INTERRUPTED
    talk.print(say_it("playable_summary", made=len(targets) - failed, failed=failed), style="bold")
    return EXIT_SOME_FAILED if failed else EXIT_OK


def _copy(target: Target, directory: Path, reader: AudioReader, max_duration_s: float) -> Path:
    if target.fault is not None:
        raise target.fault
    with reader.open(target.path, max_duration_s) as audio:
        made = directory / f"{audio.recording.id}.opus"
        make_playable(audio, made)
    return made
