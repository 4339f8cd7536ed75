"""What leaves the house to mend rules has nobody's numbers and names in it, and still is a call."""

from __future__ import annotations

import re

import yaml
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Party
from inspector.redaction import has_personal_data, mask, replace_turns
from inspector.redaction.mask import Purpose
from inspector.review.examples import Example, call_text, pack_text
from inspector.rules.notation import parse_call
from tests.builders import turn

KEY = b"k" * 32
SPOKEN = st.text(alphabet="0123456789零一二三四五六七八九幺〇壹贰０９ -，的我叫王李明先生卡号是", max_size=40)


@given(st.lists(SPOKEN, max_size=5))
def test_no_digit_of_a_number_stays_where_it_was(texts: list[str]) -> None:
    replaced = replace_turns(texts, KEY)
    assert [len(text) for text in replaced] == [len(text) for text in texts]
    before, after = " ".join(texts), " ".join(replaced)
    hidden = mask(before, Purpose.EXPORT)
    assert all(one != other for one, other, shown in zip(before, after, hidden, strict=True) if shown == "＊")
    assert mask(after, Purpose.EXPORT).count("＊") == hidden.count("＊"), "still numbers, as long as they were"


def test_a_number_read_out_over_turns_and_said_again_stays_one_number() -> None:
    first, between, second, again = replace_turns(["我的电话是1380", "013", "8000", "对，13800138000"], KEY)
    number = re.sub(r"\D", "", first + between + second)
    assert again == f"对，{number}"
    assert replace_turns(["13800138000"], b"other" * 8) != [number]


def test_names_become_others_of_their_length() -> None:
    (text,) = replace_turns(["我叫王小明，您贵姓，李女士您好"], KEY)
    assert has_personal_data("李女士")
    assert re.fullmatch(r"我叫[^王][^小][^明]，您贵姓，[^李]女士您好", text)
    assert not has_personal_data("三个月年化百分之三点五")


def test_an_example_is_the_part_of_the_call_that_was_argued_about() -> None:
    """
    ::

        0        10             40             70          100
        ├ greeting (A)  ├ the words (A)  ├ C: 1380 …        ├ closing (A)
                         40.0 … 42.0: 20 s around
    """
    turns = (
        turn("A", 0.0, "您好", 1.0),
        turn("A", 40.0, "没有\"稳赚不赔\"这回事", 42.0),
        turn("C", 55.0, "我电话13800", 58.0),
        turn("C", 100.0, "138000", 102.0),
    )
    text = call_text(turns, [(40.0, 42.0)], KEY)
    pack = yaml.safe_load(pack_text([Example("a.b", 2, "silent", "误报：negated", text)]))
    (rule,) = pack["rules"]
    assert (rule["id"], rule["version"]) == ("a.b", 2)
    (example,) = rule["examples"]["silent"]
    _, hearing = parse_call(example["call"], "x")
    assert [(one.party, one.start_s, one.end_s) for one in hearing.turns] == [
        (Party.AGENT, 40.0, 42.0),
        (Party.CUSTOMER, 55.0, 58.0),
    ]
    assert hearing.turns[0].text == turns[1].text
    assert "13800" not in text
    assert len(call_text(turns, [], KEY).splitlines()) == 4, "nobody said where: the whole call"
    assert yaml.safe_load(pack_text([])) == {"rules": []}
