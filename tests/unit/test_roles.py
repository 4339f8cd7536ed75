"""Who is the agent: by configuration, by what is said, or nobody knows."""

from __future__ import annotations

import pytest

from inspector.diarisation.by_channel import lanes_of, roles_of, speakers_of
from inspector.diarisation.roles import roles_from_words
from inspector.model import Layout, Party, Utterance

GREETING = "您好云川银行工号三零六二为您服务请问有什么可以帮您"
QUESTION = "你好我想问一下我的转账怎么还没到账"


def utterance(lane: int, start_s: float, text: str) -> Utterance:
    steps = tuple(start_s + 0.2 * place for place in range(len(text) + 1))
    return Utterance(lane, start_s, steps[-1], text, steps[:-1], steps[1:], (0.9,) * len(text))


@pytest.mark.parametrize("agent", [0, 1])
def test_the_agent_is_who_speaks_like_one(agent: int) -> None:
    roles = roles_from_words([utterance(agent, 0.5, GREETING), utterance(1 - agent, 6.0, QUESTION)])
    assert roles[agent].party is Party.AGENT
    assert roles[1 - agent].party is Party.CUSTOMER
    assert "为您服务" in roles[agent].why
    assert roles[agent].confidence > 0.8


@pytest.mark.parametrize("heard", ["位银服务", "维您服务", "为你服务"])
def test_the_recognisers_slips_do_not_hide_the_agent(heard: str) -> None:
    roles = roles_from_words([utterance(1, 0.5, f"你好银行公号三零六二{heard}"), utterance(0, 6.0, QUESTION)])
    assert roles[1].party is Party.AGENT


def test_without_a_clear_lead_nobody_is_named() -> None:
    roles = roles_from_words([utterance(0, 0.5, "喂"), utterance(1, 2.0, "嗯什么事")])
    assert {role.party for role in roles.values()} == {Party.UNKNOWN}


def test_silence_on_both_lanes_names_nobody() -> None:
    assert {role.party for role in roles_from_words([]).values()} == {Party.UNKNOWN}


@pytest.mark.parametrize(("channel", "agent"), [("left", 0), ("right", 1)])
def test_configuration_decides_against_the_words(channel: str, agent: int) -> None:
    said = [utterance(1 - agent, 0.5, GREETING), utterance(agent, 6.0, QUESTION)]
    roles = roles_of(Layout.STEREO, (False, False), said, channel)
    assert roles[agent].party is Party.AGENT
    assert channel in roles[agent].why


def test_a_dead_channel_leaves_everybody_unknown_even_when_configured() -> None:
    roles = roles_of(Layout.STEREO, (False, True), [utterance(0, 0.5, GREETING)], "left")
    assert {role.party for role in roles.values()} == {Party.UNKNOWN}


@pytest.mark.parametrize("layout", [Layout.MONO, Layout.DUAL_MONO])
def test_one_channel_is_heard_once_and_belongs_to_nobody(layout: Layout) -> None:
    assert lanes_of(layout) == (0,)
    roles = roles_of(layout, (False,), [utterance(0, 0.5, GREETING)], "left")
    assert [speaker.party for speaker in speakers_of(roles)] == [Party.UNKNOWN]
