"""What ``inspector serve`` says, in Simplified Chinese and English; part of the catalogue of ``messages.py``."""

from __future__ import annotations

__all__ = ["SERVE_MESSAGES"]

SERVE_MESSAGES: dict[str, tuple[str, str]] = {
    "serve_setup": (
        "首次设置：一小时内在浏览器中打开下面的地址，建立管理员账号；只能用一次。\n  {url}",
        "first set-up: make the administrator's account at this address, within an hour; it is good once.\n  {url}",
    ),
    "serve_ready": ("控制台：{url}（Ctrl-C 结束）", "the console: {url} (Ctrl-C ends it)"),
    "serve_demo_models": ("演示：正在载入模型……", "the demonstration: loading the models …"),
    "serve_demo_hearing": ("演示：正在听示例录音 {done}/{total}", "the demonstration: hearing samples {done}/{total}"),
    "serve_demo_history": (
        "演示：正在生成过去 {total} 天的质检记录 {done}/{total}",
        "the demonstration: making up the past {total} days {done}/{total}",
    ),
    "serve_demo_accounts": (
        "演示账号（密码都是 {password}）：质检员 zhijian1–3，质检主管 zhuguan1–2，值班主管 zhiban，班长 banzhang1–3，"
        "坐席 zuoxi3062 等，合规 hegui，风控 fengkong，运维 yunwei，业务 yewu，审计 shenji，管理员 admin",
        "accounts of the demonstration (password of all: {password}): reviewers zhijian1–3, QA leads zhuguan1–2, "
        "supervisor on duty zhiban, team leads banzhang1–3, agents zuoxi3062 and others, compliance hegui, risk "
        "control fengkong, operations yunwei, business yewu, auditor shenji, administrator admin",
    ),
    "serve_ended": ("控制台已停止。", "the console has ended."),
}
