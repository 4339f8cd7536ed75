"""``inspector people list | add | change | deactivate | password``. Heavy imports stay inside commands."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, settings_of
from inspector.roles import Role

__all__ = ["people_app"]

people_app = typer.Typer(no_args_is_help=True, help="人员与权限。 / People and what they may do.")

NameArgument = Annotated[str, typer.Argument(help="操作系统的用户名。 / The name of the operating system's user.")]
RolesOption = Annotated[list[Role], typer.Option("--role", help="角色，可多次给出。 / A role; may be repeated.")]
TeamsOption = Annotated[list[str] | None, typer.Option("--team", help="班组，可多次给出。 / A team; may be repeated.")]

AgentOption = Annotated[str | None, typer.Option("--agent", help="通话清单中的坐席工号。 / Number in the calls.")]


@people_app.command("list")
def people_list(json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """列出全部人员，含已停用的。 / Everybody, those who are gone too.

    例 / Example: inspector people list
    """
    from inspector.cli.people import run_list

    raise typer.Exit(run_list(settings_of(lang), json=json))


@people_app.command()
def add(
    name: NameArgument,
    role: RolesOption,
    team: TeamsOption = None,
    agent: AgentOption = None,
    lang: LangOption = None,
) -> None:
    """加入一人，留痕；第一个人须是管理员。 / Put somebody on the list; the first one is an admin.

    例 / Example: inspector people add zhang.san --role team_lead --team 一组
    """
    from inspector.cli.people import run_add

    raise typer.Exit(run_add(name, role, team or (), agent, settings_of(lang)))


@people_app.command()
def change(
    name: NameArgument,
    role: RolesOption,
    team: TeamsOption = None,
    agent: AgentOption = None,
    lang: LangOption = None,
) -> None:
    """改为所给的角色和班组，已停用的恢复；留痕。 / Give other roles and teams; who was gone is back.

    例 / Example: inspector people change zhang.san --role reviewer
    """
    from inspector.cli.people import run_change

    raise typer.Exit(run_change(name, role, team or (), agent, settings_of(lang)))


@people_app.command()
def deactivate(name: NameArgument, lang: LangOption = None) -> None:
    """停用一人，不删除，留痕。 / Take somebody's permissions away; the entry stays.

    例 / Example: inspector people deactivate zhang.san
    """
    from inspector.cli.people import run_deactivate

    raise typer.Exit(run_deactivate(name, settings_of(lang)))


@people_app.command()
def password(name: NameArgument, lang: LangOption = None) -> None:
    """生成控制台的临时密码，只显示一次，留痕。 / A temporary password for the console, shown once.

    例 / Example: inspector people password zhang.san
    """
    from inspector.cli.people import run_password

    raise typer.Exit(run_password(name, settings_of(lang)))
