"""``inspector bench …``: what they measure lies in ``inspector/bench/``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspector.bench.hearing.peers import Peer
from inspector.cli.options import PacksOption, settings_of

__all__ = ["bench_app"]

bench_app = typer.Typer(no_args_is_help=True, help="测量速度与准确度。 / Measure speed and accuracy.")


@bench_app.command("hear")
def bench_hear(
    samples: Annotated[
        list[Path], typer.Argument(help="含 calls/ 和 truth/ 的目录。 / Directories with calls/ and truth/.")
    ],
    runs: Annotated[int, typer.Option("--runs", min=1, max=50, help="次数。 / Runs.")] = 3,
    peers: Annotated[
        list[Peer] | None, typer.Option("--peers", help="另加的对手，可重复。 / Further peers, can be repeated.")
    ] = None,
    scaling: Annotated[
        bool, typer.Option("--scaling", help="两个单线程进程同时。 / Two single-threaded processes at once, too.")
    ] = False,
    plots: Annotated[Path | None, typer.Option("--plots", help="写出 SVG 图的目录。 / Write SVG plots here.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="写出 JSON，旁边写 Markdown。 / Write JSON here, Markdown beside it.")
    ] = None,
) -> None:
    """与普通 faster-whisper 同场比较。 / Compare with plain faster-whisper in the same run.

    例 / Example: inspector bench hear audio_samples --runs 3 --peers best --peers batched
    """
    from inspector.bench.hearing.run import HearJob, run_bench

    job = HearJob(tuple(samples), runs, tuple(peers or ()), scaling, out, plots)
    raise typer.Exit(run_bench(job, settings_of()))


@bench_app.command("rules")
def bench_rules(
    calls: Annotated[Path, typer.Argument(help="评分通话的目录（*.yaml）。 / Directory of scored calls.")],
    runs: Annotated[int, typer.Option("--runs", min=1, max=50, help="次数。 / Runs.")] = 5,
    packs: PacksOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """规则的准确度与速度，与关键词匹配同场比较。 / Rules beside plain keyword spotting.

    例 / Example: inspector bench rules tests/packs/scored
    """
    from inspector.bench.rules import run_bench_rules

    raise typer.Exit(run_bench_rules(settings_of(None, packs).packs_dir, calls, runs, out))


@bench_app.command("rejudge")
def bench_rejudge(
    calls: Annotated[Path, typer.Argument(help="评分通话的目录（*.yaml）。 / Directory of scored calls.")],
    count: Annotated[int, typer.Option("--calls", min=1, max=10_000_000, help="通话数。 / How many calls.")] = 1000,
    packs: PacksOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """重判已存通话的速度。 / How fast stored calls are judged again.

    例 / Example: inspector bench rejudge tests/packs/scored --calls 1000
    """
    from inspector.bench.rejudge import run_bench_rejudge

    raise typer.Exit(run_bench_rejudge(calls, count, out, settings_of(None, packs)))


@bench_app.command("live-rules")
def bench_live_rules(
    calls: Annotated[Path, typer.Argument(help="评分通话的目录（*.yaml）。 / Directory of scored calls.")],
    packs: PacksOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """边听边判的耗时，以及多快能断定。 / Cost of judging while a call goes on, and how soon findings are certain.

    例 / Example: inspector bench live-rules tests/packs/scored
    """
    from inspector.bench.live_rules import run_bench_live_rules

    raise typer.Exit(run_bench_live_rules(settings_of(None, packs).packs_dir, calls, out))


@bench_app.command("matching")
def bench_matching(
    calls: Annotated[Path, typer.Argument(help="评分通话的目录（*.yaml）。 / Directory of scored calls.")],
    noise: Annotated[Path, typer.Argument(help="误听句子的目录（*.json）。 / Directory of misheard sentences.")],
    runs: Annotated[int, typer.Option("--runs", min=0, max=50, help="测速次数，0 不测速。 / Runs for speed.")] = 3,
    packs: PacksOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """词句查找：噪声下的召回与速度，与同类工具同场比较。 / Finding wording: recall under noise, speed beside peers.

    例 / Example: inspector bench matching tests/packs/scored tests/matching
    """
    from inspector.bench.matching import MatchingJob, run_bench_matching

    job = MatchingJob(settings_of(None, packs).packs_dir, calls, noise, runs, out)
    raise typer.Exit(run_bench_matching(job))


@bench_app.command("queue")
def bench_queue(
    count: Annotated[int, typer.Option("--calls", min=16, max=100_000, help="通话数。 / How many calls.")] = 640,
    runs: Annotated[int, typer.Option("--runs", min=1, max=50, help="测速次数。 / Runs.")] = 3,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """每通电话在队列与账本上的开销，与 RQ 自带方式同场比较。 / What queue and ledger cost a call, beside RQ alone.

    例 / Example: inspector bench queue
    """
    from inspector.bench.queue import run_bench_queue
    from workers.bench import measure_queue

    raise typer.Exit(run_bench_queue(count, runs, out, measure_queue))


@bench_app.command("night")
def bench_night(
    count: Annotated[int, typer.Option("--calls", min=1, max=1_000_000, help="通话数。 / How many calls.")] = 20_000,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """一整夜的批处理在听音与判定之外的耗时。 / What a whole night costs beside hearing and judging.

    例 / Example: inspector bench night --calls 20000
    """
    from inspector.bench.night import run_bench_night
    from workers.bench_night import measure_night

    raise typer.Exit(run_bench_night(count, out, measure_night))


@bench_app.command("intake")
def bench_intake(
    count: Annotated[int, typer.Option("--files", min=1, max=1_000_000, help="文件数。 / How many files.")] = 1000,
    file_bytes: Annotated[
        int, typer.Option("--bytes", min=1, max=1 << 30, help="每个文件的字节数，默认 3 分钟。 / Of each file.")
    ] = 1_440_000,
    runs: Annotated[int, typer.Option("--runs", min=1, max=50, help="次数。 / Runs.")] = 3,
    place: Annotated[Path | None, typer.Option("--dir", help="文件写在哪里。 / Where files are written.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """每秒接收多少文件，旁列落盘耗时。 / Files accepted a second, with the time of an fsync beside it.

    例 / Example: inspector bench intake --files 1000 --bytes 1440000
    """
    from inspector.bench.intake import IntakeBenchJob, run_bench_intake

    raise typer.Exit(run_bench_intake(IntakeBenchJob(count, file_bytes, runs, place, out), settings_of()))


@bench_app.command("alerts")
def bench_alerts(
    rate: Annotated[int, typer.Option("--rate", min=1, max=1000, help="每秒预警数。 / Alerts a second.")] = 50,
    seconds: Annotated[int, typer.Option("--seconds", min=1, max=3600, help="多少秒。 / For so long.")] = 30,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """从判定完成到接收方收到预警的时间。 / From a judged call to the receiver that has its alert.

    例 / Example: inspector bench alerts --rate 50 --seconds 30
    """
    from inspector.bench.alerts import run_bench_alerts
    from workers.bench_alerts import measure_alerts

    raise typer.Exit(run_bench_alerts(rate, seconds, out, measure_alerts))


@bench_app.command("review")
def bench_review(
    findings: Annotated[
        int, typer.Option("--findings", min=1000, max=10_000_000, help="多少条命中。 / How many findings.")
    ] = 1_000_000,
    database: Annotated[
        str | None, typer.Option("--database", help="空数据库的 URL，默认临时 SQLite。 / An empty one; default SQLite.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="一行 JSON。 / One line of JSON.")] = False,
) -> None:
    """命中很多时，复核队列翻页与领取的耗时。 / Pages of the review queue and the next call at many findings.

    例 / Example: inspector bench review --findings 1000000
    """
    from inspector.bench.review import run_bench_review

    raise typer.Exit(run_bench_review(findings, database, json=json))


@bench_app.command("statistics")
def bench_statistics(
    runs: Annotated[int, typer.Option("--runs", min=10, max=100_000, help="每种设定的次数。 / Runs a setting.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子。 / Seed.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """统计区间包含真值的比例（模拟）。 / How often the limits of figures contain the truth, simulated.

    例 / Example: inspector bench statistics --runs 2000
    """
    from inspector.bench.statistics import run_bench_statistics

    raise typer.Exit(run_bench_statistics(runs, seed, out))


@bench_app.command("console")
def bench_console(
    calls: Annotated[int, typer.Option("--calls", min=100, max=10_000_000, help="多少通。 / How many.")] = 1_000_000,
    reviewers: Annotated[int, typer.Option("--reviewers", min=1, max=1000, help="同时几人。 / At once.")] = 100,
    seconds: Annotated[float, typer.Option("--seconds", min=5, help="复核多少秒。 / Of reviewing.")] = 300,
    database: Annotated[
        str | None, typer.Option("--database", help="空数据库的 URL，默认临时 SQLite。 / An empty one; default SQLite.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写出 JSON。 / Write JSON here.")] = None,
) -> None:
    """通话很多时控制台的耗时：查询、复核、多人同时。 / The console at many calls: lists, reviews, many people at once.

    例 / Example: inspector bench console --calls 1000000
    """
    from inspector.bench.console.run import ConsoleBenchJob, run_bench_console

    job = ConsoleBenchJob(calls, reviewers, seconds, database, out)
    raise typer.Exit(run_bench_console(job, settings_of().packs_dir))
