"""Logs: ids and numbers get through, text does not, whoever writes it."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import StorageError
from inspector.logs import KEYS, log, only_known, set_up_logs

SAID = "我的卡号是六二二二"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, logs_as_before: None) -> Callable[[], list[dict[str, Any]]]:
    """What was logged, a JSON object a line."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    set_up_logs()
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_with_its_ids_and_counts(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log().info("call.done", call_id="ab12", audio_s=3.5, attempt=2, code=None)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "call.done",
        "level": "info",
        "call_id": "ab12",
        "audio_s": 3.5,
        "attempt": 2,
        "code": None,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"transcript": "ab12"},
        {"call_id": SAID},
        {"call_id": "two words"},
        {"call_id": "line\nbreak"},
        {"call_id": ["ab12"]},
        {"call_id": {"text": SAID}},
        {"why": "x" * 201},
        {"why": b"bytes"},
        {"error": SAID},
    ],
)
def test_what_could_be_text_is_dropped(lines: Callable[[], list[dict[str, Any]]], fields: dict[str, Any]) -> None:
    log().warning("call.done", count=1, **fields)
    (line,) = lines()
    assert set(line) == {"timestamp", "level", "event", "count"}


def test_an_event_that_is_text_has_no_name(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log().info(SAID)
    assert lines()[0]["event"] == "unnamed"


def test_an_error_of_ours_is_told_any_other_only_located(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log().error("a", error=StorageError("the database is full", "free some space"))
    try:
        raise KeyError(SAID)
    except KeyError as error:
        log().error("b", error=error)
    ours, other = lines()
    assert (ours["error"], ours["message"], ours["remedy"]) == (
        "StorageError",
        "the database is full",
        "free some space",
    )
    assert other["error"] == "KeyError"
    assert other["at"].startswith("tests/unit/test_logs.py:")
    assert "message" not in other


def test_libraries_tell_where_and_what_kind_never_their_words(lines: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("some.library").warning("heard: %s", SAID)
    logging.getLogger("some.library").info("not worth it")
    try:
        raise ValueError(SAID)
    except ValueError:
        logging.getLogger("other").exception(SAID)
    first, second = lines()
    assert (first["event"], first["level"], first["kind"]) == ("library", "warning", "some.library")
    assert (second["level"], second["error"]) == ("error", "ValueError")


@pytest.mark.parametrize("where", ["main", "thread"])
def test_what_nobody_catches_is_told_without_its_words(lines: Callable[[], list[dict[str, Any]]], where: str) -> None:
    def fail() -> None:
        raise RuntimeError(SAID)

    if where == "thread":
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    else:
        error = RuntimeError(SAID)
        sys.excepthook(RuntimeError, error, None)
    (line,) = lines()
    assert (line["event"], line["level"], line["error"]) == ("crashed", "critical", "RuntimeError")


@pytest.mark.usefixtures("lines")
def test_a_person_at_a_terminal_sees_only_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    set_up_logs()
    log().info("child.started")
    log().warning("child.killed")
    assert [json.loads(line)["event"] for line in terminal.getvalue().splitlines()] == ["child.killed"]


VALUES = st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.binary(), st.lists(st.text()))


@given(st.dictionaries(st.sampled_from([*sorted(KEYS), "text", "quote"]), VALUES), st.text())
def test_no_blank_and_no_chinese_ever_gets_through(fields: dict[str, Any], event: str) -> None:
    told = only_known(None, "info", {"event": event, **fields})
    for value in told.values():
        assert value is None or isinstance(value, int | float) or (value.isascii() and not set(value) & set(" \n\t,"))
