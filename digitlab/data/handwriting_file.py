"""The file of the user's own drawings: read, and changed whole or not at all.

An ink file, one drawing a line, with further keys:
`{"id": "0f3a…", "digit": 7, "strokes": …, "writer": "me", "pen_width": 18.0, "part": "train", "made": "…"}`
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from digitlab.data import PartName
from digitlab.errors import BadInk
from digitlab.files import PART, saving, write_text
from digitlab.formats import short
from digitlab.ink.ink_file import parse_object, to_drawing, to_line
from digitlab.ink.strokes import LabelledDrawing, is_pen_width

_ID = re.compile("[0-9a-f]{8}|[0-9a-f]{16}")
_PARTS = (PartName.TRAIN, PartName.TEST)
"""What a drawing can be for; validation is drawn from `train` anew for each training."""

_PATIENCE = 10.0
"""Seconds to wait for another tab that is writing."""

_UNCHANGED = "Nothing was changed; give this account the right to write there."


@dataclass(frozen=True, kw_only=True)
class MyDrawing(LabelledDrawing):
    """A drawing of the user's own, in canvas pixels.

    id: 8 or 16 hexadecimal digits. part: `train` or `test`, decided when it was added. made: UTC, ISO 8601.
    """

    id: str
    part: PartName
    made: str


def handwriting_file(folder: Path) -> Path:
    """Where a data folder holds the user's drawings."""
    return folder / "mine" / "digits.jsonl"


def my_drawings(folder: Path) -> list[MyDrawing]:
    """All drawings of the user's own, the oldest first; none when there is no file.

    Raises BadInk, naming file and line, when it cannot be read or a line is torn or foreign.
    """
    path = handwriting_file(folder)
    stamp = file_stamp(folder)
    if stamp is None:
        return []
    try:
        return list(_read(path, stamp))
    except OSError as error:
        raise BadInk(f"{path} cannot be read: {error.strerror}. Give this account access to it.") from error


def is_told_now(folder: Path) -> bool:
    """Whether nobody was told yet where the drawings of this data folder lie. From now on it counts as told.

    Of several who ask at once, one is told; so is everyone when it cannot be written down.
    """
    try:
        handwriting_file(folder).with_name("told").touch(exist_ok=False)
    except FileExistsError:
        return False
    except OSError:
        return True
    return True


def file_stamp(folder: Path) -> tuple[int, ...] | None:
    """What changes with every change of the drawings; None when there is no file."""
    try:
        found = handwriting_file(folder).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _read(path: Path, stamp: tuple[int, ...]) -> tuple[MyDrawing, ...]:  # noqa: ARG001  part of the cache's key
    return tuple(parse_drawings(path.read_bytes(), str(path)))


def parse_drawings(content: bytes, name: str) -> list[MyDrawing]:
    """The drawings of such a file's content. name: of the file, for the error. Raises BadInk for a line that is bad."""
    lines = enumerate(content.split(b"\n"), start=1)
    return [_parse(line, f"{name}, line {number}") for number, line in lines if line.strip()]


def pen_width_and_part(further: Mapping[str, Any]) -> tuple[float, PartName] | None:
    """Pen width and part of a line that digitlab wrote, from its further keys; None for any other line."""
    try:
        _, width, part, _ = _facts(further, "")
    except BadInk:
        return None
    return width, part


def _parse(line: bytes, where: str) -> MyDrawing:
    value = parse_object(line, where)
    identity, width, part, made = _facts(value, where)
    drawing = to_drawing(value, where)
    return MyDrawing(
        id=identity,
        ink=drawing.ink,
        pen_width=width,
        digit=drawing.digit,
        writer=drawing.writer,
        donor=drawing.donor,
        part=part,
        made=made,
    )


def _facts(value: Mapping[str, Any], where: str) -> tuple[str, float, PartName, str]:
    """Id, pen width, part and time of a line. Raises BadInk when one of them is not as digitlab writes it."""
    identity, width, part, made = (value.get(key) for key in ("id", "pen_width", "part", "made"))
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise BadInk(f"{where}: id is {short(identity)}; it must be 8 or 16 hexadecimal digits. Mend the line.")
    if not is_pen_width(width):
        raise BadInk(f"{where}: pen_width is {short(width)}; it must be a number from 1 to 100.")
    if part not in _PARTS or not _is_time(made):
        raise BadInk(f"{where}: part is {short(part)} and made {short(made)}; write train or test, and a time.")
    return identity, float(width), PartName(str(part)), str(made)


def _is_time(value: object) -> bool:
    """Whether a value is a time as ISO 8601 writes it."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def change_drawings(folder: Path, change: Callable[[list[MyDrawing]], Sequence[MyDrawing]]) -> None:
    """Replace the drawings by what `change` makes of them; two that change them at once follow one another.

    Raises NotSaved when the disk is full or the folder cannot be written, and whatever reading and `change` raise;
    the old file then stays as it was.
    """
    path = handwriting_file(folder)
    with saving(path, _UNCHANGED):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / ".lock", timeout=_PATIENCE):  # its Timeout is an OSError
            for leftover in path.parent.glob(f".{path.name}-*{PART}"):
                leftover.unlink()
            drawings = change(my_drawings(folder))
            write_text(path, "".join(map(full_line, drawings)), _UNCHANGED)


def full_line(drawing: MyDrawing) -> str:
    """The drawing as a line of an ink file, with all that is known of it."""
    return to_line(drawing, id=drawing.id, pen_width=drawing.pen_width, part=str(drawing.part), made=drawing.made)
