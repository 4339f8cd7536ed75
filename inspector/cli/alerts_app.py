"""``inspector queue alerts``: what interrupts people, and what they do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from inspector.cli.options import DayOption, JsonLinesOption, LangOption, LimitOption, settings_of

__all__ = ["alerts_app"]

alerts_app = typer.Typer(no_args_is_help=True, help="预警：查看、接手、指派、办结。 / Alerts.")

GroupArgument = Annotated[str, typer.Argument(help="预警编号，可只写开头几位。 / Id of a group, or its beginning.")]


@alerts_app.command("list")
def alerts_list(
    json: JsonLinesOption = False,
    date: DayOption = None,
    audience: Annotated[
        str | None, typer.Option("--audience", help="只列给谁的（交接班）。 / Only whom it tells.")
    ] = None,
    ended: Annotated[bool, typer.Option("--ended", help="列已办结的。 / Those that ended.")] = False,
    limit: LimitOption = 50,
    lang: LangOption = None,
) -> None:
    """列出待处理的预警，最急的在前。 / Open alerts, most urgent first.

    例 / Example: inspector queue alerts list --date 2025-03-01 --audience duty_supervisor
    """
    from inspector.cli.alerts import ListJob, run_list

    job = ListJob(date and date.date(), audience, ended, limit, json)
    raise typer.Exit(run_list(job, settings_of(lang)))


@alerts_app.command("show")
def alerts_show(group: GroupArgument, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """一组预警：时限、原话、处理经过。 / One group: clocks, quotes, what was done.

    例 / Example: inspector queue alerts show 3fa4c1
    """
    from inspector.cli.alerts import run_show

    raise typer.Exit(run_show(group, settings_of(lang), json=json))


@alerts_app.command("take")
def alerts_take(
    group: GroupArgument,
    only_seen: Annotated[bool, typer.Option("--seen", help="只标已阅，不接手。 / Seen, not taken.")] = False,
    lang: LangOption = None,
) -> None:
    """接手。 / Take it.

    例 / Example: inspector queue alerts take 3fa4c1
    """
    from inspector.cli.alerts import run_take

    raise typer.Exit(run_take(group, settings_of(lang), only_seen=only_seen))


@alerts_app.command("assign")
def alerts_assign(
    group: GroupArgument,
    to: Annotated[str, typer.Option("--to", help="交给谁。 / To whom.")],
    lang: LangOption = None,
) -> None:
    """指派给某人。 / Give it to somebody.

    例 / Example: inspector queue alerts assign 3fa4c1 --to wang
    """
    from inspector.cli.alerts import run_assign

    raise typer.Exit(run_assign(group, to, settings_of(lang)))


@alerts_app.command("step")
def alerts_step(
    group: GroupArgument,
    step: Annotated[str, typer.Argument(help="步骤编号，见 show。 / Id of the step: see show.")],
    lang: LangOption = None,
) -> None:
    """标记一个步骤已完成。 / A step is done.

    例 / Example: inspector queue alerts step 3fa4c1 propose
    """
    from inspector.cli.alerts import run_step

    raise typer.Exit(run_step(group, step, settings_of(lang)))


@alerts_app.command("close")
def alerts_close(
    group: GroupArgument,
    result: Annotated[str, typer.Option("--result", help="处理结果。 / How it ended: resolved, called_back, …")],
    note: Annotated[str | None, typer.Option("--note", help="备注。 / A note.")] = None,
    version: Annotated[
        int | None, typer.Option("--version", help="所见版本，其后有变化则不办结。 / As you saw it.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """办结。 / Close it with a result.

    例 / Example: inspector queue alerts close 3fa4c1 --result called_back
    """
    from inspector.cli.alerts import CloseJob, run_close

    raise typer.Exit(run_close(CloseJob(group, result, note, version), settings_of(lang)))


@alerts_app.command("false-alarm")
def alerts_false(
    call: Annotated[str, typer.Argument(help="通话编号（内部）。 / Id of the call.")],
    rule: Annotated[str, typer.Argument(help="规则编号。 / Id of the rule.")],
    reason: Annotated[str, typer.Option("--reason", help="为什么是误报。 / Why it is none.")],
    lang: LangOption = None,
) -> None:
    """把一条规则的预警标为误报。 / One rule's alert on one call was none.

    例 / Example: inspector queue alerts false-alarm 3fa4c1d2 urgent.complaint --reason 客户在说别家银行
    """
    from inspector.cli.alerts import run_false

    raise typer.Exit(run_false(call, rule, reason, settings_of(lang)))


@alerts_app.command("hygiene")
def alerts_hygiene(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="营业日起。 / First business date.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="营业日止（含）。 / Last business date.")
    ] = None,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """各规则的预警质量：产生、按时知晓、误报、未结。 / What the alerts of each rule were worth.

    例 / Example: inspector queue alerts hygiene --from 2025-03-01 --to 2025-03-07
    """
    from inspector.cli.alerts import run_hygiene

    raise typer.Exit(run_hygiene(first and first.date(), last and last.date(), settings_of(lang), json=json))
