"""Several digits read in order: which pieces of the writing make a digit is decided by how well they read together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitlab.errors import BadPicture
from digitlab.image.prepare import prepare_grey
from digitlab.image.segment import Box, Line, Piece, by_line, find_lines, join_pieces
from digitlab.reading.predictor import Predictor, Reading

_MOST_PIECES = 6
_WIDEST = 1.7
_FURTHEST = 0.45
"""What may be one digit: so many pieces, a width and a gap between neighbours as shares of the line's height."""

_MOST_DIGITS = 60
_MOST_GROUPS = 180
"""Pieces of a picture, and groups of them that might be a digit: a model is asked about each group, which takes
`champion` some 11 ms."""

_SMALL = 0.5
_SMALL_COSTS, _GAP_COSTS, _CUT_COSTS = 2.5, 4.0, 2.0
"""Off a digit's log probability: for being under half as tall as its line, for a gap inside (times the gap as a share
of the line's height), and for each cut through ink."""

_CHANCE, _LEAST = 0.1, 1e-4
"""A probability of one in ten says nothing, so it counts as none; and none counts as this."""


@dataclass(frozen=True)
class FoundDigit:
    """A digit in a picture: where, and as an image, `uint8` of shape (28, 28). line: counted from 0."""

    box: Box
    image: np.ndarray
    line: int


@dataclass(frozen=True)
class _Group:
    """Neighbouring pieces, from `first` up to `end`, that may be one digit, and how well they would do."""

    first: int
    end: int
    piece: Piece
    image: np.ndarray
    score: float = 0.0


def find_number(ink: np.ndarray, reader: Predictor) -> list[FoundDigit]:
    """The digits in a picture, line by line from left to right.

    ink: grey, `uint8` of shape (height, width), white ink on black. reader: decides what belongs together.
    Raises BlankDrawing when there is no ink, BadPicture when there is far more of it than a number has; then the model
    is not asked at all.
    """
    found = []
    for number, (line, groups) in enumerate(_grouped(find_lines(ink))):
        best = _best(line, _scored(groups, line, reader))
        found += [FoundDigit(group.piece.box, group.image, number) for group in best]
    return found


def _grouped(lines: Sequence[Line]) -> list[tuple[Line, list[_Group]]]:
    """Each line with the groups that may be a digit. Raises BadPicture when there are too many."""
    pieces = sum(len(line.pieces) for line in lines)
    if pieces > _MOST_DIGITS:
        raise BadPicture(
            f"The picture holds {pieces:,} marks that could be digits; at most {_MOST_DIGITS} are read. Crop it to the "
            "digits. If it shows no digits, take another picture."
        )
    grouped: list[tuple[Line, list[_Group]]] = []
    left = _MOST_GROUPS
    for line in lines:
        groups = _groups(line)
        left -= len(groups)
        if left < 0:
            raise BadPicture("The picture's marks lie too close to be told apart. Crop it to fewer digits.")
        grouped.append((line, groups))
    return grouped


def cut_out(ink: np.ndarray, boxes: Sequence[Box]) -> list[FoundDigit]:
    """The digits in boxes that somebody drew, line by line from left to right; a box without ink holds none.

    ink: as in `find_number`. boxes: may reach over the picture's edge, or lie beside it.
    """
    pieces = [Piece(box, _inside(ink, box)) for box in boxes]
    lines = by_line([piece for piece in pieces if piece.ink.any()])
    return [
        FoundDigit(piece.box, prepare_grey(piece.ink).image, number)
        for number, line in enumerate(lines)
        for piece in sorted(line, key=lambda piece: piece.box[0] + piece.box[2])
    ]


def _inside(ink: np.ndarray, box: Box) -> np.ndarray:
    left, top, right, bottom = (max(0, side) for side in box)  # a negative end would count from the far edge
    return ink[top:bottom, left:right]


def read_number(digits: Sequence[FoundDigit], model: Predictor) -> list[Reading]:
    """What a model reads in each digit."""
    return model.read_all(np.stack([digit.image for digit in digits])) if digits else []


def as_text(digits: Sequence[FoundDigit], readings: Sequence[Reading]) -> str:
    """The digits in order; lines are parted by a space."""
    text = ""
    for index, (digit, reading) in enumerate(zip(digits, readings, strict=True)):
        text += " " if index and digit.line != digits[index - 1].line else ""
        text += str(reading.digit)
    return text


def _best(line: Line, groups: Sequence[_Group]) -> list[_Group]:
    """The division of a line into digits with the highest product of probabilities (dynamic programming)."""
    best: list[tuple[float, list[_Group]]] = [(0.0, [])]
    for end in range(1, len(line.pieces) + 1):
        options = [(best[g.first][0] + g.score, [*best[g.first][1], g]) for g in groups if g.end == end]
        best.append(max(options, key=lambda option: option[0]))
    return best[-1][1]


def _groups(line: Line) -> list[_Group]:
    groups = []
    for first in range(len(line.pieces)):
        for end in range(first + 1, min(len(line.pieces), first + _MOST_PIECES) + 1):
            pieces = line.pieces[first:end]
            if end - first > 1 and not _may_be_one(pieces, line.height):
                continue
            piece = join_pieces(pieces)
            groups.append(_Group(first, end, piece, prepare_grey(piece.ink).image))
    return groups


def _may_be_one(pieces: Sequence[Piece], height: int) -> bool:
    joined = join_pieces(pieces)
    return joined.width <= _WIDEST * height and _gap(pieces) <= _FURTHEST * height


def _gap(pieces: Sequence[Piece]) -> float:
    """The widest empty stretch of columns between the pieces, in pixels."""
    reached, widest = pieces[0].box[2], 0
    for piece in sorted(pieces, key=lambda piece: piece.box[0])[1:]:
        widest = max(widest, piece.box[0] - reached)
        reached = max(reached, piece.box[2])
    return widest


def _scored(groups: Sequence[_Group], line: Line, reader: Predictor) -> list[_Group]:
    readings = reader.read_all(np.stack([group.image for group in groups]))
    scored = []
    for group, reading in zip(groups, readings, strict=True):
        pieces = line.pieces[group.first : group.end]
        score = math.log(max(_LEAST, (float(reading.probabilities.max()) - _CHANCE) / (1 - _CHANCE)))
        score -= _GAP_COSTS * _gap(pieces) / line.height
        score -= _SMALL_COSTS * (group.piece.height < _SMALL * line.height)
        score -= _CUT_COSTS * _is_cut(line.pieces, group.end)
        scored.append(_Group(group.first, group.end, group.piece, group.image, score))
    return scored


def _is_cut(pieces: Sequence[Piece], end: int) -> bool:
    """Whether a group that ends here was parted from the next piece by a cut through ink."""
    return end < len(pieces) and pieces[end - 1].box[2] == pieces[end].box[0]
