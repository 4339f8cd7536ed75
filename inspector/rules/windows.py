"""Where a rule looks in a call: the opening, the closing, before, after or around something that was said.

::

    event                |×|                      |×|
    around 10 s     |#########|              |#########|
    after 10 s             |#####|                  |#####|      which: first, last, nth, every or any
    before          #######|
    before, 5 s       |####|                   |####|
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inspector.model import TURN_PAUSE_S, Evidence, Party, Span, SpeechSpan, Turn
from inspector.rules.grade import Graded
from inspector.rules.phrases import Hit
from inspector.rules.plan import CompiledRule
from inspector.rules.schema import Anchor, Between, Where
from inspector.rules.verdict import evidence_of

if TYPE_CHECKING:
    from inspector.rules.view import CallView

__all__ = ["Window", "context_of", "is_cut", "windows_of"]


@dataclass(frozen=True, slots=True)
class Window:
    """Where a rule looks.

    ``cut``: the recordings lack the part of the call that the window is about, or one in which nobody is known may be
    that part. ``others_from_s``: from when the words of others count (an announcement before the agent's first word).
    ``anchor``: what was said that opens it.
    """

    span: Span
    cut: bool
    others_from_s: float
    anchor: Graded | None = None

    def holds(self, hit: Hit, judged: Collection[Party]) -> bool:
        """Does the hit begin in here? ``judged``: the parties whose own window it is."""
        own = hit.passage.party in judged
        return (self.span.start_s - 0.01 if own else self.others_from_s) <= hit.start_s < self.span.end_s


def windows_of(view: CallView, where: Where, party: Party | None) -> tuple[Window, ...]:
    """The windows in this call, in order of time; none when what the rule is about does not occur."""
    if where.is_whole:
        if "whole call" not in view.known:
            view.known["whole call"] = _between(view, 0.0, where, None)
        found = [view.known["whole call"]]
    elif where.first is not None:
        found = [_first(view, where.first, party)]
    elif where.last is not None:
        found = [_last(view, where.last, party)]
    elif where.between is not None:
        found = [_stretch(view, where.between, party)]
    elif where.around is not None:
        found = [_around(view, place, where, party) for place in _anchors(view, where)]
    elif where.after is not None:
        found = [_after(view, place, where, party) for place in _anchors(view, where)]
    elif where.reaches:
        found = [_up_to(view, place, where, party) for place in _anchors(view, where)]
    else:
        found = [_between(view, 0.0, where, None)]
    return tuple(window for window in found if window is not None)


def _anchors(view: CallView, where: Where) -> list[Graded]:
    """The places that open a window each."""
    places = _in_time(view, where.opens)
    if where.since is not None and where.after is None:
        places = [place for place in places if place.hit.start_s > _since_s(view, where.since)]
    nth = where.nth or 1
    chosen = {"first": places[:1], "last": places[-1:], "nth": places[nth - 1 : nth]}
    return chosen.get(where.which, places)


def _in_time(view: CallView, event_ids: Iterable[str]) -> list[Graded]:
    """Where any of the events surely occurred."""
    places = [place for event_id in event_ids for place in view.sure(event_id)]
    return sorted(places, key=lambda place: place.hit.start_s)


def _since_s(view: CallView, event_id: str) -> float:
    return min((place.hit.start_s for place in view.sure(event_id)), default=0.0)


def _around(view: CallView, place: Graded, where: Where, party: Party | None) -> Window | None:
    start_s = _back_s(view, place, where, party)
    end_s = place.hit.end_s + (where.within_s or 0.0)
    if where.within_turns is not None:
        end_s = max(end_s, *(_turns_end_s(view, party, place, count) for count in (0, where.within_turns)))
    return _window(view, start_s, min(view.end_s, end_s), place)


def _up_to(view: CallView, place: Graded, where: Where, party: Party | None) -> Window | None:
    return _window(view, _back_s(view, place, where, party), place.hit.start_s, place)


def _back_s(view: CallView, place: Graded, where: Where, party: Party | None) -> float:
    """From when on a window looks that reaches back from an event."""
    starts_s = [place.hit.start_s - (where.within_s or 0.0)]
    if where.within_turns is not None:
        starts_s.append(_turns_start_s(view, party, place, where.within_turns))
    return max(0.0, min(starts_s))


def _after(view: CallView, place: Graded, where: Where, party: Party | None) -> Window | None:
    start_s = place.hit.end_s
    ends_s = [start_s + where.within_s] if where.within_s else []
    if where.within_turns is not None:
        ends_s += [_turns_end_s(view, party, place, where.within_turns)]
    end_s = max(ends_s, default=view.end_s)
    if where.until is not None:
        end_s = min([end_s, *(until.hit.start_s for until in view.sure(where.until) if until.hit.start_s > start_s)])
    window = _between(view, start_s, where, place, end_s)
    may_have_been_answered = where.before is None and where.which in ("first", "nth") and _hole_in(view, 0.0, start_s)
    return replace(window, cut=True) if window and may_have_been_answered else window


def _turns_end_s(view: CallView, party: Party | None, place: Graded, count: int) -> float:
    """Where the party's ``count``-th turn after the place ends.

    It may have had turns that were not heard or are not known to be its own, so with fewer turns the call goes on to
    its end; with no such speech at all it had no turn. The 0th is the turn of the place itself, with what was not
    heard of it: speech that a shorter pause than that between turns parts from it.
    """
    own_end_s = max((turn.end_s for turn in _turns_of(view, place)), default=place.hit.end_s)
    if count == 0:
        for span in sorted(_joining(view, place), key=lambda span: span.start_s):
            if own_end_s < span.end_s and span.start_s - own_end_s < TURN_PAUSE_S:
                own_end_s = span.end_s
        return own_end_s
    speech, turns = _own(view, party)
    later = [turn.end_s for turn in turns if turn.start_s > place.hit.start_s]
    if len(later) >= count:
        return later[count - 1]
    maybe = [*speech, *(span for span in view.hearing.speech if span.party is Party.UNKNOWN)]
    return view.end_s if any(span.start_s >= place.hit.end_s for span in maybe) else place.hit.end_s


def _turns_start_s(view: CallView, party: Party | None, place: Graded, count: int) -> float:
    """Where the party's ``count``-th turn before the place begins; the other way round like :func:`_turns_end_s`."""
    own_start_s = min((turn.start_s for turn in _turns_of(view, place)), default=place.hit.start_s)
    if count == 0:
        for span in sorted(_joining(view, place), key=lambda span: -span.end_s):
            if span.start_s < own_start_s and own_start_s - span.end_s < TURN_PAUSE_S:
                own_start_s = span.start_s
        return own_start_s
    speech, turns = _own(view, party)
    earlier = [turn.start_s for turn in turns if turn.end_s < place.hit.end_s and turn.start_s < own_start_s]
    if len(earlier) >= count:
        return earlier[-count]
    maybe = [*speech, *(span for span in view.hearing.speech if span.party is Party.UNKNOWN)]
    return 0.0 if any(span.end_s <= place.hit.start_s for span in maybe) else own_start_s


def _turns_of(view: CallView, place: Graded) -> list[Turn]:
    """The turns that hold the place."""
    hit = place.hit
    own = (turn for turn in view.hearing.turns if turn.party is hit.passage.party)
    return [turn for turn in own if turn.start_s < hit.end_s and hit.start_s < turn.end_s]


def _joining(view: CallView, place: Graded) -> list[SpeechSpan]:
    """Speech that may belong to the turn of the place: of the same party, heard or not, or of somebody unknown."""
    parties = (place.hit.passage.party, Party.UNKNOWN)
    return [span for span in view.hearing.speech if span.party in parties]


def _between(
    view: CallView, start_s: float, where: Where, anchor: Graded | None, end_s: float = math.inf
) -> Window | None:
    """From a time on, to the ``before`` event if there is one."""
    end_s = min(end_s, view.end_s)
    if where.befores:
        since_s = _since_s(view, where.since) if where.since else start_s
        later = [place.hit.start_s for place in _in_time(view, where.befores) if place.hit.start_s > since_s]
        end_s = min([end_s, *later[:1]])
    return _window(view, start_s, end_s, anchor)


def _window(view: CallView, start_s: float, end_s: float, anchor: Graded | None) -> Window | None:
    if start_s >= end_s:
        return None
    cut = (view.hearing.recording.ends_early and end_s >= view.end_s) or _hole_in(view, start_s, end_s)
    return Window(Span(start_s, end_s), cut, start_s, anchor)


def _own(view: CallView, party: Party | None) -> tuple[list[SpeechSpan], list[Turn]]:
    """Speech and turns of the party (None: of anybody but a machine); those of a party unknown stand in for it."""
    human = (Party.AGENT, Party.CUSTOMER, Party.UNKNOWN) if party is None else (party,)
    for wanted in (human, (Party.UNKNOWN,)):
        if speech := [span for span in view.hearing.speech if span.party in wanted]:
            return speech, [turn for turn in view.hearing.turns if turn.party in wanted]
    return [], []


def _first(view: CallView, anchor: Anchor, party: Party | None) -> Window | None:
    """From the party's first word on, within the leg that has it: the next agent's greeting opens no call.

    Whoever is unknown and speaks before may be the party too.
    """
    speech, turns = _own(view, party)
    if not speech:
        return None
    # A turn begins with the detector's margin before its speech: its first word must not lie outside.
    start_s = min([span.start_s for span in speech] + [turn.start_s for turn in turns])
    leg_start_s, leg_end_s = _leg(view, start_s)
    maybe = [*speech, *_unknown_in(view, leg_start_s, leg_end_s)]
    end_s = start_s + max(anchor.seconds or 0.0, _share_s(maybe, anchor.percent))
    if anchor.turns is not None:  # with fewer turns than that, what was not heard of it may be one
        few = max(span.end_s for span in maybe)
        end_s = max(end_s, turns[anchor.turns - 1].end_s if len(turns) >= anchor.turns else few)
    end_s = min(max(end_s, start_s + 0.001), leg_end_s, max(view.end_s, start_s + 0.001))
    cut = view.hearing.starts_cut or _hole_in(view, 0.0, end_s) or bool(_unknown_in(view, 0.0, leg_start_s))
    cut = cut or (anchor.percent is not None and is_cut(view, 0.0, math.inf))
    return Window(Span(min(start_s, *(span.start_s for span in maybe)), end_s), cut, 0.0)


def _last(view: CallView, anchor: Anchor, party: Party | None) -> Window | None:
    """Up to the party's last word, or that of somebody unknown who may be it, within the leg that has it."""
    speech, turns = _own(view, party)
    if not speech:
        return None
    last_start_s = max(span.start_s for span in speech)
    last_end_s = max([span.end_s for span in speech] + [turn.end_s for turn in turns])
    leg_start_s, leg_end_s = _leg(view, last_start_s)
    maybe = [*speech, *_unknown_in(view, leg_start_s, leg_end_s)]
    start_s = last_end_s - max(anchor.seconds or 0.0, _share_s(maybe, anchor.percent))
    if anchor.turns is not None:
        few = min(span.start_s for span in maybe)
        start_s = min(start_s, turns[-anchor.turns].start_s if len(turns) >= anchor.turns else few)
    start_s = max(leg_start_s, min(start_s, last_end_s - 0.001))
    cut = view.hearing.recording.ends_early or _hole_in(view, start_s, view.end_s)
    cut = cut or bool(_unknown_in(view, leg_end_s, view.end_s))
    cut = cut or (anchor.percent is not None and is_cut(view, 0.0, math.inf))
    human = [span for span in view.hearing.speech if span.party is not Party.SYSTEM]
    ended_it = party is not None and view.call.facts.hangup_by == party
    cut = cut or (anchor.spoke_last and not ended_it and max(span.end_s for span in human) > last_end_s)
    return Window(Span(start_s, max(last_end_s, *(span.end_s for span in maybe))), cut, start_s)


def _stretch(view: CallView, between: Between, party: Party | None) -> Window | None:
    """By the call's clock, or by what the party's words (or those that may be its) take of the call.

    Where the beginning of the call or any part of it is missing, nobody knows where that lies.
    """
    if between.to_s is not None:
        window = _window(view, between.from_s or 0.0, min(between.to_s, view.end_s), None)
        cut = is_cut(view, 0.0, between.to_s)
    else:
        speech, turns = _own(view, party)
        if not speech:
            return None
        speech = [*speech, *_unknown_in(view, 0.0, math.inf)]
        start_s = min([span.start_s for span in speech] + [turn.start_s for turn in turns])
        from_s, to_s = (start_s + _share_s(speech, share) for share in (between.from_percent, between.to_percent))
        window, cut = _window(view, from_s, min(to_s, view.end_s), None), is_cut(view, 0.0, math.inf)
    return replace(window, cut=True) if window is not None and cut else window


def _share_s(speech: list[SpeechSpan], percent: float | None) -> float:
    """A share of the time from the first word to the last, in seconds."""
    length_s = max(span.end_s for span in speech) - min(span.start_s for span in speech)
    return length_s * (percent or 0.0) / 100


def is_cut(view: CallView, start_s: float, end_s: float) -> bool:
    """Is a part of the call missing there, at its beginning or at its end?"""
    begins = view.hearing.starts_cut and start_s <= 0
    ends = view.hearing.recording.ends_early and end_s >= view.end_s
    return begins or ends or _hole_in(view, start_s, end_s)


def _leg(view: CallView, at_s: float) -> tuple[float, float]:
    """Where the recording begins that holds this time, and where the next one does."""
    starts_s = [leg.start_s for leg in view.hearing.recording.joined]
    before_s, after_s = [s for s in starts_s if s <= at_s], [s for s in starts_s if s > at_s]
    return max(before_s, default=0.0), min(after_s, default=math.inf)


def _hole_in(view: CallView, start_s: float, end_s: float) -> bool:
    """Is a part of the call missing there?"""
    return any(start_s <= hole_s <= end_s for hole_s in view.hearing.recording.holes_s)


def _unknown_in(view: CallView, start_s: float, end_s: float) -> list[SpeechSpan]:
    """What somebody who may be anyone says there."""
    return [s for s in view.hearing.speech if s.party is Party.UNKNOWN and start_s <= s.start_s < end_s]


def context_of(compiled: CompiledRule, view: CallView, window: Window) -> tuple[Evidence, ...]:
    """Where the events were that made the wording due, so that a reviewer can hear them."""
    where = compiled.rule.where
    places = [place for name in compiled.rule.needs for place in (view.sure(name) or view.event(name))[:1]]
    places += [window.anchor] if window.anchor else []
    places += [place for place in _in_time(view, where.befores) if place.hit.start_s == window.span.end_s]
    return tuple(evidence_of(hit) for hit in dict.fromkeys(place.hit for place in places))
