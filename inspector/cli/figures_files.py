"""``inspector figures examples`` and ``inspector figures cer``: for whoever mends rules and hearing."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.figures import days_of
from inspector.cli.messages import say
from inspector.config import Settings
from inspector.errors import StorageError
from inspector.private_file import replacing
from inspector.redaction import has_personal_data
from inspector.reports.contract import to_line
from inspector.review.examples import Example, call_text, pack_text
from inspector.roles import Actor
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.figures.disagreements import CorrectedText, Disagreement

__all__ = ["run_cer", "run_examples"]

KEY_BYTES = 32


def run_examples(path: Path, month: datetime | None, settings: Settings) -> int:
    """Writes false alarms and what was missed as examples of rules, with invented numbers and names."""
    key = secrets.token_bytes(KEY_BYTES)
    with closing(open_store(settings, make=False)) as store:
        actor = actor_of(settings, store)
        found = store.verdicts.disagreements(actor, days_of(month))
        examples = [one for told in found if (one := _example(told, store, key, settings)) is not None]
        _write(path, pack_text(examples), "examples", actor, store, len(examples))
    _tell(say(settings.lang, "figures_examples", path=path, count=len(examples), lost=len(found) - len(examples)))
    return 0


def run_cer(path: Path, month: datetime | None, settings: Settings) -> int:
    """Writes corrected stretches as lines to score a recogniser by. What holds numbers or names is left out: invented
    ones would not be what the recording says."""
    with closing(open_store(settings, make=False)) as store:
        actor = actor_of(settings, store)
        found = store.verdicts.corrections(actor, days_of(month))
        kept = [one for one in found if not (has_personal_data(one.said) or has_personal_data(one.heard))]
        _write(path, "".join(to_line(_object(one)) + "\n" for one in kept), "cer", actor, store, len(kept))
    _tell(say(settings.lang, "figures_cer", path=path, count=len(kept), lost=len(found) - len(kept)))
    return 0


def _example(told: Disagreement, store: Store, key: bytes, settings: Settings) -> Example | None:
    """None: the call is not there any more, or nothing was heard of it there."""
    say_it = partial(say, settings.lang)
    inspections = store.inspections(1, told.call_id)
    text = call_text(inspections[0].hearing.turns, told.spans, key) if inspections else ""
    if not text:
        return None
    missed = told.because is None
    name = say_it("figures_missed") if missed else say_it("figures_false", because=told.because)
    return Example(told.rule_id, told.rule_version, "fires" if missed else "silent", name, text)


def _object(one: CorrectedText) -> dict[str, object]:
    return {"schema": "inspector.corrected/1", **asdict(one)}


def _write(path: Path, text: str, kind: str, actor: Actor, store: Store, count: int) -> None:
    try:
        with replacing(path) as stream:
            stream.write(text)
    except OSError as error:
        remedy = "make room there, or name another file"
        raise StorageError(f"{path} cannot be written: {error.strerror}", remedy) from error
    store.made_file(None, kind, path)
    store.audit(actor.name, f"figures_{kind}", "figures", {"count": count})


def _tell(line: str) -> None:
    Console().print(line, markup=False, highlight=False, soft_wrap=True)
