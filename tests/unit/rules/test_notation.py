"""Calls written as text: what can be written, and where it goes wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import ErrorKind, RecordingError
from inspector.model import Party, UnheardWhy
from inspector.rules.notation import parse_call, parse_chat


def test_a_whole_call() -> None:
    text = """
    # 这是注释
    # product=理财
    # hangup=customer
    # hold=0:08-0:30, 1:00-1:05.5
    # end=5:00
    0:01 A 您好云川银行
    0:04.5-0:07 C [conf=0.3] [agitation=0.8 negativity=0.7] 我想问一下
    0:08-0:10 ~ A
    1:02.25 ? 嗯？
    0:30 S 请按键
    """
    call, heard = parse_call(text, "x")
    assert call.facts.known() == {
        "product_type": "理财",
        "hangup_by": "customer",
        "hold_spans": ((8.0, 30.0), (60.0, 65.5)),
    }
    assert [(one.party, one.start_s, one.end_s, one.text) for one in heard.turns] == [
        (Party.AGENT, 1.0, 2.5, "您好云川银行"),
        (Party.CUSTOMER, 4.5, 7.0, "我想问一下"),
        (Party.SYSTEM, 30.0, 30.75, "请按键"),
        (Party.UNKNOWN, 62.25, 62.5, "嗯？"),
    ]
    assert heard.turns[1].confidence == pytest.approx(0.3)
    assert [(one.label, one.score) for one in heard.emotions] == [("agitation", 0.8), ("negativity", 0.7)]
    assert [(one.party, one.start_s, one.end_s, one.why) for one in heard.unheard] == [
        (Party.AGENT, 8.0, 10.0, UnheardWhy.NO_TEXT)
    ]
    assert len(heard.speech) == 5
    assert heard.recording.duration_s == 300.0
    assert (heard.has_sound, heard.starts_cut) == (False, False)


@pytest.mark.parametrize(
    ("text", "end_s"),
    [
        ("0:01 A 您好", 1.5),
        ("0:01 A 好", 1.25),
        ("0:01 A 好，，，，，！", 1.25),  # signs are not spoken
        ("0:01 A 好好好好好好好好\n0:02 A 啊", 2.0),  # not beyond the same party's next start
        ("0:01 A 好好好好好好好好\n0:02 C 啊", 3.0),
        ("0:01-0:09 A 好", 9.0),
        ("0:01 - 0:09 A 好", 9.0),
    ],
)
def test_the_end_of_an_utterance(text: str, end_s: float) -> None:
    assert parse_call(text, "x")[1].turns[0].end_s == end_s


def test_characters_are_spread_over_the_utterance() -> None:
    (said,) = parse_call("0:01-0:05 A 好好，好", "x")[1].turns
    assert said.char_starts_s == (1.0, 2.0, 3.0, 4.0)
    assert said.char_ends_s == (2.0, 3.0, 4.0, 5.0)


def test_lines_may_come_in_any_order() -> None:
    assert [one.text for one in parse_call("0:09 A 二\n0:01 C 一", "x")[1].turns] == ["一", "二"]


def test_start_cut_is_no_business_datum_but_a_start_is() -> None:
    call, heard = parse_call("# start=cut\n0:00 A 行为您服务", "x")
    assert heard.starts_cut and call.facts.start is None
    call, heard = parse_call("# start=2026-01-05T09:00:00+08:00\n0:00 A 您好", "x")
    assert not heard.starts_cut and call.facts.start == "2026-01-05T09:00:00+08:00"


def test_the_same_text_is_the_same_call() -> None:
    first, second, other = (parse_call(text, "x")[0].id for text in ("0:01 A 好", "0:01 A 好", "0:01 A 坏"))
    assert first == second != other


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("您好", "not an utterance"),
        ("0:01 B 您好", "not an utterance"),
        ("0:01 您好", "not an utterance"),
        ("0.01 A 您好", "not an utterance"),
        ("0:01 A您好", "not an utterance"),
        ("0:75 A 您好", "seconds beyond 59"),
        ("0:05-0:61 A 您好", "seconds beyond 59"),
        ("0:05-0:05 A 您好", "ends before it begins"),
        ("0:05-0:01 A 您好", "ends before it begins"),
        ("0:05 ~ A", "unheard speech needs an end"),
        ("0:05-0:07 ~ A 您好", "unheard speech needs an end"),
        ("0:05 A", "no words"),
        ("0:05 A ……", "no words"),
        ("0:05 A [loud=0.5] 您好", "unknown tag loud=0.5"),
        ("0:05 A [conf=1.5] 您好", "unknown tag conf=1.5"),
        ("0:05 A [conf] 您好", "unknown tag conf"),
        ("0:05 A 您\ud800好", "broken characters"),
        ("# colour=red", "unknown header colour"),
        ("# custom=red", "unknown header custom"),
        ("# vulnerable=perhaps", "header vulnerable"),
        ("# csat=nan", "header csat is no number"),
        ("# ring_s=soon", "header ring_s"),
        ("# end=soon", "end=soon is no time"),
        ("# end=1:75", "end=1:75 is no time"),
        ("# hold=0:05", "hold=0:05 is no time"),
        ("# hold=0:05-0:01", "ends before it begins"),
        ("# hold=", "hold= is no time"),
    ],
)
def test_every_fault_is_located_by_its_line(line: str, what: str) -> None:
    with pytest.raises(RecordingError) as caught:
        parse_call(f"# product=理财\n\n0:01 A 您好\n{line}\n0:30 C 喂", "beispiel.txt")
    assert caught.value.kind is ErrorKind.BAD_CALL_TEXT
    assert caught.value.message.startswith("beispiel.txt, line 4: ")
    assert what in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["", "\n\n", "# product=理财", "# nur ein Kommentar"])
def test_a_call_without_words_is_none(text: str) -> None:
    with pytest.raises(RecordingError, match="no utterances"):
        parse_call(text, "x")


# ---- chats ----------------------------------------


def rows(*messages: dict[str, Any]) -> str:
    return "\n".join(json.dumps(message, ensure_ascii=False) for message in messages)


def test_a_chat() -> None:
    text = rows(
        {"party": "agent", "text": "您好，请讲"},
        {"party": "customer", "text": "😀"},
        {"party": "customer", "text": "我问下", "start_s": 20},
        {"party": "system", "text": "结束", "start_s": 9.5},
    )
    call, heard = parse_chat(text, "x")
    assert call.facts.channel == "chat"
    assert [(one.party, one.start_s, one.text) for one in heard.turns] == [
        (Party.AGENT, 0.0, "您好，请讲"),
        (Party.SYSTEM, 9.5, "结束"),
        (Party.CUSTOMER, 20.0, "我问下"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[]",
        "1",
        "null",
        '{"text": "a"}',
        '{"party": "agent"}',
        '{"party": "nobody", "text": "a"}',
        '{"party": ["agent"], "text": "a"}',
        '{"party": "agent", "text": "a", "start_s": "soon"}',
        '{"party": "agent", "text": "a", "start_s": null}',
        '{"party": "agent", "text": "a", "start_s": -1}',
        '{"party": "agent", "text": "a", "start_s": NaN}',
        '{"party": "agent", "text": "a", "start_s": 1e999}',
        '{"party": "agent", "text": "a", "start_s": 1' + "0" * 400 + "}",
        '{"party": "agent", "text": "\\ud800a"}',
        "[" * 100_000,
    ],
)
def test_every_fault_of_a_chat_is_located_by_its_line(row: str) -> None:
    with pytest.raises(RecordingError, match=r"^x, line 2: ") as caught:
        parse_chat('{"party": "agent", "text": "您好"}\n' + row, "x")
    assert caught.value.kind is ErrorKind.BAD_CALL_TEXT


# ---- any text at all ----------------------------------------

TEXT = st.text(st.characters(), max_size=80)
ALMOST = st.lists(
    st.from_regex(r"\A\d{1,5}:\d{1,2}(\.\d{1,4})?( ?- ?\d:\d{1,2})? (~ ?)?[ACS?X] (\[[a-z]{4}=\d?\.?\d?\] )?.{0,5}\Z")
    | st.from_regex(r"\A# ?(end|start|hold|product|csat|vulnerable|custom|x) ?= ?.{0,9}\Z")
    | TEXT,
    max_size=6,
).map("\n".join)
MESSAGES = st.lists(
    st.dictionaries(
        st.sampled_from(["party", "text", "start_s"]),
        st.sampled_from(["agent", "customer", "您好", ""]) | st.floats() | st.integers() | st.none() | TEXT,
    ).map(json.dumps)
    | TEXT,
    max_size=5,
).map("\n".join)


@given(ALMOST)
def test_any_text_is_a_call_or_a_located_fault(text: str) -> None:
    try:
        _, heard = parse_call(text, "x")
    except RecordingError as error:
        assert error.kind is ErrorKind.BAD_CALL_TEXT
        assert "x, line " in error.message
    else:
        assert heard.speech


@given(MESSAGES)
def test_any_text_is_a_chat_or_a_located_fault(text: str) -> None:
    try:
        _, heard = parse_chat(text, "x")
    except RecordingError as error:
        assert error.kind is ErrorKind.BAD_CALL_TEXT
    else:
        assert heard.turns


@pytest.mark.parametrize(
    ("text", "line"),
    [("0:01 A 好\n" * 10_001, 10_000), ("0:01 A " + "好" * 300_000, 1), ("0:01 A 好\n# " + "好" * 300_000, 2)],
)
def test_a_call_of_more_than_ten_hours_is_refused(text: str, line: int) -> None:
    for parse in (parse_call, parse_chat):
        with pytest.raises(RecordingError, match=rf"^call, line {line}: more than 10,000 lines or 300,000 characters"):
            parse(text, "call")
