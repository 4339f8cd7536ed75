"""Calls written as text: the notation of rule examples and of ``inspector rules try``.

::

    # product=理财                    business data: any field of the manifest; end=5:00, start=cut, hold=0:08-0:30
    0:01 A 您好云川银行                A agent, C customer, S system, ? unknown
    0:04.5-0:07 C [conf=0.3] 我想问一下   with an end; tags before the words
    0:08-0:10 ~ A                     speech of the agent that was not heard

Without an end an utterance lasts 4 characters a second, not beyond the same party's next start.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from inspector.errors import ErrorKind, RecordingError
from inspector.model import (
    Call,
    EmotionSpan,
    Facts,
    Hearing,
    Layout,
    MadeBy,
    Party,
    Recording,
    Speaker,
    SpeechSpan,
    Turn,
    Unheard,
    UnheardWhy,
)
from inspector.text import content_length

__all__ = ["CHARS_PER_S", "parse_call", "parse_chat"]

CHARS_PER_S = 4.0
_LEAST_S = 0.25
_MOST_CHARS = 300_000  # ten hours of talk
_MOST_LINES = 10_000
_LONGEST_S = 600_000.0  # 9999 minutes, the last that M:SS can write
_PARTIES = {"A": Party.AGENT, "C": Party.CUSTOMER, "S": Party.SYSTEM, "?": Party.UNKNOWN}
_TIME = r"(\d{1,4}):(\d{1,2}(?:\.\d{1,3})?)"
_LINE = re.compile(rf"^{_TIME}(?:\s*-\s*{_TIME})?\s+(~\s*)?([ACS?])(?=\s|$)\s*((?:\[[^\]]*\]\s*)*)(.*)$")
_HEADER = re.compile(r"^#\s*([a-z_]+|custom\.\w+)\s*=\s*(.*?)\s*$")
_FACT_NAMES = {"product": "product_type", "hangup": "hangup_by", "hold": "hold_spans"}
_FACTS = TypeAdapter(Facts)


@dataclass(frozen=True, slots=True)
class _Line:
    party: Party
    start_s: float
    end_s: float | None
    unheard: bool
    tags: dict[str, float]
    text: str


@dataclass(frozen=True, slots=True)
class _Header:
    value: str
    number: int


def parse_call(text: str, name: str) -> tuple[Call, Hearing]:
    """One call in the notation above. Raises RecordingError(BAD_CALL_TEXT) naming the line."""
    lines: list[_Line] = []
    headers: dict[str, _Header] = {}
    for number, raw in _lines(text, name):
        line = _checked(raw, name, number).strip()
        if header := _HEADER.match(line):
            headers[header[1]] = _Header(header[2], number)
        elif line and not line.startswith("#"):
            lines.append(_parse_line(line, name, number))
    return _assemble(name, text, sorted(lines, key=lambda line: line.start_s), headers)


def parse_chat(text: str, name: str) -> tuple[Call, Hearing]:
    """A chat transcript, JSON lines of ``{"party", "text", "start_s"?}``; without times, one after the other."""
    lines: list[_Line] = []
    at_s = 0.0
    for number, raw in _lines(text, name):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw)
            party, words = Party(row["party"]), str(row["text"])
            at_s = float(row.get("start_s", at_s))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            remedy = 'write {"party": "agent", "text": "…"}'
            raise _fault(name, number, f"no chat message ({type(error).__name__})", remedy) from error
        if not 0 <= at_s <= _LONGEST_S:
            raise _fault(name, number, "impossible start_s", "write seconds from the start of the chat")
        if content_length(_checked(words, name, number)):  # a smiley alone says nothing that a rule could judge
            lines.append(_Line(party, at_s, None, False, {}, words))
            at_s += content_length(words) / CHARS_PER_S + 0.5
    ordered = sorted(lines, key=lambda line: line.start_s)
    return _assemble(name, text, ordered, {"channel": _Header("chat", 1)})


def _fault(name: str, number: int, what: str, remedy: str) -> RecordingError:
    return RecordingError(ErrorKind.BAD_CALL_TEXT, f"{name}, line {number}: {what}", remedy)


def _lines(text: str, name: str) -> Iterable[tuple[int, str]]:
    lines = text.splitlines()
    if len(text) > _MOST_CHARS or len(lines) > _MOST_LINES:
        what = f"more than {_MOST_LINES:,} lines or {_MOST_CHARS:,} characters"
        raise _fault(name, min(len(lines), _MOST_LINES), what, "write no more than ten hours of talk in one file")
    return enumerate(lines, 1)


def _checked(text: str, name: str, number: int) -> str:
    """The text itself, unless it holds half a character (a lone surrogate), which nothing can store."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _fault(name, number, "broken characters", "save the text as UTF-8") from error
    return text


def _parse_line(line: str, name: str, number: int) -> _Line:
    found = _LINE.match(line)
    if found is None:
        raise _fault(name, number, "not an utterance", "write M:SS A|C|S|? 文字, for example 0:01 A 您好")
    minutes, seconds, end_minutes, end_seconds, unheard, party, tags, text = found.groups()
    start_s = int(minutes) * 60 + float(seconds)
    end_s = int(end_minutes) * 60 + float(end_seconds) if end_minutes else None
    if float(seconds) >= 60 or (end_seconds and float(end_seconds) >= 60):
        raise _fault(name, number, "seconds beyond 59", "write minutes and seconds as M:SS")
    if end_s is not None and end_s <= start_s:
        raise _fault(name, number, "it ends before it begins", "correct the times")
    if unheard and (end_s is None or text):
        raise _fault(name, number, "unheard speech needs an end and has no words", "write M:SS-M:SS ~ A")
    if not unheard and not content_length(text):
        raise _fault(name, number, "no words", "write the words, or M:SS-M:SS ~ A for speech not heard")
    return _Line(_PARTIES[party], start_s, end_s, bool(unheard), _parse_tags(tags, name, number), text)


