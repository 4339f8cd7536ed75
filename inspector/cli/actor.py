"""Who runs the command, and so who acts."""

from __future__ import annotations

import os
import pwd

from inspector.config import Settings
from inspector.roles import Actor, Role
from inspector.storage import Store

__all__ = ["actor_of"]


def actor_of(settings: Settings, store: Store) -> Actor:
    """The user of the operating system with the roles that the list of people gives.

    Who is not on the list, or not active any more, has no role and so may do nothing. While the list is empty the
    installation is its owner's alone: whoever owns ``home`` has every role.
    """
    name = _user()
    people = {person.name: person for person in store.people.all()}
    if people:
        return people[name].actor if name in people else Actor(name, frozenset())
    return Actor(name, frozenset(Role) if _owns(settings) else frozenset())


def _user() -> str:
    """By the process, not by LOGNAME and USER, which anybody may set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def _owns(settings: Settings) -> bool:
    """With the database on a server ``home`` may not be there yet: whoever makes it will own it."""
    try:
        return settings.home.stat().st_uid == os.getuid()
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
