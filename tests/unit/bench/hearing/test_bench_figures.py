"""From counts of recordings to pooled figures with intervals, by layout and tag; tables, plots and JSON of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.bench.hearing.alignment import Edits
from inspector.bench.hearing.attribution import Attribution
from inspector.bench.hearing.cover import Cover
from inspector.bench.hearing.der import Der
from inspector.bench.hearing.figures import AGAINST, OF_A_SIDE, OURS_ALONE, Quiet, Scored, Text, figures_of, groups_of
from inspector.bench.hearing.negation import NegationRow, wilson
from inspector.bench.hearing.peers import OURS
from inspector.bench.hearing.plots import charts_of, write_plots
from inspector.bench.hearing.quotes import Quotes
from inspector.bench.hearing.reliability import Reliability
from inspector.bench.hearing.report import LeftOut, Outcome, Run, result_of
from inspector.bench.hearing.scaling import Scaling
from inspector.bench.hearing.tables import as_markdown, show, tables_of
from inspector.bench.hearing.truth import Clause, SaidTurn, Truth
from inspector.bench.interval import Ratio, pooled
from inspector.config import HearingSettings
from inspector.model import Layout, Party

PARTS = st.lists(st.integers(0, 50), min_size=2, max_size=8)


def scored(name: str, layout: Layout, *tags: str, edits: int = 10, peer_edits: int = 20) -> Scored:
    """100 characters in a minute; ours in 2 s (0.5 s of them diarisation), the peer's in 3 s."""
    turns = (SaidTurn(Party.AGENT, "agent", (Clause(0.0, 1.0, "不能说出来"),)),)
    texts = {
        OURS: Text(Edits(edits, 0, 0), recognition_s=1.5, whole_s=2.0, diarisation_s=0.5),
        "defaults": Text(Edits(0, peer_edits - 1, 1), recognition_s=3.0, whole_s=3.0),
    }
    if layout is Layout.STEREO:
        texts["lanes"] = Text(Edits(0, 0, 4), recognition_s=6.0, whole_s=6.0)
    return Scored(
        truth=Truth(Path(f"calls/{name}.wav"), layout, "gsm", tags, 60.0, turns),
        characters=100,
        texts=texts,
        der=Der(missed_s=1, false_alarm_s=2, confusion_s=3, speech_s=40),
        attribution=Attribution(right_s=30, wrong_s=4, unknown_s=4, missed_s=2),
        found_s=40,
        unheard_s=2,
        cover=Cover(spoken_s=40, marked_s=4, vanished_s=2, vanished_short_s=1, wrongly_marked_s=1),
        quotes=Quotes((0.1, -0.4), (0.2, 0.25)),
        reliability=Reliability((0,) * 9 + (10,), (0.0,) * 9 + (9.5,), (0,) * 9 + (8,), 1.0),
    )


def outcome() -> Outcome:
    rows = [scored("a", Layout.STEREO, "clean"), scored("b", Layout.MONO, "snr_10", "overlap", edits=30)]
    runs = {
        OURS: [Run(120, 12, 20, 10, 500, 40, (0.5, 0.6)), Run(120, 15, 21, 14, 501, 40, (0.5, 0.5))],
        "defaults": [Run(120, 9, 12, 8, 400, 40, (0.5, 0.5)), Run(120, 10, 12, 9, 401, 41, (0.5, 0.5))],
        "lanes": [Run(60, 7, 10, 6, 400, 4, (0.5, 0.5))],
    }
    music = Truth(Path("calls/m.wav"), Layout.MONO, "gsm", ("non_speech", "music"), 1800.0, ())
    return Outcome(
        runs=runs,
        rows=rows,
        quiet=[Quiet(music, {OURS: 0, "defaults": 50})],
        negation=[NegationRow(True, 10.0, 4, wilson(1, 4), wilson(0, 4))],
        scaling=[Scaling(10.0, 5.0, 600.0, 610.0), Scaling(10.0, 4.0, 600.0, 610.0), Scaling(9.0, 5.0, 600.0, 610.0)],
        left_out=[LeftOut("c.amr", {"defaults": "InvalidDataError"})],
    )


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


def test_differences_are_paired() -> None:
    # both sides fail alike on the hard recording: the difference is sure although each rate is not
    hard = scored("a", Layout.MONO, edits=60, peer_edits=62)
    easy = scored("b", Layout.MONO, edits=0, peer_edits=2)
    figures = figures_of([hard, easy])
    assert figures["cer_difference defaults"] == Ratio(-0.02, -0.02, -0.02)
    assert figures[f"cer {OURS}"] == Ratio(0.3, 0.0, 0.6)


def test_speed_is_paired_too() -> None:
    # the second recording takes both sides ten times as long: the ratio is sure
    row = scored("a", Layout.MONO)
    slow = {side: replace(text, recognition_s=10 * text.recognition_s) for side, text in row.texts.items()}
    slow = {side: replace(text, whole_s=10 * text.whole_s) for side, text in slow.items()}
    figures = figures_of([row, replace(row, texts=slow)])
    assert figures["recognition_speed defaults"] == Ratio(2.0, 2.0, 2.0)
    assert figures["whole_speed defaults"] == Ratio(1.5, 1.5, 1.5)


