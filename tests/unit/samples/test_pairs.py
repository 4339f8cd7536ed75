"""Negation pairs: the product's own rules say which wording is lawful; noise and voices are as told."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from inspector.config import default_packs_dir
from inspector.model import Outcome
from inspector.rules.judge import answer
from inspector.rules.load import load_plan
from inspector.rules.notation import parse_call
from inspector.rules.plan import Plan
from inspector.rules.view import CallView
from scripts.samples.pairs import SNRS_DB, both, negation_calls, sentences
from scripts.samples.random_calls import VOICES_SETS, blends
from scripts.samples.script import CallScript, Pair, Utterance

LEAST_SENTENCES = 110


@cache
def plan() -> Plan:
    return load_plan(default_packs_dir())


@cache
def calls(voices_set: str) -> list[CallScript]:
    """Each sentence once: lawful at three noise levels, forbidden at one."""
    return negation_calls(LEAST_SENTENCES, 7, voices_set)


def pair_of(call: CallScript) -> Pair:
    assert call.pair
    return call.pair


def said(call: CallScript) -> list[tuple[str, str]]:
    return [(event.speaker, event.text) for event in call.events if isinstance(event, Utterance)]


def outcome(call: CallScript) -> Outcome:
    """What the rule of the pair says of the call when every word of it was heard."""
    lines = [f"0:{5 * n:02d}-0:{5 * n + 4:02d} {who[0].upper()} {text}" for n, (who, text) in enumerate(said(call))]
    heard = parse_call("\n".join(lines), call.id)
    return answer(plan().rules[pair_of(call).rule], CallView(*heard, plan())).outcome


@pytest.mark.parametrize("voices_set", VOICES_SETS)
class TestSet:
    def test_has_sentences_enough_of_many_rules(self, voices_set):
        pairs = sentences(voices_set)
        assert len(pairs) >= LEAST_SENTENCES and len({pair.rule for pair in pairs}) >= 8
        assert len({pair.lawful for pair in pairs} | {pair.forbidden for pair in pairs}) == 2 * len(pairs)

    def test_every_forbidden_wording_fires_and_no_lawful_one_does(self, voices_set):
        once = [call for call in calls(voices_set) if not pair_of(call).lawful or pair_of(call).snr_db == SNRS_DB[0]]
        wrong = [call.id for call in once if (outcome(call) is Outcome.FIRES) == pair_of(call).lawful]
        assert len(once) == 2 * LEAST_SENTENCES and not wrong

    def test_a_pair_differs_by_the_one_sentence_only(self, voices_set):
        for call, twin in pairwise(calls(voices_set)):
            if not pair_of(twin).lawful:
                changed = [one != other for one, other in zip(said(call), said(twin), strict=True)]
                assert changed == [False] * (len(changed) - 2) + [True, False]
                assert call.voices == twin.voices and call.seed == twin.seed and call.never == twin.fires

    def test_the_same_speech_at_every_noise_level(self, voices_set):
        lawful = [call for call in calls(voices_set) if pair_of(call).lawful]
        for first, *others in zip(*[iter(lawful)] * len(SNRS_DB), strict=True):
            assert all((one.events, one.voices, one.seed) == (first.events, first.voices, first.seed) for one in others)
            snrs_db = [call.voices["agent"].level_dbfs - call.line.noise_dbfs for call in (first, *others)]
            assert snrs_db == pytest.approx(SNRS_DB) and "clean" in first.tags

    def test_speaks_with_voices_of_its_own(self, voices_set):
        own = {recipe for sex in "fm" for recipe in blends(voices_set, sex)}
        recipes = {voice.recipe for call in calls(voices_set) for voice in call.voices.values()}
        assert len(recipes) >= 6 and recipes <= own


def test_a_sentence_said_again_has_another_voice() -> None:
    again = [call for call in negation_calls(LEAST_SENTENCES + 20, 7, "scoring") if pair_of(call).lawful]
    by_sentence: dict[str, set[str]] = {}
    for call in again:
        by_sentence.setdefault(pair_of(call).id, set()).add(call.voices["agent"].recipe)
    assert sum(len(voices) == 2 for voices in by_sentence.values()) == 20
    assert len({call.id for call in again}) == len(again)


def test_the_sets_share_no_sentence() -> None:
    tuning, scoring = (
        {wording for pair in sentences(name) for wording in (pair.lawful, pair.forbidden)} for name in VOICES_SETS
    )
    assert not tuning & scoring


def test_brackets_hold_the_lawful_wording_and_perhaps_the_forbidden_one() -> None:
    assert both("这款[不]保本，[不一定|一定]赚。") == ("这款不保本，不一定赚。", "这款保本，一定赚。")
