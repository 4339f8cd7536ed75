"""``inspector violations`` and ``inspector appeals``: what agents and their leads see, do and write."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from inspector.cli import actor
from inspector.cli.app import main
from inspector.config import load_settings
from inspector.model import Evidence, Party, Status
from inspector.review.appeals.classes import ViolationClass
from inspector.roles import Actor, Person, Role
from inspector.storage.configured import open_store, store_url
from inspector.storage.violations.consequences import after_settled
from tests.databases import Database
from tests.decisions import put_decision, put_review
from tests.signals import called, finding

NOW = datetime.now(UTC)
MONTH = f"{NOW:%Y-%m}"
RULE, PHONE, REMEDY = "banned.promise", "13800138000", "说明风险"
PEOPLE = {"admin": Role.ADMIN, "zhang": Role.AGENT, "lead": Role.TEAM_LEAD, "qa": Role.QA_LEAD}


@pytest.fixture
def call_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A violation of agent 3321, who is zhang, was confirmed and told."""
    monkeypatch.setenv("INSPECTOR_HOME", str(tmp_path))
    settings = load_settings()
    quote = Evidence(3.0, 5.0, Party.AGENT, f"稳赚，打我电话{PHONE}", "稳赚", "exact", 1.0)
    found = replace(finding(RULE, status=Status.STABLE), title="承诺收益", remedy=REMEDY, evidence=(quote,))
    call = called("1", NOW, found, agent="3321", team="一组")
    with closing(open_store(settings)) as store:
        for name, role in PEOPLE.items():
            person = Person(name, frozenset({role}), frozenset({"一组"}), agent="3321" if name == "zhang" else None)
            store.people.add(Actor("admin", frozenset(Role)), person, NOW)
        store.save(call, "d")
        database = Database(store_url(settings))
        with database.connection() as connection:
            review_id = put_review(connection, call.call.id, "li", NOW)
            about = {"agent": "3321", "team": "一组", "business_date": NOW.date(), "finding_id": found.id}
            put_decision(connection, call.call.id, RULE, review_id, **about)
            after_settled(connection, call.call.id, [RULE], store.decisions.policy, NOW)
        database.change("UPDATE review SET inspection_id = (SELECT id FROM inspection)")
    return call.call.id


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command as somebody; what it wrote, and its exit code in front when it is not 0."""

    def run(who: str, *arguments: str, lang: str = "zh") -> str:
        monkeypatch.setattr(actor, "_user", lambda: who)
        with pytest.raises(SystemExit) as left:
            main([*arguments, "--lang", lang])
        told = capsys.readouterr()
        return told.out if left.value.code == 0 else f"{left.value.code} {told.err}"

    return run


def test_an_agent_sees_what_was_said_masked_and_appeals(call_id: str, act: Callable[..., str]) -> None:
    told = act("zhang", "violations", "mine")
    day = f"通话 {NOW.astimezone(ZoneInfo(load_settings().business_tz)):%Y-%m-%d %H:%M}"
    words = ("承诺收益", "3.0–5.0 s", "违规成立，已告知", "可申诉至", "致命", "处理期限", "信息错误", day, REMEDY)
    assert [word for word in words if word not in told] == []
    (plain,) = map(json.loads, act("zhang", "violations", "mine", "--json").splitlines())
    assert plain["schema"] == "inspector.violation/1"
    assert (plain["topic"], plain["state"]) == ("wrong_information", "notified")
    assert (plain["title"], plain["remedy"], plain["called_at"]) == ("承诺收益", REMEDY, NOW.isoformat())
    assert PHONE not in told + str(plain)
    assert act("zhang", "violations", "acknowledge", call_id, RULE) == "已登记。\n"
    lodge = ("appeals", "lodge", call_id, RULE)
    assert act("zhang", *lodge, "--text", f"没有说过，{PHONE}", "--mitigation", "line") == "已登记。\n"
    shown = act("qa", "appeals", "list")
    assert [word in shown for word in ("待复议", "线路质量", "没有说过")] == [True] * 3
    assert PHONE not in shown + act("qa", "appeals", "show", call_id, RULE, "--json")
    assert act("zhang", *lodge, "--text", "再说一次").startswith("2 ")
    assert act("zhang", "appeals", "withdraw", call_id, RULE) == "已登记。\n"
    assert "withdrawn" in act("zhang", "appeals", "show", call_id, RULE, lang="en")


@pytest.mark.parametrize(
    ("who", "arguments", "code"),
    [
        ("lead", ("violations", "mine"), "2 "),  # takes no calls
        ("zhang", ("violations", "list"), "4 "),
        ("lead", ("violations", "acknowledge", "CALL", RULE), "4 "),
        ("zhang", ("violations", "acknowledge", "nothing", RULE), "2 "),
        ("zhang", ("appeals", "lodge", "CALL", RULE, "--text", " "), "2 "),
        ("lead", ("violations", "step", "CALL", RULE, "reported"), "4 "),
        ("zhang", ("violations", "numbers", MONTH), "4 "),
        ("qa", ("violations", "numbers", "2025-13"), "2 "),
    ],
)
def test_what_may_not_be_done_is_refused(
    who: str, arguments: tuple[str, ...], code: str, call_id: str, act: Callable[..., str]
) -> None:
    assert act(who, *(call_id if one == "CALL" else one for one in arguments)).startswith(code)


def test_numbers_and_bulletin_open_as_workbooks(call_id: str, act: Callable[..., str], tmp_path: Path) -> None:
    settings = load_settings()
    with closing(open_store(settings)) as store:
        store.violations.advance(datetime(2100, 1, 1, tzinfo=UTC))
    rows: dict[str, tuple[Any, ...]] = {}
    for name in ("numbers", "bulletin"):
        path = tmp_path / f"{name}.xlsx"
        assert "不自动触发" in act("qa", "violations", name, MONTH, "--xlsx", str(path))
        sheet = load_workbook(path).active
        assert sheet is not None
        header, row = sheet.iter_rows(values_only=True)
        first = ("坐席", "班组") if name == "numbers" else ("坐席",)
        counts = ("复核通话数", "违规通话数（终审成立）", "累计违规通话数", "辅导后再犯通话数")
        assert header[: len(first) + 4] == first + counts
        assert [type(cell) for cell in row[len(first) : -1]] == [int] * (4 + len(ViolationClass))
        rows[name] = row
        assert path.stat().st_mode & 0o077 == 0
    assert rows["numbers"][:6] == ("3321", "一组", 1, 1, 1, 0)
    assert rows["bulletin"][:5] == ("A01", 1, 1, 1, 0)
    assert not {"3321", "一组"} & set(rows["bulletin"])
    assert rows["numbers"][-1] == "样本过少，不排名"
    (plain,) = map(json.loads, act("qa", "violations", "bulletin", MONTH, "--json").splitlines())
    assert "3321" not in str(plain)
    assert plain["by_class"] == {"wrong_information": 1}


def test_what_is_over_is_ended_by_hand_too(call_id: str, act: Callable[..., str]) -> None:
    assert act("qa", "violations", "advance") == "转为终审 0 项，逾期未裁的申诉 0 项。\n"
    assert act("qa", "violations", "step", call_id, RULE, "reported") == "已登记。\n"
    assert "上报" in act("lead", "violations", "list")
    assert act("lead", "violations", "list", "--unknown") == ""
