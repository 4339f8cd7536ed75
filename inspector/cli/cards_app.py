"""``inspector cards …`` and ``inspector decisions list``. Heavy imports stay inside commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, PacksOption, settings_of
from inspector.review.records import DecisionState

__all__ = ["cards_app", "decisions_app"]

cards_app = typer.Typer(no_args_is_help=True, help="评分表。 / Score cards.")
decisions_app = typer.Typer(no_args_is_help=True, help="裁定。 / Decisions.")


@cards_app.command("list")
def cards_list(json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """列出全部评分表及其版本。 / All versions of all cards.

    例 / Example: inspector cards list
    """
    from inspector.cli.cards import run_list

    raise typer.Exit(run_list(settings_of(lang), json=json))


@cards_app.command()
def show(
    card: Annotated[str, typer.Argument(help="评分表编号。 / The card's id.")], lang: LangOption = None
) -> None:
    """显示评分表的最新版本。 / The newest version of a card.

    例 / Example: inspector cards show inbound
    """
    from inspector.cli.cards import run_show

    raise typer.Exit(run_show(card, settings_of(lang)))


@cards_app.command()
def check(packs: PacksOption = None, lang: LangOption = None) -> None:
    """检查评分表，列出不存在的规则。 / Check the cards, their rules too.

    例 / Example: inspector cards check
    """
    from inspector.cli.cards import run_check

    raise typer.Exit(run_check(settings_of(lang, packs)))


@cards_app.command("try")
def try_(
    call: Annotated[str, typer.Argument(help="通话编号。 / The call's id.")],
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """机检试评一通电话，草稿也可用；不保存。 / What the machine would answer, by drafts too; nothing is kept.

    例 / Example: inspector cards try 0123456789abcdef01234567
    """
    from inspector.cli.cards import run_try

    raise typer.Exit(run_try(call, settings_of(lang, packs)))


@cards_app.command()
def score(
    review: Annotated[str, typer.Argument(help="复核编号。 / The review's id.")],
    answers: Annotated[Path, typer.Option("--answers", help="答案 JSON 文件。 / JSON file of answers.")],
    lang: LangOption = None,
) -> None:
    """为自己的复核评分，留痕。 / Score the call of your own review.

    例 / Example: inspector cards score 0123456789abcdef01234567 --answers answers.json
    """
    from inspector.cli.cards import run_score

    raise typer.Exit(run_score(review, answers, settings_of(lang)))


@decisions_app.command("list")
def decisions_list(
    call: Annotated[str | None, typer.Option("--call", help="只列该通话。 / Only of this call.")] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="只列该规则。 / Only of this rule.")] = None,
    state: Annotated[DecisionState | None, typer.Option("--state", help="只列该状态。 / Only in this state.")] = None,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出裁定；班长只看本班组。 / Decisions; a team lead sees those of his teams.

    例 / Example: inspector decisions list --state final --json
    """
    from inspector.cli.decisions import run_decisions
    from inspector.storage.decisions.reading import DecisionFilter

    which = DecisionFilter(call, rule, state=state)
    raise typer.Exit(run_decisions(which, limit, settings_of(lang), json=json))
