"""What was really said in recordings: ``truth/*.json``, written by ``scripts/make_samples`` or by people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.model import Layout, Party, SpeechSpan

__all__ = ["Clause", "Pair", "Part", "SaidTurn", "Truth", "load_truths"]


class Part(StrEnum):
    """What a recording is there to measure: talk, sound without any speech, or one half of a negation pair."""

    CALLS = "calls"
    QUIET = "quiet"
    PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class Clause:
    """Words said in one go."""

    start_s: float
    end_s: float
    text: str

    def __post_init__(self) -> None:
        if not 0 <= self.start_s < self.end_s:
            raise ValueError(f"words need 0 <= start < end, got {self.start_s} … {self.end_s}")


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """What one voice said. ``clauses``: its text in parts whose times are known; one, the whole, where they are not."""

    party: Party
    speaker: str
    clauses: tuple[Clause, ...]

    def __post_init__(self) -> None:
        if not self.clauses:
            raise ValueError("a turn says something")

    @property
    def start_s(self) -> float:
        return self.clauses[0].start_s

    @property
    def end_s(self) -> float:
        return max(clause.end_s for clause in self.clauses)

    @property
    def text(self) -> str:
        return "".join(clause.text for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Pair:
    """One recording of a sentence with (``lawful``) or without its negation, which the rule must not and must report.

    ``id``: the same for both; ``snr_db``: signal to noise.
    """

    id: str
    rule: str
    lawful: bool
    snr_db: float


@dataclass(frozen=True, slots=True)
class Truth:
    """One recording. ``turns``: by start; ``tags``: what makes it hard or easy, e.g. ``snr_10``."""

    path: Path
    layout: Layout
    codec: str
    tags: tuple[str, ...]
    duration_s: float
    turns: tuple[SaidTurn, ...]
    pair: Pair | None = None

    def __post_init__(self) -> None:
        if self.duration_s <= 0:
            raise ValueError(f"{self.path} cannot last {self.duration_s} s")

    @property
    def text(self) -> str:
        """Of all parties, in the order they began."""
        return "".join(turn.text for turn in self.turns)

    @property
    def speech(self) -> tuple[SpeechSpan, ...]:
        """One span a turn."""
        return tuple(SpeechSpan(turn.party, turn.start_s, turn.end_s, turn.speaker) for turn in self.turns)

    @property
    def part(self) -> Part:
        if self.pair is not None:
            return Part.PAIRS
        return Part.CALLS if self.turns else Part.QUIET

    @property
    def kinds(self) -> tuple[str, ...]:
        """What recordings are grouped by: ``codec gsm``, ``layout mono``, ``tag snr_10`` …"""
        return (f"codec {self.codec}", f"layout {self.layout}", *(f"tag {tag}" for tag in self.tags))


def load_truths(directories: Sequence[Path]) -> list[Truth]:
    """By directory, in the order of the names of the files. Raises UsageError: none there, or one that is no truth."""
    truths: list[Truth] = []
    for samples in directories:
        found = sorted((samples / "truth").glob("*.json"))
        if not found:
            raise UsageError(f"{samples} holds no truth/*.json", "name a directory made by scripts/make_samples")
        truths += [_load(samples, path) for path in found]
    return truths


def _load(samples: Path, path: Path) -> Truth:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        pair = row.get("pair")
        return Truth(
            path=samples / row["file"],
            layout=Layout(row.get("layout", Layout.STEREO)),
            codec=row["codec"],
            tags=tuple(row.get("tags", ())),
            duration_s=row["duration_s"],
            turns=tuple(map(_turn, sorted(row["turns"], key=lambda turn: turn["start_s"]))),
            pair=pair and Pair(pair["id"], pair["rule"], pair["lawful"], pair["snr_db"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no truth ({type(error).__name__})", "its form is described in docs/pilot.md"
        ) from error


def _turn(row: dict[str, Any]) -> SaidTurn:
    party = Party(row["party"])
    parts = row.get("clauses") or [row]
    clauses = tuple(Clause(part["start_s"], part["end_s"], part["text"]) for part in parts)
    return SaidTurn(party, row.get("speaker", party.value), clauses)
