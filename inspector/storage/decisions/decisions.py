"""What people ask of decisions and scores: each question and each deed one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from inspector.review.cards.records import Given
from inspector.review.policy import ReviewPolicy
from inspector.roles import Actor, Deed, may, reach_of, require
from inspector.storage.decisions import scores
from inspector.storage.decisions.reading import Decision, DecisionFilter, find_decisions
from inspector.storage.decisions.scores import FinalScores, SavedScore, ScoreSheet
from inspector.storage.engine import storage_errors

__all__ = ["Decisions"]


class Decisions:
    """Every method raises StorageError when the database fails, and PolicyError when the actor may not."""

    def __init__(self, reader: Engine, writer: Engine, policy: ReviewPolicy) -> None:
        self._reader, self._writer, self.policy = reader, writer, policy

    def find(self, actor: Actor, which: DecisionFilter, limit: int) -> tuple[Decision, ...]:
        """The first ``limit`` that the actor may see: all of them, or those of his teams."""
        teams = None if may(actor, Deed.SEE_REVIEWS) else reach_of(actor, Deed.SEE_VIOLATIONS)
        if teams is not None:
            which = replace(which, teams=teams if which.teams is None else teams & frozenset(which.teams))
        with storage_errors(self._reader), self._reader.connect() as connection:
            return find_decisions(connection, which, limit)

    def score_sheet(self, actor: Actor, review_id: str) -> ScoreSheet | None:
        """The card to fill in for a review of the actor's own, with what the machine would answer (nothing, as long as
        the review is blind and not revealed). None: there is no signed card for the call, he may not score it, or the
        review is of no whole call. Raises UsageError for a review that is not there."""
        if not may(actor, Deed.REVIEW):
            return None
        with storage_errors(self._reader), self._reader.connect() as connection:
            return scores.score_sheet(connection, actor, review_id, self.policy)

    def save_score(self, actor: Actor, review_id: str, answers: Mapping[str, Given], now: datetime) -> SavedScore:
        """Scores the call of a review by the card in force on its day.

        For who made the review, while he has it or once after he submitted it. As long as a blind review is not
        revealed, nothing of the machine comes back. Raises UsageError for a review that is
        not there, a call without a card, and answers that do not fit it; PolicyError for anybody else's review, one
        that was given back or looks again at some findings only, and a score that is there already when the review is
        submitted.
        """
        require(actor, Deed.REVIEW)
        with storage_errors(self._writer), self._writer.begin() as connection:
            return scores.save_score(connection, actor, review_id, answers, self.policy, now)

    def history(self, actor: Actor, review_id: str) -> tuple[SavedScore, ...]:
        """All versions of the score of a review, the oldest first."""
        require(actor, Deed.SEE_REVIEWS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return scores.history(connection, review_id)

    def final_scores(self, actor: Actor, agent: str, month: str) -> FinalScores:
        """The final scores of an agent's calls of a month (``YYYY-MM``): what a decision or an appeal is still open of
        is not in them. His own an agent may always see. Raises UsageError for anything but a month."""
        if actor.agent is None or actor.agent != agent:
            require(actor, Deed.SEE_REVIEWS)
        with storage_errors(self._reader), self._reader.connect() as connection:
            return scores.final_scores(connection, agent, month)
