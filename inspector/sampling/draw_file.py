"""The file of a draw, ``inspector.draw/1``: JSON that says everything needed to repeat it but the secret.

``digest`` is sha256 over the canonical form of all other fields but ``made_at``: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from inspector.sampling.draw import Draw, DrawnCall, Stratum, rate_of

__all__ = ["SCHEMA", "DrawFile", "digest_of", "read_draw", "write_draw"]

SCHEMA = "inspector.draw/1"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST = 10**9
_SHAPE: dict[str, Any] = {
    "schema": str,
    "business_date": str,
    "part": int,
    "rate": str,
    "manifest": {"sha256": str, "call_ids": [str]},
    "secret_sha256": str,
    "seed": str,
    "strata": [{"name": str, "listed": int, "drawn": int}],
    "items": [{"call_id": str, "source_call_id": str, "stratum": str, "place": int}],
    "code": str,
    "made_at": str,
    "digest": str,
}


@dataclass(frozen=True, slots=True)
class DrawFile:
    """A draw as a file tells it: with the time it was made and the digest that it claims."""

    draw: Draw
    made_at: str
    digest: str


def write_draw(draw: Draw, made_at: str) -> str:
    """The file of a draw, its digest included. ``made_at``: UTC, ISO 8601."""
    written = _content(draw) | {"made_at": made_at, "digest": digest_of(draw)}
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def read_draw(text: str | bytes) -> DrawFile:
    """Reads such a file. Raises ValueError saying where it is none; whether it is true is not asked here."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON in UTF-8") from None
    schema = given.get("schema") if isinstance(given, dict) else None
    if schema != SCHEMA:
        raise ValueError(f"its schema is not {SCHEMA}")
    _check(given, _SHAPE, "")
    draw = Draw(
        business_date=_date_of(given["business_date"]),
        part=given["part"],
        rate=rate_of(given["rate"]),
        call_ids=tuple(given["manifest"]["call_ids"]),
        manifest_sha256=given["manifest"]["sha256"],
        secret_sha256=given["secret_sha256"],
        seed=given["seed"],
        strata=tuple(Stratum(**stratum) for stratum in given["strata"]),
        items=tuple(DrawnCall(**item) for item in given["items"]),
        code=given["code"],
    )
    return DrawFile(draw, given["made_at"], given["digest"])


def digest_of(draw: Draw) -> str:
    """Hex sha256 of the canonical content."""
    canonical = json.dumps(_content(draw), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half characters have no bytes; they are let through to be found false, not to stop the check.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _content(draw: Draw) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "business_date": draw.business_date.isoformat(),
        "part": draw.part,
        "rate": f"{draw.rate:f}",
        "manifest": {"sha256": draw.manifest_sha256, "call_ids": list(draw.call_ids)},
        "secret_sha256": draw.secret_sha256,
        "seed": draw.seed,
        "strata": [asdict(stratum) for stratum in draw.strata],
        "items": [asdict(item) for item in draw.items],
        "code": draw.code,
    }


def _date_of(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError("business_date is no date like 2025-03-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("business_date is no day of the calendar") from None


def _check(given: Any, shape: Any, where: str) -> None:
    """Raises ValueError where ``given`` has not this shape: exactly these keys, these types."""
    given_type: type = type(given)
    if given_type is not (shape if isinstance(shape, type) else type(shape)):
        raise ValueError(f"{where or 'it'} has not the type it should have")
    if isinstance(shape, dict):
        if given.keys() != shape.keys():
            raise ValueError(f"{where or 'it'} needs the keys {', '.join(shape)} and no others")
        for key, inner in shape.items():
            _check(given[key], inner, f"{where}.{key}".lstrip("."))
    elif shape is int and not 0 <= given <= _MOST:
        raise ValueError(f"{where} is below 0 or above {_MOST}")
    elif isinstance(shape, list):
        for place, one in enumerate(given):
            _check(one, shape[0], f"{where}[{place}]")
