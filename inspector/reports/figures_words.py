"""What is told of figures, on screens and in workbooks. Chinese, English."""

from __future__ import annotations

__all__ = ["FIGURE_WORDS"]

FIGURE_WORDS: dict[str, tuple[str, str]] = {
    "figures_status_experimental": ("试写", "experimental"),
    "figures_status_test": ("试行", "test"),
    "figures_status_stable": ("生效", "stable"),
    "figures_status_deprecated": ("停用", "deprecated"),
    "figures_none": ("没有可统计的数据。", "there is nothing to count"),
    "figures_too_few": ("数量不足，不下结论", "too few to say"),
    "figures_more_verdicts": ("数量不足，不下结论，还需 {count} 条结论", "too few to say: {count} more verdicts"),
    "figures_more_heard": ("数量不足，不下结论，还需盲听 {count} 通", "too few to say: {count} more heard at random"),
    "figures_passes": ("达到门槛", "passes"),
    "figures_falls": ("低于门槛", "falls under the gate"),
    "figures_alarm": ("预警", "alarm"),
    "figures_steady": ("无明显变化", "steady"),
    "figures_all_rules": ("（全部规则）", "(all rules)"),
    "figures_no_team": ("（未知）", "(unknown)"),
    "figures_fire_rate": ("命中率", "fire rate"),
    "figures_precision": ("准确率", "precision"),
    "figures_rules_sheet": ("规则准确率", "precision"),
    "figures_rules_columns": (
        "规则,版本,状态,违规成立,误报,无法判定,准确率,下限,上限,目标,随机抽检成立,随机抽检误报,"
        "每千通误报,误报下限,误报上限,每千通至少,结论",
        "rule,version,status,confirmed,false alarms,cannot tell,precision,low,high,target,random confirmed,"
        "random false,false per 1000,false low,false high,at least per 1000,standing",
    ),
    "figures_recall_sheet": ("漏检估计", "recall"),
    "figures_recall_columns": (
        "规则,命中通数,有结论,违规成立,随机盲听通数,其中漏检,检出率,下限,上限,结论",
        "rule,fired,judged,confirmed,heard at random,missed,recall,low,high,note",
    ),
    "figures_rates_sheet": ("违规率", "rates"),
    "figures_rates_columns": (
        "规则,班组,适用通数,无法判定,命中（待复核）,命中率,违规成立（终局）,违规率,下限,上限,结论",
        "rule,team,applicable,undetermined,fired,fire rate,confirmed (final),rate,low,high,note",
    ),
    "figures_agreement_sheet": ("一致性", "agreement"),
    "figures_agreement_columns": (
        "质检员甲,质检员乙,规则,共同判定,一致率,κ,AC1,AC1下限,AC1上限,结论",
        "reviewer,reviewer,rule,pairs,alike,kappa,AC1,AC1 low,AC1 high,note",
    ),
    "figures_drift_sheet": ("预警漂移", "drift"),
    "figures_drift_columns": (
        "规则,指标,本周,本周基数,前八周,前八周基数,p值,结论",
        "rule,measure,this week,of,eight weeks before,of,p,note",
    ),
    "figures_gate_columns": (
        "规则,版本,状态,自,连续低于门槛,由,违规成立,误报,下限,建议",
        "rule,version,status,since,looks under the gate,by,confirmed,false alarms,low,proposal",
    ),
    "figures_propose": (
        "可恢复 → inspector figures promote {rule}",
        "may come back → inspector figures promote {rule}",
    ),
    "figures_evidence": (
        "{rule} 第 {version} 版达到门槛（成立 {confirmed}，误报 {false_alarms}），可在规则包中转正，须三方签字。",
        "{rule} version {version} passes ({confirmed} confirmed, {false_alarms} false): "
        "its pack may call it stable, with three signatures.",
    ),
    "figures_demoted": ("{rule} 已降为试行：不预警、不计分。", "{rule} is on trial now: no alerts, no scores."),
    "figures_none_demoted": ("本周没有规则被降级。", "no rule was demoted this week."),
    "figures_promoted": ("{rule} 已恢复。", "{rule} counts again."),
    "figures_missed": ("漏检", "missed"),
    "figures_false": ("误报：{because}", "false alarm: {because}"),
    "figures_examples": (
        "已写出 {path}：{count} 个例子，号码与称呼均已换成虚构的；{lost} 处没有可用文本。请人工通读后再放入规则包。",
        "written: {path}: {count} examples with invented numbers and names; {lost} without text. "
        "Read them through before they go into a pack.",
    ),
    "figures_cer": (
        "已写出 {path}：{count} 段；含号码或称呼的 {lost} 段未写出。",
        "written: {path}: {count} stretches; {lost} with numbers or names left out.",
    ),
    "figures_written": ("已写出 {path}。", "written: {path}"),
}
