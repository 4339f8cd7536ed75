"""``python -m workers.child PARENT MODULE [ARGUMENT…]``: becomes that module, and ends when its parent does.

Whoever kills a supervisor with SIGKILL must not leave processes behind that nobody watches.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

__all__ = ["main"]

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """``argv``: process id of the parent, module, its arguments."""
    parent, module, *arguments = argv
    _end_with(int(parent))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        sys.exit(f"workers.child: this system cannot end processes with their parent: errno {ctypes.get_errno()}")
    if os.getppid() != parent:  # it ended before the kernel knew
        sys.exit("workers.child: the parent is gone")


if __name__ == "__main__":
    main(sys.argv[1:])
