"""``inspector serve``: the console in the browser. Heavy imports stay inside the command."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.options import LangOption, settings_of

__all__ = ["serve_app"]

serve_app = typer.Typer()


@serve_app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="监听地址。 / The address it listens at.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="监听端口。 / The port it listens at.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="用示例录音生成的演示数据。 / Over a demonstration made of the sample calls.")
    ] = False,
    lang: LangOption = None,
) -> None:
    """启动网页控制台；Ctrl-C 结束。 / Serve the console in the browser; Ctrl-C ends it.

    例 / Example: inspector serve --demo
    """
    from inspector.cli.serve import run_serve

    raise typer.Exit(run_serve(host, port, settings_of(lang), demo=demo))
