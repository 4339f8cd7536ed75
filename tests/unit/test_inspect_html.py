"""``inspect --html`` without models: which pages there are, what is noted of them, what is refused."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inspector.audio.reader import AudioReader
from inspector.cli import inspect as command
from inspector.cli.inspect import InspectJob, run_inspect
from inspector.cli.targets import from_manifest
from inspector.config import load_settings
from inspector.errors import InspectorError, PolicyError, StorageError, UsageError
from inspector.storage import Store
from tests.unit.test_inspect_legs import scripted_hear
from tests.wavs import noise, wav

Inspect = Callable[..., int]


@pytest.fixture
def inspect(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inspect:
    """Runs over the rows of a manifest; recordings a, b, c are there."""
    monkeypatch.setattr(command, "load_ears", lambda settings: SimpleNamespace(reader=AudioReader()))
    monkeypatch.setattr(command, "hearing_digest", lambda settings, ears: "d")
    monkeypatch.setattr(command, "hear", scripted_hear)
    for seed, name in enumerate("abc"):
        (tmp_path / f"{name}.wav").write_bytes(wav(noise(10.0, -30.0, seed)[:, None]))

    def inspect(rows: str, **options: Any) -> int:
        sheet = tmp_path / "calls.csv"
        sheet.write_text(f"call_id,path,segment_no,segment_count\n{rows}", encoding="utf-8")
        job = InspectJob(from_manifest(sheet, b"k" * 32), None, True, False, tmp_path / "out", **options)
        return run_inspect(job, load_settings())

    return inspect


def pages(tmp_path: Path) -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.html")}


def test_every_call_has_its_page_and_every_page_is_noted(inspect: Inspect, home: Path, tmp_path: Path) -> None:
    assert inspect("1,a.wav,1,2\n2,c.wav,,\n1,b.wav,2,2\n3,gone.wav,,\n") == 1
    written = pages(tmp_path)
    linked = re.findall(r'href="calls/(\w+)\.html"', written["index"])
    assert len(linked) == 2 and written.keys() == {"index", *linked}
    assert "gone.wav does not exist" in written["index"]
    with closing(sqlite3.connect(home / "inspector.db")) as database:
        noted = database.execute("SELECT call_id, kind, path FROM made_file").fetchall()
    places = {name: str(tmp_path / "out" / "calls" / f"{name}.html") for name in linked}
    expected = [(name, "html", place) for name, place in places.items()]
    assert sorted(noted, key=str) == sorted([*expected, (None, "html", str(tmp_path / "out" / "index.html"))], key=str)
    assert not any("<audio" in page for page in written.values())


def test_with_audio_each_recording_can_be_played(inspect: Inspect, tmp_path: Path) -> None:
    assert inspect("1,a.wav,1,2\n1,b.wav,2,2\n", with_audio=True) == 0
    (page,) = (page for name, page in pages(tmp_path).items() if name != "index")
    sounds = re.findall(r'<audio [^>]*data-from="([\d.]+)"[^>]*src="data:audio/ogg;base64,(\w+)', page)
    assert [start for start, _ in sounds] == ["0.000", "10.000"]
    assert all(sound.startswith("T2dnUw") for _, sound in sounds)  # OggS
    assert sounds[0][1] != sounds[1][1]


def test_a_call_that_is_not_kept_has_no_page(inspect: Inspect, tmp_path: Path) -> None:
    """The call is there with other bytes: the page that tells of them stays."""
    assert inspect("1,a.wav,,\n") == 0
    before = pages(tmp_path)
    assert inspect("1,b.wav,,\n") == 0
    after = pages(tmp_path)
    assert after.keys() == before.keys()
    assert all(after[name] == before[name] for name in before if name != "index")
    assert "同一通话已登记过另一份录音" in after["index"] and "calls/" not in after["index"]


def test_what_was_done_has_its_summary_when_the_run_is_interrupted(
    inspect: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: Any) -> Any:
        yield next(scripted_hear(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "hear", interrupted)
    assert inspect("1,a.wav,,\n2,b.wav,,\n") == 130
    assert len(re.findall('href="calls/', pages(tmp_path)["index"])) == 1


def test_pages_that_cannot_be_noted_are_not_written(
    inspect: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("the database is full", "make room")

    monkeypatch.setattr(Store, "made_file", full)
    with pytest.raises(StorageError) as caught:
        inspect("1,a.wav,,\n")
    assert caught.value.exit_code == 3
    assert pages(tmp_path) == {}


@pytest.mark.parametrize(
    ("store", "html", "with_audio", "error"), [(False, True, False, PolicyError), (True, False, True, UsageError)]
)
def test_what_cannot_go_together_is_refused(
    home: Path, tmp_path: Path, store: bool, html: bool, with_audio: bool, error: type[InspectorError]
) -> None:
    job = InspectJob([], None, store, False, tmp_path / "out" if html else None, with_audio)
    with pytest.raises(error) as caught:
        run_inspect(job, load_settings())
    assert caught.value.remedy
    assert not (tmp_path / "out").exists()
