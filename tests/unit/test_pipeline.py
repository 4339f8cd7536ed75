"""The hearing half with scripted ears: order, neighbours, accounts, parties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer

import numpy as np
import pytest

from inspector.asr.fake import ScriptedRecogniser, ScriptedSoundChecker
from inspector.asr.protocol import LaneSpan, LostSpan, Transcript
from inspector.audio.protocol import Audio, Int16
from inspector.audio.reader import AudioReader
from inspector.config import AgentChannel, HearingSettings
from inspector.diarisation.fake import ScriptedDiariser
from inspector.diarisation.parties import BY_CHANNEL, is_swapped
from inspector.diarisation.protocol import SpeakerSpan
from inspector.emotion.fake import ScriptedEmotion
from inspector.errors import ErrorKind, RecordingError
from inspector.model import EmotionSpan, Hearing, Layout, Party, SoundSpan, Span, UnheardWhy
from inspector.pipeline import Ears, hear
from inspector.sound_check import SoundCheck, Suspect
from inspector.vad.fake import ScriptedVad
from inspector.vad.protocol import LaneActivity
from tests import wavs

GREETING = "您好云川银行工号三零六二为您服务请问有什么可以帮您"
QUESTION = "我想问一下我的转账怎么还没到账"
MENU = "欢迎致电云川银行人工服务请按零"
SETTINGS = HearingSettings()

Said = tuple[float, float, str]


def written(path: Path, *lanes: Int16) -> Path:
    path.write_bytes(wavs.wav(np.stack(lanes, axis=1)))
    return path


def stereo(tmp_path: Path, name: str = "call.wav", seconds: float = 12.0) -> Path:
    return written(tmp_path / name, *(wavs.noise(seconds, -20, seed) for seed in (1, 2)))


def mono(tmp_path: Path) -> Path:
    return written(tmp_path / "mono.wav", wavs.noise(12.0, -20, 1))


def ears(*lanes: Sequence[Said], voices: Sequence[tuple[int, float, float]] = ()) -> Ears:
    """Each lane's speech and what the recogniser writes for its pieces; ``voices``: what the diariser finds."""
    return Ears(
        AudioReader(),
        ScriptedVad([LaneActivity(tuple(Span(start, end) for start, end, _ in lane), ()) for lane in lanes]),
        ScriptedDiariser([SpeakerSpan(*voice) for voice in voices]),
        ScriptedRecogniser({lane: [text for *_, text in spans] for lane, spans in enumerate(lanes)}),
        ScriptedEmotion(),
        ScriptedSoundChecker(),
    )


def heard(path: Path, listening: Ears, settings: HearingSettings = SETTINGS) -> Hearing:
    (result,) = hear([path], listening, settings, lambda _: None)
    assert isinstance(result.result, Hearing)
    return result.result


def turns_of(hearing: Hearing) -> list[tuple[str, Party, str]]:
    return [(turn.speaker, turn.party, turn.text) for turn in hearing.turns]


def assert_accounted_for(hearing: Hearing, speech: Sequence[tuple[float, float]]) -> None:
    """Every second of speech, detected or told to a voice, is in a turn or unheard."""
    places = sorted((part.start_s, part.end_s) for part in (*hearing.turns, *hearing.unheard))
    for start_s, end_s in (*speech, *((span.start_s, span.end_s) for span in hearing.speech)):
        reached_s = start_s
        for low_s, high_s in places:
            if low_s <= reached_s + 1e-9:
                reached_s = max(reached_s, high_s)
        assert reached_s >= end_s - 1e-9, f"nothing is known of {reached_s} … {end_s}"


