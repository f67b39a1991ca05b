"""Files that are never seen half-written, and small JSON files read safely."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from digitlab.errors import BadRun, NotSaved

PART = ".part"
"""Ending of a file that is being written; what a killed process leaves of it is swept away by the next."""

_LARGEST = 64_000_000
_LARGEST_JSON = 1_000_000
"""Bytes; a thousandth of it is usual."""


@contextmanager
def saving(path: Path, remedy: str = "") -> Iterator[None]:
    """Everything that writes stands in it: an OSError of what is done within becomes NotSaved, which names the path.

    remedy: what to do where the disk is not full; a sentence.
    """
    try:
        yield
    except OSError as error:
        raise NotSaved(path=path, cause=error, remedy=remedy) from error


@contextmanager
def new_file(path: Path, remedy: str = "") -> Iterator[BinaryIO]:
    """A file to write that takes its name when it is complete: beside the target, flushed, then renamed.

    The old content stays until the new one is safely on the disk. Raises NotSaved when the disk is full or the folder
    cannot be written; whatever goes wrong, nothing is left of the attempt.
    """
    with saving(path, remedy):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=PART)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_bytes(path: Path, data: bytes, remedy: str = "") -> None:
    """Replace a file whole. Raises NotSaved; the old file then stays. remedy: as `saving` takes it."""
    with new_file(path, remedy) as file:
        file.write(data)


def append_line(path: Path, line: bytes) -> None:
    """Add a line at the end of a file, flushed to the disk; a torn last line of a killed process is closed first.

    Raises NotSaved; the file then ends where it did before.
    """
    with saving(path), path.open("ab+") as file:
        end = file.seek(0, os.SEEK_END)
        torn = end > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        try:
            file.write((b"\n" if torn else b"") + line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                os.truncate(path, end)
            raise


def write_text(path: Path, text: str, remedy: str = "") -> None:
    """Replace a text file whole. Raises NotSaved; the old file then stays. remedy: as `saving` takes it."""
    write_bytes(path, text.encode("utf-8"), remedy)


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file whole. Raises NotSaved; the old file then stays."""
    write_text(path, json.dumps(value, indent=2) + "\n")


def read_bytes(path: Path, most: int = _LARGEST) -> bytes:
    """The content of a run's file. Raises OSError when it cannot be read, BadRun when it is over `most` bytes."""
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise BadRun(f"{path} is foreign: it holds over {most / 1e6:g} MB. Delete it.")
    return content


def read_json(path: Path, most: int = _LARGEST_JSON) -> dict[str, Any]:
    """The JSON object of a run's file; what its members are is for the caller to check.

    Raises BadRun when it is missing, damaged, no object, or over `most` bytes. Python's own extension, numbers that
    are not finite, is not JSON.
    """
    try:
        value = json.loads(read_bytes(path, most), parse_constant=_refuse)
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. The run is incomplete; delete it.") from error
    except (ValueError, RecursionError) as error:
        raise BadRun(f"{path} is damaged: it is not JSON. Restore the file or delete the run.") from error
    if not isinstance(value, dict):
        raise BadRun(f"{path} is damaged: it holds no JSON object. Restore the file or delete the run.")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
