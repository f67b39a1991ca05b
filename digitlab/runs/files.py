"""The JSON files of a run folder."""

import json
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun
from digitlab.files import write_text

_LARGEST = 64_000_000


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file whole."""
    write_text(path, json.dumps(value, indent=2) + "\n")


def read_bytes(path: Path) -> bytes:
    """A small file's content. Raises OSError when it cannot be read, BadRun when it is over 64 MB."""
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise BadRun(f"{path} is foreign: it holds over {_LARGEST // 1_000_000} MB. Delete it.")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object of a file. Raises BadRun when it is missing, damaged or no object."""
    try:
        value = json.loads(read_bytes(path))
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. The run is incomplete; delete it.") from error
    except (ValueError, RecursionError) as error:
        raise BadRun(f"{path} is damaged: it is not JSON. Restore the file or delete the run.") from error
    if not isinstance(value, dict):
        raise BadRun(f"{path} is damaged: it holds no JSON object. Restore the file or delete the run.")
    return value
