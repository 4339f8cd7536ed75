"""The import map and the size habits of ``docs/architecture.md``, held by the standard library's ``ast``.

``wrong_imports(root)`` and ``oversized(root)`` work on any tree: the tests plant faults in one of their own.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("inspector", "workers")

ONLY_IN: dict[str, tuple[str, ...]] = {
    "faster_whisper": ("inspector/asr/",),
    "ctranslate2": ("inspector/asr/",),
    "webrtcvad": ("inspector/vad/",),
    "onnxruntime": ("inspector/vad/", "inspector/diarisation/", "inspector/asr/"),
    "av": ("inspector/audio/",),
    "soxr": ("inspector/audio/",),
    "pyannote": ("inspector/diarisation/pyannote.py",),
    "torch": ("inspector/diarisation/pyannote.py",),
    "re2": ("inspector/rules/", "inspector/redaction/"),
    "ahocorasick_rs": ("inspector/rules/", "inspector/redaction/", "inspector/bench/peers.py"),
    "rapidfuzz": ("inspector/bench/peers.py",),
    "pypinyin": ("inspector/rules/", "inspector/redaction/"),
    "opencc": ("inspector/text.py",),
    "yaml": ("inspector/rules/load.py", "inspector/diarisation/pyannote.py"),
    "cryptography": ("inspector/rules/lock.py", "inspector/storage/"),
    "sqlalchemy": ("inspector/storage/",),
    "alembic": ("inspector/storage/",),
    "rq": ("workers/",),
    "redis": ("workers/",),
    "prometheus_client": ("workers/health.py",),
    "httpx2": ("inspector/delivery/", "inspector/bench/console/", "inspector/web/accounts/authlib_provider.py"),
    "playwright": ("inspector/bench/console/",),
    "smtplib": ("inspector/delivery/",),
    "xlsxwriter": ("inspector/reports/",),
    "structlog": ("inspector/logs.py", "workers/"),
    "fastapi": ("inspector/web/", "inspector/live/"),
    "starlette": ("inspector/web/", "inspector/live/"),
    "uvicorn": ("inspector/web/", "inspector/live/"),
    "jinja2": ("inspector/web/", "inspector/live/", "inspector/reports/"),
    "argon2": ("inspector/web/accounts/",),
    "authlib": ("inspector/web/accounts/authlib_provider.py",),
    "joserfc": ("inspector/web/accounts/authlib_provider.py",),
    "typer": ("inspector/cli/",),
    "rich": ("inspector/cli/", "inspector/reports/", "inspector/bench/"),
    "pydantic": (
        "inspector/model.py",
        "inspector/config.py",
        "inspector/credentials.py",
        "inspector/manifest.py",
        "inspector/rules/",
        "inspector/storage/",
        "inspector/models/",
        "inspector/delivery/settings.py",
        "inspector/web/api/",
    ),
    "pydantic_settings": ("inspector/config.py",),
    "workers": ("workers/", "inspector/cli/"),
    "inspector.cli": ("inspector/cli/", "inspector/__main__.py"),
}
"""Package → the only files and folders of the product that may import it."""

NEVER_IN: dict[str, tuple[str, ...]] = {
    "numpy": (
        "inspector/rules/",
        "inspector/sampling/",
        "inspector/alerts/",
        "inspector/review/",
        "inspector/storage/",
        "inspector/redaction/",
    ),
}
"""Package → where it must not be imported."""

OURS_ONLY: dict[str, tuple[str, ...]] = {
    "inspector/rules/": (
        "inspector.model",
        "inspector.errors",
        "inspector.text",
        "inspector.rules",
        "inspector.sound_check",
    ),
    "inspector/model.py": ("inspector.enums", "inspector.facts", "inspector.recording", "inspector.sound_check"),
    "inspector/recording.py": ("inspector.enums",),
    "inspector/enums.py": (),
    "inspector/facts.py": (),
    "inspector/sound_check.py": (),
    "inspector/errors.py": (),
}
"""File or folder → the only modules of ours that it may import."""

MAX_FUNCTION_LINES = 50
MAX_MODULE_LINES = 400
MAX_PARAMETERS = 6
USUAL_FUNCTION_LINES = 30
USUAL_SHARE = 0.9

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule, where."""

    file: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}"


