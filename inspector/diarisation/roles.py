"""What a voice is in the call, from what it says and who speaks first, never from loudness. Pure.

A voice that reads out a menu is ``system``. Of the people, the agent is who speaks clearly more like one than the
other; the strongest cue is the reason shown. No clear lead: nobody is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.model import Party
from inspector.text import content_length

__all__ = ["Role", "Words", "menu_length", "people_by_words"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a voice was taken for, how surely (0 … 1) and why."""

    party: Party
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Words:
    """All that a voice says, in one string, and when it begins."""

    text: str
    start_s: float


# (pattern, weight, what a person reads); each counts at most twice a voice
_AGENT_CUES = (
    (r"(很高兴|[为位维围]\w{0,2})(您|你|银|民)?服务", 3.0, "为您服务"),
    (r"[工公]号", 3.0, "工号"),
    (r"(请问)?有什么可以帮", 3.0, "有什么可以帮您"),
    (r"(感谢|谢谢)您?的?来电|祝您(生活|工作)", 2.0, "感谢您的来电"),
    (r"(请|麻烦)您|请问|请稍等|您稍等", 1.0, "请您、请问"),
    (r"(我|这边)(马上|现在|这边|先|立刻)?(帮|给|为)您", 1.5, "我帮您"),
    (r"我行|我们银行|本行", 1.0, "我行"),
    (r"(这里|这边|我们?)是\w{0,8}(银行|信用卡中心|客服|专员)", 2.0, "这里是银行"),
    (r"(请问|[您你])是\w{1,3}(先生|女士)", 1.5, "请问是某先生、女士"),
    (r"打扰您", 1.0, "打扰您"),
    (r"(您好|你好)\W?\w{2,4}银行", 2.0, "您好，某银行"),
    (r"请讲", 1.0, "请讲"),
    (r"您的?(账户|卡|贷款|身份|手机|资金|名下)", 0.7, "您的账户"),
    (r"不客气|没关系", 1.5, "不客气"),
    (r"查到了|(帮|给|为)您查|核实一下|登记", 1.0, "查到了"),
    (r"您", 0.5, "您"),
)
_CUSTOMER_CUES = (
    (r"我的(卡|钱|账户|账号|转账|贷款|信用卡|理财|工资|手机|密码)", 1.5, "我的卡"),
    (r"我最近|我没钱|没有钱", 1.0, "我最近"),
    (r"(一直|老是)(提示|显示|说|不)", 1.0, "一直提示"),
    (r"我(想|要)(问|查|投诉|咨询|办|了解)", 1.5, "我想问"),
    (r"你们(银行|那个|这个|怎么|的)|帮我", 1.0, "你们、帮我"),
    (r"我(昨天|今天|前天|刚才|刚刚|上个?月|上周|去年)", 1.0, "我昨天"),
    (r"我(妈|爸|老婆|老公|儿子|女儿|家里?|朋友)", 1.0, "我家人"),
    (r"谢谢你|麻烦你|好的?谢谢", 0.7, "谢谢你"),
)
_BOT = r"我是\w{0,10}(智能|机器人|语音助手)|(智能|语音)[客克助][服手理]"  # 克服: as the recogniser writes 客服
_MENU_CUES = (  # a machine's own words …
    (r"^(?!.*(您好|你好|请问)).*本次通\w\w{0,3}录", 3.0),  # people greet before they say so
    (r"请按|按[一二三四五六七八九零0-9井*#]号?键|[井#]号?键", 2.0),
    (_BOT, 2.5),
    (r"输入(有误|错误|不正确)|请(重新)?输入|没有?听清|请在\w{0,4}(后|声)", 2.0),
)
_ANNOUNCED_CUES = (  # … and what people may say as well
    (r"转接?人工|接通人工|人工(服务|客服|坐席|座席)", 2.0),
    (r"(通话|来电|电话)\w{0,6}录音|录音\w{0,4}(通话|来电)", 1.5),
    (r"欢迎(致电|拨打|来电|使用)|感谢您?的?(致电|拨打)", 1.5),
    (r"正在为您(转接|接通|排队)|(坐席|座席)\w{0,3}忙", 1.5),
    (r"(非常|不)满意请?按|对\w{0,6}服务(进行)?评价", 1.5),
)
_MOST_COUNTED = 2
_MENU_LEAST = 3.0
_MENU_PER_100 = 4.0  # weight in 100 characters: an agent may mention a key, a menu hardly says anything else
_CLEAR_LEAD = 2.5
_SURE_LEAD = 8.0
_FIRST = 0.5  # who speaks first took the call …
_HELLO = re.compile(r"^喂|^哪位|^谁啊")  # … unless called
_BOTH_AGENT = 5.0  # two voices that both speak so much like an agent: none of them is the customer


