"""What a recogniser makes up is known as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.asr.guards import PHANTOMS, is_loop, is_nothing, without_phantoms
from inspector.asr.windows import Word


def words_of(text: str, size: int = 1) -> list[Word]:
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return [Word(number * 0.2, number * 0.2 + 0.2, part, 0.9) for number, part in enumerate(parts)]


def text_of(words: list[Word]) -> str:
    return "".join(word.text for word in words)


def test_a_loop_is_known_and_a_sentence_is_not() -> None:
    assert is_loop("谢谢您" * 20)
    assert not is_loop("您好云川银行工号三零六二为您服务请问有什么可以帮您")
    assert not is_loop("好的好的好的")
    assert is_loop("与您警警警警警警")
    assert not is_loop("好好好好好我知道了")
    assert not is_loop("")


@pytest.mark.parametrize("phantom", PHANTOMS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_phantom_goes_and_what_was_said_around_it_stays(phantom: str, size: int) -> None:
    before, after = words_of("您好请问", 2), words_of("再见", 2)
    assert text_of(without_phantoms([*before, *words_of(phantom, size), *after])) == "您好请问再见"


def test_thanks_alone_are_no_phantom() -> None:
    assert text_of(without_phantoms(words_of("好的谢谢您再见"))) == "好的谢谢您再见"


@given(st.lists(st.text("您好谢观看字幕组的", min_size=1, max_size=3)))
def test_only_phantoms_go(parts: list[str]) -> None:
    words = [Word(0.0, 0.1, part, 0.9) for part in parts]
    kept = without_phantoms(words)
    if not any(phantom in "".join(parts) for phantom in PHANTOMS):
        assert kept == words
    assert all(word in words for word in kept)


def test_nothing_needs_both_signs() -> None:
    assert is_nothing(no_speech=0.9, mean_log_probability=-1.2)
    assert not is_nothing(no_speech=0.9, mean_log_probability=-0.3)
    assert not is_nothing(no_speech=0.1, mean_log_probability=-1.2)
