"""Business data in words: known values are named, all others stay as they are, masked."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from inspector.enums import Party
from inspector.facts import Facts
from inspector.redaction import Purpose
from inspector.reports.fact_words import FACT_WORDS, fact_value, fact_words
from inspector.reports.page import FACTS
from inspector.review.sheet import known_of
from inspector.web.words import say

ZH, EN = partial(say, "zh"), partial(say, "en")


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("direction", "inbound", "呼入", "inbound"),
        ("direction", "outbound", "呼出", "outbound"),
        ("channel", "phone", "电话", "phone"),
        ("hangup_by", "line", "线路", "line"),
        ("ivr_verified", False, "否", "no"),
        ("direction", "callback", "callback", "callback"),
        ("channel", "inbound", "inbound", "inbound"),
        ("agent", "3062", "3062", "3062"),
    ],
)
def test_values(name: str, value: object, zh: str, en: str) -> None:
    assert fact_value(name, value, Purpose.SCREEN, ZH) == zh
    assert fact_value(name, value, Purpose.SCREEN, EN) == en


def test_what_is_not_known_is_masked() -> None:
    assert "13800138000" not in fact_value("queue", "转 13800138000", Purpose.SCREEN, ZH)


def test_times_are_told_by_the_banks_clock() -> None:
    known = {"start": "2025-03-07T04:00:00+00:00"}
    assert dict(fact_words(known, Purpose.SCREEN, ZH, ZoneInfo("Asia/Shanghai"))) == {"开始时间": "2025-03-07 12:00:00"}


def test_every_field_and_every_party_that_is_shown_has_a_word() -> None:
    facts = Facts(**{one.name: "1" for one in fields(Facts) if one.name != "custom"})  # type: ignore[arg-type]
    assert {f"fact_{name}" for name in (*FACTS, *known_of(facts))} <= set(FACT_WORDS)
    assert {f"fact_hangup_by_{one}" for one in Party if one is not Party.UNKNOWN} <= set(FACT_WORDS)
