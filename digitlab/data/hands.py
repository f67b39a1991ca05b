"""The same drawings as other hands might write them, and other devices record them.

Every hand has its own slant, proportion, wobble and pace; beside these, some have habits: see `HABITS`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from digitlab.ink.stroke_arrays import Strokes

_SLANT, _ASPECT, _TURN = 0.12, 0.12, math.radians(4)
"""Standard deviations of shear, of the logarithm of width by height, and of the turn in radians."""

_ASTRAY, _WOBBLE = 0.015, 0.01
"""Standard deviations of a stroke's shift and of each bend along it, as shares of the drawing."""

_BENDS = 4

_FAST = 0.5
"""The share of hands that are fast, and so round their corners."""

_APART = 0.06
"""Standard deviation of a stroke's shift in a hand that sets its strokes apart or over one another."""

_LONGEST_CUT, _LONGEST_OVERSHOOT = 0.15, 0.15
"""Of what is missing at a stroke's end, as a share of the stroke; of what is too much, as a share of the drawing."""

_POINTS_TO_CUT = 5
"""A stroke of fewer points keeps its ends."""

_HOOK, _LONGEST_HOOK = 0.05, 0.18
"""Mean and longest length of a hook, as shares of the drawing."""

_HOOKED = 0.6
"""The share of ends with a hook in a drawing whose hand or device leaves any."""

_TREMBLE = (0.003, 0.012)
"""Least and most standard deviation of a trembling point, as shares of the drawing."""

_COARSE = (2, 6)
"""Of how many points a coarse device records one."""

_PRESSURE = 0.12
"""Standard deviation of each change of a stroke's width along it, as a logarithm."""


def other_hands(strokes: Strokes, random: np.random.Generator, habits: "Mapping[str, Habit] | None" = None) -> Strokes:
    """Each drawing in another hand, as many as there are. habits: instead of `HABITS`."""
    is_fast = random.random(strokes.drawings) < _FAST
    changed = _change_form(strokes, random)
    written = replace(strokes, points=changed + _stray(strokes, random))
    written = replace(written, points=_round_corners(written, is_fast))
    for habit in (HABITS if habits is None else habits).values():
        written = habit.change(written, random.random(strokes.drawings) < habit.share, random)
    return written


@dataclass(frozen=True)
class Habit:
    """What some hands or devices do to a drawing.

    share: of the drawings that it happens to. change: gets the drawings and which of them it happens to, shape (N,).
    """

    share: float
    change: Callable[[Strokes, np.ndarray, np.random.Generator], Strokes]


