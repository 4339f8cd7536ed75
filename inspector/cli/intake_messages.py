"""What is told about handing in calls and about calls in the ledger. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["INTAKE_MESSAGES"]

INTAKE_MESSAGES: dict[str, tuple[str, str]] = {
    # ---- submit, watch
    "intake_progress": (
        "已处理 {done} 项，每秒 {rate:.0f} 项，有问题 {failed} 项",
        "{done} done, {rate:.0f}/s, {failed} with faults",
    ),
    "intake_summary": (
        "新接收 {new} 通，更新 {updated} 通，早已接收 {same} 通；未接收 {refused} 项；有问题 {faulty} 项",
        "{new} calls accepted, {updated} updated, {same} known already; {refused} not accepted; {faulty} with faults",
    ),
    "intake_fault": ("✗ {place}：{what}", "✗ {place}: {what}"),
    "intake_more": (
        "……另有 {count} 项“{what}”，全部列在 --json 中。",
        "… {count} more “{what}”; --json lists all of them.",
    ),
    "intake_stopped": (
        "数据库出错，已停止。此前的 {count} 项已有答复，接收的不会丢失；排除故障后重新提交即可，不会重复。",
        "stopped: the database fails. {count} inputs were answered, what was accepted is safe; submit again "
        "afterwards, nothing is taken twice.",
    ),
    "intake_both": ("--name-pattern 不能与 --manifest 同用。", "--name-pattern cannot go with --manifest."),
    "intake_both_remedy": ("有清单就不需要文件名格式，去掉其中一个。", "a manifest says it all: drop one of them."),
    "watch_begun": (
        "正在监视 {directory}，文件 {settle:g} 秒不变即接收；按 Ctrl-C 结束。",
        "watching {directory}: a file is accepted when it has not changed for {settle:g} s; Ctrl-C ends it.",
    ),
    "watch_took": ("接收 {source_call_id}（{how}）", "accepted {source_call_id} ({how})"),
    "watch_back_off": ("{seconds:.0f} 秒后再试，不会遗漏。", "trying again in {seconds:.0f} s, nothing is lost."),
    "watch_ended": ("已停止监视，共接收 {count} 通。", "no longer watching; {count} calls accepted."),
    "intake_new": ("新通话", "new"),
    "intake_updated": ("有更新", "updated"),
    # ---- kinds of faults: what is wrong, and what to do
    "intake_not_found": ("没有这个文件", "there is no such file"),
    "intake_not_found_remedy": (
        "核对路径；录音补到后重新提交。",
        "check the path; submit again when the recording is there.",
    ),
    "intake_not_readable": ("无法读取", "cannot be read"),
    "intake_not_readable_remedy": (
        "核对权限和存储；须是普通文件或目录，管道、设备不读。",
        "check permissions and storage; pipes and devices are not read.",
    ),
    "intake_empty_file": ("文件是空的", "the file is empty"),
    "intake_empty_file_remedy": (
        "从录音系统重新导出，再提交。",
        "export it again from the recorder, then submit again.",
    ),
    "intake_changed_while_read": ("文件正在写入，暂不接收", "the file is being written: not accepted for now"),
    "intake_changed_while_read_remedy": ("写完后重新提交。", "submit again when it is complete."),
    "intake_bad_manifest_row": ("清单中的一行有误", "a row of the manifest is wrong"),
    "intake_bad_manifest_row_remedy": (
        "按说明改正这一行，再提交清单。",
        "correct the row as told, then submit the manifest again.",
    ),
    "intake_no_row": (
        "清单中没有一行写到这个文件，未接收",
        "no usable row of the manifest names this file: not accepted",
    ),
    "intake_no_row_remedy": ("在清单中补上这一行，再提交。", "add a row for it, then submit the manifest again."),
    "intake_bad_name": ("从文件名认不出是哪通通话", "the name does not tell which call it is"),
    "intake_bad_name_remedy": ("改文件名，或改 --name-pattern。", "rename the file or correct --name-pattern."),
    "intake_conflict": (
        "这通通话以前接收过另一份录音，保留原来的",
        "another recording of this call was accepted before; that one is kept",
    ),
    "intake_conflict_remedy": (
        "核对通话编号和段号；确是另一通，换编号再提交。",
        "check call id and segment number; if it is another call, give it an id of its own.",
    ),
    # ---- jobs
    "work_waiting": ("等待", "waiting"),
    "work_running": ("处理中", "running"),
    "work_done": ("完成", "done"),
    "work_rejected": ("不能质检", "rejected"),
    "work_quarantined": ("隔离", "quarantined"),
    "work_urgent": ("加急", "urgent"),
    "work_batch": ("批量", "batch"),
    "job_line": (
        "{at}  {state}  {queue}  {call}  约 {minutes:.1f} 分钟，第 {attempt} 次",
        "{at}  {state}  {queue}  {call}  about {minutes:.1f} min, attempt {attempt}",
    ),
    "jobs_total": ("列出 {shown} 通。", "{shown} calls listed."),
    "jobs_none": ("没有这样的通话。", "no such calls."),
    "jobs_requeued": ("{count} 通重新排队。", "{count} calls wait again."),
    "jobs_quarantined": ("{count} 通已隔离。", "{count} calls put aside."),
    "jobs_not_ended": ("✗ {call_id}：没有这通通话，或还没有结束", "✗ {call_id}: no such call, or it has not ended"),
    "jobs_not_open": ("✗ {call_id}：没有这通通话，或已经结束", "✗ {call_id}: no such call, or it has ended"),
    "jobs_remedy": ("用 inspector jobs list 查看状态。", "see its state by inspector jobs list."),
}
