"""Files that are never seen half-written, and small JSON files read safely."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun

PART = ".part"
"""Ending of a file that is being written; what a killed process leaves of it is swept away by the next."""

_LARGEST = 64_000_000


def write_bytes(path: Path, data: bytes) -> None:
    """Replace a file whole: a temporary name beside the target, flushed, then renamed.

    The old content stays until the new one is safely on the disk.
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


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file whole."""
    write_text(path, json.dumps(value, indent=2) + "\n")


def read_bytes(path: Path) -> bytes:
    """The content of a run's file. Raises OSError when it cannot be read, BadRun when it is over 64 MB."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise BadRun(f"{path} is foreign: it holds over {_LARGEST // 1_000_000} MB. Delete it.")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object of a run's file. Raises BadRun when it is missing, damaged or no object."""
    try:
        value = json.loads(read_bytes(path))
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. The run is incomplete; delete it.") from error
    except (ValueError, RecursionError) as error:
        raise BadRun(f"{path} is damaged: it is not JSON. Restore the file or delete the run.") from error
    if not isinstance(value, dict):
        raise BadRun(f"{path} is damaged: it holds no JSON object. Restore the file or delete the run.")
    return value
