"""Ordinary calls of three minutes, made up: one of the scored dialogues amid small talk. Only for measuring speed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from inspector.model import (
    Call,
    Facts,
    Hearing,
    Layout,
    MadeBy,
    Party,
    Recording,
    Speaker,
    SpeechSpan,
    Turn,
    Unheard,
    UnheardWhy,
)
from inspector.rules.notation import parse_call
from inspector.rules.scored import ScoredCall

__all__ = ["CALL_S", "ordinary_calls"]

CALL_S = 180.0
_LEAST_LEFT_S = 8.0
_PAUSE_S = (0.1, 1.2)
_CHAR_S = (0.12, 0.28)
_FIRST_DAY = datetime(2025, 1, 1, 1, tzinfo=UTC)
_SPEAKERS = {Party.AGENT: "S1", Party.CUSTOMER: "S2", Party.SYSTEM: "S3", Party.UNKNOWN: "S4"}

_SMALL_TALK = (
    ("我想问一下你们那个网点周末上班吗", "周六上午九点到下午四点上班周日休息您看方便吗"),
    ("那我要换一张新卡需要带什么东西", "带上您本人的身份证和旧卡到网点就可以办"),
    ("我手机银行登不上去了老是转圈", "您可以先把应用退出来重新打开再试一下"),
    ("上个月的账单我还没有收到", "电子账单是每月五号发到您登记的邮箱里的"),
    ("这个月的还款日是几号来着", "您的还款日是每个月的二十号请您留意"),
    ("我改了手机号要怎么更新", "您可以在柜台更新也可以在手机银行里自己修改"),
    ("你们那边排队的人多不多啊", "上午人会多一些下午两点以后会好一点"),
    ("哦好的那我明天下午过去", "好的您到了以后先在门口的机器上取个号"),
    ("外币现在是什么价格", "汇率每天都有变动您可以在首页看到最新的牌价"),
    ("我爸年纪大了他自己去可以吗", "可以的网点有工作人员会协助他办理"),
    ("短信提醒能不能只留大额的", "可以的您可以在设置里把提醒的金额调高"),
    ("嗯稍等一下我拿支笔记一下", "好的不着急您准备好了跟我说"),
    ("转账到别的银行要多久到账", "实时的话几分钟就到普通的要等到下一个工作日"),
    ("发票的抬头写错了能改吗", "可以的麻烦您把正确的抬头告诉我我帮您登记"),
    ("停车的话你们那里有地方吗", "网点门口有几个车位旁边商场的地下也可以停"),
    ("那这样我就明白了", "好的请问还有其他可以帮您的吗"),
)


def ordinary_calls(scored: Sequence[ScoredCall], count: int, seed: int = 1) -> Iterator[tuple[Call, Hearing]]:
    """``count`` calls, the same for the same seed: some 700 characters, each with its own times and confidence."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    dialogues = [parse_call(one.call, one.name)[1].turns for one in scored]
    for number in range(count):
        spoken = _spoken(chance, [(turn.party, turn.text) for turn in chance.choice(dialogues)])
        call_no = f"bench-{seed}-{number}"
        start = (_FIRST_DAY + timedelta(minutes=number % 500_000)).isoformat()
        facts = Facts(start=start, agent=f"{3000 + number % 400}")
        yield Call("bench", call_no, facts), _hearing(chance, spoken, call_no)


def _spoken(chance: random.Random, dialogue: list[tuple[Party, str]]) -> list[Turn]:
    """Small talk until the call is full, with the dialogue from the first third on."""
    turns: list[Turn] = []
    at_s = 0.4
    while at_s < CALL_S - _LEAST_LEFT_S:
        question, reply = chance.choice(_SMALL_TALK)
        lines = [(Party.CUSTOMER, question), (Party.AGENT, reply)]
        if dialogue and at_s > CALL_S / 3:
            lines, dialogue = dialogue, []
        for party, text in lines:
            if at_s < CALL_S - _LEAST_LEFT_S:
                turns.append(_turn(chance, party, text, at_s))
                at_s = round(turns[-1].end_s + chance.uniform(*_PAUSE_S), 3)
    return turns


def _turn(chance: random.Random, party: Party, text: str, start_s: float) -> Turn:
    starts, ends, confidence = [], [], []
    at_s = start_s
    for _ in text:
        starts.append(at_s)
        at_s = round(at_s + chance.uniform(*_CHAR_S), 3)
        ends.append(at_s)
        confidence.append(round(chance.random() ** 0.1, 3))
    return Turn(party, _SPEAKERS[party], start_s, at_s, text, tuple(starts), tuple(ends), tuple(confidence))


def _hearing(chance: random.Random, turns: list[Turn], call_no: str) -> Hearing:
    digest = hashlib.sha256(call_no.encode()).hexdigest()
    length_s = max(CALL_S, turns[-1].end_s)
    lost_at_s = round(chance.uniform(1.0, length_s - 2.0), 3)
    lost = Unheard(chance.choice((Party.AGENT, Party.CUSTOMER)), lost_at_s, lost_at_s + 0.6, UnheardWhy.LOW_CONFIDENCE)
    parties = dict.fromkeys(turn.party for turn in turns)
    return Hearing(
        recording=Recording(digest, f"{call_no}.wav", length_s, 8000, 2, "pcm_mulaw", Layout.STEREO),
        speakers=tuple(Speaker(_SPEAKERS[party], party, 0.9, "made up") for party in parties),
        turns=tuple(turns),
        speech=tuple(SpeechSpan(turn.party, turn.start_s, turn.end_s, turn.speaker) for turn in turns),
        unheard=(lost,),
        sounds=(),
        emotions=(),
        made_by=MadeBy("made up", "made up", "made up", None),
    )
