"""Folders that appear under their name only when they are complete, and that go as a whole.

What is being built or deleted is hidden and ends in `.part`. What a killed process leaves of it is swept away by the
next that builds or deletes something there; the one at work holds a lock on its folder, which the system frees.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from digitlab.files import PART, saving

_HELD = ".held"
"""In a hidden folder: the file whose lock says that somebody is at work on it."""


def make_folder(folder: Path) -> None:
    """Make a folder inside one that is there, unless it is there already. Raises NotSaved."""
    with saving(folder):
        folder.mkdir(exist_ok=True)


@contextmanager
def scratch_folder(parent: Path, remedy: str = "") -> Iterator[Path]:
    """A hidden folder in `parent`, which is made if need be; gone afterwards with all that was not moved out of it.

    Raises NotSaved when there is no room or no right for it. remedy: as `files.saving` takes it.
    """
    with saving(parent, remedy):
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        folder, lock = _locked_folder(parent)
    try:
        yield folder
    finally:
        _remove(folder, lock)


def _locked_folder(parent: Path) -> tuple[Path, FileLock]:
    """A new folder and its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=".", suffix=PART))
        try:
            lock = _hold(folder)
            if (folder / _HELD).exists():
                return folder, lock
            lock.release()
        except (Timeout, FileNotFoundError, FileExistsError):  # another's sweep was quicker than the lock
            continue
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _hold(folder: Path) -> FileLock:
    """The folder's lock, taken. Raises Timeout when another holds it, OSError when it cannot be made."""
    lock = FileLock(folder / _HELD)
    lock.acquire(timeout=0)
    return lock


def _remove(folder: Path, lock: FileLock) -> None:
    """Remove a hidden folder and let its lock go.

    Only once: when the lock file is gone, another may make and hold one in the folder, and has it from then on.
    """
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    if os.name == "nt":  # which removes no file that is open
        shutil.rmtree(folder, ignore_errors=True)


def move_folder(folder: Path, target: Path) -> Path:
    """Give a folder its name, at once and whole; returns it. Raises NotSaved when that name is taken."""
    with saving(target):
        return folder.rename(target)


def remove_folder(folder: Path) -> None:
    """Delete a folder: at once it is hidden, then it goes from the disk. Raises NotSaved; then it is as before."""
    sweep(folder.parent)
    with saving(folder):
        doomed = folder.rename(folder.with_name(f".{folder.name}{PART}"))
    shutil.rmtree(doomed, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove the folders that killed processes were building or deleting."""
    for folder in parent.glob(f".*{PART}"):
        try:
            lock = _hold(folder)
        except (Timeout, OSError):  # somebody is at work on it
            continue
        _remove(folder, lock)
