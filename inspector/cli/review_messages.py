"""What is told of reviews. Part of ``messages.py``."""

from __future__ import annotations

__all__ = ["REVIEW_MESSAGES"]

REVIEW_MESSAGES: dict[str, tuple[str, str]] = {
    "answer_confirmed": ("违规成立", "confirmed"),
    "answer_false_alarm": ("误报", "false alarm"),
    "answer_cannot_tell": ("无法判定", "cannot tell"),
    "why_away": ("你登记为不在岗，没有派件。", "you are away: nothing is handed out."),
    "why_quota": ("今天的复核时长已用完。", "today's minutes are used up."),
    "why_nothing": ("没有待复核的通话。", "nothing is left to review."),
    "why_not_for_him": (
        "剩下的通话都不能由你复核（回避或技能不符）。",
        "nothing is left that you may review (recusal or skills).",
    ),
    "review_head": (
        "复核 {id}  {reason}  {day}  通话 {call}  时长 {length}  占用至 {until}",
        "review {id}  {reason}  {day}  call {call}  {length} long  yours until {until}",
    ),
    "review_unheard": (
        "这通电话没有可看的文字（{why}），只能直接听录音复核。",
        "there is nothing to read of this call ({why}): review it by ear alone.",
    ),
    "review_hidden": (
        "盲评：先整通听完，用 inspector review reveal 提交自己的结论，之后才显示机检命中。",
        "blind: hear it whole and give your own verdict (inspector review reveal); findings are shown after it.",
    ),
    "review_asked": ("要复核的规则：{rules}", "asked about: {rules}"),
    "review_played": ("已听语音 {share}", "speech played: {share}"),
    "review_said_false": ("预警处理时曾被认为误报", "said to be false on the alert"),
    "review_said": (
        "复核人 {who}：{rule}  {answer}  {because}  {note}",
        "reviewer {who}: {rule}  {answer}  {because}  {note}",
    ),
    "review_plea": ("申诉理由：{plea}  {grounds}", "appealed because: {plea}  {grounds}"),
    "review_decided": ("现有结论：{rule}  {answer}（{stage}）", "as decided: {rule}  {answer} ({stage})"),
    "review_draft": ("有未提交的草稿。", "there is a draft that is not submitted."),
    "review_submitted": (
        "已提交：{verdicts} 项结论，{marks} 处漏检，{corrections} 处更正。",
        "submitted: {verdicts} verdicts, {marks} marks, {corrections} corrections.",
    ),
    "review_released": ("已退回，计一次退件。", "given back; it counts as a skip."),
    "review_kept": ("草稿已保存。", "the draft is kept."),
    "review_assigned": ("{id} 已派给 {who}。", "{id} is {who}'s."),
    "review_recalled": ("{id} 已收回。", "{id} is recalled."),
    "review_none_held": ("你手上没有正在复核的通话。", "you hold no review."),
    "review_none_held_remedy": ("先领取：inspector review next", "take one: inspector review next"),
    "review_items": ("共 {total} 项，列出 {shown} 项。{by_reason}", "{total} items, {shown} shown. {by_reason}"),
    "review_item_free": ("待领取", "free"),
    "review_item_held": ("{who} 占用至 {until}", "{who} until {until}"),
    "review_item_assigned": ("派给 {who}", "for {who}"),
    "reviewer_line": (
        "{name}  每天 {quota} 分钟，今天 {used} 分钟 {submitted} 件，退件 {skips}，{state}  {skills}",
        "{name}  {quota} min a day, today {used} min in {submitted}, skips {skips}, {state}  {skills}",
    ),
    "reviewer_away": ("不在岗至 {until}", "away until {until}"),
    "reviewer_busy": ("复核中", "reviewing"),
    "reviewer_free": ("空闲", "free"),
    "reviewers_none": ("名单上没有质检员。", "nobody on the list may review."),
    "answers_no_file": ("读不出答卷 {path}。", "the answers {path} cannot be read."),
    "answers_not_json": ("答卷 {path} 第 {line} 行不是 JSON。", "the answers {path}, line {line}: no JSON."),
    "answers_wrong": ("答卷 {path} 的 {where} 不对。", "the answers {path}: {where} is wrong."),
    "answers_remedy": (
        "用 inspector review show --template 重新生成模板，对照填写。",
        "compare with a new template: inspector review show --template",
    ),
    "spans_wrong": ("时段 {span} 不对。", "no span: {span}."),
    "spans_remedy": ("写成起止秒数，如 0-35.5。", "write seconds from and to, such as 0-35.5."),
    "skills_wrong": ("技能 {skill} 不对。", "no skill: {skill}."),
    "skills_remedy": ("写成 字段=值，如 channel=video。", "write field=value, such as channel=video."),
}
