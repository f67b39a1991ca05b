"""A picture of several digits, taken apart: lines of writing, and in each the pieces that digits are made of.

A piece is never more than one digit, unless digits touch; a digit may be several pieces, as a 5 with a separate bar.
Which pieces belong together is for a reader to say (`digitlab.numbers`).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from digitlab.errors import BadPicture, BlankDrawing
from digitlab.formats import count

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels of the picture; right and bottom lie outside."""

_FAINT = 0.25
"""Share of the strongest ink below which a pixel connects nothing: the soft edges of strokes that only come close."""

_SPECK = 0.15
"""What is shorter and narrower than this share of its line's height is a speck."""

_SAME_LINE = 0.3
_WIDE = 0.85
_USUAL = 0.65
_NARROWEST = 0.25
"""As shares of the line's height: how wide a piece must be to be cut, a digit usually, and what is cut off at least."""

_MOST_CUTS = 6

_MOST_MARKS = 1000
"""Connected parts of a picture, specks among them. Noise and printed pages have thousands, and telling them apart would
take seconds."""


@dataclass(frozen=True)
class Piece:
    """A part of the picture: where it is, and its ink alone, `uint8` of the box's shape."""

    box: Box
    ink: np.ndarray

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]


@dataclass(frozen=True)
class Line:
    """Pieces of one line of writing from left to right, and the height of its digits in pixels."""

    pieces: Sequence[Piece]
    height: int


def find_lines(ink: np.ndarray) -> list[Line]:
    """The lines of writing in a grey picture, `uint8` of shape (height, width), white ink on black; top to bottom.

    Raises BlankDrawing when there is no ink, BadPicture when there are over 1,000 marks: that is no writing.
    """
    connected = _connected(ink)
    if not connected:
        raise BlankDrawing("There is no ink in the drawing. Draw a digit first.")
    return [_line(pieces) for pieces in by_line(connected)]


def join_pieces(pieces: Sequence[Piece]) -> Piece:
    """Several pieces as one."""
    left, top = min(p.box[0] for p in pieces), min(p.box[1] for p in pieces)
    right, bottom = max(p.box[2] for p in pieces), max(p.box[3] for p in pieces)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for piece in pieces:
        x, y = piece.box[0] - left, piece.box[1] - top
        under = ink[y : y + piece.height, x : x + piece.width]
        np.maximum(under, piece.ink, out=under)
    return Piece((left, top, right, bottom), ink)


def _connected(ink: np.ndarray) -> list[Piece]:
    """The connected parts of the ink, each with the soft edges that are its own."""
    labels, marks = ndimage.label(ink > _FAINT * ink.max(), np.ones((3, 3)))
    if marks > _MOST_MARKS:
        raise BadPicture(
            f"The picture holds {count(marks)} separate marks. That is noise or a page of text, not a number. Crop it "
            "to the digits, or photograph them closer and in even light."
        )
    pieces = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        box = (columns.start, rows.start, columns.stop, rows.stop)
        pieces.append(Piece(box, np.where(labels[rows, columns] == number, ink[rows, columns], 0)))
    return pieces


def by_line(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces parted into lines, from top to bottom; those of a line come in no order.

    A piece that overlaps in height with what is already on a line belongs to it; the tallest pieces make the lines.
    """
    lines: list[tuple[int, int, list[Piece]]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.height):
        top, bottom = piece.box[1], piece.box[3]
        shared = [min(bottom, low) - max(top, high) for high, low, _ in lines]
        best = int(np.argmax(shared)) if shared else -1
        if shared and shared[best] >= _SAME_LINE * piece.height:
            lines[best][2].append(piece)
        elif (
            shared and piece.height < 0.5 * lines[best][2][0].height and -shared[best] < 0.3 * lines[best][2][0].height
        ):
            lines[best][2].append(piece)  # a bar that floats above its digit
        else:
            lines.append((top, bottom, [piece]))
    return [pieces for _, _, pieces in sorted(lines, key=lambda line: line[0])]


def _line(pieces: Sequence[Piece]) -> Line:
    tallest = max(piece.height for piece in pieces)
    height = int(np.median([piece.height for piece in pieces if piece.height > 0.5 * tallest]))
    large = [piece for piece in pieces if max(piece.width, piece.height) > _SPECK * height]
    cut = [part for piece in large for part in _cut(piece, height)]
    return Line(sorted(cut, key=lambda piece: (piece.box[0] + piece.box[2], piece.box[1])), height)


def _cut(piece: Piece, height: int) -> list[Piece]:
    """A piece that is wide enough for two digits, cut where the least ink is and into even parts; or as it is."""
    if piece.width < _WIDE * height or piece.height < 0.5 * height:
        return [piece]
    least = max(1, round(_NARROWEST * height))
    even = np.linspace(0, piece.width, max(2, round(piece.width / (_USUAL * height))) + 1)[1:-1]
    edges = [0, *sorted({*_valleys(piece.ink, least), *np.rint(even).astype(int).tolist()}), piece.width]
    parts = [_part(piece, left, right) for left, right in itertools.pairwise(edges)]
    return [part for part in parts if part is not None]


def _valleys(ink: np.ndarray, least: int) -> list[int]:
    """Columns with the least ink in their neighbourhood, at least so many pixels from each other and the edges."""
    amount = ndimage.uniform_filter1d(ink.sum(0, dtype=np.float64), max(1, least // 4))
    order = np.argsort(amount[least : ink.shape[1] - least], kind="stable") + least
    found: list[int] = []
    for column in order.tolist():
        near = amount[max(0, column - least) : column + least + 1]
        if amount[column] <= near.min() + 1e-9 and all(abs(column - other) >= least for other in found):
            found.append(column)
        if len(found) == _MOST_CUTS:
            break
    return sorted(found)


def _part(piece: Piece, left: int, right: int) -> Piece | None:
    """The columns of a piece as a piece of their own; None where they hold no ink."""
    ink = piece.ink[:, left:right]
    rows = np.flatnonzero(ink.any(1))
    if not len(rows):
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    x, y = piece.box[0], piece.box[1]
    return Piece((x + left, y + top, x + right, y + bottom), ink[top:bottom])
