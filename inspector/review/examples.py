"""Where people and rules disagree, as examples in the notation of the packs, with invented numbers and names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector.enums import Party
from inspector.model import Turn
from inspector.redaction import replace_turns

__all__ = ["Example", "call_text", "pack_text"]

AROUND_S = 20.0
"""So much of the call before and after is part of the example."""
_LETTERS = {Party.AGENT: "A", Party.CUSTOMER: "C", Party.SYSTEM: "S", Party.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Example:
    """``expect``: what the rule should answer, ``silent`` or ``fires``. ``name``: says why. ``call``: its text."""

    rule_id: str
    rule_version: int
    expect: str
    name: str
    call: str


def call_text(turns: Sequence[Turn], spans: Iterable[tuple[float, float]], key: bytes) -> str:
    """What is said around these spans (without any: in the whole call), a line a turn, nobody's data left in it."""
    wanted = list(spans)
    first = min((start for start, _ in wanted), default=0.0) - AROUND_S
    last = max((end for _, end in wanted), default=float("inf")) + AROUND_S
    texts: dict[int, str] = {}
    for party in Party:  # of the whole call: a number may begin outside of the example
        own = [place for place, turn in enumerate(turns) if turn.party is party]
        texts |= zip(own, replace_turns([turns[place].text for place in own], key), strict=True)
    return "\n".join(
        f"{_clock(turn.start_s)}-{_clock(turn.end_s)} {_LETTERS[turn.party]} {texts[place]}"
        for place, turn in enumerate(turns)
        if turn.end_s >= first and turn.start_s <= last
    )


def pack_text(examples: Iterable[Example]) -> str:
    """Examples by rule, as YAML to be copied under its rule's ``examples``."""
    by_rule: dict[tuple[str, int], dict[str, list[Example]]] = {}
    for one in examples:
        by_rule.setdefault((one.rule_id, one.rule_version), {}).setdefault(one.expect, []).append(one)
    lines = ["rules:"] if by_rule else ["rules: []"]
    for (rule_id, version), of_rule in sorted(by_rule.items()):
        lines += [f"  - id: {rule_id}", f"    version: {version}", "    examples:"]
        for expect, own in sorted(of_rule.items()):
            lines.append(f"      {expect}:")
            for one in own:
                lines += [f"        - name: {_quoted(one.name)}", f"          call: {_quoted(one.call)}"]
    return "\n".join(lines) + "\n"


def _clock(at_s: float) -> str:
    whole, tenths = divmod(round(at_s * 10), 10)
    return f"{whole // 60}:{whole % 60:02d}.{tenths}"


def _quoted(text: str) -> str:
    """As a YAML scalar in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
