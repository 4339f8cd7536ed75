"""What ``inspector doctor`` says of the receivers of alerts: usable, taking what is sent, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from zoneinfo import ZoneInfo

from inspector.config import Settings
from inspector.delivery.records import Circuit, Figures
from inspector.errors import ConfigError, SetupError

__all__ = ["receiver_faults"]

Found = tuple[str, bool, str, str]
"""Name, whether it is well, what was found, what to do."""


def receiver_faults(settings: Settings) -> Iterator[Found]:
    """One for each receiver that is configured, and for each that is not any more but has notices waiting."""
    known = {one.receiver: one for one in _figures(settings)}
    for name, receiver in settings.delivery.receivers.items():
        figures = known.pop(name, Figures(name, 0, 0, None, None, Circuit()))
        yield f"receiver {name}", *_looked_at(settings, name, receiver.kind, figures)
    for name, figures in known.items():
        if figures.pending:
            what = f"not configured, {figures.pending} notices wait for it"
            yield f"receiver {name}", False, what, f"configure it again: [delivery.receivers.{name}]"


def _looked_at(settings: Settings, name: str, kind: str, figures: Figures) -> tuple[bool, str, str]:
    from inspector.delivery.senders import sender_of

    try:
        sender_of(settings.delivery.receivers[name], ZoneInfo(settings.business_tz), settings.delivery.timeout_s)
    except ConfigError as error:
        return False, error.message, error.remedy
    last = "never" if figures.last_sent is None else f"{figures.last_sent:%Y-%m-%d %H:%M:%S} UTC"
    what = f"{kind}, last sent: {last}, pending: {figures.pending}, dead: {figures.dead}"
    if figures.circuit.shut_until is not None:
        return False, f"{what}, fails: {figures.circuit.faults} times in a row", f"inspector deliveries test {name}"
    if figures.dead:
        return False, what, f"inspector deliveries dead; then inspector deliveries send-again --receiver {name}"
    return True, what, ""


def _figures(settings: Settings) -> tuple[Figures, ...]:
    """None of a database that is not there or does not open: another check tells that."""
    from inspector.storage.configured import open_store

    try:
        with closing(open_store(settings, make=False)) as store:
            return store.deliveries.figures()
    except SetupError:
        return ()
