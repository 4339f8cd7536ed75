"""``inspector sample draw | verify | reveal``: the random sample of a business day, and its proof."""

from __future__ import annotations

import csv
import getpass
import io
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.cli.messages import Lang, say
from inspector.config import Settings
from inspector.errors import ManifestError, PolicyError, StorageError, UsageError
from inspector.keys import customer_key_secret
from inspector.manifest import read_manifest
from inspector.private_file import replacing
from inspector.redaction import Purpose, mask
from inspector.sampling.day import draw_day
from inspector.sampling.draw import Draw, Order
from inspector.sampling.draw_file import DrawFile, read_draw, write_draw
from inspector.sampling.month_secret import committed_secret, known_secret
from inspector.sampling.verify import Fault, faults
from inspector.storage import Store
from inspector.storage.configured import open_store

__all__ = ["DrawJob", "run_draw", "run_reveal", "run_verify"]

MAX_FILE_BYTES = 256 * 2**20
"""Millions of calls a day; what is larger is no draw."""

_MOST_SHOWN = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class DrawJob:
    """What was asked for. ``manifest`` None: the calls of that date in the database."""

    business_date: date
    manifest: Path | None
    rate: Decimal
    out: Path


def run_draw(job: DrawJob, settings: Settings) -> int:
    """Draws from the calls of a business date that no draw has listed yet, and writes the files of its draws."""
    console = Console()
    say_it = partial(say, settings.lang)
    with closing(open_store(settings)) as store:
        listed, elsewhere = _listed(job, settings, store)
        if elsewhere:
            Console(stderr=True).print(say_it("sample_elsewhere", count=elsewhere, date=job.business_date))
        if not listed:
            raise UsageError(say_it("sample_nothing", date=job.business_date), say_it("sample_nothing_remedy"))
        earlier = store.draws.of(job.business_date)
        new = listed.keys() - {call_id for file in earlier for call_id in file.draw.call_ids}
        if new:
            order = Order(job.business_date, len(earlier) + 1, job.rate)
            calls = {call_id: listed[call_id] for call_id in new}
            made = [draw_day(order, calls, settings.home, store, getpass.getuser())]
        else:
            made = list(earlier)
            console.print(say_it("sample_again", date=job.business_date), highlight=False)
        for file in made:
            paths = _write(file, job.out, settings.lang, store)
            _report(console, file.draw, paths, settings.lang)
    return 0


def run_verify(path: Path, secret_hex: str | None, settings: Settings) -> int:
    """Repeats a draw offline and compares it with the database where there is one; exit code 1 when it is not sound."""
    file = _read_file(path, settings.lang)
    secret = _secret_given(secret_hex, settings.lang)
    if secret is None:
        secret = known_secret(settings.home, f"{file.draw.business_date:%Y-%m}")
    found = [*faults(file, secret), *_against_database(file, settings)]
    console = Console()
    for fault in found:
        line = say(settings.lang, f"fault_{fault.kind}", said=_shown(fault.said), found=fault.found)
        console.print(f"✗ {line}", style="red", markup=False, highlight=False, soft_wrap=True)
    if secret is None:
        console.print(say(settings.lang, "verify_no_secret"), style="yellow", markup=False, soft_wrap=True)
    console.print(say(settings.lang, "verify_bad" if found else "verify_ok", count=len(found)), style="bold")
    return 1 if found else 0


def run_reveal(month: date, settings: Settings) -> int:
    """Prints the secret of a month that is over. Raises PolicyError before."""
    name = f"{month:%Y-%m}"
    with closing(open_store(settings)) as store:
        if f"{store.business_day(datetime.now(UTC)):%Y-%m}" <= name:
            raise PolicyError(say(settings.lang, "reveal_early", month=name), say(settings.lang, "reveal_remedy"))
        if known_secret(settings.home, name) is None:
            raise UsageError(say(settings.lang, "reveal_none", month=name), say(settings.lang, "reveal_none_remedy"))
        actor = getpass.getuser()
        secret = committed_secret(settings.home, name, store, actor)
        store.audit(actor, "sample_reveal", name, {})
    Console().print(secret.hex(), soft_wrap=True, highlight=False)
    return 0


def _listed(job: DrawJob, settings: Settings, store: Store) -> tuple[dict[str, str], int]:
    """The calls of the business date, id → id at the source, and how many others the manifest lists.

    A call of a manifest without a start belongs to the date it is drawn for. A manifest with faults is refused: a row
    that cannot be read might be a call that could then never be drawn.
    """
    if job.manifest is None:
        return store.draws.calls_of(job.business_date), 0
    manifest = read_manifest(job.manifest, customer_key_secret(settings.home))
    if manifest.faults:
        lines = "\n".join(f"{job.manifest.name}, line {fault.line_no}: {fault.message}" for fault in manifest.faults)
        raise ManifestError(lines, say(settings.lang, "sample_faults_remedy"))
    calls = [listed.call for listed in manifest.calls]
    of_date = [call for call in calls if store.business_date(call.facts) in (None, job.business_date)]
    return {call.id: call.source_call_id for call in of_date}, len(calls) - len(of_date)


def _write(file: DrawFile, folder: Path, lang: Lang, store: Store) -> tuple[Path, Path]:
    named = folder / f"draw-{file.draw.business_date}-{file.draw.part}"
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
    for item in drawn.items:
        source_call_id = mask(item.source_call_id, Purpose.EXPORT)
        if source_call_id.startswith(_FORMULA):
            source_call_id = f"'{source_call_id}"
        table.writerow([drawn.business_date, drawn.part, item.place, item.call_id, source_call_id, item.stratum])
    return stream.getvalue()


def _report(console: Console, drawn: Draw, paths: tuple[Path, Path], lang: Lang) -> None:
    line = say(
        lang,
        "sample_drawn",
        date=drawn.business_date,
        part=drawn.part,
        listed=len(drawn.call_ids),
        drawn=len(drawn.items),
        rate=f"{drawn.rate:f}",
        digest=drawn.manifest_sha256,
    )
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    for path in paths:
        console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)


def _read_file(path: Path, lang: Lang) -> DrawFile:
    remedy = say(lang, "verify_remedy")
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", remedy) from error
    if len(text) > MAX_FILE_BYTES:
        raise UsageError(f"{path} is no draw: it is larger than {MAX_FILE_BYTES >> 20} MiB", remedy)
    try:
        return read_draw(text)
    except ValueError as error:
        raise UsageError(f"{path} is no draw: {error}", remedy) from error


def _shown(said: str) -> str:
    """What a file says, without what a terminal would obey."""
    return said[:_MOST_SHOWN] if said.isprintable() else ascii(said[:_MOST_SHOWN])


def _secret_given(secret_hex: str | None, lang: Lang) -> bytes | None:
    try:
        return None if secret_hex is None else bytes.fromhex(secret_hex)
    except ValueError:
        raise UsageError(say(lang, "secret_no_hex"), say(lang, "secret_no_hex_remedy")) from None


def _against_database(file: DrawFile, settings: Settings) -> list[Fault]:
    """What this installation's database says otherwise of the draw, if there is one that knows it."""
    if settings.database_url is None and not (settings.home / "inspector.db").exists():
        return []
    with closing(open_store(settings)) as store:
        kept = store.draws.kept(file.draw.business_date, file.draw.part)
    if kept is None:
        return []
    found = [] if kept.digest == file.digest else [Fault("stored", file.digest, kept.digest)]
    if kept.call_ids != {item.call_id for item in file.draw.items}:
        found.append(Fault("stored_items"))
    return found
