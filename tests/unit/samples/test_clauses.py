"""Turns spoken clause by clause: the truth has the times of each; lines spoken once are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.samples.random_calls import VOICES_SETS, clauses_of, in_clauses, random_calls
from scripts.samples.script import CallScript, Line, Segment, Utterance, Voice
from scripts.samples.spoken_lines import SpokenLines
from scripts.samples.telephone import SAMPLE_RATE, VOICE_RATE_HZ
from scripts.samples.timeline import CLAUSE_GAP_S, mix_lanes, place_events
from scripts.samples.truth import truth_text


def speak(text: str, recipe: str, speed: float) -> np.ndarray:
    """A tone of 0.2 s per character between two silences."""
    seconds = np.arange(round(0.2 * len(text) * VOICE_RATE_HZ)) / VOICE_RATE_HZ
    quiet = np.zeros(VOICE_RATE_HZ // 4)
    return np.concatenate([quiet, 0.3 * np.sin(2 * np.pi * 800 * seconds), quiet]).astype(np.float32)


def truth_of(call: CallScript) -> dict:
    placed = place_events(call, speak)
    return json.loads(truth_text(call, placed, len(mix_lanes(call, placed)), "", 0.0))


def test_short_beginnings_belong_to_the_next_clause() -> None:
    assert clauses_of("好的，您的卡已经挂失了，补卡要七天。") == ("好的，您的卡已经挂失了，", "补卡要七天。")
    assert clauses_of("嗯。") == ("嗯。",)


@given(st.text("一二三，。？！", min_size=1).filter(lambda text: text[0] not in "，。？！"))
def test_clauses_are_the_whole_text(text: str) -> None:
    assert "".join(clauses_of(text)) == text


def test_the_truth_has_the_times_of_each_clause() -> None:
    # A: 0.5 |12345，| gap |1234567。|
    text = "12345，1234567。"
    line = Line("pcm_s16le", None, "line", -70.0, 0.5, 0.5)
    voices = {"agent": Voice("nobody", 1.0, 1.0, -26.0)}
    event = Utterance("agent", text, text, None, 0.0, clauses_of(text))
    call = CallScript("made", ("clean",), voices, line, Segment("made", 1, 1), 7, (event,), {}, (), ())
    (turn,) = truth_of(call)["turns"]
    first, second = turn["clauses"]
    assert (first["text"], second["text"]) == ("12345，", "1234567。")
    assert (first["start_s"], first["end_s"]) == pytest.approx((0.5, 1.7), abs=0.05)
    assert second["end_s"] - second["start_s"] == pytest.approx(1.6, abs=0.05)
    assert CLAUSE_GAP_S[0] < second["start_s"] - first["end_s"] < CLAUSE_GAP_S[1] + 0.15  # faded margins of 60 ms
    assert (turn["start_s"], turn["end_s"]) == (first["start_s"], second["end_s"])
    assert "clauses" not in truth_of(replace(call, events=(replace(event, clauses=()),)))["turns"][0]


@pytest.mark.parametrize("voices_set", VOICES_SETS)
def test_a_random_call_in_clauses_says_the_same(voices_set: str) -> None:
    for call in random_calls(3, 5, voices_set):
        apart = in_clauses(call)
        assert [(event.speaker, event.text) for event in apart.events] == [
            (event.speaker, "".join(said.clauses)) for event, said in zip(call.events, apart.events, strict=True)
        ]
        assert replace(apart, events=()) == replace(call, events=())
        assert max(len(event.clauses) for event in apart.events) > 1


def test_a_line_is_spoken_once_and_then_read(tmp_path: Path) -> None:
    spoken: list[str] = []

    def load():
        def voice(text: str, recipe: str, speed: float) -> np.ndarray:
            spoken.append(text)
            return np.full(SAMPLE_RATE, speed, np.float32)

        return voice

    first = SpokenLines(tmp_path / "spoken", load)
    heard = [first.speak("您好", "somebody", speed) for speed in (1.0, 1.1, 1.0)]
    again = SpokenLines(tmp_path / "spoken", load).speak("您好", "somebody", 1.1)
    assert spoken == ["您好", "您好"]
    assert np.array_equal(heard[0], heard[2]) and np.array_equal(heard[1], again)
    assert not np.array_equal(heard[0], heard[1])
