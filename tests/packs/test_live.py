"""The packs on 1000 calls that grow: at every step the answers of the batch, and nothing told that is taken back.

The calls are made of the packs' own examples, so that their words, guards and events meet in any order.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

import pytest

from inspector.model import EmotionSpan, Facts, Hearing, Party, SoundSpan, Turn, Unheard
from inspector.rules.live_class import LiveClass
from inspector.rules.notation import parse_call
from tests.builders import hearing_of, lost, shipped, shipped_plan, turn
from tests.growing import assert_nothing_is_taken_back, follow, random_blind, random_cuts, seeded

pytestmark = pytest.mark.slow

CALLS = 1000
PARTS = 10
LETTERS = {Party.AGENT: "A", Party.CUSTOMER: "C", Party.SYSTEM: "S", Party.UNKNOWN: "?"}


@cache
def _examples() -> tuple[Hearing, ...]:
    cases = (case.call for rule in shipped().rules for _, case in rule.examples.cases())
    return tuple(parse_call(call, "example")[1] for call in cases)


def _call(random: Random) -> Hearing:
    """A few examples one after the other, with pauses, talk at once, voices unknown, words lost, agitation."""
    said = [one for example in random.choices(_examples(), k=random.randint(1, 4)) for one in example.turns]
    at_s = random.uniform(0, 4)
    heard: list[Turn | Unheard] = []
    for one in said:
        at_s = max(0.0, at_s + random.choice((-1.0, 0.3, 0.6, 1.5, 4.2, 12.0)) + random.random())
        end_s = at_s + max(0.3, len(one.text) / random.choice((3.0, 4.0, 6.0)))
        letter = "?" if random.random() < 0.04 else LETTERS[one.party]
        conf = random.choice((1.0, 0.9, 0.9, 0.5))
        heard.append(lost(letter, at_s, end_s) if random.random() < 0.07 else turn(letter, at_s, one.text, end_s, conf))
        at_s = end_s
    shown = [EmotionSpan(t.party, t.start_s, t.end_s, "agitation", 0.9, ()) for t in heard if random.random() < 0.1]
    made = hearing_of(*heard, duration_s=at_s + random.choice((0, 2, 20)), ends_early=random.random() < 0.1)
    sound = SoundSpan(at_s + 0.5, at_s + 3)
    return replace(made, emotions=tuple(shown), sounds=(sound,) if random.random() < 0.2 else ())


def _facts(random: Random) -> Facts:
    return Facts(
        direction=random.choice((None, "inbound", "outbound")),
        product_type=random.choice((None, "理财", "存款", "保险")),
        product_rates=random.choice((None, "3.5")),
        customer_risk_level=random.choice((None, "C2")),
        hangup_by=random.choice((None, "customer", "agent")),
        transfer_to=random.choice((None, None, "8001")),
        ticket_no=random.choice((None, "无")),
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_live_and_batch_answer_alike(part: int) -> None:
    told = decided = 0
    for seed in range(part * CALLS // PARTS, (part + 1) * CALLS // PARTS):
        random = seeded(seed)
        heard = _call(random)
        cuts_s = random_cuts(random, heard, 2)
        followed = follow(shipped_plan(), heard, cuts_s, _facts(random), random_blind(random, cuts_s[-1]))
        assert_nothing_is_taken_back(followed)
        told, decided = told + len(followed.told), decided + len(followed.decided)
    assert told > CALLS / PARTS / 10 and decided > told


def test_the_packs_have_rules_of_every_live_class() -> None:
    assert {live.live_class for live in shipped().lives().values()} == {*LiveClass}
