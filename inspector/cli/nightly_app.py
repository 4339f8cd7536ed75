"""``inspector nightly``: the run over a business day, its state, and signing the rest of it off."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import LangOption, PacksOption, settings_of

__all__ = ["nightly_app"]

nightly_app = typer.Typer(help="夜间批处理：一个营业日的全部通话。 / The run over a business day.")

DateOption = Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="营业日。 / Business date.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="日报写入的目录。 / Directory for the report.")]


@nightly_app.callback(invoke_without_command=True)
def nightly(  # noqa: PLR0913 - options of a command, each its own
    context: typer.Context,
    date: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="营业日。 / Business date.")
    ] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="当日通话清单。 / The list of calls.")] = None,
    cdr: Annotated[Path | None, typer.Option("--cdr", help="交换机话单 CSV/JSONL。 / The switch's list.")] = None,
    deadline: Annotated[
        datetime | None, typer.Option("--deadline", formats=["%H:%M"], help="最迟几点结束。 / End at this time.")
    ] = None,
    out: OutOption = None,
    json: Annotated[bool, typer.Option("--json", help="标准输出一行 JSON。 / One line of JSON.")] = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """交入一个营业日的清单，等到全部处理完或到截止时间，生成质检日报。 / Hand a day in and see it to its end.

    例 / Example: inspector nightly --date 2025-03-01 --manifest calls.csv --cdr cdr.csv --out reports
    """
    if context.invoked_subcommand is not None:
        return
    from inspector.cli.nightly import NightlyJob, run_nightly
    from inspector.errors import UsageError

    if date is None or manifest is None:
        raise UsageError("nightly needs --date and --manifest", "inspector nightly --help")
    job = NightlyJob(date.date(), manifest, cdr, None if deadline is None else deadline.time(), out, json)
    raise typer.Exit(run_nightly(job, settings_of(lang, packs)))


@nightly_app.command("status")
def status(
    date: DateOption,
    out: OutOption = None,
    json: Annotated[bool, typer.Option("--json", help="一行 JSON。 / One line of JSON.")] = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """一个营业日处理到哪里，数目是否平衡。 / How far a business day is, and whether it balances.

    例 / Example: inspector nightly status --date 2025-03-01
    """
    from inspector.cli.nightly import run_night_status

    raise typer.Exit(run_night_status(date.date(), out, settings_of(lang, packs), json=json))


@nightly_app.command("sign-off")
def sign_off(
    date: DateOption,
    reason: Annotated[str, typer.Option("--reason", help="原因，会留存。 / Why; it is kept.")],
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """签核未完成的部分，不再等待，留痕。 / Say that what is open is not waited for; leaves an audit row.

    例 / Example: inspector nightly sign-off --date 2025-03-01 --reason 存储故障，次日补检
    """
    from inspector.cli.nightly import run_sign_off

    raise typer.Exit(run_sign_off(date.date(), reason, settings_of(lang, packs)))
