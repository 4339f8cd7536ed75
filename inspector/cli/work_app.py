"""``inspector up | status | worker | relay``: the processes that work accepted calls off."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.options import LangOption, settings_of
from inspector.enums import WorkQueue

__all__ = ["work_app"]

work_app = typer.Typer()


@work_app.command()
def up(
    urgent: Annotated[
        int | None, typer.Option("--urgent", min=0, max=64, help="紧急通话的进程数。 / Processes for urgent calls.")
    ] = None,
    batch: Annotated[int | None, typer.Option("--batch", min=0, max=64, help="普通通话的进程数。 / For all others.")] = None,
    lang: LangOption = None,
) -> None:
    """启动本机全部进程，处理已受理的通话；Ctrl-C 收工。 / Run all of this machine; Ctrl-C ends it in order.

    例 / Example: inspector up --urgent 1 --batch 1
    """
    from inspector.cli.work import run_up

    raise typer.Exit(run_up(urgent, batch, settings_of(lang)))


@work_app.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="一行 JSON。 / One line of JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """已受理的通话处理到哪里。 / How far the accepted calls are.

    例 / Example: inspector status --json
    """
    from inspector.cli.work_status import run_status

    raise typer.Exit(run_status(settings_of(lang), json=json))


@work_app.command()
def worker(
    queue: Annotated[WorkQueue, typer.Argument(help="处理哪个队列。 / Which queue to work off.")],
    count: Annotated[int | None, typer.Option("--processes", min=1, max=64, help="进程数。 / Processes.")] = None,
    lang: LangOption = None,
) -> None:
    """只启动一个队列的处理进程（供 systemd 使用）。 / Run workers of one queue only, for systemd.

    例 / Example: inspector worker urgent --processes 2
    """
    from inspector.cli.work import run_worker

    raise typer.Exit(run_worker(queue, count, settings_of(lang)))


@work_app.command()
def relay(lang: LangOption = None) -> None:
    """只启动派发进程（供 systemd 使用）。 / Run only what sends the work, for systemd.

    例 / Example: inspector relay
    """
    from inspector.cli.work import run_relay

    raise typer.Exit(run_relay(settings_of(lang)))
