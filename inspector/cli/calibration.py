"""What ``inspector calibration`` does: sessions opened, shown, agreed on and closed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.cli.task_views import clock, shown
from inspector.config import Settings
from inspector.reports.objects import object_of
from inspector.reports.task_sheets import session_sheets
from inspector.reports.workbook import write_workbook
from inspector.review.statistics.agreement import Agreement
from inspector.review.tasks.calibration import differences, pairs
from inspector.roles import Actor, Deed, may
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.tasks.sessions import Note, Session

__all__ = ["run_deed", "run_export", "run_list", "run_notes", "run_show"]

_TITLE, _NOTE = frozenset({"title"}), frozenset({"note"})


def run_deed(deed: Callable[[Store, Actor, datetime], Session], settings: Settings) -> int:
    """Does something to a session and shows it as it is then."""
    with closing(open_store(settings)) as store:
        session = deed(store, actor_of(settings, store), datetime.now(UTC))
    print_lines(_lines(session, settings))
    return 0


def run_list(limit: int, settings: Settings, *, json: bool) -> int:
    """Lists sessions, the latest first; to who leads them, also whom to train again."""
    with closing(open_store(settings)) as store:
        actor, desk = actor_of(settings, store), store.tasks.calibration
        found = desk.latest(actor, limit)
        hints = desk.to_retrain(actor) if may(actor, Deed.CALIBRATE) else ()
    if json:
        print_objects(_object(session) for session in found)
    else:
        print_lines(_line(session, settings) for session in found)
    talk = Console(stderr=json)
    talk.print(say(settings.lang, "calibration_total", count=len(found)), style="bold", highlight=False)
    if hints:
        said = say(settings.lang, "calibration_retrain", people="、".join(hints))
        talk.print(said, markup=False, highlight=False, soft_wrap=True)
    return 0


def run_show(session_id: str, settings: Settings, *, json: bool) -> int:
    """Shows a session as far as the actor may see it."""
    with closing(open_store(settings)) as store:
        session = store.tasks.calibration.get(actor_of(settings, store), session_id)
    if json:
        print_objects([_object(session)])
    else:
        print_lines(_lines(session, settings))
    return 0


def run_export(session_id: str, path: Path, settings: Settings) -> int:
    """Writes a session as a workbook."""
    with closing(open_store(settings)) as store:
        session = store.tasks.calibration.get(actor_of(settings, store), session_id)
    write_workbook(path, session_sheets(session), ZoneInfo(settings.business_tz))
    said = say(settings.lang, "tasks_written", path=path, count=len(session.calls))
    Console().print(said, markup=False, highlight=False, soft_wrap=True)
    return 0


def run_notes(rule_id: str | None, limit: int, settings: Settings, *, json: bool) -> int:
    """Lists how rules are to be read, the latest first."""
    with closing(open_store(settings)) as store:
        found = store.tasks.calibration.notes(actor_of(settings, store), rule_id, limit)
    if json:
        print_objects(object_of("inspector.interpretation/1", note, _NOTE) for note in found)
    else:
        print_lines(_note_line(note, settings) for note in found)
    talk = Console(stderr=json)
    talk.print(say(settings.lang, "calibration_notes_total", count=len(found)), style="bold", highlight=False)
    return 0


def _line(session: Session, settings: Settings) -> str:
    key = "calibration_open" if session.closed_at is None else "calibration_closed"
    missing = say(settings.lang, "calibration_missing", count=len(session.missing)) if session.people else ""
    head = f"{session.id}  {clock(session.opened_at, settings)}  {shown(session.title)}  {say(settings.lang, key)}"
    return f"{head}  {missing}".rstrip()


def _lines(session: Session, settings: Settings) -> list[str]:
    lang = settings.lang
    lines = [_line(session, settings), *(f"    {call_id}" for call_id in session.calls)]
    lines += [f"    {say(lang, 'calibration_waits', call=call, person=person)}" for call, person in session.missing]
    for one in differences(session.judged):
        said = "、".join(f"{person}：{say(lang, f'said_{what}')}" for person, what in one.said.items())
        lines.append(f"    {say(lang, 'calibration_differs', call=one.call_id, rule=one.rule_id, said=said)}")
    lines += [f"    {_note_line(note, settings)}" for note in session.notes]
    for pair in pairs(session.judged, session.people):
        lines.append(f"    {pair.one} – {pair.other}  {_agreement(pair.agreement, settings)}")
    for standing in session.standings:
        share = "–" if standing.fatal_share is None else f"{standing.fatal_share:.0%} / {standing.fatal_items}"
        points = "–" if standing.points_off is None else f"{standing.points_off:g}"
        key = "calibration_outside" if standing.outside else "calibration_inside"
        beside = say(lang, "calibration_standing", share=share, points=points)
        lines.append(f"    {standing.person}  {beside}  {say(lang, key)}")
    return lines


def _agreement(found: Agreement | None, settings: Settings) -> str:
    if found is None:
        return say(settings.lang, "calibration_too_few")
    kappa = "–" if found.kappa is None else f"{found.kappa:.2f}"
    said = {"items": found.items, "share": f"{found.share:.0%}", "kappa": kappa, "ac1": f"{found.ac1:.2f}"}
    return say(settings.lang, "calibration_agreement", **said)


def _note_line(note: Note, settings: Settings) -> str:
    agreed, card = say(settings.lang, f"said_{note.agreed}"), f"  {note.card_item}" if note.card_item else ""
    return f"{note.rule_id}{card}  {note.call_id}  {agreed}  {shown(note.note)}  {clock(note.written_at, settings)}"


def _object(session: Session) -> dict[str, object]:
    said = [
        {"call_id": call_id, "rule_id": rule_id, "said": dict(of)} for (call_id, rule_id), of in session.judged.items()
    ]
    notes = [object_of("inspector.interpretation/1", note, _NOTE) for note in session.notes]
    plain = object_of("inspector.calibration/1", replace(session, judged={}), _TITLE)
    return plain | {"judged": said, "notes": notes}
