"""``inspector sample draw | plan | status | self-check | verify | reveal``."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from inspector.cli.options import DayOption, JsonLinesOption, LangOption, settings_of
from inspector.errors import UsageError

__all__ = ["sample_app"]

sample_app = typer.Typer(no_args_is_help=True, help="抽检：抽取、计划、进度、验证、公布密钥。 / Samples.")


@sample_app.command()
def draw(  # noqa: PLR0913 - options of a command, each its own
    date: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="营业日。 / Business date.")],
    out: Annotated[Path, typer.Option("--out", help="写入的目录。 / Directory for the files.")],
    kind: Annotated[
        Literal["random", "self_check", "recheck", "mystery", "coverage", "directed"],
        typer.Option("--kind", help="随机、自查、复核、神秘来电、补足坐席、定向。 / Which tier."),
    ] = "random",
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="当日全部通话的清单；不给则用数据库。 / All calls of the date.")
    ] = None,
    rate: Annotated[str | None, typer.Option("--rate", help="随机抽样比例，默认 0.05。 / Share to draw.")] = None,
    base: Annotated[
        Literal["all_calls", "with_findings", "self_checked", "reviewed"] | None,
        typer.Option("--base", help="复核的基数。 / What the re-check is a share of."),
    ] = None,
    when: Annotated[
        list[str] | None, typer.Option("--when", help="定向条件，如 agent=3062，可多个。 / Conditions, all must hold.")
    ] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="定向：这条规则命中的。 / In which it fires.")] = None,
    calls: Annotated[Path | None, typer.Option("--calls", help="定向：通话编号清单。 / File of call ids.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="定向：最多几通。 / Directed: at most so many.")] = 20,
    lang: LangOption = None,
) -> None:
    """抽取一个营业日的样本。 / Draw a sample of a business date.

    例 / Example: inspector sample draw --date 2025-03-01 --manifest calls.csv --out sample
    """
    from functools import partial

    from inspector.cli.call_ids import read_call_ids
    from inspector.cli.messages import say
    from inspector.cli.sample import DrawJob, run_draw
    from inspector.sampling.choice import Condition
    from inspector.sampling.day import DayDraw
    from inspector.sampling.draw import DrawKind, rate_of

    settings = settings_of(lang)
    listed = None if calls is None else frozenset(read_call_ids(calls, partial(say, settings.lang)))
    try:
        directed = kind == "directed" or when or rule or calls
        condition = Condition(limit, tuple(when or ()), rule, listed) if directed else None
        asked = DayDraw(date.date(), DrawKind(kind), None if rate is None else rate_of(rate), base, condition)
    except ValueError as error:
        raise UsageError(str(error), "inspector sample draw --help") from error
    raise typer.Exit(run_draw(DrawJob(asked, manifest, out), settings))


@sample_app.command()
def plan(  # noqa: PLR0913 - options of a command, each its own
    minutes: Annotated[float, typer.Option("--minutes", min=0, help="排班的质检分钟数。 / Minutes rostered.")],
    date: DayOption = None,
    month: Annotated[
        datetime | None, typer.Option("--month", formats=["%Y-%m"], help="整月。 / A whole month.")
    ] = None,
    calls: Annotated[float | None, typer.Option("--calls", help="每日通话数。 / Calls a day.")] = None,
    call_min: Annotated[float | None, typer.Option("--call-minutes", help="每通分钟数。 / Minutes a call.")] = None,
    with_findings: Annotated[
        float | None, typer.Option("--with-findings", help="每日有命中的通话数。 / Calls a day with findings.")
    ] = None,
    mystery: Annotated[float | None, typer.Option("--mystery", help="每日神秘来电数。 / Test calls a day.")] = None,
    agents: Annotated[int | None, typer.Option("--agents", help="坐席人数。 / Agents.")] = None,
    directed: Annotated[int, typer.Option("--directed", min=0, help="每日定向抽检数。 / Directed, a day.")] = 0,
    save: Annotated[
        str | None, typer.Option("--save", help="保存所示编号的计划。 / Keep the plan that was shown by this id.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="一行 JSON。 / One line of JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """抽检计划：所需分钟与排班分钟，以及看不完的部分。 / Minutes needed against rostered, and what is left out.

    例 / Example: inspector sample plan --month 2025-04 --minutes 96000
    """
    from inspector.cli.sample_plan import PlanJob, run_plan

    numbers = {
        "calls": calls,
        "call_min": call_min,
        "with_findings": with_findings,
        "mystery": mystery,
        "agents": agents,
    }
    given = {name: number for name, number in numbers.items() if number is not None}
    first, last = _days(date, month)
    raise typer.Exit(run_plan(PlanJob(first, last, minutes, directed, given, save, json), settings_of(lang)))


@sample_app.command()
def status(
    date: DayOption = None,
    month: Annotated[
        datetime | None, typer.Option("--month", formats=["%Y-%m"], help="整月。 / A whole month.")
    ] = None,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """应抽、已抽、已检、剩余，按类别和层。 / To be drawn, drawn, reviewed and left, by kind and stratum.

    例 / Example: inspector sample status --date 2025-03-01
    """
    from inspector.cli.sample_status import run_status

    raise typer.Exit(run_status(*_days(date, month), settings_of(lang), json=json))


@sample_app.command("self-check")
def self_check(
    call_id: Annotated[str, typer.Argument(help="通话编号。 / Call id.")],
    confirm: Annotated[
        bool, typer.Option("--confirm/--dispute", help="命中属实，或有异议。 / The findings are right, or not.")
    ],
    lang: LangOption = None,
) -> None:
    """班组自查本组通话的命中。 / A team answers for findings in its own call.

    例 / Example: inspector sample self-check 0f3a5c7e9b1d2f4a6c8e0b1d --confirm
    """
    from inspector.cli.sample_status import run_self_check

    raise typer.Exit(run_self_check(call_id, settings_of(lang), confirmed=confirm))


@sample_app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="抽样文件（JSON）。 / File of a draw (JSON).")],
    secret: Annotated[
        str | None, typer.Option("--secret", help="当月密钥，十六进制。 / The month's secret, hex.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """重算抽样，核对文件。 / Repeat a draw and check its file.

    例 / Example: inspector sample verify sample/draw-2025-03-01-1.json
    """
    from inspector.cli.sample_proof import run_verify

    raise typer.Exit(run_verify(file, secret, settings_of(lang)))


@sample_app.command()
def reveal(
    month: Annotated[datetime, typer.Option("--month", formats=["%Y-%m"], help="已结束的月份。 / A past month.")],
    lang: LangOption = None,
) -> None:
    """公布已结束月份的密钥，留痕。 / Print the secret of a month that is over; leaves an audit row.

    例 / Example: inspector sample reveal --month 2025-03
    """
    from inspector.cli.sample_proof import run_reveal

    raise typer.Exit(run_reveal(month.date(), settings_of(lang)))


def _days(day: datetime | None, month: datetime | None) -> tuple[date, date]:
    if day is not None and month is None:
        return day.date(), day.date()
    if month is not None and day is None:
        return month.date(), month.date().replace(day=calendar.monthrange(month.year, month.month)[1])
    raise UsageError("name one of --date and --month", "--date 2025-03-01, or --month 2025-03")
