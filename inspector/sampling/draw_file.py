"""The file of a draw: JSON that says everything needed to repeat it but the secret.

``inspector.draw/1`` tells the random draw of one stratum, ``inspector.draw/2`` any other. ``digest`` is sha256 over the
canonical form of all other fields but ``made_at``: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from inspector.sampling.draw import Draw, DrawKind, DrawnCall, Limit, Stratum, Terms, rate_of

__all__ = ["DrawFile", "digest_of", "read_draw", "write_draw"]

_PLAIN, _FULL = "inspector.draw/1", "inspector.draw/2"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST = 10**9
_PLAIN_SHAPE: dict[str, Any] = {
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
_FULL_SHAPE = _PLAIN_SHAPE | {
    "kind": str,
    "base": str,
    "by": [str],
    "limits": [{"stratum": str, "at_most": int}],
    "manifest": {"sha256": str, "call_ids": [str], "strata": [str], "of_calls": [int]},
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
    if schema not in (_PLAIN, _FULL):
        raise ValueError(f"its schema is neither {_PLAIN} nor {_FULL}")
    _check(given, _PLAIN_SHAPE if schema == _PLAIN else _FULL_SHAPE, "")
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
        terms=Terms() if schema == _PLAIN else _terms_of(given),
        of_calls=() if schema == _PLAIN else _of_calls(given["manifest"]),
    )
    return DrawFile(draw, given["made_at"], given["digest"])


def digest_of(draw: Draw) -> str:
    """Hex sha256 of the canonical content."""
    canonical = json.dumps(_content(draw), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half characters have no bytes; they are let through to be found false, not to stop the check.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _content(draw: Draw) -> dict[str, Any]:
    content = {
        "schema": _PLAIN,
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
    return content if draw.terms == Terms() and not draw.of_calls else content | _told_besides(draw)


def _told_besides(draw: Draw) -> dict[str, Any]:
    """What the second schema says more: the terms, and the stratum of each call by its place among the names."""
    names = sorted(set(draw.of_calls))
    place = {name: no for no, name in enumerate(names)}
    of_calls = [place[name] for name in draw.of_calls]
    manifest = {"sha256": draw.manifest_sha256, "call_ids": list(draw.call_ids), "strata": names, "of_calls": of_calls}
    terms = {"kind": draw.terms.kind.value, "base": draw.terms.base, "by": list(draw.terms.by)}
    limits = [asdict(limit) for limit in draw.terms.limits]
    return {"schema": _FULL, **terms, "limits": limits, "manifest": manifest}


def _terms_of(given: dict[str, Any]) -> Terms:
    if given["kind"] not in set(DrawKind):
        raise ValueError("kind is none that this version knows")
    limits = tuple(Limit(**limit) for limit in given["limits"])
    return Terms(DrawKind(given["kind"]), given["base"], tuple(given["by"]), limits)


def _of_calls(manifest: dict[str, Any]) -> tuple[str, ...]:
    names, places = manifest["strata"], manifest["of_calls"]
    if len(places) not in (0, len(manifest["call_ids"])) or max(places, default=-1) >= len(names):
        raise ValueError("manifest.of_calls does not name one of manifest.strata for each call")
    return tuple(names[place] for place in places)


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
