"""One call as the rules see it: passages, events found so far, windows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from inspector.model import Because, Call, Hearing, Party, Span, SpeechSpan, Turn
from inspector.rules.grade import Graded, grade, grade_all
from inspector.rules.match import Hit
from inspector.rules.measure import end_s_of
from inspector.rules.passages import Passage, passages_of
from inspector.rules.plan import CompiledRule, Plan
from inspector.rules.schema import Anchor, Where

__all__ = ["CallView", "Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """Where a rule looks.

    ``cut``: the recordings lack the part of the call that the window is about, or one in which nobody is known may be
    that part. ``others_from_s``: from when the words of others count (an announcement before the agent's first word).
    """

    span: Span
    cut: bool
    others_from_s: float


class CallView:
    """What rules may ask about a call. Events are found once, when first asked for."""

    def __init__(self, call: Call, hearing: Hearing, plan: Plan) -> None:
        self.call = call
        self.hearing = hearing
        self.plan = plan
        self.passages = passages_of(hearing)
        self.end_s = end_s_of(hearing)
        self._events: dict[str, tuple[Graded, ...]] = {}

    def heard_from(self, *parties: Party) -> list[Passage]:
        return [passage for passage in self.passages if passage.party in parties]

    def event(self, event_id: str) -> tuple[Graded, ...]:
        """Places where the event occurred, sure ones and doubtful ones, in time order."""
        if event_id not in self._events:
            self._events[event_id] = self.graded(self.plan.rules[event_id])
        return self._events[event_id]

    def sure(self, event_id: str) -> list[Graded]:
        return [place for place in self.event(event_id) if place.because is None]

    def graded(self, compiled: CompiledRule) -> tuple[Graded, ...]:
        """Hits of the rule's wording that are not cancelled, each with its doubt or None."""
        heard = self.heard_from(*compiled.parties, Party.UNKNOWN)
        return self.places(compiled, compiled.parts[0][1].all(heard, compiled.least))

    def places(self, compiled: CompiledRule, hits: list[Hit]) -> tuple[Graded, ...]:
        """What is left of the hits when guards, exceptions and the product in talk have been asked."""

        def grade_one(hit: Hit) -> Graded | None:
            return grade(hit, compiled, self.hearing, self.passages, self.call.facts)

        return grade_all(hits, grade_one)

    def doubt_about(self, event_ids: Iterable[str]) -> tuple[bool, Because | None]:
        """Have all these events occurred? (False, None) = one surely not; (False, why) = one only perhaps."""
        why = None
        for event_id in event_ids:
            places = self.event(event_id)
            if not places:
                return False, None
            if not self.sure(event_id):
                why = why or places[0].because
        return why is None, why

    def has_fact(self, names: Iterable[str]) -> bool:
        """Is any of these business data (``field`` or ``field=value``) known and not false?"""
        known = self.call.facts.known()
        for name in names:
            field, _, value = name.partition("=")
            fact = known.get(field)
            if value and str(fact).lower() == value.lower():
                return True
            if not value and fact not in (None, False, ""):
                return True
        return False

    def window(self, where: Where, party: Party | None) -> Window | None:
        """The window in this call, or None when it does not occur."""
        if where.first is not None:
            return self._first(where.first, party)
        if where.last is not None:
            return self._last(where.last, party)
        start_s = 0.0
        end_s = self.end_s
        cut = self.hearing.recording.ends_early
        if where.after is not None:
            sure = self.sure(where.after)
            if not sure:
                return None
            start_s = sure[0].hit.end_s
            end_s = min(end_s, start_s + where.within_s) if where.within_s else end_s
        if where.before is not None:
            since_s = min((place.hit.start_s for place in self.sure(where.since)), default=0.0) if where.since else 0.0
            later = [place.hit.start_s for place in self.sure(where.before) if place.hit.start_s > since_s]
            end_s, cut = (later[0], False) if later else (end_s, cut)
        cut = cut or self._hole_in(start_s, end_s)
        return Window(Span(start_s, end_s), cut, start_s) if start_s < end_s else None

    def _own(self, party: Party | None) -> tuple[list[SpeechSpan], list[Turn]]:
        """Speech and turns of the party (None: of anybody but a machine); those of a party unknown stand in for it."""
        human = (Party.AGENT, Party.CUSTOMER, Party.UNKNOWN) if party is None else (party,)
        for wanted in (human, (Party.UNKNOWN,)):
            if speech := [span for span in self.hearing.speech if span.party in wanted]:
                return speech, [turn for turn in self.hearing.turns if turn.party in wanted]
        return [], []

    def _first(self, anchor: Anchor, party: Party | None) -> Window | None:
        """From the party's first word on, within the leg that has it: the next agent's greeting opens no call."""
        speech, turns = self._own(party)
        if not speech:
            return None
        # A turn begins with the detector's margin before its speech: its first word must not lie outside.
        start_s = min([span.start_s for span in speech] + [turn.start_s for turn in turns])
        end_s = start_s + (anchor.seconds or 0.0)
        if anchor.turns is not None and turns:
            end_s = max(end_s, turns[: anchor.turns][-1].end_s)
        leg_start_s, leg_end_s = self._leg(start_s)
        end_s = min(max(end_s, start_s + 0.001), leg_end_s)
        cut = self.hearing.starts_cut or self._hole_in(0.0, end_s) or self._unknown_in(0.0, leg_start_s)
        return Window(Span(start_s, end_s), cut, 0.0)

    def _last(self, anchor: Anchor, party: Party | None) -> Window | None:
        """Up to the party's last word, within the leg that has it."""
        speech, turns = self._own(party)
        if not speech:
            return None
        last_start_s = max(span.start_s for span in speech)
        last_end_s = max([span.end_s for span in speech] + [turn.end_s for turn in turns])
        start_s = last_end_s - (anchor.seconds or 0.0)
        if anchor.turns is not None and turns:
            start_s = min(start_s, turns[-anchor.turns :][0].start_s)
        leg_start_s, leg_end_s = self._leg(last_start_s)
        start_s = max(leg_start_s, min(start_s, last_end_s - 0.001))
        cut = self.hearing.recording.ends_early or self._hole_in(start_s, self.end_s)
        cut = cut or self._unknown_in(leg_end_s, self.end_s)
        return Window(Span(start_s, last_end_s), cut, start_s)

    def _leg(self, at_s: float) -> tuple[float, float]:
        """Where the recording begins that holds this time, and where the next one does."""
        starts_s = [leg.start_s for leg in self.hearing.recording.joined]
        before_s, after_s = [s for s in starts_s if s <= at_s], [s for s in starts_s if s > at_s]
        return max(before_s, default=0.0), min(after_s, default=math.inf)

    def _hole_in(self, start_s: float, end_s: float) -> bool:
        """Is a part of the call missing there?"""
        return any(start_s <= hole_s <= end_s for hole_s in self.hearing.recording.holes_s)

    def _unknown_in(self, start_s: float, end_s: float) -> bool:
        """Does somebody speak there who may be anyone?"""
        return any(s.party is Party.UNKNOWN and start_s <= s.start_s < end_s for s in self.hearing.speech)
