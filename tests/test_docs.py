"""What the documents say is true of the tree: links, commands, paths, the JSON contract."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inspector import errors, model
from inspector.pipeline import inspect_hearing
from inspector.reports.contract import error_object, inspection_object, to_line
from inspector.rules.load import load_packs
from inspector.rules.notation import parse_call

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("docs", "rules", "audio_samples")
PAGES = sorted([*ROOT.glob("*.md"), *(page for name in FOLDERS for page in (ROOT / name).rglob("*.md"))])
READMES = ("README.md", "README.zh-CN.md")
TRUTHS = ROOT / "audio_samples" / "truth"
SCHEMA = ROOT / "inspector" / "reports" / "inspection-1.schema.json"
INSPECT_PAGE = ROOT / "docs" / "how-to" / "inspect.md"

FENCE = re.compile(r"^[ \t]*```(\w*)\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]\n]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]\n]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
COMMAND = re.compile(r"(?<![\w/.-])(?:\.venv/bin/)?inspector((?:[ \t]+[^\s|;&#`()（）]+)+)")
NO_TEXT = frozenset((".wav", ".ogg", ".opus", ".mp3", ".gsm", ".amr", ".jpg"))
OUR_PATH = re.compile(r"(?:inspector|workers|rules|scripts|docs|tests|locks|audio_samples|\.ci)/[\w./*{},-]*")
SHELLS = ("sh", "bash", "console", "shell")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def code_of(page: Path) -> list[str]:
    """Lines of fenced blocks (comments of shell blocks left out) and inline code."""
    text = text_of(page)
    lines = [
        re.sub(r"(^|\s)#.*", "", line) if language in SHELLS else line
        for language, body in FENCE.findall(text)
        for line in body.splitlines()
    ]
    return lines + CODE_SPAN.findall(FENCE.sub("", text))


def ident(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# ---- links and paths -------------------------------------------------------------------------------------------------


def slugs(page: Path) -> set[str]:
    """The anchors that a page's headings make on the usual forges."""
    headings = HEADING.findall(FENCE.sub("", text_of(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    text = CODE_SPAN.sub("", FENCE.sub("", text_of(page)))
    for inline, reference in LINK.findall(text):
        target, _, anchor = (inline or reference).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        place = page.parent / target if target else page
        if not place.exists():
            yield f"{target}: no such file"
        elif anchor and place.suffix == ".md" and anchor not in slugs(place):
            yield f"{target}#{anchor}: no such heading"
        elif not place.resolve().is_relative_to(ROOT):
            yield f"{target}: outside of the repository"


@pytest.mark.parametrize("page", PAGES, ids=ident)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert not list(broken_links(page))


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=ident)
def test_every_path_of_ours_that_is_named_exists(page: Path) -> None:
    """In inline code only: blocks may draw trees and show files of the reader."""
    spans = CODE_SPAN.findall(FENCE.sub("", text_of(page)))
    named = {found[0].rstrip(".,") for span in spans if (found := OUR_PATH.match(span))}
    missing = sorted(path for path in named if not any(ROOT.glob(path.rstrip("/"))))
    assert not missing


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](no.md) [b](#one) [c](#two) [d](page.md) `[e](x.md)`\n\n[f]: gone.md\n", "utf-8")
    expected = ["no.md: no such file", "#two: no such heading", "gone.md: no such file"]
    assert [fault for fault in broken_links(page) if "outside" not in fault] == expected


# ---- commands --------------------------------------------------------------------------------------------------------


def named_commands(page: Path) -> set[str]:
    """``scripts/…`` and ``inspector …`` as a page's code names them, with the options given to them."""
    found = set()
    for line in code_of(page):
        for script, rest in re.findall(r"(?<![\w/])(scripts/[a-z_]+)([^|;&#\n]*)", line):
            found |= {script, *(f"{script} {option}" for option in re.findall(r"--[a-z][a-z-]*", rest))}
        for words in map(str.split, COMMAND.findall(line)):
            verbs = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
            options = [word.partition("=")[0] for word in words if word.startswith("--")]
            found |= {f"inspector {' '.join(verbs)}", *(f"inspector {' '.join(verbs)} {o}" for o in options)}
    return found


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = (named_commands(ROOT / name) for name in READMES)
    assert english
    assert english == chinese


def test_both_readmes_have_the_same_sections_and_links() -> None:
    english, chinese = (text_of(ROOT / name) for name in READMES)
    assert len(HEADING.findall(english)) == len(HEADING.findall(chinese))
    pages = [{(a or b).partition("#")[0] for a, b in LINK.findall(text)} - set(READMES) for text in (english, chinese)]
    assert pages[0] == pages[1]


def rows_of_samples(page: Path) -> dict[str, list[str]]:
    """The rules that a page's table of sample calls names, by the recording's name."""
    lines = (re.match(r"\| `(\w+)` \|", line) for line in text_of(page).splitlines())
    rows = {line[1]: line.string.rpartition("|")[0].rpartition("|")[2] for line in lines if line}
    return {name: sorted(CODE_SPAN.findall(last)) for name, last in rows.items() if (TRUTHS / f"{name}.json").exists()}


@pytest.mark.parametrize("name", [*READMES, "audio_samples/README.md"])
def test_the_readmes_say_what_the_sample_calls_are_for(name: str) -> None:
    told = rows_of_samples(ROOT / name)
    expected = {path.stem: sorted(json.loads(text_of(path))["expect"]["fires"]) for path in TRUTHS.glob("*.json")}
    assert told == {stem: expected[stem] for stem in told}
    demo = (json.loads(line)["path"] for line in text_of(ROOT / "audio_samples" / "tour.jsonl").splitlines())
    wanted = {Path(path).stem for path in demo} if name in READMES else set(expected)
    assert set(told) == wanted


@cache
def root_command() -> Any:
    """The command line as click sees it. Skips only while there is no module to ask."""
    if importlib.util.find_spec("inspector.cli.app") is None:
        pytest.skip("inspector.cli.app is not there yet")
    typer = importlib.import_module("typer")
    app = importlib.import_module("inspector.cli.app")
    return typer.main.get_command(app.app)


def wrong_command(words: list[str]) -> str:
    """Why ``inspector WORDS`` cannot be called, empty when it can: every word down to a command, every option."""
    command = root_command()
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("--"):
            name = word.partition("=")[0]
            known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
            if name not in known | {"--help"}:
                return f"{command.name or 'inspector'} has no option {name}"
        elif (known_commands := getattr(command, "commands", None)) is not None:
            if before.startswith("--") and getattr(command, "invoke_without_command", False):
                continue  # the value of an option of a group that is a command itself
            if word not in known_commands:
                return f"{command.name or 'inspector'} has no command {word}"
            command = known_commands[word]
    return ""


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=ident)
def test_every_command_that_is_named_exists(page: Path) -> None:
    named = [words.split() for line in code_of(page) for words in COMMAND.findall(line)]
    faults = [f"inspector {' '.join(words)}: {fault}" for words in named if (fault := wrong_command(words))]
    assert not faults


def test_a_command_that_is_not_there_is_found() -> None:
    assert wrong_command(["no-such-command"])
    assert wrong_command(["inspect", "--no-such-option"])
    assert not wrong_command(["inspect", "PATH…", "--json", "-"])


@pytest.mark.parametrize("page", PAGES, ids=ident)
def test_every_script_that_is_named_exists_and_knows_its_options(page: Path) -> None:
    for command in named_commands(page):
        script, _, option = command.partition(" ")
        if script.startswith("scripts/"):
            assert (ROOT / script).exists(), command
            sources = [ROOT / script, ROOT / "scripts" / "samples" / "make.py"]  # the latter parses for make_samples
            assert not option or any(option in text_of(source) for source in sources), command


# ---- nothing of this machine, nothing of a registry ------------------------------------------------------------------

REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("huggingface", "co"),
    ("hf-mirror", "com"),
    ("modelscope", "cn"),
    ("crates", "io"),
    ("proxy.golang", "org"),
    ("docker", "io"),
    ("ghcr", "io"),
    ("quay", "io"),
    ("deb.debian", "org"),
    ("anaconda", "org"),
    ("conda", "io"),
    ("tuna.tsinghua.edu", "cn"),
    ("mirrors.aliyun", "com"),
    ("jfrog", "io"),
)
REGISTRY = re.compile("|".join(re.escape(".".join(parts)) for parts in REGISTRIES))
MACHINES = "|".join(("ro" + "ot", "wo" + "rk", "ho" + "me", "Us" + "ers", "tm" + "p/w"))
MACHINE_PATH = re.compile(rf"(?<![\w.}}>])/(?:{MACHINES})/[\w.-]+")


