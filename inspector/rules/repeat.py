"""Judges repetition: a party says nearly the same turn again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.model import Because, Evidence, Outcome, Party, Span, Turn
from inspector.rules.grade import LEAST_HIT_CONFIDENCE
from inspector.rules.matchers import Repeat
from inspector.rules.passages import join_turns
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict
from inspector.rules.view import CallView
from inspector.text import content_length

__all__ = ["judge_repeat", "likeness"]


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn by sound, one code for each syllable; ``place``: which of the party's turns it is."""

    turn: Turn
    place: int
    codes: str

    @property
    def doubt(self) -> Because | None:
        if self.turn.party is Party.UNKNOWN:
            return Because.PARTY_UNKNOWN
        # A recogniser that guesses repeats itself.
        return Because.LOW_CONFIDENCE if self.turn.confidence < LEAST_HIT_CONFIDENCE else None


def judge_repeat(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires at the longest run of turns alike that reaches ``times``; undetermined where it needs doubtful turns."""
    limits = compiled.rule.match.repeat
    if limits is None or not any(turn.party in (*compiled.parties, Party.UNKNOWN) for turn in view.hearing.turns):
        return NOT_APPLICABLE
    by_party = [_said(compiled, view, limits, party) for party in compiled.parties]
    sure = _longest([[one for one in said if one.doubt is None] for said in by_party], limits)
    if len(sure) >= limits.times:
        return Verdict(Outcome.FIRES, None, _evidence(sure), None, f"共{len(sure)}遍")
    perhaps = _longest(by_party, limits)
    if len(perhaps) < limits.times:
        return SILENT
    because = next(one.doubt for one in perhaps if one.doubt is not None)
    span = Span(perhaps[0].turn.start_s, max(one.turn.end_s for one in perhaps))
    return Verdict(Outcome.UNDETERMINED, because, _evidence(perhaps), view.cover(span, compiled.party))


def _said(compiled: CompiledRule, view: CallView, limits: Repeat, party: Party) -> list[_Said]:
    """The turns of the party, and of somebody unknown who may be that party, that are long enough to be compared."""
    own = [turn for turn in view.hearing.turns if turn.party in (party, Party.UNKNOWN)]
    long = ((place, turn) for place, turn in enumerate(own) if content_length(turn.text) >= limits.min_chars)
    passages = [(place, turn, join_turns([turn])) for place, turn in long]
    return [
        _Said(turn, place, passage.codes)
        for place, turn, passage in passages
        if compiled.beside is None or not compiled.beside.all([passage], compiled.accept)
    ]


def _longest(by_party: Sequence[list[_Said]], limits: Repeat) -> list[_Said]:
    """The longest run of turns of one party that are alike, each near the one before; the first of equals."""
    runs: list[list[_Said]] = [[]]
    for said in by_party:
        for at, first in enumerate(said):
            run = [first]
            for one in said[at + 1 :]:
                if one.place - run[-1].place > limits.within_turns:
                    break
                if likeness(first.codes, one.codes, limits.similar) >= limits.similar:
                    run.append(one)
            runs.append(run)
    return max(runs, key=len)


def likeness(one: str, other: str, least: float) -> float:
    """Share of syllables, one code each, that two turns share: 1 - edit distance / longer length (Levenshtein 1966).

    0 when their lengths or their syllables in any order keep them below ``least``.
    """
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    if not longer or shorter / longer < least or (Counter(one) & Counter(other)).total() / longer < least:
        return 0.0
    above = list(range(len(other) + 1))
    for row, mine in enumerate(one, 1):
        left, diagonal = row, above[0]
        above[0] = row
        for at, theirs in enumerate(other, 1):
            left = min(left + 1, above[at] + 1, diagonal + (mine != theirs))
            diagonal, above[at] = above[at], left
    return 1 - above[-1] / longer


def _evidence(run: list[_Said]) -> tuple[Evidence, ...]:
    first = run[0]
    return tuple(
        Evidence(
            round(one.turn.start_s, 3),
            round(one.turn.end_s, 3),
            one.turn.party,
            one.turn.text,
            f"第{count}遍",
            "repeat",
            round(likeness(first.codes, one.codes, 0.0), 4),
        )
        for count, one in enumerate(run, 1)
    )
