"""What is told of incidents and surges. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["INCIDENT_MESSAGES"]

INCIDENT_MESSAGES: dict[str, tuple[str, str]] = {
    "incidents_none": ("没有群体事件。", "no incidents."),
    "incidents_total": ("列出群体事件 {shown} 起。", "{shown} incidents listed."),
    "incident_counted": (
        "客户 {customers} 名（通常 {usual}），通话 {calls} 通",
        "{customers} customers ({usual} usual), {calls} calls",
    ),
    "incident_no_usual": ("尚无基线", "not known yet"),
    "incident_late": ("事后发现", "found late"),
    "surges_none": ("截至 {last} 的一周没有激增的话题。", "no topic surged in the week until {last}."),
    "surges_total": (
        "截至 {last} 的一周有 {shown} 个话题激增。",
        "{shown} topics surged in the week until {last}.",
    ),
    "surge_new": ("上周没有", "new"),
    "surge_counted": (
        "本周 {calls} 通，上周 {before} 通；知识库应于 {due} 前更新",
        "{calls} calls, {before} the week before; knowledge base due by {due}",
    ),
}