def test_channel_is_party_and_turns_alternate(tmp_path: Path) -> None:
    # left   |您好…|            |好的…|
    # right          |我想问…|
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING), (8, 10, "好的请稍等")], [(5, 7, QUESTION)]))
    assert [turn.party for turn in hearing.turns] == [Party.AGENT, Party.CUSTOMER, Party.AGENT]
    assert hearing.recording.layout is Layout.STEREO
    assert [span.party for span in hearing.speech] == [Party.AGENT, Party.CUSTOMER, Party.AGENT]
    assert [span.speaker for span in hearing.speech] == ["S1", "S2", "S1"]
    assert hearing.made_by.diarisation == BY_CHANNEL


def test_every_second_of_speech_is_in_a_turn_or_unheard(tmp_path: Path) -> None:
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING), (8, 10, "")], [(5, 7, "")]))
    assert [(lost.party, lost.start_s, lost.end_s, lost.why) for lost in hearing.unheard] == [
        (Party.CUSTOMER, 5, 7, UnheardWhy.NO_TEXT),
        (Party.AGENT, 8, 10, UnheardWhy.NO_TEXT),
    ]
    assert_accounted_for(hearing, [(1, 4), (5, 7), (8, 10)])


def test_one_bad_file_does_not_fail_its_neighbours_and_order_is_kept(tmp_path: Path) -> None:
    good = stereo(tmp_path)
    bad = tmp_path / "bad.wav"
    bad.write_text("not sound at all")
    results = [row.result for row in hear([good, bad, tmp_path / "missing.wav", good], ears(), SETTINGS, print)]
    assert [type(result) for result in results] == [Hearing, RecordingError, RecordingError, Hearing]
    assert isinstance(results[1], RecordingError)
    assert isinstance(results[2], RecordingError)
    assert (results[1].kind, results[2].kind) == (ErrorKind.NOT_AUDIO, ErrorKind.NOT_FOUND)
    assert all(result.remedy for result in results[1:3] if isinstance(result, RecordingError))


@pytest.mark.parametrize(("agent_channel", "swapped"), [("left", False), ("right", True)])
def test_words_that_are_sure_win_against_the_configured_channel(
    tmp_path: Path, agent_channel: AgentChannel, swapped: bool
) -> None:
    settings = HearingSettings(agent_channel=agent_channel)
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING)], [(5, 7, QUESTION)]), settings)
    assert [turn.party for turn in hearing.turns] == [Party.AGENT, Party.CUSTOMER]
    assert is_swapped(hearing.speakers) is swapped


def test_the_configured_channel_wins_where_words_are_not_clear(tmp_path: Path) -> None:
    settings = HearingSettings(agent_channel="right")
    hearing = heard(stereo(tmp_path), ears([(1, 4, "今天天气很好")], [(5, 7, QUESTION)]), settings)
    assert [turn.party for turn in hearing.turns] == [Party.CUSTOMER, Party.AGENT]
    assert not is_swapped(hearing.speakers)


