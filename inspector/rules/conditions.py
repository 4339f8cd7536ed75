"""Judges rules that say by ``logic`` how several conditions hang together, and finds where an event occurred.

What is said counts where it surely lies in its window; that it was *not* said is only claimed where it was heard. Which
of both a condition is asked for hangs on the side it stands on::

    forbidden   推荐 and not 提示      fires when true:  推荐 must surely be said, 提示 surely not
    required    告知 or not 误导       fires when false: 告知 surely not, 误导 must surely be said

So speech that was not heard may leave a rule undetermined, but never makes it fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inspector.model import Because, Evidence, Kind, Outcome, Party, Span
from inspector.rules.compose import enough
from inspector.rules.coverage import doubt
from inspector.rules.grade import Graded
from inspector.rules.logic import deciding, value
from inspector.rules.plan import CompiledLogic, CompiledRule
from inspector.rules.schema import Where
from inspector.rules.verdict import SILENT, Verdict, absence_of, evidence_of
from inspector.rules.windows import Window, is_cut, windows_of

if TYPE_CHECKING:
    from inspector.rules.view import CallView

__all__ = ["Answer", "Asked", "judge_conditions", "occurrences"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one condition, asked from one side: is it true (None: unsure, ``because``)?

    ``places``: where it was said or perhaps said; ``span``: where it was looked for.
    """

    value: bool | None
    because: Because | None
    places: tuple[Graded, ...]
    span: Span


def judge_conditions(compiled: CompiledRule, logic: CompiledLogic, view: CallView, perhaps: Because | None) -> Verdict:
    """Fires when the logic is true (of what is required: false), undetermined when it is unsure, else silent.

    ``perhaps``: why the rule may not apply at all. The evidence is that of the conditions that decided.
    """
    blames = compiled.rule.kind is not Kind.REQUIRED
    asked = Asked(compiled, logic, view)
    if value(logic.expression, asked, blames) is (not blames):
        return SILENT
    answers = {key: asked.answer(*key) for key in deciding(logic.expression, asked, blames)}
    evidence = tuple(dict.fromkeys(one for key, answer in answers.items() for one in _evidence(*key, answer, logic)))
    unsure = [key for key, answer in answers.items() if answer.value is None]
    absent = [key for key, answer in answers.items() if not key[1] and answer.value is False]
    because = answers[unsure[0]].because if unsure else perhaps
    if because is None and not absent:
        return Verdict(Outcome.FIRES, None, evidence)
    shown = (*unsure, *absent, *answers)[0]
    coverage = view.cover(answers[shown].span, logic.conditions[shown[0]].party)
    return Verdict(Outcome.FIRES if because is None else Outcome.UNDETERMINED, because, evidence, coverage)


def _evidence(name: str, wanted: bool, answer: Answer, logic: CompiledLogic) -> Iterator[Evidence]:
    """The places where it was said; where it was looked for in vain, when its absence is what counts."""
    yield from (evidence_of(place.hit) for place in answer.places)
    if not wanted and not answer.places:
        yield absence_of(name, answer.span, logic.conditions[name].party or Party.UNKNOWN)


class Asked:
    """What the conditions of a rule answer in a call; each is asked once from each side."""

    def __init__(self, compiled: CompiledRule, logic: CompiledLogic, view: CallView) -> None:
        self._conditions = logic.conditions
        self._view = view
        self._generous = compiled.rule.kind is Kind.REQUIRED
        self._answers: dict[tuple[str, bool], Answer] = {}

    def __call__(self, name: str, wanted: bool) -> bool | None:
        return self.answer(name, wanted).value

    def answer(self, name: str, wanted: bool) -> Answer:
        """``wanted``: is it asked for its being said (True) or for its not being said?"""
        if (name, wanted) not in self._answers:
            condition = self._conditions[name]
            found = _said(condition, self._view) if wanted else _unsaid(condition, self._view, self._generous)
            self._answers[name, wanted] = found
        return self._answers[name, wanted]


def occurrences(compiled: CompiledRule, view: CallView) -> tuple[Graded, ...]:
    """Where an event, a rule or a condition that others hang on occurred: sure places and doubtful ones."""
    applies, perhaps = view.prerequisites(compiled.rule)
    if not applies and perhaps is None:
        return ()
    if compiled.logic is None:
        distinct = compiled.rule.match.distinct
        places = [place for _, inside in _by_window(compiled, view) for place in _together(inside, distinct)]
    else:
        expression, asked = compiled.logic.expression, Asked(compiled, compiled.logic, view)
        found = value(expression, asked)
        if found is False:
            return ()
        answers = [asked.answer(*key) for key in deciding(expression, asked)]
        places = [place for answer in answers if answer.value is not False for place in answer.places]
        unsure = [answer.because for answer in answers if answer.value is None]
        perhaps = perhaps or (unsure[0] if found is None else None)
    return tuple(dict.fromkeys(_doubted(place, perhaps) for place in places))


def _together(places: list[Graded], distinct: int | None) -> list[Graded]:
    """The places when so many different ones are there; all of them doubtful when not so many are sure."""
    if enough((place.hit for place in places if place.because is None), distinct):
        return places
    if not enough((place.hit for place in places), distinct):
        return []
    because = next(place.because for place in places if place.because is not None)
    return [_doubted(place, because) for place in places]


def _doubted(place: Graded, because: Because | None) -> Graded:
    return replace(place, because=because) if because and place.because is None else place


def _said(condition: CompiledRule, view: CallView) -> Answer:
    """Asked for its being said: no place is simply no."""
    found = [_counted(condition, window, inside) for window, inside in _by_window(condition, view)]
    return _joined(found, condition.rule.where) if found else Answer(False, None, (), view.whole)


