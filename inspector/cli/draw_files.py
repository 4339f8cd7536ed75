"""The files of a draw: one that proves it, one for people."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from inspector.cli.messages import Lang, say
from inspector.errors import StorageError
from inspector.private_file import replacing
from inspector.redaction import Purpose, mask
from inspector.sampling.draw import Draw, DrawKind
from inspector.sampling.draw_file import DrawFile, write_draw
from inspector.sampling.strata import EVERY_CALL, REST, label_of
from inspector.storage import Store

__all__ = ["stratum_label", "write_files"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_files(file: DrawFile, folder: Path, lang: Lang, store: Store) -> tuple[Path, Path]:
    """Writes both to ``folder``, mode 0600, and notes them. Raises StorageError when they cannot be written."""
    kind = "" if file.draw.terms.kind is DrawKind.RANDOM else f"{file.draw.terms.kind.replace('_', '-')}-"
    named = folder / f"draw-{kind}{file.draw.business_date}-{file.draw.part}"
    json_path, csv_path = (named.with_suffix(suffix) for suffix in (".json", ".csv"))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(json_path) as stream:
            stream.write(write_draw(file.draw, file.made_at))
        # With a byte order mark: Excel takes it for the local encoding otherwise.
        with replacing(csv_path, "utf-8-sig") as stream:
            stream.write(_table(file.draw, lang))
    except OSError as error:
        raise StorageError(
            f"the files of the draw cannot be written to {folder}: {error.strerror}",
            "the draw is kept: make room or name another directory, and draw again to have its files",
        ) from error
    for path in (json_path, csv_path):
        store.made_file(None, "draw", path)
    return json_path, csv_path


def _table(drawn: Draw, lang: Lang) -> str:
    """The drawn calls for people: masked, and nothing that a spreadsheet would take for a formula."""
    stream = io.StringIO(newline="")
    table = csv.writer(stream)
    table.writerow(say(lang, "sample_columns").split(","))
    of = {stratum.name: (stratum.listed, stratum.drawn) for stratum in drawn.strata}
    for item in drawn.items:
        named = [_harmless(item.source_call_id), _harmless(stratum_label(item.stratum, lang)), *of[item.stratum]]
        table.writerow([drawn.business_date, drawn.part, item.place, item.call_id, *named])
    return stream.getvalue()


def _harmless(text: str) -> str:
    masked = mask(text, Purpose.EXPORT)
    return f"'{masked}" if masked.startswith(_FORMULA) else masked


def stratum_label(name: str, lang: Lang) -> str:
    """A stratum as people read it, in their language."""
    return say(lang, f"stratum_{name}") if name in (EVERY_CALL, REST) else label_of(name)
