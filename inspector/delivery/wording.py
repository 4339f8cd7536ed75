"""A message in words: JSON for machines, lines for people. Without words of the call unless the receiver may have them.

Ids that calls have at their source are masked: they may hold a customer's number. An agent's goes out where words do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from inspector.delivery.notice import Message, Notice, NoticeKind
from inspector.redaction.mask import Purpose, mask, mask_staff

__all__ = ["SCHEMA", "Words", "body_of"]

SCHEMA = "inspector.notice/1"
MOST_CALLS = 5

_KINDS = {
    NoticeKind.OPENED: ("新预警", "new alert"),
    NoticeKind.JOINED: ("同组又有通话", "another call of the group"),
    NoticeKind.ESCALATED: ("已升级", "escalated"),
    NoticeKind.ASSIGNED: ("已指派", "assigned"),
}
_SAID: dict[str, tuple[str, str]] = {
    "test": ("【测试，无需处理】", "[test, nothing to do] "),
    "one": ("【{cls} 预警】{kind}：{titles}", "[{cls} alert] {kind}: {titles}"),
    "several": ("【{cls} 预警】合并通知 {count} 条", "[{cls} alert] {count} notices together"),
    "rule": ("规则：{title}（{id}）", "rule: {title} ({id})"),
    "calls": ("通话：{calls}，共 {count} 通", "calls: {calls}; {count} in all"),
    "team": ("班组：{team}", "team: {team}"),
    "agent": ("坐席：{agent}", "agent: {agent}"),
    "at": ("位置：通话第 {minutes:02d}:{seconds:02d}", "at {minutes:02d}:{seconds:02d} of the call"),
    "said": ("发生时间：{at}", "said at {at}"),
    "due": ("处理时限：{at}", "due at {at}"),
    "overdue": ("发现时已超过处理时限，请立即处理。", "It was overdue when it was found: handle it at once."),
    "quote": ("原话（已脱敏）：{quote}", "words (masked): {quote}"),
    "remedy": ("处理办法：{remedy}", "what to do: {remedy}"),
    "group": ("编号：{group}", "group: {group}"),
    "rest": ("……其余 {count} 条见系统：inspector queue alerts list", "… {count} more: inspector queue alerts list"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """How one receiver is told: its language, whether masked words of the call go out, the zone of times."""

    lang: Literal["zh", "en"]
    quotes: bool
    zone: ZoneInfo

    def subject(self, message: Message) -> str:
        """One line."""
        test = self._say("test") if message.is_test else ""
        if len(message.notices) > 1:
            return test + self._say("several", cls=message.alert_class, count=len(message.notices))
        return test + self._headline(message.notices[0])

    def text(self, message: Message, most_bytes: int) -> str:
        """Lines of UTF-8 of ``most_bytes`` at most: of one notice all that is known, of several a line each."""
        if len(message.notices) == 1:
            lines = [self.subject(message), *self._lines(message.notices[0])]
            return _cut("\n".join(lines), most_bytes)
        lines = [self._headline(one) + f" #{one.group_id[:12]}" for one in message.notices]
        shown = len(lines)
        while True:
            rest = [self._say("rest", count=len(lines) - shown)] if shown < len(lines) else []
            text = "\n".join([self.subject(message), *lines[:shown], *rest])
            if len(text.encode()) <= most_bytes or shown == 0:
                return _cut(text, most_bytes)
            shown -= 1

    def _headline(self, notice: Notice) -> str:
        kind = _KINDS[notice.kind][self.lang == "en"]
        titles = "、".join(_one_line(title) for _, title in notice.rules)
        return self._say("one", cls=notice.alert_class, kind=kind, titles=titles)

    def _lines(self, notice: Notice) -> list[str]:
        shown = " ".join(_masked(one) for one in notice.source_call_ids[:MOST_CALLS])
        lines = [self._say("rule", title=_one_line(title), id=rule_id) for rule_id, title in notice.rules]
        lines.append(self._say("calls", calls=shown, count=len(notice.call_ids)))
        if notice.team is not None:
            lines.append(self._say("team", team=_one_line(notice.team)))
        if notice.agent is not None and self.quotes:
            lines.append(self._say("agent", agent=mask_staff(_one_line(notice.agent), Purpose.EXPORT)))
        if notice.at_s is not None:
            lines.append(self._say("at", minutes=int(notice.at_s) // 60, seconds=int(notice.at_s) % 60))
        if notice.started_at is not None:
            lines.append(self._say("said", at=self._time(notice.started_at)))
        if notice.due_at is not None:
            lines.append(self._say("due", at=self._time(notice.due_at)))
        if notice.overdue_when_found:
            lines.append(self._say("overdue"))
        if notice.quote is not None and self.quotes:
            lines.append(self._say("quote", quote=_masked(notice.quote)))
        return [*lines, self._say("remedy", remedy=_one_line(notice.remedy)), self._say("group", group=notice.group_id)]

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def _say(self, key: str, **values: object) -> str:
        return _SAID[key][self.lang == "en"].format(**values)


def body_of(message: Message, quotes: bool) -> bytes:
    """The message as JSON (``notice-1.schema.json``): the same bytes for the same message, however often it is sent."""
    body = {
        "schema": SCHEMA,
        "id": message.id,
        "test": message.is_test,
        "notices": [_plain(notice, quotes) for notice in message.notices],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(notice: Notice, quotes: bool) -> dict[str, Any]:
    return {
        "id": notice.id,
        "group_id": notice.group_id,
        "number": notice.number,
        "kind": notice.kind.value,
        "class": notice.alert_class.value,
        "audience": notice.audience,
        "rules": [{"id": rule_id, "title": title} for rule_id, title in notice.rules],
        "call_ids": list(notice.call_ids),
        "source_call_ids": [_masked(one) for one in notice.source_call_ids],
        "team": notice.team,
        "agent": mask_staff(notice.agent, Purpose.EXPORT) if notice.agent is not None and quotes else None,
        "at_s": notice.at_s,
        "started_at": _iso(notice.started_at),
        "due_at": _iso(notice.due_at),
        "overdue_when_found": notice.overdue_when_found,
        "remedy": notice.remedy,
        "quote": _masked(notice.quote) if notice.quote is not None and quotes else None,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _masked(text: str) -> str:
    return _one_line(mask(text, Purpose.EXPORT))


def _one_line(text: str) -> str:
    """What was written elsewhere begins no line of its own, and cannot pose as one of ours."""
    return " ".join(text.split())


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore")
