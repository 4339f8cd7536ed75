"""The JSON Schema of packs: what it accepts the loader reads, and what nobody knows both refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from inspector.cli import app as cli
from inspector.rules.json_schema import pack_schema
from inspector.rules.load import NO_PACKS
from inspector.rules.schema import PackFile
from tests.builders import ROOT

TEMPLATE = "TEMPLATE.yaml"
PACKS = sorted(path for path in (ROOT / "rules").glob("*.yaml") if path.name == TEMPLATE or path.name not in NO_PACKS)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return pack_schema((ROOT / "rules" / "README.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_template_is_among_the_packs() -> None:
    assert len(PACKS) > 15
    assert TEMPLATE in {path.name for path in PACKS}


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_pack_is_valid(validator: Draft202012Validator, path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [error.json_path for error in validator.iter_errors(data)] == []


RULE: dict[str, Any] = {
    "id": "my.rule",
    "version": 1,
    "title": "测试",
    "kind": "forbidden",
    "class": "测试",
    "severity": "high",
    "status": "test",
    "match": {"phrases": ["稳赚不赔"]},
}


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"match": {"phrase": ["稳赚不赔"]}},
        {"match": {"near": [{"of": [["甲"], ["乙"]], "words": 3}]}},
        {"exceptions": {"phrases": ["甲"], "far": True}},
        {"kind": "banned"},
        {"id": "我的规则"},
        {"match": {"entity": ["money"]}},
        {"match": {"phrases": "稳赚不赔"}},
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(validator: Draft202012Validator, change: dict[str, Any]) -> None:
    pack = {"schema": "inspector.rules/1", "pack": "测试", "rules": [RULE]}
    assert validator.is_valid(pack) and PackFile.model_validate(pack)
    broken = pack | {"rules": [RULE | change]}
    assert not validator.is_valid(broken)
    with pytest.raises(ValidationError):
        PackFile.model_validate(broken)


def test_the_fields_of_a_rule_are_told_in_chinese(schema: dict[str, Any]) -> None:
    fields = schema["$defs"]["Rule"]["properties"]
    assert [name for name, field in fields.items() if not re.search("[一-鿿]", field.get("description", ""))] == []
    assert fields["title"]["description"] == "名称，60 字以内"


def test_the_command_prints_it(schema: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli._run(["rules", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema
