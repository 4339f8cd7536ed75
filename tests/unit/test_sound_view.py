"""A call as the player shows it: what is masked, where pieces begin and end, what lies on the picture."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Evidence, Finding, Hearing, Kind, Outcome, Party, Severity, Status, Turn, Unheard
from inspector.redaction import Purpose, mask
from inspector.web.sound.view import HIDDEN_MARGIN_S, CallView, StretchKind, call_view, hidden_spans, player_data
from tests.builders import hearing_of, lost, turn

TEXTS = st.text("您好卡号是六二八零，。138a ", min_size=1, max_size=24)


def finding(*evidence: Evidence, id: str = "f1", severity: Severity = Severity.HIGH) -> Finding:
    told = (Kind.FORBIDDEN, Status.STABLE, severity, "标题", Outcome.FIRES, None, Party.AGENT, "w", "r")
    return Finding(id, "a.b", 1, *told, evidence, None)


def words(start_s: float, quote: str, party: Party = Party.AGENT) -> Evidence:
    return Evidence(start_s, start_s + len(quote) / 4, party, quote, quote, "exact", 1.0)


def written(view: CallView) -> list[str]:
    """Rows as text: 〈words of findings〉, _doubtful_, | between pieces."""

    def one(text: str, hit: bool, doubtful: bool) -> str:
        text = f"_{text}_" if doubtful else text
        return f"〈{text}〉" if hit else text

    return [
        "|".join(one(piece.text, bool(piece.finding_ids), piece.doubtful) for piece in row.pieces) or f"({row.unheard})"
        for row in view.rows
    ]


@st.composite
def hearings(draw: st.DrawFn) -> Hearing:
    """Turns of two parties one after the other, some of them doubtful."""
    said: list[Turn | Unheard] = []
    at_s = 0.0
    for text in draw(st.lists(TEXTS, max_size=6)):
        at_s += draw(st.floats(0, 5))
        said.append(turn(draw(st.sampled_from("AC")), at_s, text, conf=draw(st.sampled_from([0.3, 0.9]))))
        at_s = said[-1].end_s
    return hearing_of(*said, duration_s=at_s + 1)


@given(hearings())
def test_pieces_join_to_the_masked_turn_in_order_of_time(hearing: Hearing) -> None:
    view = call_view(hearing, [])
    assert [row.no for row in view.rows] == list(range(len(hearing.turns)))
    for row, said in zip(view.rows, hearing.turns, strict=True):
        text = "".join(piece.text for piece in row.pieces)
        assert len(text) == len(said.text)
        assert text == mask(text, Purpose.SCREEN)
        assert all(shown in (char, "＊") for char, shown in zip(said.text, text, strict=True))
        times = [at_s for piece in row.pieces for at_s in (piece.start_s, piece.end_s)]
        assert times == sorted(times) and row.start_s <= times[0]
    json.dumps(player_data(view))


@given(hearings())
def test_what_a_party_says_one_after_the_other_shows_no_number(hearing: Hearing) -> None:
    view = call_view(hearing, [])
    for party in Party:
        said = " ".join("".join(piece.text for piece in row.pieces) for row in view.rows if row.party is party)
        assert said == mask(said, Purpose.SCREEN)


@given(hearings())
def test_every_masked_character_is_covered_in_the_sound_and_only_stretches_around_them(hearing: Hearing) -> None:
    hidden = hidden_spans(hearing)
    chars = [
        (said.char_starts_s[place], said.char_ends_s[place])
        for row, said in zip(call_view(hearing, []).rows, hearing.turns, strict=True)
        for place, char in enumerate("".join(piece.text for piece in row.pieces))
        if char == "＊"
    ]
    for start_s, end_s in chars:
        assert any(
            one.start_s <= max(start_s - HIDDEN_MARGIN_S, 0) + 1e-6 and end_s + HIDDEN_MARGIN_S <= one.end_s + 1e-6
            for one in hidden
        )
    for one in hidden:
        assert any(one.start_s <= start_s and end_s <= one.end_s for start_s, end_s in chars)


@given(hearings())
def test_the_full_view_hides_nothing(hearing: Hearing) -> None:
    view = call_view(hearing, [], full=True)
    assert ["".join(piece.text for piece in row.pieces) for row in view.rows] == [one.text for one in hearing.turns]


def test_a_number_over_two_turns_is_covered_in_both() -> None:
    #  agent      |卡号六二|     |二八零|
    #  customer           |嗯|
    hearing = hearing_of(turn("A", 1.0, "卡号六二"), turn("C", 2.2, "嗯"), turn("A", 3.0, "二八零"))
    assert written(call_view(hearing, [])) == ["卡号＊＊", "嗯", "＊＊＊"]
    assert [(round(one.start_s, 2), round(one.end_s, 2)) for one in hidden_spans(hearing)] == [
        (1.35, 2.15),
        (2.85, 3.9),
    ]


def test_pieces_end_with_clauses_words_of_evidence_and_doubt() -> None:
    hearing = hearing_of(turn("A", 0.0, "您好，稳赚不赔的。"), turn("C", 3.0, "哦", conf=0.2))
    view = call_view(hearing, [finding(words(0.75, "稳赚不赔"))])
    assert written(view) == ["您好，|〈稳赚不赔〉|的。", "_哦_"]
    assert view.rows[0].pieces[1].finding_ids == ("f1",)


def test_evidence_marks_the_words_of_its_party_and_two_findings_may_share_them() -> None:
    hearing = hearing_of(turn("A", 0.0, "稳赚不赔"), turn("C", 0.0, "稳赚不赔"))
    found = [finding(words(0.0, "稳赚不赔")), finding(words(0.5, "不赔"), id="f2", severity=Severity.LOW)]
    first, other = call_view(hearing, found).rows
    assert [(piece.text, piece.finding_ids) for piece in first.pieces] == [("稳赚", ("f1",)), ("不赔", ("f1", "f2"))]
    assert other.party is Party.CUSTOMER and other.pieces[0].finding_ids == ()


def test_a_finding_without_words_marks_none_but_has_its_place() -> None:
    hearing = hearing_of(turn("A", 0.0, "您好"), duration_s=20)
    silent = Evidence(1.0, 19.0, Party.UNKNOWN, "", "静音18.0秒", "metric", 1.0)
    view = call_view(hearing, [finding(silent, severity=Severity.CRITICAL)])
    assert written(view) == ["您好"]
    (marker,) = view.markers
    assert (marker.no, marker.sign, marker.start_s, marker.end_s) == (1, "◆", 1.0, 19.0)


def test_the_picture_has_silences_of_three_seconds_overlaps_and_what_was_not_heard() -> None:
    #  agent     |0 … 2|              |8 … 10|
    #  customer      |1.5 … 4|  ?5-7?          (end 12.5)
    hearing = hearing_of(
        turn("A", 0.0, "您好您好", 2.0), turn("C", 1.5, "你好你好", 4.0), lost("C", 5.0, 7.0),
        turn("A", 8.0, "再见", 10.0), duration_s=13.5,
    )  # fmt: skip
    view = call_view(hearing, [])
    spans = {
        kind: [(one.start_s, one.end_s) for one in view.stretches if one.kind is kind]
        for kind in (StretchKind.SILENCE, StretchKind.OVERLAP, StretchKind.UNHEARD)
    }
    assert spans == {
        StretchKind.SILENCE: [(10.0, 13.5)],
        StretchKind.OVERLAP: [(1.5, 2.0)],
        StretchKind.UNHEARD: [(5.0, 7.0)],
    }
    assert written(view)[2] == "(no_text)" and view.rows[2].no is None


def test_nothing_but_masked_words_reaches_the_script() -> None:
    hearing = hearing_of(turn("C", 0.0, "我的卡号是6228480012345678"))
    data = json.dumps(player_data(call_view(hearing, [finding(words(0.0, "我的卡号是6228"))])), ensure_ascii=False)
    assert not re.search(r"\d{5}", data) and "卡号" not in data
