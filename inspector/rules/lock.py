"""``lock.json``: which rules were published, under which version, with what content. An id is never used twice.

Guards have no versions: a changed one changes every rule that uses it, and with them the digest of the packs, which
every inspection keeps. So the lock holds them by digest alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from inspector.errors import PackError, PackIssue
from inspector.model import Kind, Status
from inspector.rules.load import Packs
from inspector.rules.matchers import Strict
from inspector.rules.schema import Rule

__all__ = ["LOCK_NAME", "LockFile", "Locked", "lock_issues", "lock_of", "lock_text", "read_lock"]

LOCK_NAME = "lock.json"
_REFRESH = "跑完全部例子后运行 inspector rules lock --write"

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Locked(Strict):
    """One published rule; one that is deprecated stays for ever, also when no pack holds it any more."""

    version: Annotated[int, Field(ge=1)]
    kind: Kind
    status: Status
    digest: Digest


class LockFile(Strict):
    """The whole lock. ``digest``: of the packs, as inspections keep it and people sign it."""

    schema_: Annotated[Literal["inspector.lock/1"], Field(alias="schema")] = "inspector.lock/1"
    digest: Digest
    rules: dict[str, Locked]
    guards: dict[str, Digest]


def read_lock(directory: Path) -> LockFile | None:
    """The lock of a directory of packs, None where there is none. Raises PackError when it cannot be read."""
    path = directory / LOCK_NAME
    if not path.exists():
        return None
    try:
        return LockFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        remedy = "从版本库取回这个文件，不要手改"
        raise PackError((PackIssue(LOCK_NAME, "", "", f"读不出来（{type(error).__name__}）", remedy),)) from error


def lock_of(packs: Packs, before: LockFile | None) -> LockFile:
    """The lock that holds for the packs, with what ``before`` has of rules that are gone."""
    rules = dict(before.rules) if before else {}
    rules |= {
        rule.id: Locked(version=rule.version, kind=rule.kind, status=rule.status, digest=rule.digest)
        for rule in packs.rules
    }
    guards = {guard.name: guard.digest for guard in packs.guards}
    return LockFile(digest=packs.plan().digest, rules=rules, guards=guards)


def lock_text(lock: LockFile) -> str:
    """Canonical JSON: sorted, two spaces, a line feed at the end."""
    return json.dumps(lock.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def lock_issues(packs: Packs, lock: LockFile) -> tuple[PackIssue, ...]:
    """What the packs do that the lock forbids (errors), and where it is only behind them (warnings)."""
    found: list[PackIssue] = []
    for rule in packs.rules:
        locked = lock.rules.get(rule.id)
        file = packs.file_of[rule.id]
        if locked is None:
            found.append(_behind(file, rule.id, "id", "还没有登记"))
        else:
            found += [PackIssue(file, rule.id, *fault) for fault in _forbidden(rule, locked)] or _newer(
                file, rule, locked
            )
    gone = sorted(lock.rules.keys() - packs.file_of.keys())
    found += [_missing(rule_id) for rule_id in gone if lock.rules[rule_id].status is not Status.DEPRECATED]
    guards = {guard.name: guard.digest for guard in packs.guards}
    changed = sorted(name for name in guards.keys() | lock.guards.keys() if guards.get(name) != lock.guards.get(name))
    found += [_behind(LOCK_NAME, "", f"guards.{name}", "守卫变了，用它的规则都受影响") for name in changed]
    return tuple(found)


def _forbidden(rule: Rule, locked: Locked) -> Iterator[tuple[str, str, str]]:
    """Field, what is wrong, what to do."""
    if locked.kind is not rule.kind:
        yield "kind", f"登记的是 {locked.kind}，类别不能改", "改回原类别；要换类别就用新编号，旧的写 status: deprecated"
    if locked.status is Status.DEPRECATED and rule.status is not Status.DEPRECATED:
        yield "id", "这个编号已停用，不能重新使用", "用新编号"
    if rule.version < locked.version:
        yield "version", f"登记的是版本 {locked.version}，不能倒退", f"写成 {locked.version + 1}"
    elif rule.version == locked.version and rule.digest != locked.digest:
        yield "version", "内容变了，版本没有变", f"写成 {locked.version + 1}，或改回原内容"


def _newer(file: str, rule: Rule, locked: Locked) -> list[PackIssue]:
    if rule.version == locked.version:
        return []
    return [_behind(file, rule.id, "version", f"版本 {rule.version} 还没有登记，登记的是 {locked.version}")]


def _behind(file: str, rule_id: str, field: str, what: str) -> PackIssue:
    return PackIssue(file, rule_id, field, what, _REFRESH, "warning")


def _missing(rule_id: str) -> PackIssue:
    what = "登记过的规则不见了"
    return PackIssue(LOCK_NAME, rule_id, "id", what, "编号不能消失：放回规则，先用 status: deprecated 停用并登记")
