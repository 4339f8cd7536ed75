"""From counts of recordings to pooled figures with intervals, by layout and tag."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.hearing.attribution import Attribution
from inspector.bench.hearing.der import Der
from inspector.bench.hearing.figures import MEASURES, Scored, figures_of, groups_of
from inspector.bench.hearing.report import LeftOut, Outcome, Run, result_of, show
from inspector.bench.hearing.sides import OURS, PEER
from inspector.bench.hearing.truth import Truth
from inspector.bench.interval import Ratio, pooled
from inspector.config import HearingSettings
from inspector.model import Layout

PARTS = st.lists(st.integers(0, 50), min_size=2, max_size=8)


def scored(name: str, layout: Layout, *tags: str, edits: int = 10, peer_edits: int = 20) -> Scored:
    return Scored(
        truth=Truth(Path(f"calls/{name}.wav"), layout, "gsm", tags, 60.0, "不能说出来", ()),
        characters=100,
        edits=edits,
        peer_edits=peer_edits,
        der=Der(missed_s=1, false_alarm_s=2, confusion_s=3, speech_s=40),
        attribution=Attribution(right_s=30, wrong_s=4, unknown_s=4, missed_s=2),
        found_s=40,
        unheard_s=2,
    )


def outcome() -> Outcome:
    rows = [scored("a", Layout.STEREO, "clean"), scored("b", Layout.MONO, "snr_10", "overlap", edits=30)]
    runs = {
        OURS: [Run(12, 10, 3, 500, 40), Run(15, 14, 3.6, 501, 40)],
        PEER: [Run(9, 8, 0, 400, 40), Run(10, 9, 0, 401, 41)],
    }
    return Outcome(runs, rows, [LeftOut("c.amr", {PEER: "InvalidDataError"})])


def test_a_ratio_is_of_sums_not_a_mean_of_ratios() -> None:
    found = pooled([1, 0], [1, 99])
    assert found is not None
    assert found.value == pytest.approx(0.01)


@given(PARTS, st.integers(1, 50))
def test_an_interval_holds_its_value_or_lies_among_the_recordings(parts: list[int], whole: int) -> None:
    found = pooled(parts, [whole] * len(parts))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert min(parts) / whole <= found.low <= found.high <= max(parts) / whole
    assert found == pooled(parts, [whole] * len(parts))


def test_recordings_that_are_alike_leave_no_doubt_and_one_alone_no_interval() -> None:
    assert pooled([5, 5, 5], [10, 10, 10]) == Ratio(0.5, 0.5, 0.5)
    assert pooled([5], [10]) == Ratio(0.5, None, None)
    assert pooled([0, 0], [0, 0]) is None
    with_an_empty_one = pooled([0, 5], [0, 10])
    assert with_an_empty_one == Ratio(0.5, 0.5, 0.5)


def test_an_interval_is_about_as_wide_as_theory_says() -> None:
    # 400 recordings, one in five wrong: 1.96 sqrt(0.2 · 0.8 / 400) = 0.039 to each side
    found = pooled([1, 0, 0, 0, 0] * 80, [1] * 400)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.161, 0.239), abs=0.006)


def test_the_difference_is_paired() -> None:
    # both sides fail alike on the hard recording: the difference is sure although each rate is not
    hard = scored("a", Layout.MONO, edits=60, peer_edits=62)
    easy = scored("b", Layout.MONO, edits=0, peer_edits=2)
    figures = figures_of([hard, easy])
    assert figures["cer_difference"] == Ratio(-0.02, -0.02, -0.02)
    assert figures["cer"] == Ratio(0.3, 0.0, 0.6)


def test_figures_of_two_recordings() -> None:
    values = {name: ratio.value for name, ratio in figures_of(outcome().rows).items() if ratio}
    assert values == pytest.approx(
        {
            "cer": 0.2,
            "peer_cer": 0.2,
            "cer_difference": 0.0,
            "der": 0.15,
            "missed": 0.025,
            "false_alarm": 0.05,
            "confusion": 0.075,
            "right_party": 0.75,
            "wrong_party": 0.1,
            "unknown_party": 0.1,
            "no_party": 0.05,
            "unheard": 0.05,
        }
    )


def test_groups_are_all_and_each_codec_layout_and_tag() -> None:
    groups = {name: [row.truth.path.stem for row in rows] for name, rows in groups_of(outcome().rows).items()}
    assert groups == {
        "all": ["a", "b"],
        "codec gsm": ["a", "b"],
        "layout mono": ["b"],
        "layout stereo": ["a"],
        "tag clean": ["a"],
        "tag overlap": ["b"],
        "tag snr_10": ["b"],
    }


def test_the_tables_name_sides_tags_and_what_was_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show(outcome())
    shown = capsys.readouterr().out
    for word in (OURS, PEER, "DER, mono", "DER, stereo", "right party", "codec gsm", "tag overlap"):
        assert word in shown
    assert "left out: c.amr: faster-whisper defaults: InvalidDataError" in shown
    assert "0.100 (0.083–0.117)" in shown  # hearing: 10 and 14 s for 120 s
    assert "0.055 (0.050–0.060)" in shown  # diarisation: 3 and 3.6 s for 60 s of mono


def test_a_set_without_mono_has_no_figure_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    show(Outcome(outcome().runs, [scored("a", Layout.STEREO)], []))
    assert "RTF diarisation" not in capsys.readouterr().out


def test_the_json_holds_figures_and_no_words() -> None:
    result = result_of(outcome(), HearingSettings())
    line = json.dumps(result, allow_nan=False, ensure_ascii=False)
    assert "不能说出来" not in line
    assert result["figures"]["layout mono"]["cer"] == {"value": 0.3, "low": None, "high": None}
    assert result["figures"]["all"].keys() == MEASURES.keys()
    assert [row["file"] for row in result["files"]] == ["a.wav", "b.wav"]
    assert result["files"][1]["tags"] == ("snr_10", "overlap")
    assert result["files"][0]["der"]["confusion_s"] == 3
    assert result["left_out"] == [{"file": "c.amr", "why": {PEER: "InvalidDataError"}}]
    assert "faster-whisper" in result["versions"]
