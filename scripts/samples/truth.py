"""What is true of a recording, as JSON: who says what when, what sounds when, what must come out."""

from __future__ import annotations

import json
from dataclasses import asdict

from .codecs import CODECS
from .script import SIDE, SYSTEM, CallScript, Sound, Utterance
from .telephone import SAMPLE_RATE
from .timeline import Placed


def file_name(call: CallScript) -> str:
    """The recording's path below the set's directory."""
    return f"calls/{call.id}.{CODECS[call.line.codec].suffix}"


def party(speaker: str) -> str:
    """Agent, customer, or system: a menu or a bot is nobody to be judged."""
    return "system" if speaker in SYSTEM else SIDE[speaker]


def truth_text(call: CallScript, placed: list[Placed], frames: int, sha256: str, delay_s: float) -> str:
    """Truth of one recording as JSON, one line per field and per turn; times on the clock of the decoded file."""
    duration_s = frames / SAMPLE_RATE
    in_order = sorted(placed, key=lambda item: item.start_s)
    turns = [_turn(item.event, item, delay_s, duration_s) for item in in_order if isinstance(item.event, Utterance)]
    sounds = [
        {"kind": item.event.kind, **_times(item.start_s, item.end_s, delay_s, duration_s)}
        for item in in_order
        if isinstance(item.event, Sound)
    ]
    segment = call.segment
    head = {
        "id": call.id,
        "file": file_name(call),
        "sha256": sha256,
        "codec": call.line.codec,
        "duration_s": round(duration_s, 3),
        "layout": call.line.layout,
        "agent_channel": call.line.agent_channel,
        "tags": list(call.tags),
        "call": {"source_call_id": segment.call_id, "segment_no": segment.no, "segment_count": segment.count},
    }
    if call.pair:
        head["pair"] = asdict(call.pair)
    expect = {"fires": list(call.fires), "never": list(call.never)}
    fields = [*(f'  "{key}": {as_json(value)},' for key, value in head.items()), _rows("turns", turns)]
    return "\n".join(["{", *fields, _rows("sounds", sounds), f'  "expect": {as_json(expect)}', "}\n"])


def _turn(said: Utterance, item: Placed, delay_s: float, duration_s: float) -> dict[str, object]:
    """Who says what when; the clauses too where they were spoken one by one."""
    row: dict[str, object] = {"party": party(said.speaker), "speaker": said.speaker}
    row |= _times(item.start_s, item.end_s, delay_s, duration_s) | {"text": said.text}
    if said.clauses:
        times = [_times(start_s, end_s, delay_s, duration_s) for start_s, end_s in item.parts_s]
        row["clauses"] = [time | {"text": text} for time, text in zip(times, said.clauses, strict=True)]
    return row


def _times(start_s: float, end_s: float, delay_s: float, duration_s: float) -> dict[str, object]:
    """A span on the clock of the decoded file, in the file."""
    return {"start_s": round(max(0.0, start_s + delay_s), 2), "end_s": round(min(duration_s, end_s + delay_s), 2)}


def _rows(key: str, rows: list[dict[str, object]]) -> str:
    """A list, one line per entry."""
    lines = ",\n".join(f"    {as_json(row)}" for row in rows)
    return f'  "{key}": [\n{lines}\n  ],' if rows else f'  "{key}": [],'


def as_json(value: object) -> str:
    """One line of JSON; Chinese stays readable."""
    return json.dumps(value, ensure_ascii=False)
