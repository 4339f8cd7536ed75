"""The policy that ships, and a bank's own."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inspector.alerts.data_file import SHIPPED
from inspector.alerts.grouping import clocks_to_start, raised
from inspector.alerts.policy import AlertPolicy, RulePolicy, check_rules, load_policy, shipped_policy
from inspector.alerts.route import audiences
from inspector.config import AlertSettings
from inspector.enums import AlertClass, Severity
from inspector.errors import ConfigError
from inspector.model import Call, Facts
from tests.accepted import hearing, inspection
from tests.builders import shipped_plan

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = shipped_policy(SHANGHAI)
NOW = datetime(2025, 3, 7, 4, tzinfo=UTC)
P0, P1, P2 = AlertClass


def own(tmp_path: Path, before: str, after: str) -> AlertPolicy:
    """The policy that ships with one thing changed."""
    text = (SHIPPED / "policy.toml").read_text("utf-8")
    assert before in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return load_policy(AlertSettings(policy=path), SHANGHAI)


def test_it_names_the_rules_that_there_are_and_says_which_are_still_to_come() -> None:
    rules = shipped_plan().rules
    check_rules(POLICY, SHIPPED / "policy.toml", rules)
    assert not [rule_id for rule_id, one in POLICY.rules.items() if one.planned and rule_id in rules]


def test_every_rule_that_may_alert_tells_somebody_who_is_known() -> None:
    assert set(audiences(shipped_plan()).values()) <= POLICY.audiences.keys()


@pytest.mark.parametrize(
    ("rule_id", "severity", "expected"),
    [
        ("urgent.account_theft", Severity.CRITICAL, RulePolicy(P0)),
        ("urgent.complaint", Severity.HIGH, RulePolicy(P1, "1-2-48")),
        ("urgent.escalation_request", Severity.MEDIUM, RulePolicy(P2)),
        ("of.the_bank", Severity.CRITICAL, RulePolicy(P1)),
        ("of.the_bank", Severity.LOW, RulePolicy(P2)),
    ],
)
def test_a_rule_that_is_not_named_has_the_class_of_its_severity(
    rule_id: str, severity: Severity, expected: RulePolicy
) -> None:
    assert POLICY.of(rule_id, severity) == expected


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('P0 = "15min"', 'P0 = "15mins"', r"own\.toml:classes: P0: unknown clock 15mins"),
        ('P2 = "24h"', "", r"own\.toml:classes: P2 must be text"),
        ('critical = "P1"', 'critical = "P9"', r"own\.toml:severities: critical: unknown class P9"),
        ('low = "P2"', 'low = "P2"\nnone = "P2"', r"own\.toml:severities: unknown: none"),
        ('{ class = "P1", clock = "1-2-48" }', '{ class = "P1", clock = "1248" }', "complaint: clock: unknown clock"),
        ('{ class = "P0" }', "{ }", "account_theft: class must be text"),
        ('{ class = "P0" }', '"P0"', "account_theft must be a table"),
        ('{ class = "P0" }', '{ class = "P0", to = "x" }', "account_theft: unknown: to"),
        ('{ class = "P0", planned = true }', '{ class = "P0", planned = 1 }', "planned must be true or false"),
        ('deputy = { zh = "副主管", en = "deputy" }', "", "unknown audience: deputy"),
        ('resolved = { zh = "已解决", en = "resolved" }', 'resolved = "已解决"', "resolved must be a table"),
        ("[results]", "[outcomes]", "unknown: outcomes"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        own(tmp_path, before, after)


def test_a_rule_that_no_pack_has_must_be_said_to_be_planned(tmp_path: Path) -> None:
    changed = own(tmp_path, '"urgent.data_leak" = ', '"urgent.data_leek" = ')
    with pytest.raises(ConfigError, match=r"p\.toml:rules: no pack has a rule urgent\.data_leek"):
        check_rules(changed, Path("p.toml"), shipped_plan().rules)
    check_rules(changed, None, ())  # of the policy that ships nothing is asked


def test_what_cannot_be_read_and_hours_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_policy(AlertSettings(policy=tmp_path / "gone.toml"), SHANGHAI)
    with pytest.raises(ConfigError, match=r"alerts\.opens"):
        load_policy(AlertSettings(opens=time(18), closes=time(9)), SHANGHAI)


# ---- which clocks an alert starts ------------------------------------------------------------------------------------

EARLY, LATE = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
COMPLAINT = RulePolicy(P1, "1-2-48")


@pytest.mark.parametrize(
    ("wanting", "before", "started"),
    [
        ([(RulePolicy(P0), LATE)], None, {"15min": LATE}),
        ([(RulePolicy(P0), LATE), (RulePolicy(P2), EARLY)], None, {"15min": LATE}),
        ([(RulePolicy(P0), LATE), (RulePolicy(P0), EARLY)], None, {"15min": EARLY}),
        ([(RulePolicy(P0), LATE), (COMPLAINT, EARLY)], None, {"15min": LATE, "1-2-48": EARLY}),
        ([(COMPLAINT, LATE)], None, {"1-2-48": LATE}),
        ([(RulePolicy(P1), LATE)], P1, {}),
        ([(RulePolicy(P2), LATE)], P1, {}),
        ([(RulePolicy(P0), LATE)], P1, {"15min": LATE}),
        ([(COMPLAINT, LATE)], P0, {"1-2-48": LATE}),
    ],
)
def test_a_rules_own_clock_always_runs_that_of_a_class_only_for_the_worst(
    wanting: list[tuple[RulePolicy, datetime]], before: AlertClass | None, started: dict[str, datetime]
) -> None:
    assert clocks_to_start(wanting, before, POLICY) == started


@pytest.mark.parametrize(
    ("start", "said", "started"),
    [
        ("2025-03-07T10:00:00+08:00", "02:00:00", "02:00:00"),
        (None, None, "04:00:00"),  # nobody said when the call began: when it was found
        ("2025-03-07T13:00:00+08:00", "05:00:00", "04:00:00"),  # begins after it was found: some clock is wrong
    ],
)
def test_a_clock_starts_with_the_words(start: str | None, said: str | None, started: str) -> None:
    call = Call("pbx", "1", Facts(start=start))
    (finding,) = inspection(call, hearing("a" * 64)).findings
    one = raised(call, finding, "duty_supervisor", POLICY, NOW)
    offset = timedelta(seconds=finding.evidence[0].start_s)
    day = "2025-03-07T{}+00:00"
    assert one.said_at == (None if said is None else datetime.fromisoformat(day.format(said)) + offset)
    assert one.started_at == min(datetime.fromisoformat(day.format(started)) + offset, NOW)


def test_a_start_without_a_zone_is_refused() -> None:
    call = Call("pbx", "1", Facts(start="2025-03-07T10:00:00"))
    (finding,) = inspection(call, hearing("a" * 64)).findings
    with pytest.raises(ValueError, match="zone"):
        raised(call, finding, "duty_supervisor", POLICY, NOW)
