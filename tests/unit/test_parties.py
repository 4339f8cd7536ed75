"""Which party each voice is: by its channel, by its words, by what is configured."""

from __future__ import annotations

import pytest

from inspector.diarisation.attribution import Attribution, attribute
from inspector.diarisation.parties import is_swapped, lanes_of, mixed_lanes, parties_of, speakers_of, voices_heard
from inspector.diarisation.protocol import Diarisation, SpeakerSpan
from inspector.model import Layout, Party, Span, Utterance

MENU = "欢迎致电云川银行个人业务请按一人工服务请按零"
GREETING = "您好云川银行工号三零六二为您服务请问有什么可以帮您"
QUESTION = "你好我想问一下我的转账怎么还没到账"


def utterance(lane: int, start_s: float, text: str) -> Utterance:
    steps = tuple(start_s + 0.1 * place for place in range(len(text) + 1))
    return Utterance(lane, start_s, steps[-1], text, steps[:-1], steps[1:], (0.9,) * len(text))


def stereo() -> Attribution:
    return attribute({0: (Span(1, 5),), 1: (Span(6, 10),)}, {})


def mono(*voices: tuple[int, float, float]) -> Attribution:
    """One diarised lane: (voice, start, end)."""
    speech = tuple(Span(start_s, end_s) for _, start_s, end_s in voices)
    return attribute({0: speech}, {0: Diarisation(tuple(SpeakerSpan(*voice) for voice in voices))})


def menu_before_the_agent() -> Attribution:
    # left   |menu|     |agent|
    # right                       |customer|
    return attribute({0: (Span(0, 4), Span(6, 10)), 1: (Span(11, 14),)}, {})


def named(voices: Attribution, said: list[Utterance], agent_channel: str = "auto") -> dict[int, Party]:
    roles = parties_of(*voices_heard(voices, said), agent_channel)
    return {voice: role.party for voice, role in roles.items()}


@pytest.mark.parametrize(
    ("layout", "dead", "lanes", "mixed"),
    [
        (Layout.STEREO, (False, False), (0, 1), ()),
        (Layout.STEREO, (False, True), (0,), (0,)),
        (Layout.STEREO, (True, False), (1,), (1,)),
        (Layout.STEREO, (True, True), (0,), (0,)),
        (Layout.MONO, (False,), (0,), (0,)),
        (Layout.DUAL_MONO, (False, False), (0,), (0,)),
    ],
)
def test_a_lane_that_is_alone_may_hold_several(
    layout: Layout, dead: tuple[bool, ...], lanes: tuple[int, ...], mixed: tuple[int, ...]
) -> None:
    assert lanes_of(layout, dead) == lanes
    assert mixed_lanes(lanes) == mixed


class TestVoicesHeard:
    def test_every_utterance_gets_the_voice_of_its_place_by_start(self) -> None:
        voices = mono((0, 1, 4), (1, 5, 8))
        first, second, third = utterance(0, 1.0, "您好"), utterance(0, 5.0, "喂"), utterance(0, 7.0, "嗯")
        found, said, machines = voices_heard(voices, [third, first, second])
        assert said == [(0, first), (1, second), (1, third)]
        assert (found, machines) == (voices, set())

    def test_a_menu_that_sounds_like_the_agent_becomes_a_voice_of_its_own(self) -> None:
        voices = menu_before_the_agent()
        menu, greeting, question = utterance(0, 0.0, MENU), utterance(0, 6.0, GREETING), utterance(1, 11.0, QUESTION)
        found, said, machines = voices_heard(voices, [menu, greeting, question])
        assert said == [(2, menu), (0, greeting), (1, question)]
        assert machines == {2}
        assert found.lane_of == {0: 0, 1: 1, 2: 0}
        assert [span.speaker for span in found.spans] == [2, 0, 1]

    def test_a_survey_after_the_call_does_not_make_the_agent_a_machine(self) -> None:
        # left   |greeting|          |survey|
        # right             |question|
        voices = attribute({0: (Span(0, 4), Span(11, 14)), 1: (Span(6, 10),)}, {})
        survey = utterance(0, 11.0, "请对我的服务进行评价满意请按一")
        said = [utterance(0, 0.0, GREETING), utterance(1, 6.0, QUESTION), survey]
        _, _, machines = voices_heard(voices, said)
        assert machines == set()

    def test_a_menu_that_has_a_voice_to_itself_keeps_it(self) -> None:
        voices = mono((0, 0, 4), (1, 6, 10))
        found, _, machines = voices_heard(voices, [utterance(0, 0.0, MENU), utterance(0, 6.0, GREETING)])
        assert (found, machines) == (voices, {0})


