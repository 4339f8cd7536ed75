"""What the business knows of a call, in words: its fields, and the values that the product knows. Chinese, English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from inspector.redaction import Purpose, mask, mask_staff
from inspector.reports.terminal import Say

__all__ = ["FACT_WORDS", "STAFF", "fact_value", "fact_words"]

STAFF = ("agent", "announced_agent_no")
"""The fields that name somebody of the bank."""

FACT_WORDS: dict[str, tuple[str, str]] = {
    "fact_start": ("开始时间", "start"),
    "fact_talk_s": ("通话秒数", "talk, s"),
    "fact_channel": ("渠道", "channel"),
    "fact_channel_phone": ("电话", "phone"),
    "fact_direction": ("呼叫方向", "direction"),
    "fact_direction_inbound": ("呼入", "inbound"),
    "fact_direction_outbound": ("呼出", "outbound"),
    "fact_queue": ("队列", "queue"),
    "fact_skill_group": ("技能组", "skill group"),
    "fact_campaign": ("营销活动", "campaign"),
    "fact_agent": ("坐席工号", "agent no."),
    "fact_announced_agent_no": ("播报工号", "announced no."),
    "fact_team": ("班组", "team"),
    "fact_product_type": ("产品类型", "product type"),
    "fact_product_code": ("产品代码", "product code"),
    "fact_product_risk_level": ("产品风险等级", "product risk"),
    "fact_customer_risk_level": ("客户风险等级", "customer risk"),
    "fact_ivr_verified": ("语音核身", "verified by menu"),
    "fact_ivr_recording_notice": ("录音告知（自助）", "recording notice by menu"),
    "fact_transfer_from": ("转自", "transferred from"),
    "fact_transfer_to": ("转至", "transferred to"),
    "fact_wrap_up_code": ("小结代码", "wrap-up code"),
    "fact_hangup_by": ("挂机方", "hung up by"),
    "fact_hangup_by_agent": ("坐席", "agent"),
    "fact_hangup_by_customer": ("客户", "customer"),
    "fact_hangup_by_system": ("系统", "system"),
    "fact_hangup_by_line": ("线路", "line"),
    "fact_yes": ("是", "yes"),
    "fact_no": ("否", "no"),
}


def fact_words(
    known: Mapping[str, Any], purpose: Purpose, say: Say, zone: ZoneInfo | None = None
) -> Iterator[tuple[str, str]]:
    """The name and the masked value of each field, in words. ``zone``: whose clock times are shown by; None: the one
    that the list of calls names."""
    for name, value in known.items():
        if name == "start":  # a time of day, which masking would take for a number
            start = datetime.fromisoformat(value)
            shown = f"{start:%Y-%m-%d %H:%M %Z}" if zone is None else f"{start.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        else:
            shown = fact_value(name, value, purpose, say)
        yield say(f"fact_{name}"), shown


def fact_value(name: str, value: Any, purpose: Purpose, say: Say) -> str:
    """A value of a field but ``start``: as it is, masked, where the product has no word for it."""
    if isinstance(value, bool):
        return str(say("fact_yes" if value else "fact_no"))
    if f"fact_{name}_{value}" in FACT_WORDS:
        return str(say(f"fact_{name}_{value}"))
    return (mask_staff if name in STAFF else mask)(str(value), purpose)
