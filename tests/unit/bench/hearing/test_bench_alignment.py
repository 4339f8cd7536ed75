"""Which heard character stands for which said one, on drawn calls. A: agent, C: customer; 4 characters a second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.hearing.alignment import Edits, align, count_edits
from inspector.bench.hearing.characters import heard_characters, said_characters
from inspector.bench.hearing.truth import Clause, SaidTurn
from inspector.bench.score import edits, normalised, places
from inspector.model import Party
from tests.builders import turn

TEXTS = st.text("保本不零好", max_size=12)


def said(party: Party, start_s: float, text: str, end_s: float | None = None) -> SaidTurn:
    end_s = start_s + len(text) / 4 if end_s is None else end_s
    return SaidTurn(party, party.value, (Clause(start_s, end_s, text),))


@given(TEXTS, TEXTS)
def test_edits_are_those_of_levenshtein(wanted: str, heard: str) -> None:
    found = count_edits(wanted, heard)
    assert found.total == edits(wanted, heard)
    assert found.insertions - found.deletions == len(heard) - len(wanted)


@pytest.mark.parametrize(
    ("wanted", "heard", "expected"),
    [
        ("不保本", "不保本", Edits(0, 0, 0)),
        ("不保本", "保本", Edits(0, 1, 0)),
        ("不保本", "不报本", Edits(1, 0, 0)),
        ("保本", "不保本", Edits(0, 0, 1)),
        ("不保本", "", Edits(0, 3, 0)),
        ("", "谢谢", Edits(0, 0, 2)),
        ("一二三四", "二三五", Edits(1, 1, 0)),
    ],
)
def test_edits_by_kind(wanted: str, heard: str, expected: Edits) -> None:
    assert count_edits(wanted, heard) == expected


@given(st.text("零〇一二三,。 Aa1保", max_size=20))
def test_places_are_those_of_the_scored_characters(text: str) -> None:
    assert len(places(text)) == len(normalised(text))
    assert all(normalised(text[place]) for place in places(text))


def test_said_characters_share_the_time_of_their_clause() -> None:
    # 1 s … 3 s 保本，吗 (three that count), then a clause of its own at 4 s
    turns = [SaidTurn(Party.AGENT, "agent", (Clause(1.0, 2.5, "保本，吗？"), Clause(4.0, 5.0, "好")))]
    found = said_characters(turns)
    assert found.start_s.tolist() == [1.0, 1.5, 2.0, 4.0]
    assert found.end_s.tolist() == [1.5, 2.0, 2.5, 5.0]
    assert set(found.first_s) == {1.0}
    assert set(found.last_s) == {5.0}


def test_heard_characters_keep_their_times_and_confidence_without_punctuation() -> None:
    found = heard_characters([turn("A", 0.0, "好，三", conf=0.5)])
    assert [chr(code) for code in found.codes] == ["好", "3"]
    assert found.start_s.tolist() == [0.0, 0.5]
    assert found.confidence.tolist() == [0.5, 0.5]


def test_nothing_heard_matches_nothing() -> None:
    matches = align(said_characters([said(Party.AGENT, 0, "保本")]), heard_characters([]), by_party=False)
    assert matches.heard.tolist() == [-1, -1]
    assert not matches.right.any()


def test_a_wrong_character_is_matched_but_not_right() -> None:
    # said   0 不 保 本
    # heard  0 不 报 本
    matches = align(
        said_characters([said(Party.AGENT, 0, "不保本")]), heard_characters([turn("A", 0, "不报本")]), by_party=False
    )
    assert matches.heard.tolist() == [0, 1, 2]
    assert matches.right.tolist() == [True, False, True]


def test_what_lies_far_away_is_not_matched() -> None:
    # said   0 保 本                    20 好
    # heard                    9 保 本  20 好
    wanted = said_characters([said(Party.AGENT, 0, "保本"), said(Party.AGENT, 20, "好")])
    matches = align(wanted, heard_characters([turn("A", 9, "保本"), turn("A", 20, "好")]), by_party=False)
    assert matches.heard.tolist() == [-1, -1, 2]


def test_of_equal_ways_the_nearer_in_time_is_taken() -> None:
    # said   0 对              heard  0 对 1.5 对
    wanted = said_characters([said(Party.AGENT, 1.5, "对")])
    matches = align(wanted, heard_characters([turn("A", 0, "对"), turn("A", 1.5, "对")]), by_party=False)
    assert matches.heard.tolist() == [1]


def test_two_who_speak_at_once_are_aligned_each_alone() -> None:
    # agent     0 这 款 产 品 保 本          heard turn after turn: agent first, then the customer
    # customer       0.5 好 的
    wanted = said_characters([said(Party.AGENT, 0, "这款产品保本"), said(Party.CUSTOMER, 0.5, "好的")])
    heard = heard_characters([turn("A", 0, "这款"), turn("C", 0.5, "好的"), turn("A", 0.5, "产品保本")])
    matches = align(wanted, heard, by_party=True)
    assert matches.right.all()
    mixed = align(wanted, heard, by_party=False)  # in one order the two cross: what is left over finds its equal
    assert mixed.right.all()


def test_speech_given_to_the_wrong_party_was_heard() -> None:
    wanted = said_characters([said(Party.AGENT, 0, "保本")])
    matches = align(wanted, heard_characters([turn("C", 0, "保本")]), by_party=True)
    assert matches.right.all()


@given(st.lists(st.tuples(st.sampled_from("AC"), TEXTS.filter(bool)), max_size=4), st.booleans())
def test_no_character_is_used_twice(parts: list[tuple[str, str]], by_party: bool) -> None:
    heard = heard_characters([turn(letter, place, text) for place, (letter, text) in enumerate(parts)])
    wanted = said_characters([said(Party.AGENT, 0, "不保本不保本"), said(Party.CUSTOMER, 2, "好好零")])
    used = align(wanted, heard, by_party).heard
    used = used[used >= 0]
    assert len(np.unique(used)) == len(used)
