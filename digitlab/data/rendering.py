"""Pen drawings as images: the strokes rendered with pens, sizes and hands as people use them on a canvas."""

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from digitlab.data import Progress, quiet
from digitlab.data.parts import Part, from_arrays
from digitlab.errors import BadInk
from digitlab.image.prepare import prepare_ink
from digitlab.ink.ink_file import points_of
from digitlab.ink.strokes import Ink, LabelledDrawing, fit_ink

PEN_WIDTHS = (10.0, 30.0)
LENGTHS = (80.0, 240.0)
"""Smallest and largest pen width, and longer side of a drawing, in canvas pixels."""

_SLANT, _ASPECT, _TURN = 0.12, 0.12, math.radians(4)
"""Standard deviations of shear, of the logarithm of width by height, and of the turn in radians."""

_ASTRAY, _WOBBLE = 0.015, 0.01
"""Standard deviations of a stroke's shift and of each bend along it, as shares of the drawing."""

_SEED_BYTES = 8

_MOST_WORK = 400_000
_PER_DRAWING = 100
"""What a page renders for somebody who waits, about two seconds of processor time: counted in points, of which a
drawing costs so many beside its own."""

TELL_EVERY = 250
"""Images between two words on the progress."""


def render(drawings: Sequence[LabelledDrawing], turns: Sequence[int] = (0,), progress: Progress = quiet) -> Part:
    """The drawings as images, once for every turn: turn 0 shows each as it was written, any other in another hand.

    Pen width, size and position vary with the turn as on a canvas; other hands also vary slant, proportion, wobble, and
    how fast, and so how round, the pen went. All of it follows from drawing and turn alone.
    """
    images: list[np.ndarray] = []
    for turn in turns:
        for drawing in drawings:
            images.append(_image(drawing.ink, turn))
            if len(images) % TELL_EVERY == 0:
                progress("rendering drawings", len(images), len(drawings) * len(turns))
    return from_arrays(images, [drawing.digit for drawing in drawings] * len(turns))


def check_work(drawings: Sequence[LabelledDrawing], name: str) -> Sequence[LabelledDrawing]:
    """The drawings, where rendering them takes no longer than about two seconds. name: what the error calls them.

    Raises BadInk for more; whoever has the time uses the command line, which renders any number.
    """
    points = sum(map(points_of, drawings))
    if points + _PER_DRAWING * len(drawings) > _MOST_WORK:
        raise BadInk(
            f"{name} holds {len(drawings):,} drawings with {points:,} points, more than a page renders. Split "
            "the file, or use the command: digitlab evaluate MODEL --data FILE."
        )
    return drawings


def _image(ink: Ink, turn: int) -> np.ndarray:
    random = np.random.default_rng(_seed(ink, turn))
    return picture_of(another_hand(ink, random) if turn else ink, random)


def picture_of(ink: Ink, random: np.random.Generator) -> np.ndarray:
    """The ink as an image, `uint8` of shape (28, 28), drawn with a random pen at a random size and position.

    The canvas is only as large as the drawing needs: what lies around it is cropped anyway.
    """
    width, length = random.uniform(*PEN_WIDTHS), random.uniform(*LENGTHS)
    side = math.ceil(length + width) + 2
    middle = side / 2 + random.uniform(-0.5, 0.5, 2)
    return prepare_ink(fit_ink(ink, length, (middle[0], middle[1])), width, (side, side)).image


def _seed(ink: Ink, turn: int) -> int:
    digest = hashlib.sha256(repr((turn, ink)).encode()).digest()
    return int.from_bytes(digest[:_SEED_BYTES])


def another_hand(ink: Ink, random: np.random.Generator) -> Ink:
    """The same drawing as another hand might write it."""
    points = np.concatenate([np.asarray(stroke) for stroke in ink])
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    change = _change_of_form(random)
    is_fast = random.random() < 0.5
    return [_write(np.asarray(stroke) - points.mean(0), change, extent, is_fast, random).tolist() for stroke in ink]


def _change_of_form(random: np.random.Generator) -> np.ndarray:
    """A 2×2 matrix, for points as rows, that slants, widens or narrows, and turns."""
    slant, aspect, turn = random.normal(0, _SLANT), np.exp(random.normal(0, _ASPECT)), random.normal(0, _TURN)
    rotation = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.array([[aspect, 0.0], [slant, 1.0]]) @ rotation


def _write(
    stroke: np.ndarray, change: np.ndarray, extent: float, is_fast: bool, random: np.random.Generator
) -> np.ndarray:
    """A stroke changed in form, shifted as a whole and bent by a smooth random walk; rounded when the pen is fast."""
    shift = random.normal(0, _ASTRAY * extent, 2)
    knots = np.cumsum(random.normal(0, _WOBBLE * extent, (5, 2)), axis=0)
    along = np.linspace(0, 4, len(stroke))
    bend = np.stack([np.interp(along, np.arange(5), knots[:, axis]) for axis in (0, 1)], axis=1)
    written = stroke @ change + shift + bend
    return _rounded(written) if is_fast and len(written) > 2 else written


def _rounded(stroke: np.ndarray) -> np.ndarray:
    """Every corner cut at a quarter of its sides (G. Chaikin, "An algorithm for high speed curve generation", 1974)."""
    early, late = 0.75 * stroke[:-1] + 0.25 * stroke[1:], 0.25 * stroke[:-1] + 0.75 * stroke[1:]
    between = np.stack([early, late], axis=1).reshape(-1, 2)
    return np.concatenate([stroke[:1], between[1:-1], stroke[-1:]])
