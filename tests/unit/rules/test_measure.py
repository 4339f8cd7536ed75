"""Talk time, silence, rates and interruptions. Timelines in seconds; A is the agent, C the customer, S the system."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Hearing, Party, Span, SpeechSpan, Turn, Unheard
from inspector.rules.measure import interruptions, measure, silences
from tests.builders import PARTIES, hearing_of, lost, turn

ASKS = "我想问一下我上个月的信用卡账单为什么多了一笔钱"  # 23 characters


def asks(start_s: float, end_s: float) -> Turn:
    return turn("C", start_s, ASKS, end_s)


def written(*said: Turn | Unheard) -> Hearing:
    """A call without sound: its times are exact, no detector has widened them."""
    return replace(hearing_of(*said), has_sound=False)


# ---- interruptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_until_s", "agent", "wanted"),
    [
        (6.0, turn("A", 2.0, "这个您要去网点办理的", 5.0), True),  # C |######|  A   |###|      C goes on
        (2.5, turn("A", 2.0, "这个您要去网点办理的", 5.0), True),  # C |##|      A  |####|      C was cut off
        (2.4, turn("A", 2.0, "这个您要去网点办理的", 5.0), False),  # overlap of 0.4 s: C had finished
        (6.0, turn("A", 0.9, "这个您要去网点办理的", 5.0), False),  # C had hardly begun
        (6.0, turn("A", 1.0, "这个您要去网点办理的", 5.0), True),
        (6.0, turn("A", 6.0, "这个您要去网点办理的", 9.0), False),  # C |####|A |###|          one after the other
        (6.0, turn("A", 2.0, "嗯", 2.8), False),
        (6.0, turn("A", 2.0, "好的好的，是的", 4.0), False),
        (6.0, turn("A", 2.0, "对对对您说", 4.0), False),
        (6.0, turn("A", 2.0, "稍等", 3.0), False),  # two characters
        (6.0, turn("A", 2.0, "您先稍等", 3.0), True),
        (6.0, turn("A", 2.0, "OK，明白了", 3.0), False),
        (3.0, lost("A", 2.0, 4.0), True),  # not heard, but C stops and A goes on
        (3.0, lost("A", 2.0, 3.9), False),  # A does not take the floor
        (4.1, lost("A", 2.0, 6.0), False),  # C does not stop
        (6.0, turn("S", 2.0, "本次通话将被录音", 5.0), False),
    ],
)
def test_the_agent_cuts_in(asked_until_s: float, agent: Turn | Unheard, wanted: bool) -> None:
    found = interruptions(written(asks(0.0, asked_until_s), agent))
    both = Span(agent.start_s, min(agent.end_s, asked_until_s)) if wanted else None
    assert found == ((both,) if both else ())
    assert measure(written(asks(0.0, asked_until_s), agent)).interruptions == int(wanted)


def test_the_customer_may_cut_in() -> None:
    assert interruptions(written(turn("A", 0.0, ASKS, 6.0), turn("C", 2.0, "我不想听这些", 8.0))) == ()


def test_a_breath_is_no_beginning() -> None:
    """A spoke first; his pause of 0.2 s while C speaks is breathing, one of 0.5 s is a new start."""
    before = turn("A", 0.0, "您的账单", 3.0)
    assert interruptions(written(before, asks(1.0, 9.0), turn("A", 3.2, "是这样计算的", 6.0))) == ()
    assert interruptions(written(before, asks(1.0, 9.0), turn("A", 3.5, "是这样计算的", 6.0))) == (Span(3.5, 6.0),)


def test_each_is_counted() -> None:
    cuts = [turn("A", at_s, "您听我把话说完", at_s + 1.5) for at_s in (2.0, 6.0, 10.0)]
    assert measure(written(asks(0.0, 14.0), *cuts)).interruptions == 3


def test_who_is_unknown_interrupts_nobody() -> None:
    agent = turn("A", 2.0, "这个您要去网点办理的", 5.0)
    assert interruptions(written(asks(0.0, 6.0), agent, turn("?", 20.0, "喂"))) is None
    assert interruptions(replace(written(agent), speech=())) is None
    assert interruptions(written(agent)) == ()


# ---- talk, rates -----------------------------------------------------------------------------------------------------


def test_talk_and_rate_are_of_the_party_and_not_of_the_menu() -> None:
    said = (turn("S", 0.0, "欢迎致电请按一号键", 3.0), turn("A", 4.0, "您好这里是云川银行", 7.0), asks(8.0, 13.75))
    metrics = measure(hearing_of(*said, lost("A", 14.0, 16.0)))
    assert (metrics.agent_talk_s, metrics.customer_talk_s) == (pytest.approx(5.0), pytest.approx(5.75))
    assert (metrics.agent_rate_cpm, metrics.customer_rate_cpm) == (180, 240)
    assert metrics.speech_unheard_s == 2.0


def test_a_pause_inside_a_turn_does_not_slow_it_down() -> None:
    """|您好这里|    |是云川银行|: one turn of 9 s, 6 s of it speech."""
    heard = replace(
        hearing_of(turn("A", 0.0, "您好这里是云川银行", 9.0)),
        speech=(SpeechSpan(Party.AGENT, 0.0, 3.0), SpeechSpan(Party.AGENT, 6.0, 9.0)),
    )
    assert measure(heard).agent_rate_cpm == 90


def test_two_voices_of_one_party_speak_in_one_time() -> None:
    one = turn("C", 0.0, ASKS, 6.0)
    heard = hearing_of(one, lost("C", 3.0, 8.0))
    assert measure(heard).customer_talk_s == 8.0
    assert measure(heard).customer_rate_cpm == 230


@pytest.mark.parametrize("text", ["嗯嗯好的吧", "好"])
def test_short_words_have_no_rate(text: str) -> None:
    assert measure(hearing_of(turn("A", 0.0, text))).agent_rate_cpm is None


# ---- whatever is said ------------------------------------------------------------------------------------------------


@st.composite
def hearings(draw: st.DrawFn) -> Hearing:
    """Any number of utterances of anybody, heard or not, over each other or not, and sounds."""
    times = st.tuples(st.integers(0, 600), st.integers(1, 150)).map(lambda pair: (pair[0] / 10, sum(pair) / 10))
    letters = st.sampled_from(draw(st.sampled_from(["ACS", "ACS?"])))
    said: list[Turn | Unheard] = []
    for letter, (start_s, end_s), text in draw(
        st.lists(st.tuples(letters, times, st.sampled_from(["", "嗯", "好的", ASKS])), min_size=1, max_size=12)
    ):
        said.append(turn(letter, start_s, text, end_s) if text else lost(letter, start_s, end_s))
    sounds = draw(st.lists(times, max_size=3))
    ends_s = max([draw(st.integers(0, 100)), *(end_s for _, end_s in sounds)])
    return hearing_of(*said, sounds=sounds, duration_s=ends_s)


@given(hearings())
def test_measures_are_possible(heard: Hearing) -> None:
    metrics, end_s = measure(heard), heard.recording.duration_s
    assert 0 <= metrics.longest_silence_s <= metrics.silence_s <= end_s
    assert 0 <= metrics.agent_talk_s <= end_s and 0 <= metrics.customer_talk_s <= end_s
    assert (metrics.interruptions is None) == any(span.party is Party.UNKNOWN for span in heard.speech)
    assert all(rate is None or rate > 0 for rate in (metrics.agent_rate_cpm, metrics.customer_rate_cpm))


@given(hearings())
def test_silence_and_sound_fill_the_call(heard: Hearing) -> None:
    """From the first word to the end every instant is silence, speech, sound, or a pause for breath."""
    quiet = silences(heard)
    busy = sorted([(s.start_s, s.end_s) for s in (*heard.speech, *heard.sounds)])
    first_s = min(span.start_s for span in heard.speech)
    for span in quiet:
        assert first_s <= span.start_s and span.duration_s >= 0.3
        assert not any(start_s < span.end_s - 1e-9 and span.start_s + 1e-9 < end_s for start_s, end_s in busy)
    ends_s = max([heard.recording.duration_s, *(end_s for _, end_s in busy)])
    reached_s = first_s
    for start_s, end_s in sorted([*busy, *((span.start_s, span.end_s) for span in quiet), (ends_s, ends_s)]):
        assert start_s - reached_s < 0.3 + 1e-9, "a gap that nobody accounts for"
        reached_s = max(reached_s, end_s)


@given(hearings())
def test_an_interruption_is_speech_of_both(heard: Hearing) -> None:
    for found in interruptions(heard) or ():
        assert any(s.party is Party.AGENT and s.start_s == found.start_s for s in heard.speech)
        for letter in "AC":
            own = [span for span in heard.speech if span.party is PARTIES[letter]]
            spoken = sum(max(0.0, min(s.end_s, found.end_s) - max(s.start_s, found.start_s)) for s in own)
            assert spoken > 0 and found.duration_s >= 0.5 - 1e-9