def parsed(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product below ``root``, by its path from there."""
    for package in PRODUCT:
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8"), str(path))


def imports_of(tree: ast.Module, file: str) -> Iterator[tuple[int, str]]:
    """(line, full dotted name) of all that a module imports, at any depth and in any form that names it literally."""
    package = file.removesuffix(".py").split("/")[:-1]
    loaders = {"__import__", "import_module"} | {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "importlib"
        for alias in node.names
        if alias.name in ("import_module", "__import__") and alias.asname
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute("." * node.level + (node.module or ""), package)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and (loaded := _loaded(node, loaders)):
            name, anchor = loaded
            yield node.lineno, _absolute(name, anchor.split(".") if anchor else package)


def _loaded(call: ast.Call, loaders: set[str]) -> tuple[str, str] | None:
    """Name and anchor of ``import_module("literal", "anchor")`` or ``__import__("literal")``, whatever it is called."""
    function = call.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    if called not in loaders:
        return None
    given = dict(zip(("name", "package"), call.args, strict=False)) | {key.arg: key.value for key in call.keywords}
    name, anchor = (_literal(given.get(argument)) for argument in ("name", "package"))
    return (name, anchor) if name else None


def _literal(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _absolute(name: str, package: list[str]) -> str:
    """A dotted name with leading dots, as seen from ``package``."""
    level = len(name) - len(name.lstrip("."))
    base = package[: len(package) - level + 1] if level else []
    return ".".join([*base, *filter(None, name.lstrip(".").split("."))])


def wrong_imports(root: Path) -> list[Fault]:
    """Every import of the product below ``root`` that the map forbids."""
    return [
        Fault(file, line, rule)
        for file, tree in parsed(root)
        for line, name in sorted(imports_of(tree, file))
        for rule in _broken_rules(file, name)
    ]


def _broken_rules(file: str, name: str) -> Iterator[str]:
    for package, places in ONLY_IN.items():
        if _within(name, package) and not _lies_in(file, places):
            yield f"{package} is imported only in {', '.join(places)}"
    for package, places in NEVER_IN.items():
        if _within(name, package) and _lies_in(file, places):
            yield f"{package} is never imported in {', '.join(places)}"
    for place, allowed in OURS_ONLY.items():
        ours = any(_within(name, package) for package in PRODUCT)
        if ours and _lies_in(file, (place,)) and not any(_within(name, module) for module in allowed):
            yield f"{place} imports of ours only {', '.join(allowed) or 'nothing'}, not {name}"


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _lies_in(file: str, places: Iterable[str]) -> bool:
    return any(file == place or (place.endswith("/") and file.startswith(place)) for place in places)


def oversized(root: Path) -> list[Fault]:
    """Modules, functions and parameter lists beyond the limits, and bare excepts."""
    faults: list[Fault] = []
    for file, tree in parsed(root):
        lines = len((root / file).read_text("utf-8").splitlines())
        if lines > MAX_MODULE_LINES:
            faults.append(Fault(file, lines, f"a module has at most {MAX_MODULE_LINES} lines, not {lines}"))
        for node in ast.walk(tree):
            if isinstance(node, FunctionNode):
                faults += [Fault(file, node.lineno, rule) for rule in _function_faults(node)]
            elif isinstance(node, ast.ExceptHandler) and node.type is None:
                faults.append(Fault(file, node.lineno, "no bare except"))
    return faults


def _function_faults(node: FunctionNode) -> Iterator[str]:
    if (lines := _length(node)) > MAX_FUNCTION_LINES:
        yield f"{node.name}: a function has at most {MAX_FUNCTION_LINES} lines, not {lines}"
    if (count := _parameters(node)) > MAX_PARAMETERS:
        yield f"{node.name}: a function has at most {MAX_PARAMETERS} parameters, not {count}"


def _length(node: FunctionNode) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _parameters(node: FunctionNode) -> int:
    """Parameters without self and cls. Those of a command are its options: typer reads them from there."""
    if any(isinstance(call, ast.Call) and _is_command(call.func) for call in node.decorator_list):
        return 0
    named = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len([name for name in named if name not in ("self", "cls")])


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Attribute) and decorator.attr in ("command", "callback")


def told(faults: Iterable[Fault]) -> str:
    return "\n".join(map(str, faults))


# ---- the tree as it is -----------------------------------------------------------------------------------------------


def test_every_import_is_where_the_map_allows_it() -> None:
    faults = wrong_imports(ROOT)
    assert not faults, told(faults)


def test_nothing_is_too_large() -> None:
    faults = oversized(ROOT)
    assert not faults, told(faults)


def test_nine_functions_of_ten_fit_on_a_screen() -> None:
    lengths = [
        _length(node) for _, tree in parsed(ROOT) for node in ast.walk(tree) if isinstance(node, FunctionNode)
    ]
    usual = sum(length <= USUAL_FUNCTION_LINES for length in lengths)
    assert usual >= USUAL_SHARE * len(lengths), f"{usual} of {len(lengths)} have {USUAL_FUNCTION_LINES} lines or fewer"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("inspector/rules/load.py", "yaml"),
        ("inspector/rules/sound.py", "pypinyin.lazy_pinyin"),
        ("inspector/vad/silero.py", "onnxruntime"),
        ("inspector/audio/resample.py", "soxr"),
        ("inspector/storage/engine.py", "sqlalchemy.create_engine"),
        ("inspector/text.py", "opencc"),
    ],
)
def test_the_checker_sees_what_the_tree_imports(file: str, name: str) -> None:
    trees = dict(parsed(ROOT))
    assert name in {found for _, found in imports_of(trees[file], file)}


def test_the_map_names_no_package_twice_and_no_place_outside() -> None:
    places = [place for rule in (ONLY_IN, NEVER_IN) for found in rule.values() for place in found] + [*OURS_ONLY]
    assert all(place.startswith(tuple(f"{package}/" for package in PRODUCT)) for place in places)
    assert not ONLY_IN.keys() & NEVER_IN.keys()


def test_the_map_is_the_one_that_is_written_down() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    missing = [package for package in (*ONLY_IN, *NEVER_IN) if f"`{package}`" not in page]
    assert not missing, f"docs/architecture.md does not say where {missing} may be imported"


# ---- faults planted in a tree of our own -----------------------------------------------------------------------------


def plant(root: Path, file: str, source: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source), "utf-8")


@pytest.mark.parametrize(
    ("file", "source", "line", "package"),
    [
        ("inspector/rules/judge.py", "import faster_whisper\n", 1, "faster_whisper"),
        ("inspector/pipeline.py", "import os\nimport ctranslate2.models as m\n", 2, "ctranslate2"),
        ("inspector/audio/wav.py", "from onnxruntime import InferenceSession\n", 1, "onnxruntime"),
        ("inspector/asr/a.py", "def late():\n    import soxr\n", 2, "soxr"),
        ("inspector/asr/a.py", "class A:\n    def b(self):\n        from av import open\n", 3, "av"),
        ("inspector/diarisation/roles.py", "from torch import nn\n", 1, "torch"),
        ("inspector/text.py", "from pypinyin import lazy_pinyin\n", 1, "pypinyin"),
        ("inspector/config.py", "import importlib\nimportlib.import_module('yaml')\n", 2, "yaml"),
        ("inspector/config.py", "import importlib as i\ni.import_module(name='yaml')\n", 2, "yaml"),
        ("inspector/cli/app.py", "from importlib import import_module\nimport_module('redis.client')\n", 2, "redis"),
        ("inspector/cli/app.py", "from importlib import import_module as load\nload('rq')\n", 2, "rq"),
        ("inspector/alerts/route.py", "rq = __import__('rq')\n", 1, "rq"),
        ("inspector/rules/schema.py", "try:\n    import re2\nfinally:\n    import cryptography\n", 4, "cryptography"),
        ("inspector/cli/app.py", "from sqlalchemy.orm import Session\n", 1, "sqlalchemy"),
        ("inspector/storage/engine.py", "import rich\n", 1, "rich"),
        ("inspector/reports/html.py", "import jinja2\nimport fastapi\n", 2, "fastapi"),
        ("inspector/vad/silero.py", "from pydantic import BaseModel\n", 1, "pydantic"),
        ("inspector/model.py", "import pydantic_settings\n", 1, "pydantic_settings"),
        ("inspector/pipeline.py", "import workers.jobs\n", 1, "workers"),
        ("inspector/storage/a.py", "from inspector.cli.doctor import examine\n", 1, "inspector.cli"),
        ("inspector/storage/a.py", "from inspector import model, cli\n", 1, "inspector.cli"),
        ("inspector/storage/a.py", "from ..cli import doctor\n", 1, "inspector.cli"),
        ("inspector/storage/__init__.py", "from .. import cli\n", 1, "inspector.cli"),
        ("inspector/storage/a.py", "import importlib as i\ni.import_module('..cli', __name__)\n", 2, "inspector.cli"),
        ("inspector/text.py", "from importlib import *\nimport_module('..cli', 'inspector.a')\n", 2, "inspector.cli"),
        ("workers/run.py", "def go():\n    from inspector.cli import app\n", 2, "inspector.cli"),
        ("workers/run.py", "import typer\n", 1, "typer"),
    ],
)  # fmt: skip
def test_a_package_in_the_wrong_place_is_found(tmp_path: Path, file: str, source: str, line: int, package: str) -> None:
    plant(tmp_path, file, source)
    rule = f"{package} is imported only in {', '.join(ONLY_IN[package])}"
    assert wrong_imports(tmp_path) == [Fault(file, line, rule)]


@pytest.mark.parametrize("folder", ["rules", "sampling", "alerts", "review", "storage", "redaction"])
def test_numpy_in_the_cheap_half_is_found(tmp_path: Path, folder: str) -> None:
    plant(tmp_path, f"inspector/{folder}/sums.py", "def f():\n    import numpy as np\n    return np\n")
    (fault,) = wrong_imports(tmp_path)
    assert str(fault).startswith(f"inspector/{folder}/sums.py:2: numpy is never imported in")


@pytest.mark.parametrize(
    ("file", "source", "line", "ours"),
    [
        ("inspector/rules/view.py", "from inspector.storage import Store\n", 1, "inspector.storage.Store"),
        ("inspector/rules/view.py", "from inspector import config\n", 1, "inspector.config"),
        ("inspector/rules/deep/view.py", "from ...audio.wav import open_wav\n", 1, "inspector.audio.wav.open_wav"),
        ("inspector/rules/view.py", "def f():\n    from ..models import store\n", 2, "inspector.models.store"),
        ("inspector/rules/view.py", "import inspector\n", 1, "inspector"),
        ("inspector/model.py", "from inspector.errors import ErrorKind\n", 1, "inspector.errors.ErrorKind"),
        ("inspector/errors.py", "from . import model\n", 1, "inspector.model"),
        ("inspector/errors.py", "import importlib as i\ni.import_module('.text', 'inspector')\n", 2, "inspector.text"),
    ],
)  # fmt: skip
def test_a_module_of_ours_in_the_wrong_place_is_found(
    tmp_path: Path, file: str, source: str, line: int, ours: str
) -> None:
    plant(tmp_path, file, source)
    (fault,) = wrong_imports(tmp_path)
    assert (fault.file, fault.line) == (file, line)
    assert "imports of ours only" in fault.rule
    assert fault.rule.endswith(f"not {ours}")


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("inspector/asr/whisper.py", "from faster_whisper import WhisperModel\nimport numpy\n"),
        ("inspector/rules/load.py", "import re2\nimport yaml\nfrom inspector.model import Kind\nfrom . import plan\n"),
        ("inspector/storage/engine.py", "from sqlalchemy import create_engine\nimport average\n"),
        ("inspector/cli/app.py", "import typer\nfrom inspector.cli import doctor\nimport workers.run\n"),
        ("inspector/vad/silero.py", "import importlib.util\nimportlib.util.find_spec('faster_whisper')\n"),
        ("inspector/text.py", "import importlib\nname = 'yaml'\nimportlib.import_module(name)\n'import yaml'\n"),
        ("inspector/errors.py", "from dataclasses import dataclass\nimport inspect\n"),
        ("tests/test_it.py", "import workers, yaml, redis\n"),
    ],
)  # fmt: skip
def test_what_is_allowed_is_left_alone(tmp_path: Path, file: str, source: str) -> None:
    plant(tmp_path, file, source)
    assert wrong_imports(tmp_path) == []


@pytest.mark.parametrize(
    ("source", "line", "rule"),
    [
        ("def f():\n" + "    x = 1\n" * 50, 1, "f: a function has at most 50 lines, not 51"),
        ("class A:\n  async def f(self):\n" + "    x = 1\n" * 60, 2, "f: a function has at most 50 lines, not 61"),
        ("x = 1\n" * 401, 401, "a module has at most 400 lines, not 401"),
        ("def f(a, b, c, /, d, e, *, g, h): ...\n", 1, "f: a function has at most 6 parameters, not 7"),
        ("try:\n    x = 1\nexcept:\n    x = 2\n", 3, "no bare except"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_found(tmp_path: Path, source: str, line: int, rule: str) -> None:
    plant(tmp_path, "workers/big.py", source)
    assert oversized(tmp_path) == [Fault("workers/big.py", line, rule)]


def test_what_just_fits_is_left_alone(tmp_path: Path) -> None:
    body = "    x = 1\n" * 49
    fits = f"class A:\n    def g(self, a, b, c, d, e, f): ...\n\ndef f():\n{body}"
    command = "@app.command('inspect')\ndef run(a, b, c, d, e, f, g, h): ...\n"
    plant(tmp_path, "inspector/fits.py", fits + command + "try:\n    x = 1\nexcept ValueError:\n    x = 2\n")
    assert oversized(tmp_path) == []
