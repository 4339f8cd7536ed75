"""Draws a sample of a business day's calls that nobody can steer and everybody can check afterwards. Pure.

::

    calls listed ─► manifest (sorted ids) ─► sha256 ─┐
    secret of the month ────────────────────────────┼─► seed = HMAC(secret, date ‖ sha256 ‖ terms)
    kind, base, stratum of each call ─► terms ───────┘
    k = ceil(rate × N) ─► shared among strata ─► in each the k_s smallest HMAC(seed, call id)

The random draw of one stratum has no terms: its seed is what it always was. Everything is exact: HMAC is HMAC-SHA256
(RFC 2104), rates are decimals, shares are whole numbers. Whether a call was heard, rejected or lost plays no part.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from inspector.sampling.strata import EVERY_CALL, merged

__all__ = [
    "ALL_CALLS",
    "EVERY_CALL",
    "Draw",
    "DrawKind",
    "DrawnCall",
    "Limit",
    "Order",
    "Stratum",
    "Terms",
    "allot",
    "choose",
    "divide",
    "draw",
    "is_call_id",
    "manifest_digest",
    "rate_of",
    "sample_size",
    "seed_of",
    "terms_digest",
]

ALL_CALLS = "all_calls"
"""The base of a draw from every call that is listed."""

_CALL_ID = re.compile(r"[0-9a-f]{24}")
_RATE = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")


class DrawKind(StrEnum):
    """What a draw is for. Only ``random`` supports an estimate.

    ``self_check``: teams look at their own findings. ``recheck``: QA looks at a share of a base that the draw names.
    ``mystery``: calls of test customers. ``coverage``: what the random sample left agents short of in a month.
    ``directed``: calls that somebody asked for by a condition.
    """

    RANDOM = "random"
    SELF_CHECK = "self_check"
    RECHECK = "recheck"
    MYSTERY = "mystery"
    COVERAGE = "coverage"
    DIRECTED = "directed"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many calls of a stratum are drawn."""

    stratum: str
    at_most: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a draw is made by besides its calls and its rate.

    ``base``: which calls are listed, in words that say it again: ``all_calls``, ``with_findings``, a condition.
    ``by``: the fields of business data that strata are made by. ``limits``: instead of a share of all, so many of each
    stratum that they name and none of another; the rate is 1 then, and no strata are put together.
    """

    kind: DrawKind = DrawKind.RANDOM
    base: str = ALL_CALLS
    by: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the manifest, drawn from on its own: how many calls it lists and how many of them were drawn."""

    name: str
    listed: int
    drawn: int


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """A call of the sample. ``place``: its rank in its stratum, from 1."""

    call_id: str
    source_call_id: str
    stratum: str
    place: int


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw with all that is needed to repeat it but the secret.

    ``part`` counts the draws of a business date from 1: calls that were listed late have one of their own.
    ``call_ids``: the manifest. ``of_calls``: the stratum that each of them lies in, in the same order; empty when all
    lie in one. Small ones were put together before the draw: ``strata`` are those that were drawn from. Digests and the
    seed are hex. ``code``: version of the program that drew.

    What is read from a file is as the file says, true or not: see ``verify.py``.
    """

    business_date: date
    part: int
    rate: Decimal
    call_ids: tuple[str, ...]
    manifest_sha256: str
    secret_sha256: str
    seed: str
    strata: tuple[Stratum, ...]
    items: tuple[DrawnCall, ...]
    code: str
    terms: Terms = Terms()
    of_calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be drawn: which part of which day, and which share of its calls."""

    business_date: date
    part: int
    rate: Decimal
    terms: Terms = Terms()

    def __post_init__(self) -> None:
        if self.part < 1 or not 0 < self.rate <= 1:
            raise ValueError(f"impossible draw: part {self.part}, rate {self.rate}")
        if self.terms.limits and self.rate != 1:
            raise ValueError("impossible draw: a share and limits")


def draw(order: Order, strata: Mapping[str, Mapping[str, str]], secret: bytes, code: str) -> Draw:
    """Draws from ``strata``: per name the calls listed, call id → the id they have at their source.

    Raises ValueError when there are no calls, one is in two strata, or an id is none of ours.
    """
    source_ids = {call_id: source_id for calls in strata.values() for call_id, source_id in calls.items()}
    if not source_ids or len(source_ids) != sum(map(len, strata.values())):
        raise ValueError("a draw needs calls, each in one stratum")
    call_ids = tuple(sorted(source_ids))
    stratum_of = {call_id: name for name, calls in strata.items() for call_id in calls}
    of_calls = () if strata.keys() == {EVERY_CALL} else tuple(stratum_of[call_id] for call_id in call_ids)
    manifest = manifest_digest(source_ids)
    seed = seed_of(secret, order.business_date, manifest, terms_digest(order.terms, of_calls))
    divided = divide(order.rate, order.terms, strata)
    items = [
        DrawnCall(call_id, source_ids[call_id], name, place)
        for name, (drawn, calls) in divided.items()
        for place, call_id in enumerate(choose(seed, calls, drawn), start=1)
    ]
    return Draw(
        business_date=order.business_date,
        part=order.part,
        rate=order.rate,
        call_ids=call_ids,
        manifest_sha256=manifest.hex(),
        secret_sha256=hashlib.sha256(secret).hexdigest(),
        seed=seed.hex(),
        strata=tuple(Stratum(name, len(calls), drawn) for name, (drawn, calls) in divided.items()),
        items=tuple(items),
        code=code,
        terms=order.terms,
        of_calls=of_calls,
    )


