"""The picture of a call: who spoke when, what was not heard, where the findings lie. Only geometry; no drawing here.

::

    findings   ◆1      ▲2                    markers, stacked where they would overlap
    坐席       ███  ░░ ████                  speech; hatched: not heard
    客户          ██     ███  ‾激动‾         a hint at emotion below the speech
    声音                     ▒音乐▒
    静音             |3.2|                   silences of 3 s and more
    0:00      0:20      0:40
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inspector.model import Coverage, EmotionSpan, Evidence, Finding, Hearing, Outcome, Party, Severity
from inspector.reports.terminal import Say, clock
from inspector.rules.measure import silences

__all__ = ["ICONS", "CoverBar", "Label", "Lane", "Marker", "Timeline", "draw", "draw_cover"]

LEFT, RIGHT, WIDTH = 64.0, 990.0, 1000
BAR_WIDTH = 400
MARKER_HEIGHT, BORDER_HEIGHT, LANE_HEIGHT, ROW_HEIGHT, AXIS_HEIGHT = 17, 12, 38, 18, 20
MARKER_WIDTH, CHAR_WIDTH = 30.0, 11.0
MOST_ROWS = 6
LEAST_SILENCE_S = 3.0
MERGE_WIDTH = 0.5  # gaps narrower than this cannot be seen
MOST_TICKS = 12
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
ICONS = {Severity.CRITICAL: "◆", Severity.HIGH: "▲", Severity.MEDIUM: "●", Severity.LOW: "■"}


@dataclass(frozen=True, slots=True)
class Label:
    """A stretch of the axis; ``text`` is empty where there is no room for it, ``title`` is always there."""

    x: float
    width: float
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """What one party's lane shows. ``speech``, ``unheard``: data of SVG paths, one unit high."""

    party: Party
    speech: str
    unheard: str
    emotions: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """One piece of evidence. ``row`` None: the rows are full there, it is drawn without its sign."""

    x: float
    width: float
    row: int | None
    sign: str
    anchor: str
    title: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything at its place, in units of a picture :data:`WIDTH` wide and ``height`` high."""

    duration_s: float
    marker_rows: int
    markers: tuple[Marker, ...]
    lanes: tuple[Lane, ...]
    sounds: tuple[Label, ...]
    silences: tuple[Label, ...]
    ticks: tuple[Label, ...]
    borders: tuple[Label, ...]

    @property
    def lanes_y(self) -> int:
        return self.marker_rows * MARKER_HEIGHT + (BORDER_HEIGHT if self.borders else 0) + 6

    def lane_y(self, place: int) -> int:
        return self.lanes_y + place * LANE_HEIGHT

    @property
    def sounds_y(self) -> int:
        return self.lane_y(len(self.lanes))

    @property
    def silences_y(self) -> int:
        return self.sounds_y + bool(self.sounds) * ROW_HEIGHT

    @property
    def axis_y(self) -> int:
        return self.silences_y + bool(self.silences) * ROW_HEIGHT + 4

    @property
    def height(self) -> int:
        return self.axis_y + AXIS_HEIGHT


@dataclass(frozen=True, slots=True)
class CoverBar:
    """Paths of a window :data:`BAR_WIDTH` wide, one unit high: the speech in it, and what of it was not heard."""

    speech: str
    gaps: str


class _Scale:
    """Seconds between two ends to units between two others."""

    def __init__(self, start_s: float, end_s: float, left: float, right: float) -> None:
        self.start_s, self.end_s = start_s, max(end_s, start_s + 1.0)
        self._left, self._right = left, right

    def x(self, at_s: float) -> float:
        share = min(1.0, max(0.0, (at_s - self.start_s) / (self.end_s - self.start_s)))
        return round(self._left + share * (self._right - self._left), 1)

    def width(self, start_s: float, end_s: float) -> float:
        return round(max(MERGE_WIDTH, self.x(end_s) - self.x(start_s)), 1)

    def path(self, spans: Iterable[tuple[float, float]]) -> str:
        """All spans as boxes one unit high in one path; those with no visible gap between them as one box."""
        boxes: list[list[float]] = []
        for start_s, end_s in sorted(spans):
            x = self.x(start_s)
            until = x + self.width(start_s, end_s)
            if boxes and x - boxes[-1][1] < MERGE_WIDTH:
                boxes[-1][1] = max(boxes[-1][1], until)
            else:
                boxes.append([x, until])
        return "".join(f"M{x:.1f} 0h{until - x:.1f}v1h{x - until:.1f}z" for x, until in boxes)

    def labels(self, spans: Iterable[tuple[float, float, str, str]]) -> tuple[Label, ...]:
        """(start, end, text, title) in order of time; a text that would run into the one before is left out."""
        made: list[Label] = []
        free = 0.0
        for start_s, end_s, text, title in spans:
            x = self.x(start_s)
            shown = text if x >= free and x + CHAR_WIDTH * len(text) <= WIDTH else ""
            if shown:
                free = x + CHAR_WIDTH * (len(text) + 1)
            made.append(Label(x, self.width(start_s, end_s), shown, title))
        return tuple(made)


def draw(hearing: Hearing, findings: Sequence[tuple[Finding, dict[str, Evidence]]], say: Say) -> Timeline:
    """The picture of a hearing. ``findings``: in the order of their numbers on the page, their evidence by anchor."""
    recording = hearing.recording
    place = _Scale(0.0, recording.duration_s, LEFT, RIGHT)
    markers = _markers(place, findings, say)
    rows = max((marker.row + 1 for marker in markers if marker.row is not None), default=0)
    return Timeline(
        duration_s=place.end_s,
        marker_rows=rows,
        markers=markers,
        lanes=tuple(_lane(place, hearing, party, say) for party in _parties(hearing)),
        sounds=place.labels(_sounds(hearing, say)),
        silences=place.labels(_silences(hearing, say)),
        ticks=_ticks(place),
        borders=tuple(
            Label(place.x(part.start_s), 0.0, "", say("html_segment", no=part.segment_no))
            for part in recording.joined[1:]
        ),
    )


def draw_cover(coverage: Coverage, hearing: Hearing, party: Party) -> CoverBar:
    """The window of a coverage as a bar: speech of the party (of anybody when unknown), and what of it was lost."""
    place = _Scale(coverage.start_s, coverage.end_s, 0.0, BAR_WIDTH)
    wanted = set(Party) if party is Party.UNKNOWN else {party, Party.UNKNOWN}
    within = (
        (max(span.start_s, coverage.start_s), min(span.end_s, coverage.end_s))
        for span in hearing.speech
        if span.party in wanted
    )
    speech = ((start_s, end_s) for start_s, end_s in within if start_s < end_s)
    return CoverBar(place.path(speech), place.path(coverage.gaps))


def _ticks(place: _Scale) -> tuple[Label, ...]:
    """Round times, at most a dozen."""
    step = next((step for step in _STEPS_S if place.end_s / step <= MOST_TICKS), _STEPS_S[-1])
    return tuple(Label(place.x(at), 0.0, f"{at // 60}:{at % 60:02}", "") for at in range(0, int(place.end_s) + 1, step))


def _parties(hearing: Hearing) -> list[Party]:
    """Agent and customer always; the others only when they speak."""
    heard = {span.party for span in hearing.speech} | {span.party for span in hearing.unheard}
    heard |= {Party.AGENT, Party.CUSTOMER}
    return [party for party in Party if party in heard]


def _lane(place: _Scale, hearing: Hearing, party: Party, say: Say) -> Lane:
    hints = (_hint(span, say) for span in hearing.emotions if span.party is party)
    return Lane(
        party,
        place.path((span.start_s, span.end_s) for span in hearing.speech if span.party is party),
        place.path((span.start_s, span.end_s) for span in hearing.unheard if span.party is party),
        place.labels(sorted(hints)),
    )


def _hint(span: EmotionSpan, say: Say) -> tuple[float, float, str, str]:
    label = say(span.label)
    return span.start_s, span.end_s, label, f"{label} {clock(span.start_s)}–{clock(span.end_s)}"


def _sounds(hearing: Hearing, say: Say) -> Iterator[tuple[float, float, str, str]]:
    for sound in sorted(hearing.sounds, key=lambda one: one.start_s):
        label = say(f"sound_{sound.kind}")
        yield sound.start_s, sound.end_s, label, f"{label} {clock(sound.start_s)}–{clock(sound.end_s)}"


def _silences(hearing: Hearing, say: Say) -> Iterator[tuple[float, float, str, str]]:
    for span in silences(hearing):
        if span.duration_s >= LEAST_SILENCE_S:
            title = say("html_silence", seconds=span.duration_s, at=clock(span.start_s))
            yield span.start_s, span.end_s, f"{span.duration_s:.1f}", title


def _markers(place: _Scale, findings: Sequence[tuple[Finding, dict[str, Evidence]]], say: Say) -> tuple[Marker, ...]:
    shown = [
        (evidence, number, anchor, finding)
        for number, (finding, places) in enumerate(findings, start=1)
        for anchor, evidence in places.items()
    ]
    shown.sort(key=lambda one: one[0].start_s)
    free = [0.0] * MOST_ROWS
    made = []
    for evidence, number, anchor, finding in shown:
        x = place.x(evidence.start_s)
        left = min(x, RIGHT - MARKER_WIDTH)
        row = next((row for row, until in enumerate(free) if until <= left), None)
        if row is not None:
            free[row] = left + MARKER_WIDTH
        width = place.width(evidence.start_s, evidence.end_s)
        doubt = "?" if finding.outcome is Outcome.UNDETERMINED else ""
        title = f"{number} {say(finding.severity)} {say(finding.outcome)} {finding.title} {clock(evidence.start_s)}"
        made.append(Marker(left, width, row, f"{ICONS[finding.severity]}{number}{doubt}", anchor, title, finding))
    return tuple(made)
