"""Every row of a list has one end, whatever happened to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.enums import WorkState
from inspector.model import Outcome
from inspector.night.balance import Ending, Tally, ending_of
from inspector.night.records import Fate, Listed, NightCall
from inspector.night.summary import figures_of

REASONS = st.sampled_from(["bot", "short", "not_found"])


@st.composite
def calls(draw: st.DrawFn) -> list[NightCall]:
    """Rows of every fate, state and combination that a database could hold, possible or not."""
    made = []
    for number in range(draw(st.integers(0, 30))):
        fate = draw(st.sampled_from(Fate))
        made.append(
            NightCall(
                item=f"{number:024}",
                source_call_id=f"C-{number}",
                fate=fate,
                reason=None if fate is Fate.ACCEPTED else draw(REASONS),
                part=draw(st.sampled_from([1, 2])),
                state=draw(st.sampled_from([None, *WorkState])),
                faults=draw(st.sampled_from([(), ("not_found",)])),
                by_rule=draw(st.sampled_from([None, {}, {"a.b": Outcome.FIRES}])),
                unheard_s=draw(st.sampled_from([0.0, 2.0])),
                is_uninspectable=draw(st.booleans()),
                facts={"team": draw(st.sampled_from(["T1", None]))},
            )
        )
    return made


@given(calls())
def test_it_balances_or_names_the_rows_that_do_not(rows: list[NightCall]) -> None:
    tally = Tally()
    ends = [tally.add(row) for row in rows]
    balance = tally.balance(len(rows))
    assert balance.sum == balance.listed
    lost = [row.item for row, end in zip(rows, ends, strict=True) if end.kind == "unaccounted"]
    assert list(balance.named) == lost
    assert balance.is_balanced is (not lost)
    assert balance.with_unheard <= balance.judged
    assert balance.uninspectable <= balance.judged


@given(calls())
def test_parts_and_teams_add_up_to_the_day(rows: list[NightCall]) -> None:
    figures = figures_of(rows, len(rows), has_cdr=False)
    for name in ("listed", "judged", "quarantined", "open", "unaccounted"):
        assert sum(getattr(part, name) for part in figures.by_part.values()) == getattr(figures.balance, name)
    assert sum(counts["listed"] for counts in figures.teams.values()) == len(rows)
    others = figures.balance.listed - figures.balance.judged - sum(figures.balance.excluded.values())
    assert len(figures.problems) == others


def test_a_list_of_more_rows_than_were_found_does_not_balance() -> None:
    assert not Tally().balance(1).is_balanced


@pytest.mark.parametrize(
    ("call", "end"),
    [
        (NightCall("a", "1", Fate.ACCEPTED, state=WorkState.DONE), Ending("unaccounted")),
        (NightCall("a", "1", Fate.ACCEPTED), Ending("unaccounted")),
        (NightCall("a", "1", Fate.ACCEPTED, state=WorkState.REJECTED), Ending("rejected", "unknown")),
        (NightCall("a", "1", Fate.FAULTY, "conflict", state=WorkState.DONE), Ending("rejected", "conflict")),
    ],
)
def test_odd_rows(call: NightCall, end: Ending) -> None:
    assert ending_of(call) == end


def test_a_row_has_a_reason_unless_it_is_accepted() -> None:
    with pytest.raises(ValueError, match="reason"):
        Listed("a", Fate.FAULTY, 1)
    with pytest.raises(ValueError, match="reason"):
        Listed("a", Fate.ACCEPTED, 1, reason="short")
