"""Recordings in which nobody speaks: every kind sounds as it is called, none holds a word, the length is as told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from scripts.samples.codecs import CODECS
from scripts.samples.non_speech import EXACT_CODECS, KINDS, non_speech_calls
from scripts.samples.script import CallScript, Sound
from scripts.samples.sounds import MADE, make_sound
from scripts.samples.telephone import SAMPLE_RATE
from scripts.samples.timeline import mix_lanes, place_events
from scripts.samples.truth import truth_text

HOUR = non_speech_calls(60, 3)


def nobody(text: str, recipe: str, speed: float) -> np.ndarray:
    raise AssertionError("nobody speaks")


def sound_of(call: CallScript) -> Sound:
    (sound,) = call.events
    assert isinstance(sound, Sound)
    return sound


def shortened(call: CallScript) -> CallScript:
    """The call with three seconds of its sound."""
    return replace(call, events=(replace(sound_of(call), length_s=3.0, keys="123"[: len(sound_of(call).keys)]),))


def test_an_hour_holds_every_kind_on_both_layouts() -> None:
    lengths_s = [sound_of(call).length_s for call in HOUR]
    assert 3600 <= sum(lengths_s) < 3600 + 150 and all(60 <= length_s <= 150 for length_s in lengths_s)
    assert {sound_of(call).kind for call in HOUR} == set(KINDS)
    assert {call.line.layout for call in HOUR} == {"mono", "stereo"}
    assert {call.line.codec for call in HOUR} <= set(CODECS)
    assert len({call.id for call in HOUR}) == len(HOUR)


def test_are_the_same_for_a_seed() -> None:
    assert non_speech_calls(10, 3) == HOUR[: len(non_speech_calls(10, 3))]
    assert non_speech_calls(10, 4) != non_speech_calls(10, 3)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_truth_names_the_sound_and_no_turn(kind: str) -> None:
    call = shortened(next(call for call in HOUR if sound_of(call).kind == kind))
    placed = place_events(call, nobody)
    lanes = mix_lanes(call, placed)
    truth = json.loads(truth_text(call, placed, len(lanes), "", 0.0))
    assert truth["turns"] == [] and truth["tags"] == ["non_speech", kind]
    assert [sound["kind"] for sound in truth["sounds"]] == [kind]
    assert (np.abs(lanes).max() == 0) == (kind == "silence")
    assert kind != "silence" or call.line.codec in EXACT_CODECS


@pytest.mark.parametrize("kind", sorted(set(MADE) - {"silence"}))
def test_a_sound_is_as_long_as_told_and_other_every_time(kind: str) -> None:
    rng = np.random.default_rng(5)
    one, other = (make_sound(kind, 10.0, "", rng) for _ in range(2))
    assert len(one) == 10 * SAMPLE_RATE and np.isfinite(one).all()
    assert np.std(one) > 0 and not np.array_equal(one, other)


def tilt_db(kind: str) -> float:
    """Level of 1-3 kHz against 400-1000 Hz, per Hz."""
    samples = make_sound(kind, 20.0, "", np.random.default_rng(6))
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    high, low = (power[(hz >= first) & (hz < last)].mean() for first, last in ((1000, 3000), (400, 1000)))
    return float(10 * np.log10(high / low))


def test_noises_have_their_colour() -> None:
    assert tilt_db("white") == pytest.approx(0.0, abs=0.5)
    assert tilt_db("pink") < -3.0 and tilt_db("car") < -3.0
    assert tilt_db("hiss") > 3.0


def test_mains_hum_is_at_multiples_of_fifty_hertz() -> None:
    samples = make_sound("hum", 4.0, "", np.random.default_rng(7))
    power = np.abs(np.fft.rfft(samples)) ** 2  # 0.25 Hz a bin
    at_mains = power[: 4 * 1000 : 4 * 50].sum() - power[0]
    assert at_mains / power[1:].sum() > 0.9


def test_clicks_and_breaths_leave_pauses() -> None:
    for kind in ("keyboard", "breaths", "crackle"):
        samples = make_sound(kind, 30.0, "", np.random.default_rng(8))
        levels = np.sqrt(np.mean(samples.reshape(-1, SAMPLE_RATE // 10) ** 2, axis=1))
        assert np.quantile(levels, 0.1) < 0.1 * levels.max(), kind
