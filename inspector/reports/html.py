"""Masked reports as files that need nothing else: a page a call, and one over all of them.

::

    DIR/index.html              all calls of one run
    DIR/calls/<call id>.html    one call, its sound inside when asked for

Pages load nothing: styles and scripts lie in them and are named by digest in a Content-Security-Policy (CSP level 3).
"""

from __future__ import annotations

import hashlib
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from inspector import __version__
from inspector.enums import Severity
from inspector.errors import RecordingError, StorageError, UsageError
from inspector.model import Inspection, Segment
from inspector.private_file import replacing
from inspector.redaction import Purpose, mask
from inspector.reports.page import call_page
from inspector.reports.summary import Summary
from inspector.reports.terminal import Say, clock
from inspector.reports.timeline import ICONS
from inspector.rules.plan import Plan
from inspector.text import visible

__all__ = ["Copy", "HtmlReports", "Made", "page_environment"]

Made = Callable[[str | None, str, Path], None]
"""Told of every file before it is written: call id (None: of all calls), kind, absolute path."""

Copy = Callable[[Path, Path], object]
"""Writes a copy of a recording that browsers play. Raises RecordingError."""

CHUNK_BYTES = 3 * 16_384  # a multiple of 3: chunks of base64 can be joined


@dataclass(frozen=True, slots=True)
class Sound:
    """What can be played of a recording: a file of Opus in Ogg, or why there is none."""

    segment: Segment
    file: Path
    fault: str

    def base64(self) -> Iterator[str]:
        """The file in pieces: hours of sound never lie in memory."""
        with self.file.open("rb") as stream:
            while piece := stream.read(CHUNK_BYTES):
                yield b64encode(piece).decode()


class HtmlReports:
    """Writes a page for each call as it comes and the summary at the end."""

    def __init__(self, directory: Path, plan: Plan, say: Say, made: Made, copy: Copy | None = None) -> None:
        """``copy``: how to make sound playable, None for pages without sound. Raises UsageError for a directory that
        cannot be made."""
        self._directory, self._plan, self._say, self._made, self._copy = directory, plan, say, made, copy
        self._summary = Summary(plan)
        self._pages = page_environment(say)
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            (directory / "calls").mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{directory}: {error.strerror}", say("html_directory_remedy")) from error

    def add(self, inspection: Inspection, recordings: Sequence[Path]) -> None:
        """Writes the page of a call. ``recordings``: where its recordings lie that were heard, in order.

        Raises StorageError when it cannot be written.
        """
        page = call_page(inspection, self._plan, self._say)
        call_id = inspection.call.id
        path = self._directory / "calls" / f"{call_id}.html"
        with _told(path), tempfile.TemporaryDirectory() as temporary:
            sounds = list(self._sounds(inspection, recordings, Path(temporary)))
            self._write(path, call_id, "call.html.j2", page=page, sounds=sounds)
        self._summary.add(page)

    def failed(self, path: str, message: str, remedy: str) -> None:
        """An input that has no page: the summary says why."""
        self._summary.fail(path, message, remedy)

    def close(self) -> None:
        """Writes the summary. Raises StorageError when it cannot be written."""
        path = self._directory / "index.html"
        with _told(path):
            self._write(path, None, "summary.html.j2", summary=self._summary)

    def _sounds(self, inspection: Inspection, recordings: Sequence[Path], temporary: Path) -> Iterator[Sound]:
        if self._copy is None:
            return
        heard = [segment for segment in inspection.hearing.recording.segments if segment.id is not None]
        for segment, recording in zip(heard, recordings, strict=True):
            file, fault = temporary / f"{segment.segment_no}.opus", ""
            try:
                self._copy(recording, file)
            except RecordingError as error:
                fault = mask(str(error), Purpose.EXPORT)
            yield Sound(segment, file, fault)

    def _write(self, path: Path, call_id: str | None, template: str, **values: object) -> None:
        self._made(call_id, "html", path.absolute())  # before it is there: a page must not get lost in a crash
        with replacing(path) as file:
            for piece in self._pages.get_template(template).generate(**values):
                file.write(piece)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against a page, as an error of ours."""
    try:
        yield
    except OSError as error:
        what = f"{path}: the page cannot be written: {error.strerror}"
        raise StorageError(what, "make room there or name another directory, then inspect again") from error


def page_environment(say: Say) -> Environment:
    """Templates of ours: everything is escaped, nothing undefined passes."""
    pages = Environment(
        loader=PackageLoader("inspector.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update(
        say=say, icons=ICONS, severities=list(Severity), code=__version__, block=_block, digest=_digest
    )
    pages.filters.update(clock=clock, hours=_hours, masked=partial(mask, purpose=Purpose.EXPORT))
    return pages


def _hours(seconds: float) -> str:
    """``H:MM:SS`` of a sum of durations."""
    minutes, whole_s = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{whole_s:02}"


@cache
def _block(name: str) -> str:
    """A style sheet or script of ours."""
    return files("inspector.reports").joinpath("templates", name).read_text("utf-8")


@cache
def _digest(name: str) -> str:
    """How a Content-Security-Policy names an inline block."""
    return "sha256-" + b64encode(hashlib.sha256(_block(name).encode()).digest()).decode()
