"""Why a rule answered as it did, told by the judge itself.

There is no second judge here: the rule judges a call that remembers what it was asked (:class:`_Watched`), and what
became of one hit is asked of ``CallView.places`` again with one guard, the exceptions or the product at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from inspector.model import Because, Call, Coverage, Hearing, Kind, Outcome, Party, Span
from inspector.rules.conditions import Answer, Asked
from inspector.rules.facts import fields_of, holds, in_force, value_of
from inspector.rules.grade import Graded
from inspector.rules.judge import answer
from inspector.rules.logic import sides, value
from inspector.rules.match import Wording
from inspector.rules.phrases import LEAST_SCORE, Hit
from inspector.rules.plan import CompiledLogic, CompiledRule, Plan
from inspector.rules.schema import Rule
from inspector.rules.verdict import Verdict
from inspector.rules.view import CallView
from inspector.rules.windows import Window, windows_of

__all__ = ["Condition", "EventSeen", "Explanation", "Fate", "Heard", "Joined", "Part", "Reason", "explain"]


class Fate(StrEnum):
    """What became of one place where wording was found."""

    STANDS = "stands"
    DOUBTFUL = "doubtful"
    CANCELLED = "cancelled"  # by an exception, a guard or the product in talk
    WITHIN = "within"  # a longer phrase that is cancelled or doubtful, or overlapping a surer one
    TOO_UNLIKE = "too_unlike"
    OTHER_PARTY = "other_party"


class Reason(StrEnum):
    """Why the rule answered so, in one word; for ``undetermined`` the verdict has it."""

    BY_DATA = "by_data"
    DATA_EXCLUDE = "data_exclude"
    NOT_IN_FORCE = "not_in_force"
    NOT_OCCURRED = "not_occurred"
    EXEMPT = "exempt"
    NO_WINDOW = "no_window"
    NO_BASIS = "no_basis"
    LOGIC_HOLDS = "logic_holds"
    LOGIC_HOLDS_NOT = "logic_holds_not"
    SAID = "said"
    NOT_SAID = "not_said"
    CANCELLED = "cancelled"
    OUTSIDE = "outside"
    TOO_FEW = "too_few"
    BEYOND_LIMIT = "beyond_limit"
    WITHIN_LIMIT = "within_limit"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on business data: what is known of its fields and whether it holds."""

    field: str
    condition: str
    known: tuple[tuple[str, object], ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """One place where wording was found. ``by``: the guards, ``exceptions`` or ``about`` that cancel or doubt it."""

    hit: Hit
    fate: Fate
    because: Because | None = None
    by: tuple[str, ...] = ()
    in_window: bool = True


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An event that the rule hangs on (``field`` names it) and where it occurred, surely or perhaps."""

    field: str
    id: str
    title: str
    places: tuple[Graded, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One wording of the rule: of an element (its ``name``), else of the whole rule."""

    name: str
    wanted: str
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """One condition of a rule with ``logic``: a rule of its own (``compiled``) with its windows and wording.

    ``answers``: by whether it is asked for its being said (True) or for its not being said; none where nobody asked.
    """

    name: str
    compiled: CompiledRule
    answers: dict[bool, Answer]
    windows: tuple[Window, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class Explanation:
    """Condition by condition, why a rule answered so for one call; times are in order.

    ``accept`` and ``least``: from which scores on a hit counts, and is looked at. ``covered``: the coverage that the
    judge asked for. ``in_force``: is the call of the rule's dates? ``joined`` and ``holds``: the conditions of
    ``logic`` and what comes of them (None: unsure).
    """

    rule: Rule
    verdict: Verdict
    reason: Reason
    in_force: bool
    conditions: tuple[Condition, ...]
    events: tuple[EventSeen, ...]
    windows: tuple[Window, ...]
    parts: tuple[Part, ...]
    joined: tuple[Joined, ...]
    holds: bool | None
    covered: tuple[tuple[Party | None, Coverage], ...]
    accept: float
    least: float


class _Watched(CallView):
    """A call that remembers which hits were graded for which rule, and which coverage was asked for."""

    def __init__(self, call: Call, hearing: Hearing, plan: Plan) -> None:
        super().__init__(call, hearing, plan)
        self.graded_for: dict[str, dict[Hit, Graded | None]] = {}
        self.covered: dict[tuple[Span, Party | None], Coverage] = {}

    def places(self, compiled: CompiledRule, hits: list[Hit]) -> tuple[Graded, ...]:
        found = super().places(compiled, hits)
        kept = {place.hit: place for place in found}
        self.graded_for.setdefault(compiled.rule.id, {}).update((hit, kept.get(hit)) for hit in hits)
        return found

    def cover(self, window: Span, party: Party | None) -> Coverage:
        self.covered[window, party] = super().cover(window, party)
        return self.covered[window, party]


def explain(rule_id: str, call: Call, hearing: Hearing, plan: Plan) -> Explanation:
    """What one rule (or event) of the plan answers for the call, and why. Raises KeyError when the plan lacks it."""
    compiled = plan.rules[rule_id]
    rule = compiled.rule
    view = _Watched(call, hearing, plan)
    verdict = answer(compiled, view)
    covered = tuple((party, coverage) for (_, party), coverage in view.covered.items())
    windows = () if rule.match.measures else windows_of(view, rule.where, compiled.party)
    _grade(compiled, view)
    parts = tuple(_part(name, wording, compiled, view, windows) for name, wording in _wordings(compiled))
    joined, holds = _joined(compiled, compiled.logic, view) if compiled.logic else ((), None)
    told = Explanation(
        rule,
        verdict,
        Reason.UNDETERMINED,
        in_force(call.facts, rule.effective),
        tuple(_conditions(rule, call)),
        tuple(_events(rule, view)),
        windows,
        parts,
        joined,
        holds,
        covered,
        compiled.accept,
        compiled.accept if rule.kind is Kind.REQUIRED else compiled.least,
    )
    return replace(told, reason=_reason(told))


def _wordings(compiled: CompiledRule) -> tuple[tuple[str, Wording], ...]:
    """All wording whose hits are graded; the words of an offer (``response``) are not."""
    beside = compiled.beside if compiled.rule.match.value else None
    return (*compiled.parts, *([("", beside)] if beside else []))


def _grade(compiled: CompiledRule, view: _Watched) -> None:
    """Grades the hits of a rule that was not judged, because nothing made it apply."""
    if compiled.rule.id not in view.graded_for:
        for _, wording in _wordings(compiled):
            view.said(compiled, wording, compiled.least, compiled.listeners)


def _joined(compiled: CompiledRule, logic: CompiledLogic, view: _Watched) -> tuple[tuple[Joined, ...], bool | None]:
    """The conditions with what the judge was answered, if it asked at all, and the value of the whole."""
    blames = compiled.rule.kind is not Kind.REQUIRED
    wanted = dict.fromkeys(sides(logic.expression, blames))
    was_asked = all(logic.conditions[name].rule.id in view.graded_for for name, _ in wanted)
    asked = Asked(compiled, logic, view)
    joined = []
    for name, condition in logic.conditions.items():
        answers = {side: asked.answer(name, side) for one, side in wanted if one == name and was_asked}
        _grade(condition, view)
        windows = windows_of(view, condition.rule.where, condition.party)
        part = _part(name, condition.parts[0][1], condition, view, windows)
        joined.append(Joined(name, condition, answers, windows, part))
    return tuple(joined), value(logic.expression, asked, blames) if was_asked else None


def _part(name: str, wording: Wording, compiled: CompiledRule, view: _Watched, windows: tuple[Window, ...]) -> Part:
    graded = dict(view.graded_for.get(compiled.rule.id, {}))
    return Part(name, wording.first_wanted, tuple(_heard(wording, compiled, view, graded, windows)))


def _conditions(rule: Rule, call: Call) -> Iterator[Condition]:
    asked = [(f"facts.{field}", getattr(rule.facts, field)) for field in type(rule.facts).model_fields]
    for field, conditions in (*asked, ("alert_unless", rule.alert_unless)):
        for condition in conditions:
            values = tuple((name, value_of(call.facts, name)) for name in fields_of(condition))
            yield Condition(field, condition, values, holds(call.facts, (condition,)))


def _events(rule: Rule, view: CallView) -> Iterator[EventSeen]:
    for field, event_id in rule.references():
        yield EventSeen(field, event_id, view.plan.rules[event_id].rule.title, view.event(event_id))


def _heard(
    wording: Wording,
    compiled: CompiledRule,
    view: CallView,
    graded: dict[Hit, Graded | None],
    windows: tuple[Window, ...],
) -> Iterator[Heard]:
    """Everything in the call that is anything like the wording, whoever said it, by time."""
    found = wording.all(view.heard_from(*Party), LEAST_SCORE)
    judged = [hit for hit in found if hit in graded]
    for hit in sorted(found, key=lambda hit: (hit.start_s, hit.start, hit.end)):
        if hit in graded:
            heard = _fate(hit, compiled, view, graded)
        elif any(hit.overlaps(other) for other in judged):
            continue  # a worse reading of the same place
        else:
            other = hit.passage.party not in (*compiled.parties, Party.UNKNOWN)
            heard = Heard(hit, Fate.OTHER_PARTY if other else Fate.TOO_UNLIKE)
        measured = bool(compiled.rule.match.measures)
        yield replace(heard, in_window=measured or any(window.holds(hit, compiled.parties) for window in windows))


def _fate(hit: Hit, compiled: CompiledRule, view: CallView, graded: dict[Hit, Graded | None]) -> Heard:
    place = graded[hit]
    cancelling, doubting = _weighing(hit, compiled, view)
    if place is not None and place.because is None:
        return Heard(hit, Fate.STANDS)
    if place is not None:
        return Heard(hit, Fate.DOUBTFUL, place.because, doubting)
    if cancelling:
        return Heard(hit, Fate.CANCELLED, None, cancelling)
    return Heard(hit, Fate.WITHIN)


def _weighing(hit: Hit, compiled: CompiledRule, view: CallView) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What cancels the hit and what makes it doubtful, each asked by itself of the function that judges."""
    bare = replace(compiled, guards=(), exceptions=None, about=None)
    guards = zip(compiled.rule.unless, compiled.guards, strict=True)
    alone = {f"unless.{name}": replace(bare, guards=(guard,)) for name, guard in guards}
    alone["exceptions"] = replace(bare, exceptions=compiled.exceptions)
    alone["about"] = replace(bare, about=compiled.about)
    plain = CallView.places(view, bare, [hit])
    answers = {name: CallView.places(view, one, [hit]) for name, one in alone.items()}
    cancelling = tuple(name for name, left in answers.items() if not left)
    return cancelling, tuple(name for name, left in answers.items() if left and left != plain)


def _reason(told: Explanation) -> Reason:
    by_outcome = {Outcome.FIRES: _why_fires, Outcome.SILENT: _why_silent, Outcome.NOT_APPLICABLE: _why_not_applicable}
    why = by_outcome.get(told.verdict.outcome)
    return Reason.UNDETERMINED if why is None else why(told)


def _why_fires(told: Explanation) -> Reason:
    if any(condition.field == "facts.violated" and condition.holds for condition in told.conditions):
        return Reason.BY_DATA
    if told.rule.match.measures:
        return Reason.BEYOND_LIMIT
    if told.joined:
        return Reason.LOGIC_HOLDS if told.holds else Reason.LOGIC_HOLDS_NOT
    return Reason.NOT_SAID if told.rule.kind is Kind.REQUIRED else Reason.SAID


def _why_silent(told: Explanation) -> Reason:
    if any(condition.field == "facts.satisfied" and condition.holds for condition in told.conditions):
        return Reason.BY_DATA
    if told.joined:
        return Reason.LOGIC_HOLDS if told.holds else Reason.LOGIC_HOLDS_NOT
    if told.rule.kind is Kind.REQUIRED:
        return Reason.SAID
    if told.rule.match.measures and told.rule.match.is_empty:
        return Reason.WITHIN_LIMIT
    found = [heard for part in told.parts for heard in part.heard]
    standing = [heard for heard in found if heard.fate in (Fate.STANDS, Fate.DOUBTFUL)]
    if any(heard.in_window for heard in standing):
        return Reason.WITHIN_LIMIT if told.rule.match.measures else Reason.TOO_FEW
    if standing:
        return Reason.OUTSIDE
    return Reason.CANCELLED if any(heard.fate is Fate.CANCELLED for heard in found) else Reason.NOT_SAID


def _why_not_applicable(told: Explanation) -> Reason:
    if not told.in_force:
        return Reason.NOT_IN_FORCE
    held = {field: [one.holds for one in told.conditions if one.field == field] for field in _SCOPES}
    if any(held["facts.not_applicable"]) or (held["facts.only"] and not any(held["facts.only"])):
        return Reason.DATA_EXCLUDE
    occurred = {field: [bool(event.places) for event in told.events if event.field == field] for field in _NEEDS}
    sure = (place.because is None for event in told.events if event.field == "not_when" for place in event.places)
    if any(sure):
        return Reason.EXEMPT
    if not all(occurred["needs"]) or (occurred["needs_any"] and not any(occurred["needs_any"])):
        return Reason.NOT_OCCURRED
    return Reason.NO_BASIS if told.windows or told.rule.match.measures else Reason.NO_WINDOW


_SCOPES = ("facts.not_applicable", "facts.only")
_NEEDS = ("needs", "needs_any")
