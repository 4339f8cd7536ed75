"""Masking: no run of digits survives, nothing else changes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.redaction import Purpose, mask, mask_call_id, mask_turns

SPOKEN = "零〇一二三四五六七八九幺洞拐勾两壹贰叁肆伍陆柒捌玖"
ARABIC = "0123456789０１２３４５６７８９"
BREAKS = " 　\t\n-－—,，、。.杠点"
WORDS = "十百千万定起您好请问卡号是abc＊嗯"

texts = st.text(st.sampled_from(SPOKEN + ARABIC + BREAKS * 2 + WORDS)) | st.text()
purposes = st.sampled_from(Purpose)


def is_digit(character: str) -> bool:
    return character in SPOKEN + "兩貳參陸" or unicodedata.decimal(character, None) is not None


def longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        if is_digit(character):
            run += 1
        elif character not in BREAKS:
            run = 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("卡号6222021234567890好", "卡号" + "＊" * 16 + "好"),
        ("电话是幺三八零零幺三八", "电话是＊＊＊＊＊＊＊＊"),
        ("６２２２", "＊＊＊＊"),
        ("138-0013 8000", "＊＊＊-＊＊＊＊ ＊＊＊＊"),
        ("一三八，零零、一点三杠八", "＊＊＊，＊＊、＊点＊杠＊"),
        ("洞拐勾两", "＊＊＊＊"),
        ("壹贰叁肆", "＊＊＊＊"),
        ("三三两两", "＊＊＊＊"),
        ("尾号六。六6六", "尾号＊。＊＊＊"),
        ("工号3062", "工号＊＊＊＊"),
    ],
)
def test_runs_are_hidden(text: str, masked: str) -> None:
    assert mask(text, Purpose.SCREEN) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一定一起一样一直",
        "一百二十三万四千五百元",
        "尾号三零六",
        "3月1日",
        "九点三十分",
        "一二三十四五六",
        "12＊34",
        "三点，不，四点到",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert mask(text, Purpose.LOG) == text


def test_a_number_over_several_turns() -> None:
    assert mask_turns(["我的卡号是六二", "", "二。", "二，对"], Purpose.EXPORT) == [
        "我的卡号是＊＊",
        "",
        "＊。",
        "＊，对",
    ]
    assert mask_turns(["六二", "对", "二二"], Purpose.EXPORT) == ["六二", "对", "二二"]
    assert mask_turns([], Purpose.EXPORT) == []


@given(texts, purposes)
def test_nothing_but_digits_of_runs_changes(text: str, purpose: Purpose) -> None:
    masked = mask(text, purpose)
    assert len(masked) == len(text)
    assert longest_run(masked) < 4
    assert mask(masked, purpose) == masked
    assert all(new == old or (new == "＊" and is_digit(old)) for old, new in zip(text, masked, strict=True))


@given(st.text(st.sampled_from(WORDS + BREAKS)), purposes)
def test_without_digits_nothing_changes(text: str, purpose: Purpose) -> None:
    assert mask(text, purpose) == text


@given(st.lists(texts), purposes)
def test_turns_are_masked_as_if_they_were_one(turns: list[str], purpose: Purpose) -> None:
    masked = mask_turns(turns, purpose)
    assert [len(text) for text in masked] == [len(text) for text in turns]
    assert longest_run(" ".join(masked)) < 4
    assert mask_turns(masked, purpose) == masked
    assert mask_turns(turns[:1], purpose) == [mask(text, purpose) for text in turns[:1]]


def test_long_texts_are_quick() -> None:
    text = ("一" + " " * 50) * 2 + "好 " * 50_000 + "1-" * 50_000
    assert len(mask(text, Purpose.SCREEN)) == len(text)


def test_the_digest_of_a_recording_is_shown_and_other_ids_of_calls_are_masked() -> None:
    digest = "0123456789abcdef" * 4
    assert mask_call_id(digest, Purpose.SCREEN) == digest
    assert mask_call_id(digest[1:], Purpose.SCREEN) != digest[1:]
    assert mask_call_id("20250311-13800001111", Purpose.SCREEN) == "＊＊＊＊＊＊＊＊-＊＊＊＊＊＊＊＊＊＊＊"
