"""Which lane is the agent: from what is said, never from loudness. Pure.

Cues are counted per lane; a lane is taken for the agent when its cues clearly outweigh the other's, and the strongest
cue is the reason shown to people. No clear lead: both stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.model import Party, Utterance

__all__ = ["Role", "roles_by_configuration", "roles_from_words"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a lane was taken for, how surely (0 … 1) and why."""

    party: Party
    confidence: float
    why: str


# (pattern, weight, what a person reads); each counts at most twice a lane
_AGENT_CUES = (
    (r"(很高兴|[为位维围]\w{0,2})(您|你|银|民)?服务", 3.0, "为您服务"),
    (r"[工公]号", 3.0, "工号"),
    (r"(请问)?有什么可以帮", 3.0, "有什么可以帮您"),
    (r"(感谢|谢谢)您?的?来电|祝您(生活|工作)", 2.0, "感谢您的来电"),
    (r"(请|麻烦)您|请问|请稍等|您稍等", 1.0, "请您、请问"),
    (r"(我|这边)(马上|现在|这边|先|立刻)?(帮|给|为)您", 1.5, "我帮您"),
    (r"我行|我们银行|本行", 1.0, "我行"),
    (r"您的?(账户|卡|贷款|身份|手机|资金|名下)", 0.7, "您的账户"),
    (r"不客气|没关系", 1.5, "不客气"),
    (r"查到了|(帮|给|为)您查|核实一下|登记", 1.0, "查到了"),
    (r"您", 0.5, "您"),
)
_CUSTOMER_CUES = (
    (r"我的(卡|钱|账户|转账|贷款|信用卡|理财|工资)", 1.5, "我的卡"),
    (r"我(想|要)(问|查|投诉|咨询|办|了解)", 1.5, "我想问"),
    (r"你们(银行|那个|这个|怎么|的)|帮我", 1.0, "你们、帮我"),
    (r"我(昨天|今天|前天|刚才|刚刚|上个?月|上周|去年)", 1.0, "我昨天"),
    (r"我(妈|爸|老婆|老公|儿子|女儿|家里?|朋友)", 1.0, "我家人"),
    (r"谢谢你|麻烦你|好的?谢谢", 0.7, "谢谢你"),
)
_MOST_COUNTED = 2
_CLEAR_LEAD = 2.5
_SURE_LEAD = 8.0


def roles_by_configuration(agent_lane: int) -> dict[int, Role]:
    """The two lanes of a stereo recording when the configuration says which is the agent's."""
    why = f"configured: the agent is on the {'left' if agent_lane == 0 else 'right'} channel"
    return {agent_lane: Role(Party.AGENT, 1.0, why), 1 - agent_lane: Role(Party.CUSTOMER, 1.0, why)}


def roles_from_words(utterances: Sequence[Utterance]) -> dict[int, Role]:
    """Roles of lanes 0 and 1 by the cues in their words."""
    texts = {lane: "，".join(u.text for u in utterances if u.lane == lane) for lane in (0, 1)}
    leans = {lane: _lean(text) for lane, text in texts.items()}
    lead = leans[0][0] - leans[1][0]
    if abs(lead) < _CLEAR_LEAD:
        unclear = Role(Party.UNKNOWN, 0.0, "nothing said tells the agent from the customer")
        return {0: unclear, 1: unclear}
    agent = 0 if lead > 0 else 1
    confidence = round(min(0.99, 0.5 + 0.5 * abs(lead) / _SURE_LEAD), 2)
    said = leans[agent][1] or "less like a customer than the other channel"
    why = f"says {said}"
    return {
        agent: Role(Party.AGENT, confidence, why),
        1 - agent: Role(Party.CUSTOMER, confidence, f"the other channel {why}"),
    }


def _lean(text: str) -> tuple[float, str]:
    """How much the words lean to an agent's (positive) or a customer's, and the strongest agent cue."""
    found: Mapping[str, float] = {name: _count(cue, text) * weight for cue, weight, name in _AGENT_CUES}
    against = sum(_count(cue, text) * weight for cue, weight, _ in _CUSTOMER_CUES)
    best = max(found, key=lambda name: found[name])
    return sum(found.values()) - against, best if found[best] else ""


def _count(cue: str, text: str) -> int:
    return min(_MOST_COUNTED, len(re.findall(cue, text)))
