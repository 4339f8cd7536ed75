"""The store: what goes in comes out, and every way a database can fail ends in a StorageError with a remedy."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from inspector.errors import ConfigError, StorageError
from inspector.legs import Leg, join
from inspector.model import (
    Because,
    Call,
    Coverage,
    EmotionSpan,
    Evidence,
    Facts,
    Finding,
    Hearing,
    Inspection,
    Kind,
    Layout,
    MadeBy,
    Metrics,
    Outcome,
    Party,
    QueueEntry,
    Recording,
    Severity,
    SoundKind,
    SoundSpan,
    Speaker,
    SpeechSpan,
    Status,
    Turn,
    Unheard,
    UnheardWhy,
    finding_id_of,
)
from inspector.storage import Saved, Store, engine, sqlite_url
from tests.databases import Database

WORDS = "我的卡号是"
CALL = Call(
    "pbx",
    "20250301-7",
    Facts(start="2025-03-01T23:30:00+00:00", hold_spans=((1.5, 2.0),), vulnerable=False, csat=4.5, custom={"区": "沪"}),
)
RECORDING = Recording("a" * 64, "calls/一.wav", 48.725, 8000, 2, "pcm_mulaw", Layout.STEREO, ends_early=True)


def hearing_of(recording: Recording) -> Hearing:
    turn = Turn(Party.AGENT, "S1", 0.1, 1.1, WORDS, (0.1, 0.3, 0.5, 0.7, 0.9), (0.3, 0.5, 0.7, 0.9, 1.1), (1 / 3,) * 5)
    return Hearing(
        recording=recording,
        speakers=(Speaker("S1", Party.AGENT, 0.97, "says 工号"),),
        turns=(turn,),
        speech=(SpeechSpan(Party.AGENT, 0.1, 1.1),),
        unheard=(Unheard(Party.UNKNOWN, 9.0, 9.8, UnheardWhy.OVERLAP),),
        sounds=(SoundSpan(3.0, 4.0, SoundKind.MUSIC),),
        emotions=(EmotionSpan(Party.CUSTOMER, 10.1, 14.0, "agitation", 0.8, ("rate +35 %",)),),
        made_by=MadeBy("whisper@d01c3014", None, None, None),
        starts_cut=True,
    )


def finding_of(call: Call, rule_id: str, outcome: Outcome) -> Finding:
    return Finding(
        id=finding_id_of(call.id, rule_id, 3),
        rule_id=rule_id,
        rule_version=3,
        kind=Kind.FORBIDDEN,
        status=Status.STABLE,
        severity=Severity.CRITICAL,
        title="保证收益",
        outcome=outcome,
        undetermined_because=Because.NOT_HEARD if outcome is Outcome.UNDETERMINED else None,
        party=Party.AGENT,
        why="said",
        remedy="train",
        evidence=(Evidence(0.1, 1.1, Party.AGENT, WORDS, "零风险", "exact", 1.0),),
        coverage=Coverage(0.0, 15.0, 9.1, 8.8, ((3.1, 3.4),), 0.61),
    )


def inspection_of(call: Call = CALL, recording: Recording = RECORDING, packs: str = "p" * 64) -> Inspection:
    return Inspection(
        call=call,
        hearing=hearing_of(recording),
        findings=(finding_of(call, "z.first", Outcome.FIRES), finding_of(call, "a.second", Outcome.UNDETERMINED)),
        by_rule={"z.first": Outcome.FIRES, "a.second": Outcome.UNDETERMINED, "m.third": Outcome.SILENT},
        metrics=Metrics(20.1, 15.2, 3.0, 1.1, None, 260, None, 0.0),
        queues=(QueueEntry("review", ("z.first",)),),
        packs=packs,
        code="0.1.0",
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "家 %41?" / "inspector.db"


@pytest.fixture
def in_file(file: Path) -> Iterator[Store]:
    with closing(Store.open(sqlite_url(file))) as store:
        yield store


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    with closing(Store.open(database.url)) as store:
        yield store


def test_what_is_saved_comes_back(store: Store) -> None:
    inspection = inspection_of()
    assert store.save(inspection, "d1") is Saved.NEW
    assert store.hearing(RECORDING.id, "d1") == inspection.hearing
    assert store.inspections(10) == (inspection,)


def test_a_hearing_of_other_settings_or_bytes_is_unknown(store: Store) -> None:
    store.save(inspection_of(), "d1")
    assert store.hearing(RECORDING.id, "d2") is None
    assert store.hearing("b" * 64, "d1") is None


def test_everything_is_there_after_opening_again(store: Store, database: Database) -> None:
    store.save(inspection_of(), "d1")
    with closing(Store.open(database.url)) as again:
        assert again.inspections(1) == (inspection_of(),)


def test_saving_again_replaces(store: Store, database: Database) -> None:
    store.save(inspection_of(), "d1")
    moved = replace(RECORDING, path="archive/一.wav")
    newer = replace(inspection_of(replace(CALL, facts=Facts(agent="3062")), moved), findings=(), queues=())
    assert store.save(newer, "d1", {"wall_s": 1.5}) is Saved.SAME
    assert store.inspections(10) == (newer,)
    assert database.rows("SELECT count(*) FROM finding") == [(0,)]
    assert database.rows("SELECT path FROM recording") == [("archive/一.wav",)]
    assert database.rows("SELECT CAST(timing AS text) FROM inspection") == [('{"wall_s": 1.5}',)]


def test_other_packs_and_other_hearings_are_history(store: Store) -> None:
    store.save(inspection_of(packs="old"), "d1")
    store.save(inspection_of(packs="new"), "d1")
    store.save(inspection_of(packs="new"), "d2")
    assert [inspection.packs for inspection in store.inspections(10)] == ["new", "new", "old"]
    assert [inspection.packs for inspection in store.inspections(1)] == ["new"]


def test_history_keeps_the_facts_it_was_judged_with(store: Store) -> None:
    store.save(inspection_of(packs="old"), "d1")
    store.save(inspection_of(Call(CALL.source, CALL.source_call_id), packs="new"), "d1")
    assert [inspection.call.facts for inspection in store.inspections(2)] == [Facts(), CALL.facts]


def test_other_bytes_for_the_same_call_are_a_conflict_and_change_nothing(store: Store) -> None:
    store.save(inspection_of(), "d1")
    other = inspection_of(Call(CALL.source, CALL.source_call_id), replace(RECORDING, id="b" * 64))
    assert store.save(other, "d1") is Saved.CONFLICT
    assert store.inspections(10) == (inspection_of(),)
    assert store.hearing("b" * 64, "d1") is None


def test_two_calls_may_share_a_recording(store: Store) -> None:
    store.save(inspection_of(), "d1")
    assert store.save(inspection_of(Call("pbx", "8")), "d1") is Saved.NEW
    assert len(store.inspections(10)) == 2


# ---- a call of several recordings:  a.wav   (segment 2 cannot be read)   c.wav


FIRST, LAST = replace(RECORDING, ends_early=False), replace(RECORDING, id="c" * 64, path="calls/三.wav")


def inspection_of_legs(first: Recording = FIRST, last: Recording = LAST) -> tuple[Inspection, list[Hearing]]:
    legs = [hearing_of(first), hearing_of(last)]
    named = [Leg(1, Path("一.wav"), "3062"), Leg(2, Path("二.wav")), Leg(3, Path("三.wav"), "3063")]
    joined = join(list(zip(named, (legs[0], None, legs[1]), strict=True)))
    return replace(inspection_of(), hearing=joined), legs


def test_a_call_of_several_recordings_comes_back_joined(store: Store, database: Database) -> None:
    inspection, legs = inspection_of_legs()
    assert store.save(inspection, "d1", {}, legs) is Saved.NEW
    assert store.inspections(10) == (inspection,)
    assert [store.hearing(leg.recording.id, "d1") for leg in legs] == legs
    kept = database.rows("SELECT segment_no, id, duration_s, ends_early FROM recording ORDER BY segment_no")
    assert kept == [(1, "a" * 64, 48.725, False), (3, "c" * 64, 48.725, True)]


def test_other_bytes_for_any_segment_are_a_conflict_and_change_nothing(store: Store) -> None:
    inspection, legs = inspection_of_legs()
    store.save(inspection, "d1", {}, legs)
    assert store.save(inspection, "d1", {}, legs) is Saved.SAME
    other, others = inspection_of_legs(last=replace(LAST, id="d" * 64))
    assert store.save(replace(other, packs="new"), "d1", {}, others) is Saved.CONFLICT
    assert store.inspections(10) == (inspection,)
    assert store.hearing("d" * 64, "d1") is None


def test_a_segment_that_comes_later_is_added(store: Store, database: Database) -> None:
    store.save(inspection_of(recording=FIRST), "d1")
    inspection, legs = inspection_of_legs()
    assert store.save(inspection, "d1", {}, legs) is Saved.NEW
    assert store.inspections(10) == (inspection,)
    assert database.rows("SELECT segment_no FROM recording ORDER BY segment_no") == [(1,), (3,)]


def test_legs_that_are_not_those_of_the_call_are_refused(store: Store) -> None:
    inspection, legs = inspection_of_legs()
    for wrong in ((), legs[:1], legs[::-1]):
        with pytest.raises(ValueError, match="segments"):
            store.save(inspection, "d1", {}, wrong)
    assert store.inspections(1) == ()


@pytest.mark.parametrize(
    ("start", "day"),
    [("2025-03-01T15:59:59+00:00", "2025-03-01"), ("2025-03-01T16:00:00Z", "2025-03-02"), (None, None)],
)
def test_a_call_belongs_to_the_business_day_it_starts(
    store: Store, database: Database, start: str | None, day: str | None
) -> None:
    store.save(inspection_of(replace(CALL, facts=Facts(start=start))), "d1")
    assert database.rows("SELECT CAST(business_date AS text) FROM call") == [(day,)]


def test_a_start_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="zone"):
        store.save(inspection_of(replace(CALL, facts=Facts(start="2025-03-01T10:00:00"))), "d1")
    assert store.inspections(1) == ()


def test_times_are_utc(store: Store, database: Database) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    store.audit("cli", "raw", "call/1", {"why": "复核"})
    after = datetime.now(UTC).replace(tzinfo=None)
    at = "at" if database.is_sqlite else "CAST(at AT TIME ZONE 'UTC' AS text)"
    kept = database.rows(f"SELECT {at}, actor, action, subject, CAST(detail AS text) FROM audit")  # noqa: S608
    ((at, actor, action, subject, detail),) = kept
    assert before <= datetime.fromisoformat(at) <= after
    assert (actor, action, subject, detail) == ("cli", "raw", "call/1", '{"why": "复核"}')


APPEND_ONLY_FOR = {
    "INSERT OR REPLACE INTO audit SELECT seq, at, 'x', action, subject, detail FROM audit": "sqlite",
    "INSERT INTO audit SELECT * FROM audit ON CONFLICT (seq) DO UPDATE SET actor = 'x'": "postgresql",
    "TRUNCATE audit": "postgresql",
    "UPDATE audit SET actor = 'x'": "both",
    "DELETE FROM audit": "both",
}


def test_the_audit_is_append_only(store: Store, database: Database) -> None:
    store.audit("cli", "raw", "call/1", {})
    kind = "sqlite" if database.is_sqlite else "postgresql"
    for sql, where in APPEND_ONLY_FOR.items():
        if where in ("both", kind):
            with pytest.raises(DBAPIError, match="append-only"):
                database.change(sql)
    store.audit("cli", "raw", "call/2", {})
    assert database.rows("SELECT seq, actor FROM audit ORDER BY seq") == [(1, "cli"), (2, "cli")]


def test_it_survives_power_loss_and_is_private(in_file: Store, file: Path) -> None:
    with in_file._reader.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == ["wal", 2, 1, 10_000]
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)]
    assert modes == [0o700, 0o600]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(StorageError, match="cannot be made") as caught:
        Store.open(sqlite_url(tmp_path / "file" / "inspector.db"))
    assert caught.value.remedy


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("garbage " * 1000)
    with pytest.raises(StorageError, match="not a database") as caught:
        Store.open(sqlite_url(tmp_path / "x.db"))
    assert "backup" in caught.value.remedy


def test_a_database_that_can_only_be_read(in_file: Store, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(path: str, **options: Any) -> sqlite3.Connection:
        read_only: sqlite3.Connection = real(f"{Path(path).as_uri()}?mode=ro", uri=True, **options)
        return read_only

    in_file.close()
    real = sqlite3.connect
    # File modes do not stop root, under whom tests may run.
    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    with pytest.raises(StorageError, match="readonly") as caught:
        Store.open(sqlite_url(file))
    assert "writable" in caught.value.remedy


def test_a_database_that_another_process_keeps_locked(
    in_file: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT_S", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked"):
            Store.open(sqlite_url(file))
        other.execute("ROLLBACK")


def test_reading_while_another_process_writes(in_file: Store, file: Path) -> None:
    in_file.save(inspection_of(), "d1")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert in_file.inspections(1) == (inspection_of(),)
        other.execute("ROLLBACK")


def test_a_database_of_a_newer_version(store: Store, database: Database) -> None:
    database.change("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="9999"):
        Store.open(database.url)


@pytest.mark.parametrize("url", ["", "no url", "sqlite://", "sqlite:///:memory:", "nosuchdb://x/y"])
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        Store.open(url)
    assert "sqlite:////" in caught.value.remedy


def test_a_time_zone_that_does_not_exist(file: Path) -> None:
    with pytest.raises(ConfigError, match="Mars"):
        Store.open(sqlite_url(file), "Mars/Olympus")
    assert not file.exists()


def test_no_transcript_in_errors(store: Store, database: Database) -> None:
    database.change("DROP TABLE stage_result")
    with pytest.raises(StorageError) as caught:
        store.save(inspection_of(), "d1")
    assert WORDS not in f"{caught.value} {caught.value.__cause__}"


def test_records_of_another_version(store: Store, database: Database) -> None:
    store.save(inspection_of(), "d1")
    database.change("UPDATE stage_result SET data = :data", data=f'{{"turns": "{WORDS}"}}')
    assert store.hearing(RECORDING.id, "d1") is None
    with pytest.raises(StorageError, match="Hearing") as caught:
        store.inspections(1)
    assert WORDS not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_failed_save_leaves_nothing(store: Store, database: Database) -> None:
    twice = replace(inspection_of(), findings=(finding_of(CALL, "a", Outcome.FIRES),) * 2)
    with pytest.raises(StorageError):
        store.save(twice, "d1")
    assert database.rows("SELECT count(*) FROM call") == [(0,)]