def menu_length(texts: Sequence[str], undisturbed: int) -> int:
    """How many of a voice's utterances, from its first, are read out by a machine: a menu, an announcement, a bot.

    Menu and agent may share a channel, and their voices may sound alike; but the menu comes first. ``undisturbed``: how
    many utterances there are before another voice speaks. A menu ends then; a bot, who says it is one, goes on.
    """
    limit = len(texts) if re.search(_BOT, "".join(texts[:undisturbed])) else undisturbed
    ends = [n for n, text in enumerate(texts[:limit], start=1) if _weight(text, _MENU_CUES + _ANNOUNCED_CUES)]
    if 1 not in ends:
        return 0
    return next((number for number in reversed(ends) if _is_menu("，".join(texts[:number]))), 0)


def _is_menu(text: str) -> bool:
    own = _weight(text, _MENU_CUES)
    weight = own + _weight(text, _ANNOUNCED_CUES)
    return own > 0 and weight >= _MENU_LEAST and weight * 100 >= _MENU_PER_100 * content_length(text)


def _weight(text: str, cues: Sequence[tuple[str, float]]) -> float:
    return sum(len(re.findall(cue, text)) * weight for cue, weight in cues)


def people_by_words(voices: Mapping[int, Words]) -> dict[int, Role]:
    """Roles of the voices of people, by their numbers, from their words and who speaks first."""
    first = min(voices, key=lambda voice: voices[voice].start_s, default=None)
    leans = {voice: _lean(words.text, voice == first) for voice, words in voices.items()}
    if not leans:
        return {}
    agent = max(leans, key=lambda voice: leans[voice][0])
    others = [lean for voice, (lean, _) in leans.items() if voice != agent]
    lead = leans[agent][0] - min(others, default=0.0)
    if not others and lead <= -_CLEAR_LEAD:
        return {agent: Role(Party.CUSTOMER, _sureness(lead), "the only voice, and it speaks like a customer")}
    if lead < _CLEAR_LEAD:
        unclear = Role(Party.UNKNOWN, 0.0, "nothing said tells the agent from the customer")
        return dict.fromkeys(voices, unclear)
    why = f"says {leans[agent][1] or 'less like a customer than the others'}"
    roles = {agent: Role(Party.AGENT, _sureness(lead), why)}
    for voice, (lean, said) in leans.items():
        if voice != agent:
            roles[voice] = _beside(lean, said, leans[agent][0], why)
    return roles


def _beside(lean: float, said: str, best: float, why: str) -> Role:
    """What a voice is that speaks less like an agent than the one that was taken for the agent."""
    if lean >= _BOTH_AGENT and lean >= best / 2:
        return Role(Party.AGENT, _sureness(lean), f"also says {said}")
    if best - lean >= _CLEAR_LEAD:
        return Role(Party.CUSTOMER, _sureness(best - lean), f"the other voice {why}")
    return Role(Party.UNKNOWN, 0.0, "nothing said tells the agent from the customer")


def _sureness(lead: float) -> float:
    return round(min(0.99, 0.5 + 0.5 * abs(lead) / _SURE_LEAD), 2)


def _lean(text: str, is_first: bool) -> tuple[float, str]:
    """How much the words lean to an agent's (positive) or a customer's, and the strongest agent cue."""
    found: Mapping[str, float] = {name: _count(cue, text) * weight for cue, weight, name in _AGENT_CUES}
    against = sum(_count(cue, text) * weight for cue, weight, _ in _CUSTOMER_CUES)
    best = max(found, key=lambda name: found[name])
    first = (-_FIRST if _HELLO.search(text) else _FIRST) if is_first else 0.0
    return sum(found.values()) - against + first, best if found[best] else ""


def _count(cue: str, text: str) -> int:
    return min(_MOST_COUNTED, len(re.findall(cue, text)))
