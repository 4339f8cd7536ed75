"""docs/rules-coverage.md: every row has an example that runs or a reason, and the page is as made."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from inspector.rules.check import check_packs
from inspector.rules.load import Packs, load_packs
from inspector.rules.prove import prove
from tests.builders import ROOT
from tests.packs.coverage.page import HERE, NOT_HERE, Feature, anchors, page, rules

DOCUMENT = (ROOT / "docs" / "rules-coverage.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    directory: Path = tmp_path_factory.mktemp("packs")
    for path in (ROOT / "rules" / "guards.yaml", HERE / "coverage.yaml"):
        shutil.copy(path, directory)
    return load_packs(directory)


def test_every_example_holds(packs: Packs) -> None:
    proofs = tuple(prove(packs))
    assert {proof.rule_id for proof in proofs} == set(rules())
    assert [proof for proof in proofs if proof.fault] == []


def test_nothing_is_wrong_with_the_pack_but_what_nothing_here_can_answer(packs: Packs) -> None:
    told = [(issue.rule, issue.field) for issue in check_packs(packs)]
    assert told == [("cover.loudness", "match.loudness"), ("cover.question", "match.nl")]


def test_every_example_is_in_the_tables_and_what_they_name_is_there() -> None:
    named = {row.example for anchor in anchors() for row in anchor.features if row.example}
    assert named == set(rules())
    assert set(re.findall(r"cover\.\w+", DOCUMENT)) == named


def test_what_is_not_here_is_never_shown_by_a_rule_that_can_fire() -> None:
    shown = {row.example for anchor in anchors() for row in anchor.features if row.status == NOT_HERE and row.example}
    assert {tuple(rules()[example]["examples"]) for example in shown} == {("undetermined",)}


def test_the_page_is_as_made() -> None:
    remedy = "python -m tests.packs.coverage.page > docs/rules-coverage.md"
    assert page() == DOCUMENT, remedy


@pytest.mark.parametrize(
    "row",
    [
        {"status": "也许"},
        {"status": "有"},
        {"status": "部分", "reason": "half of it"},
        {"status": "部分", "example": "cover.any_phrase"},
        {"status": "不在此"},
    ],
)
def test_a_row_without_example_or_reason_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a feature"):
        Feature(feature="a feature", ours="–", **row)
