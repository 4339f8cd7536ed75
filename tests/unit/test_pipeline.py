"""The hearing half with scripted ears: order, neighbours, accounts, parties."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inspector.asr.fake import ScriptedRecogniser
from inspector.config import HearingSettings
from inspector.errors import ErrorKind, RecordingError
from inspector.model import Hearing, Layout, Party, Span, UnheardWhy
from inspector.pipeline import Ears, hear
from inspector.vad.fake import ScriptedVad
from inspector.vad.protocol import LaneActivity
from tests import wavs

GREETING = "您好云川银行工号三零六二为您服务请问有什么可以帮您"
QUESTION = "我想问一下我的转账怎么还没到账"
SETTINGS = HearingSettings()


def stereo(tmp_path: Path, name: str = "call.wav", seconds: float = 12.0) -> Path:
    lanes = np.stack([wavs.noise(seconds, -20, seed) for seed in (1, 2)], axis=1)
    path = tmp_path / name
    path.write_bytes(wavs.wav(lanes))
    return path


def ears(left: list[tuple[float, float, str]], right: list[tuple[float, float, str]]) -> Ears:
    lanes = [LaneActivity(tuple(Span(start, end) for start, end, _ in lane), ()) for lane in (left, right)]
    script = {lane: [text for *_, text in spans] for lane, spans in enumerate((left, right))}
    return Ears(ScriptedVad(lanes), ScriptedRecogniser(script))


def heard(path: Path, listening: Ears, settings: HearingSettings = SETTINGS) -> Hearing:
    (result,) = hear([path], listening, settings, lambda _: None)
    assert isinstance(result.result, Hearing)
    return result.result


def test_channel_is_party_and_turns_alternate(tmp_path: Path) -> None:
    # left   |您好…|            |好的…|
    # right          |我想问…|
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING), (8, 10, "好的请稍等")], [(5, 7, QUESTION)]))
    assert [turn.party for turn in hearing.turns] == [Party.AGENT, Party.CUSTOMER, Party.AGENT]
    assert hearing.recording.layout is Layout.STEREO
    assert [span.party for span in hearing.speech] == [Party.AGENT, Party.CUSTOMER, Party.AGENT]


def test_every_second_of_speech_is_in_a_turn_or_unheard(tmp_path: Path) -> None:
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING), (8, 10, "")], [(5, 7, "")]))
    assert [(lost.party, lost.start_s, lost.end_s, lost.why) for lost in hearing.unheard] == [
        (Party.CUSTOMER, 5, 7, UnheardWhy.NO_TEXT),
        (Party.AGENT, 8, 10, UnheardWhy.NO_TEXT),
    ]
    for span in hearing.speech:
        places = [(t.start_s, t.end_s) for t in (*hearing.turns, *hearing.unheard) if t.party is span.party]
        assert any(start <= span.start_s and span.end_s <= end for start, end in places)


def test_one_bad_file_does_not_fail_its_neighbours_and_order_is_kept(tmp_path: Path) -> None:
    good = stereo(tmp_path)
    bad = tmp_path / "bad.wav"
    bad.write_text("not sound at all")
    listening = Ears(ScriptedVad([]), ScriptedRecogniser({}))
    results = [row.result for row in hear([good, bad, tmp_path / "missing.wav", good], listening, SETTINGS, print)]
    assert [type(result) for result in results] == [Hearing, RecordingError, RecordingError, Hearing]
    assert isinstance(results[1], RecordingError)
    assert isinstance(results[2], RecordingError)
    assert (results[1].kind, results[2].kind) == (ErrorKind.NOT_AUDIO, ErrorKind.NOT_FOUND)
    assert all(result.remedy for result in results[1:3] if isinstance(result, RecordingError))


def test_configured_channel_wins(tmp_path: Path) -> None:
    settings = HearingSettings(agent_channel="right")
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING)], [(5, 7, QUESTION)]), settings)
    assert [turn.party for turn in hearing.turns] == [Party.CUSTOMER, Party.AGENT]


def test_dual_mono_is_heard_once_and_nobody_is_named(tmp_path: Path) -> None:
    lane = wavs.noise(6.0, -20, 3)
    path = tmp_path / "dual.wav"
    path.write_bytes(wavs.wav(np.stack([lane, lane], axis=1)))
    hearing = heard(path, ears([(1, 4, GREETING)], []))
    assert hearing.recording.layout is Layout.DUAL_MONO
    assert [turn.party for turn in hearing.turns] == [Party.UNKNOWN]


@pytest.mark.parametrize(("start_s", "cut"), [(0.0, True), (0.4, False)])
def test_speech_from_the_first_instant_means_the_beginning_is_missing(
    tmp_path: Path, start_s: float, cut: bool
) -> None:
    hearing = heard(stereo(tmp_path), ears([(start_s, 4, GREETING)], [(5, 7, QUESTION)]))
    assert hearing.starts_cut is cut


def test_progress_adds_up_to_the_audio(tmp_path: Path) -> None:
    told: list[float] = []
    path = stereo(tmp_path, seconds=12.0)
    list(hear([path], ears([(1, 4, GREETING)], [(5, 7, QUESTION)]), SETTINGS, told.append))
    assert sum(told) == pytest.approx(12.0)
    told.clear()
    list(hear([path], ears([], []), SETTINGS, told.append))
    assert sum(told) == pytest.approx(12.0)


def test_too_long_a_recording_is_refused(tmp_path: Path) -> None:
    (result,) = hear([stereo(tmp_path)], ears([], []), HearingSettings(max_duration_s=5), print)
    assert isinstance(result.result, RecordingError)
    assert result.result.kind is ErrorKind.TOO_LONG
