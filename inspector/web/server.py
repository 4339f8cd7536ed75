"""The console served: one process, at one address, until it is asked to end."""

from __future__ import annotations

import secrets
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from types import FrameType

import uvicorn

from inspector.config import Settings, WebSettings
from inspector.errors import ConfigError
from inspector.logs import set_up_logs
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.web.accounts.sessions import StoredSessions, digest_of, is_https
from inspector.web.app import create_app
from inspector.web.console import Console, open_console

__all__ = ["Opening", "Serving", "serve"]

Opening = Callable[[Settings], AbstractContextManager[Console]]
"""Opens a console for as long as it is served."""

_GRACE_S = 10
_PROXIES = ["127.0.0.1", "::1"]


@dataclass(frozen=True, slots=True)
class Serving:
    """``url``: where browsers find it. ``setup_url``: where the first set-up is done, once; None: it is done."""

    url: str
    setup_url: str | None


def serve(settings: Settings, ready: Callable[[Serving], None], opening: Opening | None = None) -> None:
    """Serves the console until SIGTERM or Ctrl-C, which let what is under way end; ``ready`` is told once it listens.

    ``opening``: opens what is served, None = the store that is set. Raises ConfigError when the address, the
    certificate or its key will not do, and whatever ``opening`` does: StorageError, PackError.
    """
    web = settings.web
    _check(web)
    set_up_logs()
    with _listening(web) as listener, (opening or _opened)(settings) as console:
        app = create_app(console)
        server = uvicorn.Server(_config(web, app))
        url = _url_of(web)
        setup = _offer_setup(console.store)
        ready(Serving(url, None if setup is None else f"{url}setup?token={setup}"))
        try:
            with _ending_in_order(server):
                server.run(sockets=[listener])
        finally:
            app.state.shelf.close()
            console.store.accounts.withdraw_setup()


@contextmanager
def _opened(settings: Settings) -> Iterator[Console]:
    with closing(open_store(settings)) as store:
        yield open_console(settings, store, StoredSessions(store, settings, _now))


def _config(web: WebSettings, app: Callable[..., object]) -> uvicorn.Config:
    """No log of requests: addresses hold what people search for. A proxy on this machine tells who asks."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=web.https and web.certificate is None,
        forwarded_allow_ips=_PROXIES,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=web.certificate,
        ssl_keyfile=web.key,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _offer_setup(store: Store) -> str | None:
    """The token of the first set-up, while nobody has an account."""
    token = secrets.token_urlsafe(32)
    return token if store.accounts.offer_setup(digest_of(token), _now()) else None


def _check(web: WebSettings) -> None:
    if (web.certificate is None) != (web.key is None):
        raise ConfigError("a certificate needs its key", "set both web.certificate and web.key, or neither")
    if not is_https(web) and not _is_loopback(web.host):
        raise ConfigError(
            f"{web.host} can be reached from other machines, and passwords would go there unencrypted",
            "set web.certificate and web.key, or listen at 127.0.0.1 behind a proxy with TLS and set web.https: "
            "docs/how-to/console.md",
        )
    if web.certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(web.certificate, web.key)
        except OSError as error:
            raise ConfigError(
                f"the certificate {web.certificate} and its key cannot be used: {error.strerror or error}",
                "name a PEM file of the certificate and one of its key without a password, readable for this user",
            ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _listening(web: WebSettings) -> Iterator[socket.socket]:
    """A socket at the address. Raises ConfigError when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0]
        # With its protocol: only then asyncio sends what is small at once, and no answer waits 40 ms for a receipt.
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"{web.host} is no address of this machine", "correct web.host or --host") from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError as error:
            raise ConfigError(
                f"cannot listen at {web.host} port {web.port}: {error.strerror}",
                "end what listens there, or name another one with --host and --port",
            ) from error
        yield listener


@contextmanager
def _ending_in_order(server: uvicorn.Server) -> Iterator[None]:
    """The server takes these signals while it runs and sends them once more when it has ended: that is in order. One
    that comes before it runs ends it, too."""

    def in_order(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, in_order) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _url_of(web: WebSettings) -> str:
    """As browsers call it: a proxy has the usual port and a name of its own."""
    outside = next((name for name in web.hosts if name != "*" and not _is_loopback(name.strip("[]"))), None)
    listens = f"[{web.host}]" if ":" in web.host else web.host
    if web.certificate is not None:
        return f"https://{outside or listens}:{web.port}/"
    if web.https and outside is not None:
        return f"https://{outside}/"
    return f"http://{listens}:{web.port}/"
