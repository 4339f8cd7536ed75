"""The JSON contract: every key present, valid against the schema that ships, unknown is null."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from inspector.config import default_packs_dir
from inspector.errors import ErrorKind, RecordingError
from inspector.legs import Leg, join
from inspector.model import Call, Facts
from inspector.pipeline import inspect_hearing
from inspector.reports.contract import error_object, inspection_object, to_line
from inspector.rules.load import load_plan
from inspector.rules.notation import parse_call

CALL = """
0:01 A 您好云川银行为您服务
0:05 C 你好
0:08 A 我给您推荐我们这款理财产品保本保息
0:14-0:20 ~ A
0:22 C [agitation=0.8] 行那就帮我办吧
"""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(files("inspector.reports").joinpath("inspection-1.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    _, hearing = parse_call(CALL, "call.txt")
    call = Call("crm", "7", Facts(agent="3062", product_type="理财"))
    inspection = inspect_hearing(call, hearing, load_plan(default_packs_dir()))
    row: dict[str, Any] = json.loads(to_line(inspection_object(inspection, 1.23456, {"asr": 1.0})))
    return row


def test_an_inspection_is_valid(contract: dict[str, Any], validator: Draft202012Validator) -> None:
    validator.validate(contract)
    assert contract["findings"]
    assert contract["unheard"]
    assert contract["emotions"]
    assert contract["call"]["facts"] == {"agent": "3062", "product_type": "理财"}


def test_an_ordinary_call_has_one_segment(contract: dict[str, Any]) -> None:
    recording = contract["recording"]
    (segment,) = recording["segments"]
    assert segment == {
        "id": recording["id"],
        "path": "call.txt",
        "segment_no": 1,
        "start_s": 0.0,
        "duration_s": recording["duration_s"],
        "agent": "3062",
    }


def test_every_segment_of_a_call_is_named_also_one_that_was_not_heard(validator: Draft202012Validator) -> None:
    _, hearing = parse_call(CALL, "call.txt")
    named = [Leg(1, Path("a")), Leg(2, Path("b"), "3063"), Leg(3, None)]
    joined = join(list(zip(named, (None, hearing, None), strict=True)))
    call = Call("crm", "7", Facts(agent="3062"))
    inspection = inspect_hearing(call, joined, load_plan(default_packs_dir()))
    row = json.loads(to_line(inspection_object(inspection, 1.0, {})))
    validator.validate(row)
    length_s = row["recording"]["duration_s"]
    keys = ("path", "segment_no", "start_s", "duration_s", "agent")
    assert [tuple(segment[key] for key in keys) for segment in row["recording"]["segments"]] == [
        ("a", 1, 0.0, None, None),
        ("call.txt", 2, 0.0, length_s, "3063"),
        (None, 3, length_s, None, None),
    ]


def test_counts_are_those_of_the_rules(contract: dict[str, Any]) -> None:
    answers = list(contract["judged"]["by_rule"].values())
    for outcome in ("fires", "silent", "undetermined", "not_applicable"):
        assert contract["judged"][outcome] == answers.count(outcome)
    assert not any(rule.startswith("event.") for rule in contract["judged"]["by_rule"])


def test_seconds_have_three_decimals(contract: dict[str, Any]) -> None:
    assert contract["timing"]["wall_s"] == 1.235

    def walk(value: object, key: str = "") -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, name)
        elif isinstance(value, list):
            for inner in value:
                walk(inner, key)
        elif isinstance(value, float) and (key.endswith("_s") or key == "gaps"):
            assert round(value, 3) == value, key

    walk(contract)


def test_absence_and_undetermined_show_their_coverage(contract: dict[str, Any]) -> None:
    for finding in contract["findings"]:
        absent = any(evidence["how"] == "absence" for evidence in finding["evidence"])
        if absent or finding["outcome"] == "undetermined":
            assert finding["coverage"] is not None


def test_an_error_object_is_valid(validator: Draft202012Validator) -> None:
    error = RecordingError(ErrorKind.NOT_AUDIO, "x.wav is no audio", "give a WAV file")
    for call in (None, Call("crm", "7")):
        validator.validate(error_object("x.wav", call, error))


@pytest.mark.parametrize("missing", ["call", "turns", "judged", "queues", "timing"])
def test_the_schema_refuses_a_contract_without_a_key(
    contract: dict[str, Any], validator: Draft202012Validator, missing: str
) -> None:
    assert not validator.is_valid({key: value for key, value in contract.items() if key != missing})


def test_the_schema_refuses_an_unknown_key(contract: dict[str, Any], validator: Draft202012Validator) -> None:
    assert not validator.is_valid(contract | {"surprise": 1})
