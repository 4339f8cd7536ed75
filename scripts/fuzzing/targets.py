"""What ``scripts/fuzz`` throws input at; run by it, or by hand with a target and the file of a crash."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["inspector.rules", "inspector.text"]):
    import re2

    from inspector.errors import PackError, RecordingError
    from inspector.model import Hearing
    from inspector.rules.judge import judge
    from inspector.rules.load import load_packs
    from inspector.rules.match import Wording
    from inspector.rules.matchers import Leaf
    from inspector.rules.notation import parse_call, parse_chat
    from inspector.rules.passages import passages_of
    from inspector.rules.patterns import compile_pattern, pattern_hits
    from inspector.rules.phrases import LEAST_SCORE, matchable
    from inspector.rules.plan import Plan
    from inspector.rules.scan import Index

PACKS = ROOT / "rules"
CALL = "0:01 A 您好这款理财稳赚不赔，不保本\n0:05 C 手续费是多少\n0:09 ? 嗯\n0:12-0:14 ~ A\n0:20 S 请按一"


def packs(data: bytes) -> None:
    """A pack of any bytes: located faults, or a plan that judges, twice alike."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "a.yaml").write_bytes(data)
        try:
            plan = load_packs(Path(place)).plan()
        except PackError as error:
            assert error.issues and all(issue.file and issue.what and issue.remedy for issue in error.issues)
            return
        call, hearing = parse_call(CALL, "call")
        assert judge(call, hearing, plan, "fuzz") == judge(call, hearing, load_packs(Path(place)).plan(), "fuzz")


@cache
def default_plan() -> Plan:
    return load_packs(PACKS).plan()


def calls(data: bytes) -> None:
    """A call as text (or a chat, after ``{``) under the default packs: a located fault, or findings within the call."""
    text = data.decode(errors="ignore")
    try:
        call, hearing = (parse_chat if text.startswith("{") else parse_call)(text, "call")
    except RecordingError as error:
        assert ", line " in error.message and error.remedy
        return
    inspection = judge(call, hearing, default_plan(), "fuzz")
    for said in (one for finding in inspection.findings for one in finding.evidence):
        assert 0 <= said.start_s < said.end_s


def patterns(data: bytes) -> None:
    """A pattern or phrase, and below it a text: what RE2 finds is never screened out, what stands there is found."""
    wanted, _, said = data.decode(errors="ignore").partition("\n")
    hearing = _heard(said)
    if hearing is None:
        return
    (passage,) = passages_of(hearing)
    with suppress(re2.error):
        index = Index()
        if r"\C" not in wanted and compile_pattern(wanted).search("") is None and list(pattern_hits(passage, wanted)):
            index.pattern(wanted)
            assert wanted in index.found_in(passage).patterns, "screened out"
    if (spelled := matchable(wanted[:30])) and len(passage.text) <= 200:
        for by in ("literal", "pinyin", "pinyin_confusable"):
            hits = Wording(Leaf(phrases=(wanted[:30],), by=by)).all([passage], LEAST_SCORE)
            assert all(LEAST_SCORE <= hit.score <= 1 and 0 <= hit.start < hit.end <= len(passage.text) for hit in hits)
            exact = {hit.start for hit in hits if hit.how == "exact"}
            assert _places(spelled, passage.text) <= exact, "not found"


def _heard(said: str) -> Hearing | None:
    try:
        return parse_call(f"0:01 A {' '.join(said.split())}", "call")[1]
    except RecordingError:
        return None


def _places(wanted: str, text: str) -> set[int]:
    return {at for at in range(len(text)) if text.startswith(wanted, at)}


TARGETS: dict[str, Callable[[bytes], None]] = {"packs": packs, "calls": calls, "patterns": patterns}


def seeds(name: str) -> Iterator[str]:
    """What the shipped packs hold: each rule with all that it hangs on, each example, each wording above an example."""
    shipped = load_packs(PACKS)
    for rule in shipped.rules:
        cases = [case.call for _, case in rule.examples.cases()]
        if name == "packs":
            bare = rule.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"examples"})
            guards = [g.model_dump(mode="json", exclude_unset=True) for g in shipped.guards if g.name in rule.unless]
            whole = {"schema": "inspector.rules/1", "pack": "x", "guards": guards, "rules": [bare]}
            yield json.dumps(whole, ensure_ascii=False)
        elif name == "calls":
            yield from cases[:4]
        else:
            leaves = [leaf for _, leaf in rule.leaves()]
            wanted = [one for leaf in leaves for one in (*leaf.regex[:6], *leaf.phrases[:3])]
            said = [call.splitlines()[-1].partition(" A ")[2] or call for call in cases]
            yield from (f"{one}\n{said[at % len(said)]}" for at, one in enumerate(wanted if said else ()))
    if name == "calls":
        yield '{"party": "agent", "text": "这款保本"}\n{"party": "customer", "text": "好", "start_s": 9}'


def main() -> None:
    name, arguments = sys.argv[1], sys.argv[2:]
    corpus = Path(arguments[-1])
    if corpus.is_dir() and not any(corpus.iterdir()):
        for number, seed in enumerate(seeds(name)):
            (corpus / f"seed{number}").write_text(seed, "utf-8")
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
