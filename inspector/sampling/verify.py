"""Repeats a draw and says everything in which a file of it is not what comes out. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from inspector.sampling.draw import (
    EVERY_CALL,
    Draw,
    choose,
    divide,
    is_call_id,
    manifest_digest,
    seed_of,
    terms_digest,
)
from inspector.sampling.draw_file import DrawFile, digest_of

__all__ = ["Fault", "faults"]

Divided = dict[str, tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: ``kind`` names it, ``said`` is what the file says, ``found`` what comes out."""

    kind: str
    said: str = ""
    found: str = ""


def faults(file: DrawFile, secret: bytes | None) -> tuple[Fault, ...]:
    """Everything that is wrong with a draw, none when it is sound.

    Without the month's ``secret`` the seed is taken as the file says; all that follows from it is checked.
    """
    draw = file.draw
    divided = divide(draw.rate, draw.terms, _strata(draw))
    found = [*_digest(file), *_manifest(draw), *_size(draw, divided)]
    if secret is not None:
        found += _seed(draw, secret)
    return (*found, *_items(draw, divided))


def _strata(draw: Draw) -> dict[str, set[str]]:
    """The calls as the file lists them, each once, by the stratum it says they lie in."""
    if not draw.of_calls:
        return {EVERY_CALL: set(draw.call_ids)}
    strata: dict[str, set[str]] = {}
    for call_id, name in dict(zip(draw.call_ids, draw.of_calls, strict=True)).items():
        strata.setdefault(name, set()).add(call_id)
    return strata


def _digest(file: DrawFile) -> Iterator[Fault]:
    if (digest := digest_of(file.draw)) != file.digest:
        yield Fault("digest", file.digest, digest)


def _manifest(draw: Draw) -> Iterator[Fault]:
    if not draw.call_ids or not all(map(is_call_id, draw.call_ids)):
        yield Fault("call_ids")
        return
    if list(draw.call_ids) != sorted(set(draw.call_ids)):
        yield Fault("order")
    if (digest := manifest_digest(draw.call_ids).hex()) != draw.manifest_sha256:
        yield Fault("manifest", draw.manifest_sha256, digest)
    if draw.terms.limits and draw.rate != 1:
        yield Fault("limits", f"{draw.rate:f}", "1")


def _size(draw: Draw, divided: Divided) -> Iterator[Fault]:
    said = [(stratum.name, stratum.listed, stratum.drawn) for stratum in draw.strata]
    expected = [(name, len(calls), drawn) for name, (drawn, calls) in divided.items()]
    if said != expected:
        for one in sorted(set(said) ^ set(expected)):
            yield Fault("strata", str(one) if one in said else "–", str(one) if one in expected else "–")
        if sorted(said) == sorted(expected) or len(said) != len(set(said)):
            yield Fault("strata", str(len(said)), str(len(expected)))
    if len(draw.items) != (size := sum(drawn for drawn, _ in divided.values())):
        yield Fault("size", str(len(draw.items)), str(size))


def _seed(draw: Draw, secret: bytes) -> Iterator[Fault]:
    if (digest := hashlib.sha256(secret).hexdigest()) != draw.secret_sha256:
        yield Fault("secret", draw.secret_sha256, digest)
    if all(map(is_call_id, draw.call_ids)):
        terms = terms_digest(draw.terms, draw.of_calls)
        seed = seed_of(secret, draw.business_date, manifest_digest(draw.call_ids), terms)
        if not hmac.compare_digest(seed.hex().encode(), draw.seed.encode("utf-8", "surrogatepass")):
            yield Fault("seed", draw.seed, seed.hex())


def _items(draw: Draw, divided: Divided) -> Iterator[Fault]:
    try:
        seed = bytes.fromhex(draw.seed)
    except ValueError:
        yield Fault("seed", draw.seed)
        return
    if not all(map(is_call_id, draw.call_ids)):
        return
    expected = [
        (call_id, name, place)
        for name, (count, calls) in divided.items()
        for place, call_id in enumerate(choose(seed, calls, count), start=1)
    ]
    drawn, said = {call_id for call_id, _, _ in expected}, {item.call_id for item in draw.items}
    for call_id in sorted(said - drawn):
        yield Fault("not_drawn", call_id)
    for call_id in sorted(drawn - said):
        yield Fault("left_out", found=call_id)
    if said == drawn and [(item.call_id, item.stratum, item.place) for item in draw.items] != expected:
        yield Fault("places")
