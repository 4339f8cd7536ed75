"""A review that somebody works on: whatever he does to it lengthens his hold, and is refused once another has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from inspector.errors import OutdatedError, PolicyError, UsageError
from inspector.model import Finding, Span
from inspector.review.answers import Answers, GivenMark, marks_of
from inspector.review.playing import ENOUGH_HEARD, merged, within_s
from inspector.review.policy import ReviewPolicy
from inspector.review.reasons import Reason, State, deed_of
from inspector.review.records import Mark, ReviewState
from inspector.review.reviewer import Skip
from inspector.review.rulebook import Rulebook
from inspector.review.sheet import shown_of
from inspector.roles import Actor, require
from inspector.storage import tables
from inspector.storage.review_tables import review
from inspector.storage.reviews.claiming import snapshot
from inspector.storage.reviews.inspected import Made, duration_of, findings_of, load, speech_of
from inspector.storage.rows import append_audit, record, values_of

__all__ = ["Held", "blind_marks", "hold", "keep_typed", "mine", "play", "refresh", "release", "reveal", "typed"]


@dataclass(frozen=True, slots=True)
class Held:
    """A review and its item, as they were, in a transaction that holds the item's row."""

    connection: Connection
    review: Row[Any]
    item: Row[Any]
    policy: ReviewPolicy
    now: datetime

    @property
    def made(self) -> Made | None:
        """The inspection that the reviewer sees."""
        return None if self.review.inspection_id is None else Made(self.review.inspection_id, self.review.inspected_at)

    @property
    def hidden(self) -> bool:
        """Whether the reviewer has yet to say what he heard himself."""
        return bool(self.review.blind) and self.review.revealed_at is None

    def shown(self) -> tuple[Finding, ...]:
        """The findings to answer, as they are now."""
        if self.hidden:
            return ()
        asked = {one["rule_id"] for one in self.item.because}
        return shown_of(findings_of(self.connection, self.made), Reason(self.item.reason), asked)

    def change(self, values: Mapping[str, object]) -> None:
        """Writes columns of the review."""
        self.connection.execute(update(review).where(review.c.id == self.review.id).values(**values))

    def changed(self, values: Mapping[str, object]) -> Held:
        """The same with these columns of the review written."""
        self.change(values)
        row = self.connection.execute(select(review).where(review.c.id == self.review.id)).one()
        return replace(self, review=row)


def mine(connection: Connection, actor: Actor, review_id: str) -> Row[Any]:
    """The actor's review of that id. Raises UsageError when he has none, PolicyError when he may review no more."""
    found = select(review).where(review.c.id == review_id, review.c.reviewer == actor.name)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise UsageError(f"no review of yours: {review_id}", "take the next one: inspector review next")
    require(actor, deed_of(Reason(row.reason)))
    return row


def hold(connection: Connection, actor: Actor, review_id: str, policy: ReviewPolicy, now: datetime) -> Held:
    """Lets the lease last from now. Raises PolicyError when the review is in, or somebody else has the item."""
    kept = mine(connection, actor, review_id)
    item = tables.review_item
    longer = update(item).where(
        item.c.id == kept.item_id, item.c.owner == actor.name, item.c.state == State.OPEN.value
    )
    until = now + timedelta(minutes=policy.settings.lease_minutes)
    held = connection.execute(longer.values(lease_until=until)).rowcount
    # Read again, now that nobody else can change it.
    kept = mine(connection, actor, review_id)
    row = connection.execute(select(item).where(item.c.id == kept.item_id)).one()
    if not held:
        raise _refusal(kept, row)
    return Held(connection, kept, row, policy, now)


def _refusal(kept: Row[Any], item: Row[Any]) -> PolicyError:
    if kept.state == ReviewState.SUBMITTED.value:
        return PolicyError(f"review {kept.id} is submitted", "take the next one: inspector review next")
    what = "was taken over by somebody else meanwhile" if item.state == State.OPEN.value else f"is {item.state}"
    if item.state == State.OPEN.value and item.owner is None:
        what = "is not yours any more: it was given back or recalled"
    return PolicyError(
        f"item {item.id} {what}; what you typed is kept as draft {kept.id}", "take the next one: inspector review next"
    )


