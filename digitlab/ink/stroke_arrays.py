"""Many drawings as arrays, so that changing and rendering them costs a few array operations and no loop."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitlab.errors import BlankDrawing
from digitlab.ink.strokes import Ink

_LONGEST = 0.12
"""A longer line between two points, as a share of its drawing, is divided: only points can bend."""


@dataclass(frozen=True)
class Strokes:
    """The points of all drawings in a row, each drawing scaled evenly so that its longer side is 1.

    points: `float32` of shape (P, 2), the middle of each drawing's bounding box at 0, 0; y points down.
    stroke: the stroke of each point, counted through all drawings, rising; shape (P,).
    drawing: the drawing of each stroke, rising; shape (S,).
    width: how wide the line from each point is, as a share of the drawing's pen; `float32` of shape (P,), above 0.
    """

    points: np.ndarray
    stroke: np.ndarray
    drawing: np.ndarray
    width: np.ndarray

    @property
    def drawings(self) -> int:
        """How many drawings there are."""
        return int(self.drawing[-1]) + 1 if len(self.drawing) else 0

    @property
    def first(self) -> np.ndarray:
        """The first point of each stroke, shape (S,)."""
        return np.searchsorted(self.stroke, np.arange(len(self.drawing)))

    @property
    def next(self) -> np.ndarray:
        """The point that each point's line leads to, shape (P,); the last of a stroke leads to itself."""
        here = np.arange(len(self.stroke))
        following = np.minimum(here + 1, len(here) - 1)
        return np.where(self.stroke[following] == self.stroke, following, here)


def as_strokes(inks: Sequence[Ink]) -> Strokes:
    """Drawings as arrays, without strokes that have no point. Raises BlankDrawing for a drawing without any."""
    if not all(map(any, inks)):
        raise BlankDrawing("There is no ink in the drawing. Draw a digit first.")
    strokes = [(number, stroke) for number, ink in enumerate(inks) for stroke in ink if stroke]
    drawing = np.array([number for number, _ in strokes], np.int64)
    stroke = np.repeat(np.arange(len(strokes)), [len(points) for _, points in strokes])
    flat = itertools.chain.from_iterable(itertools.chain.from_iterable(points) for _, points in strokes)
    points = np.fromiter(flat, np.float64).reshape(-1, 2)
    return _divide(Strokes(_scale(points, drawing[stroke]), stroke, drawing, np.ones(len(points), np.float32)))


def _scale(points: np.ndarray, drawing: np.ndarray) -> np.ndarray:
    first = np.searchsorted(drawing, np.arange(drawing[-1] + 1 if len(drawing) else 0))
    low, high = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    extent = (high - low).max(1)
    extent[extent < 1e-9] = 1.0  # a dot has no size to scale
    return ((points - ((low + high) / 2)[drawing]) / extent[drawing][:, None]).astype(np.float32)


def _divide(strokes: Strokes) -> Strokes:
    """The same lines with a point at least every `_LONGEST`."""
    way = strokes.points[strokes.next] - strokes.points
    pieces = np.maximum(1, np.ceil(np.hypot(*way.T) / _LONGEST)).astype(np.int64)
    start = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(start)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = (step / pieces[start]).astype(np.float32)
    points = strokes.points[start] + share[:, None] * way[start]
    return Strokes(points, strokes.stroke[start], strokes.drawing, strokes.width[start])
