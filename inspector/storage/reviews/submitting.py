"""A review comes in: checked against what was shown and what is on record now, written, and what follows decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert, update

from inspector.errors import PolicyError
from inspector.review.answers import Answers, corrections_of, marks_of, verdicts_of
from inspector.review.reasons import State
from inspector.review.records import Correction, Mark, ReviewState, Submitted, Verdict
from inspector.review.rulebook import Rulebook
from inspector.storage import tables
from inspector.storage.decisions.after_review import after_review
from inspector.storage.ledger.events import append_events
from inspector.storage.ledger.records import EventKind
from inspector.storage.review_tables import correction, mark, verdict
from inspector.storage.reviews.claiming import snapshot
from inspector.storage.reviews.holding import Held, blind_marks
from inspector.storage.reviews.inspected import duration_of, findings_of, load
from inspector.storage.rows import append_audit, values_of

__all__ = ["submit"]


def submit(held: Held, answers: Answers, rulebook: Rulebook) -> Submitted:
    """Ends a review and its item.

    Raises PolicyError while the own verdict of a blind review is missing and when what is found has changed since it
    was shown, UsageError like :func:`verdicts_of`, :func:`marks_of` and :func:`corrections_of`.
    """
    if held.hidden:
        raise PolicyError(
            f"review {held.review.id} is blind and your own verdict is not in", "give it first: inspector review reveal"
        )
    held = _unchanged(held)
    kept = held.review
    verdicts = verdicts_of(held.shown(), answers.findings)
    found, duration_s = findings_of(held.connection, held.made), duration_of(held.connection, kept.call_id)
    marks = blind_marks(kept) + marks_of(answers.marks, rulebook, found, duration_s, blind=False)
    corrections: tuple[Correction, ...] = ()
    if answers.corrections:
        inspection = load(held.connection, held.made)
        corrections = corrections_of(answers.corrections, None if inspection is None else inspection.hearing)
    submitted = _submitted(held, verdicts, marks)
    _close(held, answers.note)
    _write(held, verdicts, marks, corrections)
    after_review(held.connection, submitted, held.policy, held.now)
    _tell(held, submitted, len(corrections))
    return submitted


def _unchanged(held: Held) -> Held:
    """On the newest inspection. Raises PolicyError, naming the rules, when it found other things than were shown."""
    now = snapshot(held.connection, held.item, hidden=False)
    before: Mapping[str, Any] = held.review.shown
    after: Mapping[str, Any] = now["shown"]
    changed = sorted(rule for rule in before.keys() | after.keys() if before.get(rule) != after.get(rule))
    if changed:
        raise PolicyError(
            f"the call was inspected again meanwhile; other than you saw it: {', '.join(changed)};"
            f" what you typed is kept as draft {held.review.id}",
            "look at what is found now: inspector review refresh",
        )
    return held.changed(now)


def _submitted(held: Held, verdicts: tuple[Verdict, ...], marks: tuple[Mark, ...]) -> Submitted:
    kept = held.review
    return Submitted(
        review_id=kept.id,
        item_id=held.item.id,
        call_id=kept.call_id,
        inspection_id=kept.inspection_id or "",
        reviewer=kept.reviewer,
        reason=kept.reason,
        of_review=kept.of_review,
        in_estimate=kept.in_estimate,
        at=held.now,
        verdicts=verdicts,
        marks=marks,
    )


def _close(held: Held, note: str | None) -> None:
    item, kept, now = tables.review_item, held.review, held.now
    free = {"owner": None, "lease_until": None}
    closed = {"state": State.DONE.value, "closed_at": now, "closed_by": kept.reviewer, **free}
    ended = update(item).where(item.c.id == held.item.id, item.c.fence == held.item.fence)
    held.connection.execute(ended.values(closed))
    handling_s = max((now - kept.claimed_at).total_seconds(), 0.0)
    done = {"state": ReviewState.SUBMITTED.value, "submitted_at": now, "handling_s": handling_s}
    held.change({**done, "note": note, "draft": {}})


def _write(held: Held, verdicts: Sequence[Verdict], marks: Sequence[Mark], corrections: Sequence[Correction]) -> None:
    own = {"review_id": held.review.id, "call_id": held.review.call_id, "at": held.now}
    placed = ((mark, marks), (correction, corrections))
    written: list[tuple[Table, list[dict[str, Any]]]] = [(verdict, [values_of(one) | own for one in verdicts])]
    written += [(table, [values_of(one) | own | {"place": n} for n, one in enumerate(said)]) for table, said in placed]
    for table, rows in written:
        if rows:
            held.connection.execute(insert(table), rows)


def _tell(held: Held, submitted: Submitted, corrections: int) -> None:
    counts = {"verdicts": len(submitted.verdicts), "marks": len(submitted.marks), "corrections": corrections}
    told = {"review_id": submitted.review_id, "item_id": submitted.item_id, "reason": submitted.reason, **counts}
    append_audit(held.connection, submitted.reviewer, "review_submit", submitted.item_id, told)
    append_events(held.connection, held.now, EventKind.REVIEW_SUBMITTED, [(submitted.call_id, told)])