def files_of_the_tree() -> Iterator[Path]:
    """Every text file that belongs to the repository: no environments, caches, builds."""
    for path in sorted(ROOT.iterdir()):
        hidden = path.name.startswith(".") and path.name != ".ci"
        if path.is_dir() and not hidden and path.name not in ("build", "dist"):
            inside = (found for found in sorted(path.rglob("*")) if "__pycache__" not in found.parts)
            yield from (found for found in inside if found.is_file() and found.suffix not in NO_TEXT)
        elif path.is_file() and not path.name.startswith("inspector-bundle"):
            yield path


def places_in(text: str) -> list[str]:
    return [found[0] for pattern in (REGISTRY, MACHINE_PATH) for found in pattern.finditer(text)]


def test_the_tree_names_no_registry_and_no_place_of_a_machine() -> None:
    files = list(files_of_the_tree())
    assert {"README.md", "core.txt", "demo"} <= {path.name for path in files}
    faults = [f"{ident(path)}: {place}" for path in files for place in places_in(text_of(path))]
    assert not faults


@pytest.mark.parametrize(
    "text",
    [
        "see https://" + ".".join(REGISTRIES[0]) + "/simple",
        "files." + ".".join(REGISTRIES[1]),
        "open /" + MACHINES.split("|")[0] + "/.pyenv/bin",
        "'/" + MACHINES.split("|")[1] + "/main'",
    ],
)
def test_a_forbidden_place_is_found(text: str) -> None:
    assert places_in(text)


