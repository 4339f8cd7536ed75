"""What is told of draws, their proof, plans and self-checks. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["SAMPLE_MESSAGES"]

SAMPLE_MESSAGES: dict[str, tuple[str, str]] = {
    "sample_drawn": (
        "{kind} {date} 第 {part} 批：名单 {listed} 通，{how}抽取 {drawn} 通，分 {strata} 层；名单摘要 sha256 {digest}",
        "{kind} {date} part {part}: {listed} calls listed, {drawn} drawn {how} from {strata} strata; "
        "sha256 of the manifest {digest}",
    ),
    "sample_by_rate": ("按比例 {rate} ", "at rate {rate}"),
    "sample_by_limit": ("按限额", "up to a limit"),
    "sample_unsaid": (
        "没有一通通话写明 {fields}，分层对这些字段不起作用。",
        "no call says its {fields}: these fields part nothing.",
    ),
    "sample_without_agent": (
        "{count} 通没有坐席，不能计入任何坐席的最低数。",
        "{count} calls have no agent: no minimum can count them.",
    ),
    "stratum_all": ("全部", "all"),
    "stratum_rest": ("合并层", "the rest"),
    "sample_again": (
        "{date} 的名单没有新的通话，抽样结果不变，重新写出文件。",
        "no new calls for {date}: the draw stands, its files are written again.",
    ),
    "sample_elsewhere": (
        "名单中另有 {count} 通属于其他营业日，不在 {date} 抽样之列。",
        "{count} other calls of the list belong to other business dates than {date}; they are left out.",
    ),
    "sample_nothing": ("{date} 没有可抽样的通话。", "there are no calls of {date} to draw from."),
    "sample_nothing_remedy": (
        "用 --manifest 给出当日全部通话的清单；数据库中的通话须有开始时间（start）。",
        "name the list of all calls of that date with --manifest; calls in the database need their start.",
    ),
    "sample_nothing_fits": (
        "名单中没有符合条件的通话：核对条件、规则命中和坐席字段；补足坐席时也可能已经足数。",
        "no call of the list fits: check condition, findings and agents; agents may also have enough already.",
    ),
    "sample_faults_remedy": (
        "改正清单后再抽样：读不出的一行可能是一通永远抽不到的通话。",
        "correct the list, then draw: a row that cannot be read may be a call that could never be drawn.",
    ),
    "sample_columns": (
        "营业日,批次,序号,通话编号,原通话号（已脱敏）,层,层内总数,层内抽取数",
        "business date,part,place,call id,id at the source (masked),stratum,listed in it,drawn of it",
    ),
    "verify_ok": ("PASS 通过：抽样结果可由文件重算得出。", "PASS: the draw is what its file says."),
    "verify_bad": ("FAIL 不通过：{count} 处不符。", "FAIL: {count} things are wrong."),
    "verify_no_secret": (
        "当月密钥未知，种子未核对；月末公布后用 --secret 再验一次。",
        "the month's secret is not known, so the seed was not checked: verify again with --secret once it is revealed.",
    ),
    "verify_remedy": ("给出 inspector sample draw 写出的 JSON 文件。", "name the JSON file that sample draw wrote."),
    "secret_no_hex": ("--secret 不是十六进制数。", "--secret is not hexadecimal."),
    "secret_no_hex_remedy": ("照抄 inspector sample reveal 的输出。", "copy what inspector sample reveal printed."),
    "fault_digest": (
        "文件内容与其摘要不符：写的是 {said}，算得 {found}",
        "the content has not the digest it claims: {said}, but {found} comes out",
    ),
    "fault_call_ids": ("名单为空，或含有不是通话编号的内容", "the list is empty or holds what is no call id"),
    "fault_order": ("名单未按编号排序，或有重复", "the list is not sorted, or lists a call twice"),
    "fault_manifest": (
        "名单摘要不符：写的是 {said}，算得 {found}",
        "the list has not the digest it claims: {said}, but {found} comes out",
    ),
    "fault_strata": ("分层数目不符：写的是 {said}，应为 {found}", "the strata are said to be {said}, not {found}"),
    "fault_limits": (
        "限额抽取的比例应为 {found}，写的是 {said}",
        "a draw up to limits has rate {found}, not {said}",
    ),
    "fault_size": ("抽取数目不符：有 {said} 通，应为 {found} 通", "{said} calls are drawn instead of {found}"),
    "fault_secret": (
        "密钥与承诺不符：承诺的 sha256 为 {said}，密钥的为 {found}",
        "the secret is not the one committed to: {said}, but its sha256 is {found}",
    ),
    "fault_seed": ("种子不符：写的是 {said}，应为 {found}", "the seed is said to be {said}, not {found}"),
    "fault_not_drawn": ("{said} 不应被抽中", "{said} was not drawn"),
    "fault_left_out": ("{found} 应被抽中而未列出", "{found} was drawn and is left out"),
    "fault_places": ("抽中通话的层或序号不符", "strata or places of the drawn calls are wrong"),
    "fault_stored": (
        "与数据库中的抽样不同：文件摘要 {said}，数据库 {found}",
        "the database has another draw: digest {said} in the file, {found} there",
    ),
    "fault_stored_items": ("抽中的通话与数据库中的不同", "the database has other calls drawn"),
    "reveal_early": ("{month} 尚未结束，密钥不能公布。", "{month} is not over: its secret cannot be revealed."),
    "reveal_remedy": ("当月结束后再公布。", "reveal it when the month is over."),
    "reveal_none": ("本机没有 {month} 的密钥。", "this installation has no secret of {month}."),
    "reveal_none_remedy": ("在抽样的机器上公布。", "reveal it where the draws were made."),
    "reason_random": ("随机抽检", "random"),
    "reason_finding": ("命中", "finding"),
    "reason_undetermined": ("无法判定", "undetermined"),
    "reason_self_check": ("班组自查", "self-check"),
    "reason_recheck": ("质检复核", "re-check"),
    "reason_mystery": ("神秘来电", "mystery calls"),
    "reason_coverage": ("补足坐席", "agent coverage"),
    "reason_directed": ("定向抽检", "directed"),
    "reason_alert": ("预警命中", "alert"),
    "reason_second_look": ("复检", "second look"),
    "reason_arbitration": ("仲裁", "arbitration"),
    "reason_appeal": ("申诉", "appeal"),
    "reason_final_appeal": ("终审申诉", "final appeal"),
    "reason_calibration": ("校准会", "calibration"),
    "reason_follow_up": ("整改复查", "follow-up"),
    "between": ("，", ", "),
    "base_all_calls": ("全部通话", "all calls"),
    "base_with_findings": ("有命中的通话", "calls with findings"),
    "base_self_checked": ("自查过的通话", "self-checked calls"),
    "base_reviewed": ("复核过的通话", "reviewed calls"),
    "base_marked_mystery": ("标为神秘来电", "marked as test calls"),
    "base_agents": ("坐席", "agents"),
    "base_directed": ("指定条件", "a condition"),
    "plan_columns": (
        "类别,基数,基数量,计划抽取,所需分钟,可检,将不检",
        "kind,of,base,to draw,minutes needed,will be reviewed,will not",
    ),
    "plan_seen": (
        "前四周 {days} 个营业日的平均（另给的数字除外）",
        "mean of {days} business dates of four weeks, but for what was given",
    ),
    "plan_given": ("按所给数字", "as given"),
    "plan_volume": (
        "{seen}：每日 {calls:.0f} 通，每通 {call_min:.1f} 分钟，坐席 {agents} 人",
        "{seen}: {calls:.0f} calls a day of {call_min:.1f} min, {agents} agents",
    ),
    "plan_minutes": (
        "质检所需 {needed:.0f} 分钟，排班 {rostered:.0f} 分钟（班组自查另计，不占质检工时）",
        "QA needs {needed:.0f} min, {rostered:.0f} are rostered (self-checks are the teams' time, counted apart)",
    ),
    "plan_mystery": (
        "神秘来电占全部通话 {share:.2%}，目标 {target:.2%}",
        "test calls are {share:.2%} of all calls, the target is {target:.2%}",
    ),
    "plan_saved": ("计划 {id} 已保存。", "plan {id} is kept."),
    "plan_not_saved": (
        "计划编号 {id}，尚未保存；确认后加 --save {id} 再运行一次。",
        "this is plan {id}, not kept yet: run it again with --save {id} to keep it.",
    ),
    "plan_unseen": ("前四周没有通话记录，无法估计。", "there are no calls of the four weeks before to estimate by."),
    "plan_unseen_remedy": ("给出 --calls 和 --call-minutes。", "give --calls and --call-minutes."),
    "status_columns": (
        "类别,层,层内总数,应抽,已抽,已检,剩余,完成率,逾期",
        "kind,stratum,listed,to draw,drawn,reviewed,left,done,overdue",
    ),
    "status_total": ("合计", "total"),
    "status_none": ("这些营业日没有抽检。", "nothing was drawn for these business dates."),
    "status_plan": ("计划：{id}", "plan: {id}"),
    "status_no_plan": (
        "没有保存的计划 → inspector sample plan",
        "no plan is kept → inspector sample plan",
    ),
    "self_check_confirmed": ("{call_id}：班组确认属实。", "{call_id}: confirmed by the team."),
    "self_check_disputed": ("{call_id}：班组有异议。", "{call_id}: disputed by the team."),
}
