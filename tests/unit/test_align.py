"""Utterances to turns."""

from __future__ import annotations

from inspector.diarisation.align import to_turns
from inspector.diarisation.roles import Role
from inspector.model import TURN_PAUSE_S, Party, Utterance

ROLES = {0: Role(Party.AGENT, 1.0, "test"), 1: Role(Party.CUSTOMER, 1.0, "test")}


def utterance(lane: int, start_s: float, end_s: float, text: str) -> Utterance:
    step = (end_s - start_s) / len(text)
    starts = tuple(start_s + step * place for place in range(len(text)))
    return Utterance(lane, start_s, end_s, text, starts, (*starts[1:], end_s), (0.9,) * len(text))


def test_neighbours_of_one_lane_are_one_turn() -> None:
    # agent     |您好| |请讲|        |好的|
    # customer               |我想问|
    agent = [utterance(0, 0, 1, "您好"), utterance(0, 2, 3, "请讲"), utterance(0, 6, 7, "好的")]
    turns = to_turns([*agent, utterance(1, 4, 5, "我想问")], ROLES)
    assert [(turn.party, turn.text) for turn in turns] == [
        (Party.AGENT, "您好请讲"),
        (Party.CUSTOMER, "我想问"),
        (Party.AGENT, "好的"),
    ]
    assert (turns[0].start_s, turns[0].end_s) == (0, 3)
    assert turns[0].char_starts_s == (0, 0.5, 2, 2.5)


def test_a_long_pause_ends_a_turn() -> None:
    near = to_turns([utterance(0, 0, 1, "您好"), utterance(0, 1 + TURN_PAUSE_S - 0.01, 6, "请讲")], ROLES)
    far = to_turns([utterance(0, 0, 1, "您好"), utterance(0, 1 + TURN_PAUSE_S, 6, "请讲")], ROLES)
    assert (len(near), len(far)) == (1, 2)


def test_speaking_at_once_keeps_both() -> None:
    turns = to_turns([utterance(0, 0, 5, "这款产品不保本"), utterance(1, 2, 3, "嗯")], ROLES)
    assert [turn.text for turn in turns] == ["这款产品不保本", "嗯"]


def test_nothing_said_is_no_turn() -> None:
    assert to_turns([], ROLES) == ()
