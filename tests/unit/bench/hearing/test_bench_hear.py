"""What the bench reads, and what it does with files and commands that fail. The sides are small scripts."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inspector.bench.hearing import run
from inspector.bench.hearing.sides import OURS, PEER, Answer, Side, sides_of
from inspector.bench.hearing.truth import load_truths
from inspector.config import Settings
from inspector.errors import ModelError, UsageError
from inspector.model import Layout, Party, SpeechSpan

TURNS = [
    {"party": "customer", "start_s": 2.0, "end_s": 3.0, "text": "二"},
    {"party": "system", "speaker": "menu", "start_s": 0.5, "end_s": 2.5, "text": "一"},
]
ANSWERS = "import json, sys; [print(json.dumps({'path': path})) for path in sys.argv[1:]]"


def samples(root: Path, **changes: dict[str, Any]) -> Path:
    """Truths by name, each with the changes to it."""
    (root / "truth").mkdir()
    for name, change in changes.items():
        row = {"file": f"calls/{name}.wav", "codec": "gsm", "duration_s": 4.0, "turns": TURNS} | change
        (root / "truth" / f"{name}.json").write_text(json.dumps(row), encoding="utf-8")
    return root


def test_a_truth_of_before_is_stereo_without_tags_and_each_party_one_voice(tmp_path: Path) -> None:
    (truth,) = load_truths(samples(tmp_path, old={}))
    assert (truth.layout, truth.tags, truth.text) == (Layout.STEREO, (), "一二")
    assert truth.speech == (
        SpeechSpan(Party.SYSTEM, 0.5, 2.5, "menu"),
        SpeechSpan(Party.CUSTOMER, 2.0, 3.0, "customer"),
    )


def test_a_truth_tells_its_layout_and_tags(tmp_path: Path) -> None:
    (truth,) = load_truths(samples(tmp_path, new={"layout": "mono", "tags": ["snr_10", "overlap"]}))
    assert (truth.layout, truth.tags) == (Layout.MONO, ("snr_10", "overlap"))
    assert truth.kinds == ("codec gsm", "layout mono", "tag snr_10", "tag overlap")
    assert truth.path == tmp_path / "calls" / "new.wav"


def test_no_truth_and_a_broken_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no truth"):
        load_truths(tmp_path)
    with pytest.raises(UsageError, match=r"bad\.json is no truth \(KeyError\)"):
        load_truths(samples(tmp_path, bad={"turns": [{"party": "agent"}]}))


def test_the_contract_is_read() -> None:
    ours, peer = sides_of("model", 2).values()
    row = {
        "turns": [{"text": "您好"}, {"text": "再见"}],
        "unheard": [{"start_s": 1.0, "end_s": 1.5}, {"start_s": 3.0, "end_s": 4.0}],
        "timing": {"wall_s": 2.0, "stages_s": {"vad": 0.1, "diarisation": 0.3}},
    }
    assert ours.read(row) == Answer("您好再见", 2.0, 0.3, 1.5)
    assert ours.read({"error": {"kind": "not_audio", "message": "no sound"}}).error == "not_audio: no sound"
    assert peer.read({"text": "您好", "wall_s": 1.0}) == Answer("您好", 1.0)
    assert peer.read({"error": "InvalidDataError"}).error == "InvalidDataError"


def test_a_command_that_ends_early_is_an_error_with_its_last_words() -> None:
    side = Side(("-c", "print('{}'); raise SystemExit('out of luck')"), lambda row: Answer())
    with pytest.raises(ModelError, match=r"ended with 1 after 1 of 2 files: out of luck"):
        side.measure(["a.wav", "b.wav"])


def test_a_process_is_measured() -> None:
    measured = Side(("-c", ANSWERS), lambda row: Answer(text=row["path"])).measure(["a.wav", "b.wav"])
    assert [answer.text for answer in measured.answers] == ["a.wav", "b.wav"]
    assert measured.command_s > 0
    assert measured.peak_mb > 1


def bench(monkeypatch: pytest.MonkeyPatch, root: Path, deaf: str, out: Path | None = None) -> None:
    """Two runs of sides that repeat the truth; the peer cannot hear files with ``deaf`` in their name."""
    turns = tuple(SpeechSpan(Party(turn["party"]), turn["start_s"], turn["end_s"], "S1") for turn in TURNS)

    def peer(row: dict[str, Any]) -> Answer:
        return Answer(error="InvalidDataError") if deaf in row["path"] else Answer("二二", 1.0)

    sides = {OURS: Side(("-c", ANSWERS), lambda row: Answer("一二", 2.0)), PEER: Side(("-c", ANSWERS), peer)}
    monkeypatch.setattr(run, "ready_model", lambda *_: SimpleNamespace(dir=root))
    monkeypatch.setattr(run, "sides_of", lambda *_: sides)
    monkeypatch.setattr(run, "our_speech", lambda files: [turns] * len(files))
    assert run.run_bench(root, 2, out, Settings()) == 0


def test_a_file_that_one_side_cannot_hear_is_left_out_of_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    bench(monkeypatch, samples(tmp_path, good={}, deaf_one={}, fine={"layout": "mono"}), "deaf", out)
    result = json.loads(out.read_text("utf-8"))
    assert result["left_out"] == [{"file": "deaf_one.wav", "why": {PEER: "InvalidDataError"}}]
    assert [row["file"] for row in result["files"]] == ["fine.wav", "good.wav"]
    assert [run["hearing_s"] for run in result["runs"][OURS]] == [4.0, 4.0]
    assert [run["edits"] for run in result["runs"][PEER]] == [2, 2]
    assert result["audio_s"] == 8.0
    # both parties are one voice here: the shorter turn, half of it in overlap, is confused or missed
    assert result["figures"]["all"]["der"]["value"] == pytest.approx(1 / 3)
    assert result["figures"]["all"]["right_party"]["value"] == 1


def test_a_set_that_nobody_hears_is_no_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"one\.wav"):
        bench(monkeypatch, samples(tmp_path, one={}), "one")


def test_where_the_result_goes_is_looked_at_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no directory"):
        bench(monkeypatch, tmp_path, "", tmp_path / "missing" / "out.json")
