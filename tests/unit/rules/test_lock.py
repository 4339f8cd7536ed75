"""``lock.json``: what may change under an id, and what may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.errors import PackError
from inspector.rules.load import Packs
from inspector.rules.lock import lock_issues, lock_of, lock_text, read_lock
from inspector.rules.schema import Guard, PackFile, Rule
from tests.builders import ROOT, rule_of, shipped

NOT = Guard.model_validate({"name": "negation", "before": [{"words": ["不"]}]})


def packs(*rules: Rule, guards: tuple[Guard, ...] = (NOT,)) -> Packs:
    file = PackFile.model_validate({"schema": "inspector.rules/1", "pack": "p"})
    return Packs([("p.yaml", file.model_copy(update={"rules": rules, "guards": guards}))])


def issues(before: Packs, after: Packs) -> list[tuple[str, str, str]]:
    return [(one.rule, one.field, one.severity) for one in lock_issues(after, lock_of(before, None))]


def test_what_was_locked_has_no_issue() -> None:
    assert issues(packs(rule_of()), packs(rule_of())) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"severity": "low"}, "version"),
        ({"match": {"phrases": ["别的说法"]}, "version": 2}, "version"),  # back from 3
        ({"kind": "signal", "version": 4}, "kind"),
    ],
)
def test_content_and_kind_do_not_change_under_a_version_and_versions_do_not_go_back(
    change: dict[str, Any], field: str
) -> None:
    assert issues(packs(rule_of(version=3)), packs(rule_of(**{"version": 3, **change}))) == [
        ("test.rule", field, "error")
    ]


def test_words_that_judge_nothing_need_no_version() -> None:
    assert issues(packs(rule_of()), packs(rule_of(title="别的", remedy="别的", asks=["S1"]))) == []


def test_a_new_version_and_a_new_rule_only_wait_for_the_lock() -> None:
    after = packs(rule_of(version=2, severity="low"), rule_of(id="test.other"))
    assert issues(packs(rule_of()), after) == [("test.rule", "version", "warning"), ("test.other", "id", "warning")]


def test_a_rule_does_not_vanish_before_it_is_deprecated() -> None:
    assert issues(packs(rule_of()), packs()) == [("test.rule", "id", "error")]
    assert issues(packs(rule_of(status="deprecated")), packs()) == []


def test_a_deprecated_id_stays_locked_and_is_never_used_again() -> None:
    first = lock_of(packs(rule_of(status="deprecated")), None)
    later = lock_of(packs(), first)
    assert later.rules == first.rules
    reused = lock_issues(packs(rule_of(version=9)), later)
    assert [(one.field, one.severity) for one in reused] == [("id", "error")]


def test_a_changed_guard_waits_for_the_lock_and_changes_the_digest_of_the_packs() -> None:
    other = NOT.model_copy(update={"doubtful_chars": 3})
    assert issues(packs(rule_of()), packs(rule_of(), guards=(other,))) == [("", "guards.negation", "warning")]
    assert lock_of(packs(rule_of()), None).digest != lock_of(packs(rule_of(), guards=(other,)), None).digest


def test_what_is_as_by_default_is_not_in_a_digest() -> None:
    written = rule_of(match={"phrases": ["稳赚不赔"], "by": "pinyin_confusable", "times": 1}, where={"which": "first"})
    assert written.digest == rule_of().digest


def test_the_lock_reads_back_and_is_canonical(tmp_path: Path) -> None:
    lock = lock_of(packs(rule_of(id="b.b"), rule_of(id="a.a")), None)
    (tmp_path / "lock.json").write_text(lock_text(lock), "utf-8")
    assert read_lock(tmp_path) == lock
    assert lock_text(lock) == lock_text(lock_of(packs(rule_of(id="a.a"), rule_of(id="b.b")), None))
    assert read_lock(tmp_path / "elsewhere") is None


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "inspector.lock/2"}'])
def test_a_lock_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock.json").write_text(text, "utf-8")
    with pytest.raises(PackError, match=r"lock\.json:-:-"):
        read_lock(tmp_path)


def test_the_lock_that_ships_is_true() -> None:
    lock = read_lock(ROOT / "rules")
    assert lock is not None
    assert [str(issue) for issue in lock_issues(shipped(), lock)] == [], "inspector rules lock --write --packs rules"
    assert lock_text(lock_of(shipped(), lock)) == (ROOT / "rules" / "lock.json").read_text("utf-8")
