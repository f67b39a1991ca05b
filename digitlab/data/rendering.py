"""Pen drawings as images: with pens and sizes as people use them on a canvas, and for training in ever new hands."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from digitlab.data import Progress, quiet
from digitlab.data.hands import Habit, other_hands
from digitlab.data.parts import Part, from_arrays
from digitlab.data.raster import rasterise
from digitlab.errors import BadInk
from digitlab.image.prepare import prepare_ink
from digitlab.ink.ink_file import points_of
from digitlab.ink.stroke_arrays import Strokes
from digitlab.ink.strokes import Ink, LabelledDrawing, fit_ink

PEN_WIDTHS = (10.0, 30.0)
LENGTHS = (80.0, 240.0)
"""Smallest and largest pen width, and longer side of a drawing, in canvas pixels."""

_SEED_BYTES = 8

_MOST_WORK = 400_000
_PER_DRAWING = 100
"""What a page renders for somebody who waits, about two seconds of processor time: counted in points, of which a
drawing costs so many beside its own."""

_TELL_EVERY = 250
"""Images between two words on the progress."""


def render(drawings: Sequence[LabelledDrawing], progress: Progress = quiet) -> Part:
    """The drawings as images, each as it was written, prepared as on Draw.

    Pen width, size and position vary as on a canvas; they follow from the drawing alone.
    """
    images: list[np.ndarray] = []
    for drawing in drawings:
        images.append(_image(drawing.ink))
        if len(images) % _TELL_EVERY == 0:
            progress("rendering drawings", len(images), len(drawings))
    return from_arrays(images, [drawing.digit for drawing in drawings])


def render_hands(
    strokes: Strokes,
    labels: Sequence[int],
    turns: Sequence[int],
    progress: Progress = quiet,
    habits: Mapping[str, Habit] | None = None,
) -> Part:
    """The drawings as images to train on, once for every turn: 0 shows each as it was written, any other in new hands.

    labels: the drawings' digits. habits: of the new hands, as in `other_hands`.
    The same drawings in the same order and the same turn give the same images.
    """
    images = []
    for number, turn in enumerate(turns):
        random = np.random.default_rng(turn)
        done, total = number * len(labels), len(turns) * len(labels)
        written = other_hands(strokes, random, habits) if turn else strokes
        tell = partial(_tell, progress, done, total)
        images.append(rasterise(written, _pens(len(labels), random), tell))
    return from_arrays(np.concatenate(images), list(labels) * len(turns))


def _tell(progress: Progress, before: int, total: int, done: int) -> None:
    progress("rendering drawings", before + done, total)


def _pens(count: int, random: np.random.Generator) -> np.ndarray:
    return random.uniform(*PEN_WIDTHS, count) / random.uniform(*LENGTHS, count)


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


def pen_of(ink: Ink) -> tuple[float, float]:
    """The pen width and the longer side, in canvas pixels, with which `render` draws this ink."""
    width, length, _ = _pen_and_place(ink)
    return width, length


def _pen_and_place(ink: Ink) -> tuple[float, float, np.random.Generator]:
    """Pen width, longer side, and what the place is drawn from."""
    random = np.random.default_rng(_seed(ink))
    return random.uniform(*PEN_WIDTHS), random.uniform(*LENGTHS), random


def _image(ink: Ink) -> np.ndarray:
    """The canvas is only as large as the drawing needs: what lies around it is cropped anyway."""
    width, length, random = _pen_and_place(ink)
    side = math.ceil(length + width) + 2
    middle = side / 2 + random.uniform(-0.5, 0.5, 2)
    return prepare_ink(fit_ink(ink, length, (middle[0], middle[1])), width, (side, side)).image


def _seed(ink: Ink) -> int:
    digest = hashlib.sha256(repr((0, ink)).encode()).digest()
    return int.from_bytes(digest[:_SEED_BYTES])
