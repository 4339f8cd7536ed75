"""Draws from strata and of other kinds: their file says all of it, and every lie in it is found."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.model import call_id_of
from inspector.sampling.draw import Draw, DrawKind, Limit, Order, Stratum, Terms, draw
from inspector.sampling.draw_file import DrawFile, digest_of, read_draw, write_draw
from inspector.sampling.verify import faults

DAY, SECRET = date(2025, 3, 1), b"s" * 32
STRATA = {'["甲"]': range(50), '["乙"]': range(50, 90), "[null]": range(90, 100)}
PLAIN = Terms(by=("team",))
SHORT = Terms(DrawKind.COVERAGE, "agents below 2", ("agent",), (Limit('["甲"]', 2), Limit("[null]", 1)))


def drawn(terms: Terms = PLAIN, rate: str = "0.1", part: int = 1) -> Draw:
    calls = {name: {call_id_of("pbx", str(no)): str(no) for no in numbers} for name, numbers in STRATA.items()}
    return draw(Order(DAY, part, Decimal(rate), terms), calls, SECRET, "0.1.0")


def file_of(made: Draw) -> DrawFile:
    return DrawFile(made, "", digest_of(made))


def test_the_seed_is_the_one_that_is_written_down() -> None:
    """By hand, from the text of the decision."""
    made = drawn(Terms(DrawKind.RECHECK, "reviewed", ("team",)))
    ids = sorted(call_id_of("pbx", str(no)) for no in range(100))
    of_call = {call_id_of("pbx", str(no)): name for name, numbers in STRATA.items() for no in numbers}
    told = ["recheck", "reviewed", ["team"], [], [of_call[one] for one in ids]]
    terms = hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).digest()
    manifest = hashlib.sha256("".join(f"{one}\n" for one in ids).encode()).digest()
    assert made.seed == hmac.new(SECRET, b"2025-03-01\0" + manifest + terms, hashlib.sha256).hexdigest()


def test_a_draw_of_one_stratum_without_terms_is_what_it_always_was() -> None:
    """Seed and digest are those that the version before strata gave the same calls."""
    calls = {call_id_of("manifest", f"C-{no}"): f"C-{no}" for no in range(3)}
    made = draw(Order(DAY, 1, Decimal("0.5")), {"all": calls}, SECRET, "0.1.0")
    assert made.seed == "517cd8ab65c8abc34a8451456c055e294867be837de5250e58cf5d55d7eb430d"
    assert digest_of(made) == "95e10387abd49d4e8d150c8d43502140f66253cc4f7bcdac3078efd83d213734"
    written = json.loads(write_draw(made, "then"))
    keys = "schema business_date part rate manifest secret_sha256 seed strata items code made_at digest"
    assert list(written) == keys.split()
    assert written["schema"] == "inspector.draw/1"
    assert written["manifest"].keys() == {"sha256", "call_ids"}


def test_kinds_bases_and_strata_draw_others_from_the_same_calls() -> None:
    terms = [PLAIN, Terms(), Terms(DrawKind.RECHECK), Terms(DrawKind.RECHECK, "reviewed"), Terms(DrawKind.MYSTERY)]
    assert len({drawn(one).seed for one in terms}) == len(terms)


@pytest.mark.parametrize("terms", [PLAIN, SHORT, Terms(DrawKind.DIRECTED, '{"when": ["agent=1\\u0000"]}')])
def test_what_is_written_is_read_and_sound(terms: Terms) -> None:
    made = drawn(terms, "1" if terms.limits else "0.1")
    file = read_draw(write_draw(made, "then"))
    assert file == DrawFile(made, "then", digest_of(made))
    assert faults(file, SECRET) == faults(file, None) == ()


def test_coverage_draws_what_is_lacking_and_no_more() -> None:
    made = drawn(SHORT, "1")
    assert made.strata == (Stratum('["乙"]', 40, 0), Stratum('["甲"]', 50, 2), Stratum("[null]", 10, 1))
    assert [item.stratum for item in made.items] == ['["甲"]', '["甲"]', "[null]"]


@given(st.dictionaries(st.text(max_size=8), st.integers(1, 30), min_size=1, max_size=20), st.integers(1, 1000))
def test_any_strata_make_a_sound_file(sizes: dict[str, int], per_mille: int) -> None:
    """Whatever strata are called: nothing of it is lost on the way through a file."""
    numbers = iter(range(10_000))
    calls = {
        name: {call_id_of("pbx", str(no)): str(no) for no in (next(numbers) for _ in range(count))}
        for name, count in sizes.items()
    }
    made = draw(Order(DAY, 1, Decimal(per_mille) / 1000, Terms(by=("team",))), calls, SECRET, "")
    assert faults(read_draw(write_draw(made, "")), SECRET) == ()


def move_one(made: Draw) -> Draw:
    """A call that was not drawn is said to lie in another stratum."""
    taken = {item.call_id for item in made.items}
    at = next(no for no, one in enumerate(made.call_ids) if one not in taken and made.of_calls[no] == '["甲"]')
    return replace(made, of_calls=(*made.of_calls[:at], '["乙"]', *made.of_calls[at + 1 :]))


def move_one_and_mend_all_that_follows(made: Draw) -> Draw:
    """... and whoever did it drew again by the same seed, so that all numbers fit."""
    moved = move_one(made)
    calls: dict[str, dict[str, str]] = {}
    for call_id, name in zip(moved.call_ids, moved.of_calls, strict=True):
        calls.setdefault(name, {})[call_id] = "x"
    return draw(Order(DAY, 1, made.rate, made.terms), calls, SECRET, made.code)


def with_strata(made: Draw, *strata: Stratum) -> Draw:
    return replace(made, strata=strata)


FORGERIES: dict[str, tuple[Callable[[Draw], Draw], set[str]]] = {
    "call moved": (move_one, {"strata", "seed"}),
    "numbers of a stratum": (
        lambda made: with_strata(made, Stratum('["甲"]', 49, 5), *made.strata[1:]),
        {"strata"},
    ),
    "k of a stratum": (lambda made: with_strata(made, *made.strata[:-1], Stratum("[null]", 10, 2)), {"strata"}),
    "stratum left out": (lambda made: with_strata(made, *made.strata[1:]), {"strata"}),
    "strata in another order": (lambda made: with_strata(made, *made.strata[::-1]), {"strata"}),
    "stratum twice": (lambda made: with_strata(made, *made.strata, made.strata[0]), {"strata"}),
    "stratum of an item": (
        lambda made: replace(made, items=(replace(made.items[0], stratum="[null]"), *made.items[1:])),
        {"places"},
    ),
    "kind": (lambda made: replace(made, terms=replace(made.terms, kind=DrawKind.RECHECK)), {"seed"}),
    "base": (lambda made: replace(made, terms=replace(made.terms, base="reviewed")), {"seed"}),
    "fields": (lambda made: replace(made, terms=replace(made.terms, by=("agent",))), {"seed"}),
    "no strata": (lambda made: replace(made, of_calls=(), terms=Terms()), {"strata", "seed"}),
    "limits": (
        lambda made: replace(made, terms=replace(made.terms, limits=(Limit("[null]", 10),))),
        {"limits", "strata", "seed"},
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_draw_with_a_fresh_digest_is_found(name: str) -> None:
    forge, expected = FORGERIES[name]
    found = {fault.kind for fault in faults(file_of(forge(drawn())), SECRET)}
    assert expected <= found
    assert "digest" not in found


@pytest.mark.parametrize("name", FORGERIES)
def test_the_digest_that_the_audit_holds_finds_each_without_the_secret(name: str) -> None:
    made = drawn()
    assert "digest" in {fault.kind for fault in faults(replace(file_of(made), draw=FORGERIES[name][0](made)), None)}


def test_who_has_the_secret_and_mends_everything_cannot_mend_the_digest_in_the_audit() -> None:
    forged = move_one_and_mend_all_that_follows(drawn())
    assert faults(file_of(forged), SECRET) == ()
    assert digest_of(forged) != digest_of(drawn())


TEXT = write_draw(drawn(), "")


def changed(path: tuple[Any, ...], value: object) -> str:
    content = json.loads(TEXT)
    at = content
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    "text",
    [
        changed(("schema",), "inspector.draw/3"),
        changed(("schema",), "inspector.draw/1"),
        changed(("kind",), "vip"),
        changed(("base",), None),
        changed(("by",), "team"),
        changed(("limits",), [{"stratum": "a"}]),
        changed(("limits",), [{"stratum": "a", "at_most": -1}]),
        changed(("manifest", "of_calls"), [0]),
        changed(("manifest", "of_calls", 0), 3),
        changed(("manifest", "of_calls", 0), -1),
        changed(("manifest", "strata"), []),
        changed(("rate",), "0"),
    ],
)
def test_what_is_no_draw(text: str) -> None:
    with pytest.raises(ValueError):
        read_draw(text)


def test_a_share_and_limits_are_no_order() -> None:
    with pytest.raises(ValueError, match="impossible"):
        Order(DAY, 1, Decimal("0.1"), SHORT)
