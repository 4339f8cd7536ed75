"""Strata: a name for any values, shares that are exact, and none so small that its calls could never be drawn."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from inspector.config import SamplingSettings
from inspector.facts import Facts
from inspector.model import call_id_of
from inspector.sampling.draw import ALL_CALLS, Limit, Order, Terms, choose, divide, draw, sample_size
from inspector.sampling.strata import EVERY_CALL, REST, Listed, label_of, merged, strata_of, stratum_of

BY = ("channel", "team")
values = st.none() | st.text(max_size=80)
sizes = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(1, 300), min_size=1, max_size=60)
rates = st.decimals(min_value="0.001", max_value="1", places=3)


def call_id(no: int) -> str:
    return call_id_of("manifest", f"C-{no}")


# ---- names -----------------------------------------------------------------------------------------------------------


@given(values, values, values, values)
def test_calls_are_in_one_stratum_exactly_when_their_values_are_equal(
    channel: str | None, team: str | None, other_channel: str | None, other_team: str | None
) -> None:
    one, other = Facts(channel=channel, team=team), Facts(channel=other_channel, team=other_team)
    assert (stratum_of(one, BY) == stratum_of(other, BY)) is ((channel, team) == (other_channel, other_team))


@given(values, values)
def test_a_name_can_be_printed_kept_and_read(channel: str | None, team: str | None) -> None:
    name = stratum_of(Facts(channel=channel, team=team), BY)
    assert name.isprintable()
    assert label_of(name).isprintable()
    if len(channel or "") <= 60 and len(team or "") <= 60:
        assert json.loads(name) == [channel, team]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (None, "– · –"),
        ("=HYPERLINK(1)", "=HYPERLINK(1) · –"),
        ("a\nb", "a\\nb · –"),
        ("a\0b", "a\\u0000b · –"),
        ("\x1b[2J", "\\u001b[2J · –"),
        ("\u202egnp", "\\u202egnp · –"),
        ("–", "– · –"),
    ],
)
def test_hostile_values_are_shown_harmless(value: str | None, label: str) -> None:
    assert label_of(stratum_of(Facts(channel=value), BY)) == label


def test_what_is_not_known_is_no_value_that_somebody_wrote() -> None:
    names = {stratum_of(Facts(channel=value), BY) for value in (None, "–", "", "null", '",null]')}
    assert len(names) == 5


def test_long_values_make_short_names_that_differ() -> None:
    names = {stratum_of(Facts(channel="x" * 10_000 + end), BY) for end in "ab"}
    assert len(names) == 2
    assert max(map(len, names)) < 100


def test_fields_of_the_banks_own_and_no_fields() -> None:
    facts = Facts(custom={"region": "华东"}, mystery=True)
    assert stratum_of(facts, ("custom.region", "custom.none", "mystery")) == '["华东",null,true]'
    assert stratum_of(facts, ()) == EVERY_CALL
    assert [label_of(name) for name in (EVERY_CALL, REST, "[", "3")] == [EVERY_CALL, REST, "[", "3"]
    listed = [Listed("a", "1", facts), Listed("b", "2"), Listed("c", "3", facts)]
    assert strata_of(listed, ("mystery",)) == {"[true]": {"a": "1", "c": "3"}, "[null]": {"b": "2"}}


@pytest.mark.parametrize("names", [("colour",), ("team", "team"), ("custom.",), ("custom",), ("hold_spans",)])
def test_settings_that_name_no_field(names: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="no fields of a manifest"):
        SamplingSettings(strata=names)  # type: ignore[call-arg]


# ---- shares ----------------------------------------------------------------------------------------------------------


@given(sizes, rates)
def test_every_stratum_is_drawn_from_and_the_sum_is_exact(listed: dict[str, int], rate: Decimal) -> None:
    """Of largest remainder: each share is off by less than a call, and none of them is nothing."""
    numbers = iter(range(10**6))
    strata = {name: [str(next(numbers)) for _ in range(count)] for name, count in listed.items()}
    total = sum(listed.values())
    size = sample_size(rate, total)
    divided = divide(rate, Terms(), strata)
    assert sum(drawn for drawn, _ in divided.values()) == size == math.ceil(Fraction(rate) * total)
    assert sorted(one for _, calls in divided.values() for one in calls) == sorted(chain(*strata.values()))
    for drawn, calls in divided.values():
        assert 1 <= drawn <= len(calls)
        assert abs(drawn - Fraction(size * len(calls), total)) < 1


@given(sizes, st.integers(1, 100))
def test_only_strata_below_a_call_are_put_together_and_as_few_as_can_be(listed: dict[str, int], size: int) -> None:
    total = sum(listed.values())
    size = min(size, total)
    names = merged(size, listed)
    rest = [name for name, drawn_as in names.items() if drawn_as == REST]
    small = {name for name, count in listed.items() if size * count < total}
    assert small <= set(rest)
    assert all(drawn_as in (name, REST) for name, drawn_as in names.items())
    more = sorted((listed[name], name) for name in set(rest) - small)
    if more:  # without the last that joined there was less than a call
        held = sum(listed[name] for name in rest) - more[-1][0]
        assert size * held < total
    assert bool(rest) is bool(small)
    assert len(set(names.values())) <= size


@pytest.mark.parametrize(
    ("size", "listed", "names"),
    [
        (2, {"a": 40}, {"a": "a"}),
        (1, {"a": 1}, {"a": "a"}),
        (5, {"a": 99, "b": 1}, {"a": REST, "b": REST}),
        (5, {"a": 60, "b": 38, "c": 1, "d": 1}, {"a": "a", "b": REST, "c": REST, "d": REST}),
        (5, {"a": 60, "b": 20, "c": 10, "d": 10}, {"a": "a", "b": "b", "c": REST, "d": REST}),
    ],
)
def test_a_stratum_of_one_call_lies_in_the_rest(size: int, listed: dict[str, int], names: dict[str, str]) -> None:
    assert merged(size, listed) == names


def test_ten_thousand_strata_of_a_few_calls_make_one() -> None:
    strata = {f"{no:05}": [f"{no}-{one}" for one in range(3)] for no in range(10_000)}
    assert {name: (drawn, len(calls)) for name, (drawn, calls) in divide(Decimal("0.05"), Terms(), strata).items()} == {
        REST: (1500, 30_000)
    }


def test_limits_are_per_stratum_and_name_all_that_is_drawn() -> None:
    terms = Terms(limits=(Limit("a", 2), Limit("b", 9)))
    divided = divide(Decimal(1), terms, {"c": ["1"], "b": ["2", "3"], "a": ["4", "5", "6"]})
    assert {name: (drawn, len(calls)) for name, (drawn, calls) in divided.items()} == {
        "a": (2, 3), "b": (2, 2), "c": (0, 1),
    }  # fmt: skip


# ---- everybody equally often -----------------------------------------------------------------------------------------

CRITICAL = 148.23
"""Chi-square with 99 degrees of freedom exceeds it once in 1000 times. The seeds are fixed: no test gambles."""


@pytest.mark.parametrize("seed", [b"a", b"b", b"c"])
def test_of_a_hundred_thousand_ids_no_hundredth_is_favoured(seed: bytes) -> None:
    """5 % of 100,000 by one seed: 50 of each hundredth of the ids in the order of their calls, and of their own order.

    The variance of such a draw without replacement is 5 % smaller than that of chi-square: the limit is not too strict.
    """
    ids = [call_id(no) for no in range(100_000)]
    for of_hundredth in (ids, sorted(ids)):
        group = {one: no // 1000 for no, one in enumerate(of_hundredth)}
        counts = Counter(group[one] for one in choose(seed, ids, 5_000))
        assert sum((counts[no] - 50) ** 2 / 50 for no in range(100)) < CRITICAL


def test_in_a_stratum_and_in_the_rest_everybody_is_drawn_equally_often() -> None:
    """2000 months' secrets; strata of 30, 20, 6 and 4 calls at 10 %: 3, 2, and 1 of the ten that lie in the rest.

    Chi-square with 29, 19 and 9 degrees of freedom exceeds these limits once in 1000 times; the secrets are fixed.
    """
    numbers = iter(range(60))
    strata = {f"[{size}]": {call_id(next(numbers)): "x" for _ in range(size)} for size in (30, 20, 6, 4)}
    order = Order(date(2025, 3, 1), 1, Decimal("0.1"), Terms(by=("team",)))
    counts: Counter[tuple[str, str]] = Counter()
    for no in range(2000):
        made = draw(order, strata, no.to_bytes(32, "big"), "")
        counts.update((item.stratum, item.call_id) for item in made.items)
    for name, listed, drawn, limit in (("[30]", 30, 3, 58.30), ("[20]", 20, 2, 43.82), (REST, 10, 1, 27.88)):
        of_calls = [count for (stratum, _), count in counts.items() if stratum == name]
        expected = 2000 * drawn / listed
        assert len(of_calls) == listed
        assert sum((count - expected) ** 2 / expected for count in of_calls) < limit


def test_base_words_are_those_that_files_hold() -> None:
    assert (ALL_CALLS, EVERY_CALL, REST) == ("all_calls", "all", "rest")
