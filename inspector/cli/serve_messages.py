"""What ``inspector serve`` says, in Simplified Chinese and English; part of the catalogue of ``messages.py``."""

from __future__ import annotations

__all__ = ["SERVE_MESSAGES"]

SERVE_MESSAGES: dict[str, tuple[str, str]] = {
    "serve_setup": (
        "首次设置：一小时内在浏览器中打开下面的地址，建立管理员账号；只能用一次。\n  {url}",
        "first set-up: make the administrator's account at this address, within an hour; it is good once.\n  {url}",
    ),
    "serve_ready": ("控制台：{url}（Ctrl-C 结束）", "the console: {url} (Ctrl-C ends it)"),
    "serve_ended": ("控制台已停止。", "the console has ended."),
}
