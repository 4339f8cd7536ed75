"""What a voice is, from what it says: machine, agent, customer, or nobody knows."""

from __future__ import annotations

import pytest

from inspector.diarisation.roles import Words, menu_length, people_by_words
from inspector.model import Party

GREETING = "您好云川银行工号三零六二为您服务请问有什么可以帮您"
SECOND = "您好我是理财专席工号二一一五为您服务请问您贵姓"
QUESTION = "你好我想问一下我的转账怎么还没到账"
COMPLAINT = "我的卡昨天被你们银行冻结了一直提示交易失败"
UNCLEAR = "嗯好的是的"
MENU = "欢迎致电云川银行，个人业务请按一，信用卡业务请按二，人工服务请按零"
BOT = "您好，我是智能客服小云，请在提示音后说出您的问题"
TOLD_BY_PEOPLE = {
    "nothing": (),
    "greeting": (GREETING, UNCLEAR),
    "question": (QUESTION,),
    "agent who announces the recording": ("您好这里是云川银行，本次通话将被录音，请问是林女士吗",),
    "agent who mentions a key": (
        "好的那您稍后听到语音提示以后请按一号键确认就可以了然后我这边再帮您查询一下这笔转账的进度，您的手机号是多少",
    ),
    "customer who tells of the menu": (
        "我刚才按了零一直没有人接，等了十分钟才转到你这里，你们的电话怎么这么难打，我就想问一下我的卡为什么被冻结",
    ),
}


def parties(*texts: str) -> list[Party]:
    """Roles of voices 0, 1, … that begin to speak in this order."""
    roles = people_by_words({voice: Words(text, 3.0 * voice) for voice, text in enumerate(texts)})
    return [roles[voice].party for voice in range(len(texts))]


class TestMenuLength:
    """How many utterances of a voice, from its first, a machine reads out."""

    @pytest.mark.parametrize("text", [MENU, BOT, "为了保证服务质量您的通话将被录音，业务咨询请按一"])
    def test_what_a_machine_reads_out(self, text: str) -> None:
        assert menu_length([text], 1) == 1

    @pytest.mark.parametrize("texts", TOLD_BY_PEOPLE.values(), ids=TOLD_BY_PEOPLE)
    def test_what_a_person_says(self, texts: tuple[str, ...]) -> None:
        assert menu_length(texts, len(texts)) == 0

    def test_the_agent_after_the_menu_is_no_menu(self) -> None:
        assert menu_length([MENU, GREETING, "好的我帮您查一下"], 3) == 1
        assert menu_length(["欢迎致电云川银行", MENU, "正在为您转接人工客服", GREETING, UNCLEAR], 5) == 3

    def test_an_utterance_without_a_cue_within_the_menu_belongs_to_it(self) -> None:
        assert menu_length([MENU, "理财有风险投资需谨慎", "人工服务请按零", GREETING], 4) == 3

    def test_a_menu_ends_where_another_voice_speaks(self) -> None:
        # |menu|        |agent| |survey: please press|
        #        |喂|
        survey = "请对我的服务进行评价，满意请按一，不满意请按二"
        assert menu_length([MENU, GREETING, survey], 1) == 1
        assert menu_length([GREETING, UNCLEAR, survey], 1) == 0

    def test_a_bot_goes_on_after_an_answer(self) -> None:
        # |bot|          |bot|                  |agent|
        #      |我查余额|     |转人工|
        assert menu_length([BOT, "没有听清请您再说一次", "正在为您转接人工客服", GREETING, UNCLEAR], 1) == 3


class TestTwoVoices:
    @pytest.mark.parametrize("texts", [(GREETING, QUESTION), (QUESTION, GREETING), (GREETING, COMPLAINT)])
    def test_the_agent_is_who_speaks_like_one(self, texts: tuple[str, str]) -> None:
        wanted = [Party.AGENT if text is GREETING else Party.CUSTOMER for text in texts]
        assert parties(*texts) == wanted

    def test_the_reason_is_the_strongest_cue_and_the_lead_makes_sure(self) -> None:
        roles = people_by_words({7: Words(GREETING, 0.5), 9: Words(QUESTION, 6.0)})
        assert "为您服务" in roles[7].why and "为您服务" in roles[9].why
        assert roles[7].confidence > 0.8

    @pytest.mark.parametrize("heard", ["位银服务", "维您服务", "为你服务"])
    def test_the_recognisers_slips_do_not_hide_the_agent(self, heard: str) -> None:
        assert parties(f"你好银行公号三零六二{heard}", QUESTION) == [Party.AGENT, Party.CUSTOMER]

    def test_two_agents(self) -> None:
        assert parties(GREETING, SECOND) == [Party.AGENT, Party.AGENT]

    def test_without_a_clear_lead_nobody_is_named(self) -> None:
        assert parties("喂", "嗯什么事") == [Party.UNKNOWN, Party.UNKNOWN]
        assert parties("", "") == [Party.UNKNOWN, Party.UNKNOWN]

    def test_who_speaks_first_tips_the_scales_unless_called(self) -> None:
        # |您您 请问|      2.0, first: + 0.5 is a lead
        #            |嗯|
        roles = people_by_words({0: Words("请问您方便吗您说", 0.0), 1: Words("嗯", 2.0)})
        assert roles[0].party is Party.AGENT
        called = people_by_words({0: Words("喂请问您方便吗您说", 0.0), 1: Words("嗯", 2.0)})
        later = people_by_words({0: Words("请问您方便吗您说", 2.0), 1: Words("嗯", 0.0)})
        assert called[0].party is later[0].party is Party.UNKNOWN

    def test_a_word_said_all_the_time_counts_twice(self) -> None:
        assert parties("您" * 40, UNCLEAR) == [Party.UNKNOWN, Party.UNKNOWN]


class TestOneVoice:
    def test_agent(self) -> None:
        assert parties(GREETING) == [Party.AGENT]

    def test_customer(self) -> None:
        assert parties(COMPLAINT) == [Party.CUSTOMER]

    def test_unclear(self) -> None:
        assert parties(UNCLEAR) == [Party.UNKNOWN]


class TestThreeVoices:
    def test_each_is_measured_against_the_agent(self) -> None:
        assert parties(GREETING, COMPLAINT, SECOND) == [Party.AGENT, Party.CUSTOMER, Party.AGENT]

    def test_two_customers(self) -> None:
        assert parties(GREETING, QUESTION, COMPLAINT) == [Party.AGENT, Party.CUSTOMER, Party.CUSTOMER]

    def test_a_voice_that_says_nothing_telling_stays_unnamed_beside_a_weak_agent(self) -> None:
        # leans: 请问, 您稍等, 我行, 您, first = 4.0; 我想查 = -1.5; 请问, 您, 您 = 2.0
        assert parties("请问您稍等我行", "我想查余额", "请问您您") == [Party.AGENT, Party.CUSTOMER, Party.UNKNOWN]


def test_no_voices_no_roles() -> None:
    assert people_by_words({}) == {}
