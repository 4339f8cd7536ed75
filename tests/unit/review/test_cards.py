"""Score cards: what is wrong in a file is named, and what answers add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import Outcome
from inspector.errors import ConfigError
from inspector.model import Facts
from inspector.review.cards.choice import card_for
from inspector.review.cards.load import load_cards, unknown_rules
from inspector.review.cards.records import Card, Given, SectionKind, Signature, Tick
from inspector.review.cards.scoring import follow, prefill, refuse_wrong, score

CARDS = {card.id: card for card in load_cards(None)}
INBOUND = CARDS["inbound"]
ALL_MET: dict[str, Given] = {item.id: Tick.MET for item in INBOUND.items}
SIGNED = {office: Signature("li", date(2025, 1, 1)) for office in ("risk", "compliance", "business")}


@st.composite
def answered(draw: st.DrawFn) -> dict[str, Given]:
    """Every item of the inbound card answered somehow; nothing fatal missed."""
    fatal = {item.id for item in INBOUND.fatal}
    counted = {i.id for s in INBOUND.sections if s.kind is SectionKind.DEDUCTING for i in s.items}
    given: dict[str, Given] = {}
    for item in INBOUND.items:
        ticks: st.SearchStrategy[Given] = st.sampled_from([Tick.MET] if item.id in fatal else list(Tick))
        given[item.id] = draw(ticks | st.integers(0, 5) if item.id in counted else ticks)
    return given


def total(answers: Mapping[str, Given], card: Card = INBOUND) -> float:
    found = score(card, answers).total
    return -1.0 if found is None else found


@given(answered(), st.sampled_from([item.id for item in INBOUND.items if item not in INBOUND.bonus]))
def test_invariants(answers: dict[str, Given], one: str) -> None:
    refuse_wrong(INBOUND, answers)
    assert 0 <= total(answers) <= 100  # the inbound card deducts, so that something always applies
    if one not in {item.id for item in INBOUND.fatal}:
        assert total({**answers, one: Tick.NOT_APPLICABLE}) >= total({**answers, one: Tick.MISSED})
    turned = replace(
        INBOUND, sections=tuple(replace(s, items=s.items[::-1]) for s in reversed(INBOUND.sections))
    )
    assert score(turned, answers) == score(INBOUND, answers)
    assert score(INBOUND, {**answers, INBOUND.fatal[0].id: Tick.MISSED}).total == 0


def test_by_hand() -> None:
    """规范 10 of 20, 隐私 30 of 30 (one does not apply), 态度 30 - 2 x 10, 业务 20 of 20: 70 of 100."""
    answers = {
        **ALL_MET,
        "greeting": Tick.MISSED,
        "own_data": Tick.NOT_APPLICABLE,
        "buck_passing": 2,
        "praise": Tick.MISSED,
    }
    assert total(answers) == 70.0
    assert total({**answers, "praise": Tick.MET}) == 73.0
    assert total({**answers, "buck_passing": 9}) == 60.0
    without = {"verification": Tick.NOT_APPLICABLE, "own_data": Tick.NOT_APPLICABLE}
    assert total({**answers, **without}) == 57.1  # 40 of 70
    assert total(ALL_MET) == 100.0


def test_where_nothing_applies_there_is_no_total() -> None:
    card = replace(INBOUND, sections=(replace(INBOUND.sections[0], points=100, cap=100),), fatal=(), bonus=())
    assert score(card, dict.fromkeys(("greeting", "closing"), Tick.NOT_APPLICABLE)).total is None


def test_the_machine_answers_what_it_can_tell() -> None:
    outcomes = {
        "missing.opening_greeting": Outcome.FIRES,
        "missing.closing": Outcome.SILENT,
        "privacy.full_number_readback": Outcome.NOT_APPLICABLE,
        "banned.rude_wording": Outcome.UNDETERMINED,
    }
    expected = {"greeting": Tick.MISSED, "closing": Tick.MET, "own_data": Tick.NOT_APPLICABLE}
    assert prefill(INBOUND, outcomes) == expected


@pytest.mark.parametrize(
    ("outcomes", "tick"),
    [
        ({"a": Outcome.SILENT, "b": Outcome.SILENT}, Tick.MET),
        ({"a": Outcome.SILENT}, None),  # b did not answer: a person must
        ({"a": Outcome.FIRES}, Tick.MISSED),
        ({"a": Outcome.SILENT, "b": Outcome.NOT_APPLICABLE}, Tick.MET),
        ({}, None),
    ],
)
def test_an_item_of_two_rules_needs_both(outcomes: dict[str, Outcome], tick: Tick | None) -> None:
    first, *others = INBOUND.sections
    item = replace(first.items[0], rules=("a", "b"))
    card = replace(INBOUND, sections=(replace(first, items=(item, *first.items[1:])), *others))
    assert prefill(card, outcomes).get(item.id) is tick


def test_answers_are_borne_by_decisions() -> None:
    answers = {**ALL_MET, "secret": Tick.MISSED, "rude": 2, "greeting": Tick.NOT_APPLICABLE, "answer": Tick.MISSED}
    alone = follow(INBOUND, answers, ())
    assert (alone["secret"], alone["rude"], alone["greeting"]) == (Tick.MET, Tick.MET, Tick.NOT_APPLICABLE)
    assert alone["answer"] is Tick.MISSED  # no rule, so nobody can decide otherwise
    borne = follow(INBOUND, answers, {"banned.rude_wording", "missing.closing"})
    assert (borne["rude"], borne["closing"]) == (2, Tick.MISSED)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"nothing": Tick.MET}, "no items"),
        ({"greeting": 2}, "counted"),
        ({"rude": -1}, "counted"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers: dict[str, Given], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        refuse_wrong(INBOUND, {**ALL_MET, **answers})
    with pytest.raises(ValueError, match="without an answer: greeting"):
        refuse_wrong(INBOUND, {key: tick for key, tick in ALL_MET.items() if key != "greeting"})


def test_the_card_of_the_day() -> None:
    old = replace(INBOUND, signatures=SIGNED)
    new = replace(old, version=2, effective_from=date(2025, 3, 1), sections=old.sections[::-1])
    other = replace(old, id="any", when=())
    facts = Facts(start="2025-02-28T23:30:00+08:00", direction="inbound")
    assert card_for([new, other, old], facts) == old
    assert card_for([new, old], replace(facts, start="2025-03-01T00:00:00+08:00")) == new
    assert card_for([new, other, old], replace(facts, direction="outbound")) == other
    assert card_for([old], replace(facts, start=None)) is None
    assert (card_for([INBOUND], facts), card_for([INBOUND], facts, drafts=True)) == (None, INBOUND)


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({}, "inbound"),
        ({"product_type": "fund"}, "sales"),
        ({"channel": "video"}, "video"),
        ({"product_type": "fund", "channel": "video"}, "sales"),
        ({"queue": "collection"}, "collection"),
    ],
)
def test_a_call_that_came_in_gets_the_narrowest_card_that_fits(known: dict[str, str], line: str) -> None:
    facts = Facts(start="2026-02-28T12:00:00+08:00", direction="inbound", **known)
    found = card_for(tuple(CARDS.values()), facts, drafts=True)
    assert found is not None
    assert found.id == line


def shipped(name: str = "inbound") -> str:
    return (Path(load_cards.__code__.co_filename).parent / "data" / f"{name}.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points = 20\n", "points = 21\n", "sum up to 100"),
        ('id = "closing"', 'id = "greeting"', "twice: greeting"),
        ("cap = 30", "cap = 31", r"section\[3\].*cap"),
        ('line = "inbound"', 'line = "fax"', "line fax"),
        ('"direction=inbound"', '"directoin=inbound"', "directoin"),
        ("version = 1", 'version = "1"', "whole number"),
        ('rules = ["banned.ask_secret"]', "", "fatal items name their rules: secret"),
        ('title = "推诿"', 'titel = "推诿"', r"item\[2\].*titel"),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "card.toml").write_text(shipped().replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError, match=f"card.toml.*{message}"):
        load_cards(tmp_path)


def test_versions_that_overlap_and_signatures(tmp_path: Path) -> None:
    signed = shipped() + "".join(
        f'[signatures.{office}]\nname = "li"\ndate = 2025-01-01\n' for office in ("risk", "compliance", "business")
    )
    (tmp_path / "one.toml").write_text(signed, "utf-8")
    assert [card.is_draft for card in load_cards(tmp_path)] == [False]
    (tmp_path / "two.toml").write_text(shipped().replace("version = 1", "version = 2"), "utf-8")
    with pytest.raises(ConfigError, match="overlap"):
        load_cards(tmp_path)


def test_rules_that_do_not_exist() -> None:
    known = {rule for card in CARDS.values() for item in card.items for rule in item.rules} - {"banned.ask_secret"}
    assert {card.id for card, _, _ in unknown_rules(tuple(CARDS.values()), known)} == {"inbound", "video"}
