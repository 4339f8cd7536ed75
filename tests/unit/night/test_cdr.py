"""The switch's list beside the recorder's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import Layout, WorkState
from inspector.errors import ManifestError
from inspector.model import call_id_of
from inspector.night.cdr import CdrFault, CdrTally, cdr_entries, is_cut, why_not_recorded
from inspector.night.records import CdrCall, Fate, NightCall, Recorded


def switched(talk_s: float | None = 60.0, answered: bool | None = None) -> CdrCall:
    return CdrCall("a", "1", None, talk_s, answered, "L1", None)


def recorded(duration_s: float = 60.0, layout: Layout = Layout.STEREO, ends_early: bool = False) -> Recorded:
    return Recorded(duration_s, layout, ends_early)


@pytest.mark.parametrize(
    ("recorded_s", "talk_s", "cut"),
    [(55.0, 60.0, False), (54.9, 60.0, True), (94.0, 100.0, True), (194.0, 200.0, False), (66.0, 60.0, True)],
)
def test_cut_is_more_than_five_seconds_and_five_per_cent(recorded_s: float, talk_s: float, cut: bool) -> None:
    assert is_cut(recorded_s, talk_s) is cut


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (NightCall("a", "1", None, cdr=switched(0.0)), "not_answered"),
        (NightCall("a", "1", None, cdr=switched(60.0, answered=False)), "not_answered"),
        (NightCall("a", "1", None, cdr=switched(None, answered=True)), "not_listed"),
        (NightCall("a", "1", Fate.ACCEPTED, faults=("not_found",), cdr=switched()), "file_missing"),
        (NightCall("a", "1", Fate.ACCEPTED, state=WorkState.WAITING, cdr=switched()), None),
        (NightCall("a", "1", Fate.ACCEPTED, state=WorkState.DONE, recordings=(recorded(),), cdr=switched(0.0)), None),
    ],
)
def test_why_a_call_has_no_recording(call: NightCall, why: str | None) -> None:
    assert why_not_recorded(call) == why


@given(
    st.lists(
        st.builds(
            NightCall,
            item=st.just("a"),
            source_call_id=st.just("1"),
            fate=st.sampled_from([None, Fate.ACCEPTED]),
            faults=st.sampled_from([(), ("not_found",)]),
            recordings=st.sampled_from([(), (recorded(),), (recorded(1.0),)]),
            cdr=st.sampled_from([switched(), switched(0.0), switched(None, True)]),
        )
    )
)
def test_calls_of_the_switch_are_recorded_or_have_a_reason(calls: list[NightCall]) -> None:
    tally = CdrTally()
    for call in calls:
        list(tally.add(call, is_complete=True))
    assert tally.is_balanced
    assert tally.calls == len(calls)


def test_faults_of_recordings_are_counted_by_line() -> None:
    tally = CdrTally()
    mute = NightCall(
        "a", "1", Fate.ACCEPTED, talk_s=(30.0, 0.0), recordings=(recorded(20.0, ends_early=True),), cdr=switched()
    )
    own = NightCall(
        "b", "2", Fate.ACCEPTED, facts={"custom": {"trunk": "L2"}}, recordings=(recorded(layout=Layout.DUAL_MONO),)
    )
    kinds = [gap.kind for call in (mute, own) for gap in tally.add(call, is_complete=True)]
    assert kinds == ["cut", "one_side_silent", "ends_early", "unknown_to_cdr", "dual_mono"]
    assert tally.by_line["L1"]["cut"] == 1
    assert tally.by_line["L2"]["dual_mono"] == 1


def test_rows_are_read_like_a_list_of_calls_and_faults_have_their_line(tmp_path: Path) -> None:
    path = tmp_path / "cdr.csv"
    path.write_text("call_id,talk_s,answered,trunk\n1,60,是,L1\n,60,是,L1\n2,long,是,L1\n3,1\n", "utf-8")
    first, *faults = cdr_entries(path)
    assert first == CdrCall(call_id_of("manifest", "1"), "1", None, 60.0, True, "L1", None)
    assert [fault.line_no for fault in faults if isinstance(fault, CdrFault)] == [3, 4, 5]
    assert all("long" not in fault.message for fault in faults if isinstance(fault, CdrFault))


def test_a_file_without_call_ids_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cdr.csv"
    path.write_text("talk_s\n60\n", "utf-8")
    with pytest.raises(ManifestError, match="call_id"):
        list(cdr_entries(path))
