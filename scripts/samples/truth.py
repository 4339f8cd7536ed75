"""What is true of a recording, as JSON: who says what when, what sounds when, what must come out."""

from __future__ import annotations

import json

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
    spans = [
        (item.event, round(max(0.0, item.start_s + delay_s), 2), round(min(duration_s, item.end_s + delay_s), 2))
        for item in sorted(placed, key=lambda item: item.start_s)
    ]
    turns = [
        {
            "party": party(event.speaker),
            "speaker": event.speaker,
            "start_s": start_s,
            "end_s": end_s,
            "text": event.text,
        }
        for event, start_s, end_s in spans
        if isinstance(event, Utterance)
    ]
    sounds = [
        {"kind": event.kind, "start_s": start_s, "end_s": end_s}
        for event, start_s, end_s in spans
        if isinstance(event, Sound)
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
    expect = {"fires": list(call.fires), "never": list(call.never)}
    fields = [*(f'  "{key}": {as_json(value)},' for key, value in head.items()), _rows("turns", turns)]
    return "\n".join(["{", *fields, _rows("sounds", sounds), f'  "expect": {as_json(expect)}', "}\n"])


def _rows(key: str, rows: list[dict[str, object]]) -> str:
    """A list, one line per entry."""
    lines = ",\n".join(f"    {as_json(row)}" for row in rows)
    return f'  "{key}": [\n{lines}\n  ],' if rows else f'  "{key}": [],'


def as_json(value: object) -> str:
    """One line of JSON; Chinese stays readable."""
    return json.dumps(value, ensure_ascii=False)
