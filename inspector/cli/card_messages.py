"""What is told of score cards and decisions. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["CARD_MESSAGES"]

CARD_MESSAGES: dict[str, tuple[str, str]] = {
    "card_draft": ("草稿，未签署，不用于评分", "draft: not signed, scores nobody"),
    "card_signed": ("已签署", "signed"),
    "card_from": ("{from_} 起生效", "from {from_}"),
    "card_unknown": ("没有评分表 {card}。", "no score card {card}"),
    "card_list": ("用 inspector cards list 查看。", "look at them: inspector cards list"),
    "card_fatal": ("一票否决", "one-vote veto"),
    "card_bonus": ("加分", "bonus"),
    "card_rule": (
        "评分表 {card} 第 {version} 版的项目 {item}：没有规则 {rule}。",
        "{card} v{version}, {item}: no rule {rule}",
    ),
    "card_fine": ("评分表无误：{count} 份。", "score cards are fine: {count}"),
    "card_none": ("该通话没有适用的评分表。", "no score card is for this call"),
    "card_machine": ("机检参考分：{total}", "machine score, for reference: {total}"),
    "card_total": ("得分：{total}", "score: {total}"),
    "card_open": ("待人工判断", "for a person to say"),
    "card_met": ("✔", "✔"),
    "card_missed": ("✘", "✘"),
    "card_not_applicable": ("不适用", "N/A"),
    "card_answers": (
        "答案文件 {path} 无法使用。",
        "the file of answers cannot be used: {path}",
    ),
    "card_answers_remedy": (
        '写成 JSON 对象，如 {{"greeting": "met", "rude": 2}}；可用 met、missed、not_applicable 或次数。',
        'write a JSON object like {{"greeting": "met", "rude": 2}}: met, missed, not_applicable or how often',
    ),
    "card_call": ("库中没有通话 {call}。", "no inspected call {call}"),
    "card_call_remedy": ("先检查该通话。", "inspect it first"),
    "decision_none": ("没有裁定。", "no decisions"),
    "decision_confirmed": ("违规成立", "confirmed"),
    "decision_false_alarm": ("误报", "false alarm"),
    "decision_cannot_tell": ("无法判定", "undetermined"),
    "decision_provisional": ("待复检或仲裁", "provisional"),
    "decision_settled": ("复核已定，可申诉", "settled, may be appealed"),
    "decision_final": ("终局", "final"),
}
