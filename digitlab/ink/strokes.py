"""Ink: pen strokes, the drawings made of them, and how they become a picture.

Ink is a list of strokes, each a list of `[x, y]` with y pointing down, in drawing order.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from PIL import Image, ImageDraw

from digitlab.errors import BadInk, BlankDrawing
from digitlab.formats import short

Ink = list[list[list[float]]]

CANVAS = 280
"""Side of the canvas that ink from the pad lies on, in canvas pixels."""

PEN_WIDTH = 18.0
"""The pen's width in canvas pixels unless another is chosen: about the stroke width of MNIST at this size."""

_THINNEST, _BROADEST = 1.0, 100.0
"""Pen widths in canvas pixels that are believed."""

MOST_POINTS = 20_000
"""More points than a hand draws: the limit keeps a foreign file or client from filling the memory."""

_LARGEST_CANVAS = 2_000_000
_MOST_PEN = MOST_POINTS * _BROADEST
_LONGEST_LINE = 400_000
"""What is drawn at most: pixels of a canvas; points × pen width, as 20,000 points with the broadest pen; and the length
of all lines in canvas pixels, many times that of a canvas painted full. Below all of them the costliest drawing takes
half a second of processor time; a pen of a million pixels alone takes half a minute."""

FARTHEST = 1e6
_DOT = 1e-9
"""A drawing that is smaller than this is a dot: there is nothing to scale."""

