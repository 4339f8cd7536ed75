"""The command line without models: exit codes, help, usage errors, rules on text."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from inspector.cli import app as cli
from inspector.cli.messages import _MESSAGES
from inspector.config import load_settings
from tests.conftest import ROOT

HELLO = "0:01 A 您好云川银行为您服务\n0:05 C 我的卡被盗刷了\n"


def run(*arguments: str) -> int:
    return cli._run(list(arguments))


def commands() -> dict[str, object]:
    root = typer.main.get_command(cli.app)
    found: dict[str, object] = {}

    def walk(command: object, path: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[path] = command
            return
        for name, sub in inner.items():
            walk(sub, f"{path} {name}".strip())

    walk(root, "")
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_help_in_both_languages_and_an_example(name: str) -> None:
    text = str(getattr(commands()[name], "help", ""))
    assert " / " in text.splitlines()[0]
    assert f"inspector {name}" in text


def test_unknown_command_and_option_are_usage_errors(home: Path) -> None:
    assert run("inspekt") == 2
    assert run("inspect", "--nonsense") == 2


def test_nothing_to_inspect_is_a_usage_error(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run("inspect", str(tmp_path / "empty")) == 2
    assert "没有找到录音文件" in capsys.readouterr().err
    assert run("inspect", str(tmp_path / "empty"), "--lang", "en") == 2
    assert "no recordings found" in capsys.readouterr().err


def test_a_missing_manifest_is_a_usage_error(home: Path, tmp_path: Path) -> None:
    assert run("inspect", "--manifest", str(tmp_path / "none.csv")) == 2


def test_missing_models_are_found_before_the_first_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    assert run("inspect", str(tmp_path / "a.wav"), "--json", "-", "--no-store") == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "scripts/setup" in captured.err


def test_a_wrong_setting_is_a_configuration_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_HEARING__THREADS", "many")
    assert run("config", "show") == 3


def test_config_show_hides_secrets(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INSPECTOR_DATABASE_URL", "postgresql://user:sesame@db/inspector")
    assert run("config", "show") == 0
    shown = capsys.readouterr().out
    assert "sesame" not in shown
    assert json.loads(shown)["home"] == str(home)


def test_flags_go_before_environment_before_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "inspector.toml"
    file.write_text('lang = "en"\nbusiness_tz = "Asia/Tokyo"\n[hearing]\nbeam_size = 3\n', encoding="utf-8")
    monkeypatch.setenv("INSPECTOR_CONFIG", str(file))
    monkeypatch.setenv("INSPECTOR_BUSINESS_TZ", "UTC")
    settings = load_settings(lang="zh")
    assert (settings.lang, settings.business_tz, settings.hearing.beam_size) == ("zh", "UTC", 3)


def test_rules_check_and_prove_hold_for_the_packs_that_ship(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "check") == 0
    assert "条要等通话结束" in capsys.readouterr().err
    assert run("rules", "prove") == 0
    assert "全部成立" in capsys.readouterr().out


def test_rules_prove_one_rule(home: Path) -> None:
    assert run("rules", "prove", "--rule", "urgent.account_theft") == 0
    assert run("rules", "prove", "--rule", "no.such_rule") == 2


def test_an_example_that_does_not_hold_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.yaml").write_text(
        "schema: inspector.rules/1\npack: p\nrules:\n"
        "  - {id: a.b, version: 1, title: t, kind: signal, class: c, severity: low, status: test,\n"
        "     match: {phrases: [投诉]}, message: m, remedy: r,\n"
        '     examples: {fires: [{name: 错例, call: "0:01 C 你好"}]}}\n',
        encoding="utf-8",
    )
    assert run("rules", "prove", "--packs", str(tmp_path)) == 1
    assert "a.b/fires/错例" in capsys.readouterr().out


def test_rules_try_reads_text_chat_and_stdin(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "call.txt").write_text(HELLO, encoding="utf-8")
    (tmp_path / "chat.jsonl").write_text('{"party": "customer", "text": "我的卡被盗刷了"}\n', encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(HELLO))
    assert run("rules", "try", str(tmp_path / "call.txt"), str(tmp_path / "chat.jsonl"), "-", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["recording"]["path"] for row in rows] == [str(tmp_path / "call.txt"), str(tmp_path / "chat.jsonl"), "-"]
    assert all(row["judged"]["by_rule"]["urgent.account_theft"] == "fires" for row in rows)


def test_rules_try_goes_on_after_a_bad_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.txt").write_text("0:01 X 您好\n", encoding="utf-8")
    (tmp_path / "good.txt").write_text(HELLO, encoding="utf-8")
    assert run("rules", "try", str(tmp_path / "bad.txt"), str(tmp_path / "good.txt"), "--json") == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["error"]["kind"] == "bad_call_text"
    assert "line 1" in rows[0]["error"]["message"]
    assert "findings" in rows[1]


def test_the_same_call_is_judged_the_same_whatever_python_does_with_its_sets(tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_text(
        "0:01 A 您好云川银行\n0:05 A 我给您推荐我们这款理财产品不是说不保本，无发承诺保本保息是不可能的\n"
        "0:20 C 要是被盗刷了怎么办\n0:25 A 有人说稳赚不赔都是骗人的，但是我们这款肯定赚\n",
        encoding="utf-8",
    )
    answers = set()
    for seed in ("0", "1", "2"):
        command = [sys.executable, "-m", "inspector", "rules", "try", "--json", str(tmp_path / "call.txt")]
        env = {**os.environ, "PYTHONHASHSEED": seed, "INSPECTOR_HOME": str(tmp_path)}
        answers.add(subprocess.run(command, capture_output=True, check=True, env=env, cwd=ROOT).stdout)
    assert len(answers) == 1


def test_the_report_of_a_try_is_masked(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "call.txt").write_text("0:01 C 我的卡被盗刷了卡号六二二二零二零零\n", encoding="utf-8")
    assert run("rules", "try", str(tmp_path / "call.txt")) == 0
    shown = capsys.readouterr().out
    assert "六二二二" not in shown
    assert "＊＊＊＊" in shown


def test_every_message_has_both_languages_with_the_same_values() -> None:
    import string

    for key, (chinese, english) in _MESSAGES.items():
        names = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (chinese, english)]
        assert names[0] == names[1], key
