"""history.jsonl: a line per epoch and, between them, some per step; only ever added to while training."""

import json
import os
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun
from digitlab.files import write_text
from digitlab.runs.files import read_bytes


def append_record(path: Path, record: dict[str, Any]) -> None:
    """Add a record as one line, flushed to the disk; a torn last line of a killed process is closed first."""
    with path.open("ab+") as file:
        torn = file.seek(0, os.SEEK_END) > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        file.write((b"\n" if torn else b"") + json.dumps(record).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_history(path: Path) -> list[dict[str, Any]]:
    """All whole records, in order; empty when there is no file. A torn line is dropped.

    Raises BadRun when the file cannot be read or is larger than any training makes it.
    """
    try:
        lines = read_bytes(path).splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. Delete it.") from error
    return [record for line in lines if (record := _parse(line)) is not None]


def read_new(path: Path, offset: int) -> tuple[list[dict[str, Any]], int]:
    """The whole records from a byte offset on, and the offset to ask from next; starts anew when the file was cut."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(offset if offset <= size else 0)
            start, data = file.tell(), file.read()
    except FileNotFoundError:
        return [], 0
    whole = data.rfind(b"\n") + 1
    records = [record for line in data[:whole].splitlines() if (record := _parse(line)) is not None]
    return records, start + whole


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def cut_records(path: Path, epoch: int, step: int) -> None:
    """Keep only the records of whole epochs up to `epoch`, and those of steps up to `step`."""
    if path.exists():
        kept = [r for r in read_history(path) if (r["epoch"] <= epoch if "epoch" in r else r.get("step", 0) <= step)]
        write_text(path, "".join(json.dumps(record) + "\n" for record in kept))
