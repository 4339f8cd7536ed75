"""Mutants that no example needs to kill, each with its reason. Only data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from inspector.rules.matchers import Strict

__all__ = ["FILE_NAME", "Survivor", "SurvivorFile"]

FILE_NAME = "survivors.yaml"


class Survivor(Strict):
    """A mutant by its rule and id, and why no call can or need tell it from the rule."""

    rule: str
    mutant: str
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class SurvivorFile(RootModel[tuple[Survivor, ...]]):
    """The file beside the packs."""
