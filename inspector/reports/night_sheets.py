"""The tables of 质检日报, each on a sheet of the workbook and in a section of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from inspector.alerts.group import Alert, AlertGroup, GroupState
from inspector.model import Outcome
from inspector.night.balance import Balance
from inspector.night.numbers import cdr_object
from inspector.redaction import Purpose, mask_staff
from inspector.reports.night import NightReport, masked
from inspector.reports.workbook import Cell, Column, ColumnKind, Sheet
from inspector.storage.queues import Reason

__all__ = ["night_sheets"]

Row = tuple[Cell, ...]

COUNT, SECONDS, SHARE, TIME = ColumnKind.COUNT, ColumnKind.SECONDS, ColumnKind.SHARE, ColumnKind.TIME

_WORDS = {
    "judged": "已检",
    "rejected": "拒收",
    "excluded": "排除",
    "quarantined": "隔离",
    "open": "未完成",
    "unaccounted": "去向不明",
    "not_answered": "未接通",
    "not_listed": "录音清单无此通话（漏录）",
    "file_missing": "录音文件缺失（漏录）",
    "cut": "时长不符（残录）",
    "unknown_to_cdr": "话单中没有此通话",
    "one_side_silent": "单侧无声",
    "dual_mono": "双声道内容相同",
    "ends_early": "录音结尾缺失",
    "not_found": "录音文件缺失",
    "bad_manifest_row": "清单行有误",
    "conflict": "与已受理的录音不同",
    "changed_while_read": "录音仍在写入",
    "empty_file": "空文件",
    "no_samples": "没有声音数据",
    "not_readable": "录音无法读取",
}
SHORT_ID = 8
"""Hex digits by which commands know a group."""

_SEVERITY = {"critical": "严重", "high": "高", "medium": "中", "low": "低"}
_STATUS = {"experimental": "试验", "test": "试运行", "stable": "正式", "deprecated": "停用"}
_REASON = {
    Reason.RANDOM: "随机抽检",
    Reason.FINDING: "命中复核",
    Reason.UNDETERMINED: "无法判定",
    Reason.SELF_CHECK: "班组自查",
    Reason.RECHECK: "质检复核",
    Reason.MYSTERY: "神秘来电",
    Reason.COVERAGE: "补足坐席",
    Reason.DIRECTED: "定向抽检",
    Reason.REPEAT: "重复来电",
    Reason.ALERT: "预警复核",
    Reason.SECOND_LOOK: "复检",
    Reason.ARBITRATION: "仲裁",
    Reason.APPEAL: "申诉",
    Reason.FINAL_APPEAL: "终审申诉",
    Reason.CALIBRATION: "校准会",
    Reason.FOLLOW_UP: "整改复查",
}
_GROUP_STATE = {
    GroupState.OPEN: "待接手",
    GroupState.TAKEN: "处置中",
    GroupState.CLOSED: "已办结",
    GroupState.FALSE_ALARM: "误报",
}
_OF_LINE = ("not_listed", "file_missing", "cut", "one_side_silent", "dual_mono", "ends_early", "unknown_to_cdr")
_NOTES = (
    "规则命中是机器结论，统一标为“命中（待复核）”，未经人工复核不得作为对任何人的认定。",
    "清单通话 = 已检 + 拒收 + 排除 + 隔离 + 未完成；去向不明的逐条列出，此时平衡校验为不符。",
    "不可检：某一方的语音有一半以上没有听清，该方相关规则一律为无法判定。",
    "命中率 = 命中 ÷ 适用通话（已检通话中规则适用的）；无法判定不计入命中。",
    "残录：录音时长与话单通话时长相差超过 5 秒且超过 5%。单侧无声：一侧全程无语音，另一侧超过 5 秒。",
    "随机样本从清单中全部通话抽取，包括拒收、排除和隔离的；迟到的通话另成一批，已抽中的不撤换。",
    "本表已脱敏，仍属客户信息，请按规定保管。",
)


def night_sheets(report: NightReport) -> tuple[Sheet, ...]:
    """All of them, in order."""
    return (
        _overview(report),
        _sampling(report),
        _rules(report),
        _alerts(report),
        _teams(report),
        _problems(report),
        _lines(report),
        Sheet("⑧说明", (Column("说明"),), [(note,) for note in _NOTES]),
    )


def _word(name: str | None) -> str:
    return "" if name is None else _WORDS.get(name, name)


def _overview(report: NightReport) -> Sheet:
    rows: list[Row] = [("营业日", None, report.business_date.isoformat())]
    rows += _of_balance("当日", report.figures.balance)
    rows += [("其他日期", max(report.run.elsewhere.values(), default=0), "清单中属于其他营业日的通话，未处理")]
    rows += _of_switch(report)
    for part in report.run.parts:
        end = "未关闭" if part.closed_at is None else f"{part.closed_at.astimezone(report.zone):%Y-%m-%d %H:%M} 关闭"
        signed = "" if part.signed_by is None else f"，{masked(part.signed_by)} 签核：{masked(part.reason)}"
        rows.append((f"第 {part.no} 批", None, end + signed))
        if len(report.run.parts) > 1 and part.no in report.figures.by_part:
            rows += _of_balance(f"第 {part.no} 批", report.figures.by_part[part.no])
    if report.figures.unlisted:
        rows.append(("未逐条列出的问题", report.figures.unlisted, "数量已计入，明细过多"))
    return Sheet("①概况", (Column("项目"), Column("数量", COUNT), Column("说明")), rows)


def _of_balance(what: str, balance: Balance) -> Iterator[Row]:
    yield f"{what} 清单通话", balance.listed, "没有通话" if not balance.listed else ""
    yield f"{what} 已检", balance.judged, ""
    yield "　其中有未听清语音", balance.with_unheard, ""
    yield "　其中不可检", balance.uninspectable, "某一方大半没有听清"
    for name, counts in (("rejected", balance.rejected), ("excluded", balance.excluded)):
        yield f"{what} {_WORDS[name]}", sum(counts.values()), ""
        yield from ((f"　{_word(reason)}", count, "") for reason, count in counts.items())
    yield f"{what} 隔离", balance.quarantined, "需人工处理"
    yield f"{what} 未完成", balance.open, ""
    if balance.unaccounted:
        yield f"{what} 去向不明", balance.unaccounted, " ".join(balance.named[:20])
    yield f"{what} 平衡校验", balance.sum, "相符" if balance.is_balanced else "不符"


def _of_switch(report: NightReport) -> Iterator[Row]:
    if not report.figures.has_cdr:
        yield "话单（CDR）", None, "未提供，无法核对漏录"
        return
    said = cdr_object(report.figures.cdr)
    yield "话单通话", said["calls"], ""
    yield "话单 有录音", said["recorded"], ""
    yield from ((f"话单 {_word(reason)}", count, "") for reason, count in said["not_recorded"].items())
    yield from ((f"录音 {_word(kind)}", count, "") for kind, count in said["faults"].items())
    yield "话单平衡校验", said["recorded"] + sum(said["not_recorded"].values()), "相符" if said["balanced"] else "不符"


def _sampling(report: NightReport) -> Sheet:
    counts = (Column(title, COUNT) for title in ("批次", "清单", "数量"))
    columns = (Column("项目"), *counts, Column("比例", SHARE))
    rows: list[Row] = [
        ("随机抽检", one.part, len(one.call_ids), len(one.items), float(one.rate)) for one in report.draws
    ]
    rows += [(f"待复核：{_REASON[one]}", None, None, count, None) for one, count in report.reviews.open.items()]
    rows.append(("无法判定（超出当日额度，未入队）", None, None, report.reviews.waiting, None))
    return Sheet("②抽检执行", columns, rows)


def _rules(report: NightReport) -> Sheet:
    columns = (
        Column("规则编号"),
        Column("规则名称"),
        Column("版本", COUNT),
        Column("状态"),
        Column("适用通话", COUNT),
        Column("命中（待复核）", COUNT),
        Column("无法判定", COUNT),
        Column("命中率", SHARE),
    )
    rows = [_rule_row(report, rule_id, answers) for rule_id, answers in report.figures.rules.items()]
    return Sheet("③规则命中", columns, sorted(rows, key=lambda row: (-_number(row[5]), -_number(row[6]), str(row[0]))))


def _rule_row(report: NightReport, rule_id: str, answers: Mapping[Outcome, int]) -> Row:
    rule = report.rules.get(rule_id)
    fires, undetermined = answers.get(Outcome.FIRES, 0), answers.get(Outcome.UNDETERMINED, 0)
    applicable = fires + undetermined + answers.get(Outcome.SILENT, 0)
    named: Row = ("", None, "")
    if rule is not None:
        named = (rule.title, rule.version, _STATUS.get(rule.status.value, rule.status.value))
    return (rule_id, *named, applicable, fires, undetermined, fires / applicable if applicable else None)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _alerts(report: NightReport) -> Sheet:
    columns = (
        Column("分组"),
        Column("类别"),
        Column("级别"),
        Column("规则编号"),
        Column("规则名称"),
        Column("通话编号"),
        Column("来源编号"),
        Column("班组"),
        Column("工号"),
        Column("位置（秒）", SECONDS),
        Column("触发时间", TIME),
        Column("产生时间", TIME),
        Column("状态"),
        Column("处置人"),
        Column("办结时间", TIME),
        Column("是否超时"),
        Column("误报原因"),
        Column("结论"),
    )
    rows = [_alert(group, one, report.made_at) for group in report.alerts for one in group.alerts]
    return Sheet("④高危预警", columns, rows)


def _alert(group: AlertGroup, one: Alert, now: datetime) -> Row:
    finding, false = one.finding, one.false_alarm
    return (
        group.id[:SHORT_ID],
        one.alert_class.value,
        _SEVERITY[finding.severity.value],
        finding.rule_id,
        finding.title,
        one.call_id,
        masked(one.source_call_id),
        masked(one.team or ""),
        mask_staff(one.agent or "", Purpose.EXPORT),
        one.at_s,
        one.said_at,
        one.created_at,
        _GROUP_STATE[group.state],
        group.handler or group.closed_by,
        group.closed_at,
        _lateness(group, now),
        None if false is None else masked(false.reason),
        "误报" if false is not None else "命中（待复核）",
    )


def _lateness(group: AlertGroup, now: datetime) -> str:
    """What nobody could have done in time is told apart: a call of the day is judged in the night."""
    if any(step.is_late(now) and not step.overdue_when_found for step in group.steps):
        return "是"
    return "发现时已超时" if any(step.overdue_when_found for step in group.steps) else "否"


def _teams(report: NightReport) -> Sheet:
    names = ("listed", "judged", "uninspectable", "rejected", "excluded", "quarantined", "open", "hits")
    titles = ("清单通话", "已检", "不可检", "拒收", "排除", "隔离", "未完成", "有命中（待复核）的通话")
    columns = (Column("班组"), *(Column(title, COUNT) for title in titles))
    by_team = sorted(report.figures.teams.items())
    rows: list[Row] = [(masked(team), *(counts.get(name, 0) for name in names)) for team, counts in by_team]
    return Sheet("⑤班组", columns, rows)


def _problems(report: NightReport) -> Sheet:
    columns = (
        Column("通话编号"),
        Column("来源编号"),
        Column("情况"),
        Column("原因"),
        Column("清单行", COUNT),
        Column("线路"),
        Column("话单时长（秒）", SECONDS),
        Column("录音时长（秒）", SECONDS),
    )
    rows: list[Row] = [
        (
            one.item,
            masked(one.source_call_id),
            _word(one.kind) + ("（已签核）" if one.signed else ""),
            _word(one.reason),
            one.line_no,
            None,
            None,
            None,
        )
        for one in report.figures.problems
    ]
    rows += [
        (one.item, masked(one.source_call_id), _word(one.kind), "", None, masked(one.line), one.talk_s, one.recorded_s)
        for one in report.figures.gaps
    ]
    return Sheet("⑥录音问题", columns, rows)


def _lines(report: NightReport) -> Sheet:
    columns = (Column("线路"), Column("通话", COUNT), *(Column(_WORDS[kind], COUNT) for kind in _OF_LINE))
    by_line: Sequence[Row] = [
        (masked(line), counts["calls"], *(counts[kind] for kind in _OF_LINE))
        for line, counts in sorted(report.figures.cdr.by_line.items())
    ]
    return Sheet("⑦线路", columns, by_line)
