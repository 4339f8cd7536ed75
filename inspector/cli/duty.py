"""What ``inspector duty`` does: the plan of shifts, and notes that are handed over."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.cli.task_views import clock, shown
from inspector.config import Settings
from inspector.errors import UsageError
from inspector.reports.objects import object_of
from inspector.review.tasks.duty import Shift, Stretch, gaps, overlaps
from inspector.storage.configured import open_store
from inspector.storage.tasks.duty import Handover

__all__ = ["run_hand_over", "run_list", "run_now", "run_plan", "run_take_over", "shift_of"]

_NOTE = frozenset({"note"})


def shift_of(person: str, audience: str, times: tuple[datetime, datetime], deputy: str | None) -> Shift:
    """A new shift. Raises UsageError for one that cannot be."""
    try:
        return Shift(uuid4().hex[:12], person, audience, *times, deputy)
    except ValueError as error:
        raise UsageError(str(error), "correct the shift") from error


_MOST_APPEALS = 1000


def run_plan(new: Shift | None, days: int, settings: Settings, *, json: bool) -> int:
    """Adds a shift when there is one, and shows the plan of the days from now on, with gaps and overlaps."""
    now = datetime.now(UTC)
    first, last = now, now + timedelta(days=days)
    with closing(open_store(settings)) as store:
        actor, duty = actor_of(settings, store), store.tasks.duty
        if new is not None:
            duty.plan(actor, [new], now)
            first, last = min(first, new.starts_at), max(last, new.ends_at)
        shifts = duty.shifts(actor, first, last)
    holes = [
        hole for audience in sorted({one.audience for one in shifts}) for hole in gaps(shifts, audience, now, last)
    ]
    if json:
        print_objects(_shift_object(shift) for shift in shifts)
        print_objects(object_of("inspector.duty_gap/1", hole, frozenset()) for hole in holes)
        print_objects(object_of("inspector.duty_overlap/1", one, frozenset()) for one in overlaps(shifts))
    else:
        print_lines(_shift_line(shift, settings) for shift in shifts)
        print_lines(_stretch_line("duty_gap", hole, settings) for hole in holes)
        print_lines(_stretch_line("duty_overlap", one, settings) for one in overlaps(shifts))
    return 0


def run_now(settings: Settings, *, json: bool) -> int:
    """Who is on duty."""
    with closing(open_store(settings)) as store:
        shifts = store.tasks.duty.on_duty(actor_of(settings, store), datetime.now(UTC))
    if json:
        print_objects(_shift_object(shift) for shift in shifts)
    else:
        print_lines(_shift_line(shift, settings) for shift in shifts)
    if not shifts:
        Console(stderr=json).print(say(settings.lang, "duty_nobody"), style="bold", highlight=False)
    return 0


def run_hand_over(audience: str, note: str, settings: Settings) -> int:
    """Writes down what is open for the next shift."""
    with closing(open_store(settings)) as store:
        if audience not in store.alerts.policy.audiences:
            known = ", ".join(store.alerts.policy.audiences)
            raise UsageError(
                say(settings.lang, "alert_audience_unknown", audience=audience),
                say(settings.lang, "alert_audience_remedy", known=known),
            )
        actor, now = actor_of(settings, store), datetime.now(UTC)
        late = len(store.violations.appeals(actor, _MOST_APPEALS, late_at=now))
        made = store.tasks.duty.hand_over(actor, audience, note, late, now)
    print_lines(_note_lines(made, settings))
    return 0


def run_take_over(handover_id: str, settings: Settings) -> int:
    """The next has it."""
    with closing(open_store(settings)) as store:
        taken = store.tasks.duty.take_over(actor_of(settings, store), handover_id, datetime.now(UTC))
    print_lines(_note_lines(taken, settings))
    return 0


def run_list(limit: int, settings: Settings, *, json: bool) -> int:
    """The latest notes."""
    with closing(open_store(settings)) as store:
        found = store.tasks.duty.handovers(actor_of(settings, store), limit)
    if json:
        print_objects(object_of("inspector.handover/1", one, _NOTE) for one in found)
    else:
        print_lines(line for one in found for line in _note_lines(one, settings))
    talk = Console(stderr=json)
    talk.print(say(settings.lang, "duty_total", count=len(found)), style="bold", highlight=False)
    return 0


def _shift_line(shift: Shift, settings: Settings) -> str:
    times = f"{clock(shift.starts_at, settings)} – {clock(shift.ends_at, settings)}"
    deputy = "" if shift.deputy is None else f"  {say(settings.lang, 'duty_deputy', deputy=shift.deputy)}"
    return f"{times}  {shift.audience}  {shift.person}{deputy}"


def _stretch_line(key: str, one: Stretch, settings: Settings) -> str:
    said = {"starts": clock(one.starts_at, settings), "ends": clock(one.ends_at, settings)}
    return say(settings.lang, key, audience=one.audience, people="、".join(one.people), **said)


def _note_lines(one: Handover, settings: Settings) -> list[str]:
    appeals = "–" if one.overdue_appeals is None else one.overdue_appeals
    counted = {"alerts": len(one.alerts), "entries": len(one.overdue_entries), "appeals": appeals}
    taken = f"{one.taken_by} {clock(one.taken_at, settings)}" if one.taken_by else say(settings.lang, "duty_open")
    head = f"{one.id}  {clock(one.written_at, settings)}  {one.audience}  {one.written_by} → {taken}"
    listed = [f"    {name}" for name in (*one.alerts, *one.overdue_entries)]
    return [head, "    " + say(settings.lang, "duty_counted", **counted), *listed, f"    {shown(one.note)}"]


def _shift_object(shift: Shift) -> dict[str, object]:
    return object_of("inspector.duty_shift/1", shift, frozenset())
