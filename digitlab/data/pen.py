"""Pen drawings as images: the strokes rendered with pens, sizes and places as people use them on a canvas."""

import hashlib
from pathlib import Path

import numpy as np

from digitlab.data.ink_file import Drawing, read_ink_file
from digitlab.data.parts import Part, PartName, from_arrays
from digitlab.errors import DataMissing
from digitlab.ink import CANVAS, Ink, fit_ink
from digitlab.preprocess import prepare_ink

FILE = "pen-digits.jsonl.gz"
PEN_WIDTHS = (10.0, 30.0)
LENGTHS = (80.0, 240.0)
"""Smallest and largest pen width, and longer side of a drawing, in canvas pixels."""

RENDERINGS = 8
"""How often each training drawing is rendered, every time with another hand; validation and test drawings once."""

_TEST_PERCENT = 15
_SEED_BYTES = 8


def pen_file(folder: Path) -> Path | None:
    """Where the data folder holds the pen digits, or None."""
    places = (folder / "pen-digits" / FILE, folder / FILE)
    return next((place for place in places if place.is_file()), None)


def load_pen(folder: Path, part: PartName, validation_share: float) -> Part:
    """One part of the pen digits, split by writer. Raises DataMissing when the file is not there, BadInk when bad."""
    file = pen_file(folder)
    if file is None:
        raise DataMissing(
            f"The pen digits are not in {folder}. Copy {FILE} there, or choose another data set, such as mnist."
        )
    drawings = [d for d in read_ink_file(file) if part_of(d.writer, validation_share) is part]
    if not drawings:
        raise DataMissing(f"{file} has no writer for the {part} part. Choose a file with more writers.")
    return render(drawings, RENDERINGS if part is PartName.TRAIN else 1)


def part_of(writer: str, validation_share: float) -> PartName:
    """The part that all drawings of a writer belong to, decided by the name alone, so that it never changes."""
    draw = int.from_bytes(hashlib.sha256(writer.encode(errors="backslashreplace")).digest()[:4]) / 2**32
    test = _TEST_PERCENT / 100
    if draw < test:
        return PartName.TEST
    return PartName.VALIDATION if draw < test + (1 - test) * validation_share else PartName.TRAIN


def render(drawings: list[Drawing], renderings: int = 1) -> Part:
    """The drawings as images, each as often as `renderings` says, the first of each as it was written.

    Pen width, size and place vary as on a canvas; further renderings also vary slant, proportion and wobble. All of
    it follows from the drawing itself, so that the same drawing always gives the same images.
    """
    images = [_image(drawing.ink, turn) for turn in range(renderings) for drawing in drawings]
    return from_arrays(images, [drawing.digit for drawing in drawings] * renderings)


def _image(ink: Ink, turn: int) -> np.ndarray:
    random = np.random.default_rng(_seed(ink, turn))
    width, length = random.uniform(*PEN_WIDTHS), random.uniform(*LENGTHS)
    if turn:
        ink = _another_hand(ink, random)
    margin = (CANVAS - length) / 2
    centre = CANVAS / 2 + random.uniform(-margin, margin, 2) * 0.8
    return prepare_ink(fit_ink(ink, length, (centre[0], centre[1])), width).image


def _seed(ink: Ink, turn: int) -> int:
    digest = hashlib.sha256(repr((turn, ink)).encode()).digest()
    return int.from_bytes(digest[:_SEED_BYTES])


def _another_hand(ink: Ink, random: np.random.Generator) -> Ink:
    """The same drawing as another hand might write it: slanted, wider or narrower, each stroke a little astray."""
    points = np.concatenate([np.asarray(stroke) for stroke in ink])
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    slant, aspect = random.normal(0, 0.1), np.exp(random.normal(0, 0.1))
    shear = np.array([[aspect, 0.0], [slant, 1.0]])
    return [_wobble((np.asarray(s) - points.mean(0)) @ shear, extent, random).tolist() for s in ink]


def _wobble(stroke: np.ndarray, extent: float, random: np.random.Generator) -> np.ndarray:
    """Shift a stroke as a whole and bend it by a smooth random walk along its length; by 1 to 2 % of the drawing."""
    shift = random.normal(0, 0.015 * extent, 2)
    knots = np.cumsum(random.normal(0, 0.01 * extent, (5, 2)), axis=0)
    along = np.linspace(0, 4, len(stroke))
    bend = np.stack([np.interp(along, np.arange(5), knots[:, axis]) for axis in (0, 1)], axis=1)
    return stroke + shift + bend
