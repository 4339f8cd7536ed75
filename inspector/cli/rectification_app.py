"""``inspector rectification add | list | show | measure | done | verify | reopen | export``.

Heavy imports stay inside commands.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.review.tasks.rectification import EntryState

__all__ = ["rectification_app"]

rectification_app = typer.Typer(no_args_is_help=True, help="整改台账与销号。 / The ledger of rectification.")

EntryArgument = Annotated[str, typer.Argument(help="台账编号。 / Id of an entry.")]
VersionOption = Annotated[
    int | None, typer.Option("--version", min=1, help="所见版本，已变则拒绝。 / As it was seen; refused if changed.")
]


@rectification_app.command()
def add(  # noqa: PLR0913 - options of a command, each its own
    content: Annotated[str, typer.Option("--content", help="检查内容。 / What was checked.")],
    finding: Annotated[str, typer.Option("--finding", help="发现的问题。 / What was found.")],
    rule: Annotated[str | None, typer.Option("--rule", help="规则编号。 / Rule id.")] = None,
    call: Annotated[str | None, typer.Option("--call", help="终审成立的通话编号。 / Call of a final finding.")] = None,
    incident: Annotated[str | None, typer.Option("--incident", help="群体事件编号。 / Id of an incident.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="班组。 / A team.")] = None,
    about_agent: Annotated[bool, typer.Option("--about-agent", help="只涉及该坐席。 / About its agent only.")] = False,
    checked: Annotated[
        datetime | None, typer.Option("--checked", formats=["%Y-%m-%d"], help="检查日期，默认现在。 / When.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """登记一项，检查人为执行者。 / Open an entry; who runs this has checked it.

    例 / Example: inspector rectification add --content 话术检查 --finding 未提示风险 --team 一组
    """
    from inspector.cli.rectification import run_add
    from inspector.cli.task_views import closing_time
    from inspector.storage.tasks.rectification import NewEntry

    settings = settings_of(lang)
    checked_at = closing_time(checked, settings)
    raise typer.Exit(run_add(NewEntry(content, finding, rule, call, incident, team, about_agent, checked_at), settings))


@rectification_app.command("list")
def rectification_list(
    limit: LimitOption = 50,
    state: Annotated[EntryState | None, typer.Option("--state", help="只列一种状态。 / Only of this state.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的。 / Only what is overdue.")] = False,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出台账，先到期的在前。 / Entries by what is due.

    例 / Example: inspector rectification list --overdue
    """
    from inspector.cli.rectification import run_list

    raise typer.Exit(run_list(limit, state, settings_of(lang), only_overdue=overdue, json=json))


@rectification_app.command()
def show(entry: EntryArgument, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """显示一项及其全部经过。 / An entry and all that was done to it.

    例 / Example: inspector rectification show 0123456789ab
    """
    from inspector.cli.rectification import run_show

    raise typer.Exit(run_show(entry, settings_of(lang), json=json))


@rectification_app.command()
def measure(
    entry: EntryArgument,
    measure: Annotated[str, typer.Option("--measure", help="整改措施。 / What is to be done.")],
    owner: Annotated[str, typer.Option("--owner", help="责任人。 / Who answers for it.")],
    due: Annotated[
        datetime | None, typer.Option("--due", formats=["%Y-%m-%d"], help="完成期限。 / Until when.")
    ] = None,
    version: VersionOption = None,
    lang: LangOption = None,
) -> None:
    """确定措施、责任人和期限。 / Set what is to be done, by whom, until when.

    例 / Example: inspector rectification measure 0123456789ab --measure 培训 --owner zhang.san
    """
    from inspector.cli.rectification import run_deed
    from inspector.cli.task_views import closing_time

    settings = settings_of(lang)
    due_at = closing_time(due, settings)
    raise typer.Exit(
        run_deed(
            lambda ledger, actor, now: ledger.measure(actor, (entry, version), measure, owner, due_at, now), settings
        )
    )


@rectification_app.command()
def done(
    entry: EntryArgument,
    result: Annotated[str, typer.Option("--result", help="整改结果。 / What came of it.")],
    evidence: Annotated[str, typer.Option("--evidence", help="佐证，文字或编号。 / What shows it, words or ids.")],
    version: VersionOption = None,
    lang: LangOption = None,
) -> None:
    """报告完成，附结果和佐证。 / It is done, with result and evidence.

    例 / Example: inspector rectification done 0123456789ab --result 已培训 --evidence 签到表3月
    """
    from inspector.cli.rectification import run_deed

    raise typer.Exit(
        run_deed(
            lambda ledger, actor, now: ledger.done(actor, (entry, version), result, evidence, now), settings_of(lang)
        )
    )


@rectification_app.command()
def verify(entry: EntryArgument, version: VersionOption = None, lang: LangOption = None) -> None:
    """核实后销号；检查人、责任人、完成人除外。 / Strike off; another person than who checked, owns or did it.

    例 / Example: inspector rectification verify 0123456789ab
    """
    from inspector.cli.rectification import run_deed

    raise typer.Exit(
        run_deed(lambda ledger, actor, now: ledger.verify(actor, (entry, version), now), settings_of(lang))
    )


@rectification_app.command()
def reopen(
    entry: EntryArgument,
    why: Annotated[str, typer.Option("--why", help="原因。 / The reason.")],
    version: VersionOption = None,
    lang: LangOption = None,
) -> None:
    """核实不符，重新整改。 / It was not done after all.

    例 / Example: inspector rectification reopen 0123456789ab --why 抽查仍未提示
    """
    from inspector.cli.rectification import run_deed

    raise typer.Exit(
        run_deed(lambda ledger, actor, now: ledger.reopen(actor, (entry, version), why, now), settings_of(lang))
    )


@rectification_app.command()
def export(path: Annotated[Path, typer.Argument(help="xlsx 文件。 / A file.")], lang: LangOption = None) -> None:
    """导出台账为 xlsx，已脱敏。 / The ledger as xlsx, masked.

    例 / Example: inspector rectification export ledger.xlsx
    """
    from inspector.cli.rectification import run_export

    raise typer.Exit(run_export(path, settings_of(lang)))
