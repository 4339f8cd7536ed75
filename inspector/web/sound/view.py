"""A call as its player and its dialogue show it. Pure; what is said is masked unless the whole is asked for.

::

    turn     |请问您的卡号是|六二二八|吗|     cut at the ends of clauses, where evidence begins and ends,
    pieces   |请问您的|卡号是＊＊＊＊|吗|     and where what was heard is doubtful
    hidden                |~~~~~~~~|        the same seconds of sound are covered by a tone
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, Protocol

from inspector.model import Evidence, Hearing, Outcome, Party, Severity, Span, Turn
from inspector.reports.timeline import ICONS, LEAST_SILENCE_S
from inspector.review.playing import merged
from inspector.review.sheet import turns_of
from inspector.rules.coverage import LEAST_CONFIDENCE
from inspector.rules.measure import end_s_of, silences

__all__ = [
    "CallView",
    "Found",
    "Marker",
    "Piece",
    "Row",
    "Stretch",
    "StretchKind",
    "call_view",
    "hidden_spans",
    "player_data",
]

HIDDEN_MARGIN_S = 0.15
"""Before and after every masked character: its times are only as good as the recogniser's."""

HIDDEN_GAP_S = 0.5
"""Less than this between two masked characters is covered too."""

_SAME_PLACE_S = 0.002  # evidence is rounded to milliseconds
_CLAUSE_ENDS = frozenset("。？！，；、?!;,")


class Found(Protocol):
    """What is shown of a finding: one of the model, or of a reviewer's sheet."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a turn that are alike. ``finding_ids``: of the findings whose words they are."""

    text: str
    start_s: float
    end_s: float
    doubtful: bool
    finding_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One turn; ``no``: its place in the hearing. Speech without text has no number, no pieces, and ``unheard`` says
    why."""

    no: int | None
    party: Party
    start_s: float
    end_s: float
    pieces: tuple[Piece, ...]
    unheard: str = ""


class StretchKind(StrEnum):
    SPEECH = "speech"
    SILENCE = "silence"
    OVERLAP = "overlap"
    UNHEARD = "unheard"
    SOUND = "sound"
    EMOTION = "emotion"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that goes on for a while. ``what``: why it was not heard, which sound, which emotion."""

    kind: StretchKind
    start_s: float
    end_s: float
    party: Party
    what: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """One place of a finding. ``no``: the finding's place in the list, from 1; ``sign`` stands for its severity."""

    finding_id: str
    no: int
    sign: str
    severity: Severity
    outcome: Outcome
    title: str
    start_s: float
    end_s: float
    party: Party


@dataclass(frozen=True, slots=True)
class CallView:
    """``rows``, ``markers`` and the stretches of each kind in order of time. ``full``: nothing is masked."""

    duration_s: float
    rows: tuple[Row, ...]
    markers: tuple[Marker, ...]
    stretches: tuple[Stretch, ...]
    has_sound: bool
    full: bool

    @property
    def data(self) -> dict[str, Any]:
        """What the script of the player is given."""
        return player_data(self)


def call_view(hearing: Hearing, findings: Sequence[Found], *, full: bool = False) -> CallView:
    """What a page shows of a hearing. ``findings``: in the order of their numbers; a blind review gives none."""
    texts = [turn.text for turn in hearing.turns] if full else [turn.text for turn in turns_of(hearing)]
    marks = _marks(hearing.turns, findings)
    rows = [_row(no, turn, texts[no], marks.get(no, ())) for no, turn in enumerate(hearing.turns)]
    rows += [Row(None, lost.party, lost.start_s, lost.end_s, (), lost.why.value) for lost in hearing.unheard]
    return CallView(
        duration_s=end_s_of(hearing),
        rows=tuple(sorted(rows, key=lambda row: row.start_s)),
        markers=tuple(sorted(_markers(findings), key=lambda marker: (marker.start_s, marker.no))),
        stretches=tuple(sorted(_stretches(hearing), key=lambda one: (one.kind, one.start_s))),
        has_sound=hearing.has_sound,
        full=full,
    )


def hidden_spans(hearing: Hearing) -> tuple[Span, ...]:
    """The seconds of a call in which masked characters are said. Of speech without text nobody knows."""
    spans: list[Span] = []
    for turn, masked in zip(hearing.turns, turns_of(hearing), strict=True):
        for place, (char, shown) in enumerate(zip(turn.text, masked.text, strict=True)):
            if char != shown:
                start_s = max(turn.char_starts_s[place] - HIDDEN_MARGIN_S - HIDDEN_GAP_S / 2, 0.0)
                end_s = max(turn.char_ends_s[place], turn.char_starts_s[place]) + HIDDEN_MARGIN_S + HIDDEN_GAP_S / 2
                spans.append(Span(start_s, end_s))
    # Widened by half a gap on both sides to join what is near, and made as narrow again.
    return tuple(
        Span(one.start_s + HIDDEN_GAP_S / 2 if one.start_s else 0.0, one.end_s - HIDDEN_GAP_S / 2)
        for one in merged(spans)
    )