class TestOneLaneForAll:
    """Mono, the same sound twice, or one channel that carries nothing: the voices are told apart."""

    # speech   |-----------|  |-----|
    # voices    |AAAA|BBBBB|  |AAAA|
    SPEECH = ((1, 7), (8, 10))
    VOICES = ((0, 1.1, 4), (1, 4, 6.9), (0, 8.1, 9.9))
    SAID = ((1, 4, GREETING), (4, 7, QUESTION), (8, 10, "好的请稍等"))
    TURNS = (
        ("S1", Party.AGENT, GREETING),
        ("S2", Party.CUSTOMER, QUESTION),
        ("S1", Party.AGENT, "好的请稍等"),
    )

    def listening(self, lane: int = 0) -> Ears:
        script = {lane: [text for *_, text in self.SAID]}
        activity = LaneActivity(tuple(Span(*span) for span in self.SPEECH), ())
        return Ears(
            AudioReader(),
            ScriptedVad([LaneActivity((), ())] * lane + [activity]),
            ScriptedDiariser([SpeakerSpan(*voice) for voice in self.VOICES]),
            ScriptedRecogniser(script),
            ScriptedEmotion(),
            ScriptedSoundChecker(),
        )

    def test_mono(self, tmp_path: Path) -> None:
        hearing = heard(mono(tmp_path), self.listening())
        assert turns_of(hearing) == list(self.TURNS)
        assert [(span.speaker, span.start_s, span.end_s) for span in hearing.speech] == [
            ("S1", 1.1, 4),
            ("S2", 4, 6.9),
            ("S1", 8.1, 9.9),
        ]
        assert {speaker.id: speaker.party for speaker in hearing.speakers} == {
            "S1": Party.AGENT,
            "S2": Party.CUSTOMER,
        }
        assert hearing.made_by.diarisation == ScriptedDiariser.name
        assert_accounted_for(hearing, self.SPEECH)

    @pytest.mark.parametrize("live", [0, 1])
    def test_the_live_channel_beside_a_dead_one(self, tmp_path: Path, live: int) -> None:
        lanes = [np.zeros(8_000 * 12, np.int16)] * 2
        lanes[live] = wavs.noise(12.0, -20, 1)
        hearing = heard(written(tmp_path / "call.wav", *lanes), self.listening(live))
        assert hearing.recording.layout is Layout.STEREO
        assert turns_of(hearing) == list(self.TURNS)

    def test_the_same_sound_twice_is_heard_once(self, tmp_path: Path) -> None:
        lane = wavs.noise(12.0, -20, 3)
        hearing = heard(written(tmp_path / "dual.wav", lane, lane), self.listening())
        assert hearing.recording.layout is Layout.DUAL_MONO
        assert turns_of(hearing) == list(self.TURNS)

    def test_a_configured_channel_says_nothing_about_it(self, tmp_path: Path) -> None:
        hearing = heard(mono(tmp_path), self.listening(), HearingSettings(agent_channel="right"))
        assert turns_of(hearing) == list(self.TURNS)

    def test_one_voice_that_says_nothing_telling(self, tmp_path: Path) -> None:
        hearing = heard(mono(tmp_path), ears([(1, 4, "嗯好的")]))
        assert [speaker.party for speaker in hearing.speakers] == [Party.UNKNOWN]

    def test_no_speech_at_all(self, tmp_path: Path) -> None:
        hearing = heard(mono(tmp_path), ears([]))
        assert (hearing.turns, hearing.speech, hearing.unheard) == ((), (), ())
        assert [speaker.party for speaker in hearing.speakers] == [Party.UNKNOWN]

    def test_the_lane_of_every_voice_is_told_to_who_hears_emotion(self, tmp_path: Path) -> None:
        listening = self.listening(1)
        heard(written(tmp_path / "call.wav", np.zeros(8_000 * 12, np.int16), wavs.noise(12, -20, 1)), listening)
        assert isinstance(listening.emotion, ScriptedEmotion)
        assert listening.emotion.asked == [{"S1": 1, "S2": 1}]


def test_what_is_said_under_another_voice_is_unheard(tmp_path: Path) -> None:
    # speech   |---------------|
    # voices   |AAAAAAAAAAAAAAA|
    #              |BB|              nobody can write that down
    said = [(1.0, 8.0, GREETING)]
    hearing = heard(mono(tmp_path), ears(said, voices=[(0, 1, 8), (1, 3, 4), (1, 6, 6.2)]))
    assert [(lost.start_s, lost.end_s, lost.why) for lost in hearing.unheard] == [(3, 4, UnheardWhy.OVERLAP)]
    assert [speaker.id for speaker in hearing.speakers] == ["S1", "S2"]
    assert_accounted_for(hearing, [(1, 8)])


