"""The template for authors is a good pack: it loads beside the packs that ship, and its examples hold."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from inspector.rules.check import check_packs
from inspector.rules.load import Packs, load_packs
from inspector.rules.notation import parse_call
from inspector.rules.prove import prove
from inspector.rules.schema import Rule
from tests.builders import ROOT, hearing_of, outcome, plan_of, rule_of, shipped, turn


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    directory = tmp_path_factory.mktemp("packs")
    for path in (ROOT / "rules").glob("*.yaml"):
        shutil.copy(path, directory / ("mine.yaml" if path.name == "TEMPLATE.yaml" else path.name))
    return load_packs(directory)


def own(packs: Packs) -> list[Rule]:
    return [rule for rule in packs.rules if packs.file_of[rule.id] == "mine.yaml"]


def test_the_loader_skips_the_template(packs: Packs) -> None:
    assert {rule.id for rule in packs.rules} - {rule.id for rule in shipped().rules} == {rule.id for rule in own(packs)}
    assert len(own(packs)) == 3


def test_the_examples_of_the_template_hold(packs: Packs) -> None:
    proofs = [proof for rule in own(packs) for proof in prove(packs, rule.id)]
    assert len(proofs) > 15
    assert [proof for proof in proofs if proof.fault] == []


def test_the_template_is_without_fault(packs: Packs) -> None:
    assert [str(issue) for issue in check_packs(packs) if issue.file == "mine.yaml"] == []


@pytest.mark.parametrize(("page", "form"), [("TEMPLATE.yaml", r"\b{}:"), ("README.md", r"\| `{}` \|")])
def test_every_field_of_a_rule_is_shown(page: str, form: str) -> None:
    text = (ROOT / "rules" / page).read_text(encoding="utf-8")
    names = [field.alias or name for name, field in Rule.model_fields.items()]
    assert [name for name in names if not re.search(form.format(name), text)] == []


GUIDE = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(schema:.*?)```", GUIDE, re.DOTALL))
def test_the_examples_of_the_guide_are_rules_that_hold(tmp_path: Path, example: str) -> None:
    shutil.copy(ROOT / "rules" / "guards.yaml", tmp_path)
    (tmp_path / "mine.yaml").write_text(example, encoding="utf-8")
    packs = load_packs(tmp_path)
    assert [proof for proof in prove(packs) if proof.fault] == []
    assert check_packs(packs) == ()


def snippets() -> list[dict[str, Any]]:
    """The parts of rules that the guide shows."""
    guide = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)]
    return [yaml.safe_load(block) for block in blocks if not block.startswith(("schema:", "-"))]


def test_the_parts_of_rules_in_the_guide_are_well_formed() -> None:
    assert len(snippets()) > 4
    for snippet in snippets():
        assert rule_of(**{"match": {"phrases": ["保本"]}, **snippet})


@pytest.mark.parametrize(
    ("holds", "kind", "text", "wanted"),
    [
        ("distinct", "forbidden", "把验证码给我，转到安全账户", "fires"),
        ("distinct", "forbidden", "验证码，验证码", "silent"),
        ("sequence", "forbidden", "请您核对，没有问题我就提交", "fires"),
        ("clearly", "required", "理财非存款产品有风险", "silent"),
        ("exceptions", "forbidden", "存款保险五十万以内保本", "silent"),
        ("exceptions", "forbidden", "保本，有存款保险", "fires"),
    ],
)
def test_the_parts_do_what_the_guide_says(holds: str, kind: str, text: str, wanted: str) -> None:
    (snippet,) = [one for one in snippets() if holds in one or holds in one.get("match", {})]
    assert outcome(plan_of(rule_of(kind, **snippet)), hearing_of(turn("A", 1.0, text))) == wanted


def test_the_call_of_the_guide_can_be_read() -> None:
    (text,) = re.findall(r"```\n(# product=.*?)```", (ROOT / "rules" / "README.md").read_text("utf-8"), re.DOTALL)
    call, heard = parse_call(text, "guide")
    assert call.facts.known() == {"product_type": "理财", "hangup_by": "customer", "hold_spans": ((30.0, 45.0),)}
    assert (len(heard.turns), len(heard.unheard), heard.recording.duration_s) == (4, 1, 300.0)
