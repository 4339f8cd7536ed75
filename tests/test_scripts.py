"""The shell scripts: they parse, explain themselves, refuse with a remedy; the bundle is exact. What takes minutes is
tried in .ci/setup."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("setup", "demo", "test", "bundle", "lock")
BASH = [*(f"scripts/{name}" for name in SCRIPTS), "scripts/installer/lib.sh", ".ci/run", ".ci/setup"]
BUNDLE = ROOT / "scripts" / "installer" / "bundle.py"
CHECK = ROOT / "scripts" / "installer" / "check_venv.py"


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("script", BASH)
def test_bash_can_read_it(script: str) -> None:
    done = run("bash", "-n", script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("script", [*BASH, "scripts/installer/bundle.py", "scripts/installer/check_venv.py"])
def test_no_address_and_no_place_of_this_machine(script: str) -> None:
    text = (ROOT / script).read_text("utf-8")
    assert not re.search(r"\w://", text)
    assert not [word for word in ("/root", "/work/", "/home/", "/opt/") if word in text]


@pytest.mark.parametrize("script", SCRIPTS)
class TestEveryScript:
    def test_is_executable_and_strict(self, script: str) -> None:
        path = ROOT / "scripts" / script
        assert os.access(path, os.X_OK)
        assert "set -euo pipefail" in path.read_text("utf-8")

    def test_explains_itself_from_anywhere(self, script: str, tmp_path: Path) -> None:
        done = run(ROOT / "scripts" / script, "--help", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"Usage: scripts/{script}" in done.stdout


@pytest.mark.parametrize("script", [name for name in SCRIPTS if name != "test"])  # its arguments are pytest's
def test_a_script_refuses_what_it_does_not_know(script: str) -> None:
    done = run(f"scripts/{script}", "--no-such-option")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"{script}: what to do: ")


@pytest.mark.parametrize("script", ["setup", "demo"])
def test_a_bundle_that_is_not_there(script: str) -> None:
    done = run(f"scripts/{script}", "--from", "no such bundle.tar.gz")
    assert done.returncode == 3
    assert "no such bundle: no such bundle.tar.gz" in done.stderr
    assert "what to do: " in done.stderr.splitlines()[-1]


def test_an_option_without_its_value() -> None:
    done = run("scripts/setup", "--from")
    assert done.returncode == 2
    assert "--from needs a value" in done.stderr


def test_a_python_that_is_none() -> None:
    """Set-up looks for its Python before it touches anything."""
    done = run("scripts/setup", INSPECTOR_PYTHON="no-such-python")
    assert done.returncode == 3
    assert "INSPECTOR_PYTHON=" in done.stderr.splitlines()[-1]


class TestBundle:
    @pytest.fixture
    def locks(self, tmp_path: Path) -> Path:
        folder = tmp_path / "locks"
        folder.mkdir()
        for name in ("build", "core", "models"):
            (folder / f"{name}.txt").write_text(f"{name}==1\n")
        return folder

    @pytest.fixture
    def archive(self, tmp_path: Path, locks: Path) -> Path:
        return self.make(tmp_path, locks, "one")

    def make(self, tmp_path: Path, locks: Path, name: str) -> Path:
        content = tmp_path / name
        for folder in ("wheels", "models"):
            (content / folder).mkdir(parents=True)
            (content / folder / f"a_{folder}-1.0+x-py3-none-any.whl").write_bytes(folder.encode() * 1000)
        done = self.bundle("make", content, tmp_path / f"{name}.tar.gz", locks)
        assert done.returncode == 0, done.stderr
        return tmp_path / f"{name}.tar.gz"

    def bundle(self, verb: str, source: Path, target: Path, locks: Path) -> subprocess.CompletedProcess[str]:
        return run(sys.executable, "-I", BUNDLE, verb, source, target, "--locks", locks)

    def refused(self, archive: Path, tmp_path: Path, locks: Path) -> str:
        done = self.bundle("open", archive, tmp_path / "opened", locks)
        assert done.returncode == 3
        assert done.stderr.splitlines()[-1].startswith("bundle: what to do: ")
        return done.stderr

    def test_same_content_same_bytes(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        again = self.make(tmp_path, locks, "two")
        assert archive.read_bytes() == again.read_bytes()
        assert not list(tmp_path.glob("*.part"))

    def test_opens_to_what_was_put_in(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        done = self.bundle("open", archive, tmp_path / "opened", locks)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "opened/wheels/a_wheels-1.0+x-py3-none-any.whl").read_bytes() == b"wheels" * 1000

    def test_its_manifest_is_what_sha256sum_reads(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        self.bundle("open", archive, tmp_path / "opened", locks)
        done = run("sha256sum", "--check", "--strict", "MANIFEST.sha256", cwd=tmp_path / "opened")
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("cut", [0, 10, 400])
    def test_cut_short(self, tmp_path: Path, locks: Path, archive: Path, cut: int) -> None:
        archive.write_bytes(archive.read_bytes()[:cut])
        assert str(archive) in self.refused(archive, tmp_path, locks)

    def test_no_archive_at_all(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        archive.write_text("<html>")
        self.refused(archive, tmp_path, locks)

    def test_for_other_locks(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        (locks / "core.txt").write_text("core==2\n")
        assert "other locks" in self.refused(archive, tmp_path, locks)

    def test_for_another_machine(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        opened = tmp_path / "opened"
        self.bundle("open", archive, opened, locks)
        label = (opened / "bundle.json").read_text().replace('"python": "3.', '"python": "2.')
        (opened / "bundle.json").write_text(label)
        self.pack(opened, archive, manifest=True)
        assert "is for Python 2." in self.refused(archive, tmp_path, locks)

    def test_an_exchanged_file(self, tmp_path: Path, locks: Path, archive: Path) -> None:
        opened = tmp_path / "opened"
        self.bundle("open", archive, opened, locks)
        (opened / "models/a_models-1.0+x-py3-none-any.whl").write_bytes(b"other")
        self.pack(opened, archive, manifest=False)
        assert "manifest" in self.refused(archive, tmp_path, locks)

    @pytest.mark.parametrize("name", ["../out", "/abs", "inspector-bundle/../../out", "inspector-bundle/.hidden"])
    def test_a_name_that_leads_elsewhere(self, tmp_path: Path, locks: Path, name: str) -> None:
        (tmp_path / "evil").write_text("x")
        with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as tar:
            entry = tarfile.TarInfo(name)
            tar.addfile(entry)
        assert "holds what no bundle holds" in self.refused(tmp_path / "evil.tar.gz", tmp_path, locks)

    def test_a_link(self, tmp_path: Path, locks: Path) -> None:
        with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as tar:
            entry = tarfile.TarInfo("inspector-bundle/wheels/a")
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(entry)
        assert "holds what no bundle holds" in self.refused(tmp_path / "evil.tar.gz", tmp_path, locks)

    def pack(self, opened: Path, archive: Path, *, manifest: bool) -> None:
        """Makes an archive by hand of an opened bundle, which is then removed."""
        files = sorted(path for path in opened.rglob("*") if path.is_file() and path.name != "MANIFEST.sha256")
        if manifest:
            lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(opened)}\n" for path in files)
            (opened / "MANIFEST.sha256").write_text("".join(lines))
        with tarfile.open(archive, "w:gz") as tar:
            for path in [opened / "MANIFEST.sha256", *files]:
                tar.add(path, f"inspector-bundle/{path.relative_to(opened)}")
        opened.rename(opened.with_name("taken apart"))


class TestCheckVenv:
    def check(self, tmp_path: Path, lock: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "lock.txt").write_text(lock)
        return run(sys.executable, "-I", CHECK, tmp_path / "lock.txt")

    def test_what_is_installed_passes(self, tmp_path: Path) -> None:
        version = __import__("pydantic_settings").__version__
        done = self.check(tmp_path, f"pydantic-settings=={version} \\\n    --hash=sha256:00\n    # via x\n")
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("lock", ["pydantic-settings==0.0.1\n", "no-such-package==1\n"])
    def test_what_is_not_fails(self, tmp_path: Path, lock: str) -> None:
        done = self.check(tmp_path, lock)
        assert done.returncode == 1
        assert "is locked" in done.stderr
