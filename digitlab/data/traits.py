"""Groups of pen drawings: by who collected them, and by traits that make a digit hard to read.

A trait is told from the ink and its image alone; no model's answer has a say in it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digitlab.data.rendering import pen_of
from digitlab.ink.strokes import Ink, LabelledDrawing

_HOOK, _SHORTEST_HOOK = 0.1, 0.02
"""How long a hook is at most and at least, as shares of the drawing's longer side."""

_HOOK_TURN = math.radians(90)
"""How sharply the pen turns after a hook, at least."""

_SLANT = 0.45
"""How far x moves with each step of y, at least."""

_THIN, _THICK = 0.08, 0.2
"""Pen widths as shares of the drawing's longer side: MNIST's are about 0.12."""

_SMALL = 120.0
"""Longer side in canvas pixels."""

_LOOPS = {0: 1, 6: 1, 8: 2, 9: 1}
"""Digit → the areas that its ink encloses."""


@dataclass(frozen=True)
class Group:
    """Drawings with something in common. meaning: what, for people. members: their places, rising."""

    name: str
    meaning: str
    members: np.ndarray


@dataclass(frozen=True)
class _Trait:
    meaning: str
    has: Callable[[LabelledDrawing, np.ndarray], bool]


def groups_of(drawings: Sequence[LabelledDrawing], images: np.ndarray) -> list[Group]:
    """The groups that have members: donors by name, then the traits. A drawing may have several traits or none.

    images: the drawings as `render` makes them, `uint8` of shape (N, 28, 28).
    """
    donors = np.array([drawing.donor for drawing in drawings])
    groups = [
        Group(f"collected by {donor}", f"Drawings of UNIPEN's donor {donor}.", np.flatnonzero(donors == donor))
        for donor in sorted({*donors} - {""})
    ]
    for name, trait in _TRAITS.items():
        has = [trait.has(drawing, image) for drawing, image in zip(drawings, images, strict=True)]
        groups.append(Group(name, trait.meaning, np.flatnonzero(has)))
    return [group for group in groups if len(group.members)]


def _has_hook(drawing: LabelledDrawing, _image: np.ndarray) -> bool:
    size = _extent(drawing.ink)
    return any(_begins_with_hook(np.array(way), size) for stroke in drawing.ink for way in (stroke, stroke[::-1]))


def _begins_with_hook(points: np.ndarray, size: float) -> bool:
    """Whether a stroke turns sharply after a short, straight first piece."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] < 2 * _HOOK * size:  # a short stroke, such as the bar of a 5, is no hook
        return False
    for place in np.flatnonzero((along >= _SHORTEST_HOOK * size) & (along <= _HOOK * size)):
        first, then = points[place] - points[0], _at(points, along, along[place] + _HOOK * size) - points[place]
        lengths = float(np.hypot(*first)), float(np.hypot(*then))
        is_straight = lengths[0] > 0.8 * along[place]
        if is_straight and min(lengths) > 0 and first @ then < math.cos(_HOOK_TURN) * lengths[0] * lengths[1]:
            return True
    return False


def _at(points: np.ndarray, along: np.ndarray, way: float) -> np.ndarray:
    """The point that lies so far along a stroke."""
    return np.array([np.interp(way, along, points[:, axis]) for axis in (0, 1)])


def _is_slanted(drawing: LabelledDrawing, _image: np.ndarray) -> bool:
    """By the slope of the line that fits x as a function of y best."""
    x, y = np.concatenate([np.array(stroke) for stroke in drawing.ink]).T
    spread = float(np.var(y))
    return spread > 0 and abs(float(np.mean((x - x.mean()) * (y - y.mean())))) > _SLANT * spread


def _is_open(drawing: LabelledDrawing, image: np.ndarray) -> bool:
    return _enclosed(image) < _LOOPS.get(drawing.digit, 0)


def _enclosed(image: np.ndarray) -> int:
    """How many areas without ink the ink encloses."""
    from scipy import ndimage

    _, areas = ndimage.label(np.pad(image, 1) == 0)
    return int(areas) - 1  # the outside is one, too


def _relative_pen(ink: Ink) -> float:
    width, length = pen_of(ink)
    return width / length


def _extent(ink: Ink) -> float:
    points = np.array([point for stroke in ink for point in stroke])
    return float(np.ptp(points, axis=0).max())


_TRAITS: Mapping[str, _Trait] = {
    "hooks": _Trait("A short line in another direction where the pen lands or lifts.", _has_hook),
    "slanted": _Trait("Leaning by more than 24 degrees, to either side.", _is_slanted),
    "open loops": _Trait("A 0, 6, 8 or 9 whose loops do not close, or are filled by a thick pen.", _is_open),
    "thin pen": _Trait(
        "A pen of less than 8 % of the drawing's size.", lambda one, _image: _relative_pen(one.ink) < _THIN
    ),
    "thick pen": _Trait(
        "A pen of more than a fifth of the drawing's size.", lambda one, _image: _relative_pen(one.ink) > _THICK
    ),
    "small": _Trait(
        "Drawn over less than 120 of the pad's 280 pixels.", lambda one, _image: pen_of(one.ink)[1] < _SMALL
    ),
}
