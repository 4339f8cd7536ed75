"""Who runs the command, and so who acts."""

from __future__ import annotations

import getpass

from inspector.config import Settings
from inspector.roles import Actor, Role
from inspector.storage import Store

__all__ = ["actor_of"]


def actor_of(settings: Settings, store: Store) -> Actor:
    """The user of the operating system, with every role."""
    return Actor(getpass.getuser(), frozenset(Role))
