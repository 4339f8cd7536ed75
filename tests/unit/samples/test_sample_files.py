"""The sample calls on disk: audio, truth, scripts and lists say the same."""

from __future__ import annotations

import hashlib
import json
import re
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import av
import pytest
import yaml

from inspector.manifest import read_manifest
from scripts.samples.codecs import CODECS
from scripts.samples.script import SIDE, SOUNDS, TAGS, CallScript, Sound, Utterance
from scripts.samples.script_file import read_scripts
from scripts.samples.truth import party

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "audio_samples"
TRUTHS = sorted((SAMPLES / "truth").glob("*.json"))
RULE_ID = re.compile(r"(missing|banned|urgent|service|emotion|privacy|collection|wrong|risk|outbound|signal)\.[a-z_]+")
MAX_BYTES = 15_000_000
NEGATION = set("不没有")  # 没有保底 / 有保底 too
PAIRS = [
    ("negation_without_promise", "negation_promise"),
    ("negation_noise_without_promise", "negation_noise_promise"),
]


@cache
def truth_of(path: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return row


@cache
def scripts() -> dict[str, CallScript]:
    return {call.id: call for call in read_scripts(SAMPLES / "scripts.yaml")}


def decoded(path: Path) -> tuple[float, int]:
    """Length in seconds and channels, by decoding all of it."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = sum(frame.samples for frame in container.decode(stream))
        return frames / stream.rate, stream.channels


def test_there_are_calls_enough_in_every_codec_and_not_too_many_bytes() -> None:
    calls = list((SAMPLES / "calls").iterdir())
    assert len(TRUTHS) == len(calls) >= 24
    assert {truth_of(path)["codec"] for path in TRUTHS} == set(CODECS)
    assert {truth_of(path)["layout"] for path in TRUTHS} == {"mono", "stereo"}
    assert sum(path.stat().st_size for path in calls) <= MAX_BYTES


def test_every_tag_and_every_sound_occurs() -> None:
    assert {tag for path in TRUTHS for tag in truth_of(path)["tags"]} == set(TAGS)
    assert {sound["kind"] for path in TRUTHS for sound in truth_of(path)["sounds"]} == set(SOUNDS)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
class TestTruth:
    def test_is_that_of_the_audio(self, path: Path) -> None:
        truth = truth_of(path)
        audio = SAMPLES / truth["file"]
        assert hashlib.sha256(audio.read_bytes()).hexdigest() == truth["sha256"]
        duration_s, channels = decoded(audio)
        assert duration_s == pytest.approx(truth["duration_s"], abs=0.001)
        assert channels == {"mono": 1, "stereo": 2}[truth["layout"]]
        assert (truth["agent_channel"] is None) == (truth["layout"] == "mono")

    def test_turns_and_sounds_lie_in_the_file_in_order(self, path: Path) -> None:
        truth = truth_of(path)
        for rows in (truth["turns"], truth["sounds"]):
            starts = [row["start_s"] for row in rows]
            assert starts == sorted(starts)
            assert all(0 <= row["start_s"] < row["end_s"] <= truth["duration_s"] + 0.01 for row in rows)

    def test_every_turn_is_said_by_somebody_of_a_party(self, path: Path) -> None:
        for turn in truth_of(path)["turns"]:
            assert turn["text"].strip()
            assert turn["speaker"] in SIDE and turn["party"] == party(turn["speaker"])

    def test_nobody_talks_at_the_same_time_as_himself(self, path: Path) -> None:
        reached: dict[str, float] = {}
        for turn in truth_of(path)["turns"]:
            assert turn["start_s"] >= reached.get(turn["speaker"], 0.0)
            reached[turn["speaker"]] = turn["end_s"]

    def test_what_must_come_out_is_well_formed(self, path: Path) -> None:
        expect = truth_of(path)["expect"]
        assert not set(expect["fires"]) & set(expect["never"])
        assert all(RULE_ID.fullmatch(rule) for rule in (*expect["fires"], *expect["never"]))

    def test_is_what_the_script_says(self, path: Path) -> None:
        truth, script = truth_of(path), scripts()[path.stem]
        spoken = sorted((event.speaker, event.text) for event in script.events if isinstance(event, Utterance))
        sounds = sorted(event.kind for event in script.events if isinstance(event, Sound))
        assert sorted((turn["speaker"], turn["text"]) for turn in truth["turns"]) == spoken
        assert sorted(sound["kind"] for sound in truth["sounds"]) == sounds
        assert truth["codec"] == script.line.codec and tuple(truth["tags"]) == script.tags
        assert truth["agent_channel"] == script.line.agent_channel
        assert truth["expect"] == {"fires": list(script.fires), "never": list(script.never)}
        assert truth["call"] == {
            "source_call_id": script.segment.call_id,
            "segment_no": script.segment.no,
            "segment_count": script.segment.count,
        }


def test_every_script_was_made() -> None:
    assert set(scripts()) == {path.stem for path in TRUTHS}


@pytest.mark.parametrize(("lawful", "unlawful"), PAIRS)
def test_negation_pairs_differ_by_the_negation_only(lawful: str, unlawful: str) -> None:
    one, other = (truth_of(SAMPLES / "truth" / f"{name}.json") for name in (lawful, unlawful))
    changed = ""
    for denied, said in zip(one["turns"], other["turns"], strict=True):
        matcher = SequenceMatcher(None, denied["text"], said["text"], autojunk=False)
        changed += "".join(
            denied["text"][a:b] + said["text"][c:d] for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"
        )
    assert changed and set(changed) <= NEGATION
    assert set(other["expect"]["fires"]) <= set(one["expect"]["never"])


def test_the_manifest_names_every_file_and_its_digest() -> None:
    rows = [json.loads(line) for line in (SAMPLES / "MANIFEST.jsonl").read_text("utf-8").splitlines()]
    digests = {row["file"]: row["sha256"] for row in rows}
    assert digests == {truth_of(path)["file"]: truth_of(path)["sha256"] for path in TRUTHS}


def test_the_list_of_calls_can_be_read_by_the_product() -> None:
    listed = [json.loads(line) for line in (SAMPLES / "calls.jsonl").read_text("utf-8").splitlines()]
    assert {(row["call_id"], row["path"]) for row in listed} == {
        (truth_of(path)["call"]["source_call_id"], truth_of(path)["file"]) for path in TRUTHS
    }
    manifest = read_manifest(SAMPLES / "calls.jsonl", b"key")
    assert not manifest.faults
    assert {listed_call.call.source_call_id for listed_call in manifest.calls} == {row["call_id"] for row in listed}


def test_a_call_of_several_recordings_is_complete() -> None:
    legs: dict[str, list[tuple[int, int]]] = {}
    for path in TRUTHS:
        call = truth_of(path)["call"]
        legs.setdefault(call["source_call_id"], []).append((call["segment_no"], call["segment_count"]))
    assert any(len(parts) > 1 for parts in legs.values())
    assert all(sorted(parts) == [(no, len(parts)) for no in range(1, len(parts) + 1)] for parts in legs.values())


def test_the_scripts_are_plain_yaml_without_unknown_keys() -> None:
    known = {"id", "codec", "agent_channel", "voices", "speed", "pitch", "level_dbfs", "noise", "noise_dbfs", "lead_s"}
    known |= {"tail_s", "seed", "tags", "segment", "facts", "events", "expect"}
    for call in yaml.safe_load((SAMPLES / "scripts.yaml").read_text("utf-8"))["calls"]:
        assert set(call) <= known, call["id"]