_OVERSAMPLING = 2


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Ink and the width of the pen that drew it, both in canvas pixels where it was drawn on a canvas."""

    ink: Ink
    pen_width: float = PEN_WIDTH


@dataclass(frozen=True, kw_only=True)
class LabelledDrawing(Drawing):
    """A drawing of which somebody has said what it is.

    digit: 0 to 9. writer: who drew it. donor: the collection that it came from; empty when it came from none.
    """

    digit: int
    writer: str = ""
    donor: str = ""


def check_ink(value: object) -> Ink:
    """The value as ink, with plain float coordinates and without empty strokes.

    Raises BadInk when it is not a list of lists of `[x, y]` finite numbers within ±1e6, or has over 20,000 points.
    """
    if not isinstance(value, list) or not all(isinstance(stroke, list) for stroke in value):
        raise BadInk(f"Ink must be a list of strokes, each a list of [x, y]; got {short(value)}.")
    points = max(sum(map(len, value)), len(value))  # strokes without points cost time, too
    if points > MOST_POINTS:
        raise BadInk(f"The drawing has {points} points; at most {MOST_POINTS} are read. Draw fewer or shorter strokes.")
    return [_check_stroke(stroke) for stroke in value if stroke]


def _check_stroke(stroke: list[Any]) -> list[list[float]]:
    numbers = _plain_numbers(stroke)
    if numbers is None:
        return [_check_point(point) for point in stroke]
    each = map(float, numbers)
    return list(map(list, zip(each, each, strict=True)))


def _plain_numbers(stroke: list[Any]) -> list[float] | None:
    """All coordinates in a row where they are pairs of plain, finite numbers in range, else None.

    Everything is looked at in C, several times as fast as by `_check_point`, which says what is wrong.
    """
    if not {list, tuple}.issuperset(map(type, stroke)) or set(map(len, stroke)) != {2}:
        return None
    numbers = list(itertools.chain.from_iterable(stroke))
    if not {int, float}.issuperset(map(type, numbers)):
        return None
    is_near = min(numbers) >= -FARTHEST and max(numbers) <= FARTHEST
    return numbers if is_near and not math.isnan(sum(numbers)) else None


def _check_point(point: object) -> list[float]:
    if isinstance(point, list | tuple) and len(point) == 2 and all(_is_number(c) for c in point):
        return [float(point[0]), float(point[1])]
    raise BadInk(f"A point of a stroke must be [x, y], two finite numbers; got {short(point)}.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FARTHEST


def is_pen_width(value: object) -> TypeGuard[float]:
    """Whether a value from outside is a number from 1 to 100."""
    return isinstance(value, int | float) and not isinstance(value, bool) and _THINNEST <= value <= _BROADEST


def check_pen_width(value: object) -> float:
    """The value as a pen width in canvas pixels. Raises BadInk when it is no number from 1 to 100."""
    if not is_pen_width(value):
        raise BadInk(f"The pen width is {short(value, 40)}; it must be a number from 1 to 100.")
    return float(value)


def nearest_pen_width(value: float) -> float:
    """The pen width from 1 to 100 that is nearest to what scaling made of one. Raises BadInk when it is no number."""
    return check_pen_width(min(max(value, _THINNEST), _BROADEST) if math.isfinite(value) else value)


def fit_ink(ink: Ink, length: float, centre: tuple[float, float] = (CANVAS / 2, CANVAS / 2)) -> Ink:
    """The ink moved and scaled evenly: the longer side of its bounding box becomes `length`, its middle `centre`.

    A drawing without extent only moves. Raises BlankDrawing when there is no point at all.
    """
    points = np.array([point for stroke in ink for point in stroke], dtype=np.float64).reshape(-1, 2)
    if not len(points):
        raise BlankDrawing("There is no ink in the drawing. Draw a digit first.")
    low, high = points.min(0), points.max(0)
    extent = float((high - low).max())
    scale = length / extent if extent > _DOT else 1.0
    middle = (low + high) / 2
    return [[[(x - middle[0]) * scale + centre[0], (y - middle[1]) * scale + centre[1]] for x, y in s] for s in ink]


def draw_ink(ink: Ink, pen_width: float = PEN_WIDTH, size: tuple[int, int] = (CANVAS, CANVAS)) -> np.ndarray:
    """A picture of the ink as a round pen leaves it: white on black.

    ink: coordinates in canvas pixels; what lies outside the canvas is not seen.
    pen_width: in canvas pixels.
    size: (width, height) of the canvas.
    Returns `uint8` of shape (2·height, 2·width): twice the canvas's resolution, so that edges stay fine when it
    is scaled down.
    Raises BadInk when this would take long: every drawing passes here, whoever sent it.
    """
    _check_cost(ink, pen_width, size)
    width, height = size
    picture = Image.new("L", (width * _OVERSAMPLING, height * _OVERSAMPLING), 0)
    pen = ImageDraw.Draw(picture)
    thickness = max(1, round(pen_width * _OVERSAMPLING))
    for stroke in ink:
        _draw_stroke(pen, [(x * _OVERSAMPLING, y * _OVERSAMPLING) for x, y in stroke], thickness)
    return np.asarray(picture)


def _check_cost(ink: Ink, pen_width: float, size: tuple[int, int]) -> None:
    """The cost of a drawing is that of its points, each a disc as large as the pen, of its lines, and of the canvas."""
    if not 0 <= pen_width <= _BROADEST:  # NaN is neither
        raise BadInk(f"The pen width is {short(pen_width, 40)}; at most {_BROADEST:g} is drawn. Choose a finer pen.")
    points = sum(map(len, ink))
    if points * pen_width > _MOST_PEN or points > 2 * MOST_POINTS:  # a fast hand's rounding doubles the points
        raise BadInk(f"The drawing has {points:,} points, too many to draw. Draw fewer or shorter strokes.")
    width, height = size
    if width * height > _LARGEST_CANVAS:
        raise BadInk(f"The canvas has {width:,}×{height:,} pixels; at most {_LARGEST_CANVAS:,} are drawn.")
    if (length := _length_seen(ink, width + height)) > _LONGEST_LINE:
        raise BadInk(
            f"The lines are {length:,.0f} pixels long, too long to draw; at most {_LONGEST_LINE:,} are drawn. Draw "
            "fewer or shorter strokes."
        )


def _length_seen(ink: Ink, most: int) -> float:
    """How long the lines are, in canvas pixels. most: that can be seen of the line between two points."""
    lines = itertools.chain.from_iterable(map(itertools.pairwise, ink))
    return sum(min(most, abs(x1 - x0) + abs(y1 - y0)) for (x0, y0), (x1, y1) in lines)


def _draw_stroke(pen: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], thickness: int) -> None:
    pen.line(points, fill=255, width=thickness)
    radius = thickness / 2
    for x, y in points:  # a disc at each point rounds ends and corners, five times faster than PIL's own joints
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
