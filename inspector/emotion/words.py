"""Words that show anger or a patience at its end, by who says them."""

from __future__ import annotations

import re

from inspector.model import Party
from inspector.text import fold, is_content

__all__ = ["cues_in"]

_CUSTOMER = (
    r"已经第?[二两三四五六七八九十几好]+[次回遍]",
    r"第[三四五六七八九十][次回遍]",
    r"好几[次回遍]",
    r"(?:说|讲|问|打|反映|催)(?:过|了)?(?:多少|几|好几|无数)[次回遍]",
    r"每[次回]都",
    r"(?<![拉滑划翻])到底(?![部端下])",
    r"凭什么",
    r"又(?:是|来)这[样套一]",
    r"还是没[有]?(?:解决|处理|人管|结果)",
    r"投诉",
    r"举报",
    r"曝光",
    r"什么态度",
    r"太过分",
    r"气死",
    r"受不了",
    r"忍无可忍",
    r"不像话",
    r"岂有此理",
    r"开什么玩笑",
    r"欺负人",
    r"骗子",
    r"骗人",
    r"坑人",
    r"没完没了",
    r"推来推去",
    r"(?:叫|让|找|喊)你们?的?(?:领导|经理|主管|上级|负责人)",
)
_AGENT = (
    r"听不懂(?:人话|吗|么)",
    r"(?:说|讲)(?:过|了)?(?:多少|几|好几)[次回遍]",
    r"爱[找去]?谁[找去]?谁",
    r"爱办不办",
    r"随便你",
    r"有完没完",
    r"烦不烦",
    r"烦死",
    r"有病",
    r"自己不会看",
    r"关我什么事",
    r"不归我管",
    r"你想怎么样",
)
_CUES = {party: re.compile("|".join(cues)) for party, cues in ((Party.CUSTOMER, _CUSTOMER), (Party.AGENT, _AGENT))}

# Not meant: negated, asked, told of others, or part of a name (投诉电话).
_REACH_CHARS = 8
_BEFORE = re.compile(
    r"(?:不|没|没有|别|不是|不会|不想|不要|不用|不至于|无需|未|并非)(?:[要想去说是太会再来您你]){0,2}$"
    r"|(?:是不是|会不会|怕是?|担心是?|以为是?)(?:[遇碰到了被]){0,2}$"
    r"|(?:有人|人家|别人|他们?|她们?|对方|朋友|网上|新闻)(?:都|也|就|总|一直|老是?)?说.{0,4}$"
)
_CHARGES = ("投诉", "举报", "曝光", "骗子", "骗人", "坑人")
_AFTER_CHARGE = re.compile(r"的?(?:[吗么]|方式)|电话|渠道|热线|中心|部门|专线|邮箱|流程|建议")


def cues_in(text: str, party: Party) -> tuple[str, ...]:
    """Cues in what the party says, as said, each once, in order; not those that are negated, asked or another's words.

    Only what agent and customer say has cues.
    """
    if party not in _CUES:
        return ()
    said = "".join(filter(is_content, fold(text)))
    found = (hit for hit in _CUES[party].finditer(said) if _is_meant(said, hit))
    return tuple(dict.fromkeys(hit.group() for hit in found))


def _is_meant(said: str, hit: re.Match[str]) -> bool:
    before, after = said[max(0, hit.start() - _REACH_CHARS) : hit.start()], said[hit.end() :]
    named = hit.group() in _CHARGES and _AFTER_CHARGE.match(after)
    return not (named or _BEFORE.search(before))