def test_a_menu_on_a_partys_own_channel_is_nobodys_word(tmp_path: Path) -> None:
    # left    |menu     |  |agent    |
    # right                            |customer|
    left, right = [(0.5, 4, MENU), (5, 8, GREETING)], [(9, 11, QUESTION)]
    hearing = heard(stereo(tmp_path), ears(left, right))
    assert turns_of(hearing) == [
        ("S3", Party.SYSTEM, MENU),
        ("S1", Party.AGENT, GREETING),
        ("S2", Party.CUSTOMER, QUESTION),
    ]
    assert [(span.speaker, span.party) for span in hearing.speech] == [
        ("S3", Party.SYSTEM),
        ("S1", Party.AGENT),
        ("S2", Party.CUSTOMER),
    ]
    assert_accounted_for(hearing, [(0.5, 4), (5, 8), (9, 11)])


def test_two_channels_of_people_are_not_diarised(tmp_path: Path) -> None:
    hearing = heard(stereo(tmp_path), ears([(1, 4, GREETING)], [(5, 7, QUESTION)], voices=[(0, 1, 2), (1, 2, 7)]))
    assert [speaker.id for speaker in hearing.speakers] == ["S1", "S2"]
    assert hearing.made_by.diarisation == BY_CHANNEL


def test_hints_and_sounds_go_through(tmp_path: Path) -> None:
    hint = EmotionSpan(Party.CUSTOMER, 5, 7, "agitation", 0.8, ("音量 +6 dB",))
    sounds = (SoundSpan(9, 10), SoundSpan(1, 3))
    listening = Ears(
        AudioReader(),
        ScriptedVad([LaneActivity((), (sound,)) for sound in sounds]),
        ScriptedDiariser(),
        ScriptedRecogniser({}),
        ScriptedEmotion([hint]),
        ScriptedSoundChecker(),
    )
    hearing = heard(stereo(tmp_path), listening)
    assert hearing.emotions == (hint,)
    assert hearing.sounds == sounds[::-1]
    assert hearing.made_by.emotion == ScriptedEmotion.name


@pytest.mark.parametrize(("start_s", "cut"), [(0.0, True), (0.4, False)])
def test_speech_from_the_first_instant_means_the_beginning_is_missing(
    tmp_path: Path, start_s: float, cut: bool
) -> None:
    hearing = heard(stereo(tmp_path), ears([(start_s, 4, GREETING)], [(5, 7, QUESTION)]))
    assert hearing.starts_cut is cut
    # Voices of a diarised lane begin where they are sure to speak, a little after the speech that was detected.
    voices = [(0, start_s + 0.07, 4), (1, 5, 7)]
    hearing = heard(mono(tmp_path), ears([(start_s, 4, GREETING), (5, 7, QUESTION)], voices=voices))
    assert hearing.starts_cut is cut


@pytest.mark.parametrize("text", [MENU, QUESTION])
def test_a_menu_or_a_customer_may_speak_from_the_first_instant(tmp_path: Path, text: str) -> None:
    hearing = heard(stereo(tmp_path), ears([(0.0, 4, text)], [(5, 7, GREETING)]))
    assert hearing.starts_cut is False


def test_progress_adds_up_to_the_audio(tmp_path: Path) -> None:
    told: list[float] = []
    path = stereo(tmp_path, seconds=12.0)
    list(hear([path], ears([(1, 4, GREETING)], [(5, 7, QUESTION)]), SETTINGS, told.append))
    assert sum(told) == pytest.approx(12.0)
    told.clear()
    list(hear([path], ears([], []), SETTINGS, told.append))
    assert sum(told) == pytest.approx(12.0)


def test_reading_sound_is_progress_in_every_stage(tmp_path: Path) -> None:
    """Whoever waits for a sign of life gets one from the stages that finish no audio, too."""
    told: list[float] = []

    class Reading:
        name = "reading"

        def activity(self, audio: Audio, lane: int) -> LaneActivity:
            told.clear()
            audio.read(lane, 0, 10)
            assert told == [0.0]
            return LaneActivity((), ())

    list(hear([mono(tmp_path)], replace(ears([]), vad=Reading()), SETTINGS, told.append))
    assert told[0] == 0.0


