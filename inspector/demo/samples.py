"""The sample calls, really heard, and what is known to be in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inspector.config import Settings
from inspector.ears import hearing_digest
from inspector.errors import UsageError
from inspector.facts import Facts
from inspector.heard_call import HeardCall
from inspector.intake.targets import Target, targets_of_manifest
from inspector.model import Call, Inspection
from inspector.pipeline import Ears, hear
from inspector.rules.plan import Plan
from inspector.rules.suspects import suspects_of

__all__ = ["Sample", "SampleHearings", "samples_dir", "targets_of"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A call as it was heard. ``fires``: the rules really broken in it; ``never``: those that surely are not."""

    target: Target
    heard: HeardCall
    fires: frozenset[str]
    never: frozenset[str]

    @property
    def facts(self) -> Facts:
        """What its list says of it."""
        return Facts() if self.target.call is None else self.target.call.facts

    def inspected(self, source_call_id: str, facts: Facts, plan: Plan) -> Inspection:
        """The same words as another call."""
        call = Call("demo", source_call_id, facts)
        return self.heard.inspected(call, self.target.legs, plan)


@dataclass(frozen=True, slots=True)
class SampleHearings:
    """Hears samples as they come. ``digest``: of settings and models."""

    ears: Ears
    settings: Settings
    plan: Plan
    truths: Path

    @property
    def digest(self) -> str:
        return hearing_digest(self.settings, self.ears)

    def of(self, targets: Sequence[Target]) -> Iterator[Sample]:
        """One for each target, in order. Raises RecordingError when a sample cannot be heard."""
        paths = (leg.path for target in targets for leg in target.legs if leg.path is not None)
        doubts = partial(suspects_of, plan=self.plan)
        results = hear(paths, self.ears, self.settings.hearing, lambda _: None, doubts)
        for target in targets:
            heard = HeardCall.gathered(target.legs, results)
            for _, error in heard.errors:
                raise error
            yield Sample(target, heard, *_known(self.truths, target))


def samples_dir() -> Path:
    """Where the sample calls lie. Raises UsageError outside a checkout."""
    place = Path(__file__).resolve().parents[2] / "audio_samples"
    if not (place / "tour.jsonl").is_file():
        raise UsageError(f"the sample calls are not there: {place}", "start it in a checkout of the project")
    return place


def targets_of(manifest: Path) -> list[Target]:
    """The calls of a list of samples. Raises UsageError for a list with a fault."""
    targets = list(targets_of_manifest(manifest, b"demo"))
    for one in targets:
        if one.fault is not None:
            raise UsageError(one.fault.message, one.fault.remedy)
    return targets


def _known(truths: Path, target: Target) -> tuple[frozenset[str], frozenset[str]]:
    fires: set[str] = set()
    never: set[str] = set()
    for leg in target.legs:
        if leg.path is not None:
            expected = json.loads((truths / f"{leg.path.stem}.json").read_text("utf-8"))["expect"]
            fires |= set(expected["fires"])
            never |= set(expected["never"])
    return frozenset(fires), frozenset(never - fires)
