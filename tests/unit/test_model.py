"""Records refuse the impossible and survive JSON."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from inspector.enums import Because, Kind, Layout, Outcome, Party, Severity, Status, UnheardWhy
from inspector.model import (
    Call,
    EmotionSpan,
    Evidence,
    Facts,
    Finding,
    Hearing,
    MadeBy,
    Recording,
    SoundSpan,
    Span,
    Speaker,
    SpeechSpan,
    Turn,
    Unheard,
    call_id_of,
    finding_id_of,
    from_json,
    to_json,
)

TURN = Turn(Party.AGENT, "S1", 0.5, 1.5, "您好", (0.5, 1.0), (1.0, 1.5), (0.9, 0.7))
RECORDING = Recording("a" * 64, "x.wav", 2.0, 8000, 2, "pcm_alaw", Layout.STEREO)
HEARING = Hearing(
    recording=RECORDING,
    speakers=(Speaker("S1", Party.AGENT, 0.9, "says 工号"),),
    turns=(TURN,),
    speech=(SpeechSpan(Party.AGENT, 0.5, 1.9),),
    unheard=(Unheard(Party.AGENT, 1.5, 1.9, UnheardWhy.NO_TEXT),),
    sounds=(SoundSpan(0.0, 0.4),),
    emotions=(EmotionSpan(Party.CUSTOMER, 0.0, 1.0, "agitation", 0.8, ("rate +35 %",)),),
    made_by=MadeBy("whisper-base@d01c3014", "silero-v6@4cbf549b", "channel", None),
)
FINDING = Finding(
    "f" * 24, "a.b", 1, Kind.SIGNAL, Status.TEST, Severity.LOW, "题", Outcome.UNDETERMINED, Because.NOT_HEARD,
    Party.AGENT, "为何", "处置", (Evidence(0.5, 1.0, Party.AGENT, "您好", "您好", "exact", 1.0),), None,
)  # fmt: skip


FACTS = Facts(agent="1", custom={"a": "b"})


@pytest.mark.parametrize("record", [RECORDING, TURN, HEARING, FINDING, FACTS, Call("s", "1")])
def test_records_round_trip_through_json(record: object) -> None:
    assert from_json(type(record), to_json(record)) == record


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True, allow_infinity=True))
def test_a_span_is_finite_and_not_empty(start_s: float, end_s: float) -> None:
    if math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s < end_s:
        assert Span(start_s, end_s).duration_s > 0
    else:
        with pytest.raises(ValueError, match="span"):
            Span(start_s, end_s)


def test_every_character_has_its_time_and_confidence() -> None:
    with pytest.raises(ValueError, match="as many times"):
        Turn(Party.AGENT, "S1", 0.5, 1.5, "您好", (0.5,), (1.0, 1.5), (0.9, 0.7))
    with pytest.raises(ValueError, match="not be empty"):
        Turn(Party.AGENT, "S1", 0.5, 1.5, "", (), (), ())
    assert TURN.confidence == pytest.approx(0.8)


def test_undetermined_needs_its_reason_and_nothing_else_has_one() -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="reason"):
        replace(FINDING, undetermined_because=None)
    with pytest.raises(ValueError, match="reason"):
        replace(FINDING, outcome=Outcome.FIRES)
    with pytest.raises(ValueError, match="no finding"):
        replace(FINDING, outcome=Outcome.SILENT)


def test_broken_json_is_refused() -> None:
    with pytest.raises(ValidationError):
        from_json(Turn, '{"party": "agent"}')


def test_ids_are_those_of_the_contract() -> None:
    assert call_id_of("crm", "7") == call_id_of("crm", "7") != call_id_of("crm7", "")
    assert len(call_id_of("crm", "7")) == 24
    assert finding_id_of("c", "a.b", 1) != finding_id_of("c", "a.b", 2)


def test_facts_show_only_what_is_known() -> None:
    assert Facts().known() == {}
    assert Facts(ivr_verified=False, custom={"x": "1"}).known() == {"ivr_verified": False, "custom": {"x": "1"}}
