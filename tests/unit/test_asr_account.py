"""Every second of speech is in an utterance or lost, and said to be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.asr.account import EDGE_S, account, doubtful
from inspector.asr.protocol import LaneSpan
from inspector.asr.windows import Word
from inspector.model import UnheardWhy

PIECE = LaneSpan(0, 100.0, 112.0)


def words_at(*places: tuple[float, float, str]) -> list[Word]:
    return [Word(start, end, text, 0.9) for start, end, text in places]


@st.composite
def word_lists(draw: st.DrawFn) -> list[Word]:
    at, words = PIECE.start_s, []
    for _ in range(draw(st.integers(0, 8))):
        start = at + draw(st.floats(0, 3))
        end = start + draw(st.floats(0.05, 1.5))
        if end > PIECE.end_s:
            break
        words.append(Word(start, end, draw(st.text("您好请问银行", min_size=1, max_size=4)), draw(st.floats(0, 1))))
        at = end
    return words


@given(word_lists())
def test_utterances_and_lost_spans_cover_the_speech_without_a_hole(words: list[Word]) -> None:
    utterances, lost = account(PIECE, words)
    spans = sorted([(u.start_s, u.end_s) for u in utterances] + [(gap.start_s, gap.end_s) for gap in lost])
    assert spans[0][0] == PIECE.start_s
    reached = PIECE.start_s
    for start, end in spans:
        assert start <= reached + 1e-9
        reached = max(reached, end)
    assert reached == PIECE.end_s


@given(word_lists())
def test_no_word_is_dropped_or_added(words: list[Word]) -> None:
    utterances, _ = account(PIECE, words)
    assert "".join(u.text for u in utterances) == "".join(word.text for word in words)


def test_a_hole_in_the_text_is_lost() -> None:
    # piece  |##########################|   100 … 112
    # words  |您好请问有什么|      |帮您办理业务|
    words = words_at((100.2, 103.0, "您好请问有什么可以"), (108.0, 111.9, "帮您办理业务请讲谢谢"))
    utterances, lost = account(PIECE, words)
    assert [(gap.start_s, gap.end_s, gap.why) for gap in lost] == [(103.0, 108.0, UnheardWhy.NO_TEXT)]
    assert [(u.start_s, u.end_s) for u in utterances] == [(100.0, 103.0), (108.0, 112.0)]


def test_edges_shorter_than_the_recognisers_own_slack_are_no_loss() -> None:
    text = "您好云川银行请问有什么可以帮您的吗请讲"
    _, lost = account(PIECE, words_at((100.0 + EDGE_S - 0.01, 112.0 - EDGE_S + 0.01, text)))
    assert lost == []


def test_speech_without_words_is_lost_as_a_whole() -> None:
    utterances, lost = account(PIECE, [])
    assert utterances == []
    assert (lost[0].start_s, lost[0].end_s, lost[0].why) == (100.0, 112.0, UnheardWhy.NO_TEXT)


def test_too_few_words_for_so_much_speech_are_kept_but_not_trusted() -> None:
    utterances, lost = account(PIECE, words_at((100.0, 112.0, "嗯")))
    assert [u.text for u in utterances] == ["嗯"]
    assert [(gap.start_s, gap.end_s, gap.why) for gap in lost] == [(100.0, 112.0, UnheardWhy.LOW_CONFIDENCE)]


def test_more_words_than_anybody_can_say_are_not_trusted() -> None:
    assert doubtful(LaneSpan(0, 0.0, 2.0), words_at((0.0, 2.0, "请不吝点赞订阅转发打赏支持明镜与点点栏目谢谢大家")))


def test_guessed_words_are_not_trusted() -> None:
    assert doubtful(LaneSpan(0, 0.0, 2.0), [Word(0.0, 2.0, "请问您好吗", 0.2)])
    assert not doubtful(LaneSpan(0, 0.0, 2.0), [Word(0.0, 2.0, "请问您好吗", 0.7)])


def test_a_short_yes_is_no_reason_for_doubt() -> None:
    assert not doubtful(LaneSpan(0, 0.0, 1.0), words_at((0.2, 0.8, "对")))


def test_a_drift_into_another_language_is_doubtful_and_a_borrowed_word_is_not() -> None:
    piece = LaneSpan(0, 0.0, 2.0)
    assert doubtful(piece, [Word(0.1, 0.6, "Way", 0.9), Word(0.6, 1.0, "me", 0.9), Word(1.0, 1.5, "hurt", 0.9)])
    assert not doubtful(piece, [Word(0.1, 0.6, "下载", 0.9), Word(0.6, 1.0, "App", 0.9), Word(1.0, 1.5, "登录", 0.9)])
