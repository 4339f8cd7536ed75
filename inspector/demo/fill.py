"""A demonstration made from nothing: its home, its people, its past, and calls that come while somebody looks.

::

    hear ten calls (20 s) ─► 28 days of them (10 s) ─► console is up ─► the other samples, one after the other: live
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from inspector.config import Settings
from inspector.demo.cast import BOSS, people
from inspector.demo.history import History
from inspector.demo.samples import Sample, SampleHearings, samples_dir, targets_of
from inspector.ears import load_ears
from inspector.model import Status
from inspector.pipeline import Ears
from inspector.review.records import ACCUSING
from inspector.rules.load import load_packs
from inspector.rules.plan import Plan, compile_plan
from inspector.storage import Store
from inspector.storage.configured import open_store

__all__ = ["Demonstration", "demo_plan", "demo_settings", "fill"]

Tell = Callable[[str, int, int], None]
"""Told of each step: its name, how much of it is done, of how much."""

_RATE = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What is shown. ``store`` and the reader of ``ears`` are to be closed by whoever has it."""

    settings: Settings
    store: Store
    plan: Plan
    ears: Ears
    history: History

    def more(self, ended: Callable[[], bool]) -> int:
        """Hears the other sample calls, each as one that ends now, until ``ended``. Returns how many."""
        place = samples_dir()
        seen = {sample.target.path for sample in self.history.truth.values()}
        targets = [one for one in targets_of(place / "calls.jsonl") if one.path not in seen]
        hearings = SampleHearings(self.ears, self.settings, self.plan, place / "truth")
        heard = 0
        for sample in hearings.of(targets):
            if ended():
                break
            lasted = timedelta(seconds=sum(one.recording.duration_s for one in sample.heard.hearings))
            self.history.add(sample, datetime.now(UTC) - lasted)
            heard += 1
        return heard


def demo_settings(settings: Settings) -> Settings:
    """A home of its own below the one that is set, with a database of its own; models are shared."""
    home = settings.home / "demo"
    sampling = settings.sampling.model_copy(update={"rate": _RATE, "agent_minimum": 1})
    return settings.model_copy(update={"home": home, "database_url": None, "sampling": sampling})


def demo_plan(packs: Path) -> Plan:
    """The packs with every rule that accuses counted as stable: those that ship are on trial until a bank has tried
    them, and a demonstration without a violation would show half of it. Raises PackError."""
    loaded = load_packs(packs)
    rules = tuple(
        rule.model_copy(update={"status": Status.STABLE})
        if rule.status is Status.TEST and rule.kind in ACCUSING
        else rule
        for rule in loaded.rules
    )
    return compile_plan(rules, loaded.guards)


def fill(settings: Settings, models: Path, tell: Tell) -> Demonstration:
    """Makes it anew; what was there of an earlier one is thrown away. ``settings``: of :func:`demo_settings`;
    ``models``: the directory of the models.

    Raises UsageError outside a checkout, SetupError when something is missing, RecordingError for a broken sample.
    """
    place, plan = samples_dir(), demo_plan(settings.packs_dir)
    _empty(settings.home, models)
    tell("models", 0, 1)
    ears = load_ears(settings)
    store = open_store(settings)
    now = datetime.now(UTC)
    for person in people():
        store.people.add(BOSS, person, now)
    hearings = SampleHearings(ears, settings, plan, place / "truth")
    targets = targets_of(place / "tour.jsonl")
    samples = []
    for sample in hearings.of(targets):
        samples.append(sample)
        tell("hearing", len(samples), len(targets))
    urgent = [one for one in samples if _alerts(one, plan)]
    calm = [one for one in samples if one not in urgent]
    today = now.astimezone(ZoneInfo(settings.business_tz)).date()
    history = History(store, settings, plan, hearings.digest, calm, today)
    for done, total in history.play():
        tell("history", done, total)
    for place_no, sample in enumerate(urgent):
        history.add(sample, now - timedelta(minutes=4 + 9 * place_no))
    return Demonstration(settings, store, plan, ears, history)


def _alerts(sample: Sample, plan: Plan) -> bool:
    return any(entry.queue == "alert" for entry in sample.inspected("alerts", sample.facts, plan).queues)


def _empty(home: Path, models: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700, parents=True)
    (home / "models").symlink_to(models, target_is_directory=True)
