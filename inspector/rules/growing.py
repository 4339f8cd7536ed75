"""The passages of a call that goes on: which are made anew at a step, and which will never change.

::

    agent     |您好云川银行|               |这款产品|  …            may go on
    customer                |我想买理财产品|                       closed: the agent has taken over
    settled   |############||##############|
    settled_until_s                        ^                       what comes later changes nothing before
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inspector.model import TURN_PAUSE_S, Hearing, Party, SpeechSpan, Turn, Unheard
from inspector.rules.passages import Passage, passages_of
from inspector.rules.value import AROUND_S

__all__ = ["GrowingPassages", "heard_by"]

_PARTIES = tuple(Party)


class GrowingPassages:
    """What :func:`passages_of` makes of a hearing that grows, each passage the same object as long as it is the same.

    ``passages``: all of them. ``settled``: those that stay as they are, whatever is heard later and whoever a party
    unknown turns out to be. ``settled_until_s``: all before it is settled and nothing reaches over it; ``before``: the
    passages there.
    """

    def __init__(self) -> None:
        self.passages: tuple[Passage, ...] = ()
        self.settled: tuple[Passage, ...] = ()
        self.before: tuple[Passage, ...] = ()
        self.settled_until_s = 0.0
        self._turns: tuple[Turn, ...] = ()  # those before settled_until_s
        self._rest: dict[tuple[Turn, ...], Passage] = {}

    def hear(self, hearing: Hearing, complete_s: float) -> None:
        """``hearing``: all so far, turns by start; whatever is not in it yet begins at ``complete_s`` or later."""
        if hearing.turns[: len(self._turns)] != self._turns:  # somebody was taken for another party: begin again
            self._turns, self.before, self._rest = (), (), {}
        rest = replace(hearing, turns=hearing.turns[len(self._turns) :])
        made = {passage.turns: passage for passage in passages_of(rest)}
        self._rest = {turns: self._rest.get(turns, passage) for turns, passage in made.items()}
        closed = _closed(self._rest.values(), rest, complete_s)
        self.passages = tuple(sorted((*self.before, *self._rest.values()), key=_place))
        self.settled = tuple(sorted((*self.before, *closed), key=_place))
        until_s = self.settled_until_s = _settled_until_s(hearing, self.settled, complete_s)
        self.before = tuple(passage for passage in self.settled if passage.turns[0].start_s < until_s)
        self._turns = tuple(turn for turn in hearing.turns if turn.start_s < until_s)


def _place(passage: Passage) -> tuple[float, int]:
    return passage.start_s, _PARTIES.index(passage.party)


def _closed(passages: Iterable[Passage], hearing: Hearing, complete_s: float) -> tuple[Passage, ...]:
    """The passages that nothing can join any more: not what is said next, nor what somebody unknown has said."""
    next_words = [
        Turn(party, "", complete_s, complete_s + 1, "。", (complete_s,), (complete_s,), (1.0,)) for party in Party
    ]
    turns = tuple(sorted((*hearing.turns, *next_words), key=lambda turn: turn.start_s))
    unjoined = {passage.turns for passage in passages_of(replace(hearing, turns=turns))}
    unknown = [turn for turn in hearing.turns if turn.party is Party.UNKNOWN]
    return tuple(
        passage
        for passage in passages
        if passage.party is not Party.UNKNOWN
        and passage.turns in unjoined
        and _end_s(passage) + AROUND_S <= complete_s
        and not any(_may_join(turn, passage) for turn in unknown)
    )


def _may_join(turn: Turn, passage: Passage) -> bool:
    starts_s, ends_s = passage.turns[0].start_s, _end_s(passage)
    return turn.start_s - ends_s < TURN_PAUSE_S and starts_s - turn.end_s < TURN_PAUSE_S


def _end_s(passage: Passage) -> float:
    return max(turn.end_s for turn in passage.turns)


def _settled_until_s(hearing: Hearing, settled: tuple[Passage, ...], complete_s: float) -> float:
    """The latest time before which all is settled and known, and that nothing reaches over."""
    known = {id(turn) for passage in settled for turn in passage.turns}
    spoken: list[SpeechSpan | Unheard] = [*hearing.speech, *hearing.unheard]
    open_s = [turn.start_s for turn in hearing.turns if id(turn) not in known]
    open_s += [span.start_s for span in spoken if span.party is Party.UNKNOWN]
    spans = [(span.start_s, span.end_s) for span in spoken]
    spans += [(passage.turns[0].start_s, _end_s(passage)) for passage in settled]
    until_s = min([complete_s, *open_s])
    while over := [start_s for start_s, end_s in spans if start_s < until_s < end_s]:
        until_s = min(over)
    return until_s


def heard_by(hearing: Hearing, at_s: float) -> tuple[Hearing, float]:
    """What had been heard at a time of a call that is known to its end, and the time before which nothing lacks.

    Whatever was not over by then is left out: words come when they are complete.
    """
    cut = replace(
        hearing,
        recording=replace(hearing.recording, duration_s=at_s),
        turns=tuple(one for one in hearing.turns if one.end_s <= at_s),
        speech=tuple(one for one in hearing.speech if one.end_s <= at_s),
        unheard=tuple(one for one in hearing.unheard if one.end_s <= at_s),
        sounds=tuple(one for one in hearing.sounds if one.end_s <= at_s),
        emotions=tuple(one for one in hearing.emotions if one.end_s <= at_s),
    )
    columns = (hearing.turns, hearing.speech, hearing.unheard, hearing.sounds, hearing.emotions)
    begun_s = (min((one.start_s for one in column if one.end_s > at_s), default=at_s) for column in columns)
    return cut, min(at_s, *begun_s)
