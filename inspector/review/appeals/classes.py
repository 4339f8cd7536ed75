"""The six classes of violations (态度, 流程, 信息错误, 告知义务, 身份未核实, 投诉未处理), by rule."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

__all__ = ["ViolationClass", "class_of"]


class ViolationClass(StrEnum):
    """``other``: of none of the six."""

    ATTITUDE = "attitude"
    PROCESS = "process"
    WRONG_INFORMATION = "wrong_information"
    DUTY_TO_INFORM = "duty_to_inform"
    IDENTITY = "identity"
    COMPLAINT = "complaint"
    OTHER = "other"


def class_of(rule_id: str) -> ViolationClass:
    """By the longest beginning of the id that ``data/classes.toml`` names."""
    fitting = [beginning for beginning in _table() if rule_id.startswith(beginning)]
    return _table()[max(fitting, key=len)] if fitting else ViolationClass.OTHER


@cache
def _table() -> dict[str, ViolationClass]:
    text = (files("inspector.review.appeals") / "data" / "classes.toml").read_text("utf-8")
    return {beginning: ViolationClass(name) for beginning, name in tomllib.loads(text)["classes"].items()}
