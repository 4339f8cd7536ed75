"""When in a running call a rule can tell for good: at once, when its window closes, or only after the call.

::

    call        |----×-----------------|-------------|   × the words, | the window closes
    early            ^
    deadline                           ^
    after_call                                       ^

Derived from the rule and from the events that it hangs on; the same file judges live and stored calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from inspector.model import Kind
from inspector.rules.facts import fields_of
from inspector.rules.schema import Anchor, Rule, Where

__all__ = ["LATE_FACTS", "Live", "LiveClass", "live_of", "stands_alone"]


class LiveClass(StrEnum):
    """``early``: once it fires it stays. ``deadline``: decided when its window closes. ``after_call``: by its end."""

    EARLY = "early"
    DEADLINE = "deadline"
    AFTER_CALL = "after_call"


@dataclass(frozen=True, slots=True)
class Live:
    """The live class of a rule and, in Chinese, why: what decides it, or all that it has to wait for."""

    live_class: LiveClass
    why: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.why:
            raise ValueError(f"{self.live_class} needs a reason")


LATE_FACTS = frozenset(
    {
        "talk_s",
        "hold_spans",
        "transfer_to",
        "hangup_by",
        "wrap_up_code",
        "ticket_no",
        "ticket_type",
        "csat",
        "nps",
        "ces",
    }
)
"""Business data that nobody has before the call is over."""

_OF_MEASURE = {
    "silence": "是不是保持，通话结束后才有数据",
    "interruption": "要数完整通的次数",
    "rate": "要量完整通的语速",
    "response": "客户接着说或坐席随后说明等候，期限都会变",
    "emotion": "要与本人整通平常的声音相比",
    "hangup": "要看最后谁挂机、说到哪里",
    "repeat": "要数完整通说了几遍",
    "duration": "通话结束才知道多长",
    "turns": "要数完整通的次数",
    "talk_share": "要量完整通的说话",
    "loudness": "要与本人整通平常的声音相比",
    "nl": "要看完整通",
}
_EARLY = "话一说完就能断定"


def live_of(rule: Rule, rules: Mapping[str, Rule]) -> Live:
    """The live class of a rule that answers for calls; ``rules``: those of its packs, by id."""
    if waits := (*_waits(rule, rules),):
        return Live(LiveClass.AFTER_CALL, waits)
    if rule.kind is not Kind.REQUIRED:
        return Live(LiveClass.EARLY, (_EARLY,))
    closes = _closes(rule.where, rules)
    return Live(LiveClass.DEADLINE, (closes,)) if closes else Live(LiveClass.AFTER_CALL, ("到通话结束都没说才算",))


def stands_alone(rule: Rule) -> bool:
    """Does every hit of the rule stand by the passage that it lies in, whatever else is said in the call?"""
    hangs = rule.about is not None or rule.where != Where() or any(True for _ in rule.references())
    return rule.kind is not Kind.REQUIRED and not hangs


def _waits(rule: Rule, rules: Mapping[str, Rule]) -> Iterator[str]:
    """What the rest of the call, or what is known only afterwards, can change."""
    yield from (_OF_MEASURE[name] for name in rule.match.measures if name in _OF_MEASURE)
    if any(leaf.sequence for _, leaf in rule.leaves()):
        yield "几句话连起来看，后面的话还会改变"
    if rule.not_when:
        yield f"之后出现{_titles(rule.not_when, rules)}就不适用"
    if rule.where.last is not None:
        yield "要看最后几句"
    if rule.where.which == "last":
        yield "要看最后一处"
    conditions = (name for at in type(rule.facts).model_fields for name in getattr(rule.facts, at))
    if late := LATE_FACTS.intersection(field for condition in conditions for field in fields_of(condition)):
        yield f"业务数据 {'、'.join(sorted(late))} 通话结束后才有"
    targets = {event: rules[event] for _, event in rule.references()}
    if moving := [event for event, target in targets.items() if _may_move(target)]:
        yield f"{_titles(moving, rules)}发生在哪里，通话结束才定"


def _may_move(target: Rule) -> bool:
    """Where business data prove an event, its place is the party's last words so far.

    Where several words together make it, it begins with the first of them, and nobody knows before the last.
    """
    together = target.match.distinct is not None or target.match.sequence is not None
    return together or bool(target.facts.satisfied) or target.where != Where() or any(True for _ in target.references())


def _closes(where: Where, rules: Mapping[str, Rule]) -> str:
    """What closes the window of something that must be said; empty when only the end of the call does."""
    if where.first is not None:
        return f"开头{_length(where.first)}过完就能断定"
    if where.around is not None:
        return f"{_titles((where.around,), rules)}之后 {where.within_s:g} 秒过完就能断定"
    ends = [f"出现{_titles((event,), rules)}" for event in (*where.befores, *((where.until,) if where.until else ()))]
    if length := _length(Anchor(turns=where.within_turns, seconds=where.within_s)):
        ends.append(f"{_titles((where.after or '',), rules)}之后{length}过完")
    return f"{'或'.join(ends)}就能断定" if ends else ""


def _length(anchor: Anchor) -> str:
    """``2 句、20 秒`` (whichever is longer), with a space before; empty when neither is written."""
    turns = f" {anchor.turns} 句" if anchor.turns is not None else ""
    seconds = f" {anchor.seconds:g} 秒" if anchor.seconds is not None else ""
    return f"{turns}、{seconds.strip()}" if turns and seconds else turns + seconds


def _titles(events: tuple[str, ...] | list[str], rules: Mapping[str, Rule]) -> str:
    return "、".join(f"“{rules[event].title}”" for event in events)
