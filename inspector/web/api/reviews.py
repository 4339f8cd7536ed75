"""Reviews: handed out, made and submitted; and who has what."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from inspector.enums import Party
from inspector.errors import UsageError
from inspector.model import Span
from inspector.reports.review_objects import item_object, sheet_object
from inspector.review.answers import Answers, GivenAnswer, GivenCorrection, GivenMark
from inspector.review.reasons import Reason, State
from inspector.review.records import Answer, FalseBecause
from inspector.review.reviewer import Skip
from inspector.review.sheet import Sheet
from inspector.roles import Deed
from inspector.storage.reviews.claiming import WhyNone
from inspector.storage.reviews.listing import Item, ItemFilter
from inspector.web.allowed import Allowed
from inspector.web.api.router import NO_NUL, Asked, Done, Id, Key, Listed, Part, Text, page_of, router, told
from inspector.web.console import Caller, console_of

__all__ = ["assign", "items", "keep", "next_review", "played", "recall", "release", "reveal", "show", "submit"]

Reviews = Annotated[
    Caller, Depends(Allowed(Deed.REVIEW, Deed.ARBITRATE, Deed.CHECK_OWN, Deed.DECIDE_APPEAL, Deed.DECIDE_FINALLY))
]
Sees = Annotated[Caller, Depends(Allowed(Deed.SEE_REVIEWS))]
Assigns = Annotated[Caller, Depends(Allowed(Deed.ASSIGN_REVIEWS))]
Seconds = Annotated[float, Field(ge=0, le=1_000_000)]


class Handed(BaseModel):
    """``sheet``: what he works on now; null: nothing, and ``why``."""

    sheet: Sheet | None
    why: WhyNone | None


class AnswerGiven(Asked):
    """To one finding; whatever is not confirmed has a reason."""

    finding_id: Annotated[Key, Field(examples=["4f3c9b0d2a71e85b6c0d1f2e"])]
    answer: Answer | None = None
    because: FalseBecause | None = None
    note: Annotated[Text | None, Field(examples=["客户在念短信"])] = None


class MarkGiven(Asked):
    """A violation that no rule found, in seconds of the call."""

    rule_id: Key
    start_s: Seconds
    end_s: Seconds
    party: Party
    note: Text | None = None


class CorrectionGiven(Asked):
    """What was really said between two seconds of the call."""

    party: Party
    start_s: Seconds
    end_s: Seconds
    said: Text


class AnswersGiven(Asked):
    """All that is typed in one review."""

    findings: Annotated[tuple[AnswerGiven, ...], Field(max_length=500)] = ()
    marks: Annotated[tuple[MarkGiven, ...], Field(max_length=500)] = ()
    corrections: Annotated[tuple[CorrectionGiven, ...], Field(max_length=500)] = ()
    note: Text | None = None

    def answers(self) -> Answers:
        return Answers(
            tuple(GivenAnswer(**one.model_dump()) for one in self.findings),
            tuple(GivenMark(**one.model_dump()) for one in self.marks),
            tuple(GivenCorrection(**one.model_dump()) for one in self.corrections),
            self.note,
        )


class MarksGiven(Asked):
    """His own verdict on a blind call; none: nothing is wrong with it."""

    marks: Annotated[tuple[MarkGiven, ...], Field(max_length=500)] = ()


class SpanGiven(Asked):
    """Seconds of the call, the end not included."""

    start_s: Seconds
    end_s: Seconds


class Played(Asked):
    """What was played."""

    spans: Annotated[list[SpanGiven], Field(min_length=1, max_length=1000)]


class Released(Asked):
    """Why it is given back."""

    because: Skip


class AssignedTo(Asked):
    """``to``: a person on the list."""

    to: Annotated[Text, Field(examples=["wang.wu"])]


@router.post("/reviews/next", response_model=Handed, summary="What I work on, or the next that I may have")
def next_review(request: Request, caller: Reviews) -> Response:
    """What he holds already, else the most urgent one, from now his."""
    console = console_of(request)
    found = console.store.reviews.next(caller.actor, console.clock())
    if isinstance(found, Sheet):
        return told({"sheet": sheet_object(found), "why": None})
    return told({"sheet": None, "why": found})


@router.get("/reviews/{review_id}", response_model=Sheet, summary="A review that I hold")
def show(review_id: Id, request: Request, caller: Reviews) -> Response:
    """What he sees of the call."""
    console = console_of(request)
    return told(sheet_object(console.store.reviews.show(caller.actor, review_id, console.clock())))


@router.put("/reviews/{review_id}/answers", response_model=Done, summary="Keep what is typed so far")
def keep(review_id: Id, given: AnswersGiven, request: Request, caller: Reviews) -> Response:
    """Replaces what was kept before."""
    console = console_of(request)
    console.store.reviews.keep(caller.actor, review_id, given.answers(), console.clock())
    return told({"done": True})


@router.post("/reviews/{review_id}/played", response_model=Sheet, summary="These seconds were played")
def played(review_id: Id, given: Played, request: Request, caller: Reviews) -> Response:
    """At most twice as fast as they were spoken."""
    console = console_of(request)
    try:
        spans = [Span(one.start_s, one.end_s) for one in given.spans]
    except ValueError as error:
        raise UsageError(str(error), "a span begins before it ends") from error
    return told(sheet_object(console.store.reviews.played(caller.actor, review_id, spans, console.clock())))


@router.post("/reviews/{review_id}/reveal", response_model=Sheet, summary="My own verdict on a blind call")
def reveal(review_id: Id, given: MarksGiven, request: Request, caller: Reviews) -> Response:
    """It is fixed, and the findings are shown."""
    console = console_of(request)
    marks = [GivenMark(**one.model_dump()) for one in given.marks]
    sheet = console.store.reviews.reveal(caller.actor, review_id, marks, console.rules, console.clock())
    return told(sheet_object(sheet))


@router.post("/reviews/{review_id}/submit", response_model=Done, summary="The review is done")
def submit(review_id: Id, given: AnswersGiven, request: Request, caller: Reviews) -> Response:
    """400 for a finding without answer; 403 when what is found has changed since it was shown."""
    console = console_of(request)
    console.store.reviews.submit(caller.actor, review_id, given.answers(), console.rules, console.clock())
    return told({"done": True})


@router.post("/reviews/{review_id}/release", response_model=Done, summary="Give it back")
def release(review_id: Id, given: Released, request: Request, caller: Reviews) -> Response:
    """It counts, and he is not handed it again."""
    console = console_of(request)
    console.store.reviews.release(caller.actor, review_id, given.because, console.clock())
    return told({"done": True})


def _asked_for(
    state: State = State.OPEN,
    day: date | None = None,
    reason: Reason | None = None,
    person: Annotated[str | None, Query(max_length=64, pattern=NO_NUL)] = None,
    overdue: bool = False,
) -> ItemFilter:
    return ItemFilter(state, day, reason, person, overdue)


@router.get("/review-items", response_model=Listed[Item], summary="What waits for reviewers, worst first")
def items(request: Request, caller: Sees, which: Annotated[ItemFilter, Depends(_asked_for)], part: Part) -> Response:
    """``person``: who has it or to whom it is assigned."""
    console = console_of(request)
    desk, now = console.store.reviews, console.clock()
    return page_of(lambda many: desk.list(caller.actor, which, many, now), part, item_object)


@router.post("/review-items/{item_id}/assign", response_model=Done, summary="It is somebody's alone")
def assign(item_id: Id, given: AssignedTo, request: Request, caller: Assigns) -> Response:
    """403 when that person may not have it."""
    console = console_of(request)
    console.store.reviews.assign(caller.actor, item_id, given.to, console.clock())
    return told({"done": True})


@router.post("/review-items/{item_id}/recall", response_model=Done, summary="Take it from whoever has it")
def recall(item_id: Id, request: Request, caller: Assigns) -> Response:
    """It is anybody's again."""
    console_of(request).store.reviews.recall(caller.actor, item_id)
    return told({"done": True})