# ---- what is typed ---------------------------------------------------------------------------------------------------


def keep_typed(connection: Connection, actor: Actor, review_id: str, answers: Answers, made_from: int | None) -> int:
    """Keeps what somebody typed, whoever has the item now; the version that it is. What is there already is no change.

    ``made_from``: the version that he saw; None: whatever is there is written over. Raises OutdatedError when another
    one is there, PolicyError when his review is in.
    """
    mine(connection, actor, review_id)
    # Held until the transaction ends: an own verdict that comes in beside it must not be lost.
    kept = connection.execute(select(review).where(review.c.id == review_id).with_for_update()).one()
    if kept.state == ReviewState.SUBMITTED.value:
        raise PolicyError(f"review {review_id} is submitted", "take the next one: inspector review next")
    version: int = kept.draft_version
    if typed(kept) == answers:
        return version
    if made_from not in (None, version):
        raise OutdatedError(
            f"draft {review_id} is version {version} by now, not {made_from}: it was changed elsewhere",
            "look at what is there, or write over it by naming its version",
        )
    draft = {"draft": {**kept.draft, "typed": values_of(answers)}, "draft_version": version + 1}
    connection.execute(update(review).where(review.c.id == review_id).values(draft))
    return version + 1


def typed(kept: Row[Any]) -> Answers:
    """What is kept of it."""
    return record(Answers, kept.draft["typed"]) if "typed" in kept.draft else Answers()


def blind_marks(kept: Row[Any]) -> tuple[Mark, ...]:
    """The own verdict of a blind review."""
    return tuple(record(Mark, plain) for plain in kept.draft.get("blind", ()))


# ---- deeds -----------------------------------------------------------------------------------------------------------


def play(held: Held, spans: Sequence[Span]) -> Held:
    """These seconds were played, too. Each of these deeds returns the review as it is then."""
    before = [Span(start_s, end_s) for start_s, end_s in held.review.played]
    played, speech = merged([*before, *spans]), speech_of(load(held.connection, held.made))
    heard = {"played_speech_s": within_s(speech, played), "speech_s": within_s(speech, speech)}
    return held.changed({"played": [[one.start_s, one.end_s] for one in played], **heard})


def reveal(held: Held, marks: Sequence[GivenMark], rulebook: Rulebook) -> Held:
    """Fixes what the reviewer found himself (nothing: no marks), and shows what the machine found.

    Only what was heard before speaks for calls that nobody hears. Raises PolicyError when nothing is hidden (any more).
    """
    if not held.hidden:
        raise PolicyError(f"nothing is hidden in review {held.review.id}", "look at it: inspector review show")
    connection, kept = held.connection, held.review
    seen = snapshot(connection, held.item, hidden=False)
    found = findings_of(connection, _made(seen))
    own = marks_of(marks, rulebook, found, duration_of(connection, kept.call_id), blind=True)
    enough = kept.speech_s > 0 and kept.played_speech_s >= ENOUGH_HEARD * kept.speech_s
    return held.changed(
        {
            **seen,
            "state": ReviewState.REVEALED.value,
            "revealed_at": held.now,
            "in_estimate": enough and kept.reason == Reason.RANDOM.value,
            "draft": {**kept.draft, "blind": [values_of(mark) for mark in own]},
        }
    )


def refresh(held: Held) -> Held:
    """Shows what the machine finds now; what was typed stays."""
    return held.changed(snapshot(held.connection, held.item, hidden=held.hidden))


def release(held: Held, because: Skip) -> None:
    """Gives the item back; he is not handed it again."""
    item, name = tables.review_item, held.review.reviewer
    free = {"owner": None, "lease_until": None, "assigned_to": None}
    without = sorted({*held.item.excluded, name})
    back = update(item).where(item.c.id == held.item.id, item.c.fence == held.item.fence)
    held.connection.execute(back.values(**free, excluded=without, fence=item.c.fence + 1))
    held.change({"state": ReviewState.DROPPED.value, "skipped": because.value})
    append_audit(held.connection, name, "review_release", held.item.id, {"because": because.value})


def _made(seen: Mapping[str, Any]) -> Made | None:
    return None if seen["inspection_id"] is None else Made(seen["inspection_id"], seen["inspected_at"])