def _by_window(condition: CompiledRule, view: CallView) -> list[tuple[Window, list[Graded]]]:
    """The places in each window, with a doubt where it may be narrower than it seems, or lie elsewhere."""
    where, places = condition.rule.where, view.graded(condition)
    whole = Window(view.whole, False, 0.0)
    if where == Where():
        return [(whole, list(places))]
    if windows := windows_of(view, where, condition.party):
        return [
            (one, [_doubted(place, _moved(condition, view, one, place)) for place in places if _lies_in(place, one)])
            for one in windows
        ]
    _, perhaps = view.doubt_about(view.one_of(where.opens))
    return [(whole, [_doubted(place, perhaps) for place in places])] if perhaps else []


def _lies_in(place: Graded, window: Window) -> bool:
    return window.span.start_s <= place.hit.start_s < window.span.end_s


def _moved(condition: CompiledRule, view: CallView, window: Window, place: Graded) -> Because | None:
    """Why the place may not lie in the window after all: what bounds it, or counts in it, may not have been heard."""
    where, at_s = condition.rule.where, place.hit.start_s
    counts = where.within_turns or any(end is not None and end.turns for end in (where.first, where.last))
    if counts and (lost := doubt(view.hearing, view.cover(window.span, condition.party), condition.party)):
        return lost
    ends = (*(() if where.reaches and not where.after else where.befores), *((where.until,) if where.until else ()))
    if ends and (lost := _missed(view, ends, window.span.start_s, at_s)):
        return lost
    if where.which in ("every", "last"):
        return _missed(view, where.opens, 0.0, view.end_s)
    return _missed(view, where.opens, 0.0, at_s) if where.reaches and where.which != "any" else None


def _missed(view: CallView, names: Iterable[str], start_s: float, end_s: float) -> Because | None:
    """Why one of the events may have occurred there besides its sure places; None when all was heard well."""
    if start_s >= end_s:
        return None
    for name in names:
        for place in view.event(name):
            if place.because is not None and start_s <= place.hit.start_s < end_s:
                return place.because
        anchor = view.plan.anchors[name]
        party = None if anchor.logic else anchor.party
        if lost := doubt(view.hearing, view.cover(Span(start_s, end_s), party), party):
            return lost
        if lost := _missed(view, (other for _, other in anchor.rule.references()), start_s, end_s):
            return lost
    return Because.CUT_OFF if is_cut(view, start_s, end_s) else None


def _unsaid(condition: CompiledRule, view: CallView, generous: bool) -> Answer:
    """Asked for its not being said, which is claimed only of windows that were heard.

    Where an event that they hang on may have been missed, they may lie anywhere: then it must be said nowhere.
    ``generous``: a doubt about the wording does not unsay it, as with all that is required.
    """
    where, party = condition.rule.where, condition.party
    speaking = (*condition.parties, Party.SYSTEM, Party.UNKNOWN)
    places = list(view.said(condition, condition.parts[0][1], condition.least, speaking))
    if generous:
        unknown = Party.UNKNOWN
        places = [place if place.hit.passage.party is unknown else replace(place, because=None) for place in places]
    windows = windows_of(view, where, party)
    anchors = tuple(name for _, name in where.anchors())
    if missed := _missed(view, anchors, 0.0, view.end_s) if anchors else None:
        places = [p if any(_counts_in(p, one, condition) for one in windows) else _doubted(p, missed) for p in places]
        windows = (Window(view.whole, is_cut(view, 0.0, view.end_s), 0.0),)
    if not windows:  # what opens them did not occur; or the party was never heard, or the call is cut before them
        cut = Because.CUT_OFF if is_cut(view, 0.0, view.end_s) else None
        lost = None if anchors else doubt(view.hearing, view.cover(view.whole, party), party) or cut
        return Answer(None if lost else False, lost, (), view.whole)
    return _joined([_absent(condition, view, window, places) for window in windows], where)


def _absent(condition: CompiledRule, view: CallView, window: Window, places: list[Graded]) -> Answer:
    answer = _counted(condition, window, [place for place in places if _counts_in(place, window, condition)])
    if answer.value is not False:
        return answer
    heard = view.cover(window.span, condition.party)
    lost = Because.CUT_OFF if window.cut else doubt(view.hearing, heard, condition.party)
    return replace(answer, value=None, because=lost) if lost else answer


def _counts_in(place: Graded, window: Window, condition: CompiledRule) -> bool:
    own = place.hit.passage.party in condition.parties
    from_s = window.span.start_s - 0.01 if own else window.others_from_s
    return from_s <= place.hit.start_s < window.span.end_s


def _counted(condition: CompiledRule, window: Window, inside: list[Graded]) -> Answer:
    """True with enough sure places, unsure with enough of any kind."""
    match = condition.rule.match
    sure = tuple(place for place in inside if place.because is None)
    if enough((place.hit for place in sure), match.distinct, match.times):
        return Answer(True, None, sure, window.span)
    doubts = [place.because for place in inside if place.because is not None]
    if enough((place.hit for place in inside), match.distinct, match.times):
        return Answer(None, doubts[0], tuple(inside), window.span)
    return Answer(False, None, (), window.span)


def _joined(answers: list[Answer], where: Where) -> Answer:
    """Over several windows: true where one is, or each when ``every`` one must be answered."""
    decisive = where.which != "every"
    values = [answer.value for answer in answers]
    found = decisive if decisive in values else None if None in values else not decisive
    same = [answer for answer in answers if answer.value is found]
    places = tuple(dict.fromkeys(place for answer in same for place in answer.places))
    span = Span(min(one.span.start_s for one in same), max(one.span.end_s for one in same))
    return Answer(found, same[0].because, places, span)
