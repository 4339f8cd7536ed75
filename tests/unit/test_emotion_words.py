"""Which words are cues, for whom, and when they are not meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.emotion.words import cues_in
from inspector.model import Party


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("我已经第三次打电话了。", ("已经第三次",)),
        ("这都第五次了，你们到底管不管？", ("第五次", "到底")),
        ("我都说了多少遍了！", ("说了多少遍",)),
        ("每次都让我等，太过分了", ("每次都", "太过分")),
        ("我要投诉，你们什么态度！", ("投诉", "什么态度")),
        ("已经，第三次了", ("已经第三次",)),
        ("每次都电话打不通", ("每次都",)),
        ("叫你们领导来", ("叫你们领导",)),
        ("還是沒解決，氣死我了", ("还是没解决", "气死")),
        ("投诉投诉投诉", ("投诉",)),
        ("你们就是骗子", ("骗子",)),
        # negated, asked, told of others, the name of a thing
        ("我不投诉", ()),
        ("我不是要投诉你们", ()),
        ("没有太过分", ()),
        ("投诉电话是多少", ()),
        ("你们的投诉渠道有哪些", ()),
        ("这是不是骗子", ()),
        ("这个是骗人的吗", ()),
        ("他是骗子吗", ()),
        ("人家说你们坑人", ()),
        ("网上都说是骗人", ()),
        ("我拉到底了，没有这个按钮", ()),
        ("第三个月", ()),
        ("好几次", ("好几次",)),
        ("我想问一下余额", ()),
        ("", ()),
    ],
)
def test_the_customers_words(text: str, cues: tuple[str, ...]) -> None:
    assert cues_in(text, Party.CUSTOMER) == cues


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("跟你说了多少遍了，你听不懂人话吗", ("说了多少遍", "听不懂人话")),
        ("爱找谁找谁", ("爱找谁找谁",)),
        ("您可以拨打投诉电话", ()),
        ("我要投诉", ()),  # the agent notes down what the customer wants
        ("请您到底部点击", ()),
        ("好的，已经为您登记", ()),
    ],
)
def test_the_agents_words(text: str, cues: tuple[str, ...]) -> None:
    assert cues_in(text, Party.AGENT) == cues


@pytest.mark.parametrize("party", [Party.SYSTEM, Party.UNKNOWN])
def test_others_have_none(party: Party) -> None:
    assert cues_in("我要投诉，气死我了", party) == ()


@given(st.text(st.sampled_from("我不是要投诉你们气死第三次已经没有人说到底，。 abc123吗"), max_size=40))
def test_cues_are_words_of_the_text(text: str) -> None:
    said = "".join(char for char in text if char.isalnum())
    found = cues_in(text, Party.CUSTOMER)
    assert len(set(found)) == len(found)
    assert all(cue in said for cue in found)
