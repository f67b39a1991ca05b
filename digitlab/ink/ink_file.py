"""Ink files: gzip or plain JSON lines, one labelled drawing a line.

`{"digit": 7, "strokes": [[[x, y], …], …], "writer": "…"}`; further keys are allowed.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from digitlab.errors import BadInk, NotSaved
from digitlab.files import write_bytes
from digitlab.ink.strokes import LabelledDrawing, check_ink

_KEYS = {"digit", "strokes", "writer", "donor"}
_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST_LINE = 4_000_000
_LARGEST = 64_000_000
"""Bytes after unpacking: a gzip file of 1 MB can claim a thousand times as much, and becomes far more in memory."""

MOST_DRAWINGS = 200_000
"""More drawings than any such file holds today; the limit keeps a hostile file from filling the memory."""


@dataclass(frozen=True)
class InkLine:
    """A line of an ink file: the drawing, and all further keys with whatever they hold."""

    drawing: LabelledDrawing
    further: Mapping[str, Any] = field(default_factory=dict)


def read_ink_file(source: Path | bytes, name: str | None = None) -> list[LabelledDrawing]:
    """All drawings of a file, in order. source, name and errors: as in `read_ink_lines`."""
    return [line.drawing for line in read_ink_lines(source, name)]


def read_ink_lines(source: Path | bytes, name: str | None = None) -> list[InkLine]:
    """All lines of a file that hold a drawing, in order.

    source: the file, or its content. name: what errors call it (default: the path).
    Raises BadInk, naming file and line, when the file is missing, damaged, empty or holds something else.
    """
    name = name or ("the ink file" if isinstance(source, bytes) else str(source))
    try:
        with _open(source) as lines:
            read = [_parse(line, f"{name}, line {number}") for number, line in _numbered(lines, name)]
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInk(f"{name} cannot be read: {reason}. Name an ink file: JSON lines, plain or gzip.") from error
    if not read:
        raise BadInk(f"{name} holds no drawing. Name an ink file with one JSON object a line.")
    return read


def write_ink_file(path: Path, drawings: Sequence[LabelledDrawing]) -> None:
    """Write drawings, whole or not at all; packed by gzip when the name ends in `.gz`, always to the same bytes.

    Raises BadInk when there are none or more than `read_ink_file` takes, NotSaved when the file cannot be written.
    """
    text = "".join(map(to_line, drawings)).encode()
    if not drawings or len(drawings) > MOST_DRAWINGS or len(text) > _LARGEST:
        raise BadInk(
            f"{path} would hold {len(drawings):,} drawings in {len(text) / 1e6:.0f} MB; it must be 1 to "
            f"{MOST_DRAWINGS:,} in {_LARGEST // 1_000_000} MB. Split them."
        )
    try:
        write_bytes(path, gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
    except OSError as error:
        raise NotSaved(f"{path} cannot be written: {error.strerror}. Name a file in a folder that can be.") from error


def to_line(drawing: LabelledDrawing, **further: object) -> str:
    """A drawing as a line of an ink file. further: keys beside the usual ones."""
    strokes = [[[_short_number(c) for c in point] for point in stroke] for stroke in drawing.ink]
    donor = {"donor": drawing.donor} if drawing.donor else {}
    value = {"digit": drawing.digit, **donor, "writer": drawing.writer, "strokes": strokes, **further}
    return json.dumps(value, separators=(",", ":")) + "\n"


def _short_number(value: float) -> float:
    return int(value) if value == int(value) else value


def _open(source: Path | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        content = io.BytesIO(source)
        return cast(BinaryIO, gzip.open(content)) if source.startswith(_GZIP_MAGIC) else content
    with source.open("rb") as file:
        packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    return cast(BinaryIO, gzip.open(source)) if packed else source.open("rb")


def _numbered(lines: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    number = size = 0
    while line := lines.readline(_LONGEST_LINE + 1):
        number, size = number + 1, size + len(line)
        if size > _LARGEST:
            raise BadInk(f"{name} holds over {_LARGEST // 1_000_000} MB of text, unpacked. Split the file.")
        if len(line) > _LONGEST_LINE or number > MOST_DRAWINGS:
            raise BadInk(
                f"{name}, line {number}: at most {MOST_DRAWINGS:,} lines of {_LONGEST_LINE // 1_000_000} MB each are "
                "read. Split the file."
            )
        if line.strip():
            yield number, line


def _parse(line: bytes, where: str) -> InkLine:
    value = parse_object(line, where)
    return InkLine(to_drawing(value, where), {key: value[key] for key in value.keys() - _KEYS})


def parse_object(line: bytes, where: str) -> dict[str, Any]:
    """The JSON object of a line. where: what errors call it, file and line. Raises BadInk when it is no drawing."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInk(f"{where}: not a JSON object. An ink file has one drawing a line.") from error
    if not isinstance(value, dict) or "strokes" not in value:
        raise BadInk(f"{where}: no drawing. Each line needs the keys digit, strokes and writer.")
    return value


def to_drawing(value: dict[str, Any], where: str) -> LabelledDrawing:
    """The drawing of a line's object. Raises BadInk for a bad digit, for strokes that are no ink, and for none."""
    digit = value.get("digit")
    if not isinstance(digit, int) or isinstance(digit, bool) or not 0 <= digit <= 9:
        raise BadInk(f"{where}: digit is {digit!r:.60}; it must be a whole number from 0 to 9.")
    try:
        ink = check_ink(value["strokes"])
    except BadInk as error:
        raise BadInk(f"{where}: {error}") from error
    if not ink:
        raise BadInk(f"{where}: the drawing has no strokes. Remove the line.")
    return LabelledDrawing(ink=ink, digit=digit, writer=str(value.get("writer", "")), donor=str(value.get("donor", "")))
