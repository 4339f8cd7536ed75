"""Several recordings, one call: nothing is lost, moved out of order or told of the wrong recording."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.legs import Leg, join, merged, on_call_clock
from inspector.model import (
    Call,
    EmotionSpan,
    Facts,
    Hearing,
    MadeBy,
    Party,
    Recording,
    Segment,
    SoundCheck,
    SoundSpan,
    Speaker,
    SpeechSpan,
    from_json,
    to_json,
)
from tests.builders import hearing_of, lost, turn

RATE_HZ = 8000


def leg(no: int, hearing: Hearing | None, agent: str | None = None) -> tuple[Leg, Hearing | None]:
    return Leg(no, Path(f"{no}.wav"), agent), hearing


def named(hearing: Hearing, name: str) -> Hearing:
    return replace(hearing, recording=replace(hearing.recording, id=name * 64, path=f"{name}.wav"))


def test_legs_lie_one_after_the_other() -> None:
    # leg 1   |A 您好     |C 你好|    8 s     leg 2  |A 您好|~C|    5 s
    # call    0           3      8                  8      9.5 12.5 13
    first = named(hearing_of(turn("A", 1.0, "您好"), turn("C", 3.0, "你好"), duration_s=8.0), "a")
    said = turn("A", 0.5, "您好", 1.5), lost("C", 3.0, 4.5)
    second = named(hearing_of(*said, sounds=[(2.0, 2.5)], duration_s=5.0), "b")
    joined = join([leg(1, first, "3062"), leg(2, second, "3063")])
    assert joined.recording == replace(
        first.recording,
        duration_s=13.0,
        joined=(
            Segment("a" * 64, "a.wav", 1, 0.0, 8.0, "3062"),
            Segment("b" * 64, "b.wav", 2, 8.0, 5.0, "3063"),
        ),
    )
    assert [(said.start_s, said.end_s, said.speaker) for said in joined.turns] == [
        (1.0, 1.5, "A"),
        (3.0, 3.5, "C"),
        (8.5, 9.5, "L2A"),
    ]
    assert joined.turns[2].char_starts_s == (8.5, 9.0)
    assert joined.turns[2].char_ends_s == (9.0, 9.5)
    assert [(span.party, span.start_s) for span in joined.speech][2:] == [(Party.AGENT, 8.5), (Party.CUSTOMER, 11.0)]
    assert [(span.start_s, span.end_s) for span in joined.unheard] == [(11.0, 12.5)]
    assert joined.sounds == (SoundSpan(10.0, 10.5),)
    assert from_json(Hearing, to_json(joined)) == joined


def test_the_voices_of_two_legs_are_not_taken_for_each_other() -> None:
    heard = replace(
        hearing_of(turn("A", 1.0, "您好"), duration_s=4.0),
        speakers=(Speaker("S1", Party.AGENT, 0.9, "says 工号"),),
        speech=(SpeechSpan(Party.AGENT, 1.0, 2.0, "S1"), SpeechSpan(Party.AGENT, 2.0, 3.0)),
        emotions=(EmotionSpan(Party.AGENT, 1.0, 2.0, "agitation", 0.8, ()),),
    )
    joined = join([leg(1, heard), leg(2, heard)])
    assert [speaker.id for speaker in joined.speakers] == ["S1", "L2S1"]
    assert [span.speaker for span in joined.speech] == ["S1", "", "L2S1", ""]
    assert [span.start_s for span in joined.emotions] == [1.0, 5.0]


@pytest.mark.parametrize(
    ("legs", "holes_s", "ends_early"),
    [
        ([None, 4.0, 6.0], (0.0,), False),
        ([4.0, None, 6.0], (4.0,), False),
        ([4.0, 6.0, None], (10.0,), True),
        ([4.0, None, None], (4.0,), True),
    ],
)
def test_a_leg_that_was_not_heard_is_a_hole(
    legs: list[float | None], holes_s: tuple[float, ...], ends_early: bool
) -> None:
    hearings = [None if length_s is None else hearing_of(duration_s=length_s) for length_s in legs]
    recording = join([leg(no, hearing) for no, hearing in enumerate(hearings, start=1)]).recording
    assert (recording.holes_s, recording.ends_early) == (holes_s, ends_early)
    assert [segment.duration_s for segment in recording.segments] == legs
    assert [segment.path for segment in recording.segments if segment.id is None] == [
        f"{no}.wav" for no, length_s in enumerate(legs, start=1) if length_s is None
    ]


def test_a_file_name_that_is_no_utf8_becomes_json() -> None:
    lost_leg = Leg(2, Path(os.fsdecode("录".encode("gbk"))))
    joined = join([leg(1, hearing_of(duration_s=4.0)), (lost_leg, None)])
    assert from_json(Hearing, to_json(joined)) == joined


def test_a_leg_that_was_cut_off_is_followed_by_a_hole() -> None:
    whole, cut = hearing_of(duration_s=4.0), hearing_of(duration_s=4.0, ends_early=True)
    assert join([leg(1, cut), leg(2, whole)]).recording.holes_s == (4.0,)
    last = join([leg(1, whole), leg(2, cut)]).recording
    assert (last.holes_s, last.ends_early) == ((), True)


def test_it_starts_cut_when_the_conversation_does() -> None:
    menu, cut = hearing_of(turn("S", 0.0, "您好"), starts_cut=True), hearing_of(turn("A", 0.0, "好"), starts_cut=True)
    whole = hearing_of(turn("A", 1.0, "您好"))
    assert join([leg(1, cut), leg(2, whole)]).starts_cut
    assert not join([leg(1, menu), leg(2, whole)]).starts_cut
    assert join([leg(1, menu), leg(2, cut)]).starts_cut
    assert not join([leg(1, whole), leg(2, cut)]).starts_cut


def test_what_heard_the_legs_is_named_once() -> None:
    stereo = replace(hearing_of(duration_s=1.0), made_by=MadeBy("w", "v", "channel", None))
    mono = replace(hearing_of(duration_s=1.0), made_by=MadeBy("w", "v", "voices", None))
    assert join([leg(1, stereo), leg(2, mono), leg(3, stereo)]).made_by == MadeBy("w", "v", "channel+voices", None)


def test_a_call_of_which_nothing_was_heard_is_refused() -> None:
    for legs in ([], [leg(1, None)], [leg(1, None), leg(2, None)]):
        with pytest.raises(ValueError, match="nothing was heard"):
            join(legs)


# ---- business data


def test_facts_are_those_of_the_first_leg_that_knows_them_and_the_end_is_that_of_the_last() -> None:
    first = Facts(agent="7", transfer_to="8", talk_s=10.0, hold_spans=((1.0, 2.0),), custom={"a": "1"})
    last = Facts(agent="8", hangup_by="customer", talk_s=5.0, vulnerable=False, custom={"a": "2", "b": "3"})
    assert merged([first]) == first
    assert merged([first, last]) == Facts(
        agent="7", hangup_by="customer", talk_s=15.0, vulnerable=False, custom={"a": "1", "b": "3"}
    )
    assert merged([first, replace(last, talk_s=None)]).talk_s is None


def test_hold_times_of_every_leg_are_on_the_clock_of_the_call() -> None:
    # leg 1  4 s, hold 1–2     leg 2  not heard, hold 0–9     leg 3  6 s, hold 2–5  ->  6–9
    spans = [((1.0, 2.0),), ((0.0, 9.0),), ((2.0, 5.0),)]
    legs = [Leg(no, Path("x"), None, own) for no, own in enumerate(spans, start=1)]
    hearings = [hearing_of(duration_s=4.0), None, hearing_of(duration_s=6.0)]
    recording = join(list(zip(legs, hearings, strict=True))).recording
    call = Call("pbx", "1", Facts(agent="7"))
    assert on_call_clock(call, legs, recording).facts == Facts(agent="7", hold_spans=((1.0, 2.0), (6.0, 9.0)))
    assert on_call_clock(call, legs[:1], hearing_of(duration_s=4.0).recording) is call


# ---- the way back


def test_a_time_of_the_call_is_found_in_its_recording() -> None:
    joined = join([leg(1, hearing_of(duration_s=4.0)), leg(2, None), leg(3, hearing_of(duration_s=6.0))]).recording
    found = [(segment.segment_no, at_s) for segment, at_s in map(joined.place, (0.0, 3.5, 4.0, 9.5, 10.0))]
    assert found == [(1, 0.0), (1, 3.5), (3, 0.0), (3, 5.5), (3, 6.0)]
    with pytest.raises(ValueError, match="before the call"):
        joined.place(-0.1)


def test_an_ordinary_recording_is_its_own_only_segment() -> None:
    recording = hearing_of(duration_s=4.0).recording
    assert recording.segments == (Segment(recording.id, recording.path, 1, 0.0, 4.0),)
    assert recording.place(2.5) == (recording.segments[0], 2.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"duration_s": None},
        {"segment_no": 0},
        {"start_s": -1.0},
        {"start_s": float("nan")},
        {"duration_s": -1.0},
    ],
)
def test_an_impossible_segment_is_refused(wrong: dict[str, float | None]) -> None:
    with pytest.raises(ValueError, match="segment"):
        replace(Segment("a" * 64, "a.wav", 1, 0.0, 4.0), **wrong)  # type: ignore[arg-type]


# ---- any split: lengths and places on the grid of samples


@st.composite
def leg_hearings(draw: st.DrawFn) -> Hearing:
    """A recording with speech, in turns or lost, at any samples in it."""
    cuts = draw(st.lists(st.integers(0, 60 * RATE_HZ), min_size=2, max_size=12, unique=True).map(sorted))
    said = [
        turn(draw(st.sampled_from("ACS?")), start / RATE_HZ, "好", end / RATE_HZ)
        if draw(st.booleans())
        else lost("A", start / RATE_HZ, end / RATE_HZ)
        for start, end in pairwise(cuts)
    ]
    return hearing_of(*said, duration_s=cuts[-1] / RATE_HZ + draw(st.integers(1, RATE_HZ)) / RATE_HZ)


splits = st.lists(st.one_of(leg_hearings(), st.none()), min_size=1, max_size=6).filter(any)


@given(leg_hearings())
def test_one_leg_stays_as_it_is(hearing: Hearing) -> None:
    assert join([leg(1, hearing)]) is hearing


@given(splits)
def test_no_second_of_speech_is_lost_and_the_order_stays(hearings: list[Hearing | None]) -> None:
    joined = join([leg(no, hearing) for no, hearing in enumerate(hearings, start=1)])
    heard = [hearing for hearing in hearings if hearing is not None]
    before = sum(span.end_s - span.start_s for hearing in heard for span in hearing.speech)
    after = sum(span.end_s - span.start_s for span in joined.speech)
    assert after == pytest.approx(before, abs=1e-6)
    assert [said.party for said in joined.turns] == [said.party for hearing in heard for said in hearing.turns]
    assert [said.start_s for said in joined.turns] == sorted(said.start_s for said in joined.turns)
    assert joined.recording.duration_s == pytest.approx(sum(hearing.recording.duration_s for hearing in heard))


@given(splits)
def test_every_turn_leads_back_to_its_recording(hearings: list[Hearing | None]) -> None:
    joined = join([leg(no, hearing) for no, hearing in enumerate(hearings, start=1)])
    origins = [(no, said.start_s) for no, hearing in enumerate(hearings, 1) if hearing for said in hearing.turns]
    for said, (no, start_s) in zip(joined.turns, origins, strict=True):
        segment, at_s = joined.recording.place(said.start_s)
        assert at_s == pytest.approx(start_s, abs=1e-9)
        if len(hearings) > 1:
            assert segment.segment_no == no


@given(st.lists(st.integers(1, 3600 * RATE_HZ), min_size=2, max_size=8))
def test_segments_touch(lengths: list[int]) -> None:
    hearings = [hearing_of(duration_s=length / RATE_HZ) for length in lengths]
    recording: Recording = join([leg(no, hearing) for no, hearing in enumerate(hearings, start=1)]).recording
    starts_s = [0.0, *accumulate(length / RATE_HZ for length in lengths)]
    assert [segment.start_s for segment in recording.segments] == pytest.approx(starts_s[:-1])
    assert recording.duration_s == pytest.approx(starts_s[-1])


def test_sound_checks_move_with_their_words() -> None:
    # leg 1 |A 您好|  4 s     leg 2 |A 保本|, listened to once more
    first = hearing_of(turn("A", 1.0, "您好"), duration_s=4.0)
    second = replace(hearing_of(turn("A", 0.5, "保本"), duration_s=5.0), sound_checks=(SoundCheck("A", 0.5, 1.0, 0.2),))
    joined = join([leg(1, named(first, "a")), leg(2, named(second, "b"))])
    assert joined.sound_checks == (SoundCheck("L2A", 4.5, 5.0, 0.2),)
    assert joined.turns[1].speaker == "L2A"
