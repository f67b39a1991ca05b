"""Files that are never seen half-written: a temporary name beside the target, flushed, then renamed."""

import os
import tempfile
from pathlib import Path

PART = ".part"
"""Ending of a file that is being written; what a killed process leaves of it is swept away by the next."""


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file whole: the old content stays until the new one is safely on the disk.

    Raises OSError when the disk is full or the folder cannot be written; nothing is left of the attempt.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=PART)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Replace a text file whole."""
    write_bytes(path, text.encode("utf-8"))