def test_figures_of_two_recordings() -> None:
    values = {name: ratio.value for name, ratio in figures_of(outcome().rows).items() if ratio}
    assert values == pytest.approx(
        {
            "vanished": 0.05,
            "vanished_short": 0.025,
            "marked": 0.1,
            "wrongly_marked": 0.025,
            "unheard": 0.05,
            "der": 0.15,
            "missed": 0.025,
            "false_alarm": 0.05,
            "confusion": 0.075,
            "right_party": 0.75,
            "wrong_party": 0.1,
            "unknown_party": 0.1,
            "no_party": 0.05,
            "playable": 0.75,
            "brier": 0.1,
            "diarisation_rtf": 0.5 / 60,  # of the mono recording alone
            "cer inspector": 0.2,
            "substitutions inspector": 0.2,
            "deletions inspector": 0.0,
            "insertions inspector": 0.0,
            "recognition_rtf inspector": 3 / 120,
            "whole_rtf inspector": 4 / 120,
            "cer defaults": 0.2,
            "substitutions defaults": 0.0,
            "deletions defaults": 0.19,
            "insertions defaults": 0.01,
            "recognition_rtf defaults": 6 / 120,
            "whole_rtf defaults": 6 / 120,
            "cer_difference defaults": 0.0,
            "recognition_speed defaults": 2.0,
            "whole_speed defaults": 1.5,
            "cer lanes": 0.04,  # of the stereo recording alone, and compared with ours there
            "substitutions lanes": 0.0,
            "deletions lanes": 0.0,
            "insertions lanes": 0.04,
            "recognition_rtf lanes": 0.1,
            "whole_rtf lanes": 0.1,
            "cer_difference lanes": 0.06,
            "recognition_speed lanes": 4.0,
            "whole_speed lanes": 3.0,
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


def test_the_tables_hold_every_figure_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    tables = tables_of(result_of(outcome(), HearingSettings()))
    show(tables)
    page = as_markdown(tables)
    for line in (
        "| stereo: inspector | 10.0 | 10.0/0.0/0.0 | 0.0333 | – | RTF 0.0250 | – |",
        "| stereo: faster-whisper lanes | 4.0 | 0.0/0.0/4.0 | 0.1000 | 6.0 | 4.00 | 3.00 |",
        "| inspector | 2 | 0.1125 (0.1000–0.1250) | 0.1708 (0.1667–0.1750) | 500 (500–501) | 0.50 (0.50–0.60) |",
        "| spoken, neither heard nor marked, % | 5.0 (5.0–5.0) | 5.0 | 5.0 |",
        "| music | 1 | 30.0 | 0 | 100 |",
        "| lawful, with the negation | 10 | 4 | 25.0 (4.6–69.9) | 0.0 (0.0–49.0) |",
        "| expected calibration error of a character | 0.150 |",
        "| two single-threaded processes against one, × | 2.00 (median of 3) |",
        "| left out | c.amr (defaults) |",
    ):
        assert line in page.splitlines()
    shown = capsys.readouterr().out
    assert all(table.title in shown for table in tables)


def test_what_was_not_measured_has_no_table() -> None:
    alone = replace(outcome(), quiet=[], negation=[], scaling=[], left_out=[])
    page = as_markdown(tables_of(result_of(alone, HearingSettings())))
    assert "nobody speaks" not in page
    assert "negation" not in page
    assert "single-threaded" not in page
    nothing = replace(alone, rows=[], runs={})
    assert tables_of(result_of(nothing, HearingSettings())) == []


def test_the_json_holds_figures_and_no_words() -> None:
    result = result_of(outcome(), HearingSettings())
    line = json.dumps(result, allow_nan=False, ensure_ascii=False)
    assert "不能说出来" not in line
    assert result["groups"]["layout mono"]["figures"]["cer inspector"] == {"value": 0.3, "low": None, "high": None}
    sides = {f"{name} {side}" for name in OF_A_SIDE for side in (OURS, "defaults", "lanes")}
    against = {f"{name} {side}" for name in AGAINST for side in ("defaults", "lanes")}
    assert result["groups"]["all"]["figures"].keys() == OURS_ALONE.keys() | sides | against
    assert [row["file"] for row in result["files"]] == ["a.wav", "b.wav"]
    assert result["files"][1]["tags"] == ("snr_10", "overlap")
    assert result["files"][0]["der"]["confusion_s"] == 3
    assert result["left_out"] == [{"file": "c.amr", "why": {"defaults": "InvalidDataError"}}]
    assert result["phantoms"]["music"]["per_hour"]["defaults"]["value"] == 100
    assert result["times"]["start"]["percentiles_s"]["50"] == pytest.approx(0.25)  # of 0.1 and 0.4, twice
    assert result["times"]["end"]["median_error_s"] == pytest.approx(0.225)
    assert "faster-whisper" in result["versions"]


def test_the_charts_show_what_was_measured(tmp_path: Path) -> None:
    result = result_of(outcome(), HearingSettings())
    charts = charts_of(result)
    assert charts.keys() == {"cer-by-noise", "unheard-by-noise", "speed-and-accuracy", "reliability"}
    cer = charts["cer-by-noise"]
    assert cer.categories == ("clean", "10 dB")
    assert [[point.y for point in series.points] for series in cer.series] == [[10.0, 30.0], [20.0, 20.0]]
    speed = {series.name: (series.points[0].x, series.points[0].y) for series in charts["speed-and-accuracy"].series}
    assert speed == {
        "inspector, all it does": (pytest.approx(30.0), pytest.approx(20.0)),
        "inspector, recognition": (pytest.approx(40.0), pytest.approx(20.0)),
        "defaults": (pytest.approx(20.0), pytest.approx(20.0)),
        "lanes (stereo only)": (pytest.approx(10.0), pytest.approx(4.0)),
        "inspector (stereo only)": (pytest.approx(30.0), pytest.approx(10.0)),
    }
    (point,) = charts["reliability"].series[0].points
    assert (point.x, point.y) == pytest.approx((0.95, 0.8))
    write_plots(result, tmp_path)
    assert {path.stem for path in tmp_path.glob("*.svg")} == charts.keys()
