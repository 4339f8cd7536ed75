"""The geometry of the timeline: everything in the picture, nothing over something else."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inspector.cli.messages import say
from inspector.model import (
    Coverage,
    EmotionSpan,
    Evidence,
    Finding,
    Hearing,
    Kind,
    Outcome,
    Party,
    Segment,
    Severity,
    SoundKind,
    SoundSpan,
    Status,
)
from inspector.reports.timeline import BAR_WIDTH, LEFT, MARKER_WIDTH, RIGHT, Timeline, draw, draw_cover
from tests.builders import hearing_of, lost, turn

ZH = partial(say, "zh")


def boxes(path: str) -> list[tuple[float, float]]:
    """(left, right) of each box of a path."""
    found = re.findall(r"M([\d.]+) 0h([\d.]+)v1h-([\d.]+)z", path)
    assert all(out == back for _, out, back in found)
    return [(float(x), round(float(x) + float(width), 1)) for x, width, _ in found]


def finding_at(*starts_s: float) -> tuple[Finding, dict[str, Evidence]]:
    places = {f"e{s}": Evidence(s, s + 1, Party.AGENT, "赚", "赚", "exact", 1.0) for s in starts_s}
    shared = (Kind.FORBIDDEN, Status.TEST, Severity.HIGH, "题", Outcome.FIRES, None, Party.AGENT, "", "")
    return Finding("f", "a.b", 1, *shared, tuple(places.values()), None), places


def drawn(hearing: Hearing, *findings: tuple[Finding, dict[str, Evidence]]) -> Timeline:
    return draw(hearing, findings, ZH)


def test_speech_lies_where_it_was_spoken() -> None:
    #  0         50        100 s
    #  agent |0 … 10|           |90 … 100|
    hearing = hearing_of(turn("A", 0.0, "一", 10.0), turn("A", 90.0, "二", 100.0), lost("C", 49.9, 50.1))
    picture = drawn(hearing)
    agent, customer = picture.lanes
    span = RIGHT - LEFT
    assert boxes(agent.speech) == [(LEFT, round(LEFT + span / 10, 1)), (round(LEFT + span * 0.9, 1), RIGHT)]
    assert boxes(customer.unheard) == boxes(customer.speech)
    assert [(tick.text, tick.x) for tick in picture.ticks][::10] == [("0:00", LEFT), ("1:40", RIGHT)]


def test_menu_and_unknown_voices_have_a_lane_only_when_there_are_any() -> None:
    calm = hearing_of(turn("A", 0.0, "您好"), duration_s=9.0)
    assert [lane.party for lane in drawn(calm).lanes] == [Party.AGENT, Party.CUSTOMER]
    menu = hearing_of(turn("S", 0.0, "请按一"), turn("?", 5.0, "喂"))
    assert [lane.party for lane in drawn(menu).lanes] == list(Party)


def test_silences_of_three_seconds_are_shown_with_their_length() -> None:
    #  |0 … 1|  2.9  |3.9 … 5|  3.2  |8.2 … 9|
    hearing = hearing_of(turn("A", 0.0, "好", 1.0), turn("A", 3.9, "好", 5.0), turn("A", 8.2, "好", 9.0))
    assert [label.text for label in drawn(hearing).silences] == ["3.2"]


def test_sounds_and_hints_have_their_names() -> None:
    hearing = hearing_of(turn("C", 0.0, "第三次了", 4.0), duration_s=20.0)
    hint = EmotionSpan(Party.CUSTOMER, 0.0, 4.0, "agitation", 0.7, ("已经第三次",))
    music = SoundSpan(10.0, 20.0, SoundKind.MUSIC)
    picture = drawn(replace(hearing, emotions=(hint,), sounds=(music,)))
    assert [label.text for label in picture.lanes[1].emotions] == ["激动"]
    assert [(label.text, label.title) for label in picture.sounds] == [("音乐", "音乐 0:10.0–0:20.0")]


def test_segments_begin_with_a_border() -> None:
    hearing = hearing_of(turn("A", 0.0, "好"), duration_s=20.0)
    joined = (Segment("a", "a.wav", 1, 0.0, 10.0), Segment("b", "b.wav", 2, 10.0, 10.0))
    picture = drawn(replace(hearing, recording=replace(hearing.recording, joined=joined)))
    assert [(border.x, border.title) for border in picture.borders] == [((LEFT + RIGHT) / 2, "第 2 段")]
    assert picture.lanes_y > drawn(hearing).lanes_y


def test_a_window_is_a_bar_of_what_was_heard() -> None:
    #  window   |10                 30|
    #  agent  |5 ……… 15|     |25 … 40|      unknown counts too, the customer does not
    hearing = hearing_of(turn("A", 5.0, "一", 15.0), turn("?", 25.0, "二", 40.0), turn("C", 16.0, "三", 24.0))
    bar = draw_cover(Coverage(10.0, 30.0, 10.0, 9.0, ((12.0, 13.0),), 0.5), hearing, Party.AGENT)
    assert boxes(bar.speech) == [(0.0, BAR_WIDTH / 4), (BAR_WIDTH * 3 / 4, BAR_WIDTH)]
    assert boxes(bar.gaps) == [(BAR_WIDTH / 10, BAR_WIDTH * 3 / 20)]


STARTS = st.lists(st.floats(0, 3600, allow_nan=False), max_size=60)


@given(STARTS, st.floats(0.001, 3600))
def test_nothing_leaves_the_picture_or_covers_its_neighbour(starts_s: list[float], duration_s: float) -> None:
    said = [turn("A", start_s, "赚", start_s + 1) for start_s in starts_s]
    hearing = hearing_of(*said, duration_s=duration_s)
    hearing = replace(hearing, recording=replace(hearing.recording, duration_s=duration_s))  # speech may end later
    picture = drawn(hearing, finding_at(*starts_s))
    spoken = boxes(picture.lanes[0].speech)
    assert all(LEFT <= left < right <= RIGHT + 0.5 for left, right in spoken)
    assert all(before[1] < after[0] for before, after in pairwise(spoken))
    assert len(picture.markers) == len({*starts_s})
    assert all(LEFT <= marker.x <= RIGHT for marker in picture.markers)
    for row in range(picture.marker_rows):
        signs = sorted(marker.x for marker in picture.markers if marker.row == row)
        assert all(after - before >= MARKER_WIDTH for before, after in pairwise(signs))
    assert len(picture.ticks) <= 13
