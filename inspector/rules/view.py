"""One call as the rules see it: passages, events found so far, windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.model import Because, Call, Hearing, Party, Span, SpeechSpan
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

    ``cut``: the recording lacks the part of the call that the window is about. ``others_from_s``: from when the words
    of others count (an announcement before the agent's first word).
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
        return Window(Span(start_s, end_s), cut, start_s) if start_s < end_s else None

    def _speech(self, party: Party | None) -> list[SpeechSpan]:
        own = [span for span in self.hearing.speech if party is None or span.party is party]
        return own or [span for span in self.hearing.speech if span.party is Party.UNKNOWN]

    def _first(self, anchor: Anchor, party: Party | None) -> Window | None:
        speech = self._speech(party)
        if not speech:
            return None
        start_s = min(span.start_s for span in speech)
        end_s = start_s + (anchor.seconds or 0.0)
        own = [turn for turn in self.hearing.turns if party is None or turn.party is party]
        if anchor.turns is not None and own:
            end_s = max(end_s, own[: anchor.turns][-1].end_s)
        return Window(Span(start_s, max(end_s, start_s + 0.001)), self.hearing.starts_cut, 0.0)

    def _last(self, anchor: Anchor, party: Party | None) -> Window | None:
        speech = self._speech(party)
        if not speech:
            return None
        end_s = max(span.end_s for span in speech)
        start_s = end_s - (anchor.seconds or 0.0)
        own = [turn for turn in self.hearing.turns if party is None or turn.party is party]
        if anchor.turns is not None and own:
            start_s = min(start_s, own[-anchor.turns :][0].start_s)
        start_s = max(0.0, min(start_s, end_s - 0.001))
        return Window(Span(start_s, end_s), self.hearing.recording.ends_early, start_s)
