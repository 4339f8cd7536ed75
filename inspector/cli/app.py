"""The ``inspector`` command. Heavy imports stay inside commands: ``--help`` answers at once."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from inspector import __version__
from inspector.cli.messages import Lang, say, tell
from inspector.cli.streams import forgiving_streams, json_stdout
from inspector.errors import InspectorError, UsageError

if TYPE_CHECKING:
    from inspector.config import Settings

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="银行客服通话质检：听录音、按规则判定。 / Hears bank calls and judges them against rules.",
)
rules_app = typer.Typer(no_args_is_help=True, help="规则：检查、验证、试判。 / Rules: check, prove, try.")
config_app = typer.Typer(no_args_is_help=True, help="设置。 / Settings.")
bench_app = typer.Typer(no_args_is_help=True, help="测量速度与准确度。 / Measure speed and accuracy.")
app.add_typer(rules_app, name="rules")
app.add_typer(config_app, name="config")
app.add_typer(bench_app, name="bench")

LangOption = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help="界面语言，默认 zh。 / Language, default zh.")
]
PacksOption = Annotated[
    Path | None, typer.Option("--packs", help="规则包目录（开发用）。 / Directory of rule packs (development).")
]


def _settings(lang: str | None = None, packs: Path | None = None) -> Settings:
    from inspector.config import load_settings

    return load_settings(lang=lang, packs=packs)


@app.command()
def inspect(  # noqa: PLR0913 - options of a command, each its own
    paths: Annotated[list[str] | None, typer.Argument(help="录音文件或目录。 / Recordings or directories.")] = None,
    json: Annotated[str | None, typer.Option("--json", help="逐行 JSON 写入文件，- 为标准输出。 / JSON lines.")] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="通话清单 CSV/JSONL。 / List of calls.")] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="不存数据库。 / Keep nothing in the database.")] = False,
    agent_channel: Annotated[
        Literal["left", "right", "auto"] | None,
        typer.Option("--agent-channel", help="坐席声道。 / The agent's channel."),
    ] = None,
    packs: PacksOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="显示完整内容并留痕。 / Unmasked; leaves an audit row.")] = False,
    lang: LangOption = None,
) -> None:
    """听录音并判定。 / Hear recordings and judge them.

    例 / Example: inspector inspect audio_samples/calls --json result.jsonl
    """
    from inspector.cli.inspect import InspectJob, run_inspect
    from inspector.cli.targets import from_manifest, from_paths
    from inspector.keys import customer_key_secret

    settings = _settings(lang, packs)
    if agent_channel is not None:
        hearing = settings.hearing.model_copy(update={"agent_channel": agent_channel})
        settings = settings.model_copy(update={"hearing": hearing})
    targets, passed_over = from_paths(Path(path) for path in paths or ())
    if manifest is not None:
        targets += from_manifest(manifest, customer_key_secret(settings.home))
    if passed_over:
        Console(stderr=True).print(say(settings.lang, "passed_over", count=passed_over))
    if not targets:
        raise UsageError(say(settings.lang, "nothing"), say(settings.lang, "nothing_remedy"))
    raise typer.Exit(run_inspect(InspectJob(targets, json, not no_store, raw), settings))


@app.command()
def playable(
    paths: Annotated[list[str], typer.Argument(help="录音文件或目录。 / Recordings or directories.")],
    to: Annotated[Path, typer.Option("--to", help="写入的目录。 / Directory for the copies.")],
    lang: LangOption = None,
) -> None:
    """生成浏览器可播放的副本（Opus）。 / Make copies that a browser plays (Opus).

    例 / Example: inspector playable audio_samples/calls --to playable
    """
    from inspector.cli.playable import run_playable
    from inspector.cli.targets import from_paths

    settings = _settings(lang)
    targets, passed_over = from_paths(Path(path) for path in paths)
    if passed_over:
        Console(stderr=True).print(say(settings.lang, "passed_over", count=passed_over))
    if not targets:
        raise UsageError(say(settings.lang, "nothing"), say(settings.lang, "nothing_remedy"))
    raise typer.Exit(run_playable(targets, to, settings))


@rules_app.command()
def check(packs: PacksOption = None, lang: LangOption = None) -> None:
    """检查规则包，一次列出全部错误。 / Check the packs; all faults at once.

    例 / Example: inspector rules check --packs rules
    """
    from inspector.cli.rules import run_check

    settings = _settings(lang, packs)
    raise typer.Exit(run_check(settings.packs_dir, settings.lang))


@rules_app.command()
def prove(
    rule: Annotated[str | None, typer.Option("--rule", help="只验证一条规则。 / Only this rule.")] = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """运行规则自带的示例。 / Run the examples that the rules carry.

    例 / Example: inspector rules prove --rule banned.guaranteed_return
    """
    from inspector.cli.rules import run_prove

    settings = _settings(lang, packs)
    raise typer.Exit(run_prove(settings.packs_dir, rule, settings.lang))


@rules_app.command("try")
def try_(
    files: Annotated[list[str], typer.Argument(help="写成文字的通话，- 为标准输入。 / Calls written as text.")],
    json: Annotated[bool, typer.Option("--json", help="逐行 JSON。 / JSON lines.")] = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """按规则判定写成文字的通话。 / Judge calls written as text.

    例 / Example: echo '0:01 A 您好云川银行' | inspector rules try -
    """
    from inspector.cli.rules import run_try

    settings = _settings(lang, packs)
    raise typer.Exit(run_try(files, settings.packs_dir, settings.lang, json=json))


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="一行 JSON。 / One line of JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """检查本机安装。 / Look at this machine.

    例 / Example: inspector doctor --json
    """
    from inspector.cli.machine import run_doctor

    raise typer.Exit(run_doctor(_settings(lang), json=json))


@config_app.command()
def show() -> None:
    """显示当前设置，隐去口令。 / Show the settings in force, secrets hidden.

    例 / Example: inspector config show
    """
    json_stdout().write(_settings().model_dump_json(indent=2) + "\n")


@bench_app.command("hear")
def bench_hear(
    samples: Annotated[Path, typer.Argument(help="含 calls/ 和 truth/ 的目录。 / Directory with calls/ and truth/.")],
    runs: Annotated[int, typer.Option("--runs", min=1, max=50, help="次数。 / Runs.")] = 3,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """与普通 faster-whisper 同场比较。 / Compare with plain faster-whisper in the same run.

    例 / Example: inspector bench hear audio_samples --runs 3
    """
    from inspector.bench.hear import run_bench

    raise typer.Exit(run_bench(samples, runs, out, _settings()))


@app.command()
def version() -> None:
    """版本。 / The version.

    例 / Example: inspector version
    """
    sys.stdout.write(f"inspector {__version__}\n")


def main(argv: list[str] | None = None) -> None:
    """Entry point. Exit codes: 0 ok, 1 some input failed, 2 usage, 3 setup, 4 refused by policy, 130 interrupted."""
    sys.exit(_run(argv))


def _run(argv: list[str] | None) -> int:
    arguments = sys.argv[1:] if argv is None else argv
    lang: Lang = "en" if _asks_for_english(arguments) else "zh"
    forgiving_streams()
    try:
        app(arguments)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0
    except InspectorError as error:
        tell(Console(stderr=True), partial(say, lang), error)
        return error.exit_code
    return 0


def _asks_for_english(arguments: list[str]) -> bool:
    """The language of errors, also of those that come before settings are read."""
    if "--lang" in arguments[:-1]:
        return arguments[arguments.index("--lang") + 1] == "en"
    return "--lang=en" in arguments or os.environ.get("INSPECTOR_LANG") == "en"
