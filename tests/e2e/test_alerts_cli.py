"""``inspector queue alerts`` as a supervisor uses it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from inspector.alerts.data_file import SHIPPED
from inspector.alerts.group import AlertGroup
from inspector.alerts.route import audiences
from inspector.cli.app import main
from inspector.config import load_settings
from inspector.model import Call, Facts
from inspector.pipeline import inspect_hearing
from inspector.roles import Actor, Role
from inspector.rules.notation import parse_call
from inspector.storage import Store
from inspector.storage.alerts import GroupFilter
from inspector.storage.configured import open_store
from tests.unit.alerts.conftest import plan

OTHER = Actor("值班二", frozenset({Role.SUPERVISOR}))
THEFT, COMPLAINT = "urgent.account_theft", "urgent.complaint"


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return int(left.value.code or 0)


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(load_settings())


@pytest.fixture
def group(store: Store) -> AlertGroup:
    """A theft and a complaint, said on a Friday at 15:00, found much later."""
    _, hearing = parse_call("0:01 C 我的卡被盗刷了\n0:09 C 我要投诉你们", "1")
    call = Call("pbx", "13800138000", Facts(start="2025-03-07T15:00:00+08:00", team="A"))
    with closing(store):
        store.save(inspect_hearing(call, hearing, plan()), "d", audiences=audiences(plan()))
        (group,) = store.alerts.groups(OTHER, GroupFilter(), 9)
    return group


def test_the_list_says_class_clock_and_what_to_do(group: AlertGroup, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("queue", "alerts", "list", "--audience", "duty_supervisor") == 0
    shown = capsys.readouterr().out
    assert f"P0  {group.id[:8]}  v1" in shown
    assert "未接手  接手 截止 2025-03-07 15:03:01，发现时已超时" in shown
    assert "处置建议：回拨  → 值班主管" in shown
    assert "待处理预警 1 组，列出 1 组" in shown
    assert "13800138000" not in shown
    assert run("queue", "alerts", "list", "--audience", "risk_control") == 0
    assert "没有待处理的预警" in capsys.readouterr().out


def test_an_audience_that_there_is_not(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("queue", "alerts", "list", "--audience", "chairman") == 2
    assert "duty_supervisor" in capsys.readouterr().err


def test_from_open_to_closed(group: AlertGroup, capsys: pytest.CaptureFixture[str]) -> None:
    short = group.id[:8]
    assert run("queue", "alerts", "take", short, "--seen") == 0
    assert "已阅" in capsys.readouterr().out
    assert run("queue", "alerts", "take", short) == 0
    assert "已接手" in capsys.readouterr().out
    assert run("queue", "alerts", "step", short, "propose") == 0
    assert run("queue", "alerts", "close", short, "--result", "nothing") == 2
    assert "called_back" in capsys.readouterr().err
    closing_it = ("queue", "alerts", "close", short, "--result", "called_back", "--note", "电话13900139000")
    assert run(*closing_it, "--version", 1) == 4
    assert run(*closing_it) == 0
    capsys.readouterr()
    assert run("queue", "alerts", "show", short) == 0
    shown = capsys.readouterr().out
    assert "已办结：已回访" in shown
    assert "[propose] 2 个工作日内给出方案：" in shown
    assert "超过截止 2025-03-11 15:00:09，日历 " in shown
    assert "13900139000" not in shown and "备注：电话" in shown
    assert run("queue", "alerts", "list", "--ended") == 0
    assert "已办结 1 组" in capsys.readouterr().out


def test_somebody_elses_is_refused_by_name(group: AlertGroup, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("queue", "alerts", "assign", group.id, "--to", OTHER.name) == 0
    capsys.readouterr()
    assert run("queue", "alerts", "take", group.id, "--lang", "en") == 4
    assert f"in the hands of {OTHER.name}" in capsys.readouterr().err


def test_a_false_alarm_with_its_reason(group: AlertGroup, capsys: pytest.CaptureFixture[str]) -> None:
    call_id = group.alerts[0].call_id
    assert run("queue", "alerts", "false-alarm", call_id, THEFT, "--reason", "说的是13700137000的卡") == 0
    assert run("queue", "alerts", "show", group.id) == 0
    shown = capsys.readouterr().out
    assert "P1  " in shown and "误报（" in shown and "说的是" in shown and "13700137000" not in shown
    assert "[acknowledge] 接手：不再计时" in shown


def test_json_is_one_group_a_line_with_its_alerts_and_steps(
    group: AlertGroup, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("queue", "alerts", "show", group.id, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["class"], found["state"], found["version"]) == (
        "inspector.alert_group/1", "P0", "open", 1,
    )  # fmt: skip
    assert [alert["rule_id"] for alert in found["alerts"]] == [THEFT, COMPLAINT]
    assert {alert["schema"] for alert in found["alerts"]} == {"inspector.alert/1"}
    propose = next(step for step in found["steps"] if step["step"] == "propose")
    assert propose["due_at"] == "2025-03-11T07:00:09+00:00"
    assert (propose["overdue_when_found"], propose["provisional"], propose["late"]) == (True, False, True)
    assert len(propose["calendar"]) == 12
    assert "13800138000" not in json.dumps(found)


def test_hygiene(group: AlertGroup, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("queue", "alerts", "hygiene", "--from", "2025-03-07", "--to", "2025-03-07") == 0
    assert THEFT in capsys.readouterr().out
    assert run("queue", "alerts", "hygiene", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["rule_id"], row["raised"], row["open"]) for row in rows] == [(THEFT, 1, 1), (COMPLAINT, 1, 1)]
    assert run("queue", "alerts", "hygiene", "--to", "2025-03-06", "--lang", "en") == 0
    assert "no alerts" in capsys.readouterr().out


def test_a_step_that_the_policy_no_longer_has_keeps_its_id(
    group: AlertGroup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = (SHIPPED / "clocks.toml").read_text("utf-8")
    (tmp_path / "clocks.toml").write_text(shipped.replace('id = "answer"', 'id = "respond"'), "utf-8")
    monkeypatch.setenv("INSPECTOR_ALERTS__CLOCKS", str(tmp_path / "clocks.toml"))
    assert run("queue", "alerts", "show", group.id) == 0
    assert "[answer] answer 截止" in capsys.readouterr().out


def test_a_wrong_policy_is_named_before_anything_happens(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.toml").write_text("[rules]\n", "utf-8")
    monkeypatch.setenv("INSPECTOR_ALERTS__POLICY", str(tmp_path / "policy.toml"))
    assert run("queue", "alerts", "list") == 3
    assert "audiences must be a table" in capsys.readouterr().err
