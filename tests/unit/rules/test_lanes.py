"""A party that was hardly heard: one entry for the call."""

from __future__ import annotations

from inspector.model import Because, Outcome, Party, Severity
from inspector.rules.judge import judge
from inspector.rules.notation import parse_call
from tests.builders import shipped

PLAN = shipped().plan()


def test_thirty_rules_that_cannot_hear_the_customer_are_one_entry() -> None:
    # customer  |~~~~~~~~~~~~~~~~| |对|      12 of 12.25 s not heard
    call, hearing = parse_call(
        "0:01 A 您好云川银行工号一零二四为您服务\n0:07-0:19 ~ C\n0:20 C 对\n0:22 A 好的感谢您的来电再见", "x"
    )
    inspection = judge(call, hearing, PLAN, "test")
    entry = [finding for finding in inspection.findings if finding.rule_id == "hearing.uninspectable"]
    assert len(entry) == 1
    assert (entry[0].outcome, entry[0].undetermined_because) == (Outcome.UNDETERMINED, Because.NOT_HEARD)
    assert (entry[0].party, entry[0].severity) == (Party.CUSTOMER, Severity.MEDIUM)
    assert entry[0].coverage is not None
    assert entry[0].coverage.heard_s < 1 < 12 < entry[0].coverage.speech_s
    deaf = [rule for rule, answer in inspection.by_rule.items() if answer is Outcome.UNDETERMINED]
    assert "urgent.account_theft" in deaf
    assert f"{len(deaf)} 条规则" in entry[0].why
    assert all(finding.rule_id not in deaf for finding in inspection.findings)


def test_what_was_found_all_the_same_stays_an_entry_of_its_own() -> None:
    call, hearing = parse_call(
        "0:01 A 您好云川银行为您服务\n0:05-0:19 ~ C\n0:20 C 我的卡被盗刷了\n0:24 A 我马上帮您冻结账户", "x"
    )
    found = {finding.rule_id: finding.outcome for finding in judge(call, hearing, PLAN, "test").findings}
    assert found["urgent.account_theft"] is Outcome.FIRES


def test_a_call_that_was_heard_has_no_such_entry() -> None:
    call, hearing = parse_call("0:01 A 您好云川银行为您服务\n0:05-0:06 ~ C\n0:07 C 我想查一下余额", "x")
    found = [finding.rule_id for finding in judge(call, hearing, PLAN, "test").findings]
    assert "hearing.uninspectable" not in found
