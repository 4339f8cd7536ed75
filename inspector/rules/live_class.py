"""When in a running call a rule can tell for good: at once, when its window closes, or only after the call.

::

    call        |----×-----------------|-------------|   × the words, | the window closes
    early            ^
    deadline                           ^
    after_call                                       ^

Derived from the rule and from the events that it hangs on; the same file judges live and stored calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from inspector.model import Kind
from inspector.rules.facts import fields_of
from inspector.rules.logic import All, Name, parse, sides
from inspector.rules.matchers import Leaf
from inspector.rules.schema import Anchor, Rule, Where

__all__ = ["LATE_FACTS", "Live", "LiveClass", "counts_turns", "live_of", "stands_alone"]


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
_NOT_SAID = "到通话结束都没说才算"


def live_of(rule: Rule, rules: Mapping[str, Rule]) -> Live:
    """The live class of a rule that answers for calls; ``rules``: those of its packs, by id."""
    weighed = _Weighed(rule, rules)
    if waits := tuple(dict.fromkeys(weighed.waits())):
        return Live(LiveClass.AFTER_CALL, tuple(why for why in waits if why != _NOT_SAID) or waits)
    if closes := tuple(dict.fromkeys(weighed.closes())):
        return Live(LiveClass.DEADLINE, closes)
    return Live(LiveClass.EARLY, (_EARLY,))


def stands_alone(rule: Rule) -> bool:
    """Does every hit of the rule stand by the passage that it lies in, whatever else is said in the call?"""
    hangs = any(asker.about is not None or not asker.where.is_whole for _, asker in rule.askers())
    absent = bool(rule.logic) and not all(wanted for _, wanted in sides(parse(rule.logic)))
    return not (rule.kind is Kind.REQUIRED or hangs or absent or any(True for _ in rule.references()))


def counts_turns(where: Where) -> bool:
    """Do turns tell where the window ends, so that whoever was not heard may have ended it?"""
    return bool(where.within_turns or any(end is not None and end.turns for end in (where.first, where.last)))


class _Found(IntEnum):
    """When it is known where an event occurred.

    ``LATER``: something said afterwards makes it one, but then all its places so far are known.
    """

    AT_ONCE = 0
    LATER = 1
    AT_THE_END = 2


@dataclass(frozen=True, slots=True)
class _Asked:
    """A window, and whether what counts is that something was said there or that it was not."""

    label: str
    where: Where
    said: bool


class _Weighed:
    """One rule beside the others of its packs."""

    def __init__(self, rule: Rule, rules: Mapping[str, Rule]) -> None:
        self.rule = rule
        self.rules = rules

    def waits(self) -> Iterator[str]:
        """What the rest of the call, or what is known only afterwards, can change."""
        rule = self.rule
        yield from (_OF_MEASURE[name] for name in rule.match.measures if name in _OF_MEASURE)
        if _has_sequence(rule):
            yield "几句话连起来看，后面的话还会改变"
        if rule.not_when:
            yield f"之后出现{self._titles(rule.not_when)}就不适用"
        for asked in self._asked():
            yield from (f"{asked.label}{why}" for why in self._open(asked))
        if late := self._late_data():
            yield f"业务数据 {'、'.join(sorted(late))} 通话结束后才有"
        if moving := tuple(dict.fromkeys(self._moving())):
            yield f"{self._titles(moving)}发生在哪里，通话结束才定"

    def closes(self) -> Iterator[str]:
        """What has to be over where something was not said, or where turns are counted among unheard speech."""
        for asked in self._asked():
            if not asked.said or (asked.label and counts_turns(asked.where)):
                yield f"{asked.label}{self._end(asked.where)}就能断定"

    def found(self, name: str) -> _Found:
        """When it is known where an event, rule or condition of this rule occurred."""
        if name in self.rule.conditions:
            condition = self.rule.conditions[name]
            return self._found_in(condition.where, condition)
        return _Weighed(self.rules[name], self.rules)._found_as_event()

    def _asked(self) -> Iterator[_Asked]:
        blames = self.rule.kind is not Kind.REQUIRED
        if not self.rule.logic:
            yield _Asked("", self.rule.where, blames)
            return
        for name, wanted in sides(parse(self.rule.logic), blames):
            yield _Asked(f"{name}：", self.rule.conditions[name].where, wanted)

    def _open(self, asked: _Asked) -> Iterator[str]:
        """Why only the end of the call closes the window. That something was said is sure without that."""
        where, hung = asked.where, [name for _, name in asked.where.anchors()]
        if where.last is not None:
            yield "要看最后几句"
        if _has_percent(where):
            yield "要看整通说多久"
        if where.which == "last" or (where.which == "every" and asked.label):
            yield "要看最后一处"
        if asked.said or where.last is not None:
            return
        if asked.label and hung:
            yield f"{self._titles(hung)}可能没听清，到通话结束都没说才算"
        elif where.which == "any" or not self._end(where):
            yield _NOT_SAID

    def _late_data(self) -> frozenset[str]:
        data = self.rule.facts
        conditions = (name for at in type(data).model_fields for name in getattr(data, at))
        return LATE_FACTS.intersection(field for condition in conditions for field in fields_of(condition))

    def _moving(self) -> Iterator[str]:
        """Events that may yet turn out to have occurred where they now seem not to."""
        rule = self.rule
        gates = (*rule.needs, *rule.needs_any, *rule.not_when)
        yield from (name for name in gates if self.found(name) is _Found.AT_THE_END)
        for asked in self._asked():
            opens, ends = asked.where.opens, _ends(asked.where)
            alone = (*(opens if len(opens) == 1 else ()), *([asked.where.since] if asked.where.since else ()))
            yield from (name for name in alone if self.found(name) is _Found.AT_THE_END)
            together = (*ends, *(opens if len(opens) > 1 else ()))
            yield from (name for name in together if self.found(name) is not _Found.AT_ONCE)

    def _found_as_event(self) -> _Found:
        """Where business data prove an event, its place is the party's last words so far."""
        rule = self.rule
        by_one = any(self.found(name) is not _Found.AT_ONCE for name in rule.needs_any)
        if rule.facts.satisfied or rule.not_when or by_one or self._late_data() or _has_sequence(rule):
            return _Found.AT_THE_END
        gate = _Found.LATER if rule.needs or rule.needs_any else _Found.AT_ONCE
        own = self._found_together() if rule.logic else self._found_in(rule.where, rule.match)
        return max((gate, own, *map(self.found, rule.needs)))

    def _found_together(self) -> _Found:
        """Of several conditions that must all be met, the last makes an event of all."""
        expression = parse(self.rule.logic)
        parts = expression.of if isinstance(expression, All) else (expression,)
        whole = (isinstance(part, Name) and self.rule.conditions[part.name].where.is_whole for part in parts)
        return _Found.LATER if all(whole) else _Found.AT_THE_END

    def _found_in(self, where: Where, leaf: Leaf) -> _Found:
        """Where several words together make it, it begins with the first of them, and nobody knows before the last."""
        if where.is_whole:
            return _Found.AT_ONCE if leaf.distinct is None else _Found.LATER
        tied = leaf.distinct or where.since or counts_turns(where) or where.which in ("last", "every")
        if where.after is None or tied or any(self.found(end) is not _Found.AT_ONCE for end in _ends(where)):
            return _Found.AT_THE_END
        return max(_Found.LATER, self.found(where.after))

    def _end(self, where: Where) -> str:
        """What closes the window of something that must be said; empty when only the end of the call does."""
        if where.first is not None:
            return f"开头{_length(where.first)}过完"
        if where.between is not None:
            return f"通话到 {where.between.to_s:g} 秒" if where.between.to_s is not None else ""
        opened = f"{f'第 {where.nth} 处' if where.nth else ''}{self._titles(where.opens)}"
        if where.reaches and not (where.after or where.around):
            return f"出现{opened}"
        ends = [f"出现{self._titles((event,))}" for event in _ends(where)]
        if length := _length(Anchor(turns=where.within_turns or None, seconds=where.within_s)):
            ends.append(f"{opened}之后{length}过完")
        elif where.within_turns == 0:
            ends.append(f"{opened}那一句说完")
        return "或".join(ends)

    def _titles(self, names: Iterable[str]) -> str:
        """Rules by their titles, conditions by their names."""
        return "、".join(f"“{name if name in self.rule.conditions else self.rules[name].title}”" for name in names)


def _ends(where: Where) -> tuple[str, ...]:
    """The events that the window does not reach beyond."""
    befores = where.befores if where.after or not where.reaches else ()
    return (*befores, *((where.until,) if where.until else ()))


def _has_sequence(rule: Rule) -> bool:
    return any(leaf.sequence is not None for _, leaf in rule.leaves())


def _has_percent(where: Where) -> bool:
    return bool((where.first and where.first.percent) or (where.between and where.between.to_percent))


def _length(anchor: Anchor) -> str:
    """``2 句、20 秒`` (whichever is longer), with a space before; empty when neither is written."""
    turns = f" {anchor.turns} 句" if anchor.turns is not None else ""
    seconds = f" {anchor.seconds:g} 秒" if anchor.seconds is not None else ""
    return f"{turns}、{seconds.strip()}" if turns and seconds else turns + seconds
