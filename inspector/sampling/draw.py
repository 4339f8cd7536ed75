"""Draws a sample of a business day's calls that nobody can steer and everybody can check afterwards. Pure.

::

    calls listed ─► manifest (sorted ids) ─► sha256 ─┐
    secret of the month ────────────────────────────┴─► seed = HMAC(secret, date ‖ sha256)
    k = ceil(rate × N) ─► shared among strata ─► in each the k_s smallest HMAC(seed, call id)

Everything is exact: HMAC is HMAC-SHA256 (RFC 2104), rates are decimals, shares are whole numbers. Whether a call was
heard, rejected or lost plays no part.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

__all__ = [
    "EVERY_CALL",
    "Draw",
    "DrawnCall",
    "Order",
    "Stratum",
    "allot",
    "choose",
    "draw",
    "is_call_id",
    "manifest_digest",
    "rate_of",
    "sample_size",
    "seed_of",
]

EVERY_CALL = "all"
"""The stratum of a draw that makes no difference between calls."""

_CALL_ID = re.compile(r"[0-9a-f]{24}")
_RATE = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")


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
    ``call_ids``: the manifest. Digests and the seed are hex. ``code``: version of the program that drew.

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


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be drawn: which part of which day, and which share of its calls."""

    business_date: date
    part: int
    rate: Decimal

    def __post_init__(self) -> None:
        if self.part < 1 or not 0 < self.rate <= 1:
            raise ValueError(f"impossible draw: part {self.part}, rate {self.rate}")


def draw(order: Order, strata: Mapping[str, Mapping[str, str]], secret: bytes, code: str) -> Draw:
    """Draws from ``strata``: per name the calls listed, call id → the id they have at their source.

    Raises ValueError when there are no calls, one is in two strata, or an id is none of ours.
    """
    source_ids = {call_id: source_id for calls in strata.values() for call_id, source_id in calls.items()}
    if not source_ids or len(source_ids) != sum(map(len, strata.values())):
        raise ValueError("a draw needs calls, each in one stratum")
    manifest = manifest_digest(source_ids)
    seed = seed_of(secret, order.business_date, manifest)
    size = sample_size(order.rate, len(source_ids))
    shares = allot(size, {name: len(calls) for name, calls in strata.items()})
    items = [
        DrawnCall(call_id, source_ids[call_id], name, place)
        for name, drawn in shares.items()
        for place, call_id in enumerate(choose(seed, strata[name], drawn), start=1)
    ]
    return Draw(
        business_date=order.business_date,
        part=order.part,
        rate=order.rate,
        call_ids=tuple(sorted(source_ids)),
        manifest_sha256=manifest.hex(),
        secret_sha256=hashlib.sha256(secret).hexdigest(),
        seed=seed.hex(),
        strata=tuple(Stratum(name, len(strata[name]), drawn) for name, drawn in shares.items()),
        items=tuple(items),
        code=code,
    )


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


def seed_of(secret: bytes, business_date: date, manifest: bytes) -> bytes:
    """HMAC-SHA256 by the month's secret over the ISO date in ASCII, one zero byte and the 32 bytes of digest."""
    return hmac.digest(secret, business_date.isoformat().encode("ascii") + b"\0" + manifest, "sha256")


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
    most = sorted(shares, key=lambda name: -shares[name][1])[:left]
    return {name: whole + (name in most) for name, (whole, _) in shares.items()}


def choose(seed: bytes, call_ids: Collection[str], count: int) -> tuple[str, ...]:
    """The ``count`` calls with the smallest HMAC-SHA256 by ``seed`` over their id in ASCII, smallest first."""
    keyed = sorted((hmac.digest(seed, call_id.encode("ascii"), "sha256"), call_id) for call_id in set(call_ids))
    return tuple(call_id for _, call_id in keyed[:count])
