"""Makes docs/rules-coverage.md of features.yaml and coverage.yaml::

python -m tests.packs.coverage.page > docs/rules-coverage.md
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Anchor", "Feature", "anchors", "page", "rules"]

HERE = Path(__file__).parent
ALL, PARTLY, NOT_HERE = STATES = ("有", "部分", "不在此")
_NOT_QUOTED = {"id", "version", "title", "class", "severity", "status", "message", "remedy", "examples"}
_HEAD = """# What other rule languages can say

Made by `tests/packs/coverage/page.py` of `features.yaml` and `coverage.yaml` beside it; do not edit it by hand. Every
feature of the rule languages we read about, beside ours, with one rule that does it. The rules are
[below](#the-examples); each carries examples in `tests/packs/coverage/coverage.yaml`, which a test runs. How to write
rules: [rules/README.md](../rules/README.md).

有: ours can say it. 部分: in part, and what lacks. 不在此: not here, and why. What the others can do was read in their
public documents, named at each table, some of them in part only; nothing was tried in their products.
"""


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a rule language can say, and how ours says it: with an example, a reason why not, or both."""

    feature: str
    ours: str
    status: str
    example: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATES:
            raise ValueError(f"{self.feature}: no such status: {self.status}")
        if self.status != NOT_HERE and not self.example:
            raise ValueError(f"{self.feature}: {self.status} needs an example")
        if self.status != ALL and not self.reason:
            raise ValueError(f"{self.feature}: {self.status} needs a reason")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A system whose rule language was read, with the documents it was read in."""

    name: str
    documents: str
    features: tuple[Feature, ...]


def anchors() -> tuple[Anchor, ...]:
    """The tables as written. Raises ValueError on a row without what its status needs."""
    return tuple(
        Anchor(row["anchor"], row["documents"], tuple(Feature(**feature) for feature in row["features"]))
        for row in _read("features.yaml")
    )


def rules() -> dict[str, dict[str, Any]]:
    """The examples by id, as written."""
    return {rule["id"]: rule for rule in _pack()["rules"]}


def page() -> str:
    """The whole document."""
    tables = anchors()
    lines = [_HEAD, *_totals(tables), ""]
    for anchor in tables:
        lines += [f"## {anchor.name}", "", f"Read: {anchor.documents}.", "", *_table(anchor), ""]
    lines += ["## The examples", "", "Word lists that they share:", "", *_quoted({"lists": _pack()["lists"]}), ""]
    for rule_id, rule in rules().items():
        told = {field: value for field, value in rule.items() if field not in _NOT_QUOTED}
        lines += [f"### `{rule_id}`", "", f"{rule['title']}：", "", *_quoted(told), ""]
    return "\n".join(lines)


def _pack() -> dict[str, Any]:
    pack: dict[str, Any] = _read("coverage.yaml")
    return pack


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def _totals(tables: tuple[Anchor, ...]) -> Iterator[str]:
    yield f"| system | {' | '.join(STATES)} |"
    yield f"|{' --- |' * (len(STATES) + 1)}"
    for anchor in tables:
        count = Counter(feature.status for feature in anchor.features)
        yield f"| {anchor.name} | {' | '.join(str(count[status]) for status in STATES)} |"


def _quoted(part: dict[str, Any]) -> Iterator[str]:
    body = yaml.safe_dump(part, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    yield from ("```yaml", body.rstrip(), "```")


def _table(anchor: Anchor) -> Iterator[str]:
    yield "| feature | ours | example | 状态 | note |"
    yield "| --- | --- | --- | --- | --- |"
    for row in anchor.features:
        example = f"[`{row.example}`](#{row.example.replace('.', '')})" if row.example else "–"
        cells = (row.feature, row.ours, example, row.status, row.reason)
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    sys.stdout.write(page())
