"""Calls written as text that score packs: kept apart from the examples, nobody tunes on them. Only data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from inspector.rules.matchers import Strict, Words

__all__ = ["ScoredCall", "ScoredFile"]


class ScoredCall(Strict):
    """One call in the notation of examples, and what a fair judge finds in it.

    ``fires``: must be found. ``never``: must not be; undetermined is allowed there. ``trap``: made so that a careless
    rule fires. Other rules are nobody's business.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)]
    call: str
    fires: Words = ()
    never: Words = ()
    trap: bool = False


class ScoredFile(RootModel[tuple[ScoredCall, ...]]):
    """One YAML file of scored calls."""
