"""Every example that a shipped rule carries, one test each."""

from __future__ import annotations

import pytest

from inspector.rules.check import check_packs
from inspector.rules.prove import Proof, prove
from tests.builders import shipped

PROOFS = tuple(prove(shipped()))


@pytest.mark.parametrize("proof", PROOFS, ids=[f"{proof.rule_id}/{proof.group}/{proof.name}" for proof in PROOFS])
def test_the_example_holds(proof: Proof) -> None:
    assert not proof.fault


def test_every_example_was_run_and_has_a_name_of_its_own() -> None:
    groups = ("fires", "silent", "not_applicable", "undetermined", "known_misses")
    written = [
        (rule.id, group, case.name)
        for rule in shipped().rules
        for group in groups
        for case in getattr(rule.examples, group)
    ]
    assert sorted((proof.rule_id, proof.group, proof.name) for proof in PROOFS) == sorted(written)
    assert len(set(written)) == len(written) > 100


def test_the_shipped_packs_are_without_fault() -> None:
    assert [str(issue) for issue in check_packs(shipped())] == []
