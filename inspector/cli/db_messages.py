"""What the commands for the database say, in Simplified Chinese and English; part of the catalogue of
``messages.py``."""

from __future__ import annotations

__all__ = ["DB_MESSAGES"]

DB_MESSAGES: dict[str, tuple[str, str]] = {
    "db_current": (
        "数据库结构版本 {current}，本程序使用 {newest}。",
        "schema {current}; this program works with {newest}.",
    ),
    "db_none": ("（空）", "(empty)"),
    "db_upgraded": ("数据库结构已是版本 {newest}。", "the database is at schema {newest}."),
    "db_downgraded": ("数据库结构已退回版本 {revision}。", "the database went back to schema {revision}."),
    "db_forgets": (
        "退回旧版本会丢弃旧版本存不下的数据。",
        "going back forgets what the older schema cannot hold.",
    ),
    "db_forgets_remedy": (
        "先用 inspector backup 备份，再加 --yes 执行。",
        "make a backup with inspector backup, then add --yes.",
    ),
    "backup_made": (
        "已备份到 {path}（{size:.1f} MB，结构版本 {revision}）。备份含未脱敏内容和密钥，请按规定保管。",
        "backup written to {path} ({size:.1f} MB, schema {revision}). It holds unmasked text and secrets: guard it.",
    ),
    "backup_restored": (
        "已恢复 {made_at} 的备份（inspector {version}）。处理中断的通话已重新排队。",
        "restored the backup of {made_at} (inspector {version}); calls that were being worked at wait again.",
    ),
}
