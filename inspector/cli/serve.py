"""``inspector serve`` tells where the console is and serves it."""

from __future__ import annotations

from functools import partial

from rich.console import Console

from inspector.cli.messages import say
from inspector.config import Settings
from inspector.web.accounts.passwords import temporary_password
from inspector.web.demonstration import demonstration
from inspector.web.server import Serving, serve

__all__ = ["run_serve"]


def run_serve(host: str | None, port: int | None, settings: Settings, *, demo: bool = False) -> int:
    """Serves until it is asked to end. ``None``: as the settings say; ``demo``: over a demonstration made anew.

    Raises SetupError before it listens.
    """
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=given)})
    if demo:
        _serve_demo(settings)
    else:
        serve(settings, partial(_tell, settings))
    _print(settings, "serve_ended")
    return 0


def _serve_demo(settings: Settings) -> None:
    password = temporary_password()

    def step(name: str, done: int, total: int) -> None:
        _print(settings, f"serve_demo_{name}", done=done, total=total)

    def ready(serving: Serving) -> None:
        _print(settings, "serve_demo_accounts", password=password)
        _tell(settings, serving)

    serve(settings, ready, lambda of: demonstration(of, password, step))


def _tell(settings: Settings, serving: Serving) -> None:
    """On stderr, where a service's journal keeps it too: the address of the set-up is good once and for an hour."""
    if serving.setup_url is not None:
        _print(settings, "serve_setup", url=serving.setup_url)
    _print(settings, "serve_ready", url=serving.url)


def _print(settings: Settings, key: str, **values: object) -> None:
    Console(stderr=True).print(say(settings.lang, key, **values), markup=False, highlight=False, soft_wrap=True)
