"""What the commands show and write: numbers as numbers, files for their owner alone, a trace of each."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
import yaml

from inspector.cli.app import main
from inspector.enums import Status
from inspector.pipeline import inspect_hearing
from inspector.storage import Store
from inspector.storage.engine import sqlite_url
from inspector.storage.review_tables import correction
from tests.builders import hearing_of, plan_of, rule_of, turn
from tests.databases import Database
from tests.signals import called
from tests.verdicts import NOON, RULE, Desk

SHEETS = ["规则准确率", "漏检估计", "违规率", "一致性", "预警漂移"]


@pytest.fixture
def database_here(home: Path) -> Database:
    """60 verdicts of which 20 are false alarms; one stretch corrected, one with a number in it; one missed mark."""
    home.mkdir()
    database = Database(sqlite_url(home / "inspector.db"))
    desk = Desk()
    desk.judged(40, 20)
    review_id = desk.review("c0", {}, reason="directed", marks=("test.missed",))
    for place, said in enumerate(("您好", "号码13800138000")):
        where = {"recording_id": "r", "party": "agent", "start_s": 1.0, "end_s": 2.0, "at": NOON}
        desk.add(correction, review_id=review_id, place=place, call_id="c0", heard="你好", said=said, **where)
    desk.write(database)
    return database


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_figure_is_shown_in_both_languages_and_as_lines(
    database_here: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for figure in ("rules", "recall", "rates", "agreement", "drift", "gate"):
        for options in ([], ["--lang", "en"], ["--json"]):
            assert run("figures", figure, *options) == 0
    capsys.readouterr()
    assert run("figures", "rules", "--month", "2025-03", "--json") == 0
    (told,) = lines_of(capsys)
    assert (told["schema"], told["rule_id"], told["standing"]) == ("inspector.figure_rules/1", RULE, "falls")
    assert told["of_all"] == {"confirmed": 40, "false_alarms": 20, "cannot_tell": 0}
    assert run("figures", "rules", "--month", "2025-04") == 0
    assert "没有可统计的数据" in capsys.readouterr().out


def test_the_workbook_has_numbers(database_here: Database, tmp_path: Path) -> None:
    path = tmp_path / "figures.xlsx"
    assert run("figures", "export", str(path), "--month", "2025-03") == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == SHEETS
    header, row = book["规则准确率"].iter_rows(values_only=True)
    told = dict(zip(header, row, strict=True))
    assert (told["规则"], told["违规成立"], told["误报"], told["结论"]) == (RULE, 40, 20, "低于门槛")
    assert told["准确率"] == pytest.approx(2 / 3)
    assert [type(told[name]) for name in ("版本", "误报", "下限", "目标")] == [int, int, float, float]
    assert told["每千通误报"] is None, "nobody heard calls at random: nothing is said"
    (rates,) = list(book["违规率"].iter_rows(min_row=2, values_only=True))
    assert rates[2:6] == (60, 0, 60, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert database_here.rows("SELECT kind FROM made_file") == [("figures",)]
    assert database_here.rows("SELECT action FROM audit") == [("figures_export",)]


def test_what_is_missing_in_the_calls_is_told_and_corrections_with_numbers_stay_here(
    database_here: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cer.jsonl"
    assert run("figures", "cer", str(path)) == 0
    (line,) = map(json.loads, path.read_text("utf-8").splitlines())
    assert (line["recording_id"], line["start_s"], line["end_s"], line["party"]) == ("r", 1.0, 2.0, "agent")
    assert (line["heard"], line["said"]) == ("你好", "您好")
    assert "1 段；含号码或称呼的 1 段" in capsys.readouterr().out
    assert path.stat().st_mode & 0o777 == 0o600


def test_false_alarms_become_examples_of_what_is_silent(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    database = Database(sqlite_url(home / "inspector.db"))
    heard = hearing_of(turn("C", 0.5, "我是13800138000"), turn("A", 5.0, "这款产品稳赚不赔"), turn("A", 300.0, "再见"))
    inspection = inspect_hearing(called("1", NOON).call, heard, plan_of(rule_of(id=RULE, status="test")))
    with closing(Store.open(database.url)) as store:
        store.save(inspection, "d")
    desk = Desk()
    desk.review(inspection.call.id, {RULE: "false_alarm"}, marks=("test.missed",))
    desk.write(database)
    database.change("UPDATE review SET inspection_id = (SELECT id FROM inspection)")
    database.change("UPDATE verdict SET finding_id = (SELECT id FROM finding)")
    path = tmp_path / "examples.yaml"
    assert run("figures", "examples", str(path)) == 0
    missed, false = yaml.safe_load(path.read_text("utf-8"))["rules"]
    (example,) = false["examples"]["silent"]
    assert (false["id"], example["name"]) == (RULE, "误报：negated")
    said, words = example["call"].splitlines()
    assert words == "0:05.0-0:07.0 A 这款产品稳赚不赔"
    assert said.startswith("0:00.5-")
    assert "13800138000" not in path.read_text("utf-8")
    assert list(missed["examples"]) == ["fires"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_promotion_is_refused_in_words(database_here: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("figures", "promote", "no.such") == 2
    assert "no.such" in capsys.readouterr().err
    assert run("figures", "gate", "--apply") == 0
    assert RULE in capsys.readouterr().out


def test_a_rule_on_trial_that_passes_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    desk = Desk(status=Status.TEST)
    desk.judged(60, 0)
    desk.write(Database(sqlite_url(home / "inspector.db")))
    assert run("figures", "gate", "--lang", "en") == 0
    assert f"{RULE} version 1 passes (60 confirmed, 0 false)" in capsys.readouterr().err
