"""What is told of the run over a business day. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["NIGHTLY_MESSAGES"]

NIGHTLY_MESSAGES: dict[str, tuple[str, str]] = {
    "night_began": (
        "{date}：夜间批处理，截止 {deadline}",
        "{date}: night run, until {deadline}",
    ),
    "night_drives": ("本进程主办。", "this process drives it."),
    "night_follows": (
        "另有进程在主办同一天，本进程跟随，必要时接手。",
        "another process drives the same date; this one follows and takes over if need be.",
    ),
    "night_progress": (
        "清单 {listed}，已结束 {ended}，未完成 {open}，失败 {failed}，排除 {excluded}；"
        "音频 {hours:.2f}/{total:.2f} 小时，{speed} 倍实时，预计 {eta}",
        "{listed} listed, {ended} ended, {open} open, {failed} failed, {excluded} excluded; "
        "{hours:.2f}/{total:.2f} h of audio, {speed} × real time, done about {eta}",
    ),
    "night_late": ("（晚于截止时间）", " (after the deadline)"),
    "night_idle": (
        "已有 {seconds:.0f} 秒没有进程领取通话 → inspector up 或 inspector status",
        "nothing has been claimed for {seconds:.0f} s → inspector up or inspector status",
    ),
    "night_cdr_fault": ("话单 {path}:{line}：{what}", "CDR {path}:{line}: {what}"),
    "night_empty": (
        "{date}：清单中没有这一天的通话，已按零关闭。",
        "{date}: the list has no calls of this date; closed with zeros.",
    ),
    "night_elsewhere": (
        "清单中另有 {count} 通属于其他营业日，未处理。",
        "{count} calls of the list are of other dates and were left alone.",
    ),
    "night_balance": (
        "清单 {listed} = 已检 {judged} + 拒收 {rejected} + 排除 {excluded} + 隔离 {quarantined} + 未完成 {open}"
        "（已检中有未听清语音 {with_unheard}，不可检 {uninspectable}）：{verdict}",
        "{listed} listed = {judged} judged + {rejected} rejected + {excluded} excluded + {quarantined} quarantined + "
        "{open} open (of the judged {with_unheard} with unheard speech, {uninspectable} uninspectable): {verdict}",
    ),
    "night_balanced": ("平衡", "balanced"),
    "night_unbalanced": ("不平衡，{count} 条去向不明：{items}", "NOT balanced, {count} unaccounted: {items}"),
    "night_cdr": (
        "话单 {calls} = 有录音 {recorded} + 无录音 {not_recorded}；残录 {cut}，话单中没有的录音 {unknown}",
        "{calls} calls by CDR = {recorded} recorded + {not_recorded} not; {cut} cut, {unknown} it does not know",
    ),
    "night_closed": ("已关闭。", "closed."),
    "night_open": (
        "尚有 {open} 通未完成；再次运行会接着处理，或签核：inspector nightly sign-off --date {date} --reason …",
        "{open} calls are still open; run it again to go on, or: inspector nightly sign-off --date {date} "
        "--reason …",
    ),
    "night_none": ("没有 {date} 的夜间批处理。", "there is no night run of {date}."),
    "night_none_remedy": (
        "先运行 inspector nightly --date {date} --manifest …",
        "run inspector nightly --date {date} --manifest … first",
    ),
    "night_signed": ("已签核 {count} 通未完成的通话。", "{count} open calls are signed off."),
    "night_signed_driven": (
        "主办进程会完成抽检并关闭。",
        "the process that drives it will draw the sample and close it.",
    ),
    "night_nothing_to_sign": ("{date} 已经关闭，没有可签核的。", "{date} is closed: there is nothing to sign off."),
    "night_reason_remedy": ("用 --reason 写明原因。", "say why with --reason."),
    "night_title": ("质检日报 {date}", "daily quality report {date}"),
    "night_is_closed": ("已关闭", "closed"),
    "night_is_open": ("未完成", "open"),
    "night_listed": ("清单", "listed"),
    "night_judged": ("已检", "judged"),
    "night_excluded": ("排除", "excluded"),
    "night_check": ("平衡校验", "balance"),
    "night_sound": ("相符", "sound"),
    "night_unsound": ("不符", "NOT sound"),
    "night_rows": ("{count} 行", "{count} rows"),
    "night_more_rows": ("另有 {count} 行，见同名 xlsx 文件。", "{count} more rows are in the workbook."),
    "night_no_rows": ("无", "none"),
    "night_made": ("生成时间 {at}，inspector {code}", "made at {at}, inspector {code}"),
}
