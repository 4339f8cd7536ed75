"""What vanished, what was marked and how far times are off, on drawn calls. 4 characters a second."""

from __future__ import annotations

import pytest

from inspector.bench.hearing.alignment import align
from inspector.bench.hearing.characters import heard_characters, said_characters
from inspector.bench.hearing.cover import Account, Cover, cover
from inspector.bench.hearing.quotes import Quotes, quotes
from inspector.bench.hearing.reliability import Reliability, pooled_reliability, reliability
from inspector.bench.hearing.truth import Clause, SaidTurn
from inspector.model import Party, Turn, Unheard
from tests.builders import lost, turn

TEN_S = "一款理财产品不保本也不保息风险自担请您仔细阅读产品说明书后再做决定谢谢您的理解和支持"[:40]


def said(party: Party, *clauses: tuple[float, str]) -> SaidTurn:
    return SaidTurn(party, party.value, tuple(Clause(at, at + len(text) / 4, text) for at, text in clauses))


def covered(turns: list[SaidTurn], heard: list[Turn], marks: list[Unheard], by_party: bool = False) -> Cover:
    wanted, found = said_characters(turns), heard_characters(heard)
    return cover(turns, Account(wanted, found, align(wanted, found, by_party), marks, by_party))


def seconds(found: Cover) -> tuple[float, float, float, float]:
    parts = (found.spoken_s, found.marked_s, found.vanished_s, found.wrongly_marked_s)
    return tuple(round(part, 2) for part in parts)  # type: ignore[return-value]


def test_all_that_was_heard_is_covered() -> None:
    assert len(TEN_S) == 40
    assert seconds(covered([said(Party.AGENT, (0, TEN_S))], [turn("A", 0, TEN_S)], [])) == (10.0, 0.0, 0.0, 0.0)


def test_what_has_neither_text_nor_mark_vanished() -> None:
    # said     0 ├──────────────── 40 characters ────────────────┤ 10 s
    # heard    0 ├─ 16 characters ─┤ 4 s, and half a second after
    # vanished                        4.5 ├──────────────────────┤ 10
    assert seconds(covered([said(Party.AGENT, (0, TEN_S))], [turn("A", 0, TEN_S[:16])], [])) == (10.0, 0.0, 5.5, 0.0)


def test_a_mark_is_no_loss() -> None:
    # marked                         6 ├────────────┤ 9
    # vanished                    4.5 ├┤            ├┤ 9 … 10
    found = covered([said(Party.AGENT, (0, TEN_S))], [turn("A", 0, TEN_S[:16])], [lost("A", 6.0, 9.0)])
    assert seconds(found) == (10.0, 3.0, 2.5, 0.0)


def test_a_mark_on_what_was_heard_right_is_wrong() -> None:
    found = covered([said(Party.AGENT, (0, TEN_S))], [turn("A", 0, TEN_S)], [lost("A", 2.0, 5.0)])
    assert seconds(found) == (10.0, 3.0, 0.0, 3.0)


def test_a_mark_near_a_wrong_character_is_right() -> None:
    # wrong character             2.5 ├┤ 2.75, with 0.5 s around its middle 2.125 … 3.125
    # marked                  2 ├──────────────┤ 5
    # wrongly                 2 ├┤        ├────┤ 5
    heard = TEN_S[:10] + "嗯" + TEN_S[11:]
    found = covered([said(Party.AGENT, (0, TEN_S))], [turn("A", 0, heard)], [lost("A", 2.0, 5.0)])
    assert seconds(found) == (10.0, 3.0, 0.0, 2.0)


def test_on_stereo_the_mark_of_one_party_says_nothing_of_the_other() -> None:
    turns = [said(Party.AGENT, (0, "保本保本")), said(Party.CUSTOMER, (0, "好的好的"))]
    heard = [turn("A", 0, "保本保本")]
    assert seconds(covered(turns, heard, [lost("A", 0, 1)], by_party=True)) == (2.0, 1.0, 1.0, 1.0)
    assert seconds(covered(turns, heard, [lost("?", 0, 1)], by_party=True)) == (2.0, 2.0, 0.0, 1.0)
    assert seconds(covered(turns, heard, [lost("A", 0, 1)], by_party=False)) == (2.0, 2.0, 0.0, 1.0)


