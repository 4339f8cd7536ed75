"""Repeats a draw and says everything in which a file of it is not what comes out. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from inspector.sampling.draw import EVERY_CALL, Draw, choose, is_call_id, manifest_digest, sample_size, seed_of
from inspector.sampling.draw_file import DrawFile, digest_of

__all__ = ["Fault", "faults"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: ``kind`` names it, ``said`` is what the file says, ``found`` what comes out."""

    kind: str
    said: str = ""
    found: str = ""


def faults(file: DrawFile, secret: bytes | None) -> tuple[Fault, ...]:
    """Everything that is wrong with a draw of one stratum, none when it is sound.

    Without the month's ``secret`` the seed is taken as the file says; all that follows from it is checked.
    """
    draw = file.draw
    found = [*_digest(file), *_manifest(draw), *_size(draw)]
    if secret is not None:
        found += _seed(draw, secret)
    return (*found, *_items(draw))


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


def _size(draw: Draw) -> Iterator[Fault]:
    listed = len(set(draw.call_ids))
    size = sample_size(draw.rate, listed)
    said = [(stratum.name, stratum.listed, stratum.drawn) for stratum in draw.strata]
    if said != [(EVERY_CALL, listed, size)]:
        yield Fault("strata", str(said), str([(EVERY_CALL, listed, size)]))
    if len(draw.items) != size:
        yield Fault("size", str(len(draw.items)), str(size))


def _seed(draw: Draw, secret: bytes) -> Iterator[Fault]:
    if (digest := hashlib.sha256(secret).hexdigest()) != draw.secret_sha256:
        yield Fault("secret", draw.secret_sha256, digest)
    if all(map(is_call_id, draw.call_ids)):
        seed = seed_of(secret, draw.business_date, manifest_digest(draw.call_ids))
        if not hmac.compare_digest(seed.hex(), draw.seed):
            yield Fault("seed", draw.seed, seed.hex())


def _items(draw: Draw) -> Iterator[Fault]:
    try:
        seed = bytes.fromhex(draw.seed)
    except ValueError:
        yield Fault("seed", draw.seed)
        return
    if not all(map(is_call_id, draw.call_ids)):
        return
    drawn = choose(seed, draw.call_ids, sample_size(draw.rate, len(set(draw.call_ids))))
    said = [item.call_id for item in draw.items]
    for call_id in sorted(set(said) - set(drawn)):
        yield Fault("not_drawn", call_id)
    for call_id in sorted(set(drawn) - set(said)):
        yield Fault("left_out", found=call_id)
    places = [(item.call_id, item.stratum, item.place) for item in draw.items]
    expected = [(call_id, EVERY_CALL, place) for place, call_id in enumerate(drawn, start=1)]
    if set(said) == set(drawn) and places != expected:
        yield Fault("places")
