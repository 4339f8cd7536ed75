"""Percentages as a recogniser writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.percent import percents_in
from inspector.text import fold


def values(text: str) -> list[float]:
    return [percent.value for percent in percents_in(fold(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("百分之四点五", 4.5),
        ("百分四点五", 4.5),  # 之 got lost
        ("百分之十", 10.0),
        ("百分之十三点二", 13.2),
        ("百分之二十", 20.0),
        ("百分之三十五", 35.0),
        ("百分之零点零五", 0.05),
        ("百分之三点二五六", 3.256),
        ("百分之两", 2.0),
        ("百分之4.5", 4.5),
        ("4.5%", 4.5),
        ("４．５％", 4.5),
        ("10%", 10.0),
        ("四个点", 4.0),
        ("三点五个点", 3.5),
        ("3个点", 3.0),
    ],
)
def test_a_figure(text: str, wanted: float) -> None:
    (percent,) = percents_in(fold(f"年化{text}左右"))
    assert percent.value == pytest.approx(wanted)
    assert (percent.start, percent.end) == (2, 2 + len(text))


@pytest.mark.parametrize(
    "text",
    [
        "百分之百",
        "百分之一百",
        "百分之一百二十",
        "百分之三四",  # three to four
        "百分之二三十",
        "百分之四点几",
        "百分之十几",
        "四个点五",
        "四个多点",
        "百分之十十",
        "百分之四十五十",
        "百分之一二三四五六七八九",
        "四点五",
        "四个",
        "一点点",
    ],
)
def test_what_is_no_figure_that_could_be_compared(text: str) -> None:
    assert values(f"年化{text}") == []


def test_several() -> None:
    assert values("百分之二到百分之三，手续费0.5%") == [2.0, 3.0, 0.5]


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("百分之四", (10.0,)),
        ("百分之十", (4.0,)),
        ("10%", (4.0,)),  # a recogniser writes 百分之十 so
        ("4%", (10.0,)),
        ("百分之一", (7.0,)),
        ("1.7%", (1.1, 7.1, 7.7)),
        ("14%", (40.0,)),
        ("百分之四十", (14.0,)),
        ("3.5%", ()),
        ("百分之二点六", ()),
    ],
)
def test_what_else_it_may_have_been(text: str, others: tuple[float, ...]) -> None:
    (percent,) = percents_in(fold(text))
    assert percent.sound_alikes == pytest.approx(others)


SPOKEN = "零一二三四五六七八九"


@given(whole=st.integers(0, 99), part=st.integers(0, 9))
def test_words_and_digits_say_the_same(whole: int, part: int) -> None:
    tens, unit = divmod(whole, 10)
    words = ("" if tens < 2 else SPOKEN[tens]) + ("十" if tens else "") + (SPOKEN[unit] if unit or not tens else "")
    (spoken,) = percents_in(fold(f"百分之{words}点{SPOKEN[part]}"))
    (written,) = percents_in(f"{whole}.{part}%")
    assert spoken.value == written.value == pytest.approx(whole + part / 10)
    assert spoken.sound_alikes == written.sound_alikes
    assert spoken.value not in spoken.sound_alikes


@given(st.text(st.sampled_from("百分之零一二三四十点个%.0147多几 年化，"), max_size=24))
def test_whatever_is_written(text: str) -> None:
    folded = fold(text)
    for percent in percents_in(folded):
        assert 0 <= percent.start < percent.end <= len(folded)
        assert percent.value >= 0
