"""The file of the user's own drawings: read, and changed whole or not at all.

An ink file, one drawing a line, with further keys:
`{"id": "0f3a…", "digit": 7, "strokes": …, "writer": "me", "pen_width": 18.0, "part": "train", "made": "…"}`
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeGuard

from filelock import FileLock

from digitlab.data.ink_file import Drawing, parse_object, to_drawing, to_line
from digitlab.data.part_names import PartName
from digitlab.errors import BadInk, NotSaved
from digitlab.files import PART, write_text

_THINNEST, _BROADEST = 1.0, 100.0
"""Pen widths in canvas pixels that are believed."""

_ID = re.compile("[0-9a-f]{8}")
_PARTS = (PartName.TRAIN, PartName.TEST)
"""What a drawing can be kept for; validation is drawn from `train` anew for each training."""

_PATIENCE = 10.0
"""Seconds to wait for another tab that is writing."""


@dataclass(frozen=True)
class KeptDrawing:
    """A drawing in canvas pixels, and what is known of it.

    pen_width: in canvas pixels. part: `train` or `test`, decided when it was kept. made: UTC, ISO 8601.
    """

    id: str
    drawing: Drawing
    pen_width: float
    part: PartName
    made: str


def is_pen_width(value: object) -> TypeGuard[float]:
    """Whether a value from outside is a number from 1 to 100."""
    return isinstance(value, int | float) and not isinstance(value, bool) and _THINNEST <= value <= _BROADEST


def mine_file(folder: Path) -> Path:
    """Where a data folder keeps the user's drawings."""
    return folder / "mine" / "digits.jsonl"


def kept_drawings(folder: Path) -> list[KeptDrawing]:
    """All kept drawings, the oldest first; none when there is no file.

    Raises BadInk, naming file and line, when it cannot be read or a line is torn or foreign.
    """
    path = mine_file(folder)
    stamp = file_stamp(folder)
    if stamp is None:
        return []
    try:
        return list(_read(path, stamp))
    except OSError as error:
        raise BadInk(f"{path} cannot be read: {error.strerror}. Give this account access to it.") from error


def file_stamp(folder: Path) -> tuple[int, ...] | None:
    """What changes with every change of the kept drawings; None when there is no file."""
    try:
        found = mine_file(folder).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _read(path: Path, stamp: tuple[int, ...]) -> tuple[KeptDrawing, ...]:  # noqa: ARG001  part of the cache's key
    lines = enumerate(path.read_bytes().split(b"\n"), start=1)
    return tuple(_parse(line, f"{path}, line {number}") for number, line in lines if line.strip())


def kept_facts(further: Mapping[str, Any]) -> tuple[float, PartName] | None:
    """Pen width and part of a line that digitlab wrote, from its further keys; None for any other line."""
    try:
        _, width, part, _ = _facts(further, "")
    except BadInk:
        return None
    return width, part


def _parse(line: bytes, where: str) -> KeptDrawing:
    value = parse_object(line, where)
    identity, width, part, made = _facts(value, where)
    return KeptDrawing(identity, to_drawing(value, where), width, part, made)


def _facts(value: Mapping[str, Any], where: str) -> tuple[str, float, PartName, str]:
    """Id, pen width, part and time of a kept line. Raises BadInk when one of them is not as digitlab writes it."""
    identity, width, part, made = (value.get(key) for key in ("id", "pen_width", "part", "made"))
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise BadInk(f"{where}: id is {identity!r:.60}; it must be 8 hexadecimal digits. Mend or remove the line.")
    if not is_pen_width(width):
        raise BadInk(f"{where}: pen_width is {width!r:.60}; it must be a number from 1 to 100.")
    if part not in _PARTS or not isinstance(made, str):
        raise BadInk(f"{where}: part is {part!r:.60} and made {made!r:.60}; write train or test, and a time.")
    return identity, float(width), PartName(str(part)), made


def change_kept(folder: Path, change: Callable[[list[KeptDrawing]], Sequence[KeptDrawing]]) -> None:
    """Replace the kept drawings by what `change` makes of them; two that change them at once follow one another.

    Raises NotSaved when the disk is full or the folder cannot be written, and whatever reading and `change` raise;
    the old file then stays as it was.
    """
    path = mine_file(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / ".lock", timeout=_PATIENCE):
            for leftover in path.parent.glob(f".{path.name}-*{PART}"):
                leftover.unlink()
            drawings = change(kept_drawings(folder))
            write_text(path, "".join(map(kept_line, drawings)))
    except OSError as error:  # filelock's Timeout is one, too
        reason = error.strerror or str(error).rstrip(".")
        raise NotSaved(f"{path} cannot be written: {reason}. Nothing was changed; make room or give access.") from error


def kept_line(kept: KeptDrawing) -> str:
    """The drawing as a line of an ink file, with all that is kept of it."""
    return to_line(kept.drawing, id=kept.id, pen_width=kept.pen_width, part=str(kept.part), made=kept.made)
