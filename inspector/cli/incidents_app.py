"""``inspector queue incidents list | show | surges``. Heavy imports stay inside commands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of

__all__ = ["incidents_app"]

incidents_app = typer.Typer(no_args_is_help=True, help="群体事件与话题激增。 / What several calls have in common.")


@incidents_app.command("list")
def incidents_list(limit: LimitOption = 50, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """列出群体事件，最近的在前。 / Incidents, the latest first.

    例 / Example: inspector queue incidents list
    """
    from inspector.cli.incidents import run_list

    raise typer.Exit(run_list(limit, settings_of(lang), json=json))


@incidents_app.command("show")
def incidents_show(
    incident: Annotated[str, typer.Argument(help="事件编号。 / Id of an incident.")],
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """显示一起事件及其全部通话。 / One incident and all its calls.

    例 / Example: inspector queue incidents show 0123456789abcdef01234567
    """
    from inspector.cli.incidents import run_show

    raise typer.Exit(run_show(incident, settings_of(lang), json=json))


@incidents_app.command("surges")
def incidents_surges(
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="一周的最后一天，默认昨天。 / Last day of the week."),
    ] = None,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出一周内比上一周激增的话题。 / Topics that surge against the week before.

    例 / Example: inspector queue incidents surges --until 2025-03-09
    """
    from inspector.cli.incidents import run_surges

    raise typer.Exit(run_surges(until and until.date(), settings_of(lang), json=json))
