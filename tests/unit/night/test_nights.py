"""Runs kept: one a day, rows that keep their fate, parts, signatures; the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.config import Exclusion
from inspector.errors import ConfigError
from inspector.night.lists import DayList, check_exclusions, digest_of, hand_in
from inspector.night.records import CdrCall, Fate, Listed
from inspector.night.summary import figures_of
from inspector.rules.lanes import LANE_RULE
from inspector.storage import Store
from inspector.storage.nights.reading import UNINSPECTABLE
from tests.accepted import hearing, id_of, intake, kept, sha256_of
from tests.accepted import inspection as inspected
from tests.databases import Database
from tests.night_machine import generated_day, write_list

DAY = date(2025, 3, 1)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as opened:
        opened.nights.begin(DAY, "tester")
        yield opened


def listed(number: int, fate: Fate = Fate.ACCEPTED, digest: str = "") -> Listed:
    return Listed(id_of(number), fate, number, digest, None if fate is Fate.ACCEPTED else "why", f"{number}")


def done(store: Store, number: int) -> None:
    (claim,) = store.ledger.claim([id_of(number)], "worker", 60)
    made = inspected(claim.call, hearing(sha256_of(number)))
    assert store.ledger.finish(claim.fence, made, kept())


def test_a_run_is_made_once(store: Store) -> None:
    assert not store.nights.begin(DAY, "another")
    run = store.nights.of(DAY)
    assert run is not None
    assert [part.no for part in run.parts] == [1]
    assert store.nights.of(date(2025, 3, 2)) is None


def test_what_is_accepted_stays_so_and_a_fault_is_no_reason_against_a_call_that_is_listed(store: Store) -> None:
    store.nights.put(DAY, [listed(1), listed(2, Fate.EXCLUDED), listed(3, Fate.FAULTY)])
    store.nights.put(DAY, [listed(1, Fate.FAULTY), listed(2, Fate.FAULTY), listed(3)])
    found = store.nights.pending(DAY, [id_of(number) for number in (1, 2, 3)])
    assert [found[id_of(number)].fate for number in (1, 2, 3)] == [Fate.ACCEPTED, Fate.EXCLUDED, Fate.ACCEPTED]


def test_it_closes_when_nothing_is_open_and_late_calls_are_a_further_part(store: Store) -> None:
    store.ledger.accept([intake(1)])
    store.nights.put(DAY, [listed(1)])
    assert store.nights.close(DAY, {}, "tester") is None
    done(store, 1)
    assert store.nights.close(DAY, {"listed": 1}, "tester") == 1
    assert store.nights.close(DAY, {}, "tester") is None, "closed once"
    store.nights.put(DAY, [listed(1)])
    run = store.nights.of(DAY)
    assert run is not None and run.is_closed, "the same row again changes nothing"
    store.ledger.accept([intake(2)])
    store.nights.put(DAY, [listed(2)])
    run = store.nights.of(DAY)
    assert run is not None
    assert [(part.no, part.numbers) for part in run.parts] == [(1, {"listed": 1}), (2, None)]
    kinds = [event.kind for event in store.ledger.events(0, 100)]
    assert kinds.count("run.closed") == 1


def test_calls_worked_off_again_after_the_closing_open_a_part(store: Store) -> None:
    store.ledger.accept([intake(1)])
    store.nights.put(DAY, [listed(1)])
    done(store, 1)
    assert store.nights.close(DAY, {}, "tester") == 1
    store.ledger.requeue([id_of(1)], "tester")
    store.nights.begin(DAY, "tester")
    run = store.nights.of(DAY)
    assert run is not None and not run.is_closed


def test_a_signature_lets_the_rest_go_but_not_what_comes_later(store: Store) -> None:
    store.ledger.accept([intake(1), intake(2)])
    store.nights.put(DAY, [listed(1)])
    assert store.nights.sign_off(DAY, "lead", "storage lost") == 1
    store.nights.put(DAY, [listed(2)])
    assert store.nights.close(DAY, {}, "tester") is None
    done(store, 2)
    assert store.nights.close(DAY, {}, "tester") == 1
    assert store.nights.sign_off(DAY, "lead", "again") is None
    (one, _) = sorted(store.nights.calls(DAY), key=lambda call: not call.signed)
    assert (one.item, one.signed) == (id_of(1), True)


def test_pages_hold_every_row_and_every_call_of_the_switch_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.storage.nights.nights.PAGE", 3)
    store.ledger.accept([intake(number) for number in range(1, 9)])
    store.nights.put(DAY, [listed(number) for number in range(1, 9)])
    store.nights.put_cdr(DAY, [CdrCall(id_of(no), f"{no}", None, 60.0, None, "L1", None) for no in range(5, 15)])
    done(store, 5)
    calls = list(store.nights.calls(DAY))
    assert [call.item for call in calls] == sorted(id_of(number) for number in range(1, 15))
    figures = figures_of(calls, store.nights.counts(DAY)[0], has_cdr=True)
    assert (figures.balance.listed, figures.balance.judged, figures.balance.open) == (8, 1, 7)
    assert figures.balance.is_balanced
    assert (figures.cdr.calls, figures.cdr.not_recorded["not_listed"]) == (10, 6)
    progress = store.nights.progress(DAY)
    assert (progress.listed, progress.done, progress.open) == (8, 1, 7)


class TestHandIn:
    """The list into the ledger."""

    def day(self, store: Store, path: Path, *exclude: Exclusion) -> DayList:
        return DayList(path, digest_of(path), b"key", DAY, store.business_date, exclude)

    def hand_in(self, store: Store, path: Path, *exclude: Exclusion) -> None:
        list(hand_in(self.day(store, path, *exclude), store))

    def test_every_row_has_a_fate_and_again_nothing_changes(self, store: Store, tmp_path: Path) -> None:
        rows = generated_day(tmp_path / "calls", 4)
        rows[1]["talk_s"] = 3
        rows[2]["start"] = "2025-03-02T00:00:00+08:00"
        rows[3]["start"] = ""
        rows.append({**rows[0], "call_id": ""})
        rows += [{**rows[0]}, {**rows[2]}]  # each twice: neither is another call of the day
        path = write_list(tmp_path / "calls.csv", rows)
        short = Exclusion(name="short", when=("talk_s<10",))
        for _ in range(2):
            self.hand_in(store, path, short)
            progress = store.nights.progress(DAY)
            assert (progress.listed, progress.waiting, progress.excluded, progress.faulty) == (4, 2, 1, 1)
            run = store.nights.of(DAY)
            assert run is not None and list(run.elsewhere.values()) == [1]
        assert len(store.nights.source_ids(DAY)) == 3

    def test_what_is_accepted_is_not_read_through_again(self, store: Store, tmp_path: Path) -> None:
        path = write_list(tmp_path / "calls.csv", generated_day(tmp_path / "calls", 2))
        self.hand_in(store, path)
        (tmp_path / "calls" / "0.wav").write_bytes(b"other bytes")
        self.hand_in(store, path)
        assert store.nights.progress(DAY).waiting == 2

    def test_a_corrected_row_takes_the_place_of_its_fault(self, store: Store, tmp_path: Path) -> None:
        rows = generated_day(tmp_path / "calls", 2)
        path = write_list(tmp_path / "calls.csv", [rows[0], {**rows[1], "talk_s": "long"}])
        self.hand_in(store, path)
        assert store.nights.progress(DAY).faulty == 1
        write_list(path, rows)
        self.hand_in(store, path)
        progress = store.nights.progress(DAY)
        assert (progress.listed, progress.waiting, progress.faulty) == (2, 2, 0)

    def test_an_empty_day_closes_with_zeros(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "calls.csv"
        path.write_text("call_id,path\n", "utf-8")
        self.hand_in(store, path)
        assert store.nights.close(DAY, {}, "tester") == 1
        assert figures_of(store.nights.calls(DAY), 0, has_cdr=False).balance.is_balanced

    def test_a_condition_on_what_no_list_has_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="talk_seconds"):
            check_exclusions([Exclusion(name="short", when=("talk_seconds<10",))])


def test_the_finding_that_makes_a_call_uninspectable_is_that_of_the_rules() -> None:
    assert UNINSPECTABLE == LANE_RULE


def test_a_fault_says_which_call_it_is_about(tmp_path: Path) -> None:
    from inspector.manifest import ManifestFault, manifest_entries

    rows = generated_day(tmp_path / "calls", 1)
    path = write_list(tmp_path / "calls.csv", [*rows, *rows])
    faults = [entry for entry in manifest_entries(path, b"key") if isinstance(entry, ManifestFault)]
    assert [fault.call and fault.call.source_call_id for fault in faults] == ["C-0"]
    assert replace(faults[0], call=None).call is None
