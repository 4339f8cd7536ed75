"""``inspector coaching give | list | show | acknowledge | assign | done | cases | case | read``.

Heavy imports stay inside commands.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.review.tasks.coaching import CoachingState

__all__ = ["coaching_app"]

coaching_app = typer.Typer(no_args_is_help=True, help="辅导、整改复查、典型案例。 / Coaching and typical cases.")

TaskArgument = Annotated[str, typer.Argument(help="辅导编号。 / Id of a task.")]
CaseArgument = Annotated[str, typer.Argument(help="案例编号。 / Id of a case.")]
RuleOption = Annotated[str, typer.Option("--rule", help="规则编号。 / Rule id.")]


@coaching_app.command()
def give(
    rule: RuleOption,
    call: Annotated[list[str], typer.Option("--call", help="终审成立的通话，可多次给出。 / Call of a final finding.")],
    coach: Annotated[str, typer.Option("--coach", help="辅导人。 / Who does it.")],
    task: Annotated[str, typer.Option("--task", help="辅导内容。 / What is to be done.")],
    due: Annotated[datetime | None, typer.Option("--due", formats=["%Y-%m-%d"], help="期限。 / Until when.")] = None,
    lang: LangOption = None,
) -> None:
    """给一名坐席布置辅导；只能依据终审成立的违规。 / Coaching of an agent, from final findings only.

    例 / Example: inspector coaching give --rule missing.closing --call ID --coach li.si --task 重听并改说
    """
    from inspector.cli.coaching import run_deed
    from inspector.cli.task_views import closing_time
    from inspector.storage.tasks.coaching import NewCoaching

    settings = settings_of(lang)
    new = NewCoaching(rule, tuple(call), coach, task, closing_time(due, settings))
    raise typer.Exit(run_deed(lambda store, actor, now: store.tasks.coaching.give(actor, new, now), settings))


@coaching_app.command("list")
def coaching_list(
    limit: LimitOption = 50,
    state: Annotated[CoachingState | None, typer.Option("--state", help="只列一种状态。 / Only of this state.")] = None,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出辅导；坐席只见自己的。 / Tasks by what is due; agents see their own.

    例 / Example: inspector coaching list --state done
    """
    from inspector.cli.coaching import run_list

    raise typer.Exit(run_list(limit, state, settings_of(lang), json=json))


@coaching_app.command()
def show(task: TaskArgument, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """显示一项辅导、录音片段和复查通话。 / A task, its clips and the calls that followed.

    例 / Example: inspector coaching show 0123456789ab
    """
    from inspector.cli.coaching import run_show

    raise typer.Exit(run_show(task, settings_of(lang), json=json))


@coaching_app.command()
def acknowledge(task: TaskArgument, lang: LangOption = None) -> None:
    """坐席本人确认知悉。 / The agent himself has read it.

    例 / Example: inspector coaching acknowledge 0123456789ab
    """
    from inspector.cli.coaching import run_deed

    raise typer.Exit(
        run_deed(lambda store, actor, now: store.tasks.coaching.acknowledge(actor, task, now), settings_of(lang))
    )


@coaching_app.command()
def assign(
    task: TaskArgument,
    coach: Annotated[str, typer.Option("--coach", help="改由谁辅导。 / Who does it from now on.")],
    lang: LangOption = None,
) -> None:
    """改派辅导人。 / Another coach does it.

    例 / Example: inspector coaching assign 0123456789ab --coach wang.wu
    """
    from inspector.cli.coaching import run_deed

    raise typer.Exit(
        run_deed(lambda store, actor, _: store.tasks.coaching.assign(actor, task, coach), settings_of(lang))
    )


@coaching_app.command()
def done(task: TaskArgument, lang: LangOption = None) -> None:
    """辅导人报告已完成，开始整改复查。 / The coach has done it; the next calls are heard.

    例 / Example: inspector coaching done 0123456789ab
    """
    from inspector.cli.coaching import run_deed

    raise typer.Exit(run_deed(lambda store, actor, now: store.tasks.coaching.done(actor, task, now), settings_of(lang)))


@coaching_app.command()
def case(
    rule: RuleOption,
    call: Annotated[str, typer.Option("--call", help="终审成立的通话。 / Call of a final finding.")],
    text: Annotated[str, typer.Option("--text", help="案例正文，不写人名。 / The case; it names nobody.")],
    team: Annotated[list[str], typer.Option("--team", help="必读班组，可多次给出。 / Team that must read it.")],
    lang: LangOption = None,
) -> None:
    """发布典型案例，限期 24 小时。 / File a typical case, within 24 hours.

    例 / Example: inspector coaching case --rule missing.closing --call ID --text 未致结束语 --team 一组
    """
    from inspector.cli.coaching import run_case

    teams = frozenset(team)
    raise typer.Exit(
        run_case(
            lambda store, actor, now: store.tasks.cases.file(actor, (call, rule), text, teams, now), settings_of(lang)
        )
    )


@coaching_app.command()
def read(case: CaseArgument, lang: LangOption = None) -> None:
    """确认已读案例。 / Confirm to have read a case.

    例 / Example: inspector coaching read 0123456789ab
    """
    from inspector.cli.coaching import run_case

    raise typer.Exit(
        run_case(lambda store, actor, now: store.tasks.cases.confirm_read(actor, case, now), settings_of(lang))
    )


@coaching_app.command()
def cases(limit: LimitOption = 50, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """列出典型案例和未读人员。 / Cases, and who has not read them.

    例 / Example: inspector coaching cases
    """
    from inspector.cli.coaching import run_cases

    raise typer.Exit(run_cases(limit, settings_of(lang), json=json))
