"""Child processes that are asked to stop when the process that started them is gone, however it ended."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: Ctrl+C reaches the parent alone, which asks the child once.

    On Linux the child gets SIGINT when its parent is gone; elsewhere it ends by itself.
    """
    parent = os.getpid()

    def end_with_parent() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it, and so would the child
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(command, start_new_session=True, preexec_fn=end_with_parent)  # noqa: S603, PLW1509
