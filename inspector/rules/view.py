"""One call as the rules see it: passages, events found so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from inspector.model import Because, Call, Coverage, Hearing, Kind, Party, Span
from inspector.rules.conditions import occurrences
from inspector.rules.coverage import cover
from inspector.rules.facts import holds, in_force
from inspector.rules.grade import Graded, grade, grade_all
from inspector.rules.match import Heard, Wording
from inspector.rules.measure import end_s_of
from inspector.rules.passages import Passage, passages_of
from inspector.rules.phrases import Hit
from inspector.rules.plan import CompiledRule, Plan
from inspector.rules.schema import Rule

__all__ = ["CallView"]


class CallView:
    """What rules may ask about a call. Events are found once, when first asked for.

    ``passages``: those of the hearing where they are known already, else they are made.
    """

    def __init__(self, call: Call, hearing: Hearing, plan: Plan, passages: tuple[Passage, ...] | None = None) -> None:
        self.call = call
        self.hearing = hearing
        self.plan = plan
        self.passages = passages_of(hearing) if passages is None else passages
        self._all = Heard(self.passages, plan.index)
        self.end_s = end_s_of(hearing)
        self.known: dict[Any, Any] = {}
        """What rules of one kind ask alike, by what they ask; kept."""
        self._covers: dict[tuple[Span, Party | None], Coverage] = {}
        self._heard: dict[tuple[Party, ...], Heard] = {}
        self._events: dict[str, tuple[Graded, ...]] = {}

    def heard_from(self, *parties: Party) -> Heard:
        """What these parties say; the same object whoever asks."""
        if parties not in self._heard:
            self._heard[parties] = self._all.only(parties)
        return self._heard[parties]

    @property
    def whole(self) -> Span:
        """The call from its beginning to its end; 1 ms at least."""
        return Span(0.0, max(self.end_s, 0.001))

    def cover(self, window: Span, party: Party | None) -> Coverage:
        """How well a window was heard; many rules ask for the same."""
        if (window, party) not in self._covers:
            self._covers[window, party] = cover(self.hearing, window, party)
        return self._covers[window, party]

    def event(self, event_id: str) -> tuple[Graded, ...]:
        """Places where the event (or condition, by its own id) occurred, sure ones and doubtful ones, in time order."""
        if event_id not in self._events:
            compiled = self.plan.anchors[event_id]
            said = occurrences(compiled, self)
            known = () if any(place.because is None for place in said) else self._known(compiled)
            self._events[event_id] = tuple(sorted((*said, *known), key=lambda place: place.hit.start_s))
        return self._events[event_id]

    def _known(self, compiled: CompiledRule) -> tuple[Graded, ...]:
        """An event that business data prove although nobody was heard to say it: at the party's last words."""
        if compiled.rule.kind is not Kind.EVENT or not holds(self.call.facts, compiled.rule.facts.satisfied):
            return ()
        own = [passage for passage in self.passages if passage.party in compiled.parties and passage.text]
        if not own:
            return ()
        last = max(own, key=lambda passage: passage.start_s)
        wanted = "、".join(compiled.rule.facts.satisfied)
        return (Graded(Hit(last, 0, len(last.text), wanted, "entity", 1.0), None),)

    def sure(self, event_id: str) -> list[Graded]:
        return [place for place in self.event(event_id) if place.because is None]

    def graded(self, compiled: CompiledRule) -> tuple[Graded, ...]:
        """Hits of the rule's wording that are not cancelled, each with its doubt or None."""
        return self.said(compiled, compiled.parts[0][1], compiled.least, compiled.listeners)

    def said(
        self, compiled: CompiledRule, wording: Wording, least: float, parties: tuple[Party, ...]
    ) -> tuple[Graded, ...]:
        """Where these parties say a wording of the rule with a score of ``least`` or more, graded."""
        return self.places(compiled, wording.all(self.heard_from(*parties), least))

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

    def one_of(self, event_ids: Sequence[str]) -> Sequence[str]:
        """Of several events of which one must have occurred, the one that most surely has."""
        return sorted(event_ids, key=lambda event_id: (not self.sure(event_id), not self.event(event_id)))[:1]

    def prerequisites(self, rule: Rule) -> tuple[bool, Because | None]:
        """Is there anything for the rule to judge? (False, None) = surely not; (False, why) = only perhaps.

        Where an event of ``not_when`` perhaps occurred, the rule only perhaps applies.
        """
        if not rule.is_conditional:
            return True, None
        data = rule.facts
        if not in_force(self.call.facts, rule.effective):
            return False, None
        if holds(self.call.facts, data.not_applicable) or (data.only and not holds(self.call.facts, data.only)):
            return False, None
        applies, perhaps = self.doubt_about((*rule.needs, *self.one_of(rule.needs_any)))
        if not applies and perhaps is None:
            return False, None
        if any(self.sure(event_id) for event_id in rule.not_when):
            return False, None
        exempt = [place.because for event_id in rule.not_when for place in self.event(event_id)]
        return (False, exempt[0]) if applies and exempt else (applies, perhaps)
