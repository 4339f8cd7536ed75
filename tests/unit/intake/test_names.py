"""Which call a file is of, by its name."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from inspector.errors import IntakeError, IntakeFault, UsageError
from inspector.intake.names import NamePattern, call_of_name
from inspector.manifest import facts_of
from inspector.model import Call, Facts

KEY = b"k" * 32


def pattern(text: str) -> NamePattern:
    return NamePattern.of(text, ZoneInfo("Asia/Shanghai"), KEY)


def test_a_name_of_the_usual_form() -> None:
    of = pattern("{source_call_id}_{start:%Y%m%d%H%M%S}_{agent}.wav")
    facts = Facts(start="2025-03-01T09:30:00+08:00", agent="3062")
    assert of.call_of("C-17_20250301093000_3062.wav") == Call("file", "C-17", facts)


@pytest.mark.parametrize(
    ("text", "name", "facts"),
    [
        ("{source_call_id}.wav", "a.b.wav", {}),
        ("{source_call_id}-{网点}.wav", "1-沪西.wav", {"custom": {"网点": "沪西"}}),
        ("{start:%Y-%m-%dT%H.%M.%S%z}{source_call_id}.wav", "2025-03-01T09.30.00+09001.wav", "09:30:00+09:00"),
        ("{start} {source_call_id}", "2025-03-01T09:30:00Z 1", "09:30:00+00:00"),
        ("{source_call_id}_{vulnerable}_{csat}.wav", "1_是_4.wav", {"vulnerable": True, "csat": 4.0}),
        ("100%_{source_call_id}(1).wav", "100%_9(1).wav", {}),
    ],
)
def test_forms(text: str, name: str, facts: dict[str, object] | str) -> None:
    call = pattern(text).call_of(name)
    wanted = {"start": f"2025-03-01T{facts}"} if isinstance(facts, str) else facts
    assert call.facts.known() == wanted
    assert call.source == "file"


def test_the_customers_number_is_hashed_as_in_a_manifest() -> None:
    call = pattern("{customer_key}_{source_call_id}.wav").call_of("13812345678_1.wav")
    assert call.facts == facts_of({"customer_key": "13812345678"}, KEY)
    assert "138" not in repr(call)


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("{source_call_id}_{agent}.wav", "1.wav", "does not fit"),
        ("{source_call_id}_{agent}.wav", "1_2.mp3", "does not fit"),
        ("{source_call_id}_{agent}.wav", "_2.wav", "does not fit"),
        ("{source_call_id}_{start:%Y%m%d}.wav", "1_20251340.wav", "no such time"),
        ("{source_call_id}_{start:%Y%m%d}.wav", "1_2025.wav", "does not fit"),
        ("{source_call_id}_{start:%H%M}.wav", "1_0930.wav", "start: needs a year"),
        ("{source_call_id}_{start}.wav", "1_2025-03-01T09:30:00.wav", "start: needs the time zone"),
        ("{source_call_id}_{csat}.wav", "1_good.wav", "csat: needs a number"),
        ("{source_call_id}_{agent}.wav", "1_\x1b.wav", "agent: holds a control character"),
        ("{source_call_id}.wav", "\udcff.wav", "cannot be the name of a call"),
        ("{source_call_id}.wav", " .wav", "cannot be the name of a call"),
    ],
)
def test_names_that_do_not_fit(text: str, name: str, message: str) -> None:
    with pytest.raises(IntakeError, match=message) as caught:
        pattern(text).call_of(name)
    assert caught.value.kind is IntakeFault.BAD_NAME
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{agent}.wav",
        "{source_call_id}{agent}.wav",
        "{source_call_id}{start}.wav",
        "{source_call_id}_{agent}_{agent}.wav",
        "{source_call_id}_{}.wav",
        "{source_call_id}_{agent:%Y}.wav",
        "{source_call_id}_{start:}.wav",
        "{source_call_id}_{start:%Q}.wav",
        "{source_call_id}_{start:%}.wav",
        "{source_call_id}_{segment_no}.wav",
        "{source_call_id}_{path}.wav",
        "{source_call_id.wav",
        "source_call_id}.wav",
        "{{source_call_id}}.wav",
    ],
)
def test_patterns_that_cannot_be_used(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        pattern(text)
    assert caught.value.remedy


def test_a_name_that_stands_for_its_call() -> None:
    assert call_of_name("2025-03-01/a b.wav") == Call("file", "2025-03-01/a b.wav")
    with pytest.raises(IntakeError):
        call_of_name("a\n.wav\x00")
