"""``inspector figures rules | recall | rates | … | gate | promote | export``. Heavy imports stay inside commands."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, settings_of

__all__ = ["figures_app"]

figures_app = typer.Typer(no_args_is_help=True, help="复核得出的统计。 / What reviews say of rules, in figures.")

MonthOption = Annotated[
    datetime | None, typer.Option("--month", formats=["%Y-%m"], help="月份，默认全部。 / A month; default: all.")
]


@figures_app.command()
def rules(month: MonthOption = None, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """每条规则的准确率和每千通误报，附区间。 / Precision and wrong fires by rule, with limits.

    例 / Example: inspector figures rules --month 2025-03
    """
    _show("rules", month, lang, json=json)


@figures_app.command()
def recall(month: MonthOption = None, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """由随机盲听估计的检出率。 / What rules find of what they should, from calls heard at random.

    例 / Example: inspector figures recall --month 2025-03
    """
    _show("recall", month, lang, json=json)


@figures_app.command()
def rates(month: MonthOption = None, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """各班组的命中率与违规率，只算适用的通话。 / How often rules fired and were confirmed, by team.

    例 / Example: inspector figures rates --month 2025-03
    """
    _show("rates", month, lang, json=json)


@figures_app.command()
def agreement(month: MonthOption = None, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """质检员之间的一致性：κ 与 AC1。 / How far reviewers agree: kappa and AC1.

    例 / Example: inspector figures agreement
    """
    _show("agreement", month, lang, json=json)


@figures_app.command()
def drift(month: MonthOption = None, json: JsonLinesOption = False, lang: LangOption = None) -> None:
    """截至今天（或该月末）的一周与前八周相比的变化。 / The last week beside the eight before.

    例 / Example: inspector figures drift
    """
    _show("drift", month, lang, json=json)


@figures_app.command()
def gate(
    apply: Annotated[
        bool, typer.Option("--apply", help="先做本周检查，可能降级。 / Take this week's look first; it may demote.")
    ] = False,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """规则门槛：哪些规则被降为试行，哪些可恢复。 / Which rules were demoted, and which may come back.

    例 / Example: inspector figures gate --apply
    """
    from inspector.cli.figures import run_gate

    raise typer.Exit(run_gate(settings_of(lang), apply=apply, json=json))


@figures_app.command()
def promote(
    rule: Annotated[str, typer.Argument(help="规则编号。 / The id of a rule.")], lang: LangOption = None
) -> None:
    """恢复达到门槛的被降级规则，留痕。 / Let a demoted rule that passes count again.

    例 / Example: inspector figures promote banned.guaranteed_return
    """
    from inspector.cli.figures import run_promote

    raise typer.Exit(run_promote(rule, settings_of(lang)))


@figures_app.command()
def export(
    out: Annotated[Path, typer.Argument(help="写出的 xlsx。 / The workbook to write.")],
    month: MonthOption = None,
    lang: LangOption = None,
) -> None:
    """全部统计写成 Excel。 / All figures as a workbook.

    例 / Example: inspector figures export figures.xlsx --month 2025-03
    """
    from inspector.cli.figures import run_book

    raise typer.Exit(run_book(out, month, settings_of(lang)))


@figures_app.command()
def examples(
    out: Annotated[Path, typer.Argument(help="写出的 YAML。 / The YAML file to write.")],
    month: MonthOption = None,
    lang: LangOption = None,
) -> None:
    """误报与漏检写成规则例子，号码与称呼换成虚构的。 / Disagreements as examples of rules, nobody's data in them.

    例 / Example: inspector figures examples examples.yaml
    """
    from inspector.cli.figures_files import run_examples

    raise typer.Exit(run_examples(out, month, settings_of(lang)))


@figures_app.command()
def cer(
    out: Annotated[Path, typer.Argument(help="写出的 JSON 行。 / The JSON lines to write.")],
    month: MonthOption = None,
    lang: LangOption = None,
) -> None:
    """更正过的文本写成识别率测试集。 / Corrected texts as a set to score the recogniser by.

    例 / Example: inspector figures cer corrected.jsonl
    """
    from inspector.cli.figures_files import run_cer

    raise typer.Exit(run_cer(out, month, settings_of(lang)))


def _show(figure: str, month: datetime | None, lang: str | None, *, json: bool) -> None:
    from inspector.cli.figures import Figure, run_show

    raise typer.Exit(run_show(Figure(figure), month, settings_of(lang), json=json))
