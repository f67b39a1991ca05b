"""How much of what is written on a photo is read right; the photos show pen digits that no model learnt from."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from digitlab.data.ink_file import Drawing
from digitlab.data.part_names import PartName
from digitlab.data.pen import pen_drawings
from digitlab.errors import BlankDrawing
from digitlab.numbers import as_text, find_number, read_number
from digitlab.picture import find_ink
from digitlab.predictor import Predictor
from digitlab.preprocess import prepare_picture
from digitlab.runs.run import Run
from tests.synthetic_photos import KINDS, Photo, take_photo

SEED = 100

SINGLES = {800: 6, 1600: 3}
NUMBERS = {800: (2, 3, 3, 4), 1600: (2, 4)}
"""By the photo's width in pixels: how many photos of one digit, and the lengths of the numbers on others."""


@cache
def drawings(folder: Path) -> Sequence[Drawing]:
    return pen_drawings(folder, PartName.TEST, 0.1)


@cache
def reader() -> Predictor:
    return Predictor(Run(Path(__file__).parents[1] / "checkpoints" / "cnn"))


def photos(kind: str, folder: Path, lengths: Sequence[int]) -> list[Photo]:
    """One photo of each length, in digits."""
    random, all_drawings = np.random.default_rng([SEED, *kind.encode(), *lengths]), drawings(folder)
    return [take_photo(kind, [all_drawings[i] for i in random.choice(len(all_drawings), n)], random) for n in lengths]


def number_on(photo: Photo) -> str:
    try:
        found = find_number(find_ink(photo.picture), reader())
    except BlankDrawing:
        return ""
    return as_text(found, read_number(found, reader()))


@pytest.mark.parametrize("kind", KINDS)
def test_single_digits_on_photos_are_read(kind: str, pen_folder: Path) -> None:
    taken = photos(kind, pen_folder, [1] * SINGLES[KINDS[kind].size[0]])
    right = [str(reader().read(prepare_picture(photo.picture).image).digit) == photo.text for photo in taken]
    assert sum(right) >= len(taken) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_on_photos_are_read_whole(kind: str, pen_folder: Path) -> None:
    taken = photos(kind, pen_folder, NUMBERS[KINDS[kind].size[0]])
    assert sum(number_on(photo) == photo.text for photo in taken) >= len(taken) - 1
