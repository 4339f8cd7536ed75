"""Hints on the sample calls, which are calm: none as they are, one where a turn is made fast, loud and high.

The words and times are those of the scripts; no model is needed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inspector.audio.wav import open_wav
from inspector.emotion.prosody import ProsodyEmotion
from inspector.model import EmotionSpan, Party, Turn
from tests import wavs
from tests.builders import turn
from tests.conftest import ROOT

LETTERS = {"agent": "A", "customer": "C"}


def truth_of(path: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return row


def is_calm(truth: dict[str, Any]) -> bool:
    """One person a channel in a format of our own reader, and nobody who is angry or talks over the other."""
    own = truth["layout"] == "stereo" and truth["codec"].startswith("pcm_") and not truth["sounds"]
    return own and "overlap" not in truth["tags"]


TRUTHS = [path for path in sorted((ROOT / "audio_samples" / "truth").glob("*.json")) if is_calm(truth_of(path))]


def samples_of(truth: dict[str, Any]) -> NDArray[np.int16]:
    """(frames, 2), the agent's lane first."""
    with open_wav(ROOT / "audio_samples" / truth["file"], 3600) as audio:
        lanes = [audio.read(lane, 0, audio.frames) for lane in (0, 1)]
    return np.stack(lanes if truth["agent_channel"] == "left" else lanes[::-1], axis=1)


def turns_of(truth: dict[str, Any]) -> list[Turn]:
    return [turn(LETTERS[row["party"]], row["start_s"], row["text"], row["end_s"]) for row in truth["turns"]]


def hints(lanes: NDArray[np.int16], turns: list[Turn]) -> tuple[EmotionSpan, ...]:
    return ProsodyEmotion().hints(wavs.ArrayAudio(lanes), {"A": 0, "C": 1}, turns)


def excited(
    lanes: NDArray[np.int16], turns: list[Turn], place: int, faster: float, louder_db: float
) -> tuple[NDArray[np.int16], list[Turn]]:
    """One turn played faster, which makes it as much higher, and louder; what follows stays where it was.

    ::

        before   |########|   |####|
        after    |#####|      |####|
    """
    said = turns[place]
    lane = 0 if said.party is Party.AGENT else 1
    start, end = (round(at_s * 8000) for at_s in (said.start_s, said.end_s))
    sound = lanes[start:end, lane].astype(np.float64)
    quick = np.interp(np.arange(0, len(sound) - 1, faster), np.arange(len(sound)), sound) * 10 ** (louder_db / 20)
    changed = lanes.copy()
    changed[start:end, lane] = np.random.default_rng(1).normal(0, 30, end - start)
    changed[start : start + len(quick), lane] = np.clip(quick, -32768, 32767)
    shorter = turn(LETTERS[said.party], said.start_s, said.text, said.start_s + len(quick) / 8000)
    return changed, [*turns[:place], shorter, *turns[place + 1 :]]


def test_there_are_calm_calls() -> None:
    assert len(TRUTHS) >= 4


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_calm_calls_give_no_hint(path: Path) -> None:
    truth = truth_of(path)
    assert hints(samples_of(truth), turns_of(truth)) == ()


@pytest.mark.parametrize(
    ("name", "place"), [("theft_report", 6), ("theft_report", 10), ("no_greeting_silence", 9), ("wealth_promise", 9)]
)
def test_a_turn_made_fast_loud_and_high_is_found_with_its_reasons(name: str, place: int) -> None:
    (path,) = [path for path in TRUTHS if path.stem == name]
    truth = truth_of(path)
    lanes, turns = excited(samples_of(truth), turns_of(truth), place, faster=1.35, louder_db=8)
    (hint,) = hints(lanes, turns)
    assert (hint.label, hint.start_s, hint.party) == ("agitation", turns[place].start_s, turns[place].party)
    named = {why.split(" ")[0]: float(why.split(" ")[1]) for why in hint.why}
    assert named.keys() == {"语速", "音量", "音高"}
    assert 20 <= named["语速"] <= 60 and 5 <= named["音量"] <= 12 and 15 <= named["音高"] <= 50


def test_with_little_of_the_speaker_a_voice_proves_nothing() -> None:
    """The customer of this call says less than 10 s besides the turn."""
    truth = truth_of(next(path for path in TRUTHS if path.stem == "theft_report"))
    assert hints(*excited(samples_of(truth), turns_of(truth), 9, faster=1.35, louder_db=8)) == ()


@pytest.mark.parametrize(("faster", "louder_db"), [(1.0, 8), (1.1, 0), (1.0, -6), (0.8, 0)])
def test_a_turn_only_louder_or_hardly_faster_gives_none(faster: float, louder_db: float) -> None:
    truth = truth_of(next(path for path in TRUTHS if path.stem == "theft_report"))
    assert hints(*excited(samples_of(truth), turns_of(truth), 6, faster, louder_db)) == ()
