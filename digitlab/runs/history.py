"""history.jsonl: a line per epoch and, between them, some per step; only ever added to while training."""

import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitlab.errors import BadRun
from digitlab.files import append_line, read_bytes, write_text


def append_record(path: Path, record: dict[str, Any]) -> None:
    """Add a record as one line, flushed to the disk. Raises NotSaved; then it is not there."""
    append_line(path, json.dumps(record).encode())


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
        records = [r for r in read_history(path) if (r["epoch"] <= epoch if "epoch" in r else r.get("step", 0) <= step)]
        write_text(path, "".join(json.dumps(record) + "\n" for record in records))


_MOST_FILES = 32


@dataclass
class _Growing:
    """What was read of one file so far. file: its number on the disk; another number means that it was replaced."""

    file: int = 0
    offset: int = 0
    records: list[dict[str, Any]] = field(default_factory=list)


_growing: OrderedDict[Path, _Growing] = OrderedDict()
_lock = threading.Lock()


def history_so_far(path: Path) -> list[dict[str, Any]]:
    """All records of a history that grows, in order; empty when there are none yet.

    Shared by all of this process, which reads only what is new.
    """
    path = path.resolve()
    with _lock:
        history = _growing.setdefault(path, _Growing())
        _growing.move_to_end(path)
        if len(_growing) > _MOST_FILES:
            _growing.popitem(last=False)
        _read_on(path, history)
        return list(history.records)


def _read_on(path: Path, history: _Growing) -> None:
    try:
        found = path.stat()
    except OSError:
        history.file, history.offset, history.records = 0, 0, []
        return
    if found.st_ino != history.file or found.st_size < history.offset:  # a resumed run drops what it will do again
        history.file, history.offset, history.records = found.st_ino, 0, []
    if found.st_size > history.offset:
        records, history.offset = read_new(path, history.offset)
        history.records += records
