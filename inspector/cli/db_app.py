"""``inspector db …``, ``inspector backup`` and ``inspector restore``. Heavy imports stay inside commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import LangOption, settings_of

__all__ = ["backup", "db_app", "restore"]

db_app = typer.Typer(no_args_is_help=True, help="数据库结构。 / The schema of the database.")


@db_app.command()
def current(lang: LangOption = None) -> None:
    """显示数据库结构版本。 / Show which schema the database has.

    例 / Example: inspector db current
    """
    from inspector.cli.db import run_current

    raise typer.Exit(run_current(settings_of(lang)))


@db_app.command()
def upgrade(lang: LangOption = None) -> None:
    """把数据库升级到本程序的结构版本；没有就新建。 / Bring the database to the schema of this program.

    例 / Example: inspector db upgrade
    """
    from inspector.cli.db import run_upgrade

    raise typer.Exit(run_upgrade(settings_of(lang)))


@db_app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="退回到的版本。 / The revision to go back to.")],
    yes: Annotated[bool, typer.Option("--yes", help="确认丢弃数据。 / Yes, forget data.")] = False,
    lang: LangOption = None,
) -> None:
    """把数据库退回旧的结构版本，会丢弃数据。 / Take the database back to an older schema; forgets data.

    例 / Example: inspector db downgrade 0003 --yes
    """
    from inspector.cli.db import run_downgrade

    raise typer.Exit(run_downgrade(revision, settings_of(lang), sure=yes))


def backup(
    file: Annotated[Path, typer.Argument(help="写入的备份文件。 / The file to write.")], lang: LangOption = None
) -> None:
    """备份数据库和密钥到一个文件，不必停机。 / Back up database and secrets to one file, while all goes on.

    例 / Example: inspector backup inspector-2025-03-01.tar
    """
    from inspector.cli.db import run_backup

    raise typer.Exit(run_backup(file, settings_of(lang)))


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件。 / The backup.")],
    into: Annotated[str | None, typer.Option("--into", help="恢复到这个数据库。 / URL of the database.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="替换已有的数据库和密钥。 / Replace what is there.")
    ] = False,
    lang: LangOption = None,
) -> None:
    """从备份恢复数据库和密钥；不覆盖已有的。 / Restore database and secrets; replaces nothing unless told.

    例 / Example: inspector restore inspector-2025-03-01.tar
    """
    from inspector.cli.db import run_restore

    raise typer.Exit(run_restore(file, into, settings_of(lang), overwrite=overwrite))
