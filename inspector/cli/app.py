"""The ``inspector`` command. Heavy imports stay inside commands: ``--help`` answers at once."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from inspector import __version__
from inspector.cli.alerts_app import alerts_app
from inspector.cli.bench import bench_app
from inspector.cli.calibration_app import calibration_app
from inspector.cli.cards_app import cards_app, decisions_app
from inspector.cli.coaching_app import coaching_app
from inspector.cli.db_app import backup, db_app, restore
from inspector.cli.deliveries_app import deliveries_app
from inspector.cli.duty_app import duty_app
from inspector.cli.figures_app import figures_app
from inspector.cli.incidents_app import incidents_app
from inspector.cli.intake_app import intake_app, jobs_app
from inspector.cli.messages import Lang, say, tell
from inspector.cli.nightly_app import nightly_app
from inspector.cli.options import DayOption, JsonLinesOption, LangOption, LimitOption, PacksOption
from inspector.cli.options import settings_of as _settings
from inspector.cli.people_app import people_app
from inspector.cli.rectification_app import rectification_app
from inspector.cli.review_app import review_app
from inspector.cli.rules_app import rules_app
from inspector.cli.sample_app import sample_app
from inspector.cli.serve_app import serve_app
from inspector.cli.streams import forgiving_streams, json_stdout
from inspector.cli.violations_app import appeals_app, violations_app
from inspector.cli.work_app import work_app
from inspector.errors import InspectorError, UsageError

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="银行客服通话质检：听录音、按规则判定。 / Hears bank calls and judges them against rules.",
)
config_app = typer.Typer(no_args_is_help=True, help="设置。 / Settings.")
app.add_typer(rules_app, name="rules")
app.add_typer(config_app, name="config")
app.add_typer(bench_app, name="bench")
app.add_typer(intake_app)
app.add_typer(jobs_app, name="jobs")
app.add_typer(db_app, name="db")
app.add_typer(deliveries_app, name="deliveries")
app.add_typer(nightly_app, name="nightly")
app.command()(backup)
app.command()(restore)
queue_app = typer.Typer(no_args_is_help=True, help="待办：预警与复核。 / What waits for people.")
reviews_app = typer.Typer(no_args_is_help=True, help="复核。 / Reviews.")
app.add_typer(work_app)
app.add_typer(serve_app)
app.add_typer(people_app, name="people")
app.add_typer(rectification_app, name="rectification")
app.add_typer(coaching_app, name="coaching")
app.add_typer(calibration_app, name="calibration")
app.add_typer(duty_app, name="duty")
app.add_typer(figures_app, name="figures")
app.add_typer(violations_app, name="violations")
app.add_typer(appeals_app, name="appeals")
app.add_typer(cards_app, name="cards")
app.add_typer(decisions_app, name="decisions")
app.add_typer(sample_app, name="sample")
app.add_typer(queue_app, name="queue")
app.add_typer(review_app, name="review")
queue_app.add_typer(alerts_app, name="alerts")
queue_app.add_typer(reviews_app, name="reviews")
queue_app.add_typer(incidents_app, name="incidents")


@app.command()
def inspect(  # noqa: PLR0913 - options of a command, each its own
    paths: Annotated[list[str] | None, typer.Argument(help="录音文件或目录。 / Recordings or directories.")] = None,
    json: Annotated[str | None, typer.Option("--json", help="逐行 JSON 写入文件，- 为标准输出。 / JSON lines.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="脱敏网页报告的目录。 / Directory for masked pages.")
    ] = None,
    with_audio: Annotated[bool, typer.Option("--with-audio", help="网页中含录音。 / Sound inside the pages.")] = False,
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
    raise typer.Exit(run_inspect(InspectJob(targets, json, not no_store, raw, html, with_audio), settings))


@app.command()
def rejudge(  # noqa: PLR0913 - options of a command, each its own
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="营业日起。 / First business date.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="营业日止（含）。 / Last business date.")
    ] = None,
    calls: Annotated[Path | None, typer.Option("--calls", help="通话编号清单。 / File of call ids.")] = None,
    rules: Annotated[str | None, typer.Option("--rules", help="只判这些规则，逗号分隔。 / Only these rules.")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, max=64, help="进程数，默认核数。 / Processes.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="逐行 JSON 写入文件。 / JSON lines to this file.")] = None,
    save: Annotated[bool, typer.Option("--save", help="存入数据库。 / Keep the inspections.")] = False,
    packs: PacksOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="写出完整内容并留痕。 / Unmasked; leaves an audit row.")] = False,
    lang: LangOption = None,
) -> None:
    """按规则重判已存的通话，不需录音。 / Judge stored calls again, without their sound.

    例 / Example: inspector rejudge --packs new_rules --from 2025-01-01 --to 2025-03-31 --out impact.jsonl
    """
    from inspector.cli.rejudge import RejudgeJob, days_of, run_rejudge

    settings = _settings(lang, packs)
    days = days_of(first and first.date(), last and last.date(), calls, settings.lang)
    rule_ids = None if rules is None else frozenset(one.strip() for one in rules.split(","))
    raise typer.Exit(run_rejudge(RejudgeJob(days, calls, rule_ids, jobs, out, save, raw), settings))


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


@rules_app.command()
def mutate(
    rules: Annotated[list[str] | None, typer.Argument(help="规则编号，不写就是全部。 / Rules; all by default.")] = None,
    words: Annotated[bool, typer.Option("--words", help="逐词检查，只报比例。 / Word by word; shares only.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="几个进程。 / How many processes.")] = 1,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """逐处改坏规则，看例子能否发现。 / Break rules bit by bit: do their examples notice?

    例 / Example: inspector rules mutate banned.guaranteed_return --jobs 2
    """
    from inspector.cli.mutate import run_mutate, run_mutate_words

    settings = _settings(lang, packs)
    run = run_mutate_words if words else run_mutate
    raise typer.Exit(run(settings.packs_dir, tuple(rules or ()), jobs, settings.lang))


@rules_app.command("catalogue")
def catalogue(packs: PacksOption = None, lang: LangOption = None) -> None:
    """生成规则目录（Markdown）。 / The catalogue of all rules as Markdown.

    例 / Example: inspector rules catalogue > docs/rules-catalogue.md
    """
    from inspector.cli.rules import run_catalogue

    raise typer.Exit(run_catalogue(_settings(lang, packs).packs_dir))


@rules_app.command("schema")
def schema() -> None:
    """输出规则包的 JSON Schema，供编辑器补全和检查。 / The JSON Schema of rule packs, for editors.

    例 / Example: inspector rules schema > rules.schema.json
    """
    from inspector.cli.rules import run_schema

    raise typer.Exit(run_schema())


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




@reviews_app.command("list")
def reviews_list(
    json: JsonLinesOption = False,
    date: DayOption = None,
    limit: LimitOption = 50,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help="只列一种，如 random、finding、recheck。 / Only these."),
    ] = None,
    team: Annotated[str | None, typer.Option("--team", help="只列一个班组的。 / Only of this team.")] = None,
    lang: LangOption = None,
) -> None:
    """列出待复核的通话；随机抽检的不显示命中。 / Calls to review; drawn ones are blind.

    例 / Example: inspector queue reviews list --reason random --json
    """
    from inspector.cli.queue import QueueJob, run_reviews
    from inspector.storage.queues import Reason

    if reason is not None and reason not in set(Reason):
        raise UsageError(f"--reason: {reason}", f"name one of: {', '.join(Reason)}")
    job = QueueJob(date and date.date(), limit, json, None if reason is None else Reason(reason), team)
    raise typer.Exit(run_reviews(job, _settings(lang)))


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
