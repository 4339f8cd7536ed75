"""``inspector bench hear``: whole commands as fresh processes, ours and the peer in turn, accuracy beside speed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from inspector.bench.hearing.attribution import attribution
from inspector.bench.hearing.der import der
from inspector.bench.hearing.figures import Scored
from inspector.bench.hearing.report import LeftOut, Outcome, Run, result_of, show
from inspector.bench.hearing.sides import OURS, PEER, Answer, Measured, Side, our_speech, sides_of
from inspector.bench.hearing.truth import Truth, load_truths
from inspector.bench.result import check_out, write
from inspector.bench.score import edits, normalised
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.model import Layout
from inspector.models.store import ready_model

__all__ = ["run_bench"]

Round = dict[str, Measured]


def run_bench(samples: Path, runs: int, out: Path | None, settings: Settings) -> int:
    """Measures ``runs`` paired runs, prints their figures and writes them as JSON when asked to.

    A file that one side cannot hear is left out and the runs begin anew, so that both are timed on the same files.
    """
    check_out(out)
    model = ready_model(settings.hearing.asr_model, settings)
    sides = sides_of(str(model.dir), settings.hearing.threads)
    truths, rounds, left_out = _paired_runs(sides, load_truths(samples), runs)
    outcome = Outcome(_runs(truths, rounds), _scored(truths, rounds[0]), left_out)
    show(outcome)
    write(out, result_of(outcome, settings.hearing))
    return 0


def _paired_runs(
    sides: dict[str, Side], truths: list[Truth], runs: int
) -> tuple[list[Truth], list[Round], list[LeftOut]]:
    """The recordings that both sides heard in every run, the runs over them, and the recordings left out."""
    rounds: list[Round] = []
    left_out: list[LeftOut] = []
    talk = Console(stderr=True)
    while len(rounds) < runs:
        talk.print(f"run {len(rounds) + 1} of {runs}: {len(truths)} recordings", style="dim")
        files = [str(truth.path) for truth in truths]
        one = {name: side.measure(files) for name, side in sides.items()}
        failed = _failed(truths, one)
        if not failed:
            rounds.append(one)
            continue
        rounds.clear()
        left_out += failed.values()
        truths = [truth for truth in truths if truth.path not in failed]
        if not truths:
            last = left_out[-1]
            raise UsageError(f"no recording is heard by both sides; {last.file}: {last.why}", "see what is in them")
    return truths, rounds, left_out


def _failed(truths: Sequence[Truth], one: Round) -> dict[Path, LeftOut]:
    why: dict[Path, dict[str, str]] = {}
    for side, measured in one.items():
        for truth, answer in zip(truths, measured.answers, strict=True):
            if answer.error is not None:
                why.setdefault(truth.path, {})[side] = answer.error
    return {path: LeftOut(path.name, sides) for path, sides in why.items()}


def _runs(truths: Sequence[Truth], rounds: Sequence[Round]) -> dict[str, list[Run]]:
    return {side: [_run(truths, one[side]) for one in rounds] for side in (OURS, PEER)}


def _run(truths: Sequence[Truth], measured: Measured) -> Run:
    answered = list(zip(truths, measured.answers, strict=True))
    return Run(
        command_s=measured.command_s,
        hearing_s=sum(answer.wall_s for answer in measured.answers),
        diarisation_s=sum(answer.diarisation_s for truth, answer in answered if truth.layout is Layout.MONO),
        peak_mb=measured.peak_mb,
        edits=sum(_edits(truth, answer) for truth, answer in answered),
    )


def _edits(truth: Truth, answer: Answer) -> int:
    return edits(normalised(truth.text), normalised(answer.text))


def _scored(truths: Sequence[Truth], one: Round) -> list[Scored]:
    speech = our_speech([str(truth.path) for truth in truths])
    return [
        Scored(
            truth=truth,
            characters=len(normalised(truth.text)),
            edits=_edits(truth, ours),
            peer_edits=_edits(truth, peer),
            der=der(truth.speech, found, truth.duration_s),
            attribution=attribution(truth.speech, found, truth.duration_s),
            found_s=sum(span.end_s - span.start_s for span in found),
            unheard_s=ours.unheard_s,
        )
        for truth, ours, peer, found in zip(truths, one[OURS].answers, one[PEER].answers, speech, strict=True)
    ]
