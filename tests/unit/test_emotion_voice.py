"""Pitch, loudness and rate of made voices: pulses at a known distance, through the telephone's band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from inspector.emotion.prosody import ProsodyEmotion
from inspector.emotion.voice import Voice, voice_of
from inspector.model import Turn
from tests import wavs
from tests.builders import turn

TEXT = "我想问一下上个月的账单明细"  # 13 characters


def vowel(hz: float, dbfs: float, seconds: float = 4.0, rate_hz: int = 8000) -> NDArray[np.float64]:
    """Harmonics of ``hz`` between 300 and 3400 Hz around a formant at 700 Hz, mostly without the fundamental."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    partials = [own for own in np.arange(hz, 3400, hz) if own >= 300]
    wave = np.sum([np.sin(2 * np.pi * own * times) / (1 + abs(own - 700) / 300) for own in partials], axis=0)
    scaled: NDArray[np.float64] = wave * (32768 * 10 ** (dbfs / 20) / np.sqrt(np.mean(wave**2)))
    return scaled


def heard(wave: NDArray[np.float64], rate_hz: int = 8000, noise_dbfs: float = -60) -> wavs.ArrayAudio:
    noise = wavs.noise(len(wave) / rate_hz + 1, noise_dbfs, 1, rate_hz)[: len(wave)]
    return wavs.ArrayAudio(np.clip(wave + noise, -32768, 32767).astype(np.int16).reshape(-1, 1), rate_hz)


def measured(audio: wavs.ArrayAudio, said: Turn) -> Voice:
    voice = voice_of(audio, 0, said)
    assert voice is not None
    return voice


@given(st.floats(85, 350), st.floats(-40, -12), st.sampled_from([6000, 8000, 11025, 16000, 44100]))
@settings(max_examples=30)
def test_pitch_and_loudness_are_those_made(hz: float, dbfs: float, rate_hz: int) -> None:
    voice = measured(heard(vowel(hz, dbfs, 1.5, rate_hz), rate_hz), turn("C", 0.0, TEXT, 1.5))
    assert voice.pitch_hz == pytest.approx(hz, rel=0.03)
    assert voice.level_dbfs == pytest.approx(dbfs, abs=1.0)


def test_rate_is_without_pauses() -> None:
    """|我想问一下上个月|      |的账单明细|: 8 characters in 2 s, 2 s of pause, 5 in 1.25 s."""
    starts = (*(0.25 * place for place in range(8)), *(4 + 0.25 * place for place in range(5)))
    ends = tuple(start + 0.25 for start in starts)
    paused = Turn(turn("C", 0, "一").party, "C", 0.0, 5.25, TEXT, starts, ends, (1.0,) * 13)
    voice = measured(heard(vowel(200, -25, 6.0)), paused)
    assert (voice.rate_cps, voice.spoken_s) == (pytest.approx(4.0), pytest.approx(3.25))


def test_pauses_do_not_soften_a_voice() -> None:
    spoken = vowel(200, -25, 2.0)
    paused = np.concatenate([spoken, np.zeros(16_000), spoken])
    said = turn("C", 0.0, TEXT, 6.0)
    assert measured(heard(paused), said).level_dbfs == pytest.approx(-25, abs=1)


@pytest.mark.parametrize(
    ("wave", "said"),
    [
        (wavs.noise(4, -25, 2).astype(float), turn("C", 0.0, TEXT, 4.0)),  # nothing voiced
        (np.zeros(32_000), turn("C", 0.0, TEXT, 4.0)),
        (vowel(200, -25), turn("C", 0.0, "好的知道了", 4.0)),  # 5 characters
        (vowel(200, -25), turn("C", 0.0, TEXT, 0.9)),
        (vowel(200, -25), turn("C", 0.0, TEXT * 8, 4.0)),  # 26 characters a second
        (vowel(200, -25, 1.0), turn("C", 2.0, TEXT, 4.0)),  # beyond the end of the file
    ],
    ids=["noise", "silence", "few", "short", "repeats", "after the end"],
)
def test_what_has_no_voice(wave: NDArray[np.float64], said: Turn) -> None:
    assert voice_of(heard(wave), 0, said) is None


def test_long_turns_are_read_in_parts() -> None:
    audio = heard(vowel(150, -25, 65.0))
    voice = measured(audio, turn("A", 0.0, TEXT * 20, 65.0))
    assert audio.longest_read <= 80_000
    assert voice.pitch_hz == pytest.approx(150, rel=0.03)


@pytest.mark.parametrize("field", ["pitch_hz", "rate_cps", "spoken_s"])
def test_an_impossible_voice_is_refused(field: str) -> None:
    possible = {"pitch_hz": 200.0, "level_dbfs": -25.0, "rate_cps": 4.0, "spoken_s": 4.0}
    with pytest.raises(ValueError, match="no voice"):
        Voice(**(possible | {field: 0.0}))


# ---- which turns are judged ------------------------------------------------------------------------------------------

ANGRY = "我要投诉，已经第三次了"


def labels(*turns: Turn, lanes: dict[str, int] | None = None) -> list[tuple[float, str]]:
    lane = heard(vowel(200, -25, 30.0)).read(0, 0, 240_000)
    audio = wavs.ArrayAudio(np.stack([lane, lane], axis=1))
    hints = ProsodyEmotion().hints(audio, lanes or {"A": 0, "C": 0, "S": 0, "?": 0}, turns)
    return [(hint.start_s, hint.label) for hint in hints]


def test_agent_and_customer_are_judged_and_nobody_else() -> None:
    assert labels(turn("C", 1.0, ANGRY, 4.0), turn("A", 5.0, "爱找谁找谁", 8.0)) == [
        (1.0, "negativity"),
        (5.0, "negativity"),
    ]
    assert labels(turn("?", 1.0, ANGRY, 4.0), turn("S", 5.0, ANGRY, 8.0)) == []


def test_badly_heard_turns_give_none() -> None:
    assert labels(turn("C", 1.0, ANGRY, 4.0, conf=0.59)) == []
    assert labels(turn("C", 1.0, ANGRY, 4.0, conf=0.61)) != []


def test_turns_spoken_over_in_one_channel_give_none() -> None:
    """C |######| and A     |####| over its end."""
    both = turn("C", 1.0, ANGRY, 4.0), turn("A", 3.9, "我帮您查一下", 6.0)
    assert labels(*both) == []
    assert labels(*both, lanes={"C": 0, "A": 1}) == [(1.0, "negativity")]
    assert labels(both[0], turn("A", 4.0, "我帮您查一下", 6.0)) == [(1.0, "negativity")]


def test_no_turns_no_hints() -> None:
    assert labels() == []
