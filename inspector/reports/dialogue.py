"""What was said as a page shows it: masked, the words of the evidence marked, speech that was lost in its place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from inspector.model import Evidence, Hearing, Party, Turn, Unheard
from inspector.redaction import Purpose, mask, mask_turns

__all__ = ["Dialogue", "Line", "Piece", "Quote"]

CONTEXT_CHARS = 14
SAME_PLACE_S = 0.002  # evidence is rounded to milliseconds


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: plain text, words of the evidence whose anchor is ``mark``, or speech lost for ``lost_s``."""

    text: str = ""
    mark: str = ""
    lost: Unheard | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the dialogue. ``turn`` is None for speech without text; ``no``: the turn's place in the hearing."""

    start_s: float
    end_s: float
    party: Party
    pieces: tuple[Piece, ...]
    turn: Turn | None = None
    no: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """Words with what stands before and after them in the same turns; ``turn_no`` None when they are in no turn."""

    before: str
    words: str
    after: str
    turn_no: int | None


class _Voice:
    """All that one party says, in one masked string, and where each turn begins in it."""

    def __init__(self, turns: Sequence[tuple[int, Turn]]) -> None:
        self.turns = [turn for _, turn in turns]
        self.numbers = [number for number, _ in turns]
        self.text = "".join(turn.text for turn in self.turns)
        # Masked as one, so that a number read out over several turns is hidden in all of them; no length changes.
        self.masked = "".join(mask_turns([turn.text for turn in self.turns], Purpose.EXPORT))
        self.marks: dict[int, str] = {}
        self._starts = [0]
        self._places: dict[int, list[int]] = {}
        for turn in self.turns:
            begin = self._starts[-1]
            for place, start_s in enumerate(turn.char_starts_s, begin):
                self._places.setdefault(round(start_s * 1000), []).append(place)
            self._starts.append(begin + len(turn.text))

    def find(self, evidence: Evidence) -> int | None:
        """Where the quote stands: the place whose time and words are those of the evidence."""
        at_ms = round(evidence.start_s * 1000)
        near = (place for ms in (at_ms, at_ms - 1, at_ms + 1) for place in self._places.get(ms, ()))
        return next((place for place in near if self.text.startswith(evidence.quote, place)), None)

    def index(self, place: int) -> int:
        """Which turn holds the character."""
        return bisect_right(self._starts, place) - 1

    def bounds(self, index: int) -> tuple[int, int]:
        return self._starts[index], self._starts[index + 1]

    def pieces(self, index: int, lost: Sequence[Unheard]) -> tuple[Piece, ...]:
        """A turn cut where marks begin and end and where speech was lost."""
        begin, end = self.bounds(index)
        starts_s = self.turns[index].char_starts_s
        gaps = [(begin + bisect_left(starts_s, one.start_s), one) for one in lost]
        made: list[Piece] = []
        for stop, gap in [*gaps, (end, None)]:
            chars = ((self.marks.get(place, ""), self.masked[place]) for place in range(begin, stop))
            for mark_of, run in groupby(chars, key=itemgetter(0)):
                made.append(Piece("".join(char for _, char in run), mark_of))
            if gap is not None:
                made.append(Piece(lost=gap))
            begin = stop
        return tuple(made)


class Dialogue:
    """The turns of a hearing, masked. ``evidence``: by anchor, the places whose words are to be marked."""

    def __init__(self, hearing: Hearing, evidence: dict[str, Evidence]) -> None:
        self._unheard = hearing.unheard
        numbered = list(enumerate(hearing.turns))
        self._voices = {
            party: _Voice([(number, turn) for number, turn in numbered if turn.party is party]) for party in Party
        }
        for anchor, place in evidence.items():
            voice, found = self._voices[place.party], self._find(place)
            if found is not None:
                for at in range(found, found + len(place.quote)):
                    voice.marks.setdefault(at, anchor)

    def _find(self, evidence: Evidence) -> int | None:
        return self._voices[evidence.party].find(evidence) if evidence.quote else None

    def quote(self, evidence: Evidence) -> Quote:
        """The masked words of the evidence with a little around them."""
        voice, found = self._voices[evidence.party], self._find(evidence)
        if found is None:
            return Quote("", mask(evidence.quote, Purpose.EXPORT), "", None)
        last = found + len(evidence.quote)
        begin, _ = voice.bounds(voice.index(found))
        _, end = voice.bounds(voice.index(last - 1))
        before, after = max(begin, found - CONTEXT_CHARS), min(end, last + CONTEXT_CHARS)
        return Quote(
            before=("…" if before > begin else "") + voice.masked[before:found],
            words=voice.masked[found:last],
            after=voice.masked[last:after] + ("…" if after < end else ""),
            turn_no=voice.numbers[voice.index(found)],
        )

    def lines(self) -> list[Line]:
        """Turns and lost speech in order of time. Speech lost within a turn of the same party stands in that turn."""
        within, rows = self._lost()
        for voice in self._voices.values():
            for index, (number, turn) in enumerate(zip(voice.numbers, voice.turns, strict=True)):
                pieces = voice.pieces(index, within.get(number, []))
                rows.append(Line(turn.start_s, turn.end_s, turn.party, pieces, turn, number))
        return sorted(rows, key=lambda line: (line.start_s, line.no))

    def _lost(self) -> tuple[dict[int, list[Unheard]], list[Line]]:
        within: dict[int, list[Unheard]] = {}
        rows: list[Line] = []
        for lost in sorted(self._unheard, key=lambda one: one.start_s):
            voice = self._voices[lost.party]
            index = bisect_right(voice.turns, lost.start_s, key=lambda turn: turn.start_s) - 1
            if index >= 0 and lost.start_s < voice.turns[index].end_s:
                within.setdefault(voice.numbers[index], []).append(lost)
            else:
                rows.append(Line(lost.start_s, lost.end_s, lost.party, (Piece(lost=lost),)))
        return within, rows