def test_the_pause_between_clauses_is_not_spoken() -> None:
    # 0 ├ 保本 ┤ 0.5      3 ├ 保息 ┤ 3.5
    found = covered([said(Party.AGENT, (0, "保本"), (3, "保息"))], [turn("A", 0, "保本")], [])
    assert seconds(found) == (1.0, 0.0, 0.5, 0.0)


def test_what_vanished_of_back_channels_is_told_apart() -> None:
    # agent      0 ├──────────────── 40 characters ────────────────┤ 10 s, heard
    # customer           3 ├嗯├ 3.25          6 ├─ 我不要 ─┤ 6.75      not heard
    turns = [said(Party.AGENT, (0, TEN_S)), said(Party.CUSTOMER, (3, "嗯")), said(Party.CUSTOMER, (6, "我不要"))]
    found = covered(turns, [turn("A", 0, TEN_S)], [], by_party=True)
    assert seconds(found) == (11.0, 0.0, 1.0, 0.0)
    assert found.vanished_short_s == pytest.approx(0.25)


def test_an_impossible_cover_is_refused() -> None:
    with pytest.raises(ValueError, match="impossible"):
        Cover(spoken_s=1, marked_s=0, vanished_s=2, vanished_short_s=0, wrongly_marked_s=0)
    with pytest.raises(ValueError, match="impossible"):
        Cover(spoken_s=1, marked_s=0.2, vanished_s=0, vanished_short_s=0, wrongly_marked_s=0.5)
    with pytest.raises(ValueError, match="impossible"):
        Cover(spoken_s=1, marked_s=0, vanished_s=0.1, vanished_short_s=0.2, wrongly_marked_s=0)


def test_times_are_measured_where_the_character_was_heard_right() -> None:
    # said    1 ├ 保本吗 ┤ 1.75     3 ├ 不保本 ┤ 3.75
    # heard     1.2 ├ 保本吗 ┤ 1.95   3.1 ├ 布保本 ┤ 3.85
    turns = [said(Party.AGENT, (1, "保本吗？"[:3]), (3, "不保本"))]
    heard = [turn("A", 1.2, "保本吗"), turn("A", 3.1, "布保本")]
    wanted, found = said_characters(turns), heard_characters(heard)
    measured = quotes(turns, wanted, found, align(wanted, found, by_party=False))
    assert measured.start_errors_s == pytest.approx((0.2,))
    assert measured.end_errors_s == pytest.approx((0.2, 0.1))
    assert measured.playable == 3
    assert Quotes((0.31, -0.29), (-2.0,)).playable == 1


def test_a_clause_of_signs_alone_has_no_times() -> None:
    turns = [said(Party.AGENT, (1, "……"))]
    wanted, found = said_characters(turns), heard_characters([])
    assert quotes(turns, wanted, found, align(wanted, found, by_party=False)) == Quotes((), ())


def test_confidence_is_held_against_being_right() -> None:
    # heard right at 0.95 three times, wrong at 0.95 once, an inserted one at 0.2
    turns = [said(Party.AGENT, (0, "保本保息"))]
    heard = [turn("A", 0, "保本保吸", conf=0.95), turn("A", 1, "嗯", conf=0.2)]
    wanted, found = said_characters(turns), heard_characters(heard)
    measured = reliability(found, align(wanted, found, by_party=False))
    assert measured.counts == (0, 0, 1, 0, 0, 0, 0, 0, 0, 4)
    assert measured.right == (0, 0, 0, 0, 0, 0, 0, 0, 0, 3)
    assert measured.squares == pytest.approx(3 * 0.05**2 + 0.95**2 + 0.2**2)
    # |0.2 - 0| · 1 and |0.95 - 0.75| · 4 of 5
    assert measured.calibration_error == pytest.approx((0.2 + 0.8) / 5)
    twice = pooled_reliability([measured, measured])
    assert twice.characters == 10
    assert twice.calibration_error == pytest.approx(0.2)


def test_no_character_no_error_and_full_confidence_has_a_bin() -> None:
    assert pooled_reliability([]).calibration_error is None
    found = heard_characters([turn("A", 0, "好", conf=1.0)])
    assert reliability(found, align(said_characters([]), found, by_party=False)).counts[-1] == 1
    with pytest.raises(ValueError, match="bins"):
        Reliability((1,), (1.0,), (1,), 0.0)