def _parse_tags(tags: str, name: str, number: int) -> dict[str, float]:
    parsed = {}
    for tag in tags.replace("[", " ").replace("]", " ").split():
        key, _, value = tag.partition("=")
        if key not in ("conf", "agitation", "negativity") or not re.fullmatch(r"0(\.\d+)?|1(\.0+)?", value):
            raise _fault(name, number, f"unknown tag {tag}", "use conf=, agitation=, negativity= with 0 … 1")
        parsed[key] = float(value)
    return parsed


def _assemble(name: str, text: str, lines: list[_Line], headers: dict[str, _Header]) -> tuple[Call, Hearing]:
    if not lines:
        raise _fault(name, 1, "no utterances", "write at least one line such as 0:01 A 您好")
    digest = hashlib.sha256(text.encode()).hexdigest()
    timed = [(line, _end_s(line, lines[place + 1 :])) for place, line in enumerate(lines)]
    end_s, starts_cut = _limits(headers, name)
    duration_s = max(end_s, max(end for _, end in timed))
    recording = Recording(digest, name, duration_s, 8000, 2, "text", Layout.STEREO)
    spoken = [(line, end) for line, end in timed if not line.unheard]
    parties = sorted({line.party for line, _ in spoken})
    hearing = Hearing(
        recording=recording,
        speakers=tuple(Speaker(f"S{n}", party, 1.0, "as written") for n, party in enumerate(parties, 1)),
        turns=tuple(_turn(line, end, f"S{parties.index(line.party) + 1}") for line, end in spoken),
        speech=tuple(SpeechSpan(line.party, line.start_s, end) for line, end in timed),
        unheard=tuple(Unheard(ln.party, ln.start_s, end, UnheardWhy.NO_TEXT) for ln, end in timed if ln.unheard),
        sounds=(),
        emotions=tuple(
            EmotionSpan(line.party, line.start_s, end, label, score, ("as written",))
            for line, end in spoken
            for label, score in line.tags.items()
            if label != "conf"
        ),
        made_by=MadeBy(None, None, None, None),
        has_sound=False,
        starts_cut=starts_cut,
    )
    return Call("file", digest, _facts(headers, name)), hearing


def _limits(headers: dict[str, _Header], name: str) -> tuple[float, bool]:
    """Takes out the headers that are no business data: the end of the call, and whether its start is missing."""
    end = headers.pop("end", None)
    end_s = _seconds(end.value, f"end={end.value}", name, end.number) if end else 0.0
    starts_cut = "start" in headers and headers["start"].value == "cut"
    if starts_cut:
        del headers["start"]
    return end_s, starts_cut


def _end_s(line: _Line, later: list[_Line]) -> float:
    if line.end_s is not None:
        return line.end_s
    end_s = line.start_s + max(_LEAST_S, content_length(line.text) / CHARS_PER_S)
    following = (other.start_s for other in later if other.party is line.party and other.start_s > line.start_s)
    return min(end_s, next(following, end_s))


def _turn(line: _Line, end_s: float, speaker: str) -> Turn:
    count = len(line.text)
    step_s = (end_s - line.start_s) / count
    starts = tuple(round(line.start_s + place * step_s, 4) for place in range(count))
    ends = (*starts[1:], end_s)
    confidence = (line.tags.get("conf", 1.0),) * count
    return Turn(line.party, speaker, line.start_s, end_s, line.text, starts, ends, confidence)


def _seconds(text: str, what: str, name: str, number: int) -> float:
    found = re.fullmatch(_TIME, text.strip())
    if found is None or float(found[2]) >= 60:
        raise _fault(name, number, f"{what} is no time", "write times as M:SS")
    return int(found[1]) * 60 + float(found[2])


def _span(text: str, name: str, number: int) -> tuple[float, float]:
    start, _, end = text.partition("-")
    start_s, end_s = (_seconds(time, f"hold={text}", name, number) for time in (start, end))
    if end_s <= start_s:
        raise _fault(name, number, f"hold={text} ends before it begins", "write # hold=M:SS-M:SS")
    return start_s, end_s


def _facts(headers: dict[str, _Header], name: str) -> Facts:
    named: dict[str, object] = {}
    numbers: dict[str, int] = {}
    own = [key for key in headers if key.startswith("custom.")]
    custom = {key.removeprefix("custom."): headers.pop(key).value for key in own}
    for key, header in headers.items():
        field = _FACT_NAMES.get(key, key)
        if field not in Facts.__slots__ or field == "custom":
            remedy = "use product=, hangup=, hold=, end=, start=cut or a manifest field"
            raise _fault(name, header.number, f"unknown header {key}", remedy)
        numbers[field] = header.number
        spans = field == "hold_spans"
        named[field] = tuple(_span(s, name, header.number) for s in header.value.split(",")) if spans else header.value
    try:
        facts: Facts = _FACTS.validate_python(named | {"custom": custom})
    except ValidationError as error:
        wrong = error.errors()[0]
        field = str(wrong["loc"][0])
        raise _fault(name, numbers[field], f"header {field}: {wrong['msg']}", "correct its value") from error
    for field, value in facts.known().items():
        if isinstance(value, float) and not math.isfinite(value):
            raise _fault(name, numbers[field], f"header {field} is no number", "correct its value")
    return facts
