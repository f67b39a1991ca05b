"""history.jsonl: a line per epoch and, between them, some per step; only ever added to while training."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, cast

from digitlab.errors import BadRun
from digitlab.files import append_line, read_bytes, write_text
from digitlab.runs.checked import Check, Unfit, epochs, loss, norm, number, record, seconds, share, steps

_MOST_BYTES = 40_000_000
_MOST_LINES = 200_000
_LONGEST_LINE = 2000


class Record(TypedDict, total=False):
    """What one line says: of an epoch, which has `epoch`, or of the steps since the record before, which has not.

    Losses are mean cross-entropies in nats, accuracies in 0..1. What is not known is left out.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    gradient_norm: float
    weight_norm: float
    seconds: float


_check: Check[dict[str, Any]] = record(
    {
        "epoch": epochs,
        "step": steps,
        "train_loss": loss,
        "train_accuracy": share,
        "validation_loss": loss,
        "validation_accuracy": share,
        "learning_rate": number(0.0, 1e6),
        "gradient_norm": norm,
        "weight_norm": norm,
        "seconds": seconds,
    }
)


def append_record(path: Path, record: Mapping[str, Any]) -> None:
    """Add a record as one line, flushed to the disk. Raises NotSaved; then it is not there."""
    append_line(path, json.dumps(record).encode())


def read_history(path: Path) -> list[Record]:
    """All whole records, in order; empty when there is no file. A torn line is dropped.

    Raises BadRun when the file cannot be read, is larger than any training makes it, or a record is senseless.
    """
    try:
        return _parse(path, read_bytes(path, _MOST_BYTES))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. Delete it.") from error


def _parse(path: Path, lines: bytes, before: int = 0) -> list[Record]:
    """The records of some lines. before: how many there are already."""
    if before + lines.count(b"\n") > _MOST_LINES:
        raise BadRun(f"{path} is foreign: it holds over {_MOST_LINES:,} lines. Delete it.")
    records = []
    for line in lines.split(b"\n"):
        if not line or len(line) > _LONGEST_LINE:  # a disk that lost its power leaves long runs of zeros
            continue
        try:
            # Python writes a norm that is not finite as NaN or Infinity: it is no point of any curve.
            found = json.loads(line, parse_constant=lambda _name: None)
        except (ValueError, RecursionError):
            continue
        if not isinstance(found, dict):
            continue
        try:
            checked = _check(found)
        except Unfit as error:
            raise BadRun(f"{path} is damaged or foreign: {error}. Restore the file or delete the run.") from error
        if "epoch" in checked or "step" in checked:
            records.append(cast(Record, checked))
    return records


def cut_records(path: Path, epoch: int, step: int) -> None:
    """Keep only the records of whole epochs up to `epoch`, and those of steps up to `step`."""
    if path.exists():
        records = [r for r in read_history(path) if (r["epoch"] <= epoch if "epoch" in r else r["step"] <= step)]
        write_text(path, "".join(json.dumps(record) + "\n" for record in records))


_MOST_FILES = 32


@dataclass
class _Growing:
    """What was read of one file so far. file: its number on the disk; another number means that it was replaced."""

    file: int = 0
    offset: int = 0
    records: list[Record] = field(default_factory=list)


_growing: OrderedDict[Path, _Growing] = OrderedDict()
_lock = threading.Lock()


def history_so_far(path: Path) -> Sequence[Record]:
    """All records of a history that grows, in order; empty when there are none yet.

    Shared by all of this process, which reads only what is new. Raises BadRun like `read_history`.
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
        if found.st_ino != history.file or found.st_size < history.offset:  # a resumed run drops what it will do again
            history.file, history.offset, history.records = found.st_ino, 0, []
        if found.st_size == history.offset:
            return
        with path.open("rb") as file:
            file.seek(history.offset)
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        history.file, history.offset, history.records = 0, 0, []
        return
    except OSError as error:
        raise BadRun(f"{path} cannot be read: {error.strerror}. Delete it.") from error
    if history.offset + len(data) > _MOST_BYTES:
        raise BadRun(f"{path} is foreign: it holds over {_MOST_BYTES / 1e6:g} MB. Delete it.")
    whole = data.rfind(b"\n") + 1
    history.records += _parse(path, data[:whole], len(history.records))
    history.offset += whole
