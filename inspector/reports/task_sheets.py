"""The ledger of rectification, calibration sessions and agents' numbers as sheets for staff; whatever people typed is
masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from inspector.redaction import Purpose, mask, mask_staff
from inspector.reports.workbook import Cell, Column, ColumnKind, Sheet
from inspector.review.appeals.classes import ViolationClass
from inspector.review.tasks.calibration import FATAL_TARGET, Said, pairs
from inspector.review.tasks.rectification import Entry, EntryState
from inspector.storage.tasks.sessions import Session
from inspector.storage.violations.numbers import AgentNumbers

__all__ = ["ledger_sheet", "numbers_sheet", "session_sheets"]

_STATES = {
    EntryState.OPEN: "待定措施",
    EntryState.MEASURES_SET: "整改中",
    EntryState.DONE: "待核实",
    EntryState.STRUCK_OFF: "已销号",
    EntryState.REOPENED: "重新整改",
}
_SAID = {Said.VIOLATED: "违规成立", Said.NOT_VIOLATED: "不成立", Said.CANNOT_TELL: "无法判定"}
_TEXT, _TIME, _COUNT, _SHARE = ColumnKind.TEXT, ColumnKind.TIME, ColumnKind.COUNT, ColumnKind.SHARE


def ledger_sheet(entries: Iterable[Entry]) -> Sheet:
    """One row an entry, in the order given."""
    titles = (
        ("编号", _TEXT), ("检查时间", _TIME), ("检查人", _TEXT), ("检查内容", _TEXT), ("规则", _TEXT), ("班组", _TEXT),
        ("坐席", _TEXT), ("通话", _TEXT), ("群体事件", _TEXT), ("发现的问题", _TEXT), ("整改措施", _TEXT),
        ("责任人", _TEXT), ("完成期限", _TIME), ("状态", _TEXT), ("整改结果", _TEXT), ("佐证", _TEXT),
        ("完成人", _TEXT), ("完成时间", _TIME), ("核实人", _TEXT), ("销号时间", _TIME), ("重新整改次数", _COUNT),
        ("逐级督办次数", _COUNT),
    )  # fmt: skip
    return Sheet("整改台账", tuple(Column(*title) for title in titles), [_entry_row(entry) for entry in entries])


def session_sheets(session: Session) -> tuple[Sheet, ...]:
    """Who said what beside what was agreed, how far each two agree, and each person beside the target."""
    return _answers(session), _pairs(session), _people(session)


def numbers_sheet(
    found: Iterable[AgentNumbers], names: Mapping[str, str], title: Callable[[str], str], *, named: bool
) -> Sheet:
    """By the agents' ``names``. Without names it has no teams either: who is alone in one would be known by it.

    ``title``: what a column is called.
    """
    first = [Column(title(name)) for name in (("agent", "team") if named else ("agent",))]
    counts = [Column(title(name), _COUNT) for name in ("reviewed", "calls", "so_far", "after_coaching")]
    kinds = [Column(title(f"class_{kind}"), _COUNT) for kind in ViolationClass]
    rows: list[tuple[Cell, ...]] = [
        (
            names[one.agent],
            *((_masked(one.team),) if named else ()),
            *(one.reviewed, one.calls, one.so_far, one.after_coaching),
            *(one.by_class.get(kind, 0) for kind in ViolationClass),
            None if one.ranked else title("few"),
        )
        for one in sorted(found, key=lambda one: names[one.agent])
    ]
    return Sheet(title("sheet"), (*first, *counts, *kinds, Column(title("remark"))), rows)


def _entry_row(entry: Entry) -> tuple[Cell, ...]:
    return (
        entry.id,
        entry.checked_at,
        entry.inspector,
        _masked(entry.content),
        entry.rule_id,
        entry.team,
        None if entry.agent is None else mask_staff(entry.agent, Purpose.EXPORT),
        entry.call_id,
        entry.incident_id,
        _masked(entry.finding),
        _masked(entry.measure),
        entry.owner,
        entry.due_at,
        _STATES[entry.state],
        _masked(entry.result),
        _masked(entry.evidence),
        entry.done_by,
        entry.done_at,
        entry.verified_by,
        entry.struck_off_at,
        entry.times_reopened,
        entry.escalated,
    )


def _answers(session: Session) -> Sheet:
    notes = {(note.call_id, note.rule_id): note for note in session.notes}
    titles = ("通话", "规则", *session.people, "一致结论", "理解口径", "评分项")
    rows: list[tuple[Cell, ...]] = []
    for place in sorted(session.judged.keys() | notes.keys()):
        said: Mapping[str, Said] = session.judged.get(place, {})
        each = (_SAID[said[person]] if person in said else None for person in session.people)
        note = notes.get(place)
        agreed = (None, None, None) if note is None else (_SAID[note.agreed], _masked(note.note), note.card_item)
        rows.append((*place, *each, *agreed))
    return Sheet("逐项意见", tuple(Column(title) for title in titles), rows)


def _pairs(session: Session) -> Sheet:
    columns = (
        Column("甲"), Column("乙"), Column("比较项数", _COUNT), Column("一致率", _SHARE),
        Column("κ", _SHARE), Column("AC1", _SHARE),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for pair in pairs(session.judged, session.people):
        found = pair.agreement
        figures = (None,) * 4 if found is None else (found.items, found.share, found.kappa, found.ac1)
        rows.append((pair.one, pair.other, *figures))
    return Sheet("两两一致性", columns, rows)


def _people(session: Session) -> Sheet:
    columns = (
        Column("人员"), Column("一票否决项数", _COUNT), Column(f"一票否决项一致率（目标 {FATAL_TARGET:.0%}）", _SHARE),
        Column("总分最大偏差", ColumnKind.SECONDS), Column("结论"),
    )  # fmt: skip
    rows = [
        (one.person, one.fatal_items, one.fatal_share, one.points_off, "超出目标" if one.outside else "在目标内")
        for one in session.standings
    ]
    return Sheet("人员", columns, rows)


def _masked(text: str | None) -> str | None:
    return None if text is None else mask(text, Purpose.EXPORT)
