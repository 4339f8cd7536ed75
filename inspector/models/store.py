"""The table of model files and the one way to get at them.

Nothing is loaded that was not compared with its digest first. A model directory that the user configured himself has no
digest to compare with: it is accepted, its digest is computed and reported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inspector.config import Settings
from inspector.errors import ModelError

__all__ = [
    "GE2E",
    "MODELS",
    "SEGMENTATION",
    "SILERO",
    "WHISPER_BASE",
    "FileFault",
    "ModelFile",
    "ModelSpec",
    "ModelState",
    "file_digest",
    "file_fault",
    "model_faults",
    "model_state",
    "ready_model",
    "verified_bytes",
    "verify",
]

WHISPER_BASE = "whisper-base"
SILERO = "silero-vad-v6"
SEGMENTATION = "segmentation-3.0"
GE2E = "ge2e"

SETUP = "run scripts/setup"
_CUSTOM_FILES = ("model.bin", "config.json", "tokenizer.json")
_CUSTOM_VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
_CUSTOM_REMEDY = (
    "set hearing.asr_model to a complete CTranslate2 model directory, or leave it unset and run scripts/setup"
)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file as it must be, byte for byte."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model: its files, the first of which names it (its digest is the model's), and the package it lies in.

    ``package`` empty: the files lie in ``models/<name>`` below home; else in ``folder`` of that installed package.
    """

    name: str
    files: tuple[ModelFile, ...]
    package: str = ""
    folder: str = ""

    @property
    def sha256(self) -> str:
        return self.files[0].sha256


@dataclass(frozen=True, slots=True)
class ModelState:
    """What was found of one model. ``sha256`` is of its main file as it lies there, empty when it could not be read."""

    name: str
    dir: Path
    sha256: str
    ok: bool
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a file is not what it should be, and its digest when it could be read."""

    file: str
    what: str
    sha256: str = ""


MODELS: Mapping[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(
            WHISPER_BASE,
            (
                ModelFile("model.bin", 145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
                ModelFile("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
                ModelFile(
                    "tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
                ),
                ModelFile(
                    "vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
                ),
            ),
        ),
        ModelSpec(
            SILERO,
            (
                ModelFile(
                    "silero_vad_v6.onnx", 1_245_151, "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"
                ),
            ),
            package="faster_whisper",
            folder="assets",
        ),
        ModelSpec(
            SEGMENTATION,
            (
                ModelFile(
                    "segmentation-3.0.onnx",
                    5_983_836,
                    "b78fc48113bb46fd247ae6a9aea737079550c647638db961df7e0e1e9f4ba62e",
                ),
            ),
        ),
        ModelSpec(
            GE2E,
            (
                ModelFile(
                    "pretrained.pt", 17_090_379, "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
                ),
            ),
        ),
    )
}


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes, hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_fault(folder: Path, wanted: ModelFile) -> FileFault | None:
    """None when the file is there and right byte for byte."""
    path = folder / wanted.name
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return FileFault(wanted.name, f"{path} cannot be read: it is no regular file")
        digest = file_digest(path)
    except FileNotFoundError:
        return FileFault(wanted.name, f"{path} is missing")
    except OSError as error:
        return FileFault(wanted.name, f"{path} cannot be read: {error.strerror or error}")
    if found.st_size != wanted.size:
        return FileFault(wanted.name, f"{path} has {found.st_size} bytes instead of {wanted.size}", digest)
    if digest != wanted.sha256:
        what = f"{path} was altered: sha256 {digest[:16]}… instead of {wanted.sha256[:16]}…"
        return FileFault(wanted.name, what, digest)
    return None


def verified_bytes(path: Path, digest: str, remedy: str = SETUP) -> bytes:
    """A model file whole, to be loaded from these very bytes; ``digest``: its sha256 in hex.

    Raises ModelError when it is missing, unreadable or altered.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", remedy) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"{path} is not the file with sha256 {digest[:8]}…", remedy)
    return content


def model_faults(spec: ModelSpec, folder: Path) -> tuple[FileFault, ...]:
    """What is wrong with a model's files; empty when every byte is right."""
    try:
        folder.stat()
    except FileNotFoundError:
        return (FileFault(spec.files[0].name, f"{folder} is missing"),)
    except OSError as error:
        return (FileFault(spec.files[0].name, f"{folder} cannot be read: {error.strerror or error}"),)
    found = (file_fault(folder, wanted) for wanted in spec.files)
    return tuple(fault for fault in found if fault)


def model_state(name: str, settings: Settings, table: Mapping[str, ModelSpec] = MODELS) -> ModelState:
    """Looks at one model, reading every byte of it. Never raises for what it finds."""
    spec = table.get(name)
    if spec is None:
        return _custom_state(name, settings)
    folder = _folder(spec, settings)
    if folder is None:
        return ModelState(name, Path(), "", False, f"the package {spec.package} is not installed", SETUP)
    if faults := model_faults(spec, folder):
        main = {fault.file: fault.sha256 for fault in faults}.get(spec.files[0].name, spec.sha256)
        remedy = f"remove .venv, then {SETUP}" if spec.package else f"{SETUP}: it puts the file right"
        return ModelState(name, folder, main, False, "; ".join(fault.what for fault in faults), remedy)
    return ModelState(name, folder, spec.sha256, True, "as it should be")


def verify(settings: Settings, table: Mapping[str, ModelSpec] = MODELS) -> tuple[ModelState, ...]:
    """The state of every model that these settings need: the recogniser first, then the others."""
    names = [settings.hearing.asr_model, *(name for name in table if name != WHISPER_BASE)]
    return tuple(model_state(name, settings, table) for name in dict.fromkeys(names))


def ready_model(name: str, settings: Settings, table: Mapping[str, ModelSpec] = MODELS) -> ModelState:
    """The state of a model that is right; its ``sha256`` is part of every name that is made of it.

    Raises ModelError when anything is missing, unreadable or altered.
    """
    state = model_state(name, settings, table)
    if not state.ok:
        raise ModelError(f"model {name}: {state.message}", state.remedy)
    return state


def _folder(spec: ModelSpec, settings: Settings) -> Path | None:
    """Where the files lie; None when the package that brings them is not installed. Never imports the package."""
    if not spec.package:
        return settings.models_dir / spec.name
    found = importlib.util.find_spec(spec.package)
    if found is None or not found.origin:
        return None
    return Path(found.origin).parent / spec.folder


def _custom_state(name: str, settings: Settings) -> ModelState:
    """A directory of the user's own: complete and readable is all that can be asked."""
    folder = Path(name)
    try:
        below_home = settings.models_dir / name
        folder = below_home if below_home.is_dir() else folder.expanduser()
        what = _custom_fault(folder)
        digest = "" if what else file_digest(folder / "model.bin")
    except (OSError, RuntimeError) as error:
        what, digest = f"{folder} cannot be read: {error}", ""
    if what:
        return ModelState(name, folder, "", False, what, _CUSTOM_REMEDY)
    return ModelState(name, folder, digest, True, "your own model: digest reported, nothing to compare it with")


def _custom_fault(folder: Path) -> str:
    """What a CTranslate2 model directory lacks; a missing tokenizer would be fetched from a hub, so it counts."""
    if not folder.is_dir():
        return f"no such model directory: {folder}"
    missing = [file for file in _CUSTOM_FILES if not (folder / file).is_file()]
    if not any((folder / file).is_file() for file in _CUSTOM_VOCABULARIES):
        missing.append(" or ".join(_CUSTOM_VOCABULARIES))
    return f"{folder} lacks {', '.join(missing)}" if missing else ""
