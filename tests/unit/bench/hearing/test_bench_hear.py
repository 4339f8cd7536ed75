"""What the bench reads, and what it does with files and commands that fail. The sides are small scripts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.asr import peer
from inspector.bench.hearing import run
from inspector.bench.hearing.peers import OURS, Peer
from inspector.bench.hearing.process import run_module
from inspector.bench.hearing.scaling import Scaling, halves
from inspector.bench.hearing.sides import Answer, Heard, Measured, Side, sides_of
from inspector.bench.hearing.truth import Pair, Part, Truth, load_truths
from inspector.config import Settings
from inspector.errors import ModelError, UsageError
from inspector.model import Hearing, Layout, Outcome, Party, SpeechSpan
from tests.builders import ROOT, hearing_of, turn

TURNS = [
    {"party": "customer", "start_s": 2.0, "end_s": 3.0, "text": "二"},
    {"party": "system", "speaker": "menu", "start_s": 0.5, "end_s": 2.5, "text": "一"},
]


def samples(root: Path, **changes: dict[str, Any]) -> Path:
    """Truths by name, each with the changes to it."""
    (root / "truth").mkdir()
    for name, change in changes.items():
        row = {"file": f"calls/{name}.wav", "codec": "gsm", "duration_s": 4.0, "turns": TURNS} | change
        (root / "truth" / f"{name}.json").write_text(json.dumps(row), encoding="utf-8")
    return root


def test_a_truth_of_before_is_stereo_without_tags_and_each_party_one_voice(tmp_path: Path) -> None:
    (truth,) = load_truths([samples(tmp_path, old={})])
    assert (truth.layout, truth.tags, truth.text) == (Layout.STEREO, (), "一二")
    assert truth.speech == (
        SpeechSpan(Party.SYSTEM, 0.5, 2.5, "menu"),
        SpeechSpan(Party.CUSTOMER, 2.0, 3.0, "customer"),
    )


def test_a_truth_tells_its_layout_and_tags(tmp_path: Path) -> None:
    (truth,) = load_truths([samples(tmp_path, new={"layout": "mono", "tags": ["snr_10", "overlap"]})])
    assert (truth.layout, truth.tags) == (Layout.MONO, ("snr_10", "overlap"))
    assert truth.kinds == ("codec gsm", "layout mono", "tag snr_10", "tag overlap")
    assert truth.path == tmp_path / "calls" / "new.wav"


def test_no_truth_and_a_broken_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no truth"):
        load_truths([tmp_path])
    with pytest.raises(UsageError, match=r"bad\.json is no truth \(KeyError\)"):
        load_truths([samples(tmp_path, bad={"turns": [{"party": "agent"}]})])


def test_a_truth_of_people_may_know_the_times_of_clauses(tmp_path: Path) -> None:
    turn = {"party": "agent", "start_s": 0.0, "end_s": 3.0, "text": "不保本，谢谢"}
    clauses = [{"start_s": 0.2, "end_s": 1.0, "text": "不保本，"}, {"start_s": 1.5, "end_s": 2.5, "text": "谢谢"}]
    (truth,) = load_truths([samples(tmp_path, new={"turns": [turn | {"clauses": clauses}]})])
    (said,) = truth.turns
    assert (said.start_s, said.end_s, said.text) == (0.2, 2.5, "不保本，谢谢")
    assert len(said.clauses) == 2


def test_a_recording_belongs_to_one_part(tmp_path: Path) -> None:
    pair = {"id": "n1", "rule": "banned.zero_risk", "lawful": True, "snr_db": 10}
    truths = load_truths([samples(tmp_path, call={}, pair={"pair": pair}, quiet={"turns": []})])
    assert {truth.path.stem: truth.part for truth in truths} == {
        "call": Part.CALLS,
        "pair": Part.PAIRS,
        "quiet": Part.QUIET,
    }
    assert truths[1].pair == Pair("n1", "banned.zero_risk", lawful=True, snr_db=10)


def test_the_contract_is_read_and_stages_share_the_elapsed_time(tmp_path: Path) -> None:
    # two calls at once: 4 s of stages in 2 s of elapsed time, so each second of a stage is half a second of ours
    sides = sides_of([Peer.DEFAULTS, Peer.LANES], "model", 2)
    rows = [
        {
            "turns": [{"text": "您好"}, {"text": "再见"}],
            "timing": {"wall_s": 1.8, "stages_s": {"vad": 0.5, "asr": 2.5}},
        },
        {"turns": [], "timing": {"wall_s": 0.2, "stages_s": {"diarisation": 1.0}}},
        {"error": {"kind": "not_audio", "message": "no sound"}},
    ]
    first, second, third = sides[OURS].read(rows)
    assert first.text == "您好再见"
    assert (first.recognition_s, first.diarisation_s, first.wall_s) == pytest.approx((1.5, 0.0, 1.5))
    assert (second.recognition_s, second.diarisation_s, second.wall_s) == pytest.approx((0.0, 0.5, 0.5))
    assert third.error == "not_audio: no sound"
    defaults = sides["defaults"]
    assert defaults.read([{"text": "您好", "wall_s": 1.0}]) == [Answer("您好", 1.0)]
    assert defaults.read([{"error": "InvalidDataError"}]) == [Answer(error="InvalidDataError")]
    truths = load_truths([samples(tmp_path, mono={"layout": "mono"}, stereo={})])
    assert [truth.path.stem for truth in sides["lanes"].takes(truths)] == ["stereo"]


SPEAKING = """
import json, sys
for path in sys.argv[1:]:
    print(json.dumps({"path": path}), flush=True)
