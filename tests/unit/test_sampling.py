"""The random sample: nobody steers it, nobody drops out of it, anybody can repeat it."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import call_id_of
from inspector.sampling.draw import (
    EVERY_CALL,
    Draw,
    Order,
    Stratum,
    allot,
    choose,
    draw,
    manifest_digest,
    rate_of,
    sample_size,
    seed_of,
)
from inspector.sampling.draw_file import DrawFile, digest_of, read_draw, write_draw
from inspector.sampling.verify import faults

DAY = date(2025, 3, 1)
SECRET = b"s" * 32
ids = st.sets(st.integers(0, 10_000), min_size=1, max_size=80).map(lambda numbers: [call_id(no) for no in numbers])
rates = st.decimals(min_value="0.001", max_value="1", places=3)


def call_id(no: int) -> str:
    return call_id_of("manifest", f"C-{no}")


def calls(count: int) -> dict[str, str]:
    return {call_id(no): f"C-{no}" for no in range(count)}


def drawn(count: int = 40, rate: str = "0.1", part: int = 1) -> Draw:
    return draw(Order(DAY, part, Decimal(rate)), {EVERY_CALL: calls(count)}, SECRET, "0.1.0")


# ---- what is promised, written down a second time --------------------------------------------------------------------


def test_the_draw_is_the_one_that_is_written_down() -> None:
    """By hand, from the text of the decision: whoever writes a verifier of his own gets the same."""
    listed = sorted(calls(40))
    digest = hashlib.sha256("".join(one + "\n" for one in listed).encode()).digest()
    seed = hmac.new(SECRET, b"2025-03-01\x00" + digest, hashlib.sha256).digest()
    by_hash = sorted(listed, key=lambda one: hmac.new(seed, one.encode(), hashlib.sha256).digest())
    made = drawn()
    assert (made.manifest_sha256, made.seed) == (digest.hex(), seed.hex())
    assert made.call_ids == tuple(listed)
    assert [item.call_id for item in made.items] == by_hash[:4]
    assert [item.place for item in made.items] == [1, 2, 3, 4]
    assert all(calls(40)[item.call_id] == item.source_call_id for item in made.items)
    assert made.strata == (Stratum("all", 40, 4),)
    assert made.secret_sha256 == hashlib.sha256(SECRET).hexdigest()


@pytest.mark.parametrize(
    ("rate", "listed", "size"),
    [
        ("0.05", 20, 1),
        ("0.05", 21, 2),
        ("0.05", 1, 1),
        ("0.07", 100, 7),  # in binary fractions 0.07 × 100 is above 7
        ("0.1", 30, 3),
        ("1", 7, 7),
        ("0.000000001", 5, 1),
    ],
)
def test_the_size_is_exact(rate: str, listed: int, size: int) -> None:
    assert sample_size(Decimal(rate), listed) == size


@given(ids, rates)
def test_the_size_is_the_smallest_that_reaches_the_rate(listed: list[str], rate: Decimal) -> None:
    size = len(draw(Order(DAY, 1, rate), {EVERY_CALL: dict.fromkeys(listed, "x")}, SECRET, "").items)
    assert size - 1 < rate * len(listed) <= size <= len(listed)


@given(ids, st.randoms())
def test_neither_order_nor_repeats_matter(listed: list[str], random: Any) -> None:
    shuffled = listed + listed[: len(listed) // 2]
    random.shuffle(shuffled)
    assert manifest_digest(shuffled) == manifest_digest(listed)
    assert choose(SECRET, shuffled, 5) == choose(SECRET, listed, 5)


@given(ids)
def test_nobody_is_dropped(listed: list[str]) -> None:
    """Every call listed is in the manifest and has a place: with a rate of 1 everybody is drawn."""
    made = draw(Order(DAY, 1, Decimal(1)), {EVERY_CALL: dict.fromkeys(listed, "x")}, SECRET, "")
    assert {item.call_id for item in made.items} == set(made.call_ids) == set(listed)


@given(ids, st.integers(0, 100), st.integers(0, 100))
def test_a_larger_sample_holds_the_smaller_one(listed: list[str], some: int, more: int) -> None:
    few, many = sorted((min(some, len(listed)), min(more, len(listed))))
    assert choose(SECRET, listed, few) == choose(SECRET, listed, many)[:few]


def test_everybody_is_drawn_equally_often() -> None:
    """2000 seeds, 5 of 50 calls each: chi-square with 49 degrees of freedom, above 100 once in 40 000 draws of fate."""
    listed = sorted(calls(50))
    counts = Counter(one for no in range(2000) for one in choose(no.to_bytes(8, "big"), listed, 5))
    expected = 2000 * 5 / 50
    assert sum((counts[one] - expected) ** 2 / expected for one in listed) < 100


def test_another_day_another_manifest_and_another_secret_draw_others() -> None:
    digest = manifest_digest(calls(5))
    seeds = {
        seed_of(SECRET, DAY, digest),
        seed_of(SECRET, date(2025, 3, 2), digest),
        seed_of(SECRET, DAY, manifest_digest(calls(6))),
        seed_of(b"t" * 32, DAY, digest),
    }
    assert len(seeds) == 4


# ---- strata ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "listed", "shares"),
    [
        (4, {"a": 40}, {"a": 4}),
        (5, {"a": 50, "b": 30, "c": 20}, {"a": 3, "b": 1, "c": 1}),  # 2.5, 1.5, 1.0: the first of the equals
        (3, {"b": 1, "a": 1, "c": 1, "d": 1}, {"a": 1, "b": 1, "c": 1, "d": 0}),
        (0, {"a": 3}, {"a": 0}),
    ],
)
def test_the_sample_is_shared_by_largest_remainder(size: int, listed: dict[str, int], shares: dict[str, int]) -> None:
    assert allot(size, listed) == shares


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 500), min_size=1), st.floats(0, 1))
def test_shares_add_up_and_fit(listed: dict[str, int], part: float) -> None:
    total = sum(listed.values())
    size = math.floor(part * total)
    shares = allot(size, listed)
    assert sum(shares.values()) == size
    assert all(0 <= shares[name] <= count for name, count in listed.items())
    assert all(abs(shares[name] - size * count / max(total, 1)) < 1 for name, count in listed.items())


def test_more_than_there_are_cannot_be_shared() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        allot(2, {"a": 1})


def test_every_stratum_is_drawn_from_on_its_own() -> None:
    both = calls(60)
    early = dict(list(both.items())[:20])
    late = {one: both[one] for one in both.keys() - early.keys()}
    made = draw(Order(DAY, 1, Decimal("0.1")), {"early": early, "late": late}, SECRET, "")
    assert made.strata == (Stratum("early", 20, 2), Stratum("late", 40, 4))
    assert made.call_ids == tuple(sorted(both))
    for name, listed in (("early", early), ("late", late)):
        items = [item for item in made.items if item.stratum == name]
        assert [item.call_id for item in items] == list(choose(bytes.fromhex(made.seed), listed, len(items)))


# ---- what cannot be drawn --------------------------------------------------------------------------------------------


def test_no_calls_calls_in_two_strata_and_other_ids_are_refused() -> None:
    order = Order(DAY, 1, Decimal("0.1"))
    wrong: list[dict[str, dict[str, str]]] = [{}, {"a": {}}, {"a": calls(2), "b": calls(1)}, {"a": {"no id": "1"}}]
    for strata in wrong:
        with pytest.raises(ValueError):
            draw(order, strata, SECRET, "")


@pytest.mark.parametrize(("part", "rate"), [(0, "0.1"), (1, "0"), (1, "1.01"), (1, "-0.1")])
def test_impossible_orders_are_refused(part: int, rate: str) -> None:
    with pytest.raises(ValueError, match="impossible"):
        Order(DAY, part, Decimal(rate))


@pytest.mark.parametrize("text", ["0", "0.0", "1.1", "-0.1", "5%", "nan", "1e-3", "", "0.1234567891", "1/20", "０.１"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="decimal number above 0"):
        rate_of(text)


@pytest.mark.parametrize("text", ["0.05", "1", "1.0", "0.000000001"])
def test_what_is_a_rate(text: str) -> None:
    assert rate_of(text) == Decimal(text)


# ---- the file --------------------------------------------------------------------------------------------------------


def file_of(made: Draw) -> DrawFile:
    return DrawFile(made, "2025-03-02T00:00:00+00:00", digest_of(made))


def test_what_is_written_is_read() -> None:
    made = drawn()
    assert read_draw(write_draw(made, "2025-03-02T00:00:00+00:00")) == file_of(made)
    small = drawn(rate="0.000000100")
    assert read_draw(write_draw(small, "")).draw == small


def test_the_time_of_writing_is_no_part_of_the_digest() -> None:
    texts = [write_draw(drawn(), made_at) for made_at in ("a", "b")]
    assert texts[0] != texts[1]
    assert read_draw(texts[0]).digest == read_draw(texts[1]).digest


def test_a_sound_draw_has_no_faults() -> None:
    for secret in (None, SECRET):
        assert faults(file_of(drawn()), secret) == ()
        assert faults(file_of(drawn(1, "0.01", 3)), secret) == ()


def other_item(made: Draw) -> Draw:
    taken = {item.call_id for item in made.items}
    stranger = next(one for one in made.call_ids if one not in taken)
    return replace(made, items=(replace(made.items[0], call_id=stranger), *made.items[1:]))


FORGERIES: dict[str, tuple[Callable[[Draw], Draw], set[str]]] = {
    "one call swapped": (other_item, {"not_drawn", "left_out"}),
    "one call left out": (lambda made: replace(made, items=made.items[1:]), {"size", "left_out"}),
    "one call twice": (lambda made: replace(made, items=(*made.items, made.items[0])), {"size", "places"}),
    "places swapped": (lambda made: replace(made, items=made.items[::-1]), {"places"}),
    "stratum renamed": (
        lambda made: replace(made, items=tuple(replace(item, stratum="vip") for item in made.items)),
        {"places"},
    ),
    "not sorted": (lambda made: replace(made, call_ids=made.call_ids[::-1]), {"order"}),
    "listed twice": (lambda made: replace(made, call_ids=(made.call_ids[0], *made.call_ids)), {"order"}),
    "not listed": (lambda made: replace(made, call_ids=made.call_ids[1:]), {"manifest", "strata", "seed"}),
    "empty list": (lambda made: replace(made, call_ids=()), {"call_ids", "strata", "size"}),
    "no ids": (lambda made: replace(made, call_ids=("一",) * 40), {"call_ids"}),
    "other rate": (lambda made: replace(made, rate=Decimal("0.2")), {"strata", "size", "left_out"}),
    "other counts": (lambda made: replace(made, strata=(Stratum("all", 41, 4),)), {"strata"}),
    "other day": (lambda made: replace(made, business_date=date(2025, 3, 2)), {"seed"}),
    "other seed": (lambda made: replace(made, seed="00" * 32), {"seed", "not_drawn", "left_out"}),
    "no seed": (lambda made: replace(made, seed="?"), {"seed"}),
    "other secret": (lambda made: replace(made, secret_sha256="00" * 32), {"secret"}),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_draw_with_a_fresh_digest_is_found(name: str) -> None:
    forge, expected = FORGERIES[name]
    found = {fault.kind for fault in faults(file_of(forge(drawn())), SECRET)}
    assert expected <= found
    assert "digest" not in found


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_draw_with_the_old_digest_is_found_without_the_secret(name: str) -> None:
    made = drawn()
    forged = replace(file_of(made), draw=FORGERIES[name][0](made))
    assert "digest" in {fault.kind for fault in faults(forged, None)}


def test_the_faults_name_the_calls() -> None:
    made = drawn()
    forged = other_item(made)
    named = {fault.said or fault.found for fault in faults(file_of(forged), SECRET)}
    assert named == {forged.items[0].call_id, made.items[0].call_id}


TEXT = write_draw(drawn(), "2025-03-02T00:00:00+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        b"\xff\xfe",
        "[]",
        "null",
        "{}",
        '{"schema": "inspector.inspection/1"}',
        "[" * 200_000,
        TEXT.replace('"seed"', '"sead"'),
        TEXT.replace('"part": 1', '"part": "1"'),
        TEXT.replace('"part": 1', '"part": true'),
        TEXT.replace('"part": 1', f'"part": {10**30}'),
        TEXT.replace('"part": 1', '"part": -1'),
        TEXT.replace('"rate": "0.1"', '"rate": 0.1'),
        TEXT.replace('"rate": "0.1"', '"rate": "1e-999999999"'),
        TEXT.replace('"2025-03-01"', '"20250301"'),
        TEXT.replace('"2025-03-01"', '"2025-02-30"'),
        TEXT.replace('"place": 1\n', '"place": 1, "why": "vip"\n'),
        TEXT.replace('"call_ids": [', '"call_ids": [1,'),
        TEXT.replace('"strata": [', '"strata": [[],'),
    ],
)
def test_what_is_no_draw(text: str | bytes) -> None:
    assert text != TEXT
    with pytest.raises(ValueError) as caught:
        read_draw(text)
    assert str(caught.value)
