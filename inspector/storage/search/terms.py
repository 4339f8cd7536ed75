"""The index of terms: on SQLite a full-text table without contents, on PostgreSQL an array with an inverted index.

Terms are numbers (``redaction/terms.py``) of what was said, of what was found, and of the day (UTC), so that one day
can be looked through without reading what a common word has on all others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ARRAY, CTE, BigInteger, Connection, Integer, bindparam, column, text

from inspector.redaction.terms import facet_term, terms_of

__all__ = [
    "DAY_S",
    "WITHIN_A_SECOND",
    "all_terms",
    "delete_terms",
    "found_term",
    "hits",
    "prefer_index",
    "put_terms",
    "second_of",
]

DAY_S = 24 * 3600
WITHIN_A_SECOND = 16
"""``seq`` is the second since 1970 and so many bits that tell the calls of one second apart."""


def second_of(seq: int) -> int:
    """When the call of that ``seq`` began, in seconds since 1970."""
    return seq >> WITHIN_A_SECOND


def found_term(rule_id: str, outcome: str) -> int:
    """That a rule answered so."""
    return facet_term(f"rule {rule_id}", outcome)


def all_terms(seq: int, body: str, found: Iterable[Sequence[str]]) -> list[int]:
    """What a call is found by, in order: the same of the same row for ever, or it could not be deleted. Whoever changes
    it brings a migration that makes the index anew."""
    terms = terms_of(body, sound=False) | terms_of(body, sound=True)
    terms |= {found_term(one[0], one[1]) for one in found}
    return sorted({*terms, _day_term(seq)})


def put_terms(connection: Connection, rows: Iterable[tuple[int, Sequence[int]]]) -> None:
    """The terms of each ``seq``."""
    if connection.dialect.name == "sqlite":
        put = text("INSERT INTO call_term (rowid, terms) VALUES (:seq, :terms)")
        connection.execute(put, [{"seq": seq, "terms": _spelled(terms)} for seq, terms in rows])
        return
    put = text("INSERT INTO call_term (seq, terms) VALUES (:seq, :terms)")
    put = put.bindparams(bindparam("terms", type_=ARRAY(Integer)))
    connection.execute(put, [{"seq": seq, "terms": list(terms)} for seq, terms in rows])


def delete_terms(connection: Connection, seq: int, terms: Sequence[int]) -> None:
    """``terms``: those that were put. SQLite keeps no contents, so it must be told what to take out."""
    if connection.dialect.name == "sqlite":
        delete = text("INSERT INTO call_term (call_term, rowid, terms) VALUES ('delete', :seq, :terms)")
        connection.execute(delete, {"seq": seq, "terms": _spelled(terms)})
        return
    connection.execute(text("DELETE FROM call_term WHERE seq = :seq"), {"seq": seq})


def hits(connection: Connection, terms: Collection[int], low: int, high: int) -> CTE:
    """The ``seq`` (low <= seq < high, both of one day) of the calls that have all of these terms."""
    if connection.dialect.name == "sqlite":
        match = " ".join(f'"{one}"' for one in _spelled(sorted(terms)).split())
        found = text(
            "SELECT rowid AS seq FROM call_term WHERE call_term MATCH :terms AND rowid >= :low AND rowid < :high"
        )
        found = found.bindparams(terms=match, low=low, high=high)
        return found.columns(column("seq", BigInteger)).cte("hit")
    wanted = sorted({*terms, _day_term(low)})
    found = text("SELECT seq FROM call_term WHERE terms @> :terms")
    found = found.bindparams(bindparam("terms", wanted, type_=ARRAY(Integer)))
    # Materialized: otherwise the server may read the array of every call of the day.
    return found.columns(column("seq", BigInteger)).cte("hit").prefix_with("MATERIALIZED")


def prefer_index(connection: Connection) -> None:
    """Until the transaction ends. PostgreSQL takes reading every array for cheap: it does not count that they lie
    outside of their rows."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL enable_seqscan = off"))


def _day_term(seq: int) -> int:
    return facet_term("day", str(second_of(seq) // DAY_S))


def _spelled(terms: Iterable[int]) -> str:
    return " ".join(f"{one & 0xFFFFFFFF:08x}" for one in terms)
