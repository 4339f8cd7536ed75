"""``inspector bench hear``: whole commands as fresh processes, ours and the peers in turn, accuracy beside speed.

::

    calls    ours, defaults, lanes │ ours, defaults, lanes │ …    timed, so often as asked; further peers once
    quiet    every peer once                                      what they write where nobody speaks
    all      ours once more, untimed                              the whole hearing and the answers of the rules
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from inspector.bench.hearing.figures import Quiet, Text
from inspector.bench.hearing.negation import negation
from inspector.bench.hearing.peers import OURS, Peer
from inspector.bench.hearing.plots import make_directory, write_plots
from inspector.bench.hearing.report import LeftOut, Outcome, Run, result_of
from inspector.bench.hearing.scaling import measure_scaling
from inspector.bench.hearing.scoring import scored, text_of
from inspector.bench.hearing.sides import Heard, Measured, Side, our_hearings, sides_of
from inspector.bench.hearing.tables import as_markdown, show, tables_of
from inspector.bench.hearing.truth import Pair, Part, Truth, load_truths
from inspector.bench.result import check_out, write
from inspector.bench.score import normalised
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.model import Outcome as Judged
from inspector.models.store import ready_model

__all__ = ["HearJob", "run_bench"]

_PAIRED = frozenset((OURS, Peer.DEFAULTS.value, Peer.LANES.value))  # in every run; further peers in the first one only

Round = dict[str, Measured]


@dataclass(frozen=True, slots=True)
class HearJob:
    """What was asked for. ``peers``: beside defaults and, on stereo, lane by lane; ``out``: JSON, Markdown beside it;
    ``plots``: where SVG go."""

    directories: tuple[Path, ...]
    runs: int = 3
    peers: tuple[Peer, ...] = ()
    scaling: bool = False
    out: Path | None = None
    plots: Path | None = None


def run_bench(job: HearJob, settings: Settings) -> int:
    """Measures, prints the figures and writes them where asked to.

    A file that one side cannot hear is left out and the runs begin anew, so that all are timed on the same files.
    """
    check_out(job.out)
    if job.plots is not None:
        make_directory(job.plots)
    model = ready_model(settings.hearing.asr_model, settings)
    peers = dict.fromkeys((Peer.DEFAULTS, Peer.LANES, *job.peers))
    sides = sides_of(peers, str(model.dir), settings.hearing.threads)
    outcome = _measured(job, sides, load_truths(job.directories))
    result = result_of(outcome, settings.hearing)
    tables = tables_of(result)
    show(tables)
    write(job.out, result)
    if job.out is not None:
        job.out.with_suffix(".md").write_text(as_markdown(tables), encoding="utf-8")
    if job.plots is not None:
        write_plots(result, job.plots)
    return 0


def _measured(job: HearJob, sides: Mapping[str, Side], truths: list[Truth]) -> Outcome:
    left_out: list[LeftOut] = []
    of_part = {part: [truth for truth in truths if truth.part is part] for part in Part}
    peers = {name: side for name, side in sides.items() if name != OURS}
    calls, rounds = _runs_of(sides, of_part[Part.CALLS], job.runs, left_out)
    quiet, (quietly, *_) = _runs_of(peers, of_part[Part.QUIET], 1, left_out)
    heard = _our_hearings([*calls, *quiet, *of_part[Part.PAIRS]], left_out)
    if not heard:
        raise UsageError(f"no recording is heard by every side; {left_out[-1].told}", "see what is in them")
    return Outcome(
        runs={side: [_run(calls, one[side]) for one in rounds if side in one] for side in sides},
        rows=[scored(one, _texts(one, rounds), heard[one.path].hearing) for one in calls if one.path in heard],
        quiet=[Quiet(one, _phantoms(one, heard[one.path], quietly)) for one in quiet if one.path in heard],
        negation=negation([_judged(one, heard[one.path]) for one in of_part[Part.PAIRS] if one.path in heard]),
        scaling=[measure_scaling(calls) for _ in range(job.runs)] if job.scaling and calls else [],
        left_out=left_out,
    )


def _our_hearings(truths: Sequence[Truth], left_out: list[LeftOut]) -> dict[Path, Heard]:
    """By file; those that we cannot hear are left out and told."""
    talk = Console(stderr=True)
    talk.print(f"hearing {len(truths)} recordings, untimed", style="dim")
    found: dict[Path, Heard] = {}
    for truth, heard in zip(truths, our_hearings([str(truth.path) for truth in truths]), strict=True):
        if isinstance(heard, Heard):
            found[truth.path] = heard
        else:
            left_out.append(LeftOut(truth.path.name, {OURS: heard}))
    return found


def _runs_of(
    sides: Mapping[str, Side], truths: list[Truth], runs: int, left_out: list[LeftOut]
) -> tuple[list[Truth], list[Round]]:
    """The recordings that every side heard in every run, and the runs; without recordings a run of nothing."""
    rounds: list[Round] = []
    talk = Console(stderr=True)
    while len(rounds) < runs and truths:
        talk.print(f"run {len(rounds) + 1} of {runs}: {len(truths)} recordings", style="dim")
        asked = {name: side for name, side in sides.items() if not rounds or name in _PAIRED}
        one = {name: side.measure(truths) for name, side in asked.items() if side.takes(truths)}
        failed = _failed(one)
        if not failed:
            rounds.append(one)
            continue
        rounds.clear()
        left_out += failed.values()
        truths = [truth for truth in truths if truth.path not in failed]
    return truths, rounds or [{}]


def _failed(one: Round) -> dict[Path, LeftOut]:
    why: dict[Path, dict[str, str]] = {}
    for side, measured in one.items():
        for path, answer in measured.answers.items():
            if answer.error is not None:
                why.setdefault(path, {})[side] = answer.error
    return {path: LeftOut(path.name, sides) for path, sides in why.items()}


def _run(truths: Sequence[Truth], measured: Measured) -> Run:
    asked = [truth for truth in truths if truth.path in measured.answers]
    return Run(
        audio_s=sum(truth.duration_s for truth in asked),
        command_s=measured.command_s,
        cpu_s=measured.cpu_s,
        hearing_s=sum(answer.wall_s for answer in measured.answers.values()),
        peak_mb=measured.peak_mb,
        edits=sum(text_of(truth, [measured.answers[truth.path]]).edits.total for truth in asked),
        calibration_s=measured.calibration_s,
    )


def _texts(truth: Truth, rounds: Sequence[Round]) -> dict[str, Text]:
    return {
        side: text_of(truth, [one[side].answers[truth.path] for one in rounds if side in one])
        for side, measured in rounds[0].items()
        if truth.path in measured.answers
    }


def _judged(truth: Truth, heard: Heard) -> tuple[Pair, Judged]:
    """A pair and what its own rule answers. Raises UsageError when there is no such rule."""
    if truth.pair is None or truth.pair.rule not in heard.by_rule:
        raise UsageError(f"{truth.path.name}: no pack has the rule of its pair", "see docs/rules-catalogue.md")
    return truth.pair, heard.by_rule[truth.pair.rule]


def _phantoms(truth: Truth, heard: Heard, one: Round) -> dict[str, int]:
    ours = sum(len(normalised(turn.text)) for turn in heard.hearing.turns)
    peers = {
        side: len(normalised(measured.answers[truth.path].text))
        for side, measured in one.items()
        if truth.path in measured.answers
    }
    return {OURS: ours} | peers