@pytest.mark.parametrize("text", ["docs/work/plan", "/path/to/mirror", "sqlite:////absolute/path/x.db", '"/home/"'])
def test_an_innocent_path_is_left_alone(text: str) -> None:
    assert not places_in(text)


# ---- the JSON contract -----------------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text_of(SCHEMA))
    return loaded


def objects() -> dict[str, dict[str, Any]]:
    return {name: part for name, part in schema()["$defs"].items() if part.get("type") == "object"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("party", model.Party),
        ("layout", model.Layout),
        ("unheard_why", model.UnheardWhy),
        ("outcome", model.Outcome),
        ("because", model.Because),
        ("kind", model.Kind),
        ("severity", model.Severity),
        ("status", model.Status),
        ("error_kind", errors.ErrorKind),
    ],
)
def test_closed_lists_are_those_of_the_code(name: str, values: type[Any]) -> None:
    assert schema()["$defs"][name]["enum"] == [value.value for value in values]


def test_the_schema_is_one_and_strict() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for name, part in objects().items():
        assert part["required"] == list(part["properties"]), name
        assert part["additionalProperties"] is False, name


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("segment", model.Segment),
        ("speaker", model.Speaker),
        ("unheard", model.Unheard),
        ("emotion", model.EmotionSpan),
        ("evidence", model.Evidence),
        ("coverage", model.Coverage),
        ("finding", model.Finding),
        ("metrics", model.Metrics),
        ("queue", model.QueueEntry),
    ],
)
def test_objects_have_the_fields_of_their_records(name: str, record: type[Any]) -> None:
    assert objects()[name]["required"] == list(record.__slots__)


def test_every_key_of_the_contract_is_explained() -> None:
    spans = {word for span in CODE_SPAN.findall(text_of(INSPECT_PAGE)) for word in re.findall(r"\w+", span)}
    keys = {key for part in objects().values() for key in part["properties"]}
    assert not sorted(keys - spans)


def test_every_column_of_a_manifest_is_explained() -> None:
    spans = {word for span in CODE_SPAN.findall(text_of(INSPECT_PAGE)) for word in re.findall(r"\w+", span)}
    columns = {*model.Facts.__slots__, "call_id", "path", "source", "segment_no", "segment_count"} - {"custom"}
    assert not sorted(columns - spans)


def examples() -> list[dict[str, Any]]:
    blocks = [body for language, body in FENCE.findall(text_of(INSPECT_PAGE)) if language == "json"]
    return [json.loads(block) for block in blocks]


def test_the_examples_of_the_page_hold_to_the_contract() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    for example in examples():
        validator.validate(example)
    assert {"error" in example for example in examples()} == {True, False}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("extra",), 1),
        (("turns", 0, "party"), "bot"),
        (("findings", 0, "extra"), None),
        (("findings", 0, "outcome"), "silent"),
        (("findings", 0, "undetermined_because"), "not_heard"),
        (("findings", 0, "evidence"), []),
        (("findings", 1, "coverage"), None),
        (("recording", "id"), "1234"),
        (("recording", "layout"), "quad"),
        (("queues", 0, "queue"), "somewhere"),
        (("judged", "by_rule", "missing.closing"), "said"),
        (("metrics", "interruptions"), 1.5),
        (("error",), {"kind": "not_audio", "message": "is no audio", "remedy": ""}),
    ],
)
def test_what_breaks_the_contract_is_refused(place: tuple[str | int, ...], value: object) -> None:
    (broken,) = [example for example in examples() if "error" not in example]
    at: Any = broken
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(broken))


def test_what_the_program_writes_holds_to_the_contract() -> None:
    """Every example of every rule that ships, and an error of every kind."""
    packs = load_packs(ROOT / "rules")
    plan = packs.plan()
    groups = [rule.examples for rule in packs.rules]
    cases = [case for group in groups for _, some in group for case in some]
    assert cases
    written = [inspection_object(inspect_hearing(*parse_call(case.call, case.name), plan), 0.1, {}) for case in cases]
    call = model.Call("manifest", "C-1", model.Facts(product_type="理财"))
    for kind in errors.ErrorKind:
        written += [error_object("a.wav", named, errors.RecordingError(kind, "what", "do")) for named in (None, call)]
    validator = jsonschema.Draft202012Validator(schema())
    for line in written:
        validator.validate(json.loads(to_line(line)))


def test_a_missing_key_and_an_unknown_kind_of_error_are_refused() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    (error,) = [example for example in examples() if "error" in example]
    assert not list(validator.iter_errors(error))
    assert list(validator.iter_errors({**error, "error": {**error["error"], "kind": "bad_luck"}}))
    for example in examples():
        for key in example:
            assert list(validator.iter_errors({name: part for name, part in example.items() if name != key})), key
