"""Figures as a recogniser writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.rules.numbers import Number, numbers_in, numbers_of
from inspector.rules.numerals import in_words, numeral_value
from inspector.rules.passages import passages_of
from inspector.text import fold
from tests.builders import hearing_of, passage, turn


def percents_in(text: str) -> list[Number]:
    return [one for one in numbers_in(text) if one.kind == "percent" and one.value is not None]


def values(text: str) -> list[float | None]:
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
        ("三个百分点", 3.0),
        ("百分之百", 100.0),
        ("百分之一百", 100.0),
        ("百分之一百二十", 120.0),
        ("千分之五", 0.5),
        ("千分之零点五", 0.05),
        ("万分之三", 0.03),
        ("5‰", 0.5),
        ("三成", 30.0),
        ("三成五", 35.0),
        ("三成半", 35.0),
    ],
)
def test_a_figure(text: str, wanted: float) -> None:
    (percent,) = percents_in(fold(f"年化{text}左右"))
    assert percent.value == pytest.approx(wanted)
    assert (percent.start, percent.end) == (2, 2 + len(text))


@pytest.mark.parametrize(
    "text",
    [
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
    assert percent.sound_alikes is not None and percent.sound_alikes == pytest.approx(others)


SPOKEN = "零一二三四五六七八九"


@given(whole=st.integers(0, 99), part=st.integers(0, 9))
def test_words_and_digits_say_the_same(whole: int, part: int) -> None:
    tens, unit = divmod(whole, 10)
    words = ("" if tens < 2 else SPOKEN[tens]) + ("十" if tens else "") + (SPOKEN[unit] if unit or not tens else "")
    (spoken,) = percents_in(fold(f"百分之{words}点{SPOKEN[part]}"))
    (written,) = percents_in(f"{whole}.{part}%")
    assert spoken.value == written.value == pytest.approx(whole + part / 10)
    assert spoken.sound_alikes == written.sound_alikes
    assert spoken.sound_alikes is not None and spoken.value not in spoken.sound_alikes


@given(st.text(st.sampled_from("百分之零一二三四十点个%.0147多几 年化，"), max_size=24))
def test_whatever_is_written(text: str) -> None:
    folded = fold(text)
    for percent in percents_in(folded):
        assert 0 <= percent.start < percent.end <= len(folded)
        assert percent.value is not None and percent.value >= 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一万二", ("number", 12_000, "")),
        ("十二万五", ("number", 125_000, "")),
        ("12万5", ("number", 125_000, "")),
        ("三千五百", ("number", 3_500, "")),
        ("两百零五", ("number", 205, "")),
        ("一百八", ("number", 180, "")),
        ("一百零八", ("number", 108, "")),
        ("一万零五十", ("number", 10_050, "")),
        ("一亿两千万", ("number", 120_000_000, "")),
        ("1.2亿", ("number", 120_000_000, "")),
        ("三点五万", ("number", 35_000, "")),
        ("１０，０００", ("number", 10_000, "")),
        ("贰拾伍万", ("number", 250_000, "")),
        ("四点五", ("number", 4.5, "")),
        ("三四百", ("number", None, "")),  # three to four hundred
        ("十几万", ("number", None, "")),
        ("三百多", ("number", None, "")),
        ("一二三四", ("number", 1_234, "")),
        ("幺洞拐两幺八", ("number", 107_218, "")),
        ("第三", ("ordinal", 3, "")),
        ("一点二倍", ("multiple", 1.2, "")),
        ("五万块", ("amount", 50_000, "yuan")),
        ("五万块钱", ("amount", 50_000, "yuan")),
        ("三千元", ("amount", 3_000, "yuan")),
        ("人民币3.5万元", ("amount", 35_000, "yuan")),
        ("￥500", ("amount", 500, "yuan")),
        ("三块五", ("amount", 3.5, "yuan")),
        ("三块五毛二", ("amount", 3.52, "yuan")),
        ("两毛", ("amount", 0.2, "yuan")),
        ("一分钱", ("amount", 0.01, "yuan")),
        ("十几万块", ("amount", None, "yuan")),
        ("五百美元", ("amount", None, "")),
        ("半年", ("term", 6, "month")),
        ("两年期", ("term", 24, "month")),
        ("一年半", ("term", 18, "month")),
        ("一个半月", ("term", 1.5, "month")),
        ("三十六期", ("term", 36, "month")),
        ("12个月", ("term", 12, "month")),
        ("两个季度", ("term", 6, "month")),
        ("一百天", ("term", 100, "day")),
        ("两周", ("term", 14, "day")),
        ("三个工作日", ("term", 3, "workday")),
        ("好几年", ("term", None, "month")),
        ("12月31号", ("date", 1_231, "")),
        ("十二月三十一日", ("date", 1_231, "")),
        ("2025年12月", ("date", 20_251_200, "")),
        ("二零二五年三月一号", ("date", 20_250_301, "")),
        ("20号", ("date", 20, "")),
        ("1 3 9 0 0 0 0 0 0 0 0", ("phone", None, "")),
        ("幺三九洞洞洞洞洞洞洞洞", ("phone", None, "")),
        ("0571-88880000", ("phone", None, "")),
        ("4008001234", ("phone", None, "")),
        ("六二二二，零零零零，零零零零，零零零零", ("card", None, "")),
        ("十一万", ("number", 110_000, "")),
    ],
)
def test_what_kind_of_figure(text: str, wanted: tuple[str, float | None, str]) -> None:
    (one,) = numbers_in(fold(f"说{text}吧"))
    assert (one.kind, one.value, one.unit) == (wanted[0], pytest.approx(wanted[1]) if wanted[1] else None, wanted[2])
    assert (one.start, one.end) == (2 if text.startswith("好") else 1, 1 + len(text))


def test_an_identity_card() -> None:
    for said in ("110101" + "19900101" + "001X", "110101一九九零零一零一零零一叉"):
        (one,) = numbers_in(fold(f"号码{said}对吗"))
        assert (one.kind, one.start, one.end) == ("identity", 2, 20)
    (no_birthday,) = numbers_in("110101199013010011")
    assert no_birthday.kind == "card"


@pytest.mark.parametrize(
    "text",
    [
        "一定",
        "万一",
        "千万不要",
        "三方协议",
        "十分感谢",
        "一起办",
        "一块办理",
        "一号线",
        "第三方",
        "不三不四",
        "半天",
        "r2",
    ],
)
def test_what_is_no_figure_at_all(text: str) -> None:
    assert numbers_in(fold(text)) == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("年化百分之三点五，存五万块，三年期", ["percent", "amount", "term"]),
        ("统一百分之三", ["percent"]),
        ("一百元一张", ["amount"]),
        ("2025年12月31日到期共36期", ["date", "term"]),
        ("七日年化百分之二", ["term", "percent"]),
        ("15月", ["number"]),
    ],
)
def test_figures_beside_each_other(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in numbers_in(fold(text))] == kinds


def test_more_digits_than_anybody_counts() -> None:
    (one,) = numbers_in("3" * 33 + "元")
    assert (one.kind, one.value) == ("card", None)
    assert numeral_value("3" * 33) is None and numeral_value("3" * 32) == int("3" * 32)


def test_too_many_doubts_to_tell() -> None:
    (one,) = numbers_in("一千一百一十一万一千一百一十一元")
    assert (one.value, one.sound_alikes) == (11_111_111, None)
    (few,) = numbers_in("四百元")
    assert few.sound_alikes == ()


@given(st.integers(1, 10**12 - 1))
def test_a_number_said_in_words_is_that_number(number: int) -> None:
    words = in_words(number)
    assert numeral_value(words) == number
    if len(words) <= 16:
        (one,) = numbers_in(f"共{fold(words)}元整")
        assert (one.start, one.end, one.value) == (1, 2 + len(words), float(number))


@given(st.integers(1, 9999), st.sampled_from([("万", 10**4), ("亿", 10**8), ("", 1)]), st.integers(0, 99))
def test_all_ways_to_say_it_are_worth_the_same(whole: int, unit: tuple[str, int], hundredths: int) -> None:
    """3.05万, 三点零五万, 叁点零伍万."""
    name, size = unit
    written = f"{whole}.{hundredths:02}{name}"
    part = "".join("零一二三四五六七八九"[int(digit)] for digit in f"{hundredths:02}")
    spoken = f"{in_words(whole)}点{part}{name}"
    formal = spoken.translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))
    value = (Decimal(whole) + Decimal(hundredths) / 100) * size
    for said in (written, spoken, formal):
        (one,) = numbers_in(fold(f"约{said}元"))
        assert (one.kind, one.value) == ("amount", float(value))
        assert (one.start, one.end) == (1, 2 + len(said))


@given(st.integers(2, 9), st.sampled_from([("万", 10**4), ("千", 1000), ("百", 100)]), st.integers(1, 9))
def test_the_last_unit_may_be_left_out(high: int, unit: tuple[str, int], low: int) -> None:
    name, size = unit
    (one,) = numbers_in(f"{in_words(high)}{name}{in_words(low)}块钱")
    assert one.value == high * size + low * size // 10


@given(
    st.text(
        st.sampled_from("第百分之零一二两三四十百万亿点个%块元毛年月号期天半幺洞拐0139.，- 多几x年化共"), max_size=30
    )
)
def test_figures_lie_in_the_text_and_never_overlap(text: str) -> None:
    folded = fold(text)
    found = numbers_in(folded)
    ends = [0, *(one.end for one in found)]
    for one, before in zip(found, ends, strict=False):
        assert before <= one.start < one.end <= len(folded)
        assert one.value is None or one.value >= 0


def test_places_in_a_passage() -> None:
    """Points and signs are no part of a passage's text, and a recogniser may cut a figure in two."""
    (heard,) = passages_of(hearing_of(turn("A", 1.0, "好，年化3.", 3.0), turn("A", 3.2, "5%左右", 5.0)))
    (one,) = numbers_of(heard)
    assert (one.value, heard.text[one.start : one.end], heard.quote(one.start, one.end)) == (3.5, "35", "3.5")
    assert numbers_of(heard) is numbers_of(heard)
    assert numbers_of(passage("没有")) == ()
