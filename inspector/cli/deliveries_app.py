"""``inspector deliveries list | dead | send-again | test``: what of alerts is told outside."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.options import JsonLinesOption, LangOption, LimitOption, settings_of
from inspector.delivery.records import DeliveryState

__all__ = ["deliveries_app"]

deliveries_app = typer.Typer(no_args_is_help=True, help="预警的对外通知。 / What of alerts is told outside.")

ReceiverOption = Annotated[str | None, typer.Option("--receiver", help="只看一个接收方。 / Of one receiver.")]


@deliveries_app.command("list")
def deliveries_list(
    state: Annotated[DeliveryState | None, typer.Option("--state", help="状态。 / State.")] = None,
    receiver: ReceiverOption = None,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出通知及其送达情况。 / Notices, and whether each receiver has them.

    例 / Example: inspector deliveries list --state pending
    """
    from inspector.cli.deliveries import run_list

    raise typer.Exit(run_list(settings_of(lang), state, receiver, limit, json=json))


@deliveries_app.command("dead")
def deliveries_dead(
    receiver: ReceiverOption = None,
    limit: LimitOption = 50,
    json: JsonLinesOption = False,
    lang: LangOption = None,
) -> None:
    """列出已放弃的通知。 / Notices that were given up.

    例 / Example: inspector deliveries dead
    """
    from inspector.cli.deliveries import run_list

    raise typer.Exit(run_list(settings_of(lang), DeliveryState.DEAD, receiver, limit, json=json))


@deliveries_app.command("send-again")
def deliveries_send_again(
    notices: Annotated[list[str] | None, typer.Argument(help="通知编号。 / Ids of notices.")] = None,
    receiver: ReceiverOption = None,
    everything: Annotated[bool, typer.Option("--all", help="全部已放弃的。 / All that are dead.")] = False,
    lang: LangOption = None,
) -> None:
    """重发已放弃的通知，并留痕。 / Sends dead notices again; leaves an audit row.

    例 / Example: inspector deliveries send-again --receiver desk
    """
    from inspector.cli.deliveries import run_send_again

    raise typer.Exit(run_send_again(settings_of(lang), notices or [], receiver, everything=everything))


@deliveries_app.command("test")
def deliveries_test(
    name: Annotated[str, typer.Argument(help="接收方名称。 / Name of the receiver.")], lang: LangOption = None
) -> None:
    """向一个接收方发送一条标明测试的通知。 / Sends a notice marked as a test to one receiver.

    例 / Example: inspector deliveries test desk
    """
    from inspector.cli.deliveries import run_test

    raise typer.Exit(run_test(settings_of(lang), name))
