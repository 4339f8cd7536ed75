"""``inspector serve`` tells where the console is and serves it."""

from __future__ import annotations

from functools import partial

from rich.console import Console

from inspector.cli.messages import say
from inspector.config import Settings
from inspector.web.server import Serving, serve

__all__ = ["run_serve"]


def run_serve(host: str | None, port: int | None, settings: Settings) -> int:
    """Serves until it is asked to end. ``None``: as the settings say. Raises SetupError before it listens."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=given)})
    serve(settings, partial(_tell, settings))
    _print(settings, "serve_ended")
    return 0


def _tell(settings: Settings, serving: Serving) -> None:
    """On stderr, where a service's journal keeps it too: the address of the set-up is good once and for an hour."""
    if serving.setup_url is not None:
        _print(settings, "serve_setup", url=serving.setup_url)
    _print(settings, "serve_ready", url=serving.url)


def _print(settings: Settings, key: str, **values: object) -> None:
    Console(stderr=True).print(say(settings.lang, key, **values), markup=False, highlight=False, soft_wrap=True)
