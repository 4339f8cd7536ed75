"""What the report on the screen says beside the findings."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial

import pytest
from rich.console import Console

from inspector.cli.messages import Lang, say
from inspector.model import EmotionSpan, Inspection, Party
from inspector.reports.terminal import print_inspection
from tests.builders import hearing_of, judged, lost, plan_of, turn

CALM = hearing_of(turn("C", 0.0, "我想问一下上个月的账单", 6.0), turn("A", 6.2, "好的请您稍等我帮您查一下", 9.0))


def printed(inspection: Inspection, lang: Lang = "zh") -> str:
    out = io.StringIO()
    print_inspection(Console(file=out, width=200), inspection, partial(say, lang), dialogue=False, raw=False)
    return out.getvalue()


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("zh", "情绪提示（仅供参考）0:00.0–0:06.0  客户 激动：语速 +35 %、已经第三次"),
        ("en", "emotion hint  0:00.0–0:06.0  customer agitated: 语速 +35 %、已经第三次"),
    ],
)
def test_hints_are_shown_with_their_reasons(lang: Lang, line: str) -> None:
    hint = EmotionSpan(Party.CUSTOMER, 0.0, 6.0, "agitation", 0.6, ("语速 +35 %", "已经第三次"))
    assert line in printed(judged(plan_of(), replace(CALM, emotions=(hint,))), lang)
    displeased = replace(hint, label="negativity")
    assert say(lang, "negativity") in printed(judged(plan_of(), replace(CALM, emotions=(displeased,))), lang)


def test_interruptions_and_lost_speech_are_counted() -> None:
    cut_in = hearing_of(*CALM.turns[:1], turn("A", 2.0, "这个您要去网点办理的", 5.0), lost("C", 10.0, 11.5))
    shown = printed(judged(plan_of(), cut_in))
    assert "坐席打断客户 1 次" in shown and "未听清的语音 1.5 秒" in shown


def test_a_calm_call_says_nothing_of_it() -> None:
    shown = printed(judged(plan_of(), CALM))
    assert "打断" not in shown and "情绪" not in shown and "未听清" not in shown