def divide(rate: Decimal, terms: Terms, strata: Mapping[str, Collection[str]]) -> dict[str, tuple[int, list[str]]]:
    """How many calls are drawn of which: per stratum that is drawn from, in the order of their names."""
    if terms.limits:
        limits = {limit.stratum: limit.at_most for limit in terms.limits}
        return {name: (min(limits.get(name, 0), len(calls)), list(calls)) for name, calls in sorted(strata.items())}
    listed = {name: len(calls) for name, calls in strata.items()}
    size = sample_size(rate, sum(listed.values()))
    together: dict[str, list[str]] = {}
    for name, drawn_as in merged(size, listed).items():
        together.setdefault(drawn_as, []).extend(strata[name])
    shares = allot(size, {name: len(calls) for name, calls in together.items()})
    return {name: (drawn, together[name]) for name, drawn in shares.items()}


def is_call_id(text: str) -> bool:
    """Is it 24 hex digits, as ``model.call_id_of`` makes them?"""
    return _CALL_ID.fullmatch(text) is not None


def rate_of(text: str) -> Decimal:
    """A rate as people write it, with at most nine decimals. Raises ValueError when it is not above 0 and up to 1."""
    if not _RATE.fullmatch(text) or not (rate := Decimal(text)):
        raise ValueError("a rate is a decimal number above 0 and up to 1, like 0.05")
    return rate


def manifest_digest(call_ids: Collection[str]) -> bytes:
    """sha256 over the ids in ascending order, each once, in ASCII and followed by a newline. 32 bytes.

    Raises ValueError for an id that is none of ours.
    """
    if not all(map(is_call_id, call_ids)):
        raise ValueError("a manifest lists call ids of 24 hex digits")
    return hashlib.sha256("".join(f"{call_id}\n" for call_id in sorted(set(call_ids))).encode("ascii")).digest()


def terms_digest(terms: Terms, of_calls: tuple[str, ...]) -> bytes:
    """sha256 over the terms and the stratum of each call, as JSON; no bytes for the random draw of one stratum."""
    if terms == Terms() and not of_calls:
        return b""
    limits = [[limit.stratum, limit.at_most] for limit in terms.limits]
    told = [terms.kind.value, terms.base, list(terms.by), limits, list(of_calls)]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def seed_of(secret: bytes, business_date: date, manifest: bytes, terms: bytes = b"") -> bytes:
    """HMAC-SHA256 by the month's secret over the ISO date in ASCII, one zero byte and the digests, 32 bytes each."""
    return hmac.digest(secret, business_date.isoformat().encode("ascii") + b"\0" + manifest + terms, "sha256")


def sample_size(rate: Decimal, listed: int) -> int:
    """k = ceil(rate × N), without the errors of binary fractions: 0.05 × 20 is 1."""
    return math.ceil(Fraction(rate) * listed)


def allot(size: int, listed: Mapping[str, int]) -> dict[str, int]:
    """Shares ``size`` among strata in proportion to their calls, by largest remainder, of equals by name.

    Raises ValueError when there are fewer calls than are to be drawn.
    """
    total = sum(listed.values())
    if not 0 <= size <= total:
        raise ValueError(f"{size} of {total} calls cannot be drawn")
    shares = {name: divmod(size * calls, max(total, 1)) for name, calls in sorted(listed.items())}
    left = size - sum(whole for whole, _ in shares.values())
    most = set(sorted(shares, key=lambda name: -shares[name][1])[:left])
    return {name: whole + (name in most) for name, (whole, _) in shares.items()}


def choose(seed: bytes, call_ids: Collection[str], count: int) -> tuple[str, ...]:
    """The ``count`` calls with the smallest HMAC-SHA256 by ``seed`` over their id in ASCII, smallest first."""
    keyed = sorted((hmac.digest(seed, call_id.encode("ascii"), "sha256"), call_id) for call_id in set(call_ids))
    return tuple(call_id for _, call_id in keyed[:count])
