"""What ``inspector coaching`` does: tasks of agents and typical cases, shown masked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

from rich.console import Console

from inspector.cli.actor import actor_of
from inspector.cli.messages import say
from inspector.cli.printing import print_lines, print_objects
from inspector.cli.task_views import clock, shown
from inspector.config import Settings
from inspector.redaction import Purpose, mask_staff
from inspector.reports.objects import object_of
from inspector.review.tasks.coaching import Coaching, CoachingState, too_few
from inspector.roles import Actor
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.storage.tasks.cases import CaseNote

__all__ = ["run_case", "run_cases", "run_deed", "run_list", "run_show"]

_CASE = frozenset({"text"})


def run_deed(deed: Callable[[Store, Actor, datetime], Coaching], settings: Settings) -> int:
    """Does something to a task and shows it as it is then."""
    with closing(open_store(settings)) as store:
        task = deed(store, actor_of(settings, store), datetime.now(UTC))
    print_lines(_lines(task, settings))
    return 0


def run_list(limit: int, state: CoachingState | None, settings: Settings, *, json: bool) -> int:
    """Lists tasks by what is due."""
    with closing(open_store(settings)) as store:
        found = store.tasks.coaching.tasks(actor_of(settings, store), limit, state)
    if json:
        print_objects(_object(task, settings) for task in found)
    else:
        print_lines(_line(task, settings) for task in found)
    talk = Console(stderr=json)
    talk.print(say(settings.lang, "coaching_total", count=len(found)), style="bold", highlight=False)
    return 0


def run_show(task_id: str, settings: Settings, *, json: bool) -> int:
    """Shows a task, the places it is about and the calls that followed."""
    with closing(open_store(settings)) as store:
        task = store.tasks.coaching.get(actor_of(settings, store), task_id)
    if json:
        print_objects([_object(task, settings)])
    else:
        print_lines(_lines(task, settings))
    return 0


def run_case(deed: Callable[[Store, Actor, datetime], CaseNote], settings: Settings) -> int:
    """Does something to a case and shows it as it is then."""
    with closing(open_store(settings)) as store:
        case = deed(store, actor_of(settings, store), datetime.now(UTC))
    print_lines(_case_lines(case, settings))
    return 0


def run_cases(limit: int, settings: Settings, *, json: bool) -> int:
    """Lists cases, the latest first, with who has not read them."""
    with closing(open_store(settings)) as store:
        found = store.tasks.cases.latest(actor_of(settings, store), limit)
    if json:
        print_objects(object_of("inspector.case_note/1", case, _CASE) | {"late": case.late} for case in found)
    else:
        print_lines(line for case in found for line in _case_lines(case, settings))
    talk = Console(stderr=json)
    talk.print(say(settings.lang, "cases_total", count=len(found)), style="bold", highlight=False)
    return 0


def _few(task: Coaching, settings: Settings) -> bool:
    return too_few(task, datetime.now(UTC), timedelta(days=settings.review.follow_up_days))


def _line(task: Coaching, settings: Settings) -> str:
    said = {"heard": task.heard, "wanted": task.wanted, "due": clock(task.due_at, settings)}
    state = say(settings.lang, f"coaching_{task.state}", **said)
    few = f"  {say(settings.lang, 'coaching_too_few', **said)}" if _few(task, settings) else ""
    agent = mask_staff(task.agent, Purpose.SCREEN)
    return f"{task.id}  {agent}  {task.team or '–'}  {task.rule_id}  {state}{few}"


def _lines(task: Coaching, settings: Settings) -> list[str]:
    times = {name: clock(getattr(task, name), settings) for name in ("given_at", "acknowledged_at", "done_at")}
    detail = say(settings.lang, "coaching_detail", task=shown(task.task), coach=task.coach, **times)
    clips = [
        "    " + say(settings.lang, "coaching_clip", call=clip.call_id, place=_place(clip.start_s, clip.end_s))
        for clip in task.clips
    ]
    after = [f"    {one.call_id}  {say(settings.lang, f'follow_up_{one.heard}')}" for one in task.follow_ups]
    return [_line(task, settings), *detail.splitlines(), *clips, *after]


def _place(start_s: float | None, end_s: float | None) -> str:
    return "–" if start_s is None or end_s is None else f"{start_s:.1f}–{end_s:.1f} s"


def _case_lines(case: CaseNote, settings: Settings) -> list[str]:
    late = f"  {say(settings.lang, 'case_late')}" if case.late else ""
    said = {"teams": "、".join(sorted(case.teams)), "read": len(case.read), "unread": "、".join(case.unread) or "–"}
    head = f"{case.id}  {clock(case.filed_at, settings)}  {case.rule_id}{late}"
    return [head, f"    {shown(case.text)}", "    " + say(settings.lang, "case_readers", **said)]


def _object(task: Coaching, settings: Settings) -> dict[str, object]:
    counted = {"heard": task.heard, "too_few": _few(task, settings)}
    return object_of("inspector.coaching/1", task, frozenset({"task"})) | counted
