"""What is told of rectification, coaching, calibration and duty. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["TASK_MESSAGES"]

TASK_MESSAGES: dict[str, tuple[str, str]] = {
    "tasks_due": ("期限 {due}", "due {due}"),
    "tasks_written": ("已写入 {path}（{count} 项）。", "{path} written ({count})."),
    "rectification_total": ("列出台账 {count} 项。", "{count} entries listed."),
    "rectification_overdue": ("逾期", "overdue"),
    "rectification_detail": (
        "    检查：{checked_at} {inspector}；内容：{content}\n    问题：{finding}；坐席：{agent}\n    措施：{measure}\n"
        "    结果：{result}；佐证：{evidence}；完成：{done_at} {done_by}\n"
        "    销号：{struck_off_at} {verified_by}；重新整改 {times} 次；版本 {version}",
        "    checked: {checked_at} {inspector}; what: {content}\n    found: {finding}; agent: {agent}\n"
        "    measure: {measure}\n    result: {result}; evidence: {evidence}; done: {done_at} {done_by}\n"
        "    struck off: {struck_off_at} {verified_by}; reopened {times} times; version {version}",
    ),
    "entry_open": ("待定措施", "open"),
    "entry_measures_set": ("整改中", "measures set"),
    "entry_done": ("待核实", "done, to be verified"),
    "entry_struck_off": ("已销号", "struck off"),
    "entry_reopened": ("重新整改", "reopened"),
    "entry_deed_add": ("登记", "added"),
    "entry_deed_measure": ("定措施", "measure set"),
    "entry_deed_done": ("报告完成", "done"),
    "entry_deed_strike_off": ("销号", "struck off"),
    "entry_deed_reopen": ("核实不符，重新整改", "reopened"),
    "entry_deed_came_again": ("同类违规再次成立，重新整改", "came again"),
    "entry_deed_escalate": ("逾期督办", "went up"),
    "coaching_total": ("列出辅导 {count} 项。", "{count} tasks of coaching listed."),
    "coaching_given": ("待辅导，期限 {due}", "to be done until {due}"),
    "coaching_done": ("整改复查 {heard}/{wanted}", "next calls heard: {heard} of {wanted}"),
    "coaching_passed": ("整改合格", "passed"),
    "coaching_recurred": ("再次违规", "recurred"),
    "coaching_too_few": ("通话太少，无法判断", "too few calls to say"),
    "coaching_detail": (
        "    内容：{task}\n    辅导人：{coach}；布置：{given_at}；坐席确认：{acknowledged_at}；完成：{done_at}",
        "    task: {task}\n    coach: {coach}; given: {given_at}; acknowledged: {acknowledged_at}; done: {done_at}",
    ),
    "coaching_clip": ("片段：{call} {place}", "clip: {call} {place}"),
    "follow_up_waiting": ("待复查", "to be heard"),
    "follow_up_deciding": ("已复查，待终审", "heard, not final"),
    "follow_up_clean": ("未见同类违规", "nothing confirmed"),
    "follow_up_confirmed": ("违规成立", "confirmed"),
    "cases_total": ("列出典型案例 {count} 个。", "{count} cases listed."),
    "case_late": ("发布超过 24 小时", "filed after more than 24 hours"),
    "case_readers": ("必读：{teams}；已读 {read} 人；未读：{unread}", "for: {teams}; read by {read}; not by: {unread}"),
    "calibration_total": ("列出校准会 {count} 次。", "{count} sessions listed."),
    "calibration_retrain": (
        "连续两次超出目标，建议再培训：{people}",
        "outside of the targets twice in a row, to be trained again: {people}",
    ),
    "calibration_open": ("进行中", "open"),
    "calibration_closed": ("已结束", "closed"),
    "calibration_missing": ("未评 {count}", "{count} missing"),
    "calibration_waits": ("未评：{call} {person}", "missing: {call} {person}"),
    "calibration_differs": ("分歧：{call} {rule} {said}", "differs: {call} {rule} {said}"),
    "calibration_too_few": ("项数太少，无法计算", "too few to say"),
    "calibration_agreement": (
        "{items} 项，一致 {share}，κ {kappa}，AC1 {ac1}",
        "{items} items, alike {share}, κ {kappa}, AC1 {ac1}",
    ),
    "calibration_standing": (
        "一票否决项一致 {share} 项，总分最大偏差 {points}",
        "fatal items alike {share}, total off by {points}",
    ),
    "calibration_outside": ("超出目标", "outside of the targets"),
    "calibration_inside": ("在目标内", "within the targets"),
    "calibration_notes_total": ("列出理解口径 {count} 条。", "{count} interpretations listed."),
    "said_violated": ("违规成立", "violated"),
    "said_not_violated": ("不成立", "not violated"),
    "said_cannot_tell": ("无法判定", "cannot tell"),
    "duty_nobody": ("现在无人值班。", "nobody is on duty now."),
    "duty_total": ("列出交接班记录 {count} 份。", "{count} notes listed."),
    "duty_deputy": ("替班：{deputy}", "deputy: {deputy}"),
    "duty_gap": ("空档：{starts} – {ends} {audience}{people}", "gap: {starts} – {ends} {audience}{people}"),
    "duty_overlap": ("重叠：{starts} – {ends} {audience} {people}", "overlap: {starts} – {ends} {audience} {people}"),
    "duty_open": ("待接班", "to be taken over"),
    "duty_counted": (
        "未结预警 {alerts} 组，逾期整改 {entries} 项，逾期申诉 {appeals} 项",
        "{alerts} open groups of alerts, {entries} overdue entries, {appeals} overdue appeals",
    ),
}
