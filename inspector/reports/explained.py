"""An explanation as a person reads it, condition by condition, and as JSON. Masked unless a trace was left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from inspector.model import Coverage, Evidence, Kind
from inspector.redaction import Purpose, mask
from inspector.reports.terminal import Say, clock
from inspector.reports.window_words import window_words
from inspector.rules.conditions import Answer
from inspector.rules.explain import EventSeen, Explanation, Fate, Heard, Joined, Part
from inspector.rules.logic import parse, written
from inspector.rules.schema import Rule, Where
from inspector.rules.verdict import evidence_of
from inspector.rules.windows import Window

__all__ = ["Explained", "explained_lines", "explained_object"]

_WANTED_CHARS = 40  # of a pattern or clause, on the screen; all of it is in the JSON


@dataclass(frozen=True, slots=True)
class Explained:
    """What is told of one rule and call. ``queues``: where the call went because of it; ``title_of``: of an event.

    ``in_lane``: it is no finding of its own but part of the one about a party that was hardly heard.
    """

    told: Explanation
    queues: tuple[str, ...]
    in_lane: bool
    title_of: Callable[[str], str]
    raw: bool = False


def explained_lines(one: Explained, say: Say) -> Iterator[str]:
    """The explanation in the order in which the judge goes: what it applies to, where it looks, what it found."""
    told, rule = one.told, one.told.rule
    verdict = told.verdict
    why = say(f"because_{verdict.because}") if verdict.because else say(f"explain_{told.reason}")
    bears = (say(f"kind_{rule.kind}"), say(verdict.severity or rule.severity), say(f"status_{rule.status}"))
    yield f"{rule.title}  {rule.id}@{rule.version}  {' · '.join(bears)}"
    yield say("explain_outcome", outcome=say(verdict.outcome), why=say("comma").join(filter(None, (why, verdict.note))))
    yield from (f"  {line}" for line in _scope(one, say))
    for tell in (_logic,) if rule.logic else (_places_looked_in, _wording):
        yield from (f"  {line}" for line in tell(one, say))
    for evidence in verdict.evidence:
        yield f"  {say('explain_evidence')}{_place(evidence, say, raw=one.raw)}"
    for party, coverage in told.covered:
        yield f"  {say('explain_covered', party=say(party or 'explain_anybody'))}{_coverage(coverage, say)}"
    yield f"  {say('explain_routing')}{_routing(one, say)}"


def _scope(one: Explained, say: Say) -> Iterator[str]:
    for condition in one.told.conditions:
        known = say("comma").join(f"{name}={say('explain_no_data') if v is None else v}" for name, v in condition.known)
        held = say("explain_holds" if condition.holds else "explain_holds_not")
        written = f"{condition.field} {condition.condition}"
        yield say("explain_condition", condition=written, known=_masked(known, raw=one.raw), held=held)
    for event in {event.id: event for event in one.told.events}.values():
        fields = say("comma").join(same.field for same in one.told.events if same.id == event.id)
        yield say("explain_event", field=fields, event=f"{event.title}（{event.id}）") + _occurred(event, one, say)


def _occurred(event: EventSeen, one: Explained, say: Say) -> str:
    if not event.places:
        return say("explain_did_not_occur")
    places = []
    for place in event.places:
        doubt = say("explain_in_doubt", why=say(f"because_{place.because}")) if place.because else ""
        places.append(_place(evidence_of(place.hit), say, raw=one.raw) + doubt)
    return say("comma").join(places)


def _places_looked_in(one: Explained, say: Say) -> Iterator[str]:
    told = one.told
    for name in told.rule.match.measures:
        limits = getattr(told.rule.match, name).model_dump(mode="json")
        yield say("explain_measure", name=name, limits=say("comma").join(f"{k}={v}" for k, v in limits.items()))
        return
    yield from _windows(told.rule.where, told.windows, one, say)


def _windows(where: Where, windows: tuple[Window, ...], one: Explained, say: Say) -> Iterator[str]:
    def title_of(name: str) -> str:
        return name if name in one.told.rule.conditions else one.title_of(name)

    words = window_words(where.model_dump(mode="json", exclude_defaults=True), say, title_of)
    if not windows:
        yield say("explain_window_none", words=words)
    for window in windows:
        yield say("explain_window", span=_span(window.span.start_s, window.span.end_s), words=words) + _opened(
            window, one, say
        )


def _logic(one: Explained, say: Say) -> Iterator[str]:
    """The logic with the value of each condition in it, then condition by condition what was found."""
    told = one.told
    answers = {joined.name: joined.answers for joined in told.joined}

    def valued(name: str, wanted: bool) -> str:
        answer = answers[name].get(wanted)
        return name if answer is None else f"{name}[{say(_VALUES[answer.value])}]"

    text = written(parse(told.rule.logic), valued, told.rule.kind is not Kind.REQUIRED)
    asked = any(answers.values())
    yield say("explain_logic" if asked else "explain_logic_unasked", logic=text, value=say(_VALUES[told.holds]))
    for joined in told.joined:
        yield _valued(joined, say)
        yield from (f"  {line}" for line in _windows(told.rule.conditions[joined.name].where, joined.windows, one, say))
        yield "  " + say("explain_thresholds", accept=joined.compiled.accept, least=joined.compiled.least)
        yield from (f"  {line}" for line in _found_of(joined.part, one, say))


_VALUES = {True: "explain_true", False: "explain_false", None: "explain_unsure"}


def _valued(joined: Joined, say: Say) -> str:
    party = say(joined.compiled.party or "explain_anybody")
    if not joined.answers:
        return say("explain_joined_unasked", name=joined.name, party=party)
    values = [_value(wanted, answer, say) for wanted, answer in joined.answers.items()]
    return say("explain_joined", name=joined.name, party=party, value=say("comma").join(values))


def _value(wanted: bool, answer: Answer, say: Say) -> str:
    why = say("explain_in_doubt", why=say(f"because_{answer.because}")) if answer.because else ""
    return say("explain_wanted_said" if wanted else "explain_wanted_unsaid", value=say(_VALUES[answer.value])) + why


def _opened(window: Window, one: Explained, say: Say) -> str:
    opened = say("explain_opened", by=_place(evidence_of(window.anchor.hit), say, raw=one.raw)) if window.anchor else ""
    return opened + (say("explain_cut") if window.cut else "")


def _wording(one: Explained, say: Say) -> Iterator[str]:
    told = one.told
    if told.parts:
        yield say("explain_thresholds", accept=told.accept, least=told.least)
    for part in told.parts:
        yield from _found_of(part, one, say)


def _found_of(part: Part, one: Explained, say: Say) -> Iterator[str]:
    shown = _shown(part)
    yield say("explain_part", name=part.name or part.wanted) + ("" if shown else say("explain_nothing_like_it"))
    yield from (f"  {_heard(heard, one, say)}" for heard in shown)


def _shown(part: Part) -> list[Heard]:
    """Of readings of the same place with the same fate the best, then longest; all of them are in the JSON."""
    kept: list[Heard] = []
    found = (heard for heard in part.heard if heard.fate is not Fate.WITHIN)
    for heard in sorted(found, key=lambda heard: (-heard.hit.score, heard.hit.start - heard.hit.end)):
        if not any(heard.fate is other.fate and heard.hit.overlaps(other.hit) for other in kept):
            kept.append(heard)
    return sorted(kept, key=lambda heard: heard.hit.start_s)


def _heard(heard: Heard, one: Explained, say: Say) -> str:
    why = [say(f"because_{heard.because}")] if heard.because else []
    why += [_by(name, say) for name in heard.by]
    fate = say(f"fate_{heard.fate}") + (f"（{say('comma').join(why)}）" if why else "")
    outside = "" if heard.in_window else say("explain_outside_window")
    return f"{_place(evidence_of(heard.hit), say, raw=one.raw)} → {fate}{outside}"


def _by(name: str, say: Say) -> str:
    field, _, guard = name.partition(".")
    return say(f"explain_by_{field}", guard=guard)


def _routing(one: Explained, say: Say) -> str:
    if one.in_lane:
        return say("explain_in_lane")
    if not one.queues:
        return say("explain_no_queue")
    alert = one.told.rule.alert or ""
    return say("comma").join(say(f"explain_to_{queue}", audience=alert) for queue in one.queues)


def _place(evidence: Evidence, say: Say, *, raw: bool) -> str:
    at = _span(evidence.start_s, evidence.end_s)
    if not evidence.quote:
        return f"{at} {say('html_absent') if evidence.how == 'absence' else ''}{evidence.wanted}"
    wanted = evidence.wanted if len(evidence.wanted) <= _WANTED_CHARS else f"{evidence.wanted[:_WANTED_CHARS]}…"
    like = f"≈ {wanted} {evidence.score:.2f}（{say(f'how_{evidence.how}')}）"
    return f"{at} {say(evidence.party)}“{_masked(evidence.quote, raw=raw)}”{like}"


def _coverage(coverage: Coverage, say: Say) -> str:
    span = _span(coverage.start_s, coverage.end_s)
    lowest = say("html_lowest", value=coverage.lowest_confidence) if coverage.lowest_confidence is not None else ""
    spans = say("comma").join(_span(*gap) for gap in coverage.gaps)
    gaps = say("html_gaps", count=len(coverage.gaps)) + spans if coverage.gaps else ""
    return f"{span} {say('covered', speech=coverage.speech_s, heard=coverage.heard_s)}{lowest}{gaps}"


def _span(start_s: float, end_s: float) -> str:
    return f"{clock(start_s)}–{clock(end_s)}"


def _masked(text: str, *, raw: bool) -> str:
    return text if raw else mask(text, Purpose.SCREEN)


def explained_object(one: Explained, call_id: str) -> dict[str, Any]:
    """The same as JSON values, always masked."""
    told = one.told
    verdict = told.verdict
    return {
        "schema": "inspector.explanation/1",
        "call_id": call_id,
        "rule": _rule(told.rule),
        "outcome": verdict.outcome,
        "reason": told.reason,
        "undetermined_because": verdict.because,
        "note": verdict.note,
        "thresholds": {"accept": round(told.accept, 4), "least": round(told.least, 4)},
        "conditions": [
            {
                "field": condition.field,
                "condition": condition.condition,
                "known": {name: None if v is None else mask(str(v), Purpose.EXPORT) for name, v in condition.known},
                "holds": condition.holds,
            }
            for condition in told.conditions
        ],
        "events": [
            {
                "field": event.field,
                "id": event.id,
                "title": event.title,
                "places": [_evidence(evidence_of(p.hit)) | {"because": p.because} for p in event.places],
            }
            for event in told.events
        ],
        "windows": [_window(window) for window in told.windows],
        "parts": [_part(part) for part in told.parts],
        "logic": {"text": told.rule.logic, "holds": told.holds, "conditions": [_joined(one) for one in told.joined]},
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "covered": [{"party": party, **asdict(coverage)} for party, coverage in told.covered],
        "queues": list(one.queues),
        "in_lane": one.in_lane,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    named = {"id": rule.id, "version": rule.version, "title": rule.title}
    return named | {"kind": rule.kind, "severity": rule.severity, "status": rule.status, "alert": rule.alert}


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "wanted": part.wanted, "heard": [_found(heard) for heard in part.heard]}


def _joined(joined: Joined) -> dict[str, Any]:
    asked = [{"wanted": w, "value": one.value, "because": one.because} for w, one in joined.answers.items()]
    party, windows = joined.compiled.party, [_window(window) for window in joined.windows]
    return {"party": party, "asked": asked, "windows": windows} | _part(joined.part)


def _window(window: Window) -> dict[str, Any]:
    anchor = _evidence(evidence_of(window.anchor.hit)) if window.anchor else None
    return {"start_s": window.span.start_s, "end_s": window.span.end_s, "cut": window.cut, "anchor": anchor}


def _found(heard: Heard) -> dict[str, Any]:
    answered = {"fate": heard.fate, "because": heard.because, "by": list(heard.by), "in_window": heard.in_window}
    return _evidence(evidence_of(heard.hit)) | answered


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return asdict(evidence) | {"quote": mask(evidence.quote, Purpose.EXPORT)}
