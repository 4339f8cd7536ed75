"""``inspector cards`` and ``inspector decisions``."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from inspector.cli.app import main
from inspector.config import load_settings
from inspector.storage.configured import open_store
from tests.reviews import heard


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_cards_are_listed_shown_and_checked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cards", "list", "--json") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(one["id"], one["draft"]) for one in listed} == {
        (card, True) for card in ("inbound", "sales", "collection", "video")
    }
    assert run("cards", "show", "inbound") == 0
    assert "一票否决" in capsys.readouterr().out
    assert run("cards", "show", "fax") == 2
    assert run("cards", "check", "--packs", "rules") == 0


def test_a_call_is_tried_by_drafts_and_scored_by_none(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_id, inspection = heard()
    with closing(open_store(load_settings())) as store:
        store.save(inspection, "d")
    assert run("cards", "try", call_id, "--packs", "rules") == 0
    assert "机检参考分：–" in capsys.readouterr().out
    assert run("cards", "try", "none", "--packs", "rules") == 2
    answers = tmp_path / "answers.json"
    for text in ("[]", '{"greeting": "perhaps"}', "{"):
        answers.write_text(text)
        assert run("cards", "score", "none", "--answers", str(answers)) == 2
    assert "met" in capsys.readouterr().err
    assert run("decisions", "list", "--json") == 0
    assert capsys.readouterr().out == ""
