"""What was really said in generated recordings: ``truth/*.json``, written by ``scripts/make_samples``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.model import Layout, Party, SpeechSpan

__all__ = ["Truth", "load_truths"]


@dataclass(frozen=True, slots=True)
class Truth:
    """One recording. ``text``: of all parties, in the order they began; ``speech``: one span a turn; ``tags``: what
    makes it hard or easy, e.g. ``snr_10``."""

    path: Path
    layout: Layout
    codec: str
    tags: tuple[str, ...]
    duration_s: float
    text: str
    speech: tuple[SpeechSpan, ...]

    def __post_init__(self) -> None:
        if self.duration_s <= 0:
            raise ValueError(f"{self.path} cannot last {self.duration_s} s")

    @property
    def kinds(self) -> tuple[str, ...]:
        """What recordings are grouped by: ``codec gsm``, ``layout mono``, ``tag snr_10`` …"""
        return (f"codec {self.codec}", f"layout {self.layout}", *(f"tag {tag}" for tag in self.tags))


def load_truths(samples: Path) -> list[Truth]:
    """In the order of the names of the files. Raises UsageError: none there, or one that is no truth."""
    found = sorted((samples / "truth").glob("*.json"))
    if not found:
        raise UsageError(f"{samples} holds no truth/*.json", "name a directory made by scripts/make_samples")
    return [_load(samples, path) for path in found]


def _load(samples: Path, path: Path) -> Truth:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        turns = sorted(row["turns"], key=lambda turn: turn["start_s"])
        return Truth(
            path=samples / row["file"],
            layout=Layout(row.get("layout", Layout.STEREO)),
            codec=row["codec"],
            tags=tuple(row.get("tags", ())),
            duration_s=row["duration_s"],
            text="".join(turn["text"] for turn in turns),
            speech=tuple(map(_span, turns)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no truth ({type(error).__name__})", "make it by scripts/make_samples") from error


def _span(turn: dict[str, Any]) -> SpeechSpan:
    party = Party(turn["party"])
    return SpeechSpan(party, turn["start_s"], turn["end_s"], turn.get("speaker", party.value))
