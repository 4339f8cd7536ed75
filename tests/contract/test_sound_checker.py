"""One contract for every sound checker: the scripted one of unit tests and the real Whisper."""

from __future__ import annotations

import pytest

from inspector.asr.fake import ScriptedSoundChecker
from inspector.asr.sound_check import SoundChecker
from inspector.audio.wav import open_wav
from inspector.pipeline import Ears
from inspector.sound_check import LEAST_SOUND_CHECK, Suspect
from tests.conftest import CALLS

PROMISED = Suspect("S1", 21.6, 22.0, 20.73, 23.11, "这款理财保本请您想清楚", ("这款理财不保本请您想清楚",))
DENIED = Suspect("S1", 21.9, 22.3, 20.73, 23.24, "这款理财保本请您想清楚", ("这款理财不保本请您想清楚",))


def score(checker: SoundChecker, call: str, suspect: Suspect) -> float:
    with open_wav(CALLS / f"{call}.wav", 3600) as audio:
        return checker.check(audio, 0, suspect)


class SoundCheckerContract:
    """What every sound checker promises."""

    @pytest.fixture
    def checker(self) -> SoundChecker:
        raise NotImplementedError

    def test_what_was_said_stands(self, checker: SoundChecker) -> None:
        assert LEAST_SOUND_CHECK <= score(checker, "negation_promise", PROMISED) <= 1

    def test_the_same_sound_has_the_same_score(self, checker: SoundChecker) -> None:
        once, again = (score(checker, "negation_promise", PROMISED) for _ in range(2))
        assert once == again


class TestScripted(SoundCheckerContract):
    @pytest.fixture
    def checker(self) -> SoundChecker:
        return ScriptedSoundChecker()


class TestWhisper(SoundCheckerContract):
    @pytest.fixture
    def checker(self, ears: Ears) -> SoundChecker:
        return ears.sound_checker

    def test_a_negation_that_the_text_lacks_is_heard(self, checker: SoundChecker) -> None:
        assert score(checker, "negation_without_promise", DENIED) < LEAST_SOUND_CHECK

    def test_words_at_the_edge_of_the_recording(self, checker: SoundChecker) -> None:
        edge = Suspect("S1", 0.0, 0.05, 0.0, 0.05, "您", ("不您",))
        assert 0 <= score(checker, "negation_promise", edge) <= 1
