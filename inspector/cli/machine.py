"""``inspector doctor``: is everything here that is needed?"""

from __future__ import annotations

from contextlib import closing

from rich.console import Console

from inspector.cli.doctor import doctor_json, examine
from inspector.cli.messages import say
from inspector.cli.streams import json_stdout
from inspector.config import Settings
from inspector.errors import SetupError
from inspector.reports.contract import to_line

__all__ = ["run_doctor"]


def run_doctor(settings: Settings, *, json: bool) -> int:
    """Exit code 3 when something is missing."""
    if json:
        found = doctor_json(settings, _open_database)
        json_stdout().write(to_line(found) + "\n")
        return 0 if found["ok"] else SetupError.exit_code
    console = Console()
    checks = examine(settings, _open_database)
    for check in checks:
        mark = "[green]✓[/green]" if check.ok else "[red]✗[/red]"
        console.print(f"{mark} {check.name}", end="  ")
        console.print(check.detail, markup=False, highlight=False, soft_wrap=True)
        if not check.ok:
            console.print(say(settings.lang, "remedy", remedy=check.remedy), markup=False, highlight=False)
    wrong = sum(not check.ok for check in checks)
    console.print(say(settings.lang, "not_well", count=wrong) if wrong else say(settings.lang, "all_well"))
    return SetupError.exit_code if wrong else 0


def _open_database(settings: Settings) -> str:
    from inspector.storage.configured import open_store

    with closing(open_store(settings)) as store:
        listed = len(store.people.all())
    who = f"{listed} people are listed" if listed else "nobody is listed: its owner may do everything (docs/roles.md)"
    return f"opens and is writable; {who}"
