"""``inspector rules explain | diff | lock``."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from inspector.alerts.route import audiences
from inspector.cli import app as cli
from inspector.config import load_settings
from inspector.pipeline import inspect_hearing
from inspector.rules.notation import parse_call
from inspector.storage.configured import open_store
from tests.builders import shipped_plan

PACK = (
    "schema: inspector.rules/1\npack: p\nrules:\n"
    "  - {{id: a.b, version: {version}, title: 名称, kind: signal, class: c, severity: low, status: test,\n"
    "     match: {{phrases: [{phrase}]}}, message: m, remedy: r,\n"
    '     examples: {{fires: [{{name: 一, call: "0:01 C 我要投诉"}}, {{name: 二, call: "0:01 C 投诉你们"}}],\n'
    '                silent: [{{name: 三, call: "0:01 C 你好"}}, {{name: 四, call: "0:01 A 投诉"}}]}}}}\n'
)


def run(*arguments: str) -> int:
    return cli._run(list(arguments))


def packs(directory: Path, version: int = 1, phrase: str = "投诉") -> str:
    directory.mkdir(exist_ok=True)
    (directory / "p.yaml").write_text(PACK.format(version=version, phrase=phrase), "utf-8")
    return str(directory)


def test_explain_reads_text_and_stdin(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("0:01 A 这款理财稳赚不赔卡号六二二二零零\n"))
    assert run("rules", "explain", "banned.guaranteed_return", "-") == 0
    shown = capsys.readouterr().out
    assert "结论：命中" in shown
    assert "流转：复核" in shown
    (tmp_path / "call.txt").write_text("0:05 C 我的卡被盗刷了\n", "utf-8")
    assert run("rules", "explain", "urgent.account_theft", str(tmp_path / "call.txt"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["reason"], told["queues"]) == ("fires", "said", ["alert", "review"])
    assert told["parts"][0]["heard"][0]["fate"] in ("stands", "within")


def test_explain_refuses_what_is_not_there(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "explain", "no.such_rule", "-") == 2
    assert run("rules", "explain", "urgent.account_theft", "no-such-call") == 2
    assert "no-such-call" in capsys.readouterr().err
    (tmp_path / "call.txt").write_text("0:05 C 您好\n", "utf-8")
    assert run("rules", "explain", "urgent.account_theft", str(tmp_path / "call.txt"), "--raw") == 2


def test_explain_of_a_stored_call_is_masked_and_leaves_a_trace(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inspection = inspect_hearing(*parse_call("# ticket_no=20250301\n0:05 C 我要投诉你们\n", "stored"), shipped_plan())
    store = open_store(load_settings())
    store.save(inspection, "0" * 64, audiences=audiences(shipped_plan()))
    for more, shown_digits in (((), False), (("--raw",), True)):
        assert run("rules", "explain", "urgent.complaint", inspection.call.id, *more) == 0
        assert ("20250301" in capsys.readouterr().out) is shown_digits
    store.close()
    with closing(sqlite3.connect(home / "inspector.db")) as database:
        actions = database.execute("SELECT action FROM audit ORDER BY seq").fetchall()
    assert [action for (action,) in actions] == ["explain", "explain_raw"]


def test_diff_tells_what_changed_and_which_calls(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = packs(tmp_path / "old"), packs(tmp_path / "new", 2, "要投诉")
    assert run("rules", "diff", old, new) == 0
    shown = capsys.readouterr().out
    assert "找什么（phrases）：新增 要投诉（1 条）" in shown
    assert "判定变化：a.b/fires/二" in shown
    (tmp_path / "calls").mkdir()
    assert run("rules", "diff", old, new, "--calls", str(tmp_path / "calls")) == 2
    (tmp_path / "calls" / "one.txt").write_text("0:01 C 投诉\n", "utf-8")
    assert run("rules", "diff", old, new, "--calls", str(tmp_path / "calls"), "--json") == 0
    diff = json.loads(capsys.readouterr().out)
    assert [(one["old"], one["new"]) for one in diff["moved"]] == [("fires", "silent")]
    assert diff["changed"][0]["bearing"] == "verdict"


def test_lock_is_written_kept_and_refuses(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = packs(tmp_path / "packs")
    assert run("rules", "check", "--packs", directory) == 0  # without a lock nothing is held to it
    assert run("rules", "lock", "--packs", directory) == 3
    assert run("rules", "lock", "--write", "--packs", directory) == 0
    assert run("rules", "lock", "--check", "--packs", directory) == 0
    written = (tmp_path / "packs" / "lock.json").read_bytes()
    packs(tmp_path / "packs", phrase="要投诉")
    capsys.readouterr()
    assert run("rules", "check", "--packs", directory) == 3
    assert "p.yaml:a.b:version" in capsys.readouterr().err
    assert run("rules", "lock", "--write", "--packs", directory) == 3
    assert (tmp_path / "packs" / "lock.json").read_bytes() == written
    packs(tmp_path / "packs", 2, "要投诉")
    assert run("rules", "check", "--packs", directory) == 0
    assert run("rules", "lock", "--check", "--packs", directory) == 3
    assert run("rules", "lock", "--write", "--packs", directory) == 0
    assert run("rules", "lock", "--check", "--write", "--packs", directory) == 2
