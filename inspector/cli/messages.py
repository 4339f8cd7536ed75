"""Every sentence the commands say to people, in Simplified Chinese and English. JSON and logs are not in here."""

from __future__ import annotations

from functools import partial
from typing import Literal

from rich.console import Console

from inspector.cli.alert_messages import ALERT_MESSAGES
from inspector.cli.card_messages import CARD_MESSAGES
from inspector.cli.db_messages import DB_MESSAGES
from inspector.cli.delivery_messages import DELIVERY_MESSAGES
from inspector.cli.incident_messages import INCIDENT_MESSAGES
from inspector.cli.intake_messages import INTAKE_MESSAGES
from inspector.cli.nightly_messages import NIGHTLY_MESSAGES
from inspector.cli.people_messages import PEOPLE_MESSAGES
from inspector.cli.report_messages import REPORT_MESSAGES
from inspector.cli.review_messages import REVIEW_MESSAGES
from inspector.cli.rule_messages import RULE_MESSAGES
from inspector.cli.sample_messages import SAMPLE_MESSAGES
from inspector.cli.serve_messages import SERVE_MESSAGES
from inspector.cli.task_messages import TASK_MESSAGES
from inspector.cli.violation_messages import VIOLATION_MESSAGES
from inspector.cli.work_messages import WORK_MESSAGES
from inspector.errors import InspectorError
from inspector.reports.fact_words import FACT_WORDS
from inspector.reports.figures_words import FIGURE_WORDS

__all__ = ["Lang", "say", "tell"]

Lang = Literal["zh", "en"]

