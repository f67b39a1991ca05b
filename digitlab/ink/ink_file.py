"""Ink files: gzip or plain JSON lines, one labelled drawing a line.

`{"digit": 7, "strokes": [[[x, y], …], …], "writer": "…"}`; further keys are allowed.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitlab.errors import BadInk
from digitlab.files import write_bytes
from digitlab.formats import printable
from digitlab.ink.line_reader import LARGEST, numbered_lines
from digitlab.ink.strokes import Drawing, Ink, LabelledDrawing, check_ink

_KEYS = {"digit", "strokes", "writer", "donor"}

MOST_DRAWINGS = 100_000
MOST_POINTS = 1_200_000
"""Drawings of a file, and points of all of them together: more than any such file holds today. In memory a point takes
twelve times as many bytes as in a file, and ten thousand times as many as in a packed one."""

_COMMAS_BESIDE = 40
"""In a line, at most, of what is no point."""

_LONGEST_NAME = 300
_LONGEST_FURTHER = 100
_MOST_FURTHER = 16
"""Characters of a writer's name; keys beside the usual ones that are held, and characters of such a value."""


@dataclass(frozen=True)
class InkLine:
    """A line of an ink file: the drawing, and of its further keys those that hold a number or a short text."""

    drawing: LabelledDrawing
    further: Mapping[str, Any] = field(default_factory=dict)


def read_ink_file(source: Path | bytes, name: str | None = None) -> list[LabelledDrawing]:
    """All drawings of a file, in order. source, name and errors: as in `read_ink_lines`."""
    return [line.drawing for line in read_ink_lines(source, name)]


def read_ink_lines(source: Path | bytes, name: str | None = None) -> list[InkLine]:
    """All lines of a file that hold a drawing, in order.

    source: the file, or its content. name: what errors call it (default: the path).
    Raises BadInk, naming file and line, when the file is missing, damaged, empty, too large or holds something else.
    """
    name = printable(name or ("the ink file" if isinstance(source, bytes) else str(source)), _LONGEST_NAME)
    lines = list(numbered_lines(source, name, MOST_DRAWINGS))
    _check_amount([line for _, line in lines], name)
    read = list(counted((_parse(line, f"{name}, line {number}") for number, line in lines), name))
    if not read:
        raise BadInk(f"{name} holds no drawing. Name an ink file with one JSON object a line.")
    return read


def _check_amount(lines: Sequence[bytes], name: str) -> None:
    """Refuse by a look at the bytes what would take seconds to parse before it is found to be too much.

    A point has a comma inside, and all but the last of a drawing's one behind it. Raises BadInk for too many points.
    """
    if sum(line.count(b",") for line in lines) > 2 * MOST_POINTS + _COMMAS_BESIDE * len(lines):
        raise BadInk(_too_many_points(name))


def _too_many_points(name: str) -> str:
    return f"{name} holds over {MOST_POINTS:,} points. Split the file."


def counted(lines: Iterable[InkLine], name: str) -> Iterator[InkLine]:
    """The same lines, as long as they hold no more points than are read. Raises BadInk beyond that."""
    points = 0
    for line in lines:
        points += points_of(line.drawing)
        if points > MOST_POINTS:
            raise BadInk(_too_many_points(name))
        yield line


def points_of(drawing: Drawing) -> int:
    """How many points a drawing has."""
    return sum(map(len, drawing.ink))


def write_ink_file(path: Path, drawings: Sequence[LabelledDrawing]) -> None:
    """Write drawings, whole or not at all; packed by gzip when the name ends in `.gz`, always to the same bytes.

    Raises BadInk when there are none or more than `read_ink_file` takes, NotSaved when the file cannot be written.
    """
    text = "".join(map(to_line, drawings)).encode()
    points = sum(map(points_of, drawings))
    if not drawings or len(drawings) > MOST_DRAWINGS or len(text) > LARGEST or points > MOST_POINTS:
        raise BadInk(
            f"{path} would hold {len(drawings):,} drawings with {points:,} points in {len(text) / 1e6:.0f} MB; it must "
            f"be 1 to {MOST_DRAWINGS:,} with {MOST_POINTS:,} in {LARGEST // 1_000_000} MB. Split them."
        )
    packed = gzip.compress(text, mtime=0) if path.suffix == ".gz" else text
    write_bytes(path, packed, remedy="Name a file in a folder that can be.")


def to_line(drawing: LabelledDrawing, **further: object) -> str:
    """A drawing as a line of an ink file. further: keys beside the usual ones."""
    strokes = [[[_short_number(c) for c in point] for point in stroke] for stroke in drawing.ink]
    donor = {"donor": drawing.donor} if drawing.donor else {}
    value = {"digit": drawing.digit, **donor, "writer": drawing.writer, "strokes": strokes, **further}
    return json.dumps(value, separators=(",", ":")) + "\n"


def _short_number(value: float) -> float:
    return int(value) if value == int(value) else value


def _parse(line: bytes, where: str) -> InkLine:
    value = parse_object(line, where)
    further = {key: one for key, one in value.items() if key not in _KEYS and _is_small(key) and _is_small(one)}
    return InkLine(to_drawing(value, where), further if len(further) <= _MOST_FURTHER else {})


def _is_small(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _LONGEST_FURTHER)


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
    ink = to_ink(value, where)
    return LabelledDrawing(ink=ink, digit=digit, writer=_name(value, "writer"), donor=_name(value, "donor"))


def to_ink(value: Mapping[str, Any], where: str) -> Ink:
    """The strokes of a line's object. Raises BadInk when they are no ink, or none."""
    try:
        ink = check_ink(value["strokes"])
    except BadInk as error:
        raise BadInk(f"{where}: {error}") from error
    if not ink:
        raise BadInk(f"{where}: the drawing has no strokes. Remove the line.")
    return ink


def _name(value: Mapping[str, Any], key: str) -> str:
    """A name in a line; what is no text counts as none."""
    name = value.get(key)
    return printable(name, _LONGEST_NAME) if isinstance(name, str) else ""