def player_data(view: CallView) -> dict[str, Any]:
    """What the script of the player is given, as JSON values; times in seconds."""
    stretches: dict[str, list[list[object]]] = {kind.value: [] for kind in StretchKind}
    for one in view.stretches:
        stretches[one.kind].append([_ms(one.start_s), _ms(one.end_s), one.party.value, one.what])
    return {
        "duration": _ms(view.duration_s),
        "full": view.full,
        "stretches": stretches,
        "markers": [
            {
                "id": one.finding_id,
                "no": one.no,
                "sign": one.sign,
                "severity": one.severity.value,
                "outcome": one.outcome.value,
                "title": one.title,
                "start": _ms(one.start_s),
                "end": _ms(one.end_s),
                "party": one.party.value,
            }
            for one in view.markers
        ],
    }


def _ms(at_s: float) -> float:
    return round(at_s, 3)


# ---- the dialogue ----------------------------------------------------------------------------------------------------


def _row(no: int, turn: Turn, text: str, marks: Sequence[tuple[str, Evidence]]) -> Row:
    clause, keys = 0, []
    for place, char in enumerate(turn.text):
        start_s, doubtful = turn.char_starts_s[place], turn.char_confidence[place] < LEAST_CONFIDENCE
        ids = tuple(dict.fromkeys(one for one, evidence in marks if _covers(evidence, start_s)))
        keys.append((clause, doubtful, ids))
        clause += char in _CLAUSE_ENDS
    pieces = []
    for (_, doubtful, ids), run in groupby(range(len(text)), key=lambda place: keys[place]):
        places = list(run)
        start_s, end_s = turn.char_starts_s[places[0]], turn.char_ends_s[places[-1]]
        pieces.append(Piece(text[places[0] : places[-1] + 1], start_s, max(start_s, end_s), doubtful, ids))
    return Row(no, turn.party, turn.start_s, turn.end_s, tuple(pieces))


def _covers(evidence: Evidence, at_s: float) -> bool:
    return evidence.start_s - _SAME_PLACE_S <= at_s < evidence.end_s - _SAME_PLACE_S


def _marks(turns: Sequence[Turn], findings: Iterable[Found]) -> dict[int, list[tuple[str, Evidence]]]:
    """By turn, the findings whose words may lie in it. Where nothing was said (absence, measure) none are marked."""
    starts_s = [turn.start_s for turn in turns]
    longest_s = max((turn.end_s - turn.start_s for turn in turns), default=0.0)
    marks: dict[int, list[tuple[str, Evidence]]] = {}
    for finding in findings:
        for evidence in finding.evidence:
            first = bisect_right(starts_s, evidence.start_s - longest_s - _SAME_PLACE_S) if evidence.quote else 0
            last = bisect_right(starts_s, evidence.end_s) if evidence.quote else 0
            for no in range(max(first - 1, 0), last):
                if evidence.party in (turns[no].party, Party.UNKNOWN):
                    marks.setdefault(no, []).append((finding.id, evidence))
    return marks


# ---- the picture -----------------------------------------------------------------------------------------------------


def _markers(findings: Sequence[Found]) -> Iterator[Marker]:
    for no, one in enumerate(findings, 1):
        sign = ICONS[one.severity] + ("?" if one.outcome is Outcome.UNDETERMINED else "")
        for place in one.evidence:
            shown = (one.severity, one.outcome, one.title, place.start_s, place.end_s, place.party)
            yield Marker(one.id, no, sign, *shown)


def _stretches(hearing: Hearing) -> Iterator[Stretch]:
    by_party = {
        party: merged(Span(one.start_s, one.end_s) for one in hearing.speech if one.party is party) for party in Party
    }
    for party, spans in by_party.items():
        yield from (Stretch(StretchKind.SPEECH, one.start_s, one.end_s, party) for one in spans)
    for one in _overlaps(span for spans in by_party.values() for span in spans):
        yield Stretch(StretchKind.OVERLAP, one.start_s, one.end_s, Party.UNKNOWN)
    for quiet in silences(hearing):
        if quiet.duration_s >= LEAST_SILENCE_S:
            yield Stretch(StretchKind.SILENCE, quiet.start_s, quiet.end_s, Party.UNKNOWN)
    for lost in hearing.unheard:
        yield Stretch(StretchKind.UNHEARD, lost.start_s, lost.end_s, lost.party, lost.why.value)
    for sound in hearing.sounds:
        yield Stretch(StretchKind.SOUND, sound.start_s, sound.end_s, Party.UNKNOWN, sound.kind.value)
    for hint in hearing.emotions:
        yield Stretch(StretchKind.EMOTION, hint.start_s, hint.end_s, hint.party, hint.label)


def _overlaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Where two parties speak at once. The spans of one party do not overlap."""
    found, reached_s = [], 0.0
    for one in sorted(spans, key=lambda one: (one.start_s, one.end_s)):
        until_s = min(one.end_s, reached_s)
        if one.start_s < until_s:
            found.append(Span(one.start_s, until_s))
        reached_s = max(reached_s, one.end_s)
    return merged(found)
