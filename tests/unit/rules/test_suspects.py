"""Whom the sound check is asked about, and what its answer does to a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import Because, Hearing, Outcome, SoundCheck, from_json, to_json
from inspector.rules.plan import Plan
from inspector.rules.suspects import AFTER_CHARS, BEFORE_CHARS, suspects_of
from inspector.sound_check import Suspect
from tests.builders import hearing_of, judged, lost, outcome, plan_of, rule_of, shipped_plan, turn

PROMISE = rule_of(match={"phrases": ["保本"]}, unless=["negation", "question"])
BLIND = rule_of(match={"phrases": ["保本"]})  # fires at 不保本 too
PLAN = plan_of(PROMISE)


def suspects(text: str, plan: Plan = PLAN) -> tuple[Suspect, ...]:
    return suspects_of(hearing_of(turn("A", 1.0, text)), plan)


def checked(text: str, score: float, place: str = "保本") -> Hearing:
    """The agent says a text; the ears listened to a place of it once more."""
    said = turn("A", 1.0, text)
    first, last = text.index(place), text.index(place) + len(place) - 1
    check = SoundCheck("A", said.char_starts_s[first], said.char_ends_s[last], score)
    return replace(hearing_of(said), sound_checks=(check,))


def test_a_hit_is_listened_to_with_its_sentence() -> None:
    # 0123456789…   |这款理财保本|  at 1 s, four characters a second
    (suspect,) = suspects("这款理财保本")
    assert (suspect.speaker, suspect.heard) == ("A", "这款理财保本")
    assert (suspect.from_s, suspect.start_s, suspect.end_s, suspect.to_s) == (1.0, 2.0, 2.5, 2.5)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("这款理财保本", "这款理财不保本"),  # a syllable lost
        ("这款理财服饰保本", "这款理财不是保本"),  # two of them
        ("这款理财就保本", "这款理财不保本"),  # taken for another
        ("我们能承诺保本", "我们不能承诺保本"),  # away from the words
    ],
)
def test_what_may_have_been_said_is_among_the_denials(heard: str, said: str) -> None:
    (suspect,) = suspects(heard)
    assert said in suspect.denials


def test_a_denial_between_the_words_of_a_pattern() -> None:
    plan = plan_of(rule_of(match={"regex": ["理财[^不]{0,2}是存款"]}, unless=["negation"]))
    (suspect,) = suspects("理财就是存款", plan)
    assert "理财不是存款" in suspect.denials


def test_what_would_accuse_all_the_same_is_no_denial() -> None:
    (suspect,) = suspects("我可以说但是保本")
    assert all(outcome(PLAN, hearing_of(turn("A", 1.0, text))) is not Outcome.FIRES for text in suspect.denials)
    assert "我可以说但是不保本" in suspect.denials
    assert "我可以不说但是保本" not in suspect.denials  # 但是 ends the reach of a negation


@pytest.mark.parametrize("text", ["这款理财不保本", "是不是保本", "这款理财有风险"])
def test_who_is_not_accused_is_no_suspect(text: str) -> None:
    assert suspects(text) == ()


def test_a_doubt_that_is_there_already_needs_no_ears() -> None:
    critical = plan_of(rule_of(match={"phrases": ["保本"]}, unless=["negation"], severity="critical"))
    assert suspects_of(hearing_of(lost("A", 0.5, 1.0), turn("A", 1.0, "保本的")), critical) == ()


def test_hits_that_no_negation_cancels_are_not_listened_to() -> None:
    assert suspects("这款理财保本", plan_of(BLIND)) == ()


def test_customers_are_not_suspected_by_rules_about_agents() -> None:
    assert suspects_of(hearing_of(turn("C", 1.0, "这款理财保本")), PLAN) == ()


def test_a_pause_ends_the_sentence() -> None:
    # |好的|    2 s    |保本|
    hearing = hearing_of(turn("A", 1.0, "好的"), turn("A", 3.5, "保本"))
    (suspect,) = suspects_of(hearing, PLAN)
    assert suspect.heard == "保本"


def test_conditions_of_a_rule_are_listened_to() -> None:
    plan = plan_of(
        rule_of(
            match={},
            conditions={"甲": {"phrases": ["保本"], "unless": ["negation"]}, "乙": {"phrases": ["理财"]}},
            logic="甲 and 乙",
        )
    )
    assert [suspect.heard for suspect in suspects("这款理财保本", plan)] == ["这款理财保本"]


@given(st.text("保本不没我们的是有", min_size=1, max_size=40))
def test_suspects_hold_what_they_say(text: str) -> None:
    for suspect in suspects(text):
        assert suspect.heard in text
        assert "保本" in suspect.heard
        assert len(suspect.heard) <= BEFORE_CHARS + 2 + AFTER_CHARS
        assert len(set(suspect.denials)) == len(suspect.denials)
        assert suspect.heard not in suspect.denials


def test_a_denial_as_likely_leaves_a_doubt() -> None:
    (finding,) = judged(PLAN, checked("这款理财保本", 0.2)).findings
    assert (finding.outcome, finding.undetermined_because) == (Outcome.UNDETERMINED, Because.MAYBE_NEGATED)
    assert finding.evidence[0].sound_check == 0.2


def test_words_that_stand_the_check_fire() -> None:
    (finding,) = judged(PLAN, checked("这款理财保本", 0.9)).findings
    assert finding.outcome is Outcome.FIRES
    assert finding.evidence[0].sound_check == 0.9


def test_without_a_check_nothing_changes() -> None:
    (finding,) = judged(PLAN, hearing_of(turn("A", 1.0, "这款理财保本"))).findings
    assert finding.outcome is Outcome.FIRES
    assert finding.evidence[0].sound_check is None


def test_a_check_never_clears_another_place() -> None:
    (finding,) = judged(PLAN, checked("这款理财保本我跟您讲真的保本", 0.1)).findings
    assert finding.outcome is Outcome.FIRES
    assert [one.sound_check for one in finding.evidence] == [None]


def test_a_check_of_another_speaker_says_nothing() -> None:
    hearing = checked("这款理财保本", 0.1)
    other = tuple(replace(check, speaker="C") for check in hearing.sound_checks)
    assert outcome(PLAN, replace(hearing, sound_checks=other)) is Outcome.FIRES


def test_only_what_is_forbidden_is_doubted() -> None:
    plan = plan_of(rule_of("signal", {"phrases": ["保本"]}, unless=["negation"]))
    assert suspects("这款理财保本", plan) == ()
    assert outcome(plan, checked("这款理财保本", 0.1)) is Outcome.FIRES


def test_a_pattern_may_know_its_negation_itself() -> None:
    plan = plan_of(rule_of(match={"regex": ["(^|[^不])必须购买"]}))
    (suspect,) = suspects("您必须购买", plan)
    assert "您不必须购买" in suspect.denials


def test_hearings_stored_before_there_were_checks_load() -> None:
    hearing = hearing_of(turn("A", 1.0, "这款理财保本"))
    assert from_json(Hearing, to_json(hearing).replace(',"sound_checks":[]', "")) == hearing
    kept = checked("这款理财保本", 0.2)
    assert from_json(Hearing, to_json(kept)) == kept


def test_the_packs_that_ship_suspect_promises() -> None:
    heard = hearing_of(turn("A", 1.0, "这款理财产品保本保息您放心"))
    assert any("不保本保息" in denial for suspect in suspects_of(heard, shipped_plan()) for denial in suspect.denials)


@pytest.mark.parametrize("times", [(1.0, 2.0, 2.0, 3.0), (1.5, 1.0, 2.0, 3.0), (0.0, 1.0, 4.0, 3.0)])
def test_impossible_suspects_are_refused(times: tuple[float, ...]) -> None:
    from_s, start_s, end_s, to_s = times
    with pytest.raises(ValueError, match="must lie in"):
        Suspect("A", start_s, end_s, from_s, to_s, "保本", ("不保本",))


def test_impossible_checks_are_refused() -> None:
    with pytest.raises(ValueError, match="no sound check"):
        SoundCheck("A", 1.0, 2.0, 1.1)
