"""Runs our command and the peer's as fresh processes and reads what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.bench.hearing.peers import OURS, Peer
from inspector.bench.hearing.process import calibration_s, run_module
from inspector.bench.hearing.truth import Truth
from inspector.model import Hearing, Layout, Outcome, from_json

__all__ = ["Answer", "Heard", "Measured", "Side", "our_hearings", "sides_of"]

_BEYOND_PEERS = ("diarisation", "roles", "emotion")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one file. ``error``: why there is no text.

    ``wall_s``: this file's share of the run's elapsed time; ``stages_s``: of that of ours, by stage.
    """

    text: str = ""
    wall_s: float = 0.0
    stages_s: tuple[tuple[str, float], ...] = ()
    error: str | None = None

    @property
    def recognition_s(self) -> float:
        """Reading, finding speech and writing it down: what a peer does. A stage counts unless no peer has its like."""
        if not self.stages_s:
            return self.wall_s
        return sum(took_s for stage, took_s in self.stages_s if stage not in _BEYOND_PEERS)

    @property
    def diarisation_s(self) -> float:
        return sum(took_s for stage, took_s in self.stages_s if stage == "diarisation")


@dataclass(frozen=True, slots=True)
class Measured:
    """One process over some files. ``command_s``, ``cpu_s``: with start and model load; ``calibration_s``: of the
    machine before and after."""

    answers: dict[Path, Answer]
    command_s: float
    cpu_s: float
    peak_mb: float
    calibration_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """What we heard in one file and what every rule says of it."""

    hearing: Hearing
    by_rule: dict[str, Outcome]


@dataclass(frozen=True, slots=True)
class Side:
    """A module that prints one JSON line a file, and how to read its lines."""

    arguments: tuple[str, ...]
    read: Callable[[list[Any]], list[Answer]]
    layouts: frozenset[Layout] = frozenset(Layout)

    def takes(self, truths: Iterable[Truth]) -> list[Truth]:
        """Those that this side is asked about."""
        return [truth for truth in truths if truth.layout in self.layouts]

    def measure(self, truths: Sequence[Truth]) -> Measured:
        """Raises ModelError when the command ends without an answer for each file."""
        paths = [truth.path for truth in self.takes(truths)]
        before_s = calibration_s()
        ended = run_module(self.arguments, [*map(str, paths)])
        answers = dict(zip(paths, self.read(ended.rows), strict=True))
        return Measured(answers, ended.elapsed_s, ended.cpu_s, ended.peak_mb, (before_s, calibration_s()))


def _our_side() -> Side:
    """The product as it is called."""
    return Side(("inspector", "inspect", "--json", "-", "--no-store"), _ours)


def _peer_side(peer: Peer, model_dir: str, threads: int) -> Side:
    """The same weights of the recogniser, the same number of threads."""
    layouts = frozenset((Layout.STEREO,)) if peer is Peer.LANES else frozenset(Layout)
    return Side(("inspector.asr.peer", peer.value, model_dir, str(threads)), _peers, layouts)


def our_hearings(files: Sequence[str]) -> list[Heard | str]:
    """What we hear in each file, or why nothing; an untimed process of its own."""
    rows = run_module(["inspector.bench.hearing.ours"], files).rows if files else []
    return [
        row["error"]
        if "error" in row
        else Heard(from_json(Hearing, row["hearing"]), {rule: Outcome(said) for rule, said in row["by_rule"].items()})
        for row in rows
    ]


def _ours(rows: list[Any]) -> list[Answer]:
    """The stages of several calls may run at once: their seconds are scaled so that they add up to the elapsed time."""
    heard = [row for row in rows if "error" not in row]
    elapsed_s = sum(row["timing"]["wall_s"] for row in heard)
    worked_s = sum(sum(row["timing"]["stages_s"].values()) for row in heard)
    scale = elapsed_s / worked_s if worked_s else 1.0
    return [_our_answer(row, scale) for row in rows]


def _our_answer(row: Any, scale: float) -> Answer:
    if "error" in row:
        return Answer(error=f"{row['error']['kind']}: {row['error']['message']}")
    stages_s = tuple((stage, took_s * scale) for stage, took_s in row["timing"]["stages_s"].items())
    text = "".join(turn["text"] for turn in row["turns"])
    return Answer(text, sum(took_s for _, took_s in stages_s), stages_s)


def _peers(rows: list[Any]) -> list[Answer]:
    return [Answer(error=row["error"]) if "error" in row else Answer(row["text"], row["wall_s"]) for row in rows]


def sides_of(peers: Iterable[Peer], model_dir: str, threads: int) -> dict[str, Side]:
    """Ours first, then each peer by its name."""
    return {OURS: _our_side()} | {peer.value: _peer_side(peer, model_dir, threads) for peer in peers}