"""


@pytest.fixture
def speaking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module to run that answers each file with its name."""
    (tmp_path / "speaking_side.py").write_text(SPEAKING)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    return "speaking_side"


def test_a_process_is_measured(speaking: str) -> None:
    ended = run_module([speaking], ["a.wav", "b.wav"])
    assert ended.rows == [{"path": "a.wav"}, {"path": "b.wav"}]
    assert ended.elapsed_s > 0
    assert ended.cpu_s > 0
    assert ended.peak_mb > 1


def test_the_memory_is_that_of_the_command_alone(speaking: str) -> None:
    held = bytearray(b"x") * (300 << 20)
    assert run_module([speaking], ["a.wav"]).peak_mb < 200 < len(held) >> 20


def test_a_command_that_ends_early_is_an_error_with_its_last_words(tmp_path: Path, speaking: str) -> None:
    (tmp_path / f"{speaking}.py").write_text("print('{}'); raise SystemExit('out of luck')")
    with pytest.raises(ModelError, match=r"ended with 1 after 1 of 2 files: out of luck"):
        run_module([speaking], ["a.wav", "b.wav"])


def hearing() -> Hearing:
    """Both parties in one voice, the second word wrong."""
    said = hearing_of(turn("S", 0.5, "一", end_s=2.5), turn("C", 2.0, "三", end_s=3.0))
    spans = tuple(SpeechSpan(Party(one["party"]), one["start_s"], one["end_s"], "S1") for one in TURNS)
    return replace(said, speech=spans)


def side(answer: Callable[[Path], Answer], layouts: frozenset[Layout] = frozenset(Layout)) -> Side:
    """A side that answers in this process."""

    class Here(Side):
        def measure(self, truths: Sequence[Truth]) -> Measured:
            answers = {truth.path: answer(truth.path) for truth in self.takes(truths)}
            return Measured(answers, 12.0, 20.0, 500.0, (0.5, 0.6))

    return Here((), lambda rows: [], layouts)


def bench(monkeypatch: pytest.MonkeyPatch, root: Path, deaf: str, **job: Any) -> dict[str, Any]:
    """Two runs; the peer hears one character of two and cannot hear files with ``deaf`` in their name."""

    def theirs(path: Path) -> Answer:
        return Answer(error="InvalidDataError") if deaf in path.name else Answer("二二", 1.0)

    sides = {
        OURS: side(lambda path: Answer("一三", 2.0, (("asr", 0.5), ("diarisation", 1.5)))),
        "defaults": side(theirs),
        "lanes": side(theirs, frozenset((Layout.STEREO,))),
    }
    rules = {"banned.zero_risk": Outcome.FIRES}
    monkeypatch.setattr(run, "ready_model", lambda *_: SimpleNamespace(dir=root))
    monkeypatch.setattr(run, "sides_of", lambda *_: sides)
    monkeypatch.setattr(run, "our_hearings", lambda files: [Heard(hearing(), rules) for _ in files])
    out = root / "out.json"
    assert run.run_bench(run.HearJob((root,), runs=2, out=out, **job), Settings()) == 0
    result: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return result