_MESSAGES: dict[str, tuple[str, str]] = {
    "error": ("错误：{message}", "error: {message}"),
    "remedy": ("  处理办法：{remedy}", "  remedy: {remedy}"),
    "interrupted": ("已中断。已完成的结果都已输出。", "interrupted; what was finished has been written."),
    "nothing": ("没有找到录音文件。", "no recordings found."),
    "nothing_remedy": ("给出录音文件或含有录音的目录。", "name recordings or a directory that holds some."),
    "passed_over": ("目录中另有 {count} 个非录音文件，未检查。", "{count} other files there were passed over."),
    "loading": ("正在校验并载入模型……", "verifying and loading the models …"),
    "progress": (
        "{done}/{total} 通，音频 {hours:.2f} 小时，{speed:.1f} 倍实时，剩余约 {eta}，失败 {failed}",
        "{done}/{total} calls, {hours:.2f} h of audio, {speed:.1f} × real time, about {eta} left, {failed} failed",
    ),
    "summary": (
        "共 {total} 通，音频 {minutes:.1f} 分钟，用时 {wall:.1f} 秒（{speed:.1f} 倍实时）；命中 {fires} 项，"
        "无法判定 {undetermined} 项；预警 {alerts} 通，复核 {reviews} 通；失败 {failed} 个",
        "{total} calls, {minutes:.1f} min of audio in {wall:.1f} s ({speed:.1f} × real time); {fires} findings, "
        "{undetermined} undetermined; {alerts} calls alert, {reviews} go to review; {failed} failed",
    ),
    "swapped": (
        "{count} 通的左右声道与设置相反，已按说话内容认定坐席和客户；请核对录音设备和 agent_channel 设置",
        "{count} calls have their channels swapped against the setting; agent and customer were told by what they say: "
        "check the recorder and agent_channel",
    ),
    "conflict": (
        "{path}：同一通话已登记过另一份录音，保留先登记的一份。",
        "{path}: this call already has another recording on record; the first one is kept.",
    ),
    "not_stored": ("{path}：结果没有存入数据库：{reason}", "{path}: the result was not stored: {reason}"),
    "raw_needs_store": (
        "--raw 显示完整内容必须留痕，不能与 --no-store 同用。",
        "--raw shows everything and must leave a trace; it cannot go with --no-store.",
    ),
    "raw_remedy": ("去掉 --no-store，或去掉 --raw。", "drop --no-store or drop --raw."),
    "playable_summary": (
        "已生成 {made} 个可播放的副本，失败 {failed} 个。",
        "{made} playable copies made, {failed} failed.",
    ),
    "playable_remedy": ("换一个可以写入的目录。", "name a directory that can be written."),
    "no_findings": ("未发现问题", "nothing found"),
    "no_speech": ("没有检测到语音，没有可判断的内容", "no speech found, nothing to judge"),
    "fires": ("命中（待复核）", "hit (to be reviewed)"),
    "undetermined": ("无法判定", "undetermined"),
    "remedy_label": ("处置建议", "remedy"),
    "absence": ("在 {start}–{end} 之间没有听到：{wanted}", "not heard between {start} and {end}: {wanted}"),
    "covered": (
        "该时段语音 {speech:.1f} 秒，听清 {heard:.1f} 秒",
        "{speech:.1f} s of speech there, {heard:.1f} s of it heard",
    ),
    "unheard": ("未听清的语音 {seconds:.1f} 秒", "{seconds:.1f} s of speech not heard"),
    "interruptions": ("坐席打断客户 {count} 次", "the agent cuts in on the customer {count} times"),
    "hint": ("情绪提示（仅供参考）{at}  {party} {label}：{why}", "emotion hint  {at}  {party} {label}: {why}"),
    "agitation": ("激动", "agitated"),
    "negativity": ("不满", "displeased"),
    "queue_alert": ("→ 预警", "→ alert"),
    "queue_review": ("→ 复核队列", "→ review queue"),
    "agent": ("坐席", "agent"),
    "customer": ("客户", "customer"),
    "system": ("系统", "system"),
    "unknown": ("未知", "unknown"),
    "critical": ("致命", "critical"),
    "high": ("严重", "high"),
    "medium": ("一般", "medium"),
    "low": ("轻微", "low"),
    "S1": ("左声道", "left channel"),
    "S2": ("右声道", "right channel"),
    "stereo": ("双声道", "stereo"),
    "mono": ("单声道", "mono"),
    "dual_mono": ("双声道内容相同", "dual mono"),
    "segment": ("第 {no} 段，自 {start} 起：{path}", "segment {no}, from {start}: {path}"),
    "segment_lost": ("第 {no} 段缺失，{start} 处录音不全：{path}", "segment {no} is missing at {start}: {path}"),
    "dialogue": ("对话（已脱敏）", "dialogue (masked)"),
    "dialogue_raw": ("对话（完整）", "dialogue (unmasked)"),
    "packs_ok": ("{rules} 条规则没有错误，{warnings} 条提醒。", "{rules} rules, no errors, {warnings} warnings."),
    "packs_bad": ("规则包有 {errors} 处错误，{warnings} 条提醒。", "{errors} errors, {warnings} warnings."),
    "live_classes": (
        "实时判断：{early} 条话说完就能断定，{deadline} 条规定的时段过完能断定，{after_call} 条要等通话结束。",
        "live: {early} rules early, {deadline} by a deadline, {after_call} after the call.",
    ),
    "proved": ("{total} 个示例全部成立。", "all {total} examples hold."),
    "not_proved": ("{total} 个示例中有 {bad} 个不成立。", "{bad} of {total} examples do not hold."),
    "no_such_rule": ("没有编号为 {rule} 的规则。", "there is no rule {rule}."),
    "no_such_rule_remedy": ("用 inspector rules check 查看规则目录。", "look at the packs directory."),
    "examples_none": ("没有可运行的示例。", "there are no examples to run."),
    "mutate_progress": (
        "{done}/{total} 条规则，剩余约 {eta}，{failed} 条有没发现的改动",
        "{done}/{total} rules, about {eta} left, {failed} with unnoticed changes",
    ),
    "unproved": (
        "{bad} 个示例不成立，改动检查没有意义。",
        "{bad} examples do not hold: they would seem to notice everything.",
    ),
    "unproved_remedy": ("先用 inspector rules prove 修好示例。", "mend them first: inspector rules prove."),
    "mutant_survived": (
        "✗ {rule}  {mutant}  没有示例发现 → 补一个示例，或在 survivors.yaml 写明理由",
        "✗ {rule}  {mutant}  no example notices → add one, or give the reason in survivors.yaml",
    ),
    "mutant_stale": (
        "✗ {rule}  {mutant}  已被示例发现或不再存在 → 从 survivors.yaml 删除",
        "✗ {rule}  {mutant}  is noticed now or no more → take it out of survivors.yaml",
    ),
    "mutants_by_kind": ("其中：{kinds}", "by kind: {kinds}"),
    "mutated": (
        "{total} 处改动：示例发现 {killed} 处，有理由不补 {excused} 处，没发现 {survived} 处，过时的理由 {stale} 条。",
        "{total} changes: {killed} noticed, {excused} excused, {survived} unnoticed, {stale} stale reasons.",
    ),
    "words_row": (
        "{share:4.0%}  {rule}  {total} 个词句，少了会被示例发现的 {killed} 个",
        "{share:4.0%}  {rule}  {killed} of {total} wordings needed by examples",
    ),
    "words_total": (
        "{share:.0%}：全部 {total} 个词句，少了会被示例发现的 {killed} 个。",
        "{share:.0%}: examples need {killed} of {total} wordings.",
    ),
    "call": ("通话", "call"),
    "reason_repeat": ("重复来电", "repeated contact"),
    "reviews_none": (
        "没有待复核的通话；无法判定未入队 {waiting}。",
        "nothing to review; undetermined, not queued: {waiting}.",
    ),
    "reviews_total": (
        "待复核：{by_reason}；列出 {shown}；无法判定未入队 {waiting}。",
        "to review: {by_reason}; {shown} listed; undetermined, not queued: {waiting}.",
    ),
    "rejudge_progress": (
        "{done}/{total} 通，每秒 {rate:.0f} 通，{speed:.0f} 倍实时，剩余约 {eta}，失败 {failed}",
        "{done}/{total} calls, {rate:.0f} calls/s, {speed:.0f} × real time, about {eta} left, {failed} failed",
    ),
    "rejudge_summary": (
        "共重判 {calls} 通，用时 {wall:.1f} 秒（每秒 {rate:.0f} 通，{speed:.0f} 倍实时），失败 {failed} 通。",
        "{calls} calls judged again in {wall:.1f} s ({rate:.0f} calls/s, {speed:.0f} × real time), {failed} failed.",
    ),
    "rejudge_rule": ("规则", "rule"),
    "rejudge_applicable": ("适用", "applicable"),
    "rejudge_fires": ("命中", "fires"),
    "rejudge_undetermined": ("无法判定", "undetermined"),
    "rejudge_newly_fires": ("新命中", "newly fires"),
    "rejudge_no_longer_fires": ("不再命中", "no longer fires"),
    "rejudge_interrupted": (
        "已中断，没有写出文件；重新运行即可。",
        "interrupted, no file was written: start it again.",
    ),
    "rejudge_none": ("没有可重判的通话。", "there are no stored calls to judge."),
    "rejudge_none_remedy": (
        "核对日期（营业日）、通话编号清单和数据库；没有开始时间的通话只在不限日期时包括在内。",
        "check the business dates, the list of call ids and the database; calls without a start have no date.",
    ),
    "rejudge_dates": ("--from 晚于 --to。", "--from is after --to."),
    "rejudge_dates_remedy": ("对调两个日期。", "swap the two dates."),
    "rejudge_both": ("--calls 不能与 --from、--to 同用。", "--calls cannot go with --from or --to."),
    "rejudge_both_remedy": ("只用其中一种。", "use one or the other."),
    "rejudge_list": ("读不出通话编号清单 {path}。", "the list of call ids {path} cannot be read."),
    "rejudge_id": ("{path} 第 {line} 行不是通话编号。", "{path}, line {line}: no call id."),
    "rejudge_list_remedy": (
        "每行写一个通话编号（24 位十六进制，见 JSON 的 call.id），文件存为 UTF-8。",
        "write one call id a line (24 hex digits, call.id in JSON), in UTF-8.",
    ),
    "rejudge_save_rules": ("--save 不能与 --rules 同用。", "--save cannot go with --rules."),
    "rejudge_save_rules_remedy": (
        "去掉 --rules：存下的结果必须是全部规则的结果。",
        "drop --rules: what is kept must be the answer of all rules.",
    ),
    "rejudge_out": ("{path} 无法写入：{reason}", "{path} cannot be written: {reason}"),
    "rejudge_out_remedy": ("换一个可以写入的文件。", "name another file for --out."),
    "all_well": ("本机一切就绪。", "this machine is ready."),
    "not_well": ("有 {count} 项需要处理。", "{count} things need attention."),
    **ALERT_MESSAGES,
    **INCIDENT_MESSAGES,
    **INTAKE_MESSAGES,
    **DB_MESSAGES,
    **PEOPLE_MESSAGES,
    **FACT_WORDS,
    **FIGURE_WORDS,
    **CARD_MESSAGES,
    **VIOLATION_MESSAGES,
    **DELIVERY_MESSAGES,
    **NIGHTLY_MESSAGES,
    **REPORT_MESSAGES,
    **REVIEW_MESSAGES,
    **RULE_MESSAGES,
    **SAMPLE_MESSAGES,
    **SERVE_MESSAGES,
    **TASK_MESSAGES,
    **WORK_MESSAGES,
}


def say(lang: Lang, key: str, **values: object) -> str:
    """The sentence in the language, with its values filled in. An unknown key is a programming error (KeyError)."""
    return _MESSAGES[key][0 if lang == "zh" else 1].format(**values)


def tell(console: Console, say_it: partial[str], error: InspectorError) -> None:
    """An error as a person reads it: what is wrong, then what to do."""
    console.print(say_it("error", message=error.message), style="red", markup=False, highlight=False)
    if error.remedy:
        console.print(say_it("remedy", remedy=error.remedy), markup=False, highlight=False)
