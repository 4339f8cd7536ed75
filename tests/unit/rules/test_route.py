"""Findings to queues."""

from __future__ import annotations

import pytest

from inspector.alerts.route import audiences, route
from inspector.model import Facts, QueueEntry
from tests.builders import judged, plan_of, rule_of

SURE, MAYBE = "0:01 A 稳赚不赔", "0:01 ? 稳赚不赔"


@pytest.mark.parametrize(
    ("kind", "status", "severity", "alert", "said", "queues"),
    [
        ("signal", "stable", "critical", "duty", SURE, {"alert", "review"}),
        ("signal", "stable", "critical", None, SURE, {"review"}),
        ("signal", "test", "critical", "duty", SURE, {"review"}),
        ("signal", "experimental", "critical", "duty", SURE, set()),
        ("signal", "stable", "critical", "duty", MAYBE, set()),  # undetermined never alerts
        ("signal", "stable", "low", "duty", SURE, {"alert"}),
        ("forbidden", "test", "medium", None, SURE, {"review"}),
        ("forbidden", "test", "low", None, SURE, set()),
        ("forbidden", "test", "critical", None, MAYBE, set()),
        ("forbidden", "test", "critical", None, "0:01 A 您好", set()),
    ],
)
def test_where_a_call_goes(
    kind: str, status: str, severity: str, alert: str | None, said: str, queues: set[str]
) -> None:
    plan = plan_of(rule_of(kind, status=status, severity=severity, alert=alert))
    entries = route(judged(plan, said).findings, plan, Facts())
    assert {entry.queue for entry in entries} == queues
    assert all(entry.because == ("test.rule",) for entry in entries)


def test_a_queue_names_every_rule_that_sent_the_call_there() -> None:
    plan = plan_of(
        rule_of(severity="medium"),
        rule_of(id="test.worse", severity="critical"),
        rule_of(id="test.low", severity="low"),
    )
    assert route(judged(plan, SURE).findings, plan, Facts()) == (QueueEntry("review", ("test.worse", "test.rule")),)


def test_severity_is_that_of_the_finding() -> None:
    silence = {"limit_s": 15, "worse": [{"from_s": 30, "severity": "medium"}]}
    plan = plan_of(rule_of("metric", {"silence": silence}, severity="low"))
    for start, queues in (("0:22", 0), ("0:40", 1)):
        assert len(route(judged(plan, f"0:01 A 您好\n{start} C 喂").findings, plan, Facts())) == queues


@pytest.mark.parametrize(
    ("facts", "alerts"),
    [
        (Facts(), True),
        (Facts(ticket_no="T-17"), False),
        (Facts(ticket_no="无"), True),
        (Facts(ticket_type="complaint"), False),
        (Facts(ticket_type="question"), True),
    ],
)
def test_facts_keep_a_rule_from_alerting_and_leave_the_review(facts: Facts, alerts: bool) -> None:
    unless = ["ticket_no", "ticket_type=complaint"]
    plan = plan_of(rule_of("signal", status="stable", severity="high", alert="duty", alert_unless=unless))
    queues = {entry.queue for entry in route(judged(plan, SURE).findings, plan, facts)}
    assert queues == ({"alert", "review"} if alerts else {"review"})


@pytest.mark.parametrize("rule_id", ["service.repeated_issue", "emotion.customer_negative"])
def test_service_and_emotion_never_alert(rule_id: str) -> None:
    plan = plan_of(rule_of("signal", id=rule_id, status="stable", severity="critical", alert="duty"))
    assert route(judged(plan, SURE).findings, plan, Facts()) == (QueueEntry("review", (rule_id,)),)


def test_whom_alerts_tell() -> None:
    plan = plan_of(rule_of(alert="duty_supervisor"), rule_of(id="test.quiet"))
    assert audiences(plan) == {"test.rule": "duty_supervisor"}
