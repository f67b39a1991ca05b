"""Histories of runs as they grow: shared by all sessions of this process, and only what is new is read."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitlab.runs.history import read_new
from digitlab.runs.run import Run

_MOST_KEPT = 32


@dataclass
class _Grown:
    """What was read of one file so far. file: its number on the disk; another number means that it was replaced."""

    file: int = 0
    offset: int = 0
    records: list[dict[str, Any]] = field(default_factory=list)


_kept: OrderedDict[Path, _Grown] = OrderedDict()
_lock = threading.Lock()


def history_so_far(run: Run) -> list[dict[str, Any]]:
    """All records of a run, in order; empty when there are none yet."""
    path = (run.folder / "history.jsonl").resolve()
    with _lock:
        grown = _kept.setdefault(path, _Grown())
        _kept.move_to_end(path)
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
        _grow(path, grown)
        return list(grown.records)


def _grow(path: Path, grown: _Grown) -> None:
    try:
        found = path.stat()
    except OSError:
        grown.file, grown.offset, grown.records = 0, 0, []
        return
    if found.st_ino != grown.file or found.st_size < grown.offset:  # a resumed run drops what it will do again
        grown.file, grown.offset, grown.records = found.st_ino, 0, []
    if found.st_size > grown.offset:
        records, grown.offset = read_new(path, grown.offset)
        grown.records += records
