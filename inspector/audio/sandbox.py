"""Takes from a process of ours what it does not need: the network, the file system, memory, new processes.

Linux only, by the kernel's own calls. Each measure is applied where the kernel has it and reported by name, so that
``inspector doctor`` can show what holds on a machine.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct

__all__ = ["confine", "forget_network", "limit_job"]

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS = 38
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446  # the same on every architecture
LANDLOCK_VERSION = 1
FS_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # Landlock ABI → how many file system rights it knows
OPEN_FILES = 16

_libc = ctypes.CDLL(None, use_errno=True)


def forget_network() -> bool:
    """Moves into a network of its own, in which there is nothing. Must run before the first thread starts."""
    return bool(_libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def confine(memory_bytes: int) -> dict[str, bool]:
    """From here on: no more than this memory, no core dump, no thread, no new privilege, no file by its path.

    Descriptors that are open stay usable. Everything that is to be imported must have been imported.
    """
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))
    return {
        "no_new_privs": _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
        "no_paths": _landlock(),
    }


def limit_job(cpu_s: int, file_bytes: int) -> None:
    """For the next piece of work: SIGXCPU ends a process that uses more processor time, EFBIG a file that is longer."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until_s = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (until_s, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))


def _landlock() -> bool:
    """Forbids every right over files and, from ABI 4 on, TCP; needs no_new_privs."""
    version = _libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION)
    if version < 1:
        return False
    rights = max(count for abi, count in FS_RIGHTS.items() if abi <= version)
    network, scope = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    rules = struct.pack("=QQQ", (1 << rights) - 1, network, scope)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _libc.syscall(LANDLOCK_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return False
    done = bool(_libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    os.close(ruleset)
    return done
