"""What the folder of runs must give: files that are replaced whole, and locks that every process sees.

On one machine every file system of its own gives them; folders that are shared over a network do not always.
"""

import os
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from digitlab.errors import NotSaved
from digitlab.files import saving
from digitlab.folders import scratch_folder
from digitlab.locks import is_held

REMEDY = "Name a folder with locks by DIGITLAB_RUNS: a local one, or NFS 4 mounted without nolock."


@lru_cache(maxsize=16)  # what a file system can do stays as it is; what fails is tried again
def check_storage(folder: Path) -> None:
    """Raises NotSaved when files in a folder cannot be replaced by renaming, or when a lock there is not seen."""
    with scratch_folder(folder, REMEDY) as scratch, saving(folder, REMEDY):
        check_rename(scratch / "renamed")
        with FileLock(scratch / "lock.lock"):
            if not is_held(scratch / "lock.lock"):
                raise NotSaved(f"{folder} has no file locks. {REMEDY}")


def check_rename(name: Path) -> None:
    """Write a file and put another in its place. Raises OSError where that fails, or leaves the first one there."""
    name.write_text("first", encoding="utf-8")
    second = name.with_suffix(".second")
    second.write_text("second", encoding="utf-8")
    os.replace(second, name)
    if name.read_text(encoding="utf-8") != "second":
        raise OSError("a file that was replaced still reads as before")
