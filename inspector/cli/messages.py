"""Every sentence the commands say to people, in Simplified Chinese and English. JSON and logs are not in here."""

from __future__ import annotations

from functools import partial
from typing import Literal

from rich.console import Console

from inspector.errors import InspectorError

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
    "proved": ("{total} 个示例全部成立。", "all {total} examples hold."),
    "not_proved": ("{total} 个示例中有 {bad} 个不成立。", "{bad} of {total} examples do not hold."),
    "no_such_rule": ("没有编号为 {rule} 的规则。", "there is no rule {rule}."),
    "no_such_rule_remedy": ("用 inspector rules check 查看规则目录。", "look at the packs directory."),
    "examples_none": ("没有可运行的示例。", "there are no examples to run."),
    "all_well": ("本机一切就绪。", "this machine is ready."),
    "not_well": ("有 {count} 项需要处理。", "{count} things need attention."),
}


def say(lang: Lang, key: str, **values: object) -> str:
    """The sentence in the language, with its values filled in. An unknown key is a programming error (KeyError)."""
    return _MESSAGES[key][0 if lang == "zh" else 1].format(**values)


def tell(console: Console, say_it: partial[str], error: InspectorError) -> None:
    """An error as a person reads it: what is wrong, then what to do."""
    console.print(say_it("error", message=error.message), style="red", markup=False, highlight=False)
    if error.remedy:
        console.print(say_it("remedy", remedy=error.remedy), markup=False, highlight=False)
