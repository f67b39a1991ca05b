"""What is no digit, drawn by hand for these tests: letters, figures and scribbles. No model has learned from them."""

import numpy as np

from digitlab.image.prepare import prepare_ink
from digitlab.ink.strokes import Ink, fit_ink

LETTERS: dict[str, Ink] = {
    "A": [[[0, 100], [35, 0], [70, 100]], [[15, 60], [55, 60]]],
    "B": [[[0, 0], [0, 100]], [[0, 0], [40, 5], [48, 25], [35, 45], [0, 48], [45, 55], [55, 78], [40, 98], [0, 100]]],
    "E": [[[60, 0], [0, 0], [0, 100], [60, 100]], [[0, 50], [48, 50]]],
    "F": [[[60, 0], [0, 0], [0, 100]], [[0, 48], [45, 48]]],
    "H": [[[0, 0], [0, 100]], [[60, 0], [60, 100]], [[0, 50], [60, 50]]],
    "K": [[[0, 0], [0, 100]], [[60, 0], [0, 55]], [[18, 42], [62, 100]]],
    "M": [[[0, 100], [8, 0], [40, 65], [72, 0], [80, 100]]],
    "N": [[[0, 100], [0, 0], [60, 100], [60, 0]]],
    "R": [[[0, 100], [0, 0], [42, 5], [50, 26], [38, 46], [0, 50], [58, 100]]],
    "T": [[[0, 0], [80, 0]], [[40, 0], [40, 100]]],
    "W": [[[0, 0], [20, 100], [42, 30], [64, 100], [84, 0]]],
    "X": [[[0, 0], [70, 100]], [[70, 0], [0, 100]]],
    "heart": [[[50, 100], [5, 45], [8, 12], [30, 5], [50, 28], [70, 5], [92, 12], [95, 45], [50, 100]]],
    "house": [[[0, 100], [0, 45], [45, 0], [90, 45], [90, 100], [0, 100]], [[35, 100], [35, 65], [55, 65], [55, 100]]],
    "star": [[[20, 100], [50, 0], [80, 100], [0, 38], [100, 38], [20, 100]]],
    "horse": [
        [[0, 30], [12, 10], [25, 5], [35, 25], [50, 38], [110, 38], [125, 55], [132, 95]],
        [[38, 40], [36, 100], [44, 100], [50, 62], [95, 62], [98, 100], [106, 100], [110, 55]],
        [[0, 30], [10, 36], [24, 30]],
    ],
    "hash": [[[20, 0], [10, 100]], [[60, 0], [50, 100]], [[0, 32], [75, 32]], [[0, 68], [75, 68]]],
    "wave": [[[0, 50], [15, 10], [30, 50], [45, 90], [60, 50], [75, 10], [90, 50], [105, 90], [120, 50]]],
}


def scribble(seed: int) -> Ink:
    """A tangle that goes to and fro, as one tries out a pen."""
    random = np.random.default_rng(seed)
    turns = np.linspace(0, random.uniform(10, 25), 80)
    x = 60 * np.sin(turns * random.uniform(0.8, 1.3)) + turns * random.uniform(0, 6)
    y = 45 * np.sin(turns * random.uniform(1.2, 2.1) + 1) + random.normal(0, 2, 80)
    return [np.stack([x, y], 1).tolist()]


def images(inks: list[Ink]) -> np.ndarray:
    """Each as it is prepared from a canvas, with a thin, a usual and a thick pen; `uint8` of shape (3·N, 28, 28)."""
    return np.stack([prepare_ink(fit_ink(ink, 180), pen).image for ink in inks for pen in (10, 18, 28)])
