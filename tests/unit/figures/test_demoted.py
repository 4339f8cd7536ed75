"""A plan without the standing of a rule: it still answers, and nobody is told or blamed."""

from __future__ import annotations

from dataclasses import replace

from inspector.enums import Status
from inspector.pipeline import inspect_hearing
from inspector.rules.plan import Plan
from tests.builders import hearing_of, plan_of, rule_of, turn
from tests.signals import called

HEARING = hearing_of(turn("A", 1.0, "这款产品稳赚不赔"))
CALL = called("1", None).call


def plan() -> Plan:
    return plan_of(
        rule_of(id="test.promise", status="stable", severity="critical", alert="team_lead"),
        rule_of(id="test.other", match={"phrases": ["别的"]}, status="stable"),
    )


def test_what_is_demoted_fires_but_alerts_nobody() -> None:
    before = inspect_hearing(CALL, HEARING, plan())
    after = inspect_hearing(CALL, HEARING, plan().without_standing(frozenset({("test.promise", 1)})))
    assert [entry.queue for entry in before.queues] == ["alert", "review"]
    assert [entry.queue for entry in after.queues] == ["review"]
    assert after.by_rule == before.by_rule
    assert after.findings == tuple(replace(finding, status=Status.TEST) for finding in before.findings)
    assert after.packs != before.packs, "another plan made it"


def test_only_that_version_of_a_stable_rule() -> None:
    same = plan()
    assert same.without_standing(frozenset({("test.promise", 2), ("test.unknown", 1)})) is same
    assert same.without_standing(frozenset()) is same
    on_trial = plan_of(rule_of(id="test.promise"))
    assert on_trial.without_standing(frozenset({("test.promise", 1)})) is on_trial
    demoted = frozenset({("test.promise", 1)})
    assert same.without_standing(demoted).digest == plan().without_standing(demoted).digest
