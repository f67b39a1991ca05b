import math
from dataclasses import replace

import numpy as np
import pytest

from digitlab.data.raster import rasterise
from digitlab.image.prepare import prepare_ink
from digitlab.ink.stroke_arrays import as_strokes
from digitlab.ink.strokes import Ink, fit_ink

SEVEN: Ink = [[[0, 0], [40, 0], [20, 60]], [[10, 30], [35, 30]]]
RING: Ink = [[[50 * math.cos(n / 8), 30 * math.sin(n / 8)] for n in range(52)]]
WIDE: Ink = [[[0, 0], [90, 8], [5, 20]]]
LINE: Ink = [[[0, 0], [3, 80]]]
DOT: Ink = [[[5, 5]]]
SHAPES = [SEVEN, RING, WIDE, LINE, DOT]


def prepared(ink: Ink, pen: float) -> np.ndarray:
    return prepare_ink(fit_ink(ink, 200, (160, 160)), 200 * pen, (320, 320)).image


@pytest.mark.parametrize("pen", [0.05, 0.12, 0.2])
def test_images_are_nearly_those_of_the_preparation(pen: float) -> None:
    images = rasterise(as_strokes(SHAPES), np.full(len(SHAPES), pen)).astype(float)
    for ink, image in zip(SHAPES, images, strict=True):
        exact = prepared(ink, pen).astype(float)
        near = [np.roll(image, shift, (0, 1)) for shift in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))]
        assert min(np.abs(one - exact).mean() for one in near) < (5 if ink is DOT else 1.5)
        assert abs(image.mean() - exact.mean()) < 2.1


def test_an_image_does_not_depend_on_the_drawings_beside_it() -> None:
    pens = np.array([0.06, 0.2, 0.1, 0.15, 0.1])
    together = rasterise(as_strokes(SHAPES), pens)
    for number, ink in enumerate(SHAPES):
        alone = rasterise(as_strokes([ink]), pens[number : number + 1])[0]
        assert np.abs(together[number].astype(int) - alone).max() <= 1


def test_the_strongest_ink_is_255_however_thin_the_pen() -> None:
    images = rasterise(as_strokes(SHAPES), np.full(len(SHAPES), 0.005))
    assert (images.max((1, 2)) == 255).all()


def test_a_drawing_of_very_many_lines_is_drawn_piece_by_piece() -> None:
    dense: Ink = [[[n / 100, 40 * math.sin(n / 700)] for n in range(9000)]]
    sparse: Ink = [dense[0][::20]]
    one, other = rasterise(as_strokes([dense, sparse]), np.array([0.1, 0.1])).astype(float)
    assert np.abs(one - other).mean() < 1


def test_it_tells_how_many_images_are_done() -> None:
    told: list[int] = []
    rasterise(as_strokes([SEVEN] * 300), np.full(300, 0.1), told.append)
    assert told == sorted(set(told))
    assert len(told) > 1
    assert told[-1] == 300


def test_a_line_that_is_pressed_harder_is_wider() -> None:
    strokes = as_strokes([[[[0, 0], [0, 100]], [[60, 0], [60, 100]]]])
    pressed = replace(strokes, width=np.where(strokes.stroke == 0, 1.4, 0.6).astype(np.float32))
    image = rasterise(pressed, np.array([0.2]))[0].astype(float)
    middle = np.flatnonzero(image.sum(0)).mean()
    left, right = (image[:, columns].sum() for columns in (np.arange(28) < middle, np.arange(28) > middle))
    assert 1.7 < left / right < 3.2
