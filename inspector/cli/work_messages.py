"""What is told of accepted calls and the processes that work them off. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["WORK_MESSAGES"]

WORK_MESSAGES: dict[str, tuple[str, str]] = {
    "up_started": (
        "正在启动：紧急 {urgent} 个、普通 {batch} 个处理进程，模型载入后开始；Ctrl-C 收工。",
        "starting {urgent} urgent and {batch} batch workers; they begin when their models are loaded. Ctrl-C ends.",
    ),
    "up_draining": (
        "正在收工，已开始的做完，其余退回；再按 Ctrl-C 立即结束。",
        "ending: what is begun is finished, the rest is given back; Ctrl-C again ends at once.",
    ),
    "up_ended": ("已收工。没有做完的通话下次继续。", "ended. Calls that are not done go on the next time."),
    "work_away": ("数据库没有回应，正在重试……", "the database does not answer, trying again …"),
    "work_line": (
        "等待 {waiting}，进行 {running}，完成 {done}，拒收 {rejected}，隔离 {quarantined}；"
        "本次已处理音频 {hours:.2f} 小时，{speed} 倍实时，剩余约 {eta}",
        "{waiting} waiting, {running} running, {done} done, {rejected} rejected, {quarantined} quarantined; "
        "{hours:.2f} h of audio done in this run, {speed} × real time, about {eta} left",
    ),
    "work_waiting": ("等待", "waiting"),
    "work_running": ("进行", "running"),
    "work_done": ("完成", "done"),
    "work_rejected": ("拒收", "rejected"),
    "work_quarantined": ("隔离", "quarantined"),
    "work_hours": ("音频（小时，估计）", "audio (h, estimated)"),
    "work_queue_urgent": ("紧急", "urgent"),
    "work_queue_batch": ("普通", "batch"),
    "work_relay": ("派发进程：{relay}", "the relay is {relay}"),
    "work_no_relay": (
        "没有派发进程，等待的通话不会开始 → inspector up 或 inspector relay",
        "there is no relay, so nothing that waits begins → inspector up or inspector relay",
    ),
    "work_oldest": (
        "等待最久的一通于 {at} 受理，已等 {minutes:.0f} 分钟；尚未派发 {unsent} 通",
        "the one that waits longest was accepted at {at}, {minutes:.0f} min ago; {unsent} are not sent yet",
    ),
    "work_stale": (
        "迟到而未采用的结果 {count} 份（通话已由别的进程接手，不影响结论）",
        "{count} results came too late and were thrown away (another process had the call; no result is affected)",
    ),
    "work_quarantined_some": (
        "隔离 {count} 通，需要人工处理 → inspector jobs list --state quarantined",
        "{count} quarantined calls need a person → inspector jobs list --state quarantined",
    ),
}
