"""The query behind agents' numbers takes exactly what the records say counts: over every combination there is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

from sqlalchemy import select

from inspector.enums import Kind, Outcome, Status
from inspector.review.records import Answer, DecisionState, Origin, counts_against
from inspector.storage import Store
from inspector.storage.decisions.counting import counting
from inspector.storage.review_tables import decision
from tests.databases import Database
from tests.decisions import put_decision, put_review


def test_the_query_counts_what_counts_and_nothing_else(database: Database) -> None:
    Store.open(database.url).close()
    names = ("origin", "kind", "status", "outcome", "answer", "state")
    every = list(product(Origin, Kind, Status, Outcome, Answer, DecisionState))
    with database.connection() as connection:
        review_id = put_review(connection, "c", "zhang", datetime(2025, 3, 3, tzinfo=UTC))
        for place, one in enumerate(every):
            put_decision(connection, "c", str(place), review_id, **dict(zip(names, one, strict=True)))
        counted = {int(rule_id) for rule_id in connection.scalars(select(decision.c.rule_id).where(counting()))}
    expected = {place for place, one in enumerate(every) if counts_against(*one)}
    assert counted == expected
    assert expected
