"""The masked dialogue of a page: where the words of the evidence stand, and where speech was lost."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Evidence, Hearing, Party, Turn
from inspector.redaction import Purpose, mask_turns
from inspector.reports.dialogue import Dialogue, Line
from tests.builders import hearing_of, lost, turn


def words(start_s: float, quote: str, party: Party = Party.AGENT) -> Evidence:
    return Evidence(round(start_s, 3), round(start_s, 3) + 1, party, quote, quote, "exact", 1.0)


def dialogue_of(hearing: Hearing, *places: Evidence) -> Dialogue:
    return Dialogue(hearing, {f"e{number}": place for number, place in enumerate(places)})


def written(lines: Sequence[Line]) -> list[str]:
    """A line as text: 〈words marked〉, lost speech by its length."""

    def one(line: Line) -> str:
        return "".join(
            f"…{piece.lost.end_s - piece.lost.start_s:.1f}…"
            if piece.lost
            else f"〈{piece.text}〉"
            if piece.mark
            else piece.text
            for piece in line.pieces
        )

    return [one(line) for line in lines]


def test_the_words_are_marked_at_their_time_only() -> None:
    #  0    1    2    3    4
    #  |稳赚不赔|我说|稳赚不赔|
    hearing = hearing_of(turn("A", 0.0, "稳赚不赔我说稳赚不赔"))
    second = words(1.5, "稳赚不赔")
    dialogue = dialogue_of(hearing, second)
    assert written(dialogue.lines()) == ["稳赚不赔我说〈稳赚不赔〉"]
    quote = dialogue.quote(second)
    assert (quote.before, quote.words, quote.after, quote.turn_no) == ("稳赚不赔我说", "稳赚不赔", "", 0)


def test_words_over_two_turns_are_marked_in_both() -> None:
    #  agent     |本次通话将|    |会全程录音|
    #  customer             |嗯|
    hearing = hearing_of(turn("A", 0.0, "本次通话将"), turn("C", 1.3, "嗯"), turn("A", 2.0, "会全程录音"))
    place = words(0.5, "通话将会全程")
    dialogue = dialogue_of(hearing, place)
    assert written(dialogue.lines()) == ["本次〈通话将〉", "嗯", "〈会全程〉录音"]
    quote = dialogue.quote(place)
    assert (quote.before, quote.words, quote.after, quote.turn_no) == ("本次", "通话将会全程", "录音", 0)


def test_a_quote_hides_what_the_dialogue_hides() -> None:
    """Three digits of a longer number: alone they would be no number."""
    hearing = hearing_of(turn("A", 0.0, "尾号622"), turn("A", 3.0, "0188好的"))
    place = words(0.0, "尾号622")
    dialogue = dialogue_of(hearing, place)
    assert dialogue.quote(place).words == "尾号＊＊＊"
    assert written(dialogue.lines()) == ["〈尾号＊＊＊〉", "＊＊＊＊好的"]


def test_words_that_are_in_no_turn_are_masked_alone() -> None:
    place = words(9.0, "卡号13812345678")
    quote = dialogue_of(hearing_of(turn("A", 0.0, "您好")), place).quote(place)
    assert (quote.words, quote.turn_no) == ("卡号＊＊＊＊＊＊＊＊＊＊＊", None)


def test_long_turns_are_shown_in_part() -> None:
    place = words(10.0, "肯定赚")
    quote = dialogue_of(hearing_of(turn("A", 0.0, "啊" * 40 + "肯定赚" + "呢" * 40)), place).quote(place)
    assert quote.before == "…" + "啊" * 14 and quote.after == "呢" * 14 + "…"


def test_lost_speech_stands_where_it_was_lost() -> None:
    #  agent     |您好请|2.0 ~ 2.5|问一下|          |6 ~ 7|
    #  customer                         |好的|
    asked = Turn(
        Party.AGENT,
        "S1",
        0.0,
        4.0,
        "您好请问一下",
        (0.0, 0.5, 1.0, 2.5, 3.0, 3.5),
        (0.5, 1, 1.5, 3, 3.5, 4),
        (1.0,) * 6,
    )
    hearing = hearing_of(asked, turn("C", 4.5, "好的"), lost("A", 2.0, 2.5), lost("A", 6.0, 7.0), lost("C", 1.0, 1.2))
    lines = dialogue_of(hearing).lines()
    assert written(lines) == ["您好请…0.5…问一下", "…0.2…", "好的", "…1.0…"]
    assert [line.turn is None for line in lines] == [False, True, False, True]


TURNS = st.lists(st.tuples(st.sampled_from("AC?"), st.text("一二三零好1234 赚", min_size=1, max_size=8)), max_size=6)


@given(TURNS, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(1, 8)), max_size=4))
def test_marks_never_change_the_masked_text(said: list[tuple[str, str]], places: list[tuple[int, int, int]]) -> None:
    hearing = hearing_of(*(turn(letter, 10.0 * at, text) for at, (letter, text) in enumerate(said)), duration_s=1.0)
    chosen = []
    for which, start, length in places:
        if which < len(said) and start < len(said[which][1]):
            one = hearing.turns[which]
            chosen.append(words(one.char_starts_s[start], one.text[start : start + length], one.party))
    dialogue = dialogue_of(hearing, *chosen)
    for party in Party:
        own = [one.text for one in hearing.turns if one.party is party]
        shown = ["".join(piece.text for piece in line.pieces) for line in dialogue.lines() if line.party is party]
        assert shown == mask_turns(own, Purpose.EXPORT)
    assert all(dialogue.quote(place).turn_no is not None for place in chosen)