class TestStereo:
    @pytest.mark.parametrize("agent", [0, 1])
    def test_the_agents_channel_is_found_by_the_words(self, agent: int) -> None:
        texts = {agent: GREETING, 1 - agent: QUESTION}
        found = named(stereo(), [utterance(lane, 1.0 + 5 * lane, texts[lane]) for lane in (0, 1)])
        assert found == {agent: Party.AGENT, 1 - agent: Party.CUSTOMER}

    @pytest.mark.parametrize(("channel", "agent"), [("left", 0), ("right", 1)])
    def test_configuration_yields_to_words_that_are_sure(self, channel: str, agent: int) -> None:
        said = [utterance(1 - agent, 0.5, GREETING), utterance(agent, 6.0, QUESTION)]
        roles = parties_of(*voices_heard(stereo(), said), channel)
        assert (roles[agent].party, roles[1 - agent].party) == (Party.CUSTOMER, Party.AGENT)
        assert f"configured: the agent is on the {channel} channel, but" in roles[agent].why
        assert is_swapped(speakers_of(roles))

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param([(1, 0.5, GREETING), (0, 6.0, GREETING)], id="both speak like an agent"),
            pytest.param([(1, 0.5, "请讲"), (0, 6.0, "我想问一下")], id="a faint lead"),
            pytest.param([(0, 0.5, GREETING), (1, 6.0, QUESTION)], id="the words agree"),
            pytest.param([], id="nothing heard"),
        ],
    )
    def test_configuration_stands(self, said: list[tuple[int, float, str]]) -> None:
        roles = parties_of(*voices_heard(stereo(), [utterance(*one) for one in said]), "left")
        assert (roles[0].party, roles[1].party) == (Party.AGENT, Party.CUSTOMER)
        assert "left" in roles[0].why
        assert roles[0].confidence == 1
        assert not is_swapped(speakers_of(roles))

    def test_silence_on_both_names_nobody(self) -> None:
        assert named(stereo(), []) == {0: Party.UNKNOWN, 1: Party.UNKNOWN}

    @pytest.mark.parametrize("channel", ["auto", "left"])
    def test_a_menu_before_the_agent_on_one_channel(self, channel: str) -> None:
        said = [utterance(0, 0.0, MENU), utterance(0, 6.0, GREETING), utterance(1, 11.0, QUESTION)]
        found = named(menu_before_the_agent(), said, channel)
        assert found == {0: Party.AGENT, 1: Party.CUSTOMER, 2: Party.SYSTEM}

    def test_two_people_on_one_channel_are_one_side(self) -> None:
        # left   |agent|   |second agent, who says little|
        # right                                            |customer|
        left = Diarisation((SpeakerSpan(0, 0, 4), SpeakerSpan(1, 6, 10)))
        voices = attribute({0: (Span(0, 4), Span(6, 10)), 1: (Span(11, 14),)}, {0: left})
        said = [utterance(0, 0.0, GREETING), utterance(0, 6.0, "嗯好的"), utterance(1, 11.0, QUESTION)]
        assert named(voices, said) == {0: Party.AGENT, 1: Party.AGENT, 2: Party.CUSTOMER}

    def test_a_channel_of_which_nothing_was_heard_has_its_party(self) -> None:
        assert named(stereo(), [utterance(1, 6.0, QUESTION)], "left")[0] is Party.AGENT

    def test_a_channel_that_only_holds_a_menu(self) -> None:
        said = [utterance(0, 1.0, MENU), utterance(1, 6.0, QUESTION)]
        assert named(stereo(), said) == {0: Party.SYSTEM, 1: Party.CUSTOMER}


class TestMono:
    @pytest.mark.parametrize("channel", ["auto", "left", "right"])
    def test_by_words_whatever_is_configured(self, channel: str) -> None:
        said = [utterance(0, 1.0, QUESTION), utterance(0, 6.0, GREETING)]
        found = named(mono((0, 1, 5), (1, 6, 10)), said, channel)
        assert found == {0: Party.CUSTOMER, 1: Party.AGENT}

    def test_menu_agent_and_customer(self) -> None:
        said = [utterance(0, 0.0, MENU), utterance(0, 6.0, GREETING), utterance(0, 12.0, QUESTION)]
        found = named(mono((0, 0, 5), (1, 6, 11), (2, 12, 16)), said)
        assert found == {0: Party.SYSTEM, 1: Party.AGENT, 2: Party.CUSTOMER}

    def test_only_a_menu(self) -> None:
        assert named(mono((0, 0, 5)), [utterance(0, 0.0, MENU)]) == {0: Party.SYSTEM}


def test_one_speaker_a_voice_by_number() -> None:
    utterances = [utterance(0, 0.0, MENU), utterance(0, 6.0, GREETING), utterance(1, 11.0, QUESTION)]
    speakers = speakers_of(parties_of(*voices_heard(menu_before_the_agent(), utterances), "auto"))
    assert [(speaker.id, speaker.party) for speaker in speakers] == [
        ("S1", Party.AGENT),
        ("S2", Party.CUSTOMER),
        ("S3", Party.SYSTEM),
    ]
    assert all(speaker.why for speaker in speakers)


def test_voices_that_may_be_mixed_up_accuse_nobody() -> None:
    # one lane  |menu|  |A ? B|   |B ? A|      two voices that sound alike
    spans = (SpeakerSpan(0, 0, 4), SpeakerSpan(1, 6, 12), SpeakerSpan(2, 13, 18))
    speech = tuple(Span(span.start_s, span.end_s) for span in spans)
    said = [utterance(0, 0.0, MENU), utterance(0, 6.0, GREETING), utterance(0, 13.0, QUESTION)]
    sure = attribute({0: speech}, {0: Diarisation(spans)})
    alike = attribute({0: speech}, {0: Diarisation(spans, alike=True)})
    assert named(sure, said) == {0: Party.SYSTEM, 1: Party.AGENT, 2: Party.CUSTOMER}
    assert named(alike, said) == {0: Party.SYSTEM, 1: Party.UNKNOWN, 2: Party.UNKNOWN}
