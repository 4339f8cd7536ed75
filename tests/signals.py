"""Calls whose signals are known, for what several calls say together."""

from __future__ import annotations

from datetime import datetime, timedelta

from inspector.model import (
    Call,
    Evidence,
    Facts,
    Finding,
    Hearing,
    Inspection,
    Kind,
    Layout,
    MadeBy,
    Metrics,
    Outcome,
    Party,
    Recording,
    Severity,
    Status,
)

FAILURE, OUTAGE, COMPLAINT = "urgent.payment_failure", "urgent.system_outage", "urgent.complaint"


def finding(
    rule_id: str = FAILURE, quote: str = "工资没到账", at_s: float = 10.0, status: Status = Status.STABLE
) -> Finding:
    """A signal that fires, said by the customer."""
    return Finding(
        id=f"f-{rule_id}",
        rule_id=rule_id,
        rule_version=1,
        kind=Kind.SIGNAL,
        status=status,
        severity=Severity.HIGH,
        title="客户报告资金未到账",
        outcome=Outcome.FIRES,
        undetermined_because=None,
        party=Party.CUSTOMER,
        why="w",
        remedy="r",
        evidence=(Evidence(at_s, at_s + 2, Party.CUSTOMER, quote, quote, "exact", 1.0),),
        coverage=None,
    )


def called(no: str, start: datetime | None, *findings: Finding, **facts: str | None) -> Inspection:
    """A judged call of a customer of its own, unless ``facts`` say otherwise; what it says is said after 10 s."""
    known = {"customer_key": f"key-{no}", "team": "一组", **facts}
    return Inspection(
        call=Call("pbx", no, Facts(start=None if start is None else start.isoformat(), **known)),  # type: ignore[arg-type]
        hearing=Hearing(
            Recording(no.rjust(64, "0"), f"{no}.wav", 60.0, 8000, 1, "pcm_s16le", Layout.MONO),
            (), (), (), (), (), (),
            MadeBy(*[None] * 4),
        ),
        findings=findings or (finding(),),
        by_rule={},
        metrics=Metrics(0.0, 0.0, 0.0, 0.0, None, None, None, 0.0),
        queues=(),
        packs="p",
        code="0.1.0",
    )  # fmt: skip


def a_run(first: datetime, count: int, every: timedelta, prefix: str = "run") -> list[Inspection]:
    """So many calls of different customers, one after the other."""
    return [called(f"{prefix}{n}", first + n * every) for n in range(count)]
