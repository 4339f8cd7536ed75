"""``inspector sample verify | reveal``: the proof of a draw, for anybody who has its file."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import Lang, say
from inspector.config import Settings
from inspector.errors import PolicyError, UsageError
from inspector.roles import Deed, require
from inspector.sampling.draw_file import DrawFile, read_draw
from inspector.sampling.month_secret import committed_secret, known_secret
from inspector.sampling.verify import Fault, faults
from inspector.storage.configured import open_store

__all__ = ["run_reveal", "run_verify"]

MAX_FILE_BYTES = 256 * 2**20
"""Millions of calls a day; what is larger is no draw."""

_MOST_SHOWN = 200


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
        actor = actor_of(settings, store)
        require(actor, Deed.REVEAL_SECRET)
        if f"{store.business_day(datetime.now(UTC)):%Y-%m}" <= name:
            raise PolicyError(say(settings.lang, "reveal_early", month=name), say(settings.lang, "reveal_remedy"))
        if known_secret(settings.home, name) is None:
            raise UsageError(say(settings.lang, "reveal_none", month=name), say(settings.lang, "reveal_none_remedy"))
        secret = committed_secret(settings.home, name, store, actor.name)
        store.audit(actor.name, "sample_reveal", name, {})
    Console().print(secret.hex(), soft_wrap=True, highlight=False)
    return 0


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
        kept = store.draws.kept(file.draw.business_date, file.draw.part, file.draw.terms.kind)
    if kept is None:
        return []
    found = [] if kept.digest == file.digest else [Fault("stored", file.digest, kept.digest)]
    if kept.call_ids != {item.call_id for item in file.draw.items}:
        found.append(Fault("stored_items"))
    return found