def test_too_long_a_recording_is_refused(tmp_path: Path) -> None:
    (result,) = hear([stereo(tmp_path)], ears([], []), HearingSettings(max_duration_s=5), print)
    assert isinstance(result.result, RecordingError)
    assert result.result.kind is ErrorKind.TOO_LONG


class Gated:
    """A recogniser that writes nothing, and that waits in one lane's call until it may go on."""

    name = "gated@00000000"

    def __init__(self, waits_for: dict[float, Event]) -> None:
        """``waits_for``: by the start of the first speech of a call."""
        self.begun: list[float] = []
        self._waits_for = waits_for

    def transcribe(self, audio: Audio, speech: tuple[LaneSpan, ...], progress: Callable[[float], None]) -> Transcript:
        self.begun.append(audio.recording.duration_s)
        if gate := self._waits_for.get(audio.recording.duration_s):
            assert gate.wait(10)
        for span in speech:
            progress(span.end_s - span.start_s)
        lost = (LostSpan(span.lane, span.start_s, span.end_s, UnheardWhy.NO_TEXT) for span in speech)
        return Transcript((), tuple(lost))


def gated(recogniser: Gated) -> Ears:
    return replace(ears([(1, 4, "")], []), asr=recogniser)


def test_results_come_in_input_order_though_a_later_call_is_done_first(tmp_path: Path) -> None:
    # call 1 (12 s)  |---- waits until call 2 is done ----|
    # call 2 (13 s)  |--|
    paths = [stereo(tmp_path, f"{seconds}.wav", seconds) for seconds in (12.0, 13.0, 14.0)]
    gate = Event()

    def told(_: float) -> None:
        gate.set()

    recogniser = Gated({12.0: gate})
    results = [row.result for row in hear(paths, gated(recogniser), HearingSettings(threads=2), told)]
    assert [result.recording.duration_s for result in results if isinstance(result, Hearing)] == [12.0, 13.0, 14.0]


def test_no_more_calls_are_begun_than_there_are_threads_and_one_ahead(tmp_path: Path) -> None:
    paths = [stereo(tmp_path, f"{seconds}.wav", seconds) for seconds in (12.0, 13.0, 14.0, 15.0, 16.0)]
    recogniser = Gated({})
    results = hear(paths, gated(recogniser), HearingSettings(threads=1), lambda _: None)
    next(results)
    results.close()
    assert set(recogniser.begun) <= {12.0, 13.0}


def test_whoever_wants_no_more_results_ends_the_work(tmp_path: Path) -> None:
    paths = [stereo(tmp_path, f"{seconds}.wav", seconds) for seconds in (12.0, 13.0)]
    gate, told = Event(), list[float]()
    recogniser = Gated({13.0: gate})
    results = hear(paths, gated(recogniser), HearingSettings(threads=2), told.append)
    next(results)
    Timer(0.2, gate.set).start()  # the second call goes on only after its results are no longer wanted
    results.close()
    assert sum(told) == pytest.approx(12.0)
def test_words_in_doubt_are_listened_to_while_the_recording_is_open(tmp_path: Path) -> None:
    # left   |您好…|            |好的…|   the words in doubt
    listening = replace(
        ears([(0.5, 3.0, GREETING), (6.5, 8.0, "好的请稍等")], [(3.5, 6.0, QUESTION)]),
        sound_checker=ScriptedSoundChecker({"好的请稍等": 0.25}),
    )
    asked: list[Hearing] = []

    def doubts(hearing: Hearing) -> tuple[Suspect, ...]:
        asked.append(hearing)
        return (Suspect("S1", 6.5, 7.0, 6.5, 8.0, "好的请稍等", ("不好的请稍等",)),)

    (result,) = hear([stereo(tmp_path)], listening, SETTINGS, lambda _: None, doubts)
    assert isinstance(result.result, Hearing)
    assert result.result.sound_checks == (SoundCheck("S1", 6.5, 7.0, 0.25),)
    assert asked == [replace(result.result, sound_checks=())]
    assert result.stages_s.keys() >= {"sound_check"}
