"""Utterances to turns."""

from __future__ import annotations

from inspector.diarisation.align import to_turns
from inspector.diarisation.roles import Role
from inspector.model import TURN_PAUSE_S, Party, Utterance

ROLES = {voice: Role(party, 1.0, "test") for voice, party in enumerate((Party.AGENT, Party.CUSTOMER, Party.AGENT))}


def said(voice: int, start_s: float, end_s: float, text: str) -> tuple[int, Utterance]:
    step = (end_s - start_s) / len(text)
    starts = tuple(start_s + step * place for place in range(len(text)))
    return voice, Utterance(0, start_s, end_s, text, starts, (*starts[1:], end_s), (0.9,) * len(text))


def test_neighbours_of_one_voice_are_one_turn() -> None:
    # agent     |您好| |请讲|        |好的|
    # customer               |我想问|
    agent = [said(0, 0, 1, "您好"), said(0, 2, 3, "请讲")]
    turns = to_turns([*agent, said(1, 4, 5, "我想问"), said(0, 6, 7, "好的")], ROLES)
    assert [(turn.party, turn.text) for turn in turns] == [
        (Party.AGENT, "您好请讲"),
        (Party.CUSTOMER, "我想问"),
        (Party.AGENT, "好的"),
    ]
    assert (turns[0].start_s, turns[0].end_s) == (0, 3)
    assert [turn.speaker for turn in turns] == ["S1", "S2", "S1"]
    assert turns[0].char_starts_s == (0, 0.5, 2, 2.5)
    assert turns[0].char_ends_s == (0.5, 1, 2.5, 3)


def test_a_long_pause_ends_a_turn() -> None:
    near = to_turns([said(0, 0, 1, "您好"), said(0, 1 + TURN_PAUSE_S - 0.01, 6, "请讲")], ROLES)
    far = to_turns([said(0, 0, 1, "您好"), said(0, 1 + TURN_PAUSE_S, 6, "请讲")], ROLES)
    assert (len(near), len(far)) == (1, 2)


def test_two_voices_of_one_party_are_two_turns() -> None:
    turns = to_turns([said(0, 0, 1, "您好"), said(2, 1.5, 3, "我是主管")], ROLES)
    assert [(turn.party, turn.speaker) for turn in turns] == [(Party.AGENT, "S1"), (Party.AGENT, "S3")]


def test_a_turn_ends_with_what_ends_last() -> None:
    # |这款产品不保本|
    #     |嗯|             the same voice, as two windows of the recogniser may tell it
    (turn,) = to_turns([said(0, 0, 5, "这款产品不保本"), said(0, 2, 3, "嗯")], ROLES)
    assert (turn.start_s, turn.end_s) == (0, 5)


def test_speaking_at_once_keeps_both() -> None:
    turns = to_turns([said(0, 0, 5, "这款产品不保本"), said(1, 2, 3, "嗯")], ROLES)
    assert [turn.text for turn in turns] == ["这款产品不保本", "嗯"]


def test_nothing_said_is_no_turn() -> None:
    assert to_turns([], ROLES) == ()
