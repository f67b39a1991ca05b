"""Locks that a process holds and the system frees with it, and a look at them that takes nothing."""

import os
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from digitlab.errors import NotSaved
from digitlab.files import saving

_ASKING = 5.0
"""Seconds to wait for others who ask, where asking is done one after the other."""


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
    """Whether a living process holds the lock of a file; nobody holds what is not there.

    A shared lock is tried and given back: those who ask at the same moment do not take each other for the holder, and
    nothing is written.
    """
    if fcntl is None:
        return _is_held_when_asked_in_turn(path)
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            os.close(descriptor)
    except OSError as error:
        return not isinstance(error, FileNotFoundError | PermissionError)
    return False


def _is_held_when_asked_in_turn(path: Path) -> bool:
    """The same where there are no shared locks: those who ask take the lock for a moment, one after the other."""
    if not path.exists():
        return False
    try:
        with FileLock(f"{path}.asked", timeout=_ASKING), FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a read-only folder: no process can be writing there
        return False