def _set_apart(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Strokes that lie farther from where they belong: a bar beside its 5, two loops of an 8 that do not meet."""
    shift = random.normal(0, _APART, (len(strokes.drawing), 2)).astype(np.float32)
    return replace(strokes, points=strokes.points + (shift * has[strokes.drawing][:, None])[strokes.stroke])


def _miss_ends(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Strokes that begin late or end early: a pen that touches late, a loop left open."""
    count = len(strokes.drawing)
    cut = random.uniform(0, _LONGEST_CUT, (2, count)) * (random.random((2, count)) < 0.5)
    sizes = np.bincount(strokes.stroke, minlength=count)
    cut *= has[strokes.drawing] & (sizes >= _POINTS_TO_CUT)
    along = _along(strokes)
    return _keep(strokes, (along >= cut[0][strokes.stroke]) & (along <= 1 - cut[1][strokes.stroke]))


def _overshoot(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Strokes that go on straight beyond their end, such as a loop that closes and does not stop."""
    length = random.uniform(0, _LONGEST_OVERSHOOT, len(strokes.drawing)).astype(np.float32)
    onward = _direction(strokes, at_end=True) * length[:, None]
    goes_on = has[strokes.drawing] & (random.random(len(length)) < 0.5)
    return _lengthen(strokes, onward, goes_on, at_end=True)


def _sample_coarsely(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Drawings of a device that records few points a second: their curves become polygons."""
    every = random.integers(*_COARSE, strokes.drawings, endpoint=True)
    step = np.where(has, every, 1)[strokes.drawing[strokes.stroke]]
    place = np.arange(len(strokes.stroke)) - strokes.first[strokes.stroke]
    is_last = strokes.next == np.arange(len(strokes.stroke))
    return _keep(strokes, (place % step == 0) | is_last)


def _tremble(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Points each a little beside the line, as a finger on glass is recorded."""
    amount = (random.uniform(*_TREMBLE, strokes.drawings) * has).astype(np.float32)
    noise = random.standard_normal(strokes.points.shape, np.float32)
    return replace(strokes, points=strokes.points + noise * amount[strokes.drawing[strokes.stroke]][:, None])


def _hook(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Short lines in another direction where the pen lands and lifts."""
    for at_end in (False, True):
        count = len(strokes.drawing)
        length = np.minimum(random.exponential(_HOOK, count), _LONGEST_HOOK).astype(np.float32)
        way = random.uniform(math.radians(50), math.radians(310), count).astype(np.float32)  # else it only goes on
        x, y = (_direction(strokes, at_end=at_end) * length[:, None]).T
        hook = np.stack([x * np.cos(way) - y * np.sin(way), x * np.sin(way) + y * np.cos(way)], axis=1)
        hooked = has[strokes.drawing] & (random.random(count) < _HOOKED)
        strokes = _lengthen(strokes, hook, hooked, at_end=at_end)
    return strokes


def _press_unevenly(strokes: Strokes, has: np.ndarray, random: np.random.Generator) -> Strokes:
    """Lines whose width drifts along each stroke, as pressure and speed do."""
    drift = random.normal(0, _PRESSURE, (len(strokes.drawing), _BENDS + 1, 1)).astype(np.float32).cumsum(1)
    changed = np.exp(_between(drift - drift.mean(1, keepdims=True), strokes)[:, 0])
    return replace(strokes, width=np.where(has[strokes.drawing[strokes.stroke]], changed, strokes.width))


HABITS: Mapping[str, Habit] = {
    "strokes apart": Habit(0.15, _set_apart),
    "missing ends": Habit(0.2, _miss_ends),
    "overshoot": Habit(0.2, _overshoot),
    "coarse device": Habit(0.15, _sample_coarsely),
    "trembling": Habit(0.2, _tremble),
    "hooks": Habit(0.3, _hook),
    "uneven pen": Habit(0.5, _press_unevenly),
}
"""Name → habit, in the order in which they come about: the hand moves, the device records it."""


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
    return _between(knots, strokes)


def _between(knots: np.ndarray, strokes: Strokes) -> np.ndarray:
    """Values at each point, from those at knots along each stroke. knots: shape (S, `_BENDS` + 1, D)."""
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


def _ends(strokes: Strokes, *, at_end: bool) -> np.ndarray:
    """The last or the first point of each stroke, shape (S,)."""
    first = strokes.first
    return np.append(first[1:], len(strokes.stroke)) - 1 if at_end else first


def _direction(strokes: Strokes, *, at_end: bool) -> np.ndarray:
    """Where a stroke points at its end, away from it, as a unit vector, shape (S, 2); 0, 0 of a dot.

    Of the line between the end and the second point before it: a single one may be very short.
    """
    end, other = _ends(strokes, at_end=at_end), _ends(strokes, at_end=not at_end)
    inner = np.maximum(end - 2, other) if at_end else np.minimum(end + 2, other)
    way = strokes.points[end] - strokes.points[inner]
    return way / np.maximum(np.hypot(*way.T), 1e-6)[:, None]


def _keep(strokes: Strokes, kept: np.ndarray) -> Strokes:
    """The strokes with some of their points; each keeps one at least."""
    return replace(strokes, points=strokes.points[kept], stroke=strokes.stroke[kept], width=strokes.width[kept])


def _lengthen(strokes: Strokes, by: np.ndarray, which: np.ndarray, *, at_end: bool) -> Strokes:
    """Strokes with one point more before the first or after the last.

    by: how far it lies from there, shape (S, 2). which: the strokes that get one, shape (S,).
    """
    chosen = np.flatnonzero(which)
    ends = _ends(strokes, at_end=at_end)[chosen]
    place = ends + 1 if at_end else ends
    return replace(
        strokes,
        points=np.insert(strokes.points, place, strokes.points[ends] + by[chosen], axis=0),
        stroke=np.insert(strokes.stroke, place, chosen),
        width=np.insert(strokes.width, place, strokes.width[ends]),
    )
