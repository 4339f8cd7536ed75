"""What is told of alerts and those who work them off. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["ALERT_MESSAGES"]

ALERT_MESSAGES: dict[str, tuple[str, str]] = {
    "alerts_total": (
        "待处理预警 {groups} 组，列出 {shown} 组。查看 → inspector queue alerts show 编号",
        "{groups} open groups of alerts, {shown} shown. See one → inspector queue alerts show ID",
    ),
    "alerts_ended": ("已办结 {groups} 组，列出 {shown} 组。", "{groups} ended groups, {shown} shown."),
    "alerts_none": ("没有待处理的预警。", "no open alerts."),
    "alerts_no_ended": ("没有已办结的预警。", "no ended alerts."),
    "alerts_calendar_missing": (
        "缺少 {year} 年工作日历：工作日时限暂按周一至周五计算 → 在 alerts.calendars 目录中加入 {year}.toml",
        "no calendar of {year}: working days are taken as Monday to Friday → add {year}.toml to alerts.calendars",
    ),
    "alert_state_open": ("未接手", "not taken"),
    "alert_state_taken": ("{who} 处理中", "{who} has it"),
    "alert_state_closed": ("{who} 已办结：{result}", "closed by {who}: {result}"),
    "alert_state_false_alarm": ("{who} 判为误报", "false alarm, says {who}"),
    "alert_due": ("{step} 截止 {at}", "{step} by {at}"),
    "alert_due_late": ("{step} 截止 {at}，已超时 {late}", "{step} by {at}, {late} late"),
    "alert_due_found_late": ("{step} 截止 {at}，发现时已超时", "{step} by {at}, overdue when found"),
    "alert_no_clock": ("无时限", "no clock"),
    "alert_provisional": ("（暂定：缺少工作日历）", " (provisional: a calendar is missing)"),
    "alert_step_met": ("{step}：{who} 于 {at} 完成", "{step}: done by {who} at {at}"),
    "alert_step_met_late": (
        "{step}：{who} 于 {at} 完成，超过截止 {due}",
        "{step}: done by {who} at {at}, after {due}",
    ),
    "alert_step_stopped": ("{step}：不再计时", "{step}: not owed any more"),
    "alert_step_up": ("（已上报 {levels} 级）", " (went up {levels} levels)"),
    "alert_step_calendar": ("，日历 {calendar}", ", calendar {calendar}"),
    "alert_is_false": ("误报（{who}）：{reason}", "false alarm ({who}): {reason}"),
    "alert_note": ("备注：{note}", "note: {note}"),
    "alert_seen": ("预警 {id}：已阅，仍待接手。", "group {id}: seen, still to be taken."),
    "alert_taken": ("预警 {id}：{who} 已接手。", "group {id}: {who} has it now."),
    "alert_step_done": ("预警 {id}：步骤“{step}”已完成。", "group {id}: step “{step}” is done."),
    "alert_closed": ("预警 {id}：已办结（{result}）。", "group {id}: closed ({result})."),
    "alert_false": ("预警 {id}：{rule} 已标为误报。", "group {id}: {rule} is a false alarm."),
    "alert_audience_unknown": ("没有这个接收对象：{audience}", "unknown audience: {audience}"),
    "alert_audience_remedy": ("可用：{known}", "use: {known}"),
    "hygiene_rule": ("规则", "rule"),
    "hygiene_raised": ("产生", "raised"),
    "hygiene_found_late": ("发现时已超时", "late when found"),
    "hygiene_in_time": ("按时知晓", "seen in time"),
    "hygiene_noticed_after": ("响应/分", "noticed/min"),
    "hygiene_silent": ("无人理会", "ignored"),
    "hygiene_false": ("误报", "false"),
    "hygiene_open": ("未结", "open"),
    "hygiene_none": ("这段时间没有预警。", "no alerts in that time."),
}
