"""A store where an agent's call was finally found wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from inspector.roles import Actor, Role
from inspector.storage import Store
from tests.databases import Database
from tests.decided import call_of, decide

NOW = datetime(2025, 3, 3, 2, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
QA = Actor("qa", frozenset({Role.QA_LEAD}))
OTHER_QA = Actor("qa2", frozenset({Role.QA_LEAD}))
LEAD = Actor("lead", frozenset({Role.TEAM_LEAD}), frozenset({"一组"}))
STRANGER = Actor("stranger", frozenset({Role.TEAM_LEAD}), frozenset({"二组"}))
AGENT = Actor("zhang", frozenset({Role.AGENT}), frozenset({"一组"}), "A1")


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


@pytest.fixture
def found(store: Store, database: Database) -> str:
    """The id of a call with a final finding."""
    call_id = call_of(store, "1", NOW)
    with database.connection() as connection:
        decide(connection, call_id, NOW)
    return call_id
