"""Alerts as a call raises them, for tests of the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inspector.alerts.group import AlertGroup
from inspector.alerts.route import audiences
from inspector.model import Call, Facts
from inspector.pipeline import inspect_hearing
from inspector.rules.notation import parse_call
from inspector.storage import Store
from inspector.storage.alerts import GroupFilter
from tests.accepted import BOSS
from tests.builders import plan_of, rule_of

P0, P1, P2 = "urgent.account_theft", "urgent.data_leak", "urgent.escalation_request"
# Counts tones. Like the browser's own, it makes none before somebody has touched the page.
SPY = """
window.tones = 0;
window.AudioContext = class extends EventTarget {
  currentTime = 0; destination = {}; state = navigator.userActivation.hasBeenActive ? "running" : "suspended";
  createOscillator() { window.tones += 1; return {frequency: {}, connect: (to) => to, start() {}, stop() {}}; }
  createGain() { return {gain: {setValueAtTime() {}, exponentialRampToValueAtTime() {}}, connect: (to) => to}; }
  async resume() {
    if (!navigator.userActivation.hasBeenActive) return;
    this.state = "running";
    this.dispatchEvent(new Event("statechange"));
  }
  close() {}
};
"""
HOSTILE = '<script>alert("x")</script>\u202e我的卡被盗刷了13812345678'


def raise_alert(store: Store, no: str, rule_id: str = P0, said: str = "我的卡被盗刷了", **facts: str) -> AlertGroup:
    """A call in which the customer says it just now, its alert written; the group of it."""
    rule = rule_of(
        "signal", {"phrases": ["我的卡被盗刷了"]}, id=rule_id, title="盗刷", status="stable", severity="critical",
        who="customer", alert="duty_supervisor", remedy="立即冻结卡片\n回拨客户\n记录工单\n第四行",
    )  # fmt: skip
    plan = plan_of(rule, guards=())
    _, hearing = parse_call(f"0:01 C {said}", no)
    hearing = replace(hearing, recording=replace(hearing.recording, id=no.rjust(64, "0")))
    start = (datetime.now(UTC) - timedelta(seconds=5)).isoformat()
    call = Call("pbx", no, Facts(start=start, **{"team": "一组", "agent": "3062", **facts}))
    made = inspect_hearing(call, hearing, plan)
    findings = [replace(one, evidence=tuple(replace(e, quote=said) for e in one.evidence)) for one in made.findings]
    store.save(replace(made, findings=tuple(findings)), "d", audiences=audiences(plan))
    groups = store.alerts.groups(BOSS, GroupFilter(), 999)
    return next(one for one in groups if any(alert.call_id == call.id for alert in one.alerts))
