"""The bank's compliance check points and who answers each: rules, people, or both. Only data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from inspector.rules.matchers import Strict, Words

__all__ = ["FILE_NAME", "Checkpoint", "CheckpointFile", "unmapped"]

FILE_NAME = "checkpoints.yaml"

Title = Annotated[str, Field(min_length=1, max_length=60)]


class Checkpoint(Strict):
    """One thing that calls are checked for. ``manual``: what people check, where rules cannot or only in part."""

    number: Annotated[int, Field(ge=1, le=999)]
    title: Title
    rules: Words = ()
    manual: str = ""
    double_review: bool = False
    owner: str | None = None
    clause: str | None = None


class CheckpointFile(Strict):
    """The list, and in the bank's words the demands that rules name in ``asks``."""

    schema_: Annotated[Literal["inspector.checkpoints/1"], Field(alias="schema")]
    demands: dict[Annotated[str, Field(pattern=r"^S([1-9]|[12][0-9]|3[0-2])$")], Title] = Field(default_factory=dict)
    checkpoints: tuple[Checkpoint, ...]


def unmapped(file: CheckpointFile, rule_ids: set[str]) -> Iterator[tuple[str, str, str]]:
    """Field, fault and remedy of everything that does not fit together."""
    numbers = Counter(point.number for point in file.checkpoints)
    for no, count in numbers.items():
        if count > 1:
            yield f"checkpoints.{no}", f"编号 {no} 出现 {count} 次", "每个检查点用自己的编号"
    for point in file.checkpoints:
        if not point.rules and not point.manual:
            yield f"checkpoints.{point.number}", "既没有规则，也没有写人工怎么查", "补上 rules 或 manual"
        for rule in point.rules:
            if rule not in rule_ids:
                yield f"checkpoints.{point.number}.rules", f"没有编号为 {rule} 的规则", "改正编号，或先写出这条规则"
