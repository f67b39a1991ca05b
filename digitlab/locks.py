"""Locks that a process holds and the system frees with it, and a look at them that takes nothing."""

import fcntl
import os
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout

from digitlab.errors import NotSaved
from digitlab.files import saving


class Lock(FileLock):
    """A lock file in a folder that is there.

    Taking it raises Timeout when another holds it for too long, NotSaved when the file cannot be made; it never makes
    the folder, which somebody may have just deleted.
    """

    def acquire(self, *args: Any, **kwargs: Any) -> AcquireReturnProxy:
        path = Path(self.lock_file)
        if not path.parent.is_dir():
            raise NotSaved(f"{path.parent} is gone: somebody deleted or moved it. Load the page again.")
        try:
            with saving(path):
                return super().acquire(*args, **kwargs)
        except NotSaved as error:
            if isinstance(error.cause, Timeout):
                raise error.cause from None
            raise


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock of a file or folder; nobody holds what is not there.

    A shared lock is tried and given back: those who ask at the same moment do not take each other for the holder, and
    nothing is written.
    """
    try:
        os.close(take(path, fcntl.LOCK_SH))
    except OSError as error:
        return not isinstance(error, FileNotFoundError | PermissionError)
    return False


def take(path: Path, kind: int = fcntl.LOCK_EX) -> int:
    """Lock a file or folder that is there, until the descriptor that is given back is closed.

    Raises BlockingIOError when another holds it, OSError when it is not there or cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
