"""``inspector submit | watch`` and ``inspector jobs …``: calls go into the ledger, and what becomes of them there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.enums import WorkQueue, WorkState

__all__ = ["intake_app", "jobs_app"]

intake_app = typer.Typer()
jobs_app = typer.Typer(no_args_is_help=True, help="已接收的通话：列出、重做、隔离。 / Accepted calls.")

UrgentOption = Annotated[bool, typer.Option("--urgent", help="加急，先于批量处理。 / Before all others.")]
PatternOption = Annotated[
    str | None,
    typer.Option(
        "--name-pattern",
        help="文件名格式，如 {source_call_id}_{start:%Y%m%d%H%M%S}_{agent}.wav。 / How files are named.",
    ),
]
CallIdsArgument = Annotated[list[str], typer.Argument(help="通话编号（24 位）。 / Call ids.")]


@intake_app.command()
def submit(
    paths: Annotated[list[Path] | None, typer.Argument(help="录音文件或目录。 / Recordings or directories.")] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="通话清单 CSV/JSONL。 / List of calls.")] = None,
    name_pattern: PatternOption = None,
    urgent: UrgentOption = False,
    json: Annotated[str | None, typer.Option("--json", help="逐行 JSON 写入文件，- 为标准输出。 / JSON lines.")] = None,
    lang: LangOption = None,
) -> None:
    """接收录音，由后台质检；答复后不会丢失。 / Accept recordings; what is accepted is never lost.

    例 / Example: inspector submit recordings --manifest calls.csv
    """
    from inspector.cli.submit import SubmitJob, run_submit

    job = SubmitJob(tuple(paths or ()), manifest, name_pattern, _queue(urgent), json)
    raise typer.Exit(run_submit(job, settings_of(lang)))


@intake_app.command()
def watch(
    directory: Annotated[Path, typer.Argument(help="录音写入的目录，含子目录。 / Where recordings arrive.")],
    urgent: UrgentOption = False,
    settle: Annotated[
        float, typer.Option("--settle", min=0.5, max=3600, help="多少秒不变才接收。 / Unchanged for so many s.")
    ] = 5.0,
    name_pattern: PatternOption = None,
    lang: LangOption = None,
) -> None:
    """监视目录，录音写完即接收。 / Watch a directory and accept recordings once they are complete.

    例 / Example: inspector watch recordings --settle 10
    """
    from inspector.cli.watch import WatchJob, run_watch

    raise typer.Exit(run_watch(WatchJob(directory, _queue(urgent), settle, name_pattern), settings_of(lang)))


def _queue(urgent: bool) -> WorkQueue:
    return WorkQueue.URGENT if urgent else WorkQueue.BATCH


@jobs_app.command("list")
def jobs_list(
    state: Annotated[WorkState | None, typer.Option("--state", help="只列这种状态。 / Only of this state.")] = None,
    queue: Annotated[WorkQueue | None, typer.Option("--queue", help="只列这个队列。 / Only of this queue.")] = None,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出已接收的通话，最近的在前。 / Accepted calls, the last one first.

    例 / Example: inspector jobs list --state quarantined
    """
    from inspector.cli.jobs import ListJob, run_list

    raise typer.Exit(run_list(ListJob(state, queue, limit, json), settings_of(lang)))


@jobs_app.command("requeue")
def jobs_requeue(call_ids: CallIdsArgument, lang: LangOption = None) -> None:
    """让已结束的通话重做一遍，留痕。 / Work ended calls off again; leaves an audit row.

    例 / Example: inspector jobs requeue 0123456789abcdef01234567
    """
    from inspector.cli.jobs import run_requeue

    raise typer.Exit(run_requeue(call_ids, settings_of(lang)))


@jobs_app.command("quarantine")
def jobs_quarantine(
    call_ids: CallIdsArgument,
    reason: Annotated[str, typer.Option("--reason", help="原因，会留存。 / Why; it is kept.")],
    lang: LangOption = None,
) -> None:
    """把没有结束的通话隔离，不再处理，留痕。 / Put open calls aside; leaves an audit row.

    例 / Example: inspector jobs quarantine 0123456789abcdef01234567 --reason 录音损坏
    """
    from inspector.cli.jobs import run_quarantine

    raise typer.Exit(run_quarantine(call_ids, reason, settings_of(lang)))
