"""``inspector review`` from next to submit: answers as a file, everything shown masked."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.app import main
from inspector.config import load_settings
from inspector.storage.configured import open_store
from tests.databases import Database
from tests.unit.review.conftest import PROMISE, Desk

NUMBER = "13812345678"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["review", *arguments])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return command


@pytest.fixture
def called(home: Path) -> None:
    settings = load_settings()
    with closing(open_store(settings)) as store:
        Desk(store, Database("")).heard(NUMBER, f"{PROMISE}\n0:09 C 我的号码是{NUMBER}")


def filled(template: str, path: Path, **fields: Any) -> Path:
    plain = json.loads(template) | fields
    for entry in plain["findings"]:
        entry |= {"answer": "false_alarm", "because": "quoted", "note": f"客户报了{NUMBER}"}
    path.write_text(json.dumps(plain), "utf-8")
    return path


@pytest.mark.usefixtures("called")
def test_from_next_to_submit(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("next", "--json")
    (sheet,) = map(json.loads, out.splitlines())
    assert (code, sheet["schema"], sheet["reason"]) == (0, "inspector.review_sheet/1", "finding")
    _, template, _ = run("show", "--template")
    path = filled(template, tmp_path / "answers.json")
    assert run("keep", "--answers", str(path))[0] == 0
    shown = out + run("show")[1] + run("show", "--json")[1] + run("list")[1] + run("list", "--json")[1]
    assert NUMBER not in shown
    assert "＊" in shown
    code, out, _ = run("submit", "--answers", str(path), "--json")
    assert (code, json.loads(out)["verdicts"]) == (0, 1)
    code, out, _ = run("next")
    assert (code, "没有待复核的通话" in out) == (0, True)


@pytest.mark.usefixtures("called")
@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"schema": "other"}, "schema"),
        ({"remarks": []}, "remarks"),
        ({"marks": [{"rule_id": "a.b", "start_s": "坏了", "end_s": 2, "party": "agent"}]}, "marks[0]"),
        ({"corrections": {"a": 1}}, "corrections"),
    ],
)
def test_a_file_filled_in_wrongly_is_told_where(run: Run, tmp_path: Path, fields: dict[str, Any], where: str) -> None:
    run("next")
    path = filled(run("show", "--template")[1], tmp_path / "answers.json", **fields)
    code, _, err = run("submit", "--answers", str(path))
    assert (code, f"{where} 不对" in err, "坏了" in err) == (2, True, False)


def test_nothing_at_hand(run: Run) -> None:
    code, _, err = run("show")
    assert (code, "inspector review next" in err) == (2, True)
