"""``inspector violations …`` and ``inspector appeals …``. Heavy imports stay inside commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.review.appeals.records import CaseStep, Mitigation, ViolationState

__all__ = ["appeals_app", "violations_app"]

violations_app = typer.Typer(no_args_is_help=True, help="违规：告知、处理、统计。 / Violations, told and counted.")
appeals_app = typer.Typer(no_args_is_help=True, help="申诉。 / Appeals.")

CallArgument = Annotated[str, typer.Argument(help="通话编号。 / Id of a call.")]
RuleArgument = Annotated[str, typer.Argument(help="规则编号。 / Rule id.")]
MonthArgument = Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="月份。 / The month.")]
UnknownOption = Annotated[bool, typer.Option("--unknown", help="仅坐席未知的。 / Only those of nobody.")]
StateOption = Annotated[ViolationState | None, typer.Option("--state", help="状态。 / Only these.")]
OverdueOption = Annotated[bool, typer.Option("--overdue", help="仅逾期的。 / Only what is late.")]
MitigationOption = Annotated[
    list[Mitigation] | None, typer.Option("--mitigation", help="酌情因素，可多次给出。 / What speaks for the agent.")
]
XlsxOption = Annotated[Path | None, typer.Option("--xlsx", help="写入表格文件。 / Write a workbook.")]


@violations_app.command("list")
def violations_list(
    state: StateOption = None,
    unknown: UnknownOption = False,
    overdue: OverdueOption = False,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出可见的违规，最先到申诉期限的在前。 / Those you may see, the shortest to appeal first.

    例 / Example: inspector violations list --overdue
    """
    from inspector.cli.violations import run_list
    from inspector.storage.violations.reading import ViolationFilter

    which = ViolationFilter(state=state, unknown=unknown, overdue_at=datetime.now(UTC) if overdue else None)
    raise typer.Exit(run_list(which, limit, settings_of(lang), json=json))


@violations_app.command()
def mine(limit: LimitOption = 50, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """坐席看自己的：规则、原话、时间、期限。 / An agent's own: rule, words, when, until when.

    例 / Example: inspector violations mine
    """
    from inspector.cli.violations import run_mine

    raise typer.Exit(run_mine(limit, settings_of(lang), json=json))


@violations_app.command()
def acknowledge(call: CallArgument, rule: RuleArgument, lang: LangOption = None) -> None:
    """坐席本人确认知悉，不等于承认。 / The agent has read it, which admits nothing.

    例 / Example: inspector violations acknowledge CALL missing.closing
    """
    from inspector.cli.violations import run_deed

    raise typer.Exit(
        run_deed(lambda store, who, now: store.violations.acknowledge(who, call, rule, now), settings_of(lang))
    )


@violations_app.command()
def step(
    call: CallArgument,
    rule: RuleArgument,
    step: Annotated[CaseStep, typer.Argument(help="步骤。 / What was done.")],
    note: Annotated[str | None, typer.Option("--note", help="说明。 / In own words.")] = None,
    lang: LangOption = None,
) -> None:
    """登记处理步骤，按顺序。 / The next step of handling it.

    例 / Example: inspector violations step CALL missing.closing reported
    """
    from inspector.cli.violations import run_deed

    raise typer.Exit(
        run_deed(lambda store, who, now: store.violations.step(who, call, rule, step, note, now), settings_of(lang))
    )


@violations_app.command()
def advance(lang: LangOption = None) -> None:
    """申诉期满的转为终审；逾期未裁的申诉督办。 / What nobody appealed is final; late appeals are told.

    例 / Example: inspector violations advance
    """
    from inspector.cli.violations import run_advance

    raise typer.Exit(run_advance(settings_of(lang)))


@violations_app.command()
def numbers(
    month: MonthArgument, xlsx: XlsxOption = None, json: JsonLinesOption = False, lang: LangOption = None
) -> None:
    """坐席统计，只计终审成立的。 / Agents' numbers, from final findings only.

    例 / Example: inspector violations numbers 2025-03 --xlsx 坐席.xlsx
    """
    from inspector.cli.violations import run_numbers

    raise typer.Exit(run_numbers(f"{month:%Y-%m}", xlsx, settings_of(lang), json=json, named=True))


@violations_app.command()
def bulletin(
    month: MonthArgument, xlsx: XlsxOption = None, json: JsonLinesOption = False, lang: LangOption = None
) -> None:
    """通报，坐席匿名。 / The same with agents as A01, A02 ….

    例 / Example: inspector violations bulletin 2025-03
    """
    from inspector.cli.violations import run_numbers

    raise typer.Exit(run_numbers(f"{month:%Y-%m}", xlsx, settings_of(lang), json=json, named=False))


@appeals_app.command("list")
def appeals_list(
    overdue: OverdueOption = False, limit: LimitOption = 50, json: JsonLinesOption = False, lang: LangOption = None
) -> None:
    """列出未决的申诉，先到期的在前。 / Open appeals by when they are due.

    例 / Example: inspector appeals list
    """
    from inspector.cli.violations import run_appeals

    raise typer.Exit(run_appeals(limit, settings_of(lang), json=json, late=overdue))


@appeals_app.command()
def show(call: CallArgument, rule: RuleArgument, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """一项违规的全部申诉。 / All appeals of one violation.

    例 / Example: inspector appeals show CALL missing.closing
    """
    from inspector.cli.violations import run_appeal

    raise typer.Exit(run_appeal(call, rule, settings_of(lang), json=json))


@appeals_app.command()
def lodge(
    call: CallArgument,
    rule: RuleArgument,
    text: Annotated[str, typer.Option("--text", help="理由，不超过 2000 字。 / Why.")],
    mitigation: MitigationOption = None,
    lang: LangOption = None,
) -> None:
    """提出申诉，期限内；评分冻结。 / Appeal in time; the score is frozen.

    例 / Example: inspector appeals lodge CALL missing.closing --text 客户先挂断
    """
    from inspector.cli.violations import run_deed
    from inspector.errors import UsageError
    from inspector.storage.violations.lodging import Plea

    try:
        plea = Plea(text, tuple(mitigation or ()))
    except ValueError as error:
        raise UsageError(str(error), "say why with --text") from error
    raise typer.Exit(
        run_deed(lambda store, who, now: store.violations.lodge(who, call, rule, plea, now), settings_of(lang))
    )


@appeals_app.command()
def withdraw(call: CallArgument, rule: RuleArgument, lang: LangOption = None) -> None:
    """撤回申诉，裁定之前。 / Take it back before it is decided.

    例 / Example: inspector appeals withdraw CALL missing.closing
    """
    from inspector.cli.violations import run_deed

    raise typer.Exit(
        run_deed(lambda store, who, now: store.violations.withdraw(who, call, rule, now), settings_of(lang))
    )
