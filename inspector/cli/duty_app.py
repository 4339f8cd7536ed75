"""``inspector duty plan | now | hand-over | take-over | list``. Heavy imports stay inside commands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.errors import UsageError

__all__ = ["duty_app"]

duty_app = typer.Typer(no_args_is_help=True, help="值班与交接班。 / Who is on duty, and hand-over notes.")

_MINUTES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@duty_app.command()
def plan(  # noqa: PLR0913 - options of a command, each its own
    person: Annotated[str | None, typer.Option("--person", help="值班人。 / Who is on duty.")] = None,
    audience: Annotated[str | None, typer.Option("--audience", help="预警对象。 / Audience of alerts.")] = None,
    starts: Annotated[datetime | None, typer.Option("--from", formats=_MINUTES, help="开始。 / From.")] = None,
    ends: Annotated[datetime | None, typer.Option("--to", formats=_MINUTES, help="结束。 / Until.")] = None,
    deputy: Annotated[str | None, typer.Option("--deputy", help="替班人。 / Who stands in.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="显示今后几天。 / Days that are shown.")] = 14,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """排一班，或只看排班；空档和重叠一并列出。 / Plan a shift, or look at the plan with gaps and overlaps.

    例 / Example: inspector duty plan --person li --audience team_lead --from 2025-03-03T09:00 --to 2025-03-03T18:00
    """
    from zoneinfo import ZoneInfo

    from inspector.cli.duty import run_plan, shift_of

    settings = settings_of(lang)
    new = None
    if person is not None and audience is not None and starts is not None and ends is not None:
        zone = ZoneInfo(settings.business_tz)
        new = shift_of(person, audience, (starts.replace(tzinfo=zone), ends.replace(tzinfo=zone)), deputy)
    elif any(one is not None for one in (person, audience, starts, ends, deputy)):
        raise UsageError("a shift needs --person, --audience, --from and --to", "name all of them, or none")
    raise typer.Exit(run_plan(new, days, settings, json=json))


@duty_app.command()
def now(json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """现在谁值班。 / Who is on duty now.

    例 / Example: inspector duty now
    """
    from inspector.cli.duty import run_now

    raise typer.Exit(run_now(settings_of(lang), json=json))


@duty_app.command("hand-over")
def hand_over(
    audience: Annotated[str, typer.Option("--audience", help="预警对象。 / Audience of alerts.")],
    note: Annotated[str, typer.Option("--note", help="交接事项。 / What else is to be said.")] = "",
    lang: LangOption = None,
) -> None:
    """写交接班记录，自动列出未结预警和逾期整改。 / A note of what is open, with what you say.

    例 / Example: inspector duty hand-over --audience duty_supervisor --note 客户明早回电
    """
    from inspector.cli.duty import run_hand_over

    raise typer.Exit(run_hand_over(audience, note, settings_of(lang)))


@duty_app.command("take-over")
def take_over(
    note: Annotated[str, typer.Argument(help="交接班记录编号。 / Id of a note.")], lang: LangOption = None
) -> None:
    """接班确认，须为另一人。 / Take over what somebody else handed over.

    例 / Example: inspector duty take-over 0123456789ab
    """
    from inspector.cli.duty import run_take_over

    raise typer.Exit(run_take_over(note, settings_of(lang)))


@duty_app.command("list")
def duty_list(limit: LimitOption = 50, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """列出交接班记录。 / The latest notes.

    例 / Example: inspector duty list
    """
    from inspector.cli.duty import run_list

    raise typer.Exit(run_list(limit, settings_of(lang), json=json))