def test_a_file_that_one_side_cannot_hear_is_left_out_of_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = bench(monkeypatch, samples(tmp_path, good={}, deaf_one={}, fine={"layout": "mono"}), "deaf")
    why = {"defaults": "InvalidDataError", "lanes": "InvalidDataError"}
    assert result["left_out"] == [{"file": "deaf_one.wav", "why": why}]
    assert [row["file"] for row in result["files"]] == ["fine.wav", "good.wav"]
    assert [one["hearing_s"] for one in result["runs"][OURS]] == [4.0, 4.0]
    assert [one["edits"] for one in result["runs"]["defaults"]] == [2, 2]
    assert [one["audio_s"] for one in result["runs"]["lanes"]] == [4.0, 4.0]
    figures = {name: ratio and ratio["value"] for name, ratio in result["groups"]["all"]["figures"].items()}
    assert figures["cer inspector"] == 0.5
    assert figures["recognition_speed defaults"] == 2.0
    assert figures["whole_speed lanes"] == 0.5
    assert figures["diarisation_rtf"] == pytest.approx(1.5 / 4)
    # both parties are one voice here: the shorter turn, half of it in overlap, is confused or missed
    assert figures["der"] == pytest.approx(1 / 3)
    assert figures["right_party"] == 1
    assert figures["vanished"] == 0
    page = (tmp_path / "out.md").read_text("utf-8")
    assert "| mono: inspector | 50.0 |" in page


def test_every_part_has_its_own_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pair = {"id": "n1", "rule": "banned.zero_risk", "lawful": True, "snr_db": 10}
    quiet = {"turns": [], "tags": ["non_speech", "music"], "duration_s": 1800.0}
    root = samples(tmp_path, call={}, pair={"pair": pair}, quiet=quiet)
    result = bench(monkeypatch, root, "none", plots=tmp_path / "plots")
    assert result["groups"]["all"]["files"] == 1
    assert result["phantoms"]["music"]["per_hour"][OURS]["value"] == pytest.approx(4.0)  # 2 in half an hour
    assert result["phantoms"]["all"]["per_hour"]["defaults"]["value"] == pytest.approx(4.0)
    assert [(row["lawful"], row["snr_db"], row["fires"]["value"]) for row in result["negation"]] == [(True, 10, 1.0)]
    assert {plot.stem for plot in (tmp_path / "plots").iterdir()} == {"speed-and-accuracy", "reliability"}


def test_pairs_alone_are_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pair = {"id": "n1", "rule": "banned.zero_risk", "lawful": False, "snr_db": 5}
    result = bench(monkeypatch, samples(tmp_path, pair={"pair": pair}), "none")
    assert (result["groups"], result["phantoms"], len(result["negation"])) == ({}, {}, 1)


def test_a_set_that_nobody_hears_is_no_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"one\.wav"):
        bench(monkeypatch, samples(tmp_path, one={}), "one")


def test_a_pair_of_a_rule_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pair = {"id": "n1", "rule": "banned.nothing", "lawful": False, "snr_db": 5}
    with pytest.raises(UsageError, match=r"pair\.wav: no pack has the rule"):
        bench(monkeypatch, samples(tmp_path, pair={"pair": pair}), "none")


def test_where_the_result_goes_is_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        run.run_bench(run.HearJob((tmp_path,), plots=tmp_path / "file"), Settings())
    with pytest.raises(UsageError, match="no directory"):
        run.run_bench(run.HearJob((tmp_path,), out=tmp_path / "missing" / "out.json"), Settings())


@given(st.lists(st.integers(1, 600), min_size=2, max_size=30))
def test_halves_differ_by_one_recording_at_most(lengths_s: list[int]) -> None:
    truths = [Truth(Path(str(n)), Layout.MONO, "gsm", (), length_s, ()) for n, length_s in enumerate(lengths_s)]
    parts = halves(truths)
    assert sorted(truth.path for part in parts for truth in part) == sorted(truth.path for truth in truths)
    one_s, other_s = (sum(truth.duration_s for truth in part) for part in parts)
    assert abs(one_s - other_s) <= max(lengths_s)


def test_the_speed_up_is_of_the_slower_of_two() -> None:
    assert Scaling(one_s=10.0, two_s=5.0, one_peak_mb=1, two_peak_mb=1).speed_up == 2.0


def test_lane_by_lane_is_put_in_the_order_of_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    # left    0 您好 ┤      4 请讲 ┤         right        2 我想问 ┤
    said = {"left": [(0.0, "您好"), (4.0, "请讲")], "right": [(2.0, "我想问")], "call.wav": [(0.0, "混音")]}

    def transcribe(sound: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(start=start_s, text=text) for start_s, text in said[sound]]

    monkeypatch.setattr(peer, "decode_audio", lambda file, split_stereo: ("left", "right"))
    assert [text for _, text in peer._segments("call.wav", True, transcribe)] == ["您好", "我想问", "请讲"]
    assert peer._segments("call.wav", False, transcribe) == [(0.0, "混音")]
