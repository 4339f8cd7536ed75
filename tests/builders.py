"""Small things that tests build calls and rules of. Parties by their letter in the notation: A, C, S, ?."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from inspector.model import (
    Call,
    Facts,
    Hearing,
    Inspection,
    Layout,
    MadeBy,
    Outcome,
    Party,
    Recording,
    SoundSpan,
    SpeechSpan,
    Turn,
    Unheard,
    UnheardWhy,
)
from inspector.rules.judge import judge
from inspector.rules.load import Packs, load_packs
from inspector.rules.notation import parse_call
from inspector.rules.passages import Passage, passages_of
from inspector.rules.plan import Plan, compile_plan
from inspector.rules.schema import Guard, Rule

ROOT = Path(__file__).resolve().parents[1]
PARTIES = {"A": Party.AGENT, "C": Party.CUSTOMER, "S": Party.SYSTEM, "?": Party.UNKNOWN}
CHARS_PER_S = 4.0


def turn(letter: str, start_s: float, text: str, end_s: float | None = None, conf: float = 1.0) -> Turn:
    """An utterance, its characters evenly spread; 4 a second when no end is given."""
    end_s = start_s + len(text) / CHARS_PER_S if end_s is None else end_s
    step_s = (end_s - start_s) / len(text)
    starts = tuple(start_s + place * step_s for place in range(len(text)))
    ends = (*starts[1:], end_s)
    return Turn(PARTIES[letter], letter, start_s, end_s, text, starts, ends, (conf,) * len(text))


def lost(letter: str, start_s: float, end_s: float) -> Unheard:
    """Speech without text."""
    return Unheard(PARTIES[letter], start_s, end_s, UnheardWhy.NO_TEXT)


def hearing_of(
    *said: Turn | Unheard,
    sounds: Sequence[tuple[float, float]] = (),
    duration_s: float = 0.0,
    starts_cut: bool = False,
    ends_early: bool = False,
) -> Hearing:
    """A hearing in which speech is exactly what was said or lost."""
    turns = tuple(sorted((one for one in said if isinstance(one, Turn)), key=lambda one: one.start_s))
    unheard = tuple(one for one in said if isinstance(one, Unheard))
    spoken = sorted(said, key=lambda one: one.start_s)
    length_s = max([duration_s, *(one.end_s for one in said)])
    return Hearing(
        recording=Recording("r" * 64, "built", length_s, 8000, 2, "text", Layout.STEREO, ends_early),
        speakers=(),
        turns=turns,
        speech=tuple(SpeechSpan(one.party, one.start_s, one.end_s) for one in spoken),
        unheard=unheard,
        sounds=tuple(SoundSpan(*span) for span in sounds),
        emotions=(),
        made_by=MadeBy(None, None, None, None),
        starts_cut=starts_cut,
    )


def passage(text: str, letter: str = "A") -> Passage:
    """One utterance as the matchers see it."""
    (found,) = passages_of(hearing_of(turn(letter, 0.0, text)))
    return found


def rule_of(kind: str = "forbidden", match: dict[str, Any] | None = None, **fields: Any) -> Rule:
    """A rule with what every rule needs; fields by their names in YAML."""
    given: dict[str, Any] = {
        "id": "test.rule",
        "version": 1,
        "title": "测试",
        "kind": kind,
        "class": "测试",
        "severity": "high",
        "status": "test",
        "who": "agent",
        "match": match or {"phrases": ["稳赚不赔"]},
    }
    return Rule.model_validate(given | fields)


def event_of(name: str, *phrases: str, who: str = "any") -> Rule:
    return rule_of("event", {"phrases": list(phrases)}, id=f"event.{name}", who=who)


def plan_of(*rules: Rule, guards: tuple[Guard, ...] | None = None) -> Plan:
    """A plan of these rules; with the guards that ship unless others are given."""
    return compile_plan(rules, shipped().guards if guards is None else guards)


@cache
def shipped() -> Packs:
    """The packs that ship, read once."""
    return load_packs(ROOT / "rules")


@cache
def shipped_plan() -> Plan:
    return shipped().plan()


def judged(plan: Plan, hearing: Hearing | str, **facts: Any) -> Inspection:
    """The inspection of a built hearing or of a call in notation."""
    if isinstance(hearing, str):
        call, heard = parse_call(hearing, "built")
        return judge(call, heard, plan, "test")
    return judge(Call("test", "1", Facts(**facts)), hearing, plan, "test")


def outcome(plan: Plan, hearing: Hearing | str, rule_id: str = "test.rule", **facts: Any) -> Outcome:
    return judged(plan, hearing, **facts).by_rule[rule_id]
