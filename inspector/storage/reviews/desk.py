"""What reviewers and those who lead them ask and do: each question and each deed one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from inspector.errors import UsageError
from inspector.model import Hearing, Span
from inspector.review.answers import Answers, GivenMark
from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import Reason, deed_of
from inspector.review.records import Submitted
from inspector.review.reviewer import Reviewer, Skip
from inspector.review.rulebook import Rulebook
from inspector.review.sheet import Sheet
from inspector.roles import Actor, Deed, Person, may, require
from inspector.storage.engine import storage_errors, take_turn
from inspector.storage.people import People
from inspector.storage.reviews import holding, staffing
from inspector.storage.reviews.assigning import assign, named, recall
from inspector.storage.reviews.claiming import Claimant, WhyNone, ahead, claim_next, held_by
from inspector.storage.reviews.holding import Held, hold
from inspector.storage.reviews.inspected import load
from inspector.storage.reviews.listing import Item, ItemFilter, count_items, find_items
from inspector.storage.reviews.reading import sheet
from inspector.storage.reviews.staffing import Workload
from inspector.storage.reviews.submitting import submit
from inspector.storage.rows import append_audit

__all__ = ["Reviews", "Staffed"]


@dataclass(frozen=True, slots=True)
class Staffed:
    """A reviewer, what he did today, and the review that he works on."""

    reviewer: Reviewer
    today: Workload
    review_id: str | None


class Reviews:
    """``policy``: what the bank lays down. Every method raises StorageError when the database fails; what ``actor`` may
    not do raises PolicyError.

    A review is named by its id. Whatever its reviewer does to it lets his hold last; it raises UsageError when it is
    not his, and PolicyError when it is in or somebody else has the item meanwhile: what he typed is kept then, too.
    """

    def __init__(self, reader: Engine, writer: Engine, policy: ReviewPolicy) -> None:
        self._reader, self._writer, self.policy = reader, writer, policy

    # ---- reviewers ---------------------------------------------------------------------------------------------------

    def next(self, actor: Actor, now: datetime) -> Sheet | WhyNone:
        """The item that the actor works on; else the most urgent one that he may have, from now his; else why not."""
        if not any(may(actor, deed_of(reason)) for reason in Reason):
            require(actor, Deed.REVIEW)
        with self._writing() as connection:
            take_turn(connection, f"reviewer {actor.name}")
            claimed: str | WhyNone | None = held_by(connection, actor.name)
            if claimed is None:
                claimed = claim_next(Claimant(connection, actor, self.policy, now))
            if isinstance(claimed, WhyNone):
                return claimed
            return sheet(hold(connection, actor, claimed, self.policy, now))

    def ahead(self, actor: Actor, most: int, now: datetime) -> tuple[str, ...]:
        """The calls that he will probably be handed next, so that their sound can be made ready."""
        with self._reading() as connection:
            return ahead(Claimant(connection, actor, self.policy, now), most)

    def current(self, actor: Actor) -> str | None:
        """The review that the actor works on."""
        with self._reading() as connection:
            return held_by(connection, actor.name)

    def show(self, actor: Actor, review_id: str, now: datetime) -> Sheet:
        """What he sees of it."""
        with self._holding(actor, review_id, now) as held:
            return sheet(held)

    def heard(self, actor: Actor, review_id: str, now: datetime) -> Hearing | None:
        """What was heard of the call in the inspection that he sees, for its player and dialogue: unmasked, so it goes
        no further than what masks it. None where there are no words to read."""
        with self._holding(actor, review_id, now) as held:
            inspection = load(held.connection, held.made)
            return None if inspection is None else inspection.hearing

    def played(self, actor: Actor, review_id: str, spans: Sequence[Span], now: datetime) -> Sheet:
        """These seconds of the call were played (at most twice as fast, by whoever plays them)."""
        with self._holding(actor, review_id, now) as held:
            return sheet(holding.play(held, spans))

    def keep(self, actor: Actor, review_id: str, answers: Answers, now: datetime, made_from: int | None = None) -> int:
        """Keeps what is typed so far; see :func:`holding.keep_typed`. Returns the version of the draft."""
        with self._writing() as connection:
            version = holding.keep_typed(connection, actor, review_id, answers, made_from)
        with self._holding(actor, review_id, now):
            return version

    def reveal(
        self, actor: Actor, review_id: str, marks: Sequence[GivenMark], rulebook: Rulebook, now: datetime
    ) -> Sheet:
        """His own verdict on a blind call (no marks: nothing is wrong with it) is fixed, and the findings are shown."""
        with self._holding(actor, review_id, now) as held:
            return sheet(holding.reveal(held, marks, rulebook))

    def refresh(self, actor: Actor, review_id: str, now: datetime) -> Sheet:
        """Shows what the machine finds now, after the call was inspected again; what was typed stays."""
        with self._holding(actor, review_id, now) as held:
            return sheet(holding.refresh(held))

    def submit(self, actor: Actor, review_id: str, answers: Answers, rulebook: Rulebook, now: datetime) -> Submitted:
        """Ends the review; see :func:`submitting.submit` for what is refused."""
        self.keep(actor, review_id, answers, now)
        with self._holding(actor, review_id, now) as held:
            return submit(held, answers, rulebook)

    def release(self, actor: Actor, review_id: str, because: Skip, now: datetime) -> None:
        """Gives the item back; it counts, and he is not handed it again."""
        with self._holding(actor, review_id, now) as held:
            holding.release(held, because)

    # ---- those who lead them -----------------------------------------------------------------------------------------

    def list(self, actor: Actor, which: ItemFilter, limit: int, now: datetime) -> tuple[Item, ...]:
        """The first ``limit`` items, worst first and of equals the newest."""
        require(actor, Deed.SEE_REVIEWS)
        with self._reading() as connection:
            return find_items(connection, which, limit, now)

    def count(self, actor: Actor, which: ItemFilter, now: datetime) -> dict[Reason, int]:
        """How many of them there are, by reason."""
        require(actor, Deed.SEE_REVIEWS)
        with self._reading() as connection:
            return count_items(connection, which, now)

    def assign(self, actor: Actor, item_id: str, to: str, now: datetime) -> None:
        """It is ``to``'s alone. UsageError: no such item or person; PolicyError: he may not have it."""
        require(actor, Deed.ASSIGN_REVIEWS)
        person = self._person(to)
        with self._writing() as connection:
            row = named(connection, item_id)
            assign(Claimant(connection, person.actor, self.policy, now), row, person)
            append_audit(connection, actor.name, "review_assign", row.id, {"to": to})

    def recall(self, actor: Actor, item_id: str) -> None:
        """Takes it from whoever has it; it is anybody's again. UsageError: no such item."""
        require(actor, Deed.ASSIGN_REVIEWS)
        with self._writing() as connection:
            row = named(connection, item_id)
            recall(connection, row)
            append_audit(connection, actor.name, "review_recall", row.id, {"from": row.owner or row.assigned_to})

    def reviewers(self, actor: Actor, now: datetime) -> tuple[Staffed, ...]:
        """Everybody who may review, and everybody for whom something is laid down, by name."""
        require(actor, Deed.SEE_REVIEWS)
        people = People(self._reader, self._writer).all()
        with self._reading() as connection:
            named = {one.name for one in people if any(may(one.actor, deed_of(reason)) for reason in Reason)}
            return tuple(
                Staffed(
                    staffing.reviewer_of(connection, name, self.policy),
                    staffing.workload(connection, name, self.policy, now),
                    held_by(connection, name),
                )
                for name in sorted(named | staffing.reviewers_of(connection).keys())
            )

    def set_reviewer(self, actor: Actor, reviewer: Reviewer, now: datetime) -> None:
        """Lays down what somebody can take. UsageError: nobody active is on the list by that name."""
        require(actor, Deed.ASSIGN_REVIEWS)
        self._person(reviewer.name)
        with self._writing() as connection:
            staffing.put_reviewer(connection, reviewer, now)
            told = {"minutes_per_day": reviewer.minutes_per_day, "skills": sorted(reviewer.skills)}
            append_audit(connection, actor.name, "reviewer_set", reviewer.name, told)

    # ---- transactions ------------------------------------------------------------------------------------------------

    def _person(self, name: str) -> Person:
        people = {person.name: person for person in People(self._reader, self._writer).all()}
        if name not in people or not people[name].active:
            raise UsageError(f"nobody active is on the list as: {name}", "look at it: inspector people list")
        return people[name]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._reader), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._writer), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _holding(self, actor: Actor, review_id: str, now: datetime) -> Iterator[Held]:
        with self._writing() as connection:
            yield hold(connection, actor, review_id, self.policy, now)
