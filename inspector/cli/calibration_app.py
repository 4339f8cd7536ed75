"""``inspector calibration open | list | show | agree | close | export | notes``. Heavy imports stay inside commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.review.tasks.calibration import Said

__all__ = ["calibration_app"]

calibration_app = typer.Typer(no_args_is_help=True, help="校准会与理解口径。 / Calibration of reviewers.")

SessionArgument = Annotated[str, typer.Argument(help="校准会编号。 / Id of a session.")]


@calibration_app.command("open")
def open_(
    title: Annotated[str, typer.Option("--title", help="名称。 / Its title.")],
    call: Annotated[list[str], typer.Option("--call", help="通话，1–10 通。 / Calls, 1 to 10.")],
    person: Annotated[list[str], typer.Option("--person", help="参加人，至少 3 名。 / People, at least 3.")],
    lang: LangOption = None,
) -> None:
    """召集校准会，各人盲评全部通话。 / Everybody judges every call blind.

    例 / Example: inspector calibration open --title 三月 --call ID --person a --person b --person c
    """
    from inspector.cli.calibration import run_deed

    raise typer.Exit(
        run_deed(
            lambda store, actor, now: store.tasks.calibration.open(actor, title, call, person, now), settings_of(lang)
        )
    )


@calibration_app.command("list")
def calibration_list(limit: LimitOption = 50, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """列出校准会；主持人另见再培训提示。 / Sessions; to who leads them, also whom to train again.

    例 / Example: inspector calibration list
    """
    from inspector.cli.calibration import run_list

    raise typer.Exit(run_list(limit, settings_of(lang), json=json))


@calibration_app.command()
def show(session: SessionArgument, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """显示分歧和一致性；结束前参加人互不可见。 / Differences and agreement; hidden until it is closed.

    例 / Example: inspector calibration show 0123456789ab
    """
    from inspector.cli.calibration import run_show

    raise typer.Exit(run_show(session, settings_of(lang), json=json))


@calibration_app.command()
def agree(  # noqa: PLR0913 - options of a command, each its own
    session: SessionArgument,
    call: Annotated[str, typer.Option("--call", help="通话编号。 / A call of the session.")],
    rule: Annotated[str, typer.Option("--rule", help="规则编号。 / Rule id.")],
    agreed: Annotated[Said, typer.Option("--agreed", help="一致结论。 / What is right.")],
    note: Annotated[str, typer.Option("--note", help="理解口径。 / How the rule is to be read.")],
    card_item: Annotated[str | None, typer.Option("--card-item", help="评分项编号。 / Item of a score card.")] = None,
    lang: LangOption = None,
) -> None:
    """记录一致结论和理解口径。 / Keep what was agreed, and how the rule is to be read.

    例 / Example: inspector calibration agree ID --call ID --rule missing.closing --agreed violated --note 须致谢
    """
    from inspector.cli.calibration import run_deed
    from inspector.storage.tasks.sessions import Note

    kept = Note(call, rule, agreed, note, card_item)
    raise typer.Exit(
        run_deed(lambda store, actor, now: store.tasks.calibration.agree(actor, session, kept, now), settings_of(lang))
    )


@calibration_app.command()
def close(session: SessionArgument, lang: LangOption = None) -> None:
    """结束校准会；未评的列出并撤回。 / Close it; who is missing is told, what is left is withdrawn.

    例 / Example: inspector calibration close 0123456789ab
    """
    from inspector.cli.calibration import run_deed

    raise typer.Exit(
        run_deed(lambda store, actor, now: store.tasks.calibration.close(actor, session, now), settings_of(lang))
    )


@calibration_app.command()
def export(
    session: SessionArgument,
    path: Annotated[Path, typer.Argument(help="xlsx 文件。 / A file.")],
    lang: LangOption = None,
) -> None:
    """导出校准会为 xlsx，已脱敏。 / A session as xlsx, masked.

    例 / Example: inspector calibration export 0123456789ab march.xlsx
    """
    from inspector.cli.calibration import run_export

    raise typer.Exit(run_export(session, path, settings_of(lang)))


@calibration_app.command()
def notes(
    rule: Annotated[str | None, typer.Option("--rule", help="只列一条规则的。 / Only of this rule.")] = None,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """查理解口径。 / How rules are to be read.

    例 / Example: inspector calibration notes --rule missing.closing
    """
    from inspector.cli.calibration import run_notes

    raise typer.Exit(run_notes(rule, limit, settings_of(lang), json=json))
