"""``inspector rules explain | diff | lock``: what a rule does, what a change does, what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import LangOption, PacksOption, settings_of

__all__ = ["rules_app"]

rules_app = typer.Typer(
    no_args_is_help=True, help="规则：检查、验证、试判、解释、比较。 / Rules: check, prove, try, explain, compare."
)
JsonOption = Annotated[bool, typer.Option("--json", help="一行 JSON（已脱敏）。 / One line of JSON, masked.")]


@rules_app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="规则编号。 / Id of the rule.")],
    call: Annotated[
        str, typer.Argument(help="写成文字的通话、- 或库中通话编号。 / Call as text, or a stored call's id.")
    ],
    json: JsonOption = False,
    packs: PacksOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="显示完整内容并留痕。 / Unmasked; leaves an audit row.")] = False,
    lang: LangOption = None,
) -> None:
    """逐项解释一条规则为何这样判定一通通话。 / Why a rule answers so for a call, condition by condition.

    例 / Example: echo '0:01 A 这款稳赚不赔' | inspector rules explain banned.guaranteed_return -
    """
    from inspector.cli.explain import ExplainJob, run_explain

    raise typer.Exit(run_explain(ExplainJob(rule, call, json, raw), settings_of(lang, packs)))


@rules_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="原来的规则目录。 / The old packs.")],
    new: Annotated[Path, typer.Argument(help="现在的规则目录。 / The new packs.")],
    calls: Annotated[
        Path | None, typer.Option("--calls", help="写成文字的通话的目录；不给则用规则的例子。 / Calls as text.")
    ] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """用文字说明两套规则差在哪里，哪些通话的判定会变。 / What differs between packs, and which outcomes change.

    例 / Example: inspector rules diff rules my-rules --calls calls
    """
    from inspector.cli.versions import DiffJob, run_diff

    raise typer.Exit(run_diff(DiffJob(old, new, calls, json), settings_of(lang)))


@rules_app.command()
def lock(
    check: Annotated[bool, typer.Option("--check", help="只核对（默认）。 / Only check, the default.")] = False,
    write: Annotated[bool, typer.Option("--write", help="登记，写入 lock.json。 / Write lock.json.")] = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """核对或登记规则的版本（lock.json）。 / Check or write the lock of rule versions.

    例 / Example: inspector rules lock --check
    """
    from inspector.cli.versions import run_lock

    if check and write:
        raise typer.BadParameter("--check / --write")
    settings = settings_of(lang, packs)
    raise typer.Exit(run_lock(settings.packs_dir, settings.lang, write=write))
