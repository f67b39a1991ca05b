"""The same drawings as other hands might write them: slant, proportion, wobble, and how fast the pen went."""

import math
from dataclasses import replace

import numpy as np

from digitlab.ink.stroke_arrays import Strokes

_SLANT, _ASPECT, _TURN = 0.12, 0.12, math.radians(4)
"""Standard deviations of shear, of the logarithm of width by height, and of the turn in radians."""

_ASTRAY, _WOBBLE = 0.015, 0.01
"""Standard deviations of a stroke's shift and of each bend along it, as shares of the drawing."""

_BENDS = 4

_FAST = 0.5
"""The share of hands that are fast, and so round their corners."""


def other_hands(strokes: Strokes, random: np.random.Generator) -> Strokes:
    """Each drawing in another hand, as many as there are."""
    is_fast = random.random(strokes.drawings) < _FAST
    changed = _change_form(strokes, random)
    written = replace(strokes, points=changed + _stray(strokes, random))
    return replace(written, points=_round_corners(written, is_fast))


def _change_form(strokes: Strokes, random: np.random.Generator) -> np.ndarray:
    """Points slanted, widened or narrowed, and turned, alike in all of a drawing."""
    count = strokes.drawings
    slant, aspect, turn = (random.normal(0, spread, count) for spread in (_SLANT, _ASPECT, _TURN))
    cos, sin, wide = np.cos(turn), np.sin(turn), np.exp(aspect)
    form = np.array([[wide * cos, wide * sin], [slant * cos - sin, slant * sin + cos]], np.float32)
    each = form[:, :, strokes.drawing[strokes.stroke]]
    x, y = strokes.points.T
    return np.stack([x * each[0, 0] + y * each[1, 0], x * each[0, 1] + y * each[1, 1]], axis=1)


def _stray(strokes: Strokes, random: np.random.Generator) -> np.ndarray:
    """How far each point is moved: a stroke shifts as a whole, and bends by a smooth random walk along it."""
    count = len(strokes.drawing)
    shift = random.normal(0, _ASTRAY, (count, 2)).astype(np.float32)
    knots = shift[:, None] + random.normal(0, _WOBBLE, (count, _BENDS + 1, 2)).astype(np.float32).cumsum(1)
    along = _along(strokes) * _BENDS
    knot = np.minimum(along.astype(np.int64), _BENDS - 1)
    part = (along - knot.astype(np.float32))[:, None]
    return knots[strokes.stroke, knot] * (1 - part) + knots[strokes.stroke, knot + 1] * part


def _along(strokes: Strokes) -> np.ndarray:
    """How far along its stroke each point lies, 0 at the first and 1 at the last."""
    first = strokes.first
    place = np.arange(len(strokes.stroke)) - first[strokes.stroke]
    last = np.maximum(1, np.diff([*first, len(place)]) - 1)
    return (place / last[strokes.stroke]).astype(np.float32)


def _round_corners(strokes: Strokes, is_fast: np.ndarray) -> np.ndarray:
    """The points of fast hands drawn halfway to the middle of their neighbours, but for a stroke's ends.

    The corners of two rounds of corner cutting (G. Chaikin, "An algorithm for high speed curve generation", 1974).
    """
    points, here = strokes.points, np.arange(len(strokes.stroke))
    before = np.maximum(here - 1, 0)
    is_inner = (strokes.next != here) & (strokes.stroke[before] == strokes.stroke) & (here > 0)
    moves = (is_inner & is_fast[strokes.drawing[strokes.stroke]])[:, None]
    return np.where(moves, points / 2 + (points[before] + points[strokes.next]) / 4, points)
