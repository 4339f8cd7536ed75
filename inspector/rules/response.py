"""Judges how soon the agent is there for the customer, counted from the answer and in the agent's own time."""

from __future__ import annotations

from inspector.model import Because, Outcome, Party, SoundKind, SoundSpan, Span, SpeechSpan, Turn
from inspector.rules.coverage import doubt
from inspector.rules.matchers import Response
from inspector.rules.plan import CompiledRule
from inspector.rules.verdict import NOT_APPLICABLE, SILENT, Verdict, measured
from inspector.rules.view import CallView
from inspector.text import content_length

__all__ = ["judge_response"]

LEAST_CHARS = 4  # fewer are no statement and no answer (喂, 嗯, 好的)
_WAITING = (SoundKind.RINGBACK, SoundKind.BUSY, SoundKind.MUSIC)


def judge_response(compiled: CompiledRule, view: CallView) -> Verdict:
    """Fires when nobody offered help in time, or the customer's first matter was left alone for too long.

    ::

        answer |—— offer_s ——|            no offer and no answer in it: fires; once the agent has said anything, the
                                          customer's words are not counted
        customer   |first matter|
        agent's time            |—— answer_s ——|   no words of the agent of 4 characters or more in it: fires
    """
    limits = compiled.rule.match.response
    agent = [turn for turn in view.hearing.turns if turn.party is Party.AGENT]
    if limits is None or not any(span.party in (Party.AGENT, Party.UNKNOWN) for span in view.hearing.speech):
        return NOT_APPLICABLE
    asked = next((turn for turn in view.hearing.turns if _is_statement(turn)), None)
    slow = _no_offer(compiled, view, limits, agent, asked) or _no_answer(view, limits, agent, asked)
    if slow is None:
        return SILENT
    span, wanted = slow
    evidence = (measured(wanted, span, Party.AGENT),)
    coverage = view.cover(span, Party.AGENT)
    because = _doubt(view, span) or (doubt(view.hearing, coverage, Party.AGENT) if coverage.speech_s else None)
    if because is not None:
        return Verdict(Outcome.UNDETERMINED, because, evidence, coverage)
    return Verdict(Outcome.FIRES, None, evidence, coverage, wanted)


def _doubt(view: CallView, span: Span) -> Because | None:
    """May the words that lack be in a part that is missing, or be those of somebody unknown?"""
    if view.hearing.starts_cut or any(span.start_s <= at <= span.end_s for at in view.hearing.recording.holes_s):
        return Because.CUT_OFF
    unknown = (turn for turn in view.hearing.turns if turn.party is Party.UNKNOWN and turn.end_s > span.start_s)
    perhaps = any(turn.start_s < span.end_s and content_length(turn.text) >= LEAST_CHARS for turn in unknown)
    known = any(speech.party is Party.AGENT for speech in view.hearing.speech)
    return Because.PARTY_UNKNOWN if perhaps or not known else None


def _is_statement(turn: Turn) -> bool:
    return turn.party is Party.CUSTOMER and content_length(turn.text) >= LEAST_CHARS


def _answered_at_s(view: CallView) -> float:
    """When a person can have answered: after the ring-back, menu or music that comes before the first human word.

    Other sounds are no waiting: an agent may be typing.
    """
    human_s = min((s.start_s for s in view.hearing.speech if s.party is not Party.SYSTEM), default=0.0)
    waiting: list[SpeechSpan | SoundSpan] = [sound for sound in view.hearing.sounds if sound.kind in _WAITING]
    spans = [*view.hearing.speech, *waiting]
    return max((min(span.end_s, human_s) for span in spans if span.start_s < human_s), default=0.0)


def _no_offer(
    compiled: CompiledRule, view: CallView, limits: Response, agent: list[Turn], asked: Turn | None
) -> tuple[Span, str] | None:
    from_s = _answered_at_s(view)
    said = view.heard_from(Party.AGENT, Party.SYSTEM)
    offers = compiled.beside.all(said, compiled.accept) if compiled.beside else []
    answers = [turn.start_s for turn in agent if asked is not None and _answers(turn, asked)]
    until_s = min([view.end_s, *answers, *(offer.start_s for offer in offers)])
    greeted_s = min((span.start_s for span in view.hearing.speech if span.party is Party.AGENT), default=until_s)
    to_s = from_s + limits.offer_s + _customer_s(view, max(from_s, greeted_s), until_s)
    if until_s <= to_s or _excused(view, limits, from_s, to_s):
        return None
    return Span(from_s, to_s), f"接通后{limits.offer_s:.0f}秒内没有问候和提供帮助"


def _no_answer(view: CallView, limits: Response, agent: list[Turn], asked: Turn | None) -> tuple[Span, str] | None:
    if asked is None:
        return None
    answer = next((turn for turn in agent if _answers(turn, asked)), None)
    until_s = answer.start_s if answer is not None else view.end_s
    own_s = until_s - asked.end_s - _customer_s(view, asked.end_s, until_s)
    if own_s <= limits.answer_s or _excused(view, limits, asked.start_s, until_s):
        return None
    return Span(asked.end_s, until_s), f"客户说完后{limits.answer_s:.0f}秒内没有回应"


def _customer_s(view: CallView, from_s: float, to_s: float) -> float:
    """How long the customer speaks there: no time of the agent's."""
    own = (span for span in view.hearing.speech if span.party is Party.CUSTOMER)
    return sum(max(0.0, min(span.end_s, to_s) - max(span.start_s, from_s)) for span in own)


def _answers(turn: Turn, asked: Turn) -> bool:
    return turn.end_s > asked.start_s + 1.0 and content_length(turn.text) >= LEAST_CHARS


def _excused(view: CallView, limits: Response, from_s: float, to_s: float) -> bool:
    return any(from_s <= p.hit.start_s <= to_s for event in limits.excused_by for p in view.event(event))
